import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import { verifySignature } from '../../gateway/authenticator/signature.ts';
import type { KeyKind } from '../../gateway/certificate/certificate.ts';
import { isSignedBy } from '../../gateway/certificate/signature.ts';
import { SIGNATURE_SCHEME } from '../../gateway/protocol/handshake.ts';
import { createEcKey } from '../kit/pki/authorities.ts';
import { throwsWithCode } from '../kit/rejects.ts';
import { malformedEcdsa } from '../kit/suites/malformed-ecdsa.ts';

const content = Buffer.from('what is signed');
const EC: KeyKind = { kind: 'ec', curve: 'P-384' };
const RSA: KeyKind = { kind: 'rsa', modulusBits: 2048, exponent: 65537n };
const ECDSA_SHA384 = '1.2.840.10045.4.3.3';
const RSA_SHA256 = '1.2.840.113549.1.1.11';
const NULL = Uint8Array.of(5, 0);

const ecKey = createEcKey('P-384');
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ecdsa = sign('sha384', content, { key: ecKey, dsaEncoding: 'der' });
const rsa = sign('sha256', content, rsaKey);

test('takes a right signature of each kind (RFC 5758 §3.2, RFC 4055 §5)', () => {
  assert.ok(isTaken(EC, ecKey, ecdsa, ECDSA_SHA384));
  assert.ok(isTaken(RSA, rsaKey, rsa, RSA_SHA256, NULL));
});

for (const [what, forged] of malformedEcdsa(ecdsa)) {
  test(`refuses an ECDSA signature with ${what}, of a CA and of a card (RFC 3279 §2.2.3)`, () => {
    assert.ok(!isTaken(EC, ecKey, forged, ECDSA_SHA384));
    throwsWithCode('AUTHENTICATOR_INVALID', () =>
      verifySignature({
        scheme: SIGNATURE_SCHEME.ecdsa_secp384r1_sha384,
        publicKey: createPublicKey(ecKey),
        content,
        signature: forged,
      }),
    );
  });
}

test('refuses an algorithm of another kind of key, with other parameters, or that is not in the table', () => {
  assert.ok(!isTaken(RSA, ecKey, ecdsa, ECDSA_SHA384));
  assert.ok(!isTaken(EC, rsaKey, rsa, RSA_SHA256, NULL));
  assert.ok(!isTaken({ kind: 'other' }, ecKey, ecdsa, ECDSA_SHA384));
  assert.ok(!isTaken(EC, ecKey, ecdsa, ECDSA_SHA384, NULL));
  assert.ok(!isTaken(RSA, rsaKey, rsa, RSA_SHA256));
  assert.ok(!isTaken(RSA, rsaKey, rsa, RSA_SHA256, Uint8Array.of(0x30, 0)));
  const sha1 = sign('sha1', content, rsaKey);
  assert.ok(!isTaken(RSA, rsaKey, sha1, '1.2.840.113549.1.1.5', NULL));
  const ecdsaSha1 = sign('sha1', content, ecKey);
  assert.ok(!isTaken(EC, ecKey, ecdsaSha1, '1.2.840.10045.4.1'));
});

function isTaken(
  key: KeyKind,
  privateKey: KeyObject,
  signature: Uint8Array,
  ...[oid, parameters]: [oid: string, parameters?: Uint8Array]
): boolean {
  const signatureAlgorithm = { oid, parameters, encoded: new Uint8Array(0) };
  const issuer = { key, publicKey: createPublicKey(privateKey) };
  return isSignedBy({ tbs: content, signatureAlgorithm, signature }, issuer);
}
