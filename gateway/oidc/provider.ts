/**
 * The OpenID Provider: oidc-provider behind the few calls that a login needs. Cookies of our own,
 * cards and pages are not its business; those are login's.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider, { type ClientMetadata, type JWKS } from 'oidc-provider';
import { AGE_THRESHOLDS } from './age-claims.ts';
import { createLogins, type Logins } from './answer-login.ts';
import { type BackChannelLogout, createBackChannelLogout } from './back-channel-logout.ts';
import { compareSecretsByHash } from './client-authentication.ts';
import { clientMetadata } from './client-metadata.ts';
import type { RegisteredClient } from './clients.ts';
import { type ConfigurationOptions, createConfiguration, offeredAcrs } from './configuration.ts';
import { createDiscoveryGuard } from './discovery.ts';
import { createRegistrationGuard, REGISTRATION_PATH } from './dynamic-registration.ts';
import { type Logger, logEvents } from './events.ts';
import { addGuards } from './guards.ts';
import { createIdentityHandOver, type IdentityHandOver } from './identity-hand-over.ts';
import { LIFETIMES } from './lifetimes.ts';
import { createLogoutGuard, type LoggedOutPage } from './logout.ts';
import { createOriginGuard } from './origins.ts';
import { createSealedClaims } from './sealed-claims.ts';

export { ANSWERED_TABLE, type PendingLogin } from './answer-login.ts';

export interface OpenId extends Logins {
  /**
   * Request listener for /auth, /auth/:uid, /par, /token, /userinfo, /logout, /jwks and the two
   * discovery documents.
   */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Tells the sites that this card signed in to within the last 24 hours, and that want to hear it
   * (OpenID Connect Back-Channel Logout 1.0). Never rejects; takes seconds when a site does not answer.
   */
  endSessionsOfCard(cardIndex: string): Promise<void>;
}

export interface OpenIdOptions extends Omit<ConfigurationOptions, 'ageThresholds'> {
  /** Public origin. */
  readonly issuer: string;
  /** ES256 private keys, each with a `kid`. The first signs; all are published. */
  readonly signingKeys: JWKS;
  /** The thresholds that have a scope; default {@link AGE_THRESHOLDS}. */
  readonly ageThresholds?: readonly number[];
  readonly logger: Logger;
  /** The value of our own cookie, which ties an interaction to one browser (design §2). */
  readonly browserSecretOf: (request: IncomingMessage) => string | undefined;
  /** The page after a log-out, as HTML. */
  readonly renderLoggedOut: (page: LoggedOutPage) => string;
}

/** How long identity claims wait in each hand (design §8). */
const HAND_OVER_SECONDS = {
  browser: 30,
  code: LIFETIMES.AuthorizationCode,
  accessToken: LIFETIMES.AccessToken,
} as const;

/**
 * Creates the provider.
 * @throws {TypeError} for an issuer that is no https origin, keys that are not ES256, no cookie keys,
 * or a client that oidc-provider would refuse later.
 */
export function createOpenId(options: OpenIdOptions): OpenId {
  checkOptions(options);
  const { clients, store, now, logger, browserSecretOf } = options;
  const sealed = createSealedClaims({ store, now });
  const identity = createIdentityHandOver({ sealed, browserSecretOf, seconds: HAND_OVER_SECONDS });
  const ageThresholds = options.ageThresholds ?? AGE_THRESHOLDS;
  const configuration = createConfiguration({ ...options, ageThresholds }, identity.take);
  const provider = new Provider(options.issuer, configuration);
  for (const client of clients.all()) checkMetadata(provider, client);
  compareSecretsByHash(provider);
  const backChannel = createBackChannelLogout({ provider, clients, sealed, logger });
  logEvents(provider, logger);
  guard(provider, options, { identity, backChannel });
  const listen = provider.callback();
  const acrs = offeredAcrs(options);
  return {
    // Koa answers its own failures; the promise never rejects.
    handler: (request, response) => void listen(request, response),
    ...createLogins({ provider, clients, store, now, identity, backChannel, acrs }),
    endSessionsOfCard: backChannel.endSessionsOfCard,
  };
}

/**
 * Judges a client's registration as oidc-provider will, before it counts. Its folder is read while the
 * gateway runs, and the library itself would only say so at the client's next login.
 * @throws {TypeError}
 */
export function checkClient(
  client: RegisteredClient,
  ageThresholds: readonly number[] = AGE_THRESHOLDS,
): void {
  checkMetadata(openJudge(ageThresholds), client);
}

const judges = new Map<string, Provider>();

/** A provider that serves nobody: the library has its rules for clients nowhere else. */
function openJudge(ageThresholds: readonly number[]): Provider {
  const name = ageThresholds.join();
  const known = judges.get(name);
  if (known) return known;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'judge', alg: 'ES256', use: 'sig' };
  const unused = () => Promise.reject(new TypeError('a judge of clients keeps nothing'));
  const configuration = createConfiguration(
    {
      clients: { find: () => undefined, all: () => [] },
      store: {
        put: unused,
        insert: unused,
        find: unused,
        take: unused,
        consume: unused,
        remove: unused,
        removeGroup: unused,
        close: unused,
      },
      signingKeys: { keys: [key] } as JWKS,
      cookieKeys: ['judge'],
      ageThresholds,
      now: () => new Date(),
      onInteraction: unused,
      renderError: unused,
    },
    unused,
  );
  const judge = new Provider('https://judge.invalid', configuration);
  judges.set(name, judge);
  return judge;
}

function guard(
  provider: Provider,
  options: OpenIdOptions,
  { identity, backChannel }: { identity: IdentityHandOver; backChannel: BackChannelLogout },
): void {
  const { clients, logger, renderError, renderLoggedOut, registration } = options;
  const guards = [
    createOriginGuard(clients),
    createDiscoveryGuard(clients),
    createLogoutGuard({ provider, backChannel, renderError, renderLoggedOut, logger }),
    identity.guard,
    createRegistrationGuard(options.issuer),
  ];
  addGuards(provider, renderError, guards, registration && [REGISTRATION_PATH]);
}

function checkOptions({ issuer, signingKeys, cookieKeys }: OpenIdOptions): void {
  if (!issuer.startsWith('https://') || new URL(issuer).origin !== issuer) {
    throw new TypeError('issuer is not an https origin');
  }
  if (cookieKeys.length === 0) throw new TypeError('no cookie keys');
  if (signingKeys.keys.length === 0) throw new TypeError('no signing keys');
  for (const { kty, crv, alg, kid } of signingKeys.keys) {
    if (kty !== 'EC' || crv !== 'P-256' || alg !== 'ES256' || !kid) {
      throw new TypeError('signing key is not for ES256 or has no kid');
    }
  }
}

/** The library judges a client when it is first asked for; a bad one should stop the start. */
function checkMetadata(provider: Provider, client: RegisteredClient): void {
  // The published types leave the constructor's parameter out.
  const Client = provider.Client as unknown as new (metadata: ClientMetadata) => object;
  try {
    new Client(clientMetadata(client));
  } catch (cause) {
    throw new TypeError(`client "${client.clientId}" is refused by oidc-provider`, { cause });
  }
}
