import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { createLoginChain, type LoginChain } from '../../gateway/login/login-chain.ts';
import type { LoginOutcome } from '../../gateway/oidc/admission.ts';
import { createSealedClaims } from '../../gateway/oidc/sealed-claims.ts';
import { openSqliteStore } from '../../gateway/store/sqlite-store.ts';
import type { Store } from '../../gateway/store/store.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

const grant = { uid: 'uid-1', cookie: 'cookie-hash', clientId: 'chat', scopes: ['openid'] };
const outcome: LoginOutcome = {
  sub: 'a-pseudonym',
  claims: { age_over_6: true, reverify_after: '2031-01' },
  scopes: ['openid', 'age_over_6', 'profile'],
  cardIndex: 'C'.repeat(43),
};
const identity = { given_name: 'Emmalotta', family_name: 'Proefkindszoon' };
const at = { uid: grant.uid, cookie: grant.cookie };
const ATTEMPTS = 8;

let folder: string;
let instant: Date;
let stores: Store[];
let chains: LoginChain[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kids-id-chain-'));
  instant = new Date('2030-01-01T12:00:00Z');
  const now = () => instant;
  // Two openings of one file: single use must be the database's decision, not this process's.
  stores = [1, 2].map(() => openSqliteStore({ path: join(folder, 'store.sqlite'), now }));
  chains = stores.map((store) => createLoginChain({ store, now }));
});

afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

test('a login goes from ticket to completion, once', async () => {
  const chain = chainAt(0);
  const claim = await chain.claimTicket(await chain.issueTicket(grant), 'connection-1');
  assert.deepEqual(claim.grant, grant);
  await chain.spendContext(claim, 'context-1');
  const code = await chain.recordCard(claim, 'context-1', outcome);
  assert.deepEqual(await chain.redeemCompletion(code, at), outcome);
  await rejectsWithCode('LOGIN_EXPIRED', chain.redeemCompletion(code, at));
});

test('of 8 uses of one ticket at once exactly one wins', async () => {
  for (let round = 0; round < 10; round += 1) {
    const ticket = await chainAt(0).issueTicket({ ...grant, uid: `uid-${round}` });
    await winsOnce((n) => chainAt(n).claimTicket(ticket, `connection-${n}`));
  }
});

test('of 8 uses of one request context at once exactly one wins (RFC 9261 §4)', async () => {
  const claim = await chainAt(0).claimTicket(await chainAt(0).issueTicket(grant), 'connection-1');
  for (let round = 0; round < 10; round += 1) {
    await winsOnce((n) => chainAt(n).spendContext(claim, `context-${round}`));
  }
});

test('of 8 uses of one completion code at once exactly one wins', async () => {
  for (let round = 0; round < 10; round += 1) {
    const uid = `uid-${round}`;
    const code = await completionCode({ ...grant, uid });
    await winsOnce((n) => chainAt(n).redeemCompletion(code, { ...at, uid }));
  }
});

test('a ticket lives 120 s and a completion code 60 s (design §5)', async () => {
  const chain = chainAt(0);
  const ticket = await chain.issueTicket(grant);
  instant = new Date(instant.getTime() + 120_000);
  await rejectsWithCode('LOGIN_EXPIRED', chain.claimTicket(ticket, 'connection-1'));
  const code = await completionCode(grant);
  instant = new Date(instant.getTime() + 60_000);
  await rejectsWithCode('LOGIN_EXPIRED', chain.redeemCompletion(code, at));
});

test('a newer ticket of the same interaction makes the older one and its card worthless', async () => {
  const chain = chainAt(0);
  const first = await chain.issueTicket(grant);
  await chain.issueTicket(grant);
  await rejectsWithCode('LOGIN_EXPIRED', chain.claimTicket(first, 'connection-1'));
  const code = await completionCode(grant);
  await chain.issueTicket(grant);
  await rejectsWithCode('LOGIN_EXPIRED', chain.redeemCompletion(code, at));
});

test('a completion code is worthless in another interaction and in another browser, and is spent by the attempt', async () => {
  const chain = chainAt(0);
  for (const elsewhere of [
    { ...at, uid: 'uid-2' },
    { ...at, cookie: 'another-cookie-hash' },
  ]) {
    await chain.issueTicket({ ...grant, uid: 'uid-2' });
    const code = await completionCode(grant);
    await rejectsWithCode('LOGIN_EXPIRED', chain.redeemCompletion(code, elsewhere));
    await rejectsWithCode('LOGIN_EXPIRED', chain.redeemCompletion(code, at));
  }
});

