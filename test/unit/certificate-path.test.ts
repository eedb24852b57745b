import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { checkCertificate } from '../../gateway/certificate/check-certificate.ts';
import { type VerifiedPath, verifyPath } from '../../gateway/certificate/path.ts';
import { linkTrust, loadTrust } from '../../gateway/certificate/trust.ts';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import {
  createCitizenCa,
  createEcKey,
  createRsaKey,
  type TestAuthority,
} from '../kit/pki/authorities.ts';
import { buildCertificate, type CertificateOptions } from '../kit/pki/build-certificate.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  extension,
  KEY_USAGE,
  keyUsage,
  OID,
  withExtensions,
  withoutExtension,
} from '../kit/pki/certificate-extensions.ts';
import { citizenCaOptions, rootOptions, validityAround } from '../kit/pki/certificate-profiles.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-path-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const { root, citizenCa } = pki;
const validity = validityAround(now, 100, 100);

/** The Citizen CA's name and key in a certificate that was changed. */
function forgeCa(
  change: (options: CertificateOptions) => Partial<CertificateOptions>,
): TestAuthority {
  const options = citizenCaOptions(citizenCa, root, validity);
  return { ...citizenCa, certificate: buildCertificate({ ...options, ...change(options) }) };
}

function check(options: {
  leaf?: Uint8Array;
  intermediates?: readonly TestAuthority[];
  anchor?: Uint8Array;
  at?: Date;
}): VerifiedPath {
  const trust = loadTrust({
    anchors: [options.anchor ?? root.certificate],
    intermediates: (options.intermediates ?? [citizenCa]).map(({ certificate }) => certificate),
    mode: 'test',
  });
  const certificate = parseCertificate(options.leaf ?? forgeCertificate(pki).certificate);
  return checkCertificate({ certificate, trust, now: options.at ?? now });
}

test('finds the path leaf, Citizen CA, root (RFC 5280 §6.1)', () => {
  const { leaf, issuers } = check({});
  assert.equal(leaf.subject.length, 6);
  assert.deepEqual(
    issuers.map(({ der }) => der),
    [citizenCa.certificate, root.certificate],
  );
});

test('takes the right one of two CAs with one name and two keys', () => {
  const renewed = createCitizenCa(citizenCa.name, root, validity);
  const { issuers } = check({ intermediates: [renewed, citizenCa] });
  assert.deepEqual(issuers[0].der, citizenCa.certificate);
});

test('takes the valid one of two certificates of one CA', () => {
  const expired = forgeCa(() => validityAround(now, 100, -10));
  const { issuers } = check({ intermediates: [expired, citizenCa] });
  assert.deepEqual(issuers[0].der, citizenCa.certificate);
});

test('is not disturbed by an unrelated CA that has expired', () => {
  const other = createCitizenCa(
    [{ type: 'CN', value: 'TEST ONLY Other CA' }],
    root,
    validityAround(now, 100, -10),
  );
  assert.equal(check({ intermediates: [other, citizenCa] }).issuers.length, 2);
});

test('is valid from the first second to the last, and not beyond (RFC 5280 §4.1.2.5)', () => {
  const leaf = forgeCertificate(pki, {
    fields: () => ({
      notBefore: new Date('2026-11-01T00:00:00Z'),
      notAfter: new Date('2026-11-30T23:59:59Z'),
    }),
  }).certificate;
  for (const at of ['2026-11-01T00:00:00Z', '2026-11-30T23:59:59.999Z']) {
    check({ leaf, at: new Date(at) });
  }
  for (const at of ['2026-10-31T23:59:59.999Z', '2026-12-01T00:00:00Z']) {
    throwsWithCode('CERTIFICATE_EXPIRED', () => check({ leaf, at: new Date(at) }));
  }
});

test('rejects a leaf of a CA that is not configured', () => {
  const { certificate } = forgeCertificate(pki, { issuer: pki.unknownCa });
  throwsWithCode('CERTIFICATE_ISSUER_UNKNOWN', () => check({ leaf: certificate }));
});

test('rejects a leaf that signed itself', () => {
  const privateKey = createEcKey('P-384');
  const name = [{ type: 'CN', value: 'TEST ONLY' } as const];
  const { certificate } = forgeCertificate(pki, {
    key: privateKey,
    issuer: { name, privateKey },
    fields: () => ({ subject: name }),
  });
  throwsWithCode('CERTIFICATE_ISSUER_UNKNOWN', () => check({ leaf: certificate }));
});

