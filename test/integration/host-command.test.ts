/** The host's command line as a process of its own: a real PC/SC daemon, a real gateway, a home folder of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { Finding } from '../../native-host/command/finding.ts';
import { CHROMIUM_EXTENSION_ID } from '../../native-host/command/start.ts';
import { findPcscdProblems, type Pcscd, startPcscd } from '../kit/card/pcscd.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { connectVpcd } from '../kit/card/vpcd-client.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { startCardGateway, TICKET } from '../kit/host/card-gateway.ts';
import { createHostTalk } from '../kit/host/frame-stream.ts';
import { type HostPki, openHostPki } from '../kit/host/host-bench.ts';
import { createCardHolder } from '../kit/privacy/card-holder.ts';
import { assertNothingIn } from '../kit/privacy/search-haystack.ts';

const MAIN = join(import.meta.dirname, '../../native-host/main.ts');
const CALLER = `chrome-extension://${CHROMIUM_EXTENSION_ID}/`;
const problems = findPcscdProblems();
const skip = problems.length > 0 ? problems.join('; ') : false;
const withReader = { skip, timeout: 60_000 };

let dir: string;
let gateway: TestGateway;
let bench: HostPki;
let count = 0;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kids-id-cli-'));
  gateway = await startTestGateway();
  bench = await openHostPki();
  await writeFile(join(dir, 'web-ca.pem'), gateway.webCa);
});
after(async () => {
  await gateway.stop();
  await bench.close();
  await rm(dir, { recursive: true });
});

interface Home {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  run(...words: string[]): Promise<{ code: number | null; out: string; err: string }>;
}

/** A person's home folder, and the host run in it. */
async function openHome(pcscd?: Pcscd): Promise<Home> {
  count += 1;
  const path = join(dir, `home-${count}`);
  await mkdir(path);
  const { XDG_CONFIG_HOME: _, XDG_STATE_HOME: __, NODE_EXTRA_CA_CERTS: ___, ...own } = process.env;
  const socket = { PCSCLITE_CSOCK_NAME: join(path, 'none') };
  const env = { ...own, HOME: path, ...socket, ...pcscd?.env };
  return {
    path,
    env,
    async run(...words) {
      const child = spawn(process.execPath, [MAIN, ...words], { env });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk) => {
        out += chunk;
      });
      child.stderr.on('data', (chunk) => {
        err += chunk;
      });
      const [code] = await once(child, 'close');
      return { code, out, err };
    },
  };
}

async function startReader(context: TestContext): Promise<Pcscd> {
  count += 1;
  const pcscd = await startPcscd({ dir: join(dir, `pcscd-${count}`) });
  context.after(() => pcscd.stop());
  return pcscd;
}

/** Registers the host in Chrome's folder, as an installer does. */
async function registerHost(home: Home): Promise<void> {
  const folder = join(home.path, '.config/google-chrome/NativeMessagingHosts');
  await mkdir(folder, { recursive: true });
  const path = join(home.path, 'kids-id-host');
  await writeFile(path, '#!/bin/sh\n', { mode: 0o755 });
  const manifest = { name: 'org.kids_id.host', type: 'stdio', path, allowed_origins: [CALLER] };
  await writeFile(join(folder, 'org.kids_id.host.json'), JSON.stringify(manifest));
}

const trust = (home: Home) =>
  home.run(
    ...['trust', gateway.origin, '--key', gateway.connectionKeyThumbprint],
    ...['--ca', join(dir, 'web-ca.pem')],
  );

test(
  'doctor finds all well with a card, a registered browser and a trusted gateway: exit 0, nothing personal',
  withReader,
  async (context) => {
    const pcscd = await startReader(context);
    const holder = await createCardHolder('emma', bench.pki);
    const inserted = await connectVpcd({
      card: createVirtualCard(holder.contents),
      port: pcscd.port,
    });
    context.after(() => inserted.remove());
    const home = await openHome(pcscd);
    await registerHost(home);
    const trusted = await trust(home);
    assert.equal(trusted.code, 0, trusted.err);
    const { code, out, err } = await home.run('doctor', '--json');
    const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: Finding[] };
    const failed = findings.filter(({ state }) => state === 'failed' || state === 'skipped');
    assert.deepEqual(failed, []);
    assert.deepEqual([code, ok, err], [0, true, '']);
    const card = findings.find(({ check }) => check === 'card');
    assert.equal(card?.details['applet'], '1.8');
    assert.equal(card?.details['triesLeft'], 3);
    const words = await home.run('doctor');
    assert.equal(words.code, 0);
    assert.match(words.out, /All is well\.\n$/);
    assertNothingIn({ json: out, words: words.out }, holder.needles);
    assert.ok(!`${out}${words.out}`.includes(home.path));
    // The card was left as it was found: nobody can sign on it, and no try was used.
    assert.match(words.out, /PIN tries left: 3/);
  },
);