test('neither ticket nor completion code stands in the database, only their hashes', async () => {
  const chain = chainAt(0);
  const ticket = await chain.issueTicket(grant);
  const claim = await chain.claimTicket(ticket, 'connection-1');
  await chain.spendContext(claim, 'context-1');
  const code = await chain.recordCard(claim, 'context-1', outcome);
  const written = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  assert.ok(
    written.some((bytes) => bytes.includes('uid-1')),
    'the control finds nothing',
  );
  for (const secret of [ticket, code]) {
    assert.ok(!written.some((bytes) => bytes.includes(secret)));
  }
});

test('identity comes back with the code, once, and is in no row that can be read (design §8)', async () => {
  const told = { ...outcome, identity };
  const code = await completionCode(grant, told);
  const database = new DatabaseSync(join(folder, 'store.sqlite'), { readOnly: true });
  const rows = database.prepare('SELECT * FROM entries').all();
  database.close();
  assert.match(JSON.stringify(rows), /a-pseudonym/);
  assert.doesNotMatch(JSON.stringify(rows), /Emmalotta|Proefkindszoon|given_name/);
  assert.deepEqual(await chainAt(1).redeemCompletion(code, at), told);
  await rejectsWithCode('LOGIN_EXPIRED', chainAt(0).redeemCompletion(code, at));
});

test('identity is gone with a completion code that was tried in another browser', async () => {
  const code = await completionCode(grant, { ...outcome, identity });
  await rejectsWithCode('LOGIN_EXPIRED', chainAt(0).redeemCompletion(code, { ...at, cookie: 'x' }));
  const sealed = createSealedClaims({ store: storeAt(0), now: () => instant });
  assert.equal(await sealed.take(code), undefined);
});

test('a login whose identity is gone from the store does not end without it', async () => {
  const code = await completionCode(grant, { ...outcome, identity });
  await createSealedClaims({ store: storeAt(0), now: () => instant }).take(code);
  await rejectsWithCode('LOGIN_EXPIRED', chainAt(0).redeemCompletion(code, at));
});

test('a row that says more than an outcome has is refused whole', async () => {
  for (const claims of [
    { age_over_6: true, given_name: 'Emma' },
    { age_over_6: 'yes' },
    { reverify_after: '2031-01-05' },
  ]) {
    const code = await completionCode(grant, { ...outcome, claims } as unknown as LoginOutcome);
    await assert.rejects(chainAt(0).redeemCompletion(code, at));
  }
});

test('dropping the ticket of an interaction makes ticket, card and completion code worthless', async () => {
  const chain = chainAt(0);
  const ticket = await chain.issueTicket(grant);
  await chain.dropTicket(grant.uid);
  await rejectsWithCode('LOGIN_EXPIRED', chain.claimTicket(ticket, 'connection-1'));
  const claim = await chain.claimTicket(await chain.issueTicket(grant), 'connection-1');
  await chain.dropTicket(grant.uid);
  await rejectsWithCode('LOGIN_EXPIRED', chain.spendContext(claim, 'context-1'));
  const code = await completionCode(grant);
  await chain.dropTicket(grant.uid);
  await rejectsWithCode('LOGIN_EXPIRED', chain.redeemCompletion(code, at));
});

async function completionCode(of: typeof grant, result = outcome): Promise<string> {
  const chain = chainAt(0);
  const claim = await chain.claimTicket(await chain.issueTicket(of), 'connection-1');
  const context = `context-of-${crypto.randomUUID()}`;
  await chain.spendContext(claim, context);
  return chain.recordCard(claim, context, result);
}

async function winsOnce(attempt: (n: number) => Promise<unknown>): Promise<void> {
  const attempts = Array.from({ length: ATTEMPTS }, (_, n) => attempt(n));
  const results = await Promise.allSettled(attempts);
  const wins = results.filter(({ status }) => status === 'fulfilled');
  assert.equal(wins.length, 1);
}

function chainAt(n: number): LoginChain {
  const chain = chains[n % chains.length];
  assert.ok(chain);
  return chain;
}

function storeAt(n: number): Store {
  const store = stores[n % stores.length];
  assert.ok(store);
  return store;
}