test('rejects a leaf of an impostor: the same CA name, another key', () => {
  const impostor = { name: citizenCa.name, privateKey: createEcKey('P-384') };
  const { certificate } = forgeCertificate(pki, { issuer: impostor });
  throwsWithCode('CERTIFICATE_PATH', () => check({ leaf: certificate }));
});

test('rejects a leaf that says RSA over a signature of an EC key (RFC 5280 §4.1.1.2)', () => {
  const { certificate } = forgeCertificate(pki, { fields: () => ({ claimedKind: 'rsa' }) });
  throwsWithCode('CERTIFICATE_PATH', () => check({ leaf: certificate }));
});

test('rejects a CA without a name (RFC 5280 §4.1.2.6)', () => {
  const nameless = createCitizenCa([], root, validity);
  const leaf = parseCertificate(forgeCertificate(pki, { issuer: nameless }).certificate);
  const trust = linkTrust({
    anchors: [parseCertificate(root.certificate)],
    intermediates: [parseCertificate(nameless.certificate)],
    mode: 'test',
  });
  throwsWithCode('CERTIFICATE_PATH', () => verifyPath({ certificate: leaf, trust, now }));
});

test('rejects a leaf whose signature was changed in one bit', () => {
  const leaf = Uint8Array.from(forgeCertificate(pki).certificate);
  leaf[leaf.length - 1] = (leaf.at(-1) ?? 0) ^ 1;
  throwsWithCode('CERTIFICATE_PATH', () => check({ leaf }));
});

test('rejects a leaf that another leaf issued (RFC 5280 §6.1.4 (k))', () => {
  const middle = forgeCertificate(pki, { fields: () => ({ subject: citizenCa.name }) });
  const { certificate } = forgeCertificate(pki, {
    issuer: { name: citizenCa.name, privateKey: middle.privateKey },
  });
  throwsWithCode('CERTIFICATE_PATH', () => check({ leaf: certificate }));
});

type Change = (options: CertificateOptions) => Partial<CertificateOptions>;
const withCa =
  (...replacements: Parameters<typeof withExtensions>[1][]): Change =>
  ({ extensions }) => ({ extensions: withExtensions(extensions, ...replacements) });
const withoutCa =
  (oid: string): Change =>
  ({ extensions }) => ({ extensions: withoutExtension(extensions, oid) });

const BROKEN_CAS: readonly [code: ErrorCode, what: string, change: Change][] = [
  ['CERTIFICATE_PATH', 'has expired', () => validityAround(now, 100, -1)],
  ['CERTIFICATE_PATH', 'is not valid yet', () => validityAround(now, -1, 100)],
  ['CERTIFICATE_PATH', 'has no basic constraints (§4.2.1.9)', withoutCa(OID.basicConstraints)],
  ['CERTIFICATE_PATH', 'is no CA (§4.2.1.9)', withCa(basicConstraints({ ca: false }))],
  [
    'CERTIFICATE_PATH',
    'has basic constraints that are not critical (§4.2.1.9)',
    withCa({ ...basicConstraints({ ca: true }), critical: false }),
  ],
  ['CERTIFICATE_PATH', 'is of version 2', () => ({ version: 2 })],
  ['CERTIFICATE_PATH', 'is of version 1', () => ({ version: 1, extensions: [] })],
  ['CERTIFICATE_PATH', 'has no key usage (§4.2.1.3)', withoutCa(OID.keyUsage)],
  ['CERTIFICATE_PATH', 'has no keyCertSign (§4.2.1.3)', withCa(keyUsage(KEY_USAGE.cRLSign))],
  [
    'CERTIFICATE_PATH',
    'has an unknown critical extension (§4.2)',
    withCa(extension('1.2.3.4', Uint8Array.of(5, 0), { critical: true })),
  ],
  [
    'CERTIFICATE_PATH',
    'has policy constraints that are not critical (§4.2.1.11)',
    withCa(extension('2.5.29.36', Buffer.from('3003800100', 'hex'), { critical: false })),
  ],
  ['CERTIFICATE_PATH', 'may issue for servers only', withCa(extendedKeyUsage(OID.serverAuth))],
  ['CERTIFICATE_PATH', 'has no key identifier (§4.2.1.2)', withoutCa(OID.subjectKeyIdentifier)],
  [
    'CERTIFICATE_PATH',
    'names another key of its issuer (§4.2.1.1)',
    withCa(authorityKeyIdentifier(createPublicKey(createEcKey('P-384')))),
  ],
  ['CERTIFICATE_KEY', 'has two signature algorithms', () => ({ innerHash: 'sha256' })],
];

