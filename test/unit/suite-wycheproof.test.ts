/**
 * Wycheproof on the signatures of certificates, and on those of cards as the host encodes them.
 * TLS schemes have a test of their own (authenticator-signature).
 */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { verifySignature } from '../../gateway/authenticator/signature.ts';
import { isSignedBy } from '../../gateway/certificate/signature.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { SIGNATURE_SCHEME } from '../../gateway/protocol/handshake.ts';
import { encodeEcdsaSignature } from '../../native-host/login/ecdsa-signature.ts';
import { readWycheproof, type SignatureCase } from '../kit/suites/wycheproof.ts';

const ECDSA_SHA256 = { oid: '1.2.840.10045.4.3.2', parameters: undefined };
const ECDSA_SHA384 = { oid: '1.2.840.10045.4.3.3', parameters: undefined };
const P384_BYTES = 96;
const RSA_SHA256 = { oid: '1.2.840.113549.1.1.11', parameters: Uint8Array.of(5, 0) };

const FILES: readonly [
  file: string,
  what: string,
  valid: number,
  isAccepted: (item: SignatureCase) => boolean,
][] = [
  [
    'ecdsa_secp256r1_sha256_test.json',
    'a CA’s ECDSA P-256 signatures (RFC 5758 §3.2)',
    174,
    (item) => isCertificateSignature(item, ECDSA_SHA256),
  ],
  [
    'ecdsa_secp384r1_sha384_test.json',
    'a CA’s ECDSA P-384 signatures (RFC 5758 §3.2)',
    194,
    (item) => isCertificateSignature(item, ECDSA_SHA384),
  ],
  [
    'rsa_signature_2048_sha256_test.json',
    'a CA’s RSA signatures (RFC 4055 §5)',
    9,
    (item) => isCertificateSignature(item, RSA_SHA256),
  ],
  [
    'ecdsa_secp384r1_sha384_p1363_test.json',
    'a card’s r‖s, encoded by the host and verified by the gateway (RFC 8446 §4.2.3)',
    193,
    isCardSignature,
  ],
];

for (const [file, what, valid, isAccepted] of FILES) {
  const cases = readWycheproof(file);
  test(`Wycheproof ${file}: takes exactly the valid of ${what}`, {
    skip: 'skip' in cases ? cases.skip : false,
  }, (t) => {
    assert.ok(!('skip' in cases));
    const accepted = cases.filter(isAccepted);
    t.diagnostic(`${file}: ${accepted.length} of ${cases.length} taken, ${valid} valid`);
    assert.deepEqual(
      accepted.filter(({ isValid }) => !isValid).map(({ id }) => id),
      [],
    );
    assert.equal(accepted.length, valid);
  });
}

function isCertificateSignature(
  { publicKey, content, signature }: SignatureCase,
  algorithm: { oid: string; parameters: Uint8Array | undefined },
): boolean {
  const isEc = publicKey.asymmetricKeyType === 'ec';
  const key = isEc
    ? ({ kind: 'ec', curve: 'P-384' } as const)
    : ({ kind: 'rsa', modulusBits: 2048, exponent: 65537n } as const);
  const signatureAlgorithm = { ...algorithm, encoded: new Uint8Array(0) };
  return isSignedBy({ tbs: content, signatureAlgorithm, signature }, { key, publicKey });
}

/** A card's P-384 signature has 96 bytes; the host asks its card for no other, the gateway sees DER. */
function isCardSignature({ spki, content, signature: raw }: SignatureCase): boolean {
  if (raw.length !== P384_BYTES) return false;
  try {
    const signature = encodeEcdsaSignature(raw);
    const scheme = SIGNATURE_SCHEME.ecdsa_secp384r1_sha384;
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    verifySignature({ scheme, publicKey, content, signature });
    return true;
  } catch (error) {
    if (error instanceof KidsIdError || error instanceof RangeError) return false;
    throw error;
  }
}
