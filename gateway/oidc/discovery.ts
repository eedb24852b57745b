/**
 * What the discovery documents say beyond the library's: it announces what its code could do, they
 * say what ours does, for the clients that are registered now (OpenID Connect Discovery §3, RFC 8414).
 */
import type Provider from 'oidc-provider';
import type { ClientRegistry } from './clients.ts';

type Guard = Parameters<Provider['use']>[0];

/** Both names of the same document. */
export const DISCOVERY_PATHS: readonly string[] = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];

/** OpenID Connect Core §3.1.2.1; all of them give the one page that we have. */
export const DISPLAY_VALUES: readonly string[] = ['page', 'popup', 'touch', 'wap'];

/** Creates the guard that amends the documents. `all` is asked at each request: clients come and go. */
export function createDiscoveryGuard(clients: ClientRegistry): Guard {
  return async (context, next) => {
    await next();
    const body: unknown = context.body;
    if (!DISCOVERY_PATHS.includes(context.path) || !body || typeof body !== 'object') return;
    const { claims_supported: claims, ...document } = body as { claims_supported?: string[] };
    context.body = {
      ...document,
      // There are no sessions that a `sid` could name.
      claims_supported: claims?.filter((claim) => claim !== 'sid'),
      backchannel_logout_session_supported: false,
      display_values_supported: DISPLAY_VALUES,
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      request_parameter_supported: false,
      // Modes that no client of ours may use are left out.
      response_modes_supported: ['query'],
      require_pushed_authorization_requests: clients.all().every(({ par }) => par === 'required'),
    };
  };
}
