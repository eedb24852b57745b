import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Certificate, parseCertificate } from '../../gateway/certificate/certificate.ts';
import { checkCertificate } from '../../gateway/certificate/check-certificate.ts';
import { checkEndEntity } from '../../gateway/certificate/end-entity.ts';
import { checkProfile } from '../../gateway/certificate/profile.ts';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import { createEcKey } from '../kit/pki/authorities.ts';
import type { CertificateOptions } from '../kit/pki/build-certificate.ts';
import {
  basicConstraints,
  type CertificateExtension,
  certificatePolicies,
  extendedKeyUsage,
  extension,
  KEY_USAGE,
  keyUsage,
  OID,
  withExtensions,
  withoutExtension,
} from '../kit/pki/certificate-extensions.ts';
import { type Forgery, forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-profile-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const trust = loadTrust({
  anchors: [pki.root.certificate],
  intermediates: [pki.citizenCa.certificate],
  mode: 'test',
});

const with_ =
  (...replacements: readonly CertificateExtension[]) =>
  ({ extensions }: CertificateOptions) => ({
    extensions: withExtensions(extensions, ...replacements),
  });
const without =
  (oid: string) =>
  ({ extensions }: CertificateOptions) => ({ extensions: withoutExtension(extensions, oid) });
const rsaKey = (modulusLength: number): KeyObject =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey;
/** An RSA-2048 public key with another exponent, base64url. */
const rsaExponent = (e: string): KeyObject => {
  const jwk = createPublicKey(rsaKey(2048)).export({ format: 'jwk' });
  return createPublicKey({ format: 'jwk', key: { ...jwk, e } });
};
/** No real modulus, but a key that parses. */
const hugeRsaKey = (): KeyObject => {
  const n = Buffer.alloc(2048, 0xff).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'RSA', n, e: 'AQAB' } });
};

const ACCEPTED: readonly [what: string, forgery: Forgery][] = [
  ['an EC P-384 key (applet 1.8)', {}],
  ['an RSA-2048 key under an EC CA (applet 1.7, card facts §4.5)', { key: rsaKey(2048) }],
  ['no extended key usage (card facts §4.1)', { fields: without(OID.extendedKeyUsage) }],
  ['basic constraints that say "no CA"', { fields: with_(basicConstraints({ ca: false })) }],
  ['a signature with SHA-256', { fields: () => ({ hash: 'sha256' }) }],
  ...[
    '2.16.56.13.6.2.1.1000',
    '2.16.56.1.1.1.2.2',
    '2.16.56.9.1.1.7.2',
    '2.16.56.10.1.1.2.2',
    '2.16.56.12.1.1.2.2',
    '2.16.56.12.1.1.7.2',
  ].map((policy): [string, Forgery] => [
    `the policy ${policy} (card facts §4.3)`,
    { fields: with_(certificatePolicies(policy)) },
  ]),
  [
    'a policy of its own beside the right one',
    { fields: with_(certificatePolicies('1.2.3', '2.16.56.13.6.1.1.1000')) },
  ],
  [
    'an unknown extension that is not critical',
    { fields: with_(extension('1.2.3.4', Uint8Array.of(5, 0), { critical: false })) },
  ],
];

for (const [what, forgery] of ACCEPTED) {
  test(`accepts a certificate with ${what}`, () => {
    const path = checkCertificate({ certificate: forge(forgery), trust, now });
    assert.deepEqual(
      path.issuers.map(({ der }) => der),
      [pki.citizenCa.certificate, pki.root.certificate],
    );
  });
}

