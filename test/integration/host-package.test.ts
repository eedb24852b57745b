import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CHROMIUM_EXTENSION_ID } from '../../native-host/command/start.ts';
import { type BuiltHost, openBuiltHost } from '../kit/host/built-host.ts';
import { createHostTalk } from '../kit/host/frame-stream.ts';

let built: BuiltHost;

before(async () => {
  built = await openBuiltHost();
});
after(() => built.remove());

test('the bundle serves our extension, and says no to another (design §7)', async () => {
  const start = (id: string) =>
    spawn(process.execPath, [built.entry, `chrome-extension://${id}/`], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  const child = start(CHROMIUM_EXTENSION_ID);
  const exited = once(child, 'exit');
  const talk = createHostTalk({ input: child.stdin, output: child.stdout });
  talk.send({ type: 'hello', id: 'a' });
  assert.equal((await talk.find(({ type }) => type === 'hello'))['ok'], true);
  child.stdin.end();
  assert.deepEqual(await exited, [0, null]);
  const [code] = await once(start('a'.repeat(32)), 'exit');
  assert.equal(code, 1);
});

test('the bundle holds nothing of tests: no virtual card, no socket in place of a reader, no test authority (design §3)', async () => {
  const files = await readdir(built.dir);
  const code = await Promise.all(files.map((file) => readFile(join(built.dir, file), 'utf8')));
  assert.ok(code.some((text) => text.includes('USER_CANCELLED')));
  for (const text of code) assert.doesNotMatch(text, /TEST ONLY|KIDS_ID_CARD_SOCKET|vpcd|pkijs/);
});
