import assert from 'node:assert/strict';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { verifyRegisterCertificate } from '../../gateway/certificate/register-profile.ts';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import { type ErrorCode, KidsIdError } from '../../gateway/protocol/errors.ts';
import { findPerson } from '../kit/persons.ts';
import { createEcKey, createRsaKey } from '../kit/pki/authorities.ts';
import {
  buildCertificate,
  type CertificateOptions,
  type NameAttribute,
} from '../kit/pki/build-certificate.ts';
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
import {
  EC_POLICIES,
  nationalRegisterOptions,
  RSA_POLICIES,
  type Signer,
  validityAround,
} from '../kit/pki/certificate-profiles.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { personalise } from '../kit/pki/personalise.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-register-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const rsa = pki.rsa();
const trust = loadTrust({
  anchors: [pki.root.certificate, rsa.root.certificate],
  intermediates: [pki.citizenCa.certificate],
  mode: 'test',
});
const verify = (der: Uint8Array, at = now) => verifyRegisterCertificate({ der, trust, now: at });

/** What is wrong with a certificate of the Register. */
interface Forgery {
  issuer?: Signer;
  key?: KeyObject;
  fields?: (options: CertificateOptions) => Partial<CertificateOptions>;
}

function forge({ issuer = pki.root, key = createEcKey('P-384'), fields }: Forgery): Uint8Array {
  const validity = validityAround(now, 10, 10);
  const options = nationalRegisterOptions(createPublicKey(key), issuer, validity);
  return buildCertificate({ ...options, ...fields?.(options) });
}

const extended =
  (...replacements: readonly CertificateExtension[]) =>
  ({ extensions }: CertificateOptions) => ({
    extensions: withExtensions(extensions, ...replacements),
  });
const subject =
  (change: (name: readonly NameAttribute[]) => readonly NameAttribute[]) =>
  (options: CertificateOptions) => ({ subject: change(options.subject) });

test('takes the National Register under the EC root and under the RSA root (card facts §4.3)', () => {
  for (const [register, root] of [
    [pki.nationalRegister, pki.root],
    [rsa.nationalRegister, rsa.root],
  ] as const) {
    const { role, certificate, path } = verify(register.certificate);
    assert.equal(role, 'national-register');
    assert.deepEqual(certificate.der, register.certificate);
    assert.deepEqual(
      path.issuers.map(({ der }) => der),
      [root.certificate],
    );
  }
});

const ACCEPTED: readonly [what: string, forgery: Forgery][] = [
  ['a subject in another order', { fields: subject((name) => name.toReversed()) }],
  ['RSA-2048', { key: createRsaKey(2048) }],
  ...[1, 9, 10, 12].map((root): [string, Forgery] => [
    `the policy 2.16.56.${root}.1.1.4 (card facts §4.3)`,
    { fields: extended(certificatePolicies(`2.16.56.${root}.1.1.4`)) },
  ]),
];

for (const [what, forgery] of ACCEPTED) {
  test(`takes a certificate of the National Register with ${what}`, () => {
    assert.equal(verify(forge(forgery)).role, 'national-register');
  });
}

const other = (type: NameAttribute['type'], value: string) =>
  subject((name) =>
    name.map((attribute) => (attribute.type === type ? { type, value } : attribute)),
  );
const added = (type: NameAttribute['type'], value: string) =>
  subject((name) => [...name, { type, value }]);
const impostor = { name: pki.root.name, privateKey: createEcKey('P-384') };

