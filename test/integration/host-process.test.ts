import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { CHROMIUM_EXTENSION_ID, FIREFOX_EXTENSION_ID } from '../../native-host/command/start.ts';
import { findPcscdProblems, type Pcscd, startPcscd } from '../kit/card/pcscd.ts';
import { createVirtualCard, type VirtualCard } from '../kit/card/virtual-card.ts';
import { connectVpcd } from '../kit/card/vpcd-client.ts';
import {
  type CardGateway,
  COMPLETION_CODE,
  startCardGateway,
  TICKET,
} from '../kit/host/card-gateway.ts';
import { createHostTalk, type HostTalk } from '../kit/host/frame-stream.ts';
import { type HostPki, listEntry, openHostPki } from '../kit/host/host-bench.ts';

const MAIN = join(import.meta.dirname, '../../native-host/main.ts');
const problems = findPcscdProblems();
const skip = problems.length > 0 ? problems.join('; ') : false;
/** What Chromium passes. */
const CALLER = `chrome-extension://${CHROMIUM_EXTENSION_ID}/`;
const DEADLINE_MS = 30_000;
const alone = { timeout: DEADLINE_MS };
const withReader = { skip, timeout: DEADLINE_MS };

let dir: string;
let bench: HostPki;
let gateway: CardGateway;
let count = 0;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kids-id-main-'));
  bench = await openHostPki();
  gateway = await startCardGateway({
    certificate: bench.pki.issueWebCertificate(['gateway.localhost']),
  });
  const folder = join(dir, 'kids-id');
  await mkdir(folder);
  const list = [listEntry(gateway, bench.certificateAuthority)];
  await writeFile(join(folder, 'gateways.json'), JSON.stringify(list));
});
after(async () => {
  await gateway.stop();
  await bench.close();
  await rm(dir, { recursive: true });
});

interface Process extends HostTalk {
  readonly child: ChildProcess;
  /** Ends its stdin and returns how it exited and after how long. */
  end(): Promise<{ code: number | null; afterMs: number }>;
  /** What it wrote on stderr. */
  errors(): string;
}

/** A daemon for one test: 1.9.9 can lose a card that comes while it clears up after a program that was killed. */
function startReader(context: TestContext): Promise<Pcscd> {
  count += 1;
  const starting = startPcscd({ dir: join(dir, `pcscd-${count}`) });
  context.after(async () => (await starting).stop());
  return starting;
}

