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
  'userinfo.error',
  'jwks.error',
  'discovery.error',
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

/** Code and reason as the client gets them, but for what a caller could have put into them. */
function describe(error: unknown): object {
  if (!(error instanceof errors.OIDCProviderError)) return { error: 'unknown' };
  const { error: code, error_description: reason } = error;
  // The library quotes the Origin header there, which may say anything.
  return { error: code, reason: reason?.replace(/^origin .* not allowed/s, 'origin not allowed') };
}

function clientIdOf({ oidc }: KoaContextWithOIDC): string | undefined {
  return oidc.client?.clientId;
}
