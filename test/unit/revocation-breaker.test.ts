import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { createBreaker } from '../../gateway/certificate/revocation-breaker.ts';
import { createRevocationCache } from '../../gateway/certificate/revocation-cache.ts';
import { createRevocationSources } from '../../gateway/certificate/revocation-sources.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

const startedAt = new Date('2026-11-22T12:00:00Z');
const policy = { maxFailures: 3, openMs: 1000 };
let at = startedAt;
const now = () => at;
const later = (ms: number) => new Date(at.getTime() + ms);
beforeEach(() => {
  at = startedAt;
});

function openBreaker() {
  const breaker = createBreaker({ now, policy });
  for (let count = 0; count < policy.maxFailures; count++) {
    assert.ok(breaker.tryEnter());
    breaker.settle('failed');
  }
  return breaker;
}

test('opens after so many failures in a row, and not before', () => {
  const breaker = createBreaker({ now, policy });
  for (const outcome of ['failed', 'failed', 'answered', 'failed', 'failed'] as const) {
    breaker.settle(outcome);
    assert.ok(breaker.isUp && breaker.tryEnter());
  }
  at = later(10);
  breaker.settle('failed');
  assert.ok(!breaker.isUp && !breaker.tryEnter());
  assert.deepEqual(breaker.since, at);
});

test('lets one probe through after its time, and closes when that is answered', () => {
  const breaker = openBreaker();
  at = later(999);
  assert.ok(!breaker.tryEnter());
  at = later(1);
  assert.ok(breaker.tryEnter());
  assert.ok(!breaker.tryEnter(), 'a second at the same time is not let through');
  assert.ok(!breaker.isUp);
  breaker.settle('answered');
  assert.ok(breaker.isUp && breaker.tryEnter() && breaker.tryEnter());
  assert.deepEqual(breaker.since, at);
});

test('stays open after a probe that failed, until the next', () => {
  const breaker = openBreaker();
  at = later(1000);
  assert.ok(breaker.tryEnter());
  breaker.settle('failed');
  at = later(999);
  assert.ok(!breaker.tryEnter());
  at = later(1);
  assert.ok(breaker.tryEnter());
  assert.deepEqual(breaker.since, startedAt);
});

test('asks no source that is down, tells so, and keeps sources apart', async () => {
  const sources = createRevocationSources({ now, policy });
  const down = { kind: 'ocsp', name: 'down.test' } as const;
  const fails = async () => {
    throw new Error('down');
  };
  for (let count = 0; count < policy.maxFailures; count++) {
    await assert.rejects(sources.ask(down, fails), /down/);
  }
  let asked = 0;
  const work = async () => {
    asked += 1;
  };
  await rejectsWithCode('REVOCATION_UNKNOWN', sources.ask(down, work));
  assert.equal(asked, 0);
  assert.ok(sources.isDown(down));
  const crl = { kind: 'crl', name: 'down.test' } as const;
  await sources.ask(crl, work);
  assert.equal(asked, 1);
  assert.deepEqual(sources.health().sources, [
    { ...down, isUp: false, since: startedAt },
    { ...crl, isUp: true, since: startedAt },
  ]);
  const { sourceAnswers, sourceFailures, sourceSkipped } = sources.health().counters;
  assert.deepEqual([sourceAnswers, sourceFailures, sourceSkipped], [1, 3, 1]);
});

test('keeps an answer until its end or its greatest age, and never "unknown"', () => {
  const cache = createRevocationCache({ now, policy: { maxAgeMs: 1000, maxEntries: 10 } });
  cache.keep('short', { status: 'good', expiresAt: later(500) });
  cache.keep('long', { status: 'revoked', expiresAt: later(5000) });
  cache.keep('none', { status: 'unknown', expiresAt: later(5000) });
  assert.equal(cache.find('none'), undefined);
  at = later(499);
  assert.equal(cache.find('short')?.status, 'good');
  at = later(1);
  assert.equal(cache.find('short'), undefined);
  assert.equal(cache.find('long')?.status, 'revoked');
  at = later(500);
  assert.equal(cache.find('long'), undefined);
});

test('does not forget "revoked" for a later "good", and drops the oldest past its size', () => {
  const cache = createRevocationCache({ now, policy: { maxAgeMs: 1000, maxEntries: 2 } });
  const expiresAt = later(500);
  cache.keep('a', { status: 'good', expiresAt });
  cache.keep('a', { status: 'revoked', expiresAt });
  cache.keep('a', { status: 'good', expiresAt });
  assert.equal(cache.find('a')?.status, 'revoked');
  cache.keep('b', { status: 'good', expiresAt });
  cache.keep('c', { status: 'good', expiresAt });
  assert.equal(cache.find('a'), undefined);
  assert.ok(cache.find('b') && cache.find('c'));
});
