/** How a site proves itself to the test issuer: by its registration, as to the gateway; replays are not looked for. */
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { RegisteredClient } from '../../oidc/clients.ts';
import { hashSecret } from '../authentication-options.ts';

const ASSERTION_MAX_SECONDS = 300;

/**
 * Checks one request of the site to /par or /token.
 * @throws {Error} with what is wrong, in words
 */
export async function verifySite(options: {
  client: RegisteredClient;
  authorization: string | undefined;
  body: URLSearchParams;
  issuer: string;
  now: Date;
}): Promise<void> {
  const { client, body, issuer, now } = options;
  const { authentication, clientId } = client;
  switch (authentication.method) {
    case 'private_key_jwt': {
      const assertion = body.get('client_assertion');
      if (assertion === null) throw new Error('it sends no client_assertion (private_key_jwt)');
      const keys = authentication.jwks.keys.map(({ kty, crv, x, y, kid }) => ({
        kty,
        crv,
        x,
        y,
        kid,
      }));
      const { payload } = await jwtVerify(assertion, createLocalJWKSet({ keys }), {
        ...{ issuer: clientId, subject: clientId, audience: issuer },
        ...{ algorithms: ['ES256'], currentDate: now },
        requiredClaims: ['exp', 'jti'],
      });
      if (Number(payload.exp) - now.getTime() / 1_000 > ASSERTION_MAX_SECONDS) {
        throw new Error('its client_assertion lives for more than 5 minutes');
      }
      return;
    }
    case 'client_secret': {
      const secret = readBasic(options.authorization, clientId) ?? body.get('client_secret');
      if (typeof secret === 'string' && authentication.secretHashes.includes(hashSecret(secret))) {
        return;
      }
      throw new Error('its client_secret is missing or not the registered one');
    }
    case 'none':
      if (body.get('client_id') !== clientId) throw new Error('its client_id is another one');
  }
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function readBasic(header: string | undefined, clientId: string): string | undefined {
  const [, base64 = ''] = /^Basic (\S+)$/i.exec(header ?? '') ?? [];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(base64, 'base64').toString()) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return decodeForm(id) === clientId ? decodeForm(secret) : undefined;
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
