import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  FIXED_GATEWAYS,
  findGateway,
  GATEWAY_LIST_MAX_BYTES,
  gatewayListPaths,
  listGateways,
  loadGateways,
  parseGatewayList,
} from '../../native-host/gateways.ts';

const KEY = 'A'.repeat(43);
const OTHER_KEY = `${'A'.repeat(42)}E`;
const ENTRY = { origin: 'https://gateway.localhost:8443', connectionKey: KEY };

const parse = (list: unknown) => parseGatewayList(Buffer.from(JSON.stringify(list)));

async function listFile(context: TestContext, list: unknown): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'kids-id-list-'));
  context.after(() => rm(dir, { recursive: true }));
  const path = join(dir, 'gateways.json');
  await writeFile(path, typeof list === 'string' ? list : JSON.stringify(list));
  return path;
}

test('takes exact origins with the thumbprint of a connection key and an optional CA file', () => {
  const withCa = {
    origin: 'https://login.example',
    connectionKey: KEY,
    certificateAuthority: '/ca.pem',
  };
  assert.deepEqual(parse([ENTRY, withCa]), [ENTRY, withCa]);
  assert.deepEqual(parse([]), []);
});

const MALFORMED: readonly [string, unknown][] = [
  ['that is no list', ENTRY],
  ['with an unknown field', [{ ...ENTRY, note: 'x' }]],
  ['without a connection key', [{ origin: ENTRY.origin }]],
  ['with a plain http origin', [{ ...ENTRY, origin: 'http://gateway.localhost' }]],
  ['with a path behind the origin', [{ ...ENTRY, origin: 'https://gateway.localhost/' }]],
  ['with the default port spelled out', [{ ...ENTRY, origin: 'https://gateway.localhost:443' }]],
  ['with an origin in capitals', [{ ...ENTRY, origin: 'https://Gateway.localhost' }]],
  ['with a wildcard', [{ ...ENTRY, origin: 'https://*.localhost' }]],
  ['with a thumbprint of 31 bytes', [{ ...ENTRY, connectionKey: 'A'.repeat(42) }]],
  ['with a thumbprint with stray bits', [{ ...ENTRY, connectionKey: `${'A'.repeat(42)}B` }]],
  ['with a thumbprint that is padded', [{ ...ENTRY, connectionKey: `${KEY}=` }]],
  ['with a CA file at a relative path', [{ ...ENTRY, certificateAuthority: 'ca.pem' }]],
  ['that names an origin twice', [ENTRY, { ...ENTRY, connectionKey: OTHER_KEY }]],
  [
    'of 65 gateways',
    Array.from({ length: 65 }, (_, i) => ({ ...ENTRY, origin: `https://g${i}.example` })),
  ],
];

for (const [name, list] of MALFORMED) {
  test(`refuses a list ${name}`, () => {
    assert.throws(() => parse(list), { code: 'MESSAGE_MALFORMED' });
  });
}

test('refuses text that is not JSON, and a list over its size', () => {
  assert.throws(() => parseGatewayList(Buffer.from('[')), { code: 'MESSAGE_MALFORMED' });
  assert.throws(() => parseGatewayList(Buffer.from([0xff])), { code: 'MESSAGE_MALFORMED' });
  const large = new Uint8Array(GATEWAY_LIST_MAX_BYTES + 1).fill(0x20);
  assert.throws(() => parseGatewayList(large), { code: 'MESSAGE_TOO_LARGE' });
});

test('finds exactly the origin: no other port, host, scheme or spelling', () => {
  assert.equal(findGateway([ENTRY], ENTRY.origin), ENTRY);
  const others = ['', '/', '4', '.evil.example'].map((end) => `${ENTRY.origin}${end}`);
  others.shift();
  for (const origin of [...others, 'https://gateway.localhost', 'http://gateway.localhost:8443']) {
    assert.equal(findGateway([ENTRY], origin), undefined);
  }
});

test('an absent list is empty; the machine’s list wins over the user’s', async (context) => {
  const machine = await listFile(context, [ENTRY]);
  const other = { origin: 'https://login.example', connectionKey: OTHER_KEY };
  const user = await listFile(context, [{ ...ENTRY, connectionKey: OTHER_KEY }, other]);
  const none = `${machine}.none`;
  assert.deepEqual(await loadGateways([none, none]), []);
  assert.deepEqual(await loadGateways([machine, none]), [ENTRY]);
  assert.deepEqual(await loadGateways([none, machine]), [ENTRY]);
  assert.deepEqual(await loadGateways([machine, user]), [ENTRY, other]);
});

