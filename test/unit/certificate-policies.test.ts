import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { checkCertificate } from '../../gateway/certificate/check-certificate.ts';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import { createCitizenCa, type TestAuthority } from '../kit/pki/authorities.ts';
import { buildCertificate } from '../kit/pki/build-certificate.ts';
import {
  basicConstraints,
  type CertificateExtension,
  certificatePolicies,
  extension,
  OID,
  withExtensions,
  withoutExtension,
} from '../kit/pki/certificate-extensions.ts';
import {
  citizenCaOptions,
  EC_POLICIES,
  rootOptions,
  type Signer,
  validityAround,
} from '../kit/pki/certificate-profiles.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-policies-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const { root, citizenCa } = pki;
const validity = validityAround(now, 100, 100);
const RIGHT = EC_POLICIES.citizenAuthentication;

const critical = (oid: string, hex: string) =>
  extension(oid, Buffer.from(hex, 'hex'), { critical: true });
/** requireExplicitPolicy and inhibitAnyPolicy after so many certificates. */
const explicitAfter = (skips: number) => critical('2.5.29.36', `30038001${byte(skips)}`);
const inhibitAnyAfter = (skips: number) => critical('2.5.29.54', `0201${byte(skips)}`);
/** One mapping, from the right policy to another. */
const mapping = (isCritical: boolean) =>
  extension('2.5.29.33', Buffer.from('300e300c06042a03040506042a030406', 'hex'), {
    critical: isCritical,
  });

/** The extensions that a CA has instead of its own; `null` leaves its policies out. */
type Change = readonly CertificateExtension[] | null;

const CASES: readonly [what: string, code: ErrorCode | 'accepted', root: Change, ca: Change][] = [
  ['no CA requires anything, and the issuing CA has no policy', 'accepted', [], null],
  ['the issuing CA has a policy of its own', 'accepted', [], [certificatePolicies('2.16.56.13.6')]],
  ['the root requires a policy and the CA has any', 'accepted', [explicitAfter(0)], []],
  [
    'the root requires a policy and the CA has the right one',
    'accepted',
    [explicitAfter(0)],
    [certificatePolicies(RIGHT)],
  ],
  [
    'the root requires a policy and the CA has none',
    'CERTIFICATE_POLICY',
    [explicitAfter(0)],
    null,
  ],
  [
    'the root requires a policy and the CA has another',
    'CERTIFICATE_POLICY',
    [explicitAfter(0)],
    [certificatePolicies('1.2.3')],
  ],
  [
    'the CA itself requires a policy that it does not have',
    'CERTIFICATE_POLICY',
    [],
    [certificatePolicies('1.2.3'), explicitAfter(0)],
  ],
  ['a policy is required below the leaf only', 'accepted', [explicitAfter(3)], null],
  [
    'anyPolicy says nothing in the CA and a policy is required',
    'CERTIFICATE_POLICY',
    [explicitAfter(0), inhibitAnyAfter(0)],
    [],
  ],
  [
    'anyPolicy says nothing below the CA alone',
    'accepted',
    [explicitAfter(0), inhibitAnyAfter(1)],
    [],
  ],
  ['the CA maps policies', 'CERTIFICATE_POLICY', [], [mapping(false)]],
  ['the CA maps policies, critical', 'CERTIFICATE_POLICY', [], [mapping(true)]],
  ['the root maps policies', 'CERTIFICATE_POLICY', [mapping(true)], []],
];

for (const [what, code, ofRoot, ofCa] of CASES) {
  test(`policies along the path, where ${what}: ${code} (RFC 5280 §6.1)`, () => {
    const anchor = change(rootOptions(root, validity, 1), ofRoot);
    const intermediate = change(citizenCaOptions(citizenCa, root, validity), ofCa);
    const judge = () => check(forgeCertificate(pki).certificate, anchor, [intermediate]);
    if (code === 'accepted') judge();
    else throwsWithCode(code, judge);
  });
}

test('a policy of the leaf outside the allow-list never holds, whatever the CAs require', () => {
  const anchor = change(rootOptions(root, validity, 1), [explicitAfter(0)]);
  const leaf = forgeCertificate(pki, {
    fields: ({ extensions }) => ({
      extensions: withExtensions(extensions, certificatePolicies('1.2.3')),
    }),
  }).certificate;
  throwsWithCode('CERTIFICATE_POLICY', () => check(leaf, anchor, [citizenCa.certificate]));
});

test('a CA that renewed its key does not count among the certificates that may follow (RFC 5280 §6.1.4 (h))', () => {
  const renewed = createCitizenCa(citizenCa.name, citizenCa, validity);
  const leaf = (issuer: Signer) => forgeCertificate(pki, { issuer }).certificate;
  const anchor = change(rootOptions(root, validity, 2), [explicitAfter(3)]);
  const own = withoutPolicies(citizenCa, root);
  // Root, CA, leaf: the requirement would begin after the leaf
  check(leaf(citizenCa), anchor, [own]);
  check(leaf(renewed), anchor, [own, withoutPolicies(renewed, citizenCa)]);
  // Root, CA, another CA, leaf: it begins at the leaf
  const sub: TestAuthority = createCitizenCa(
    [{ type: 'CN', value: 'TEST ONLY Sub CA' }],
    citizenCa,
    validity,
  );
  const wide = change(citizenCaOptions(citizenCa, root, validity), [
    basicConstraints({ ca: true, pathLength: 1 }),
  ]);
  throwsWithCode('CERTIFICATE_POLICY', () =>
    check(leaf(sub), anchor, [wide, withoutPolicies(sub, citizenCa)]),
  );
});

test('rejects policy constraints that say nothing or too much (RFC 5280 §4.2.1.11, §4.2.1.14)', () => {
  for (const wrong of [
    critical('2.5.29.36', '3000'),
    critical('2.5.29.36', '0500'),
    critical('2.5.29.36', '3003800180'),
    critical('2.5.29.36', '300480020100'),
    critical('2.5.29.54', '0500'),
    critical('2.5.29.54', '0201ff'),
  ]) {
    throwsWithCode('CERTIFICATE_MALFORMED', () =>
      parseCertificate(change(citizenCaOptions(citizenCa, root, validity), [wrong])),
    );
  }
});

function check(leaf: Uint8Array, anchor: Uint8Array, intermediates: readonly Uint8Array[]): void {
  const trust = loadTrust({ anchors: [anchor], intermediates, mode: 'test' });
  checkCertificate({ certificate: parseCertificate(leaf), trust, now });
}

function withoutPolicies(ca: Signer, issuer: Signer): Uint8Array {
  return change(citizenCaOptions(ca, issuer, validity), null);
}

function change(options: ReturnType<typeof citizenCaOptions>, by: Change): Uint8Array {
  const extensions =
    by === null
      ? withoutExtension(options.extensions, OID.certificatePolicies)
      : withExtensions(options.extensions, ...by);
  return buildCertificate({ ...options, extensions });
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
