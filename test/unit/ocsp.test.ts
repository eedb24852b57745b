import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { checkCertificate } from '../../gateway/certificate/check-certificate.ts';
import { createOcspFetch } from '../../gateway/certificate/ocsp-fetch.ts';
import type { VerifiedPath } from '../../gateway/certificate/path.ts';
import { createRevocationChecker } from '../../gateway/certificate/revocation-checker.ts';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import type { OcspPolicy } from '../../gateway/certificate/verify-ocsp-response.ts';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import { findPerson } from '../kit/persons.ts';
import { buildCertificate } from '../kit/pki/build-certificate.ts';
import {
  authorityInfoAccess,
  OID,
  withExtensions,
  withoutExtension,
} from '../kit/pki/certificate-extensions.ts';
import { citizenCaOptions, validityAround } from '../kit/pki/certificate-profiles.ts';
import { type Forgery, forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { type OcspMode, startOcspResponder } from '../kit/pki/ocsp-responder.ts';
import { personalise } from '../kit/pki/personalise.ts';
import { openTestPki, serialOf } from '../kit/pki/test-pki.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

const startedAt = new Date('2026-11-22T12:00:00Z');
let now = startedAt;
const dir = mkdtempSync(join(tmpdir(), 'kids-id-ocsp-'));
const pki = await openTestPki({ dir, now });
const responder = await startOcspResponder({ pki, now: () => now });
after(async () => {
  await responder.stop();
  rmSync(dir, { recursive: true });
});
beforeEach(() => {
  now = startedAt;
  responder.setMode('normal');
});

const trust = loadTrust({
  anchors: [pki.root.certificate],
  intermediates: [pki.citizenCa.certificate],
  mode: 'test',
});
const fetchOcsp = createOcspFetch({
  responders: { 'ocsp.kids-id.test': responder.url },
  timeoutMs: 2500,
});

/** A path for a fresh leaf, which the PKI knows unless told otherwise. */
function createPath(forgery: Forgery = {}, options: { isKnown: boolean } = { isKnown: true }) {
  const { certificate } = forgeCertificate(pki, forgery);
  if (options.isKnown) {
    pki.issued.record(pki.citizenCa.certificate, serialOf(certificate), { kind: 'good' });
  }
  return checkCertificate({ certificate: parseCertificate(certificate), trust, now: startedAt });
}

function check(path: VerifiedPath, policy: Partial<OcspPolicy> = {}): Promise<void> {
  return createRevocationChecker({ trust, now: () => now, fetchOcsp, policy }).check(path);
}

test('accepts a leaf and a CA that their responders call good (RFC 6960 §2.2)', async () => {
  const before = responder.requests.length;
  await check(createPath());
  assert.equal(responder.requests.length - before, 2);
});

test('accepts a good answer with the nonce where one is required (RFC 9654)', async () => {
  await check(createPath(), { requireNonce: true });
});

test('refuses a CA certificate that names no responder, where no other source is configured', async () => {
  const options = citizenCaOptions(pki.citizenCa, pki.root, validityAround(startedAt, 1, 1));
  const silentCa = buildCertificate({
    ...options,
    extensions: withoutExtension(options.extensions, OID.authorityInfoAccess),
  });
  const path = createPath();
  const [, root] = path.issuers;
  assert.ok(root);
  const silent = { leaf: path.leaf, issuers: [parseCertificate(silentCa), root] } as const;
  await rejectsWithCode('REVOCATION_UNKNOWN', check(silent));
});

test('rejects a revoked leaf (RFC 6960 §2.2)', async () => {
  const path = createPath();
  responder.revoke(path.leaf.serial);
  await rejectsWithCode('CERTIFICATE_REVOKED', check(path));
});

test('rejects a leaf whose CA is revoked, and says revoked though the leaf is unknown', async () => {
  const path = createPath({}, { isKnown: false });
  const serial = serialOf(pki.citizenCa.certificate);
  responder.revoke(serial, pki.root);
  try {
    await rejectsWithCode('CERTIFICATE_REVOKED', check(path));
  } finally {
    pki.issued.record(pki.root.certificate, serial, { kind: 'good' });
  }
});

test('rejects a serial number that the CA never issued (RFC 6960 §2.2)', async () => {
  await rejectsWithCode('REVOCATION_UNKNOWN', check(createPath({}, { isKnown: false })));
});

const FAULTS: readonly [mode: OcspMode, what: string][] = [
  ['dead', 'a connection that is closed'],
  ['slow', 'no answer before the deadline'],
  ['unknown', 'the status unknown (RFC 6960 §2.2)'],
  ['try-later', 'a responseStatus other than successful (RFC 6960 §4.2.1)'],
  ['wrong-nonce', 'another nonce (RFC 9654)'],
  ['wrong-certificate', 'a statement about another certificate (RFC 6960 §3.2)'],
  ['sibling', 'the responder of another CA under the same root (RFC 6960 §4.2.2.2)'],
  ['stale', 'a status past nextUpdate (RFC 6960 §4.2.2.1)'],
  ['future', 'a status from tomorrow (RFC 6960 §4.2.2.1)'],
  ['garbage', 'a body that is not DER'],
  ['http-error', 'HTTP status 500'],
  ['redirect', 'a redirect'],
  ['content-type', 'another content type'],
];

for (const [mode, what] of FAULTS) {
  test(`rejects ${what} as unknown`, async () => {
    responder.setMode(mode);
    await rejectsWithCode('REVOCATION_UNKNOWN', check(createPath()));
  });
}

test('stops reading a body after 64 KiB, long before the deadline', {
  timeout: 10_000,
}, async () => {
  responder.setMode('huge');
  const patient = createOcspFetch({
    responders: { 'ocsp.kids-id.test': responder.url },
    timeoutMs: 60_000,
  });
  const hedge = { totalMs: 60_000 };
  const checker = createRevocationChecker({ trust, now: () => now, fetchOcsp: patient, hedge });
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(createPath()));
});

