/**
 * The CRLs of the test roots: what the National Register's certificate names, which has no OCSP responder
 * (card facts §4.3). TEST ONLY.
 */
import type { TestAuthority } from './authorities.ts';
import { buildCrl } from './crl-builder.ts';
import { serialOf, type TestPki } from './test-pki.ts';

/** Paths of the CRLs, as files of one server. */
export const ROOT_CRL_PATHS = { ec: '/brca6.crl', rsa: '/brca4.crl' } as const;

const HOUR_MS = 3_600_000;

/** Builds the CRL at a path, as things stand now; undefined for another path. */
export function findRootCrl(
  path: string | undefined,
  { pki, now }: { pki: TestPki; now: Date },
): Uint8Array | undefined {
  if (path === ROOT_CRL_PATHS.ec) {
    const { root, citizenCa, foreignerCa, nationalRegister } = pki;
    const issued = [citizenCa, foreignerCa, nationalRegister];
    return buildRootCrl({ pki, root, issued, now, hash: 'sha384' });
  }
  if (path === ROOT_CRL_PATHS.rsa) {
    const { root, citizenCa, nationalRegister } = pki.rsa();
    return buildRootCrl({
      ...{ pki, root, issued: [citizenCa, nationalRegister], now },
      hash: 'sha256',
    });
  }
  return undefined;
}

function buildRootCrl(options: {
  pki: TestPki;
  root: TestAuthority;
  issued: readonly { readonly certificate: Uint8Array }[];
  now: Date;
  hash: 'sha256' | 'sha384';
}): Uint8Array {
  const { pki, root, issued, now, hash } = options;
  const entries = issued.flatMap(({ certificate }) => {
    const serial = serialOf(certificate);
    const status = pki.issued.find(root.certificate, serial);
    return status?.kind === 'revoked' ? [{ serial, revokedAt: status.revokedAt }] : [];
  });
  return buildCrl({
    issuer: root.name,
    signingKey: root.privateKey,
    thisUpdate: new Date(now.getTime() - HOUR_MS),
    nextUpdate: new Date(now.getTime() + 24 * HOUR_MS),
    entries,
    hash,
  });
}
