import { createPublicKey, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import {
  type RegisterCertificate,
  verifyRegisterSignature,
} from '../../gateway/identity/register-signature.ts';
import { createEcKey, createRsaKey } from '../kit/pki/authorities.ts';
import { buildCertificate } from '../kit/pki/build-certificate.ts';
import {
  nationalRegisterOptions,
  RSA_POLICIES,
  validityAround,
} from '../kit/pki/certificate-profiles.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-signature-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const rsa = pki.rsa();
const markAsRegister = (der: Uint8Array): RegisterCertificate => ({
  role: 'national-register',
  certificate: parseCertificate(der),
});
const register = markAsRegister(pki.nationalRegister.certificate);
const content = Buffer.from('TEST ONLY content');

test('verifies RSA-2048 with SHA-256, exactly as long as the modulus (card facts §3.6)', () => {
  const rsaRegister = markAsRegister(rsa.nationalRegister.certificate);
  const signature = sign('sha256', content, rsa.nationalRegister.privateKey);
  verifyRegisterSignature({ content, signature, register: rsaRegister });
  for (const wrong of [
    signature.subarray(0, 255),
    pad(signature, 257),
    flip(signature, 255),
    sign('sha1', content, rsa.nationalRegister.privateKey),
    sign('sha384', content, rsa.nationalRegister.privateKey),
    sign('sha384', content, pki.nationalRegister.privateKey),
  ]) {
    throwsWithCode('IDENTITY_INVALID', () =>
      verifyRegisterSignature({ content, signature: wrong, register: rsaRegister }),
    );
  }
});

test('rejects ECDSA with another hash, cut at any byte, not in DER, or with data behind it (card facts §3.6)', () => {
  const { privateKey } = pki.nationalRegister;
  const signature = sign('sha384', content, privateKey);
  verifyRegisterSignature({ content, signature, register });
  verifyRegisterSignature({ content, signature: pad(signature, 512), register });
  const cut = Array.from(signature, (_, length) => signature.subarray(0, length));
  for (const wrong of [
    ...cut,
    // Where the signature ends in zeros, zeros make a short cut whole again
    ...cut.map((start) => pad(start, 104)).filter((file) => !file.equals(pad(signature, 104))),
    pad(signature, 513),
    flip(pad(signature, 256), 255),
    flip(pad(signature, 256), signature.length),
    sign('sha256', content, privateKey),
    sign('sha384', content, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    Buffer.concat([Buffer.of(0x30, 0x81, signature.length - 2), signature.subarray(2)]),
  ]) {
    throwsWithCode('IDENTITY_INVALID', () =>
      verifyRegisterSignature({ content, signature: wrong, register }),
    );
  }
});

for (const [why, key, hash] of [
  ['RSA-1024 with SHA-1 (applet 1.1)', createRsaKey(1024), 'sha1'],
  ['RSA-1024 with SHA-256', createRsaKey(1024), 'sha256'],
  ['EC P-256', createEcKey('P-256'), 'sha384'],
] as const) {
  test(`never believes a signature of ${why}, even with a certificate marked as the Register's`, () => {
    const marked = markAsRegister(
      buildCertificate(
        nationalRegisterOptions(
          createPublicKey(key),
          rsa.root,
          validityAround(now, 1, 1),
          RSA_POLICIES.nationalRegister,
        ),
      ),
    );
    const signature = sign(hash, content, key);
    throwsWithCode('IDENTITY_INVALID', () =>
      verifyRegisterSignature({ content, signature, register: marked }),
    );
  });
}

function pad(bytes: Uint8Array, length: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, length - bytes.length))]);
}

function flip(bytes: Uint8Array, index: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[index] = (changed[index] ?? 0) ^ 1;
  return changed;
}
