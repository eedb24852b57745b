/** What oidc-provider's adapter promises of itself, whatever the library around it looks at first. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { errors } from 'oidc-provider';
import { createAdapter } from '../../gateway/oidc/adapter.ts';
import { createRegistry } from '../../gateway/oidc/clients.ts';
import { openSqliteStore } from '../../gateway/store/sqlite-store.ts';

const clock = { now: new Date('2031-05-04T10:00:00Z') };
const now = () => clock.now;
const folder = mkdtempSync(join(tmpdir(), 'kids-id-adapter-'));
const store = openSqliteStore({ path: join(folder, 'store.sqlite'), now });
const adapterOf = createAdapter({
  store,
  clients: createRegistry([]),
  now,
  interactionSeconds: 600,
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

test('gives back what it was given, with its identifier, until its time is over', async () => {
  const grants = adapterOf('Grant');
  const payload = { jti: 'a', kind: 'Grant', accountId: 'somebody' };
  await grants.upsert('a', payload, 10);
  assert.deepEqual(await grants.find('a'), payload);
  assert.equal(await adapterOf('AccessToken').find('a'), undefined);
  clock.now = new Date(clock.now.getTime() + 10_000);
  assert.equal(await grants.find('a'), undefined);
});

test('a code consumed again takes its tokens and grant along, not another grant (RFC 6749 §4.1.2)', async () => {
  const [codes, tokens, grants] = ['AuthorizationCode', 'AccessToken', 'Grant'].map(adapterOf);
  assert.ok(codes && tokens && grants);
  for (const name of ['mine', 'other']) {
    await grants.upsert(name, {}, 60);
    await codes.upsert(`${name} code`, { grantId: name }, 60);
    await tokens.upsert(`${name} token`, { grantId: name }, 60);
    await store.put('claims', name, {}, new Date(clock.now.getTime() + 60_000));
  }
  await codes.consume('mine code');
  await assert.rejects(codes.consume('mine code'), errors.InvalidGrant);
  assert.equal(await codes.find('mine code'), undefined);
  assert.equal(await tokens.find('mine token'), undefined);
  assert.equal(await grants.find('mine'), undefined);
  // The first request, which won, may not have read them yet.
  assert.ok(await store.find('claims', 'mine'));
  assert.ok(await codes.find('other code'));
  assert.ok(await tokens.find('other token'));
  assert.ok(await grants.find('other'));
  await assert.rejects(codes.consume('no such code'), errors.InvalidGrant);
});

test('a code is over after its time, and one that was used is remembered for as long as its token lives', async () => {
  const [codes, tokens] = [adapterOf('AuthorizationCode'), adapterOf('AccessToken')];
  const at = clock.now;
  const exp = at.getTime() / 1_000 + 30;
  try {
    for (const name of ['used', 'unused']) {
      await codes.upsert(`${name} code`, { grantId: name, exp }, 30);
      await tokens.upsert(`${name} token`, { grantId: name }, 60);
    }
    await codes.consume('used code');
    clock.now = new Date(at.getTime() + 31_000);
    assert.equal(await codes.find('unused code'), undefined);
    assert.ok(await tokens.find('unused token'));
    assert.equal(await codes.find('used code'), undefined);
    assert.equal(await tokens.find('used token'), undefined);
  } finally {
    clock.now = at;
  }
});

test('each thing of single use is refused by the error that its endpoint answers with', async () => {
  const pushed = adapterOf('PushedAuthorizationRequest');
  await pushed.upsert('p', {}, 60);
  await pushed.consume('p');
  await assert.rejects(pushed.consume('p'), errors.InvalidRequestUri);
  const replays = adapterOf('ReplayDetection');
  await replays.upsert('r', {}, 60);
  await assert.rejects(replays.upsert('r', {}, 60), errors.InvalidClientAuth);
  assert.equal(await replays.find('r'), undefined, 'the write alone decides');
  const interactions = adapterOf('Interaction');
  await interactions.upsert('i', {}, 60);
  await interactions.destroy('i');
  await assert.rejects(interactions.destroy('i'), errors.SessionNotFound);
});

test('keeps no session', async () => {
  const sessions = adapterOf('Session');
  await sessions.upsert('s', { uid: 'u', accountId: 'somebody' }, 600);
  assert.equal(await sessions.find('s'), undefined);
  assert.equal(await sessions.findByUid('u'), undefined);
});

test('refuses a row that would never end', async () => {
  await assert.rejects(adapterOf('Grant').upsert('g', {}), TypeError);
});