for (const [code, what, change] of BROKEN_CAS) {
  test(`rejects a leaf whose CA ${what}: ${code}`, () => {
    throwsWithCode(code, () => check({ intermediates: [forgeCa(change)] }));
  });
}

test('takes an EC card below an RSA CA: kinds of keys may differ (card facts §4.5)', () => {
  const rsa = pki.rsa();
  const trust = loadTrust({
    anchors: [rsa.root.certificate],
    intermediates: [rsa.citizenCa.certificate],
    mode: 'test',
  });
  const { certificate } = forgeCertificate(pki, {
    issuer: rsa.citizenCa,
    fields: () => ({ hash: 'sha256' }),
  });
  checkCertificate({ certificate: parseCertificate(certificate), trust, now });
});

test('rejects a leaf of a CA with an RSA-1024 key: CERTIFICATE_KEY', () => {
  const signer = { name: citizenCa.name, privateKey: createRsaKey(1024) };
  const certificate = buildCertificate(citizenCaOptions(signer, root, validity));
  const leaf = forgeCertificate(pki, { issuer: signer }).certificate;
  throwsWithCode('CERTIFICATE_KEY', () =>
    check({ leaf, intermediates: [{ ...signer, certificate }] }),
  );
});

test('does not load a CA certificate that is signed with SHA-1', () => {
  throwsWithCode('CERTIFICATE_PATH', () =>
    check({ intermediates: [forgeCa(() => ({ hash: 'sha1' }))] }),
  );
});

test('rejects a path longer than a CA above allows (RFC 5280 §6.1.4 (m))', () => {
  // The root allows one CA below it, the Citizen CA none
  const deeper = createCitizenCa(
    [{ type: 'CN', value: 'TEST ONLY Deeper CA' }],
    citizenCa,
    validity,
  );
  const { certificate } = forgeCertificate(pki, { issuer: deeper });
  throwsWithCode('CERTIFICATE_PATH', () =>
    check({ leaf: certificate, intermediates: [citizenCa, deeper] }),
  );
});

test('checks the anchor as well: validity, cA, path length, key usage and identifiers', () => {
  const changes: Change[] = [
    () => validityAround(now, 100, -1),
    withCa(basicConstraints({ ca: false })),
    withCa(basicConstraints({ ca: true, pathLength: 0 })),
    withoutCa(OID.keyUsage),
    withCa(authorityKeyIdentifier(createPublicKey(createEcKey('P-384')))),
    ({ extensions }) => ({
      issuer: pki.unknownRoot.name,
      extensions: withoutExtension(extensions, OID.authorityKeyIdentifier),
    }),
  ];
  for (const change of changes) {
    const options = rootOptions(root, validity, 1);
    const anchor = buildCertificate({ ...options, ...change(options) });
    throwsWithCode('CERTIFICATE_PATH', () => check({ anchor }));
  }
});

test('takes an anchor that leaves out its own issuer identifier (RFC 5280 §4.2.1.1)', () => {
  const options = rootOptions(root, validity, 1);
  const change = withoutCa(OID.authorityKeyIdentifier);
  assert.equal(
    check({ anchor: buildCertificate({ ...options, ...change(options) }) }).issuers.length,
    2,
  );
});

test('counts self-issued CAs out of the path length, and the leaf too (RFC 5280 §6.1.4 (l), (m))', () => {
  // The Citizen CA allows no CA below it, and has changed its key
  const renewed = createCitizenCa(citizenCa.name, citizenCa, validity);
  const leaf = forgeCertificate(pki, { issuer: renewed }).certificate;
  assert.equal(check({ leaf, intermediates: [citizenCa, renewed] }).issuers.length, 3);
});

test('takes an issuer whose name differs in case, spaces and string type alone (RFC 5280 §7.1)', () => {
  const name = citizenCa.name.map(({ type, value }) => ({
    type,
    value: type === 'CN' ? `  ${value.toLowerCase().replaceAll(' ', '   ')} ` : value,
  }));
  const leaf = forgeCertificate(pki, { issuer: { ...citizenCa, name } }).certificate;
  assert.equal(check({ leaf }).issuers.length, 2);
});