test('accepts an answer without nonce only where none is required (RFC 9654)', async () => {
  responder.setMode('no-nonce');
  await check(createPath());
  await rejectsWithCode('REVOCATION_UNKNOWN', check(createPath(), { requireNonce: true }));
});

test('rejects a leaf that names no responder', async () => {
  const path = createPath({
    fields: ({ extensions }) => ({
      extensions: withoutExtension(extensions, OID.authorityInfoAccess),
    }),
  });
  await rejectsWithCode('REVOCATION_UNKNOWN', check(path));
});

for (const url of [
  'http://127.0.0.1:1/',
  'http://169.254.169.254/latest',
  'http://ocsp.kids-id.test.example/',
  'file:///etc/passwd',
  'ftp://ocsp.kids-id.test/',
  'not a url',
]) {
  test(`asks no responder that is not configured: ${url}`, async () => {
    const path = createPath({
      fields: ({ extensions }) => ({
        extensions: withExtensions(extensions, authorityInfoAccess({ ocsp: url })),
      }),
    });
    const before = responder.requests.length;
    await rejectsWithCode('REVOCATION_UNKNOWN', check(path));
    // The CA's own status is asked for at the same time; the leaf's is not
    assert.ok(responder.requests.length - before <= 1);
  });
}

const CARDS: readonly [person: string, code: ErrorCode | undefined][] = [
  ['emma', undefined],
  ['noah', undefined],
  ['lina', undefined],
  ['karel', undefined],
  ['milan', 'CERTIFICATE_REVOKED'],
  ['julie', 'CERTIFICATE_EXPIRED'],
  ['wout', 'CERTIFICATE_ISSUER_UNKNOWN'],
];

for (const [name, code] of CARDS) {
  test(`judges the card of ${name}: ${code ?? 'good'}`, async () => {
    const person = findPerson(name);
    assert.ok(person);
    const { authenticationCertificate } = await personalise({ person, pki, now });
    assert.ok(authenticationCertificate);
    const judge = async () => {
      const certificate = parseCertificate(authenticationCertificate);
      await check(checkCertificate({ certificate, trust, now }));
    };
    if (code === undefined) await judge();
    else await rejectsWithCode(code, judge());
  });
}
