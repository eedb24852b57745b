import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askInTurn } from '../../gateway/certificate/revocation-hedge.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

/** Longer than any test takes: what waits for it waits for ever. */
const NEVER_MS = 600_000;
const patient = { hedgeMs: NEVER_MS, totalMs: NEVER_MS };

function createSource() {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  const source = () => {
    asked.resolve();
    return answer.promise;
  };
  return Object.assign(source, { asked: asked.promise, ...answer });
}

const failing = async () => {
  throw new Error('down');
};

test('asks the second source at once when the first has failed', async () => {
  assert.equal(await askInTurn([failing, async () => 'second'], patient), 'second');
});

test('asks nobody else when the first has answered', async () => {
  let asked = 0;
  const second = async () => {
    asked += 1;
    return 'second';
  };
  assert.equal(await askInTurn([async () => 'first', second], patient), 'first');
  assert.equal(asked, 0);
});

test('asks the second source beside a first that is silent, and takes the second’s answer', async () => {
  const silent = createSource();
  const second = createSource();
  const asking = askInTurn([silent, second], { hedgeMs: 5, totalMs: NEVER_MS });
  await second.asked;
  second.resolve('second');
  assert.equal(await asking, 'second');
});

test('takes the first’s answer though the second was asked meanwhile', async () => {
  const first = createSource();
  const second = createSource();
  const asking = askInTurn([first, second], { hedgeMs: 5, totalMs: NEVER_MS });
  await second.asked;
  first.resolve('first');
  assert.equal(await asking, 'first');
});

test('waits for a silent source when the others have failed', async () => {
  const first = createSource();
  const asking = askInTurn([first, failing, failing], { hedgeMs: 1, totalMs: NEVER_MS });
  await new Promise((resolve) => setTimeout(resolve, 20));
  first.resolve('first');
  assert.equal(await asking, 'first');
});

test('ends at its deadline whoever is silent, and is not disturbed by what comes later', async () => {
  const silent = createSource();
  const late = createSource();
  const asking = askInTurn([silent, late], { hedgeMs: 2, totalMs: 20 });
  await rejectsWithCode('REVOCATION_UNKNOWN', asking);
  silent.resolve('late');
  late.reject(new Error('late'));
});

test('fails at once when all have failed, or there is nobody to ask', async () => {
  await rejectsWithCode('REVOCATION_UNKNOWN', askInTurn([failing, failing], patient));
  await rejectsWithCode('REVOCATION_UNKNOWN', askInTurn([], patient));
});