const REFUSED: readonly [rule: ErrorCode, why: string, forgery: Forgery][] = [
  ['CERTIFICATE_PROFILE', 'another common name', { fields: other('CN', 'RRN2') }],
  ['CERTIFICATE_PROFILE', 'another case of its name', { fields: other('CN', 'rrn') }],
  ['CERTIFICATE_PROFILE', 'another organisation', { fields: other('O', 'RRN Services') }],
  ['CERTIFICATE_PROFILE', 'another country', { fields: other('C', 'NL') }],
  ['CERTIFICATE_PROFILE', 'a serialNumber', { fields: added('serialNumber', '00010100006') }],
  ['CERTIFICATE_PROFILE', 'a surname', { fields: added('SN', 'Forged') }],
  ['CERTIFICATE_PROFILE', 'two common names', { fields: added('CN', 'RRN') }],
  ['CERTIFICATE_PROFILE', 'an empty organisation', { fields: other('O', '') }],
  [
    'CERTIFICATE_PROFILE',
    'two common names instead of an organisation',
    {
      fields: subject((name) =>
        name.map((attribute) =>
          attribute.type === 'O' ? { type: 'CN', value: 'RRN' } : attribute,
        ),
      ),
    },
  ],
  ['CERTIFICATE_PROFILE', 'no name at all', { fields: () => ({ subject: [] }) }],
  [
    'CERTIFICATE_POLICY',
    'the policy of citizens',
    { fields: extended(certificatePolicies(EC_POLICIES.citizenAuthentication)) },
  ],
  [
    'CERTIFICATE_POLICY',
    "the policy of citizens' signatures beside its own",
    {
      fields: extended(
        certificatePolicies(EC_POLICIES.nationalRegister, RSA_POLICIES.citizenSignature),
      ),
    },
  ],
  ['CERTIFICATE_POLICY', 'any policy', { fields: extended(certificatePolicies(OID.anyPolicy)) }],
  [
    'CERTIFICATE_POLICY',
    'no policy',
    {
      fields: ({ extensions }) => ({
        extensions: withoutExtension(extensions, OID.certificatePolicies),
      }),
    },
  ],
  [
    'CERTIFICATE_PROFILE',
    'digitalSignature alone, as a login key has',
    { fields: extended(keyUsage(KEY_USAGE.digitalSignature)) },
  ],
  [
    'CERTIFICATE_PROFILE',
    'nonRepudiation alone, as a signature key has',
    { fields: extended(keyUsage(KEY_USAGE.nonRepudiation)) },
  ],
  [
    'CERTIFICATE_PROFILE',
    'no key usage',
    { fields: ({ extensions }) => ({ extensions: withoutExtension(extensions, OID.keyUsage) }) },
  ],
  [
    'CERTIFICATE_PROFILE',
    'another purpose',
    { fields: extended(extendedKeyUsage(OID.clientAuth)) },
  ],
  ['CERTIFICATE_PROFILE', 'cA true', { fields: extended(basicConstraints({ ca: true })) }],
  [
    'CERTIFICATE_PROFILE',
    'an unknown critical extension',
    { fields: extended(extension('1.2.3.4', Uint8Array.of(5, 0), { critical: true })) },
  ],
  ['CERTIFICATE_PROFILE', 'version 1', { fields: () => ({ version: 1, extensions: [] }) }],
  ['CERTIFICATE_PROFILE', 'version 2', { fields: () => ({ version: 2 }) }],
  ['CERTIFICATE_KEY', 'RSA-1024 (applet 1.1)', { key: createRsaKey(1024) }],
  ['CERTIFICATE_KEY', 'EC P-256', { key: createEcKey('P-256') }],
  ['CERTIFICATE_KEY', 'a signature with SHA-1', { fields: () => ({ hash: 'sha1' }) }],
  ['CERTIFICATE_EXPIRED', 'an end before now', { fields: () => validityAround(now, 10, -1) }],
  ['CERTIFICATE_EXPIRED', 'a start after now', { fields: () => validityAround(now, -1, 10) }],
  ['CERTIFICATE_ISSUER_UNKNOWN', 'an unknown root', { issuer: pki.unknownRoot }],
  ['CERTIFICATE_PATH', 'the signature of an impostor of the root', { issuer: impostor }],
  ['CERTIFICATE_PATH', 'a Citizen CA as its issuer (card facts §3.6)', { issuer: pki.citizenCa }],
  [
    'CERTIFICATE_PROFILE',
    'no mark of a test',
    { fields: subject((name) => name.filter(({ type }) => type !== 'OU')) },
  ],
];

for (const [rule, why, forgery] of REFUSED) {
  test(`rejects a certificate of the National Register with ${why}`, () => {
    refuses(rule, forge(forgery));
  });
}

test("rejects a citizen's own certificate where the National Register's belongs (design §7)", async () => {
  const karel = findPerson('karel');
  assert.ok(karel);
  const card = await personalise({ person: karel, pki, now });
  assert.ok(card.authenticationCertificate && card.signatureCertificate);
  refuses('CERTIFICATE_PROFILE', card.authenticationCertificate);
  refuses('CERTIFICATE_PROFILE', card.signatureCertificate);
});

test("rejects a citizen's certificate with the Register's name and policy under the Citizen CA", () => {
  const { certificate } = forgeCertificate(pki, {
    fields: ({ extensions, subject: name }) => ({
      subject: [
        ...name.filter(({ type }) => type === 'C' || type === 'OU'),
        { type: 'O', value: 'RRN' },
        { type: 'CN', value: 'RRN' },
      ],
      extensions: withoutExtension(
        withExtensions(
          extensions,
          certificatePolicies(EC_POLICIES.nationalRegister),
          keyUsage(KEY_USAGE.digitalSignature, KEY_USAGE.nonRepudiation),
        ),
        OID.extendedKeyUsage,
      ),
    }),
  });
  refuses('CERTIFICATE_PATH', certificate);
});

test('rejects the Citizen CA and the root themselves', () => {
  for (const { certificate } of [pki.citizenCa, pki.root]) {
    refuses('CERTIFICATE_PROFILE', certificate);
  }
});

test('rejects the Register of an elder card: RSA-1024 with SHA-1 (applet 1.1)', async () => {
  const maria = findPerson('maria');
  assert.ok(maria);
  const card = await personalise({ person: maria, pki, now });
  refuses('CERTIFICATE_KEY', card.nationalRegisterCertificate);
});

test('rejects bytes that are no certificate, and a byte behind one', () => {
  const { certificate } = pki.nationalRegister;
  for (const der of [
    new Uint8Array(0),
    certificate.subarray(0, -1),
    Buffer.concat([certificate, Buffer.of(0)]),
  ]) {
    refuses('CERTIFICATE_MALFORMED', der);
  }
});

/** Every refusal has one code for the person, and as its cause the rule that was broken. */
function refuses(rule: ErrorCode, der: Uint8Array): void {
  assert.throws(
    () => verify(der),
    (error) => {
      assert.ok(error instanceof KidsIdError && error.cause instanceof KidsIdError);
      assert.deepEqual([error.code, error.cause.code], ['IDENTITY_INVALID', rule]);
      return true;
    },
  );
}
