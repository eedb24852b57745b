import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenBucket } from '../../gateway/login/token-bucket.ts';

const START_MS = Date.UTC(2026, 4, 1);

test('gives the burst at once, then one for each period, and never saves up more than the burst', () => {
  let nowMs = START_MS;
  const bucket = createTokenBucket({ burst: 3, refillSeconds: 2, now: () => new Date(nowMs) });
  const takeAll = () => {
    let count = 0;
    while (bucket.take()) count += 1;
    return count;
  };
  assert.equal(takeAll(), 3);
  nowMs += 1_999;
  assert.equal(takeAll(), 0);
  nowMs += 1;
  assert.equal(takeAll(), 1);
  nowMs += 3_600_000;
  assert.equal(takeAll(), 3);
});

test('a clock that is put back gives nothing, and takes nothing away', () => {
  let nowMs = START_MS;
  const bucket = createTokenBucket({ burst: 1, refillSeconds: 2, now: () => new Date(nowMs) });
  assert.equal(bucket.take(), true);
  nowMs -= 3_600_000;
  assert.equal(bucket.take(), false);
  nowMs += 2_000;
  assert.equal(bucket.take(), true);
});
