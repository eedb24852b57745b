/** What a person agreed to, beside the login it was for (design §5). */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import {
  type Agreements,
  checkAgreed,
  createAgreements,
  findAgreedScopes,
} from '../../gateway/login/agreement.ts';
import { parseClientFile } from '../../gateway/oidc/clients.ts';
import { openSqliteStore } from '../../gateway/store/sqlite-store.ts';
import type { Store } from '../../gateway/store/store.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const client = parseClientFile({
  clientId: 'club',
  site: { name: 'Club' },
  organisation: 'Club',
  sector: 'club.example',
  redirectUris: ['https://club.example/callback'],
  authentication: { method: 'none' },
  identity: { scopes: ['profile', 'picture'] },
});
const pendingOf = (...scopes: string[]) => ({ uid: 'uid-1', client, scopes: new Set(scopes) });

let folder: string;
let instant: Date;
let store: Store;
let agreements: Agreements;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kids-id-agreement-'));
  instant = new Date('2030-01-01T12:00:00Z');
  const now = () => instant;
  store = openSqliteStore({ path: join(folder, 'store.sqlite'), now });
  agreements = createAgreements({ store, now });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

test('no answer and an answer of nothing are not the same', async () => {
  const pending = pendingOf('openid', 'profile');
  assert.equal(await findAgreedScopes(agreements, pending), undefined);
  await agreements.put('uid-1', []);
  assert.deepEqual(await findAgreedScopes(agreements, pending), new Set(['openid']));
});

test('a login that asks for no identity, or for none that its client may, needs no answer', async () => {
  const plain = pendingOf('openid', 'age_over_13', 'birthdate');
  const scopes = await findAgreedScopes(agreements, plain);
  assert.deepEqual(scopes, new Set(['openid', 'age_over_13']));
});

test('only what is both asked and agreed to is in the scopes', async () => {
  await agreements.put('uid-1', ['profile', 'birthdate', 'picture']);
  const scopes = await findAgreedScopes(agreements, pendingOf('openid', 'profile', 'birthdate'));
  assert.deepEqual(scopes, new Set(['openid', 'profile']));
});

test('an answer ends with its interaction, and when it is taken away', async () => {
  await agreements.put('uid-1', ['profile']);
  instant = new Date(instant.getTime() + 599_000);
  assert.deepEqual(await agreements.find('uid-1'), ['profile']);
  instant = new Date(instant.getTime() + 1_000);
  assert.equal(await agreements.find('uid-1'), undefined);
  await agreements.put('uid-1', ['profile']);
  await agreements.remove('uid-1');
  assert.equal(await agreements.find('uid-1'), undefined);
});

test('a login that grants more than is agreed to when it ends is LOGIN_EXPIRED', () => {
  const pending = pendingOf('openid', 'profile');
  const outcome = { sub: 's', claims: {}, scopes: ['openid', 'profile'], cardIndex: 'i' };
  checkAgreed(outcome, new Set(['openid', 'age_over_13', 'profile']), pending);
  throwsWithCode('LOGIN_EXPIRED', () => checkAgreed(outcome, new Set(['openid']), pending));
  throwsWithCode('LOGIN_EXPIRED', () => checkAgreed(outcome, undefined, pending));
  const unregistered = { ...outcome, claims: { age_over_99: true } };
  throwsWithCode('LOGIN_EXPIRED', () =>
    checkAgreed(unregistered, new Set(outcome.scopes), pending),
  );
});
