/** The store's promises: expiry by its own clock, single use, groups, and what is left on the disk. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openSqliteStore } from '../../gateway/store/sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'kids-id-store-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
function openStore() {
  const clock = { now: new Date('2031-05-04T10:00:00Z') };
  files += 1;
  const path = join(folder, `${files}.sqlite`);
  const store = openSqliteStore({ path, now: () => clock.now });
  after(() => store.close());
  const inSeconds = (seconds: number) => new Date(clock.now.getTime() + seconds * 1_000);
  return { store, clock, path, inSeconds };
}

describe('a row', () => {
  test('comes back as it was written, and is replaced by the next put', async () => {
    const { store, inSeconds } = openStore();
    const value = { text: 'é', list: [1, null, { deep: true }], number: -0.5 };
    await store.put('a', 'key', value, inSeconds(10));
    assert.deepEqual(await store.find('a', 'key'), value);
    await store.put('a', 'key', { other: 1 }, inSeconds(10));
    assert.deepEqual(await store.find('a', 'key'), { other: 1 });
  });

  test('is known under its own table and key only', async () => {
    const { store, inSeconds } = openStore();
    await store.put('a', 'key', { here: true }, inSeconds(10));
    assert.equal(await store.find('b', 'key'), undefined);
    assert.equal(await store.find('a', 'Key'), undefined);
  });

  test('is gone at its expiry, for every method', async () => {
    const { store, clock, inSeconds } = openStore();
    await store.put('a', 'key', { here: true }, inSeconds(10));
    clock.now = inSeconds(9.999);
    assert.ok(await store.find('a', 'key'));
    clock.now = inSeconds(0.001);
    assert.equal(await store.find('a', 'key'), undefined);
    assert.equal(await store.consume('a', 'key'), false);
    assert.equal(await store.take('a', 'key'), undefined);
    assert.equal(await store.insert('a', 'key', { next: true }, inSeconds(10)), true);
    assert.deepEqual(await store.find('a', 'key'), { next: true });
  });

  test('is gone after remove', async () => {
    const { store, inSeconds } = openStore();
    await store.put('a', 'key', {}, inSeconds(10));
    await store.remove('a', 'key');
    assert.equal(await store.find('a', 'key'), undefined);
  });

  test('goes with its group, and no other row does', async () => {
    const { store, inSeconds } = openStore();
    await store.put('a', '1', {}, inSeconds(10), { group: 'g' });
    await store.put('a', '2', {}, inSeconds(10), { group: 'g' });
    await store.put('a', '3', {}, inSeconds(10), { group: 'h' });
    await store.put('a', '4', {}, inSeconds(10));
    await store.put('b', '1', {}, inSeconds(10), { group: 'g' });
    await store.removeGroup('a', 'g');
    const left = ['1', '2', '3', '4'].map(async (key) => Boolean(await store.find('a', key)));
    assert.deepEqual(await Promise.all(left), [false, false, true, true]);
    assert.ok(await store.find('b', '1'));
  });
});

describe('single use', () => {
  test('inserts only where nothing live is', async () => {
    const { store, inSeconds } = openStore();
    assert.equal(await store.insert('a', 'key', { first: true }, inSeconds(10)), true);
    assert.equal(await store.insert('a', 'key', { first: false }, inSeconds(99)), false);
    assert.deepEqual(await store.find('a', 'key'), { first: true });
  });

  test('takes once', async () => {
    const { store, inSeconds } = openStore();
    await store.put('a', 'key', { here: true }, inSeconds(10));
    assert.deepEqual(await store.take('a', 'key'), { here: true });
    assert.equal(await store.take('a', 'key'), undefined);
  });

  test('consumes once, and shows the use until the row expires', async () => {
    const { store, clock, inSeconds } = openStore();
    await store.put('a', 'key', { here: true }, inSeconds(10));
    assert.equal(await store.consume('a', 'key'), true);
    const consumed = Math.floor(clock.now.getTime() / 1_000);
    clock.now = inSeconds(5);
    assert.equal(await store.consume('a', 'key'), false);
    assert.deepEqual(await store.find('a', 'key'), { here: true, consumed });
  });

  test('consumes nothing that is not there', async () => {
    const { store } = openStore();
    assert.equal(await store.consume('a', 'key'), false);
  });

  test('forgets the use of a row that is written anew', async () => {
    const { store, inSeconds } = openStore();
    await store.put('a', 'key', {}, inSeconds(10));
    await store.consume('a', 'key');
    await store.put('a', 'key', {}, inSeconds(10));
    assert.equal(await store.consume('a', 'key'), true);
  });

  test('has one winner over two connections to one file', async () => {
    const { store, path, clock, inSeconds } = openStore();
    const other = openSqliteStore({ path, now: () => clock.now });
    for (const round of ['1', '2', '3']) {
      await store.put('a', round, {}, inSeconds(10));
      await store.put('b', round, {}, inSeconds(10));
      const both = [store, other, store, other];
      const wins = async (tries: Promise<unknown>[]) =>
        (await Promise.all(tries)).filter(Boolean).length;
      assert.equal(await wins(both.map((each) => each.consume('a', round))), 1);
      assert.equal(await wins(both.map((each) => each.take('b', round))), 1);
      assert.equal(await wins(both.map((each) => each.insert('c', round, {}, inSeconds(10)))), 1);
    }
    await other.close();
  });

  test('has one winner over four processes', { timeout: 60_000 }, async () => {
    const { store, path, inSeconds } = openStore();
    const keys = Array.from({ length: 200 }, (_, index) => String(index));
    for (const key of keys) {
      await store.put('consume', key, {}, inSeconds(600));
      await store.put('take', key, {}, inSeconds(600));
    }
    const contenders = Array.from({ length: 4 }, () => startContender(path, keys.length));
    await Promise.all(contenders.map(({ ready }) => ready));
    const tallies = await Promise.all(contenders.map(({ run }) => run()));
    const total = (name: string) => tallies.reduce((sum, tally) => sum + (tally[name] ?? 0), 0);
    assert.equal(total('consume'), keys.length);
    assert.equal(total('take'), keys.length);
    assert.equal(total('insert'), keys.length);
  });
});

describe('what is left on the disk', () => {
  test('is readable for its owner only', { skip: process.platform === 'win32' }, () => {
    const { path } = openStore();
    for (const name of [path, `${path}-wal`]) assert.equal(statSync(name).mode & 0o077, 0);
  });

  test('holds no removed or expired value after a sweep', async () => {
    const { store, clock, path, inSeconds } = openStore();
    await store.put('a', 'stays', { word: 'heliotrope' }, inSeconds(60));
    await store.put('a', 'expires', { word: 'ultramarine' }, inSeconds(10));
    await store.put('a', 'taken', { word: 'vermilion' }, inSeconds(60));
    await store.take('a', 'taken');
    clock.now = inSeconds(30);
    await store.sweep();
    const bytes = Buffer.concat([readFileSync(path), readFileSync(`${path}-wal`)]);
    assert.ok(bytes.includes('heliotrope'));
    assert.equal(bytes.includes('ultramarine'), false);
    assert.equal(bytes.includes('vermilion'), false);
  });
});

/** Another process that waits for a word, then goes for every key three ways and counts its wins. */
function startContender(path: string, keyCount: number) {
  const module = new URL('../../gateway/store/sqlite-store.ts', import.meta.url).href;
  const code = `
    import { openSqliteStore } from ${JSON.stringify(module)};
    const now = new Date('2031-05-04T10:00:00Z');
    const until = new Date('2031-05-04T10:10:00Z');
    const store = openSqliteStore({ path: ${JSON.stringify(path)}, now: () => now });
    process.stdin.once('data', async () => {
      const tally = { consume: 0, take: 0, insert: 0 };
      for (let index = 0; index < ${keyCount}; index += 1) {
        const key = String(index);
        if (await store.consume('consume', key)) tally.consume += 1;
        if (await store.take('take', key)) tally.take += 1;
        if (await store.insert('insert', key, {}, until)) tally.insert += 1;
      }
      console.log(JSON.stringify(tally));
      process.exit(0);
    });
    console.log('ready');`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes('ready')) resolve();
    });
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return {
    ready,
    async run(): Promise<Record<string, number>> {
      child.stdin.write('go\n');
      await ended;
      return JSON.parse(output.replace('ready', ''));
    },
  };
}
