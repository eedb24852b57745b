import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { checkCertificate } from '../../gateway/certificate/check-certificate.ts';
import { createOcspFetch, type OcspFetch } from '../../gateway/certificate/ocsp-fetch.ts';
import type { VerifiedPath } from '../../gateway/certificate/path.ts';
import { createRevocationChecker } from '../../gateway/certificate/revocation-checker.ts';
import type { RevocationOptions } from '../../gateway/certificate/revocation-options.ts';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import { OCSP_URL } from '../kit/pki/certificate-profiles.ts';
import { type FaultServer, forwardTo, startFaultServer } from '../kit/pki/fault-server.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { startOcspResponder } from '../kit/pki/ocsp-responder.ts';
import { openTestPki, serialOf } from '../kit/pki/test-pki.ts';

const startedAt = new Date('2026-11-22T12:00:00Z');
let now = startedAt;
const dir = mkdtempSync(join(tmpdir(), 'kids-id-prefetch-budget-'));
const pki = await openTestPki({ dir, now });
const responder = await startOcspResponder({ pki, now: () => now });
const server: FaultServer = await startFaultServer(forwardTo(responder.url));
after(async () => {
  await server.stop();
  await responder.stop();
  rmSync(dir, { recursive: true });
});
beforeEach(() => {
  now = startedAt;
  server.setFault('none');
});

const trust = loadTrust({
  anchors: [pki.root.certificate],
  intermediates: [pki.citizenCa.certificate, pki.foreignerCa.certificate],
  mode: 'test',
});
const { subjectDer } = parseCertificate(pki.citizenCa.certificate);

function createChecker(change: Partial<RevocationOptions> = {}) {
  return createRevocationChecker({
    trust,
    now: () => now,
    ocspUrlOf: () => OCSP_URL,
    fetchOcsp: createOcspFetch({
      responders: { 'ocsp.kids-id.test': server.url },
      timeoutMs: 30_000,
    }),
    // Nobody waits for a clock here
    hedge: { hedgeMs: 30_000, totalMs: 30_000 },
    ...change,
  });
}

function createPath(): VerifiedPath {
  const { certificate } = forgeCertificate(pki);
  pki.issued.record(pki.citizenCa.certificate, serialOf(certificate), { kind: 'good' });
  return checkCertificate({ certificate: parseCertificate(certificate), trust, now: startedAt });
}

test('with an answer that came while the PIN was typed, a login waits for no responder', async () => {
  const checker = createChecker();
  // The status of the CA is known from the login before
  await checker.check(createPath());
  const path = createPath();
  const before = server.requestCount;
  server.setFault('held');
  checker.prefetch(path.leaf.issuerDer, path.leaf.serial);
  await server.waitForRequests(before + 1);
  server.release();
  // Still held: an answer that was asked for now would never come
  await checker.check(path);
  assert.equal(server.requestCount, before + 1);
});

test('a login that is faster than the early answer waits for it, and asks no second time', async () => {
  const checker = createChecker();
  await checker.check(createPath());
  const path = createPath();
  const before = server.requestCount;
  server.setFault('held');
  checker.prefetch(path.leaf.issuerDer, path.leaf.serial);
  await server.waitForRequests(before + 1);
  const checking = checker.check(path);
  server.release();
  await checking;
  assert.equal(server.requestCount, before + 1);
});

test('asks early four at once and twenty a minute, whatever is announced', async () => {
  const answers: (() => void)[] = [];
  const fetchOcsp: OcspFetch = () => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    answers.push(() => resolve(new Uint8Array(0)));
    return promise;
  };
  const checker = createChecker({ fetchOcsp });
  const announceMany = () => {
    for (let count = 0; count < 200; count++) checker.prefetch(subjectDer, randomSerial());
  };
  announceMany();
  assert.equal(answers.length, 4);
  for (let round = 0; round < 10; round++) {
    for (const answer of answers) answer();
    await new Promise(setImmediate);
    announceMany();
  }
  assert.equal(answers.length, 20);
  now = new Date(startedAt.getTime() + 59_999);
  for (const answer of answers) answer();
  await new Promise(setImmediate);
  announceMany();
  assert.equal(answers.length, 20);
  now = new Date(startedAt.getTime() + 60_000);
  announceMany();
  assert.equal(answers.length, 24);
  const { prefetchAsked, prefetchPastBudget } = checker.health().counters;
  assert.deepEqual([prefetchAsked, prefetchPastBudget], [24, 200 * 13 - 24]);
});

test('random serial numbers of many tickets reach no responder past the budget, and hurt no login', async () => {
  const checker = createChecker({ breaker: { maxFailures: 2 } });
  const before = server.requestCount;
  server.setFault('held');
  for (let count = 0; count < 500; count++) checker.prefetch(subjectDer, randomSerial());
  await server.waitForRequests(before + 4);
  server.setFault('none');
  const path = createPath();
  // Past the budget: nothing is asked early, and the login asks for itself
  checker.prefetch(path.leaf.issuerDer, path.leaf.serial);
  await checker.check(path);
  assert.equal(server.requestCount, before + 4 + 2);
  server.release();
});

test('early failures never move the breaker, and the login asks again', async () => {
  const checker = createChecker({ breaker: { maxFailures: 1, openMs: 1e9 } });
  await checker.check(createPath());
  const path = createPath();
  const before = server.requestCount;
  server.setFault('dead');
  checker.prefetch(path.leaf.issuerDer, path.leaf.serial);
  for (let count = 0; count < 3; count++) checker.prefetch(subjectDer, randomSerial());
  await server.waitForRequests(before + 4);
  server.setFault('none');
  await checker.check(path);
  assert.ok(checker.health().sources.every(({ isUp }) => isUp));
  assert.equal(checker.health().counters.prefetchUsed, 0);
});

test('asks nothing early of a responder that is known to be down', async () => {
  const checker = createChecker({ breaker: { maxFailures: 1, openMs: 1e9 } });
  server.setFault('http-500');
  await assert.rejects(checker.check(createPath()));
  const before = server.requestCount;
  checker.prefetch(subjectDer, randomSerial());
  assert.equal(checker.health().counters.prefetchAsked, 0);
  assert.equal(server.requestCount, before);
});

test('an early answer counts only for the CertID of the authenticated certificate (RFC 6960 §4.1.1)', async () => {
  const checker = createChecker();
  const path = createPath();
  const { serial } = path.leaf;
  // The same serial number, revoked, of another configured CA
  const other = parseCertificate(pki.foreignerCa.certificate);
  responder.revoke(serial, pki.foreignerCa);
  checker.prefetch(other.subjectDer, serial);
  await checker.check(path);
  assert.equal(checker.health().counters.prefetchUsed, 0);
});

function randomSerial(): Uint8Array {
  return Uint8Array.from([0x10, 0x00, ...randomBytes(14)]);
}
