/**
 * The adapter race test: whatever may be spent once is spent once, for every model of oidc-provider, on
 * every store, also when eight come at the same time to two providers (design §7). And the test of the
 * test: an adapter, or a store, that decides by what it has read does not pass.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import Provider, { type Adapter, type AdapterFactory, errors, type JWK } from 'oidc-provider';
import { createAdapter } from '../../gateway/oidc/adapter.ts';
import { createRegistry } from '../../gateway/oidc/clients.ts';
import type { JsonObject, Store } from '../../gateway/store/store.ts';
import {
  createSpendable,
  findModel,
  listModels,
  MODELS,
  modelsSpent,
  type Spending,
} from './openid-races-models.ts';
import { answerLate, decideByReading, type SharedStore, STORES } from './openid-races-stores.ts';

const ROUNDS = 10;
const AT_ONCE = 8;
const SPENDINGS: readonly Spending[] = ['consumed', 'inserted', 'destroyed'];

const now = () => new Date();
const SIGNING_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  format: 'jwk',
});

test('every model of oidc-provider is classified: one that is new must be looked at', () => {
  const provider = createProvider(createOurs(emptyStore()));
  assert.deepEqual(listModels(provider).sort(), Object.keys(MODELS).sort());
});

test('every model that the library can consume is one that is raced for', () => {
  const provider = createProvider(createOurs(emptyStore()));
  const consumable = listModels(provider).filter((name) => {
    const model = findModel(provider, name);
    return typeof (model?.prototype as { consume?: unknown } | undefined)?.consume === 'function';
  });
  assert.deepEqual(consumable.sort(), modelsSpent('consumed').sort());
});

for (const { name: storeName, open } of STORES) {
  describe(`over ${storeName}`, () => {
    let shared: SharedStore;
    let stores: Store[];
    before(async () => {
      shared = await open();
      stores = [shared.connect(now), shared.connect(now)];
    });
    after(() => shared.close());

    const providersOf = (make: (store: Store) => AdapterFactory) =>
      stores.map((store) => createProvider(make(store)));

    for (const name of SPENDINGS.flatMap(modelsSpent)) {
      test(`of eight at once exactly one spends one ${name}`, async () => {
        const providers = providersOf((store) => createOurs(answerLate(store)));
        for (let round = 0; round < ROUNDS; round += 1) {
          const { spent, refused } = await race(providers, name);
          assert.equal(spent, 1);
          // Anything else would come to the client as server_error.
          for (const error of refused)
            assert.ok(error instanceof errors.OIDCProviderError, `${error}`);
        }
      });

      test(`an adapter that reads first lets more than one spend one ${name}`, async () => {
        const providers = providersOf((store) => createNaive(answerLate(store)));
        assert.ok((await race(providers, name)).spent > 1);
      });

      test(`a store that reads first lets more than one spend one ${name}`, async () => {
        const providers = providersOf((store) =>
          createOurs(decideByReading(answerLate(store), now)),
        );
        assert.ok((await race(providers, name)).spent > 1);
      });
    }

    test('what was spent at one provider is spent at the other, also one after the other', async () => {
      const [first, second] = providersOf((store) => createOurs(answerLate(store)));
      assert.ok(first && second);
      for (const name of SPENDINGS.flatMap(modelsSpent)) {
        const one = createSpendable(first, name);
        await one.save();
        assert.equal(await one.spend(first), true, name);
        assert.equal(await one.spend(second).catch(() => false), false, name);
      }
    });
  });
}

/** Eight at once, half of them at each provider: how many spent it, and how the others were refused. */
async function race(providers: readonly Provider[], name: string) {
  const [first] = providers;
  assert.ok(first);
  const one = createSpendable(first, name);
  await one.save();
  const results = await Promise.allSettled(
    Array.from({ length: AT_ONCE }, (_, index) =>
      one.spend(providers[index % providers.length] as Provider),
    ),
  );
  const refused: unknown[] = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  const spent = results.filter((result) => result.status === 'fulfilled' && result.value).length;
  return { spent, refused };
}

/** The library with its models and no more of its configuration than they need. */
function createProvider(adapter: AdapterFactory): Provider {
  return new Provider('https://gateway.example', {
    adapter,
    cookies: { keys: ['TEST ONLY cookie key'] },
    jwks: { keys: [{ ...SIGNING_KEY, alg: 'ES256', kid: 'k' } as JWK] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    features: { devInteractions: { enabled: false } },
    ttl: {
      PushedAuthorizationRequest: 60,
      RefreshToken: 60,
      DeviceCode: 60,
      PreAuthorizedCode: 60,
    },
  });
}

function createOurs(store: Store): AdapterFactory {
  return createAdapter({ store, clients: createRegistry([]), now, interactionSeconds: 600 });
}

/** An adapter as its authors write it who trust that the library has looked. */
function createNaive(store: Store): AdapterFactory {
  return (model) => {
    const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);
    const find = (id: string) => store.find(model, id) as ReturnType<Adapter['find']>;
    return {
      upsert: (id, payload, expiresIn) =>
        store.put(model, id, payload as unknown as JsonObject, inSeconds(expiresIn ?? 60)),
      find,
      async consume(id) {
        const consumed = Math.floor(Date.now() / 1_000);
        await store.put(model, id, { ...(await store.find(model, id)), consumed }, inSeconds(60));
      },
      destroy: (id) => store.remove(model, id),
      revokeByGrantId: async () => {},
      findByUid: find,
      findByUserCode: find,
    };
  };
}

function emptyStore(): Store {
  const nothing = async () => undefined;
  const never = async () => false;
  return {
    put: nothing,
    insert: never,
    find: nothing,
    take: nothing,
    consume: never,
    remove: nothing,
    removeGroup: nothing,
    close: nothing,
  };
}
