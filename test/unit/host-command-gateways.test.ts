import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../../native-host/command/run-command.ts';
import type { FixedGateways } from '../../native-host/gateways.ts';
import { openHostPki } from '../kit/host/host-bench.ts';

const KEY = 'A'.repeat(43);
const OTHER_KEY = `${'A'.repeat(42)}E`;
const ORIGIN = 'https://login.example:8443';
const MAIN = join(import.meta.dirname, '../../native-host/main.ts');

interface Desk {
  /** Runs a command; everything it wrote is in `said`. */
  run(...words: string[]): Promise<{ code: number; said: string }>;
  readonly dir: string;
  readonly machine: string;
  readonly user: string;
  readUser(): Promise<unknown>;
}

async function openDesk(context: TestContext, fixed?: FixedGateways): Promise<Desk> {
  const dir = await mkdtemp(join(tmpdir(), 'kids-id-command-'));
  context.after(() => rm(dir, { recursive: true }));
  const machine = join(dir, 'etc', 'gateways.json');
  const user = join(dir, 'config', 'kids-id', 'gateways.json');
  await mkdir(dirname(machine));
  return {
    dir,
    machine,
    user,
    readUser: async () => JSON.parse(await readFile(user, 'utf8')),
    async run(...words) {
      let said = '';
      const write = (text: string) => {
        said += text;
      };
      const code = await runCommand(words, {
        env: { XDG_STATE_HOME: join(dir, 'state') },
        platform: 'linux',
        openReaders: () => Promise.reject(new Error('no readers here')),
        out: write,
        err: write,
        isTerminal: false,
        gatewayPaths: [machine, user],
        ...(fixed && { fixed }),
      });
      return { code, said };
    },
  };
}

const trust = (desk: Desk, origin = ORIGIN, key = KEY) => desk.run('trust', origin, '--key', key);
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('trust writes the user’s list, for its owner alone; list shows it; untrust takes it off', async (context) => {
  const desk = await openDesk(context);
  assert.deepEqual(await desk.run('list'), {
    code: 0,
    said: 'No gateway is trusted on this computer.\n',
  });
  const trusted = await trust(desk);
  assert.equal(trusted.code, 0);
  assert.match(trusted.said, new RegExp(`${ORIGIN}, key ${KEY}\nWritten: ${desk.user}\n$`));
  assert.deepEqual(await desk.readUser(), [{ origin: ORIGIN, connectionKey: KEY }]);
  assert.deepEqual([await modeOf(desk.user), await modeOf(dirname(desk.user))], ['600', '700']);
  const { said } = await desk.run('list');
  assert.equal(said, `${ORIGIN}\n  key   ${KEY}\n  from  your own list\n`);
  assert.equal((await desk.run('untrust', ORIGIN)).code, 0);
  assert.deepEqual(await desk.readUser(), []);
  assert.deepEqual(await readdir(dirname(desk.user)), ['gateways.json']);
});

for (const key of [`-${'A'.repeat(42)}`, `--${'A'.repeat(41)}`, `--key${'A'.repeat(38)}`]) {
  test(`a thumbprint that looks like an option is still one: ${key}`, async (context) => {
    const desk = await openDesk(context);
    assert.equal((await trust(desk, ORIGIN, key)).code, 0);
    assert.equal((await desk.run('trust', `--key=${key}`, ORIGIN)).code, 0);
    assert.deepEqual(await desk.readUser(), [{ origin: ORIGIN, connectionKey: key }]);
  });
}

test('a list that others could read or write is closed to them at the next change', async (context) => {
  const desk = await openDesk(context);
  await trust(desk);
  await chmod(desk.user, 0o666);
  await chmod(dirname(desk.user), 0o777);
  await trust(desk, 'https://other.example');
  assert.deepEqual([await modeOf(desk.user), await modeOf(dirname(desk.user))], ['600', '700']);
});

