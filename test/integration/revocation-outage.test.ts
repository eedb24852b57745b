import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { rejectsWithCode } from '../kit/rejects.ts';
import { startRevocationStage } from './revocation-setup.ts';

const MINUTE_MS = 60_000;
const stage = await startRevocationStage();
const { aia, fallback, crls, responder } = stage;
const startedAt = stage.now;
after(() => stage.stop());
beforeEach(() => {
  stage.now = startedAt;
  for (const server of [aia, fallback, crls]) server.setFault('none');
});

const breaker = { maxFailures: 2, openMs: MINUTE_MS };
const minutesLater = (count: number) => new Date(startedAt.getTime() + count * MINUTE_MS);

test('a responder that fails is left alone, told of, and tried again by one probe', async () => {
  const checker = stage.createChecker({ fallback: true }, { breaker });
  const stateOf = (name: string) =>
    checker.health().sources.find((source) => source.name === `${name}.kids-id.test`);
  aia.setFault('http-500');
  await checker.check(stage.createPath());
  const asked = aia.requestCount;
  assert.deepEqual(stateOf('ocsp'), {
    name: 'ocsp.kids-id.test',
    kind: 'ocsp',
    isUp: false,
    since: startedAt,
  });
  await checker.check(stage.createPath());
  assert.equal(aia.requestCount, asked);
  stage.now = minutesLater(1);
  await checker.check(stage.createPath());
  assert.equal(aia.requestCount, asked + 1);
  aia.setFault('none');
  stage.now = minutesLater(2);
  await checker.check(stage.createPath());
  assert.equal(aia.requestCount, asked + 2);
  assert.equal(stateOf('ocsp')?.isUp, true);
  assert.deepEqual(stateOf('ocsp')?.since, stage.now);
  assert.equal(stateOf('fallback')?.isUp, true);
});

test('with every source known to be down a login is refused without asking anybody', async () => {
  const checker = stage.createChecker({ fallback: true, crls: true }, { breaker });
  for (const server of [aia, fallback, crls]) server.setFault('dead');
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(stage.createPath()));
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(stage.createPath()));
  const asked = () => aia.requestCount + fallback.requestCount + crls.requestCount;
  const before = asked();
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(stage.createPath()));
  assert.equal(asked(), before);
  assert.ok(checker.health().sources.every(({ isUp }) => !isUp));
  for (const server of [aia, fallback, crls]) server.setFault('none');
  stage.now = minutesLater(1);
  await checker.check(stage.createPath());
});

test('a wrong signer, too, moves the breaker: what cannot be believed is no answer', async () => {
  const checker = stage.createChecker({}, { breaker });
  responder.setMode('sibling');
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(stage.createPath()));
  responder.setMode('normal');
  assert.equal(checker.health().sources[0]?.isUp, false);
});

test('"revoked" and "unknown" are answers, and move no breaker', async () => {
  const checker = stage.createChecker({}, { breaker: { ...breaker, maxFailures: 1 } });
  const path = stage.createPath();
  responder.revoke(path.leaf.serial);
  await rejectsWithCode('CERTIFICATE_REVOKED', checker.check(path));
  responder.setMode('unknown');
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(stage.createPath()));
  responder.setMode('normal');
  assert.equal(checker.health().sources[0]?.isUp, true);
});

test('an outage does not touch who was checked a moment ago, and then fails closed', async () => {
  const checker = stage.createChecker({}, { cache: { maxAgeMs: 5 * MINUTE_MS } });
  const path = stage.createPath();
  await checker.check(path);
  aia.setFault('dead');
  stage.now = new Date(minutesLater(5).getTime() - 1);
  await checker.check(path);
  stage.now = minutesLater(5);
  await rejectsWithCode('REVOCATION_UNKNOWN', checker.check(path));
});

test('keeps no answer past its nextUpdate, whatever the greatest age (RFC 6960 §4.2.2.1)', async () => {
  const checker = stage.createChecker({}, { cache: { maxAgeMs: 600 * MINUTE_MS } });
  const path = stage.createPath();
  await checker.check(path);
  const before = aia.requestCount;
  // The responder says: for an hour
  stage.now = new Date(minutesLater(60).getTime() - 1000);
  await checker.check(path);
  assert.equal(aia.requestCount, before);
  stage.now = minutesLater(60);
  await checker.check(path);
  assert.equal(aia.requestCount, before + 2);
});

test('counts what happened, and names nothing but hosts', async () => {
  const checker = stage.createChecker({ fallback: true });
  const path = stage.createPath();
  await checker.check(path);
  await checker.check(path);
  const revoked = stage.createPath();
  responder.revoke(revoked.leaf.serial);
  await rejectsWithCode('CERTIFICATE_REVOKED', checker.check(revoked));
  const health = checker.health();
  const { good, revoked: refused, unknown, cacheHits, sourceAnswers } = health.counters;
  assert.deepEqual([good, refused, unknown, cacheHits, sourceAnswers], [2, 1, 0, 3, 3]);
  assert.deepEqual(
    health.sources.map(({ name }) => name),
    ['ocsp.kids-id.test'],
  );
});
