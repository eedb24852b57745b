import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { verifySignature } from '../../gateway/authenticator/signature.ts';
import { SIGNATURE_SCHEME } from '../../gateway/protocol/handshake.ts';
import { throwsWithCode } from '../kit/rejects.ts';
import { readVectors } from '../kit/vectors.ts';

const { ecdsa_secp384r1_sha384, rsa_pss_rsae_sha256 } = SIGNATURE_SCHEME;
const SOURCE = 'C2SP/wycheproof dac1dd4, folder testvectors_v1';
const content = new TextEncoder().encode('what is signed');

/** The part of a Wycheproof file that we read. `acceptable` does not occur in these. */
interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKeyDer: string;
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: 'valid' | 'invalid';
    }[];
  }[];
}

for (const [file, scheme, valid] of [
  ['ecdsa_secp384r1_sha384_test.json', ecdsa_secp384r1_sha384, 194],
  ['rsa_pss_2048_sha256_mgf1_32_test.json', rsa_pss_rsae_sha256, 63],
] as const) {
  const vectors = readVectors(`wycheproof/${file}`, SOURCE);
  test(`Wycheproof ${file}: takes what is valid and refuses all the rest (RFC 8446 §4.2.3)`, {
    skip: 'skip' in vectors ? vectors.skip : false,
  }, () => {
    assert.ok('content' in vectors);
    let accepted = 0;
    for (const { publicKeyDer, tests } of (vectors.content as Wycheproof).testGroups) {
      const der = Buffer.from(publicKeyDer, 'hex');
      const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
      for (const { tcId, msg, sig, result } of tests) {
        const signature = Buffer.from(sig, 'hex');
        const verify = () =>
          verifySignature({ scheme, publicKey, content: Buffer.from(msg, 'hex'), signature });
        if (result === 'invalid') {
          assert.throws(verify, { code: 'AUTHENTICATOR_INVALID' }, `accepted case ${tcId}`);
        } else {
          verify();
          accepted += 1;
        }
      }
    }
    assert.equal(accepted, valid);
  });
}

test('a scheme fits its key: the curve for ECDSA, RSA for PSS (RFC 8446 §4.2.3)', () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signature = sign('sha384', content, { key: p256.privateKey, dsaEncoding: 'der' });
  for (const [scheme, key] of [
    [ecdsa_secp384r1_sha384, p256.publicKey],
    [ecdsa_secp384r1_sha384, rsa.publicKey],
    [rsa_pss_rsae_sha256, p384.publicKey],
  ] as const) {
    throwsWithCode('AUTHENTICATOR_INVALID', () =>
      verifySignature({ scheme, publicKey: key, content, signature }),
    );
  }
});

test('PKCS#1 v1.5 and SHA-256 with P-384 are no schemes of ours (RFC 9261 §5.2.2: TLS 1.3 schemes only)', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pkcs1 = sign('sha256', content, rsa.privateKey);
  for (const scheme of [0x0401, 0x0503 - 0x0100, rsa_pss_rsae_sha256]) {
    throwsWithCode('AUTHENTICATOR_INVALID', () =>
      verifySignature({ scheme, publicKey: rsa.publicKey, content, signature: pkcs1 }),
    );
  }
});
