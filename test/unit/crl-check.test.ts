import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { checkCrls } from '../../gateway/certificate/crl-check.ts';
import type { VerifiedPath } from '../../gateway/certificate/path.ts';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import { createCitizenCa, type TestAuthority } from '../kit/pki/authorities.ts';
import { buildCertificate, type CertificateOptions } from '../kit/pki/build-certificate.ts';
import {
  crlDistributionPoint,
  KEY_USAGE,
  keyUsage,
  OID,
  withExtensions,
  withoutExtension,
} from '../kit/pki/certificate-extensions.ts';
import { citizenCaOptions, validityAround } from '../kit/pki/certificate-profiles.ts';
import {
  buildCrl,
  type CrlOptions,
  crlNumber,
  issuingDistributionPoint,
  reasonCode,
} from '../kit/pki/crl-builder.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-crl-check-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const root = parseCertificate(pki.root.certificate);
const ca = parseCertificate(pki.citizenCa.certificate);
const POINT = 'http://crl.kids-id.test/eid/eidc.crl';
const leaf = parseCertificate(forgeCertificate(pki).certificate);
const path: VerifiedPath = { leaf, issuers: [ca, root] };
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);

function crlOf(authority: TestAuthority, change: Partial<CrlOptions> = {}): Uint8Array {
  return buildCrl({
    issuer: authority.name,
    signingKey: authority.privateKey,
    thisUpdate: minutes(-60),
    nextUpdate: minutes(60),
    ...change,
  });
}

const rootCrl = crlOf(pki.root);
const check = (change: Partial<CrlOptions>, subject: VerifiedPath = path) =>
  checkCrls({ path: subject, crls: [crlOf(pki.citizenCa, change), rootCrl], now });
const lists = { entries: [{ serial: leaf.serial, extensions: [reasonCode(1)] }] };
const scope = (options: Parameters<typeof issuingDistributionPoint>[0]) => ({
  extensions: [crlNumber(1), issuingDistributionPoint(options)],
});
const extra = (oid: string, critical: boolean) => ({
  extensions: [crlNumber(1), { oid, critical, value: Uint8Array.of(0x05, 0x00) }],
});

const removal = { entries: [{ serial: Uint8Array.of(7), extensions: [reasonCode(8)] }] };
const CASES: readonly [what: string, change: Partial<CrlOptions>, code: ErrorCode | undefined][] = [
  ['that does not list it', {}, undefined],
  ['that lists it', lists, 'CERTIFICATE_REVOKED'],
  [
    'that has it on hold',
    { entries: [{ serial: leaf.serial, extensions: [reasonCode(6)] }] },
    'CERTIFICATE_REVOKED',
  ],
  ['that has ended (§6.3.3)', { nextUpdate: minutes(-1) }, 'REVOCATION_UNKNOWN'],
  [
    'that has ended, though it lists it',
    { ...lists, nextUpdate: minutes(-1) },
    'REVOCATION_UNKNOWN',
  ],
  [
    'that ended a second ago: no grace',
    { nextUpdate: new Date(now.getTime() - 1000) },
    'REVOCATION_UNKNOWN',
  ],
  ['that ends now', { nextUpdate: now }, undefined],
  ['without an end (§5.1.2.5)', { nextUpdate: undefined }, 'REVOCATION_UNKNOWN'],
  ['of a clock 5 minutes ahead', { thisUpdate: minutes(5) }, undefined],
  ['from the future', { thisUpdate: minutes(6) }, 'REVOCATION_UNKNOWN'],
  [
    'that ends before it begins',
    { thisUpdate: minutes(4), nextUpdate: minutes(3) },
    'REVOCATION_UNKNOWN',
  ],
  ['with an unknown critical extension (§5.2)', extra('1.2.3.4', true), 'REVOCATION_UNKNOWN'],
  ['with an unknown extension that is not critical', extra('1.2.3.4', false), undefined],
  [
    'that is a delta (§5.2.4)',
    { extensions: [crlNumber(2), crlNumber(1, 'deltaCrlIndicator')] },
    'REVOCATION_UNKNOWN',
  ],
  ['that removes, though it is no delta (§5.3.1)', removal, 'REVOCATION_UNKNOWN'],
  ['that is indirect (§5.2.5)', scope({ indirect: true }), 'REVOCATION_UNKNOWN'],
  ['of attribute certificates', scope({ onlyAttributeCertificates: true }), 'REVOCATION_UNKNOWN'],
  ['of CA certificates only', scope({ onlyAuthorities: true }), 'REVOCATION_UNKNOWN'],
  ['of users’ certificates only', scope({ onlyUserCertificates: true }), undefined],
  [
    'of users and CAs only, which is nothing',
    scope({ onlyUserCertificates: true, onlyAuthorities: true }),
    'REVOCATION_UNKNOWN',
  ],
  ['of its distribution point', scope({ url: POINT }), undefined],
  ['of another distribution point', scope({ url: `${POINT}2` }), 'REVOCATION_UNKNOWN'],
  ['for some reasons only', scope({ reasons: Uint8Array.of(0x40) }), 'REVOCATION_UNKNOWN'],
  ['for all reasons by name', scope({ reasons: Uint8Array.of(0x7f, 0x80) }), undefined],
  [
    'for some reasons, that lists it',
    { ...scope({ reasons: Uint8Array.of(0x40) }), ...lists },
    'CERTIFICATE_REVOKED',
  ],
  ['signed by a sibling’s key', { signingKey: pki.foreignerCa.privateKey }, 'REVOCATION_UNKNOWN'],
  [
    'of a sibling',
    { issuer: pki.foreignerCa.name, signingKey: pki.foreignerCa.privateKey },
    'REVOCATION_UNKNOWN',
  ],
];

