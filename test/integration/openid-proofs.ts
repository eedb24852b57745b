/** DPoP proofs made by hand (RFC 9449 §4.2), so that a test can make each of them wrong. TEST ONLY. */
import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import type { CryptoKeyPair } from 'openid-client';

/** A proof for a request, right unless `claims` or `header` make it wrong. */
export async function makeProof(
  key: CryptoKeyPair,
  request: { htm: string; htu: string; accessToken?: string },
  change: { claims?: object; header?: object } = {},
): Promise<string> {
  const { accessToken, ...bound } = request;
  const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url');
  const iat = Math.floor(Date.now() / 1_000);
  const claims = { jti: randomUUID(), iat, ...bound, ...(ath && { ath }), ...change.claims };
  const jwk = await exportJWK(key.publicKey);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...change.header })
    .sign(key.privateKey);
}
