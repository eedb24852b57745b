import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { createOcspFetch, type OcspFetch } from '../../gateway/certificate/ocsp-fetch.ts';
import { OCSP_URL } from '../kit/pki/certificate-profiles.ts';
import { startRevocationStage } from './revocation-setup.ts';

const stage = await startRevocationStage();
const { aia, fallback, crls, responder } = stage;
const startedAt = stage.now;
after(() => stage.stop());
beforeEach(() => {
  stage.now = startedAt;
  for (const server of [aia, fallback, crls]) server.setFault('none');
  responder.setMode('normal');
});

const isFallback = ({ url }: { url: string }) => url.includes('fallback');
const fetchForReal = createOcspFetch({
  responders: { 'ocsp.kids-id.test': aia.url, 'fallback.kids-id.test': fallback.url },
});
/** A fetch that is other than the real one for some requests; which hosts may be asked stays. */
const changed = (fetch: OcspFetch): OcspFetch => Object.assign(fetch, fetchForReal, {});

test('the first login after an outage of the only responder is let in: leaf and CA share its probe', async () => {
  const checker = stage.createChecker({}, { breaker: { maxFailures: 2, openMs: 60_000 } });
  aia.setFault('http-500');
  await assert.rejects(checker.check(stage.createPath()), { code: 'REVOCATION_UNKNOWN' });
  aia.setFault('none');
  stage.now = new Date(startedAt.getTime() + 60_000);
  await checker.check(stage.createPath());
});

test('while an early request is silent the next source is another one, not the same responder again', async () => {
  const asked: string[] = [];
  const fetchOcsp = changed((request) => {
    asked.push(isFallback(request) ? 'fallback' : 'named');
    return isFallback(request) ? fetchForReal(request) : new Promise(() => undefined);
  });
  const hedge = { hedgeMs: 100, totalMs: 20_000 };
  const checker = stage.createChecker(
    { fallback: true },
    { fetchOcsp, ocspUrlOf: () => OCSP_URL, hedge },
  );
  await checker.check(stage.createPath());
  const { leaf, issuers } = stage.createPath();
  asked.length = 0;
  checker.prefetch(leaf.issuerDer, leaf.serial);
  await checker.check({ leaf, issuers });
  assert.deepEqual(asked.slice(0, 2), ['named', 'fallback']);
});

test('a fallback that does not know the certificate does not outweigh the responder that answers a moment later', async () => {
  const { promise: fallbackDone, resolve } = Promise.withResolvers<void>();
  const fetchOcsp = changed(async (request) => {
    if (!isFallback(request)) {
      await fallbackDone;
      return fetchForReal(request);
    }
    responder.setMode('unknown');
    try {
      return await fetchForReal(request);
    } finally {
      responder.setMode('normal');
      setImmediate(resolve);
    }
  });
  const hedge = { hedgeMs: 50, totalMs: 20_000 };
  const checker = stage.createChecker({ fallback: true }, { fetchOcsp, hedge });
  await checker.check(stage.createPath());
});