for (const [what, change, code] of CASES) {
  test(`judges a leaf by a CRL ${what}: ${code ?? 'good'}`, () => {
    if (code === undefined) check(change);
    else throwsWithCode(code, () => check(change));
  });
}

test('wants a CRL for the leaf and for each CA below the anchor (RFC 5280 §6.3)', () => {
  const own = crlOf(pki.citizenCa);
  checkCrls({ path, crls: [own, rootCrl], now });
  throwsWithCode('REVOCATION_UNKNOWN', () => checkCrls({ path, crls: [own], now }));
  throwsWithCode('REVOCATION_UNKNOWN', () => checkCrls({ path, crls: [rootCrl], now }));
  throwsWithCode('REVOCATION_UNKNOWN', () => checkCrls({ path, crls: [], now }));
});

test('rejects a leaf whose CA is revoked, whatever the CA says of the leaf', () => {
  const revoking = crlOf(pki.root, { entries: [{ serial: ca.serial }] });
  throwsWithCode('CERTIFICATE_REVOKED', () =>
    checkCrls({ path, crls: [crlOf(pki.citizenCa), revoking], now }),
  );
});

test('adds up CRLs for some reasons until all are covered (§6.3.3)', () => {
  const part = (...reasons: number[]) =>
    crlOf(pki.citizenCa, scope({ reasons: Uint8Array.from(reasons) }));
  const both = [part(0x7f), part(0x00, 0x80), rootCrl];
  checkCrls({ path, crls: both, now });
  throwsWithCode('REVOCATION_UNKNOWN', () => checkCrls({ path, crls: both.slice(1), now }));
});

test('a delta CRL beside a complete one may revoke, and covers nothing (§5.2.4)', () => {
  const delta = { extensions: [crlNumber(2), crlNumber(1, 'deltaCrlIndicator')] };
  const base = crlOf(pki.citizenCa);
  checkCrls({ path, crls: [base, crlOf(pki.citizenCa, { ...delta, ...removal }), rootCrl], now });
  const listing = crlOf(pki.citizenCa, { ...delta, ...lists });
  for (const crls of [
    [base, listing, rootCrl],
    [listing, base, rootCrl],
  ]) {
    throwsWithCode('CERTIFICATE_REVOKED', () => checkCrls({ path, crls, now }));
  }
});

test('believes the CRL that lists a certificate over one that does not', () => {
  for (const order of [
    [{}, lists],
    [lists, {}],
  ]) {
    const crls = [...order.map((change) => crlOf(pki.citizenCa, change)), rootCrl];
    throwsWithCode('CERTIFICATE_REVOKED', () => checkCrls({ path, crls, now }));
  }
});

test('takes the issuer’s name for the distribution point where a certificate has none', () => {
  const plain = forgeCertificate(pki, {
    fields: ({ extensions }) => ({
      extensions: withoutExtension(extensions, OID.crlDistributionPoints),
    }),
  });
  const subject = { leaf: parseCertificate(plain.certificate), issuers: path.issuers };
  check({}, subject);
  throwsWithCode('REVOCATION_UNKNOWN', () => check(scope({ url: POINT }), subject));
});

test('refuses a certificate whose distribution points cannot be read, where they matter', () => {
  const broken = { ...crlDistributionPoint(POINT), value: Uint8Array.of(0x30, 0x01) };
  const odd = forgeCertificate(pki, {
    fields: ({ extensions }) => ({ extensions: withExtensions(extensions, broken) }),
  });
  const subject = { leaf: parseCertificate(odd.certificate), issuers: path.issuers };
  throwsWithCode('REVOCATION_UNKNOWN', () => check(scope({ url: POINT }), subject));
});

/** The Citizen CA in a certificate that was changed, and a CRL of its key. */
function judgeWithCa(change: (options: CertificateOptions) => Partial<CertificateOptions>): void {
  const options = citizenCaOptions(pki.citizenCa, pki.root, validityAround(now, 1, 1));
  const changed = parseCertificate(buildCertificate({ ...options, ...change(options) }));
  checkCrls({
    path: { leaf, issuers: [changed, root] },
    crls: [crlOf(pki.citizenCa), rootCrl],
    now,
  });
}

test('wants cRLSign of whoever signs a CRL (§6.3.3 (f))', () => {
  judgeWithCa(() => ({}));
  throwsWithCode('REVOCATION_UNKNOWN', () =>
    judgeWithCa(({ extensions }) => ({
      extensions: withExtensions(extensions, keyUsage(KEY_USAGE.keyCertSign)),
    })),
  );
  throwsWithCode('REVOCATION_UNKNOWN', () => judgeWithCa(() => validityAround(now, 10, -1)));
});

test('believes another key of the issuer’s name only where it is given, and not revoked (§6.3.3)', () => {
  const renewed = createCitizenCa(pki.citizenCa.name, pki.root, validityAround(now, 1, 1));
  const other = parseCertificate(renewed.certificate);
  const crls = [crlOf(renewed), rootCrl];
  throwsWithCode('REVOCATION_UNKNOWN', () => checkCrls({ path, crls, now }));
  checkCrls({ path, crls, now, authorities: [other] });
  const revoking = crlOf(pki.root, { entries: [{ serial: other.serial }] });
  throwsWithCode('REVOCATION_UNKNOWN', () =>
    checkCrls({ path, crls: [crlOf(renewed), revoking], now, authorities: [other] }),
  );
});

test('passes over what is no CRL', () => {
  const crls = [
    Uint8Array.of(),
    Uint8Array.of(0x30, 0x00),
    leaf.der,
    crlOf(pki.citizenCa),
    rootCrl,
  ];
  checkCrls({ path, crls, now });
});
