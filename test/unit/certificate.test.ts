import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { CertificateOptions } from '../kit/pki/build-certificate.ts';
import { basicConstraints, extension, OID } from '../kit/pki/certificate-extensions.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const dir = mkdtempSync(join(tmpdir(), 'kids-id-certificate-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now: new Date('2026-11-22T12:00:00Z') });
const { certificate: leaf } = forgeCertificate(pki);

test('reads the fields of an authentication certificate as node:crypto does (RFC 5280 §4.1)', () => {
  const certificate = parseCertificate(leaf);
  const judge = new X509Certificate(leaf);
  assert.equal(certificate.version, 3);
  assert.equal(Buffer.from(certificate.serial).toString('hex').toUpperCase(), judge.serialNumber);
  assert.equal(certificate.notBefore.getTime(), Date.parse(judge.validFrom));
  assert.equal(certificate.notAfter.getTime(), Date.parse(judge.validTo));
  assert.ok(certificate.publicKey.equals(judge.publicKey));
  assert.deepEqual(
    Buffer.from(certificate.spki),
    judge.publicKey.export({ type: 'spki', format: 'der' }),
  );
  assert.deepEqual(certificate.key, { kind: 'ec', curve: 'P-384' });
  assert.deepEqual(certificate.keyUsage, ['digitalSignature']);
  assert.deepEqual(certificate.extendedKeyUsage, [OID.clientAuth]);
  assert.deepEqual(certificate.policies, ['2.16.56.13.6.1.1.1000']);
  assert.deepEqual(certificate.ocspUrls, ['http://ocsp.kids-id.test/']);
  assert.equal(certificate.basicConstraints, undefined);
  const issuer = parseCertificate(pki.citizenCa.certificate);
  assert.deepEqual(certificate.issuerDer, issuer.subjectDer);
  assert.deepEqual(certificate.authorityKeyId, issuer.subjectKeyId);
  assert.deepEqual(issuer.basicConstraints, { isCa: true, pathLength: 0 });
  assert.deepEqual(issuer.keyUsage, ['keyCertSign', 'cRLSign']);
});

test('keeps the string type and order of subject attributes (card facts §4.1)', () => {
  assert.deepEqual(parseCertificate(leaf).subject, [
    { oid: '2.5.4.6', value: 'BE', encoding: 'printable' },
    { oid: '2.5.4.11', value: 'TEST ONLY', encoding: 'utf8' },
    { oid: '2.5.4.3', value: 'Forged Example (Authentication)', encoding: 'utf8' },
    { oid: '2.5.4.4', value: 'Example', encoding: 'utf8' },
    { oid: '2.5.4.42', value: 'Forged', encoding: 'utf8' },
    { oid: '2.5.4.5', value: '00010100006', encoding: 'printable' },
  ]);
});

test('reads RSA keys with their size and exponent', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { certificate } = forgeCertificate(pki, { key: privateKey });
  const { key } = parseCertificate(certificate);
  assert.deepEqual(key, { kind: 'rsa', modulusBits: 2048, exponent: 65537n });
});

test('takes an EC key whose curve is written out as none of the known kinds (CVE-2020-0601)', () => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-384',
    paramEncoding: 'explicit',
  });
  const { certificate } = forgeCertificate(pki, { key: privateKey });
  assert.ok(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).length > 300);
  assert.deepEqual(parseCertificate(certificate).key, { kind: 'other' });
});

test('rejects a certificate cut off at every byte', () => {
  for (let length = 0; length < leaf.length; length++) {
    throwsWithCode('CERTIFICATE_MALFORMED', () => parseCertificate(leaf.subarray(0, length)));
  }
});

test('rejects one byte more, and more than 8 KiB', () => {
  throwsWithCode('CERTIFICATE_MALFORMED', () =>
    parseCertificate(Buffer.concat([leaf, Buffer.of(0)])),
  );
  const value = new Uint8Array(9000);
  throwsWithCode('CERTIFICATE_MALFORMED', () =>
    parseCertificate(
      forge(({ extensions }) => ({
        extensions: [...extensions, extension('1.2.3.4', value, { critical: false })],
      })),
    ),
  );
});

test('never throws anything but its own error when bytes are changed one at a time', () => {
  for (let offset = 0; offset < leaf.length; offset++) {
    for (const change of [0x01, 0x80, 0xff]) {
      const changed = Uint8Array.from(leaf);
      changed[offset] = (changed[offset] ?? 0) ^ change;
      try {
        parseCertificate(changed);
      } catch (error) {
        assert.ok(error instanceof KidsIdError && error.code === 'CERTIFICATE_MALFORMED');
      }
    }
  }
});

const MALFORMED: readonly [
  what: string,
  change: (o: CertificateOptions) => Partial<CertificateOptions>,
][] = [
  [
    'an extension twice (RFC 5280 §4.2)',
    ({ extensions }) => ({ extensions: [...extensions, ...extensions] }),
  ],
  ['a negative serial number (§4.1.2.2)', () => ({ serial: Uint8Array.of(0x80, 1) })],
  ['the serial number 0 (§4.1.2.2)', () => ({ serial: Uint8Array.of(0) })],
  ['a serial number of 21 bytes (§4.1.2.2)', () => ({ serial: new Uint8Array(21).fill(1) })],
  ['an empty key usage purpose list (§4.2.1.12)', replacing(OID.extendedKeyUsage, '3000')],
  ['a policy twice (§4.2.1.4)', replacing(OID.certificatePolicies, '300c300406025504300406025504')],
  ['bytes after an extension value', replacing(OID.extendedKeyUsage, '30000500')],
  ['a key usage of another type', replacing(OID.keyUsage, '0500')],
  ['a path length below zero (§4.2.1.9)', replacing(OID.basicConstraints, '30060101ff0201ff')],
  ['a path length that is huge', replacing(OID.basicConstraints, '30080101ff0203010000')],
  ['a subject key identifier of another type', replacing(OID.subjectKeyIdentifier, '0500')],
];

for (const [what, change] of MALFORMED) {
  test(`rejects ${what}`, () => {
    throwsWithCode('CERTIFICATE_MALFORMED', () => parseCertificate(forge(change)));
  });
}

test('reads basic constraints that say "no CA" in either form (RFC 5280 §4.2.1.9)', () => {
  const empty = forge(({ extensions }) => ({
    extensions: [...extensions, basicConstraints({ ca: false })],
  }));
  const expected = { isCa: false, pathLength: undefined };
  assert.deepEqual(parseCertificate(empty).basicConstraints, expected);
  const written = forge(replacing(OID.basicConstraints, '3003010100'));
  assert.deepEqual(parseCertificate(written).basicConstraints, expected);
});

function forge(fields: (options: CertificateOptions) => Partial<CertificateOptions>): Uint8Array {
  return forgeCertificate(pki, { fields }).certificate;
}

function replacing(oid: string, hex: string) {
  return ({ extensions }: CertificateOptions): Partial<CertificateOptions> => ({
    extensions: [
      ...extensions.filter((found) => found.oid !== oid),
      extension(oid, Buffer.from(hex, 'hex'), { critical: false }),
    ],
  });
}