test('doctor on a bare computer says what is missing, one by one: exit 1', async () => {
  const home = await openHome();
  const { code, out, err } = await home.run('doctor');
  assert.equal(code, 1, err);
  for (const words of [
    /^FAILED {2}The smart card service/m,
    /^FAILED {2}No card reader/m,
    /^FAILED {2}There is no card/m,
    /^FAILED {2}No browser knows the host/m,
    /^FAILED {2}No gateway is trusted/m,
  ]) {
    assert.match(out, words);
  }
});

for (const [name, variable] of [
  ['the system’s store (as OpenSSL finds it)', 'SSL_CERT_FILE'],
  ['NODE_EXTRA_CA_CERTS', 'NODE_EXTRA_CA_CERTS'],
] as const) {
  test(`a gateway whose CA is in ${name} needs no CA of its own in the list`, async () => {
    const home = await openHome();
    const { origin, connectionKeyThumbprint: key } = gateway;
    assert.equal((await home.run('trust', origin, '--key', key)).code, 0);
    const connect = async () => {
      const { out } = await home.run('doctor', '--json');
      const { findings } = JSON.parse(out) as { findings: Finding[] };
      return findings.find(({ check }) => check === 'gateway-connection')?.state;
    };
    assert.equal(await connect(), 'failed');
    home.env[variable] = join(dir, 'web-ca.pem');
    assert.equal(await connect(), 'ok');
  });
}

/** Another program that keeps the card in a transaction until it is killed. */
const HOLDER = `
import { Client } from 'pcsc-mini';
new Client().on('reader', (reader) => reader.on('change', async (status) => {
  if (!status.has(32)) return;
  const card = await reader.connect(2);
  await card.transaction();
  console.log('held');
})).start();
setInterval(() => undefined, 1_000);
`;

test(
  'doctor ends in time, and not with 0, while another program keeps the card',
  withReader,
  async (context) => {
    const pcscd = await startReader(context);
    const card = createVirtualCard(await bench.contentsOf('emma'));
    const inserted = await connectVpcd({ card, port: pcscd.port });
    context.after(() => inserted.remove());
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER], {
      env: { ...process.env, ...pcscd.env },
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    context.after(() => holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    const home = await openHome(pcscd);
    const { code, out } = await home.run('doctor');
    assert.notEqual(code, 0);
    assert.match(out, /held by another program|Reading the card .*: no answer/);
    assert.match(out, /Not all is well/);
  },
);

test(
  'the log of a whole login holds its steps, and nothing of the person, the PIN or the site',
  withReader,
  async (context) => {
    const pcscd = await startReader(context);
    const holder = await createCardHolder('noah', bench.pki);
    const inserted = await connectVpcd({
      card: createVirtualCard(holder.contents),
      port: pcscd.port,
    });
    context.after(() => inserted.remove());
    const certificate = bench.pki.issueWebCertificate(['gateway.localhost']);
    const cardGateway = await startCardGateway({ certificate });
    context.after(() => cardGateway.stop());
    const home = await openHome(pcscd);
    const { origin, connectionKey } = cardGateway;
    const ca = bench.certificateAuthority;
    assert.equal((await home.run('trust', origin, '--key', connectionKey, '--ca', ca)).code, 0);
    assert.equal((await home.run('log', 'on')).code, 0);

    const child = spawn(process.execPath, [MAIN, CALLER], { env: home.env });
    context.after(() => child.kill('SIGKILL'));
    const host = createHostTalk({ input: child.stdin, output: child.stdout });
    host.send({ type: 'login', id: 'l', origin, ticket: TICKET, language: 'nl' });
    await host.find(({ type }) => type === 'pin-wanted');
    host.send({ type: 'pin', id: 'l', digits: [0, 0, 0, 0, 0, 0, 0, 1] });
    await host.find((message) => message['wrong'] === true);
    host.send({ type: 'pin', id: 'l', digits: [...holder.pin].map(Number) });
    assert.equal((await host.find(({ type }) => type === 'login'))['ok'], true);
    child.stdin.end();
    await once(child, 'exit');

    const path = join(home.path, '.local/state/kids-id/host.log');
    const log = await readFile(path);
    const text = log.toString('latin1');
    assert.match(text, /^\d+ \+\d+ gateways count=1$/m);
    assert.match(text, / readers count=\d+ cards=1$/m);
    assert.match(text, / card applet=18$/m);
    assert.match(text, / command instruction=20 statusWord=63c2 ms=\d+$/m);
    assert.match(text, / command instruction=20 statusWord=9000 ms=\d+$/m);
    assertNothingIn({ log }, holder.needles);
    for (const secret of [TICKET, new URL(origin).host, 'Chat', '00000001', connectionKey]) {
      assert.ok(!text.includes(secret));
    }
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await home.run('log')).out.includes('applet=18'), true);
    assert.equal((await home.run('log', 'off')).code, 0);
    await assert.rejects(stat(path), { code: 'ENOENT' });
  },
);
