/** What the drawer of identity claims promises, also to whoever reads or changes the file (design §8). */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { createSealedClaims } from '../../gateway/oidc/sealed-claims.ts';
import { openSqliteStore } from '../../gateway/store/sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'kids-id-sealed-'));
const path = join(folder, 'store.sqlite');
const clock = { now: new Date('2031-05-04T10:00:00Z') };
const now = () => clock.now;
const store = openSqliteStore({ path, now });
const sealed = createSealedClaims({ store, now });
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const CLAIMS = { given_name: 'Zoé TEST ONLY', address: { postal_code: '9240' } };
let secrets = 0;
function newSecret(): string {
  secrets += 1;
  return `secret-of-a-test-${String(secrets).padStart(26, '0')}`;
}

test('gives claims back under their secret, once', async () => {
  const secret = newSecret();
  await sealed.put(secret, CLAIMS, 30);
  assert.deepEqual(await sealed.take(secret), CLAIMS);
  assert.equal(await sealed.take(secret), undefined);
});

test('gives them to one of eight who come at once', async () => {
  const secret = newSecret();
  await sealed.put(secret, CLAIMS, 30);
  const taken = await Promise.all(Array.from({ length: 8 }, () => sealed.take(secret)));
  assert.deepEqual(
    taken.filter((claims) => claims !== undefined),
    [CLAIMS],
  );
});

test('gives nothing under another secret, and keeps them for the right one', async () => {
  const secret = newSecret();
  await sealed.put(secret, CLAIMS, 30);
  assert.equal(await sealed.take(newSecret()), undefined);
  assert.deepEqual(await sealed.take(secret), CLAIMS);
});

test('gives nothing from the instant its time is over', async () => {
  const secret = newSecret();
  await sealed.put(secret, CLAIMS, 30);
  clock.now = new Date(clock.now.getTime() + 30_000);
  assert.equal(await sealed.take(secret), undefined);
});

test('moves them: the old secret is worthless then, and the new time counts', async () => {
  const [from, to] = [newSecret(), newSecret()];
  await sealed.put(from, CLAIMS, 10);
  assert.equal(await sealed.move(from, to, 60), true);
  assert.equal(await sealed.move(from, newSecret(), 60), false);
  assert.equal(await sealed.take(from), undefined);
  clock.now = new Date(clock.now.getTime() + 59_000);
  assert.deepEqual(await sealed.take(to), CLAIMS);
});

test('gives nothing of a row in which one byte was changed, or that is cut short', async () => {
  await store.sweep();
  const read = () => rowsOf(path)[0] as { key: string; value: string };
  for (const index of [0, 11, 12, 27, 28, -1]) {
    const secret = newSecret();
    await sealed.put(secret, CLAIMS, 30);
    const { key, value } = read();
    const bytes = Buffer.from(JSON.parse(value).sealed, 'base64url');
    const at = index < 0 ? bytes.length + index : index;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    const row = { sealed: bytes.toString('base64url') };
    await store.put('sealed', key, row, new Date(clock.now.getTime() + 30_000));
    assert.equal(await sealed.take(secret), undefined, `byte ${index}`);
  }
  for (const length of [0, 27, 28]) {
    const secret = newSecret();
    await sealed.put(secret, CLAIMS, 30);
    const { key, value } = read();
    const bytes = Buffer.from(JSON.parse(value).sealed, 'base64url').subarray(0, length);
    const row = { sealed: bytes.toString('base64url') };
    await store.put('sealed', key, row, new Date(clock.now.getTime() + 30_000));
    assert.equal(await sealed.take(secret), undefined, `length ${length}`);
  }
});

test('gives nothing of a row that was put in the place of another', async () => {
  const [mine, other] = [newSecret(), newSecret()];
  await store.sweep();
  await sealed.put(mine, CLAIMS, 30);
  const { value } = rowsOf(path)[0] as { value: string };
  await sealed.put(other, { given_name: 'Other TEST ONLY' }, 30);
  const keys = rowsOf(path).map(({ key }) => key);
  for (const key of keys) {
    await store.put('sealed', key, JSON.parse(value), new Date(clock.now.getTime() + 30_000));
  }
  assert.equal(await sealed.take(other), undefined);
  assert.deepEqual(await sealed.take(mine), CLAIMS);
});

test('leaves neither claims nor secret where a reader of the file could see them', async () => {
  const secret = newSecret();
  await sealed.put(secret, CLAIMS, 30);
  const disk = Buffer.concat([readFileSync(path), readFileSync(`${path}-wal`)]);
  for (const text of ['Zoé', 'TEST ONLY', '9240', 'given_name', secret]) {
    assert.equal(disk.includes(text), false, text);
  }
  assert.ok(disk.includes('sealed'));
});

test('refuses a secret that could be guessed', async () => {
  await assert.rejects(sealed.put('short', CLAIMS, 30), RangeError);
});

function rowsOf(file: string): { key: string; value: string }[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database
    .prepare("SELECT key, value FROM entries WHERE table_name = 'sealed'")
    .all() as { key: string; value: string }[];
  database.close();
  return rows;
}
