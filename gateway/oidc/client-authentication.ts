/** How a client proves who it is: secrets of which only hashes are kept, and signed assertions. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';

const ASSERTION_MAX_SECONDS = 300;
const ASSERTION_MAX_AHEAD_SECONDS = 60;

/**
 * Makes the library compare hashes. What it knows as a client's secret are the hashes of one or two
 * secrets, with a space between them (client-metadata.ts): whoever reads them cannot log in with them.
 */
export function compareSecretsByHash(provider: Provider): void {
  Object.assign(provider.Client.prototype, {
    compareClientSecret(this: { clientSecret?: string }, secret: string): boolean {
      const actual = createHash('sha256').update(secret).digest();
      const hashes = (this.clientSecret ?? '').split(' ');
      // Every hash is compared, so that the time says nothing about which one matched.
      return hashes.map((hash) => isHash(hash, actual)).includes(true);
    },
  });
}

function isHash(hash: string, actual: Uint8Array): boolean {
  const expected = Buffer.from(hash, 'base64url');
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/**
 * A client assertion is for this issuer alone and short-lived: with other audiences taken, another
 * server's metadata could make a client sign for us (RFC 9700 §4.4, FAPI 2.0 Security Profile §5.3.2.1).
 * @throws {errors.InvalidClientAuth}
 */
export function checkAssertion(
  { oidc }: KoaContextWithOIDC,
  claims: Readonly<Record<string, unknown>>,
  now: Date,
): void {
  const seconds = now.getTime() / 1_000;
  if (claims['aud'] !== oidc.issuer) {
    throw new errors.InvalidClientAuth('audience (aud) must equal the issuer');
  }
  if (!(Number(claims['exp']) - seconds <= ASSERTION_MAX_SECONDS)) {
    throw new errors.InvalidClientAuth('client assertion lives for too long');
  }
  const { iat } = claims;
  if (iat !== undefined && !(Number(iat) - seconds <= ASSERTION_MAX_AHEAD_SECONDS)) {
    throw new errors.InvalidClientAuth('client assertion is from the future');
  }
}
