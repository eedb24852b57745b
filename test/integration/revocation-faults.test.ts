import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { type CrlFetch, createCrlFetch } from '../../gateway/certificate/crl-fetch.ts';
import type { RevocationChecker } from '../../gateway/certificate/revocation-checker.ts';
import { reasonCode } from '../kit/pki/crl-builder.ts';
import type { Fault } from '../kit/pki/fault-server.ts';
import type { OcspMode } from '../kit/pki/ocsp-responder.ts';
import { rejectsWithCode } from '../kit/rejects.ts';
import { type CrlChange, HEDGED, PATIENT, startRevocationStage } from './revocation-setup.ts';

/** Far beyond every deadline here, and far below what a byte a second would take. */
const BOUND_MS = 30_000;
const stage = await startRevocationStage();
const { aia, fallback, crls, responder, pki } = stage;
const startedAt = stage.now;
after(() => stage.stop());
beforeEach(() => {
  stage.now = startedAt;
  stage.crlChange = {};
  responder.setMode('normal');
  for (const server of [aia, fallback, crls]) server.setFault('none');
});

const FAULTS: readonly [fault: Fault, what: string][] = [
  ['held', 'gives no answer'],
  ['dead', 'closes the connection'],
  ['cut-off', 'breaks off in the middle'],
  ['short', 'sends half of the answer'],
  ['huge', 'sends without end'],
  ['trickle', 'sends one byte a second'],
  ['http-500', 'answers HTTP 500'],
  ['loop', 'redirects to itself'],
  ['garbage', 'sends something else'],
  ['empty', 'sends nothing'],
];

for (const [fault, what] of FAULTS) {
  test(`refuses, in time, when the only responder ${what}`, { timeout: BOUND_MS }, async () => {
    aia.setFault(fault);
    const checker = stage.createChecker({}, { hedge: HEDGED });
    await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(stage.createPath()));
    aia.release();
  });

  test(`asks the fallback responder when the first ${what}`, { timeout: BOUND_MS }, async () => {
    aia.setFault(fault);
    await stage.createChecker({ fallback: true }, { hedge: HEDGED }).check(stage.createPath());
    aia.release();
  });

  test(`asks the CRL server when every responder ${what}`, { timeout: BOUND_MS }, async () => {
    aia.setFault(fault);
    fallback.setFault(fault);
    await stage
      .createChecker({ fallback: true, crls: true }, { hedge: HEDGED })
      .check(stage.createPath());
    aia.release();
    fallback.release();
  });

  test(`refuses, in time, when the CRL server too ${what}`, { timeout: BOUND_MS }, async () => {
    aia.setFault('dead');
    crls.setFault(fault);
    const checker = stage.createChecker({ crls: true });
    await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(stage.createPath()));
    crls.release();
  });
}

const ANSWERS: readonly [mode: OcspMode, what: string][] = [
  ['sibling', 'is signed by the responder of another CA (RFC 6960 §4.2.2.2)'],
  ['stale', 'is past nextUpdate (RFC 6960 §4.2.2.1)'],
  ['future', 'is from tomorrow'],
  ['wrong-nonce', 'has another nonce (RFC 8954 §2.1)'],
  ['wrong-certificate', 'is about another certificate'],
  ['try-later', 'is tryLater'],
  ['content-type', 'has another content type'],
];

for (const [mode, what] of ANSWERS) {
  test(`does not believe an answer that ${what}, and asks the CRL`, async () => {
    responder.setMode(mode);
    const path = stage.createPath();
    await rejectsWithCode(
      'REVOCATION_UNKNOWN',
      stage.createChecker({ fallback: true }).check(path),
    );
    await stage.createChecker({ crls: true }).check(path);
  });
}

test('believes "unknown" of an authorised responder: no CRL makes it good', async () => {
  responder.setMode('unknown');
  const checker = stage.createChecker({ fallback: true, crls: true });
  const before = crls.requestCount;
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(stage.createPath()));
  assert.equal(crls.requestCount, before);
});

test('refuses a revoked leaf by each source', async () => {
  const path = stage.createPath();
  responder.revoke(path.leaf.serial);
  await rejectsWithCode('CERTIFICATE_REVOKED', stage.createChecker({}).check(path));
  aia.setFault('dead');
  await rejectsWithCode('CERTIFICATE_REVOKED', stage.createChecker({ fallback: true }).check(path));
  stage.crlChange = { entries: [{ serial: path.leaf.serial, extensions: [reasonCode(1)] }] };
  await rejectsWithCode('CERTIFICATE_REVOKED', stage.createChecker({ crls: true }).check(path));
});

