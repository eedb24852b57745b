/**
 * What operators see of oidc-provider's work: which event, which client, which error code. No `sub`,
 * no token, no parameter (design §5).
 */
import type { EventEmitter } from 'node:events';
import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { describeFault } from '../protocol/fault.ts';

/** A logger as pino has it. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const STEPS = [
  'pushed_authorization_request.success',
  'interaction.started',
  'interaction.ended',
  'authorization.success',
  'grant.success',
  'grant.revoked',
] as const;

const REFUSALS = [
  'pushed_authorization_request.error',
  'authorization.error',
  'grant.error',
  'jwks.error',
  'discovery.error',
  'end_session_confirm.error',
] as const;

/** Logs steps and refusals at info, and what should never happen at error. */
export function logEvents(provider: Provider, logger: Logger): void {
  const emitter: EventEmitter = provider;
  for (const event of STEPS) {
    emitter.on(event, (context: KoaContextWithOIDC) => {
      logger.info({ event, clientId: clientIdOf(context) }, 'openid step');
    });
  }
  for (const event of REFUSALS) {
    emitter.on(event, (context: KoaContextWithOIDC, error: unknown) => {
      logger.info({ event, clientId: clientIdOf(context), ...describe(error) }, 'openid refusal');
    });
  }
  emitter.on('server_error', (context: KoaContextWithOIDC, error: unknown) => {
    const fault = describeFault(error);
    logger.error({ event: 'server_error', clientId: clientIdOf(context), fault }, 'openid fault');
  });
  // What Koa itself could not answer, for instance because the browser went away.
  emitter.on('error', (error: unknown) => {
    logger.warn({ event: 'error', fault: describeFault(error) }, 'openid response failed');
  });
}

/** Code and reason as the client gets them; both are constant texts. */
function describe(error: unknown): object {
  if (!(error instanceof errors.OIDCProviderError)) return { error: 'unknown' };
  return { error: error.error, reason: error.error_description };
}

function clientIdOf({ oidc }: KoaContextWithOIDC): string | undefined {
  return oidc.client?.clientId;
}
