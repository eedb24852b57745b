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
import { createCitizenCa } from '../kit/pki/authorities.ts';
import { OCSP_URL, validityAround } from '../kit/pki/certificate-profiles.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { type OcspMode, startOcspResponder } from '../kit/pki/ocsp-responder.ts';
import { openTestPki, serialOf } from '../kit/pki/test-pki.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

const startedAt = new Date('2026-11-22T12:00:00Z');
let now = startedAt;
const dir = mkdtempSync(join(tmpdir(), 'kids-id-ocsp-prefetch-'));
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
  timeoutMs: 5000,
});

const ocspUrlOf = () => OCSP_URL;

/** A path for a fresh leaf that the PKI knows. */
function createPath(): VerifiedPath {
  const { certificate } = forgeCertificate(pki);
  pki.issued.record(pki.citizenCa.certificate, serialOf(certificate), { kind: 'good' });
  return checkCertificate({ certificate: parseCertificate(certificate), trust, now: startedAt });
}

test('uses an early answer once, and keeps it out of what is shared (design §8)', async () => {
  const path = createPath();
  const checker = createChecker();
  const before = responder.requests.length;
  checker.prefetch(path.leaf.issuerDer, path.leaf.serial);
  checker.prefetch(path.leaf.issuerDer, path.leaf.serial);
  await checker.check(path);
  // One about the leaf, early; one about its CA, which is kept
  assert.equal(responder.requests.length - before, 2);
  await checker.check(path);
  assert.equal(responder.requests.length - before, 3);
  await checker.check(path);
  assert.equal(responder.requests.length - before, 3);
  const { prefetchAsked, prefetchUsed } = checker.health().counters;
  assert.deepEqual([prefetchAsked, prefetchUsed], [1, 1]);
});

test('verifies an early answer like any other: revoked stays revoked', async () => {
  const path = createPath();
  responder.revoke(path.leaf.serial);
  const checker = createChecker();
  checker.prefetch(path.leaf.issuerDer, path.leaf.serial);
  await rejectsWithCode('CERTIFICATE_REVOKED', checker.check(path));
});

const EARLY_FAULTS: readonly OcspMode[] = ['dead', 'sibling', 'wrong-nonce', 'garbage'];
for (const mode of EARLY_FAULTS) {
  test(`asks again when the early answer was of no use: ${mode}`, async () => {
    const path = createPath();
    const early = Promise.withResolvers<void>();
    let requests = 0;
    const checker = createRevocationChecker({
      trust,
      now: () => now,
      ocspUrlOf,
      fetchOcsp: async (request) => {
        requests += 1;
        if (requests > 1) return fetchOcsp(request);
        responder.setMode(mode);
        return fetchOcsp(request).finally(() => {
          responder.setMode('normal');
          early.resolve();
        });
      },
    });
    checker.prefetch(path.leaf.issuerDer, path.leaf.serial);
    await early.promise;
    await checker.check(path);
    assert.equal(requests, 3);
  });
}

test('does not use an early answer that is older than its time', async () => {
  const path = createPath();
  const checker = createChecker();
  const before = responder.requests.length;
  checker.prefetch(path.leaf.issuerDer, path.leaf.serial);
  now = new Date(startedAt.getTime() + 60_000);
  await checker.check(path);
  assert.equal(responder.requests.length - before, 3);
});

test('fetches nothing early for an unknown issuer, a serial that is none, or without a URL', async () => {
  const path = createPath();
  const urls: string[] = [];
  const spy = async ({ url }: { url: string }) => {
    urls.push(url);
    return new Uint8Array();
  };
  const checker = createRevocationChecker({ trust, now: () => now, fetchOcsp: spy, ocspUrlOf });
  const { issuerDer, serial } = path.leaf;
  checker.prefetch(parseCertificate(pki.unknownCa.certificate).subjectDer, serial);
  checker.prefetch(issuerDer, new Uint8Array(0));
  checker.prefetch(issuerDer, new Uint8Array(21).fill(1));
  createRevocationChecker({ trust, now: () => now, fetchOcsp: spy }).prefetch(issuerDer, serial);
  assert.deepEqual(urls, []);
  checker.prefetch(issuerDer, serial);
  assert.deepEqual(urls, [OCSP_URL]);
});

test('fetches nothing early where two CAs have the name, because the key is part of the question', () => {
  const renewed = createCitizenCa(pki.citizenCa.name, pki.root, validityAround(startedAt, 1, 1));
  const both = loadTrust({
    anchors: [pki.root.certificate],
    intermediates: [pki.citizenCa.certificate, renewed.certificate],
    mode: 'test',
  });
  let requests = 0;
  const checker = createRevocationChecker({
    trust: both,
    now: () => now,
    ocspUrlOf,
    fetchOcsp: async () => {
      requests += 1;
      return new Uint8Array();
    },
  });
  const { issuerDer, serial } = createPath().leaf;
  checker.prefetch(issuerDer, serial);
  assert.equal(requests, 0);
});

function createChecker() {
  return createRevocationChecker({
    trust,
    fetchOcsp,
    now: () => now,
    ocspUrlOf,
  });
}