test('trusting an origin again takes the new key, and says what the old one was', async (context) => {
  const desk = await openDesk(context);
  await trust(desk);
  const { code, said } = await trust(desk, ORIGIN, OTHER_KEY);
  assert.equal(code, 0);
  assert.match(said, new RegExp(`The key before was ${KEY}`));
  assert.deepEqual(await desk.readUser(), [{ origin: ORIGIN, connectionKey: OTHER_KEY }]);
});

for (const [name, origin, words] of [
  ['plain http', 'http://login.example', /Only https/],
  ['a wildcard', 'https://*.example', /Wildcards/],
  ['a path', 'https://login.example/kids', /exact origin.*Write https:\/\/login\.example$/m],
  ['a slash at its end', 'https://login.example/', /Write https:\/\/login\.example$/m],
  ['the default port', 'https://login.example:443', /Write https:\/\/login\.example$/m],
  ['capitals', 'https://LOGIN.example', /Write https:\/\/login\.example$/m],
  ['a user name', 'https://a@login.example', /Write https:\/\/login\.example$/m],
  ['no scheme', 'login.example', /exact origin/],
] as const) {
  test(`trust refuses an origin with ${name}, and writes nothing`, async (context) => {
    const desk = await openDesk(context);
    const { code, said } = await trust(desk, origin);
    assert.equal(code, 1);
    assert.match(said, words);
    await assert.rejects(stat(desk.user), { code: 'ENOENT' });
  });
}

for (const key of ['', 'A'.repeat(42), `${KEY}=`, `${'A'.repeat(42)}B`, '0'.repeat(64)]) {
  test(`trust refuses the thumbprint "${key}" (RFC 7638)`, async (context) => {
    const desk = await openDesk(context);
    const { code, said } = await trust(desk, ORIGIN, key);
    assert.equal(code, 1);
    assert.match(said, /not a thumbprint/);
  });
}