test('every entry is listed with where it comes from and what it counts for', async (context) => {
  const machine = await listFile(context, [ENTRY]);
  const mine = { ...ENTRY, connectionKey: OTHER_KEY };
  const user = await listFile(context, [mine]);
  const builtIn = { origin: 'https://login.example', connectionKey: KEY };
  const fixed = { builtIn: [builtIn], removedKeys: [] };
  assert.deepEqual(await listGateways([machine, user], fixed), [
    { gateway: builtIn, source: 'built-in', standing: 'in-force' },
    { gateway: ENTRY, source: 'machine', standing: 'in-force' },
    { gateway: mine, source: 'user', standing: 'overruled' },
  ]);
});

test('a removed key makes no gateway, wherever it is listed, and nothing else takes its origin', async (context) => {
  const other = { origin: 'https://login.example', connectionKey: OTHER_KEY };
  const removedKeys = [KEY];
  const machine = await listFile(context, [ENTRY]);
  const user = await listFile(context, [{ ...ENTRY, connectionKey: OTHER_KEY }, other]);
  const none = `${machine}.none`;
  const load = async (paths: readonly [string, string], builtIn = [] as (typeof ENTRY)[]) =>
    loadGateways(paths, { builtIn, removedKeys });
  assert.deepEqual(await load([none, machine]), []);
  assert.deepEqual(await load([machine, none]), []);
  assert.deepEqual(await load([none, none], [ENTRY]), []);
  assert.deepEqual(await load([machine, user]), [other]);
  const listed = await listGateways([machine, none], { builtIn: [], removedKeys });
  assert.deepEqual(
    listed.map(({ standing }) => standing),
    ['removed'],
  );
});

test('no gateway is built in, and no key is removed, as long as there is no public gateway', () => {
  assert.deepEqual(FIXED_GATEWAYS, { builtIn: [], removedKeys: [] });
});

test('a list that is there and malformed or unreadable is GATEWAY_UNTRUSTED, and nothing is trusted', async (context) => {
  const good = await listFile(context, [ENTRY]);
  const bad = await listFile(context, '{}');
  await assert.rejects(loadGateways([good, bad]), { code: 'GATEWAY_UNTRUSTED' });
  await assert.rejects(loadGateways([bad, good]), { code: 'GATEWAY_UNTRUSTED' });
  const folder = `${good}.folder`;
  await mkdir(folder);
  await assert.rejects(loadGateways([good, folder]), { code: 'GATEWAY_UNTRUSTED' });
});

test('on Linux, looks in /etc and in the user’s configuration folder (XDG Base Directory)', () => {
  const machine = '/etc/kids-id/gateways.json';
  const user = '/home/x/.config/kids-id/gateways.json';
  const paths = (env: NodeJS.ProcessEnv) => gatewayListPaths(env, 'linux');
  assert.deepEqual(paths({ XDG_CONFIG_HOME: '/home/x/.config' }), [machine, user]);
  const own = join(homedir(), '.config', 'kids-id', 'gateways.json');
  assert.deepEqual(paths({}), [machine, own]);
  assert.deepEqual(paths({ XDG_CONFIG_HOME: 'relative' }), [machine, own]);
});

test('on macOS, looks in both Library folders; XDG says nothing there', () => {
  const below = 'Library/Application Support/kids-id/gateways.json';
  assert.deepEqual(gatewayListPaths({ XDG_CONFIG_HOME: '/x' }, 'darwin'), [
    `/${below}`,
    join(homedir(), below),
  ]);
});

test('on Windows, looks where only administrators write, and in the user’s roaming folder', () => {
  const env = { ProgramFiles: 'D:\\Programs', APPDATA: 'D:\\Users\\x\\Roaming' };
  assert.deepEqual(gatewayListPaths(env, 'win32'), [
    'D:\\Programs\\kids-id\\gateways.json',
    'D:\\Users\\x\\Roaming\\kids-id\\gateways.json',
  ]);
  assert.equal(gatewayListPaths({}, 'win32')[0], 'C:\\Program Files\\kids-id\\gateways.json');
});
