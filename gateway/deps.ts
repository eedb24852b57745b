/** What the gateway is given from outside: its configuration read, its files open, its clock and its log. */
import type { RevocationChecker } from './certificate/revocation-checker.ts';
import type { Trust } from './certificate/trust.ts';
import type { GatewayConfig } from './config.ts';
import type { GatewayKeys } from './keys.ts';
import type { ClientRegistry } from './oidc/clients.ts';
import type { ClientRegistration } from './oidc/dynamic-registration.ts';
import type { Store } from './store/store.ts';

/** A log that takes fields and a constant message, as pino does. Nothing personal may be in either. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Deps {
  readonly config: GatewayConfig;
  readonly keys: GatewayKeys;
  readonly clients: ClientRegistry;
  /** Lets sites on this machine register themselves; in development only. */
  readonly registration?: ClientRegistration | undefined;
  readonly trust: Trust;
  readonly revocation: RevocationChecker;
  readonly store: Store;
  /** By file name, as buildPageScripts makes them. */
  readonly pageScripts: ReadonlyMap<string, string>;
  readonly now: () => Date;
  readonly logger: Logger;
}