test('what the machine’s list pins is not the user’s to change, to the same key or another', async (context) => {
  const desk = await openDesk(context);
  await writeFile(desk.machine, JSON.stringify([{ origin: ORIGIN, connectionKey: KEY }]));
  for (const result of [
    await trust(desk),
    await trust(desk, ORIGIN, OTHER_KEY),
    await desk.run('untrust', ORIGIN),
  ]) {
    assert.equal(result.code, 1);
    assert.match(result.said, /only an administrator changes it/);
  }
  await assert.rejects(stat(desk.user), { code: 'ENOENT' });
  assert.match((await desk.run('list')).said, /from {2}this computer's list/);
});

test('a user’s entry that the machine’s list came to overrule is shown as such, and can be taken off', async (context) => {
  const desk = await openDesk(context);
  await trust(desk);
  await writeFile(desk.machine, JSON.stringify([{ origin: ORIGIN, connectionKey: OTHER_KEY }]));
  assert.match((await desk.run('list')).said, /your own list, not used: a list that comes first/);
  const { code, said } = await desk.run('untrust', ORIGIN);
  assert.equal(code, 0);
  assert.match(said, /still trusted: this computer's list/);
});

test('what is built in is not the user’s to change', async (context) => {
  const builtIn = [{ origin: ORIGIN, connectionKey: KEY }];
  const desk = await openDesk(context, { builtIn, removedKeys: [] });
  for (const result of [await trust(desk), await desk.run('untrust', ORIGIN)]) {
    assert.equal(result.code, 1);
    assert.match(result.said, /only an update changes it/);
  }
});

test('a key on the removal list is not trusted again, and its entry is shown as removed', async (context) => {
  const desk = await openDesk(context, { builtIn: [], removedKeys: [KEY] });
  const { code, said } = await trust(desk);
  assert.equal(code, 1);
  assert.match(said, /removed by an update/);
  await writeFile(desk.machine, JSON.stringify([{ origin: ORIGIN, connectionKey: KEY }]));
  assert.match((await desk.run('list')).said, /not used: its key was removed by an update/);
});

test('untrust of what is not on the list, and a full list, are refused with words', async (context) => {
  const desk = await openDesk(context);
  assert.match((await desk.run('untrust', ORIGIN)).said, /not on your list/);
  const full = Array.from({ length: 64 }, (_, i) => ({
    origin: `https://g${i}.example`,
    connectionKey: KEY,
  }));
  await mkdir(dirname(desk.user), { recursive: true });
  await writeFile(desk.user, JSON.stringify(full));
  const { code, said } = await trust(desk);
  assert.equal(code, 1);
  assert.match(said, /full: 64/);
  assert.equal((await trust(desk, 'https://g7.example', OTHER_KEY)).code, 0);
});

test('a damaged list is not written over', async (context) => {
  const desk = await openDesk(context);
  await mkdir(dirname(desk.user), { recursive: true });
  await writeFile(desk.user, '[{');
  for (const result of [await trust(desk), await desk.run('list')]) {
    assert.equal(result.code, 1);
    assert.match(result.said, /cannot be read, or is damaged/);
  }
  assert.equal(await readFile(desk.user, 'utf8'), '[{');
});

test('a CA file is kept by its absolute path, and must be the certificate of a CA', async (context) => {
  const desk = await openDesk(context);
  const bench = await openHostPki();
  context.after(() => bench.close());
  const withCa = (file: string) => desk.run('trust', ORIGIN, '--key', KEY, '--ca', file);
  assert.equal((await withCa(bench.certificateAuthority)).code, 0);
  const [entry] = (await desk.readUser()) as { certificateAuthority: string }[];
  assert.equal(entry?.certificateAuthority, bench.certificateAuthority);
  assert.match((await desk.run('list')).said, /CA {4}\//);
  assert.match((await withCa(join(desk.dir, 'none.pem'))).said, /cannot be read as a certificate/);
  const leaf = join(desk.dir, 'leaf.pem');
  await writeFile(leaf, bench.pki.issueWebCertificate(['gateway.localhost']).certificatePem);
  assert.match((await withCa(leaf)).said, /not a CA's/);
});

/** Preloaded into the process: ends it at that call of the file system, as a power cut would. */
const dieAt = (call: string) =>
  `data:text/javascript,import fs from 'node:fs/promises';
   import { syncBuiltinESMExports } from 'node:module';
   fs.${call} = () => process.kill(process.pid, 'SIGKILL');
   syncBuiltinESMExports();`;

test('a crash between writing and renaming leaves the old list whole', async (context) => {
  const desk = await openDesk(context);
  const env = { ...process.env, XDG_CONFIG_HOME: join(desk.dir, 'config') };
  const start = (origin: string, ...preload: string[]) =>
    spawnSync(process.execPath, [...preload, MAIN, 'trust', origin, '--key', KEY], { env });
  assert.equal(start(ORIGIN).status, 0);
  const before = await readFile(desk.user, 'utf8');
  const crashed = start('https://other.example', '--import', dieAt('rename'));
  assert.equal(crashed.signal, 'SIGKILL');
  assert.equal(await readFile(desk.user, 'utf8'), before);
  assert.equal((await readdir(dirname(desk.user))).length, 2, 'it had written the new one');
  assert.equal(start('https://other.example').status, 0);
  assert.equal(((await desk.readUser()) as unknown[]).length, 2);
});

for (const words of [
  [],
  ['help'],
  ['trust'],
  ['trust', ORIGIN],
  ['trust', '--key', KEY],
  ['trust', ORIGIN, ORIGIN, '--key', KEY],
  ['trust', ORIGIN, '--key', KEY, '--force'],
  ['untrust'],
  ['list', 'all'],
  ['doctor', '--xml'],
  ['log', 'maybe'],
  ['log', 'on', 'off'],
  ['--version', 'x'],
]) {
  test(`"${words.join(' ')}" is no command: usage, exit 2`, async (context) => {
    const { code, said } = await (await openDesk(context)).run(...words);
    assert.equal(code, 2);
    assert.match(said, /kids-id-host trust ORIGIN --key THUMBPRINT/);
  });
}

test('--version and --help answer with 0', async (context) => {
  const desk = await openDesk(context);
  assert.match((await desk.run('--version')).said, /^kids-id-host \d+\.\d+\.\d+\n$/);
  assert.equal((await desk.run('--help')).code, 0);
});