const REFUSED: readonly [code: ErrorCode, what: string, forgery: Forgery][] = [
  ['CERTIFICATE_KEY', 'an RSA-1024 key (applet 1.1)', { key: rsaKey(1024) }],
  ['CERTIFICATE_KEY', 'the RSA exponent 1', { fields: () => ({ publicKey: rsaExponent('AQ') }) }],
  ['CERTIFICATE_KEY', 'an even exponent', { fields: () => ({ publicKey: rsaExponent('AQAA') }) }],
  ['CERTIFICATE_KEY', 'an RSA key of 16384 bits', { fields: () => ({ publicKey: hugeRsaKey() }) }],
  [
    'CERTIFICATE_KEY',
    'an RSA exponent above 32 bits',
    { fields: () => ({ publicKey: rsaExponent('AQAAAAE') }) },
  ],
  ['CERTIFICATE_KEY', 'an EC P-256 key', { key: createEcKey('P-256') }],
  ['CERTIFICATE_KEY', 'an EC P-521 key', { key: createEcKey('P-521') }],
  ['CERTIFICATE_KEY', 'an Ed25519 key', { key: generateKeyPairSync('ed25519').privateKey }],
  [
    'CERTIFICATE_KEY',
    'a curve written out (CVE-2020-0601)',
    {
      key: generateKeyPairSync('ec', { namedCurve: 'P-384', paramEncoding: 'explicit' }).privateKey,
    },
  ],
  ['CERTIFICATE_KEY', 'a signature with SHA-1', { fields: () => ({ hash: 'sha1' }) }],
  [
    'CERTIFICATE_KEY',
    'two signature algorithms (RFC 5280 §4.1.1.2)',
    { fields: () => ({ innerHash: 'sha256' }) },
  ],
  ['CERTIFICATE_PROFILE', 'version 2', { fields: () => ({ version: 2 }) }],
  ['CERTIFICATE_PROFILE', 'version 1', { fields: () => ({ version: 1, extensions: [] }) }],
  [
    'CERTIFICATE_PROFILE',
    'an unknown critical extension (RFC 5280 §4.2)',
    { fields: with_(extension('1.2.3.4', Uint8Array.of(5, 0), { critical: true })) },
  ],
  ['CERTIFICATE_PROFILE', 'no subject', { fields: () => ({ subject: [] }) }],
  ['CERTIFICATE_PROFILE', 'cA true', { fields: with_(basicConstraints({ ca: true })) }],
  ['CERTIFICATE_PROFILE', 'no key usage', { fields: without(OID.keyUsage) }],
  [
    'CERTIFICATE_PROFILE',
    'nonRepudiation alone (a signature key)',
    { fields: with_(keyUsage(KEY_USAGE.nonRepudiation)) },
  ],
  [
    'CERTIFICATE_PROFILE',
    'nonRepudiation beside digitalSignature',
    { fields: with_(keyUsage(KEY_USAGE.digitalSignature, KEY_USAGE.nonRepudiation)) },
  ],
  [
    'CERTIFICATE_PROFILE',
    'keyCertSign beside digitalSignature',
    { fields: with_(keyUsage(KEY_USAGE.digitalSignature, KEY_USAGE.keyCertSign)) },
  ],
  [
    'CERTIFICATE_PROFILE',
    'a key usage that is not critical (card facts §4.1)',
    { fields: with_({ ...keyUsage(KEY_USAGE.digitalSignature), critical: false }) },
  ],
  [
    'CERTIFICATE_PROFILE',
    'an extended key usage without clientAuth',
    { fields: with_(extendedKeyUsage(OID.serverAuth)) },
  ],
  [
    'CERTIFICATE_PROFILE',
    'anyExtendedKeyUsage in place of clientAuth',
    { fields: with_(extendedKeyUsage('2.5.29.37.0')) },
  ],
  [
    'CERTIFICATE_PROFILE',
    'name constraints (RFC 5280 §4.2.1.10)',
    {
      fields: with_(
        extension('2.5.29.30', Buffer.from('3007a0053003820161', 'hex'), {
          critical: false,
        }),
      ),
    },
  ],
  [
    'CERTIFICATE_PROFILE',
    'policy constraints (RFC 5280 §4.2.1.11)',
    {
      fields: with_(extension('2.5.29.36', Buffer.from('3003800100', 'hex'), { critical: true })),
    },
  ],
  ['CERTIFICATE_POLICY', 'no policies', { fields: without(OID.certificatePolicies) }],
  ['CERTIFICATE_POLICY', 'anyPolicy', { fields: with_(certificatePolicies(OID.anyPolicy)) }],
  [
    'CERTIFICATE_POLICY',
    'the policy of the National Register',
    { fields: with_(certificatePolicies('2.16.56.13.6.0.1')) },
  ],
  [
    'CERTIFICATE_POLICY',
    'a policy that only begins like a right one',
    { fields: with_(certificatePolicies('2.16.56.13.6.1.1.10000')) },
  ],
  [
    'CERTIFICATE_POLICY',
    'the policy of citizens’ signatures beside the right one',
    { fields: with_(certificatePolicies('2.16.56.13.6.1.1.1000', '2.16.56.13.6.1.2.1000')) },
  ],
  [
    'CERTIFICATE_POLICY',
    'the policy and key usage of a signature certificate',
    {
      fields: with_(certificatePolicies('2.16.56.12.1.1.7.1'), keyUsage(KEY_USAGE.nonRepudiation)),
    },
  ],
  [
    'CERTIFICATE_PROFILE',
    'no TEST ONLY in its subject, in test mode (design §3)',
    { fields: ({ subject }) => ({ subject: subject.filter(({ type }) => type !== 'OU') }) },
  ],
];

for (const [code, what, forgery] of REFUSED) {
  test(`rejects a certificate with ${what}: ${code}`, () => {
    throwsWithCode(code, () => checkCertificate({ certificate: forge(forgery), trust, now }));
  });
}

test('rejects a certificate without a name in every mode (RFC 5280 §4.1.2.6)', () => {
  const nameless = forge({ fields: () => ({ subject: [] }) });
  throwsWithCode('CERTIFICATE_PROFILE', () => checkEndEntity(nameless));
});

test('takes a critical alternative name for a missing subject where no card is asked for (RFC 5280 §4.1.2.6)', () => {
  const host = Buffer.from('3003820161', 'hex');
  for (const critical of [true, false]) {
    const nameless = forge({
      fields: ({ extensions }) => ({
        subject: [],
        extensions: [...extensions, extension(OID.subjectAltName, host, { critical })],
      }),
    });
    if (critical) checkEndEntity(nameless);
    else throwsWithCode('CERTIFICATE_PROFILE', () => checkEndEntity(nameless));
    throwsWithCode('CERTIFICATE_PROFILE', () => checkProfile(nameless));
  }
});

test('the profile alone refuses another purpose, without a path (RFC 5280 §4.2.1.12)', () => {
  const server = forge({ fields: with_(extendedKeyUsage(OID.serverAuth)) });
  throwsWithCode('CERTIFICATE_PROFILE', () => checkProfile(server));
});

function forge(forgery: Forgery): Certificate {
  return parseCertificate(forgeCertificate(pki, forgery).certificate);
}