test('refuses a leaf whose issuing CA stands in the CRL of the root', async () => {
  const path = stage.createPath();
  aia.setFault('dead');
  stage.crlChange = { entries: [{ serial: path.issuers[0].serial }] };
  await rejectsWithCode('CERTIFICATE_REVOKED', stage.createChecker({ crls: true }).check(path));
});

const FORGED: readonly [what: string, change: CrlChange][] = [
  ['of another signer', { signingKey: pki.foreignerCa.privateKey }],
  ['of another issuer', { issuer: pki.foreignerCa.name }],
  ['that has ended', { nextUpdate: new Date(startedAt.getTime() - 1000) }],
  ['without an end', { nextUpdate: undefined }],
  ['from the future', { thisUpdate: new Date(startedAt.getTime() + 600_000) }],
  ['signed with SHA-1', { hash: 'sha1' }],
];

for (const [what, change] of FORGED) {
  test(`does not believe a CRL ${what}`, async () => {
    aia.setFault('dead');
    stage.crlChange = change;
    const checker = stage.createChecker({ crls: true });
    await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(stage.createPath()));
  });
}

test('asks a second source beside a first that is silent', async () => {
  aia.setFault('held');
  const before = aia.requestCount;
  const hedge = { hedgeMs: 1, totalMs: PATIENT.totalMs };
  await stage.createChecker({ fallback: true }, { hedge }).check(stage.createPath());
  await aia.waitForRequests(before + 2);
  aia.release();
});

test('has one request in flight for a certificate, and one for a CRL', async () => {
  const path = stage.createPath();
  const checkAll = (checker: RevocationChecker) =>
    Promise.all(Array.from({ length: 10 }, () => checker.check(path)));
  const before = aia.requestCount;
  await checkAll(stage.createChecker({}));
  // The leaf and its CA
  assert.equal(aia.requestCount - before, 2);
  aia.setFault('dead');
  const crlsBefore = crls.requestCount;
  const checker = stage.createChecker({ crls: true }, { cache: { maxAgeMs: 0 } });
  await checkAll(checker);
  await Promise.all([stage.createPath(), stage.createPath()].map((other) => checker.check(other)));
  assert.equal(crls.requestCount - crlsBefore, 2);
});

test('a CRL that came too late for one login is there for the next', async () => {
  aia.setFault('dead');
  crls.setFault('held');
  const checker = stage.createChecker(
    { crls: true },
    { hedge: { hedgeMs: 1, totalMs: 300 }, fetchCrl: createCrlFetch() },
  );
  const before = crls.requestCount;
  const path = stage.createPath();
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(path));
  await crls.waitForRequests(before + 2);
  crls.release();
  await waitForAnswers(checker, 2);
  await checker.check(path);
  assert.equal(crls.requestCount - before, 2);
});

test('never uses a stale CRL: past nextUpdate it is fetched anew, or the login refused', async () => {
  aia.setFault('dead');
  const checker = stage.createChecker(
    { crls: true },
    { cache: { maxAgeMs: 1e9 }, crls: { refreshMs: 1e9 } },
  );
  const path = stage.createPath();
  await checker.check(path);
  const before = crls.requestCount;
  stage.now = new Date(startedAt.getTime() + 3_599_000);
  await checker.check(path);
  assert.equal(crls.requestCount, before);
  stage.now = new Date(startedAt.getTime() + 3_601_000);
  crls.setFault('dead');
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(path));
  crls.setFault('none');
  await checker.check(path);
});

test('does not go back to an older CRL that has not ended (replay)', async () => {
  aia.setFault('dead');
  const path = stage.createPath();
  const checker = stage.createChecker(
    { crls: true },
    { cache: { maxAgeMs: 0 }, crls: { refreshMs: 0 } },
  );
  stage.crlChange = { entries: [{ serial: path.leaf.serial }] };
  await rejectsWithCode('CERTIFICATE_REVOKED', checker.check(path));
  stage.crlChange = { thisUpdate: new Date(startedAt.getTime() - 7_200_000) };
  stage.now = new Date(startedAt.getTime() + 1000);
  const before = checker.health().counters.sourceAnswers;
  await rejectsWithCode('CERTIFICATE_REVOKED', checker.check(path));
  await waitForAnswers(checker, before + 2);
  await rejectsWithCode('CERTIFICATE_REVOKED', checker.check(path));
});

test('asks no CRL of an issuer that has none configured', async () => {
  aia.setFault('dead');
  const fetchCrl: CrlFetch = () => assert.fail('fetched');
  const checker = stage.createChecker({}, { fetchCrl });
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(stage.createPath()));
});

/** Resolves when so many sources have answered since the checker was made. */
async function waitForAnswers(checker: RevocationChecker, count: number): Promise<void> {
  while (checker.health().counters.sourceAnswers < count) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
