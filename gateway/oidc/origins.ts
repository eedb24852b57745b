/**
 * Which web pages may read our answers (CORS): those of the one origin that a public client's file
 * names, at the endpoints it needs; of others none. Discovery and keys are open to everybody, and the
 * authorization endpoint to nobody (RFC 9700 §2.6).
 */
import type Provider from 'oidc-provider';
import type { ClientRegistry, RegisteredClient } from './clients.ts';

type Guard = Parameters<Provider['use']>[0];

const CLIENT_PATHS: readonly string[] = ['/par', '/token', '/userinfo'];
const CORS_HEADER = /^access-control-/;

/** Tells whether pages of this origin may act as this client. */
export function isOriginOf(client: RegisteredClient | undefined, origin: string): boolean {
  return client?.authentication.method === 'none' && client.authentication.origin === origin;
}

/**
 * The library looks at the origin once it knows the client: too late for a preflight, which names
 * none, and for a refusal before that. There an origin that is no client's at all hears nothing.
 */
export function createOriginGuard(clients: ClientRegistry): Guard {
  return async (context, next) => {
    await next();
    if (!CLIENT_PATHS.includes(context.path)) return;
    const origin = context.get('origin');
    if (origin && clients.all().some((client) => isOriginOf(client, origin))) return;
    for (const name of Object.keys(context.response.headers)) {
      if (CORS_HEADER.test(name)) context.remove(name);
    }
  };
}
