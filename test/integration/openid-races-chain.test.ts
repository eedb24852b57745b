/** The races over the login's own single-use values (design §2 and §8), on every store. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createLoginChain } from '../../gateway/login/login-chain.ts';
import type { LoginOutcome } from '../../gateway/oidc/admission.ts';
import { createSealedClaims } from '../../gateway/oidc/sealed-claims.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { Store } from '../../gateway/store/store.ts';
import { answerLate, decideByReading, type SharedStore, STORES } from './openid-races-stores.ts';

const ROUNDS = 10;
const AT_ONCE = 8;
const GRANT = { uid: 'uid', cookie: 'cookie', clientId: 'chat', scopes: ['openid'] };
const OUTCOME: LoginOutcome = {
  sub: 'somebody',
  claims: {},
  scopes: ['openid', 'profile'],
  cardIndex: 'index',
  identity: { given_name: 'Emma' },
};

const now = () => new Date();

for (const { name, open } of STORES) {
  describe(`of eight at once exactly one gets what is given once, over ${name}`, () => {
    let shared: SharedStore;
    let connections: Store[];
    before(async () => {
      shared = await open();
      connections = [shared.connect(now), shared.connect(now)];
    });
    after(() => shared.close());

    const late = () => connections.map(answerLate);
    const naive = () => late().map((store) => decideByReading(store, now));

    test('a ticket, a request context, a completion code and its identity (design §2)', async () => {
      const chains = late().map((store) => createLoginChain({ store, now }));
      const [chain] = chains;
      assert.ok(chain);
      for (let round = 0; round < ROUNDS; round += 1) {
        const ticket = await chain.issueTicket(GRANT);
        const claim = onlyOne(await eachOf(chains, (one) => one.claimTicket(ticket, 'socket')));
        const context = randomUUID();
        onlyOne(await eachOf(chains, async (one) => [await one.spendContext(claim, context)]));
        const code: string = await chain.recordCard(claim, context, OUTCOME);
        const done = onlyOne(await eachOf(chains, (one) => one.redeemCompletion(code, GRANT)));
        assert.deepEqual(done.identity, OUTCOME.identity);
      }
    });

    test('sealed claims, moved and taken (design §8)', async () => {
      const drawers = late().map((store) => createSealedClaims({ store, now }));
      for (let round = 0; round < ROUNDS; round += 1) {
        const [from, to] = [randomUUID(), randomUUID()];
        await drawers[0]?.put(from, { given_name: 'Emma' }, 30);
        const moved = await eachOf(
          drawers,
          async (one) => (await one.move(from, to, 30)) || undefined,
        );
        assert.equal(onlyOne(moved), true);
        assert.deepEqual(onlyOne(await eachOf(drawers, (one) => one.take(to))), {
          given_name: 'Emma',
        });
      }
    });

    test('and a store that decides by reading gives it to more than one', async () => {
      const chains = naive().map((store) => createLoginChain({ store, now }));
      const ticket = (await chains[0]?.issueTicket(GRANT)) ?? '';
      const claims = await eachOf(chains, (one) => one.claimTicket(ticket, 'socket'));
      assert.ok(claims.length > 1);
      const drawers = naive().map((store) => createSealedClaims({ store, now }));
      const secret = randomUUID();
      await drawers[0]?.put(secret, { given_name: 'Emma' }, 30);
      assert.ok((await eachOf(drawers, (one) => one.take(secret))).length > 1);
    });
  });
}

/** The same call eight times at once, by each of them in turn: what those got who got something. */
async function eachOf<One, Result>(
  ones: readonly One[],
  call: (one: One) => Promise<Result | undefined>,
): Promise<Result[]> {
  const calls = Array.from({ length: AT_ONCE }, (_, index) =>
    call(ones[index % ones.length] as One),
  );
  const results = await Promise.allSettled(calls);
  return results.flatMap((result) => {
    if (result.status === 'fulfilled') return result.value === undefined ? [] : [result.value];
    assert.ok(result.reason instanceof KidsIdError, String(result.reason));
    return [];
  });
}

function onlyOne<Result>(results: readonly Result[]): Result {
  assert.equal(results.length, 1);
  return results[0] as Result;
}