function spawnHost(context: TestContext, pcscd?: Pcscd, words = [CALLER]): Process {
  const env = { ...process.env, XDG_CONFIG_HOME: dir, ...pcscd?.env };
  const child = spawn(process.execPath, [MAIN, ...words], { env });
  const exited = once(child, 'exit');
  context.after(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return {
    ...createHostTalk({ input: child.stdin, output: child.stdout }),
    child,
    errors: () => errors,
    async end() {
      const startedAt = performance.now();
      child.stdin.end();
      const [code] = await exited;
      return { code, afterMs: performance.now() - startedAt };
    },
  };
}

async function insertCard(
  context: TestContext,
  pcscd: Pcscd,
  card: VirtualCard,
): Promise<{ remove(): Promise<void> }> {
  const inserted = await connectVpcd({ card, port: pcscd.port });
  context.after(() => inserted.remove());
  return inserted;
}

const startLogin = (host: HostTalk) =>
  host.send({ type: 'login', id: 'l', origin: gateway.origin, ticket: TICKET, language: 'fr' });

test(
  'the process answers hello, and exits by itself with 0 when its stdin ends',
  alone,
  async (context) => {
    const host = spawnHost(context);
    host.send({ type: 'hello', id: 'h' });
    assert.equal((await host.find(({ type }) => type === 'hello'))['ok'], true);
    const { code, afterMs } = await host.end();
    assert.equal(code, 0);
    assert.ok(afterMs < 1_000);
    assert.equal(host.errors(), '');
  },
);

for (const [browser, words] of [
  ['Chromium on Windows', [CALLER, '--parent-window=0']],
  ['Firefox', ['/etc/org.kids_id.host.json', FIREFOX_EXTENSION_ID]],
] as const) {
  test(`the process serves our extension in ${browser}`, alone, async (context) => {
    const host = spawnHost(context, undefined, [...words]);
    host.send({ type: 'hello', id: 'h' });
    assert.equal((await host.find(({ type }) => type === 'hello'))['ok'], true);
    assert.equal((await host.end()).code, 0);
  });
}

for (const [name, words] of [
  ['another Chromium extension', ['chrome-extension://abcdefghijklmnopabcdefghijklmnop/']],
  ['another Firefox add-on', ['/etc/org.kids_id.host.json', 'other@example.org']],
] as const) {
  test(`the process answers ${name} nothing, and exits before it reads`, alone, async (context) => {
    const host = spawnHost(context, undefined, [...words]);
    host.send({ type: 'hello', id: 'h' });
    const [code] = await once(host.child, 'close');
    assert.equal(code, 1);
    assert.equal(host.errors(), 'CALLER_UNKNOWN\n');
    assert.deepEqual(host.messages, []);
  });
}

test('a start without arguments serves nobody: usage, exit 2', alone, async (context) => {
  const host = spawnHost(context, undefined, []);
  host.send({ type: 'hello', id: 'h' });
  const [code] = await once(host.child, 'close');
  assert.equal(code, 2);
  assert.match(host.errors(), /kids-id-host doctor/);
  assert.deepEqual(host.messages, []);
});

test(
  'the process exits with 0 when it is sent an oversize frame, and writes only the code',
  alone,
  async (context) => {
    const host = spawnHost(context);
    host.sendRaw(Buffer.alloc(4, 0x7f));
    const [code] = await once(host.child, 'exit');
    assert.equal(code, 0);
    assert.equal(host.errors(), 'MESSAGE_TOO_LARGE\n');
    assert.deepEqual(host.messages, []);
  },
);

test(
  'a login through PC/SC: card put in while it waits, wrong PIN, right PIN',
  withReader,
  async (context) => {
    const pcscd = await startReader(context);
    const host = spawnHost(context, pcscd);
    startLogin(host);
    await host.find((message) => message['stage'] === 'card-absent');
    await insertCard(context, pcscd, createVirtualCard(await bench.contentsOf('emma')));
    await host.find(({ type }) => type === 'pin-wanted');
    host.send({ type: 'pin', id: 'l', digits: [9, 9, 9, 9] });
    const again = await host.find((message) => message['wrong'] === true);
    assert.equal(again['triesLeft'], 2);
    host.send({ type: 'pin', id: 'l', digits: [1, 2, 3, 4] });
    const reply = await host.find(({ type }) => type === 'login');
    assert.deepEqual(reply, { type: 'login', id: 'l', ok: true, completionCode: COMPLETION_CODE });
    const { code, afterMs } = await host.end();
    assert.equal(code, 0);
    assert.ok(afterMs < 1_000);
    assert.equal(host.errors(), '');
  },
);

test(
  'a card that is pulled out of a PC/SC reader while the PIN is awaited is CARD_REMOVED',
  withReader,
  async (context) => {
    const pcscd = await startReader(context);
    const card = await insertCard(
      context,
      pcscd,
      createVirtualCard(await bench.contentsOf('emma')),
    );
    const host = spawnHost(context, pcscd);
    startLogin(host);
    await host.find(({ type }) => type === 'pin-wanted');
    await card.remove();
    assert.equal((await host.find(({ type }) => type === 'login'))['code'], 'CARD_REMOVED');
    assert.equal((await host.end()).code, 0);
  },
);

test(
  'the window that closes while the PIN is awaited ends the process within a second',
  withReader,
  async (context) => {
    const pcscd = await startReader(context);
    await insertCard(context, pcscd, createVirtualCard(await bench.contentsOf('emma')));
    const host = spawnHost(context, pcscd);
    startLogin(host);
    await host.find(({ type }) => type === 'pin-wanted');
    const { code, afterMs } = await host.end();
    assert.equal(code, 0);
    assert.ok(afterMs < 1_000, `${afterMs} ms`);
  },
);

test(
  'a card whose LOG OFF fails is reset at the end of the transaction (PC/SC part 5)',
  withReader,
  async (context) => {
    const pcscd = await startReader(context);
    const card = createVirtualCard(await bench.contentsOf('emma'), {
      intercept: (command) => (command[1] === 0xe6 ? Uint8Array.of(0x6d, 0x00) : undefined),
    });
    let resets = 0;
    const counted = {
      ...card,
      reset() {
        resets += 1;
        card.reset();
      },
    };
    await insertCard(context, pcscd, counted);
    const host = spawnHost(context, pcscd);
    startLogin(host);
    await host.find(({ type }) => type === 'pin-wanted');
    const before = resets;
    host.send({ type: 'pin', id: 'l', digits: [9, 9, 9, 9] });
    await host.find((message) => message['wrong'] === true);
    assert.equal(resets, before + 1);
    host.send({ type: 'pin', id: 'l', digits: [1, 2, 3, 4] });
    assert.equal((await host.find(({ type }) => type === 'login'))['ok'], true);
    assert.equal(resets, before + 2);
    await host.end();
  },
);

/** Another program that takes the card, for itself (1) or in a transaction (2), until it is killed. */
const HOLDER = `
import { Client } from 'pcsc-mini';
new Client().on('reader', (reader) => reader.on('change', async (status) => {
  if (!status.has(32)) return;
  const card = await reader.connect(Number(process.argv[1]));
  await card.transaction();
  console.log('held');
})).start();
setInterval(() => undefined, 1_000);
`;

async function holdCard(context: TestContext, pcscd: Pcscd, mode: 1 | 2): Promise<void> {
  const env = { ...process.env, ...pcscd.env };
  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, String(mode)], {
    env,
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data', { signal: AbortSignal.timeout(DEADLINE_MS) });
}

test(
  'a card that another program has for itself is CARD_BUSY after a short wait',
  withReader,
  async (context) => {
    const pcscd = await startReader(context);
    await insertCard(context, pcscd, createVirtualCard(await bench.contentsOf('emma')));
    await holdCard(context, pcscd, 1);
    const host = spawnHost(context, pcscd);
    startLogin(host);
    assert.equal((await host.find(({ type }) => type === 'login'))['code'], 'CARD_BUSY');
    assert.equal((await host.end()).code, 0);
  },
);

test(
  'the process ends within a second even while PC/SC keeps it waiting for another program',
  withReader,
  async (context) => {
    const pcscd = await startReader(context);
    await insertCard(context, pcscd, createVirtualCard(await bench.contentsOf('emma')));
    await holdCard(context, pcscd, 2);
    const host = spawnHost(context, pcscd);
    startLogin(host);
    await host.find((message) => message['stage'] === 'reading');
    const { afterMs } = await host.end();
    assert.ok(afterMs < 1_000, `${afterMs} ms`);
  },
);

test(
  'a computer without a PC/SC service has no reader, and the process still ends at once',
  alone,
  async (context) => {
    const child = spawn(process.execPath, [MAIN, CALLER], {
      env: { ...process.env, XDG_CONFIG_HOME: dir, PCSCLITE_CSOCK_NAME: join(dir, 'none') },
    });
    context.after(() => child.kill('SIGKILL'));
    const host = createHostTalk({ input: child.stdin, output: child.stdout });
    startLogin(host);
    await host.find((message) => message['stage'] === 'reader-absent');
    const exited = once(child, 'exit');
    const endedAt = performance.now();
    child.stdin.end();
    assert.equal((await exited)[0], 0);
    assert.ok(performance.now() - endedAt < 1_000);
  },
);
