import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../../native-host/command/run-command.ts';
import {
  formatLogEvent,
  HOST_LOG_MAX_BYTES,
  type HostLog,
  hostLogPath,
  type LogEvent,
  openHostLog,
} from '../../native-host/log.ts';

async function temporaryFolder(context: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'kids-id-log-'));
  context.after(() => rm(dir, { recursive: true }));
  return dir;
}

function open(path: string): HostLog {
  const log = openHostLog(path);
  assert.ok(log);
  return log;
}

const linesOf = async (path: string) => (await readFile(path, 'latin1')).trimEnd().split('\n');

test('each event comes out with its name and its own fields, in order', () => {
  const events: readonly (readonly [LogEvent, string])[] = [
    [{ event: 'gateways', count: 2 }, 'gateways count=2'],
    [{ event: 'readers', count: 1, cards: 0 }, 'readers count=1 cards=0'],
    [{ event: 'stage', stage: 'reading' }, 'stage stage=reading'],
    [{ event: 'gateway-proven' }, 'gateway-proven'],
    [
      { event: 'command', instruction: 0x20, statusWord: 0x63c2, ms: 31 },
      'command instruction=20 statusWord=63c2 ms=31',
    ],
    [{ event: 'card', applet: 0x18 }, 'card applet=18'],
    [{ event: 'pin-asked', tries: undefined }, 'pin-asked tries=?'],
    [{ event: 'failed', code: 'PIN_BLOCKED' }, 'failed code=PIN_BLOCKED'],
  ];
  for (const [event, line] of events) assert.equal(formatLogEvent(event), line);
});

test('what is not of the closed lists is never written, whatever a program hands over', () => {
  const secrets: readonly object[] = [
    { event: 'failed', code: 'Emma' },
    { event: 'failed', code: 'PIN_BLOCKED', name: 'Emma' },
    { event: 'Emma' },
    { event: 'toString' },
    { event: 'gateways', count: 'Emma' },
    { event: 'gateways', count: { toString: () => 'Emma' } },
    { event: 'stage', stage: 'Emma' },
    { event: 'card', applet: 'Emma' },
    { event: 'command', instruction: 0x20, statusWord: 'Emma', ms: 0 },
  ];
  for (const secret of secrets) {
    assert.doesNotMatch(formatLogEvent(secret as LogEvent), /Emma/);
  }
  // A number of 12 digits does not fit into a count, nor bytes of a card into a status word.
  assert.equal(
    formatLogEvent({ event: 'gateways', count: 123_456_789_012 }),
    'gateways count=9999',
  );
  assert.equal(formatLogEvent({ event: 'card', applet: 0x1234 }), 'card applet=?');
});

test('without a file nothing is written, and no file is made', async (context) => {
  const path = join(await temporaryFolder(context), 'host.log');
  assert.equal(openHostLog(path), undefined);
  await assert.rejects(stat(path), { code: 'ENOENT' });
});

test('a file that is there is appended to, and closed to others', async (context) => {
  const path = join(await temporaryFolder(context), 'host.log');
  await writeFile(path, 'before\n');
  await chmod(path, 0o644);
  const log = open(path);
  log.write({ event: 'failed', code: 'CARD_ABSENT' });
  log.close();
  log.write({ event: 'failed', code: 'CARD_BUSY' });
  log.close();
  const [before, start, failed, ...rest] = await linesOf(path);
  assert.equal(before, 'before');
  assert.match(start ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z host \d+\.\d+\.\d+ pid \d+$/);
  assert.match(failed ?? '', /^\d+ \+\d+ failed code=CARD_ABSENT$/);
  assert.deepEqual(rest, []);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test('a link is not followed, and a folder is no log', async (context) => {
  const dir = await temporaryFolder(context);
  const target = join(dir, 'target');
  await writeFile(target, '');
  await symlink(target, join(dir, 'link'));
  for (const path of [join(dir, 'link'), dir]) {
    assert.equal(openHostLog(path), undefined);
  }
  assert.equal((await stat(target)).size, 0);
});

test('a full log keeps its newer half, whole lines; one host never writes past the limit', async (context) => {
  const path = join(await temporaryFolder(context), 'host.log');
  const lines = Array.from({ length: HOST_LOG_MAX_BYTES / 16 }, (_, i) =>
    String(i).padStart(15, '0'),
  );
  await writeFile(path, `${lines.join('\n')}\n`);
  const log = open(path);
  const kept = await linesOf(path);
  assert.equal(kept.at(-2), lines.at(-1));
  assert.ok(lines.includes(kept[0] ?? ''));
  assert.ok(kept.length < lines.length / 2 + 2 && kept.length > lines.length / 2 - 2);
  for (let i = 0; i < 20_000; i += 1) log.write({ event: 'failed', code: 'CARD_ABSENT' });
  log.close();
  const { size } = await stat(path);
  assert.ok(size <= HOST_LOG_MAX_BYTES && size > HOST_LOG_MAX_BYTES - 100);
});

test('the log is in the user’s state folder (XDG), in Library/Logs, in the local application data', () => {
  const env = { XDG_STATE_HOME: '/home/x/state', LOCALAPPDATA: 'D:\\x' };
  assert.equal(hostLogPath(env, 'linux'), '/home/x/state/kids-id/host.log');
  assert.match(hostLogPath({}, 'linux'), /\/\.local\/state\/kids-id\/host\.log$/);
  assert.match(hostLogPath(env, 'darwin'), /\/Library\/Logs\/kids-id\/host\.log$/);
  assert.equal(hostLogPath(env, 'win32'), 'D:\\x\\kids-id\\host.log');
});

test('log on makes the file for its owner alone, log shows it, log off removes it', async (context) => {
  const dir = await temporaryFolder(context);
  const env = { XDG_STATE_HOME: dir };
  const path = hostLogPath(env);
  let said = '';
  const run = async (...words: string[]) => {
    said = '';
    const write = (text: string) => {
      said += text;
    };
    return runCommand(words, {
      env,
      platform: process.platform,
      openReaders: () => Promise.reject(new Error('no readers here')),
      out: write,
      err: write,
      isTerminal: false,
    });
  };
  assert.equal(await run('log'), 0);
  assert.match(said, /The log is off/);
  assert.equal(await run('log', 'off'), 0);
  assert.equal(await run('log', 'on'), 0);
  assert.ok(said.includes(path));
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(dirname(path))).mode & 0o777, 0o700);
  const log = open(path);
  log.write({ event: 'failed', code: 'CARD_ABSENT' });
  log.close();
  assert.equal(await run('log', 'on'), 0);
  assert.equal(await run('log'), 0);
  assert.match(said, /failed code=CARD_ABSENT/);
  assert.equal(await run('log', 'off'), 0);
  await assert.rejects(stat(path), { code: 'ENOENT' });
});
