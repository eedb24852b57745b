/** The host behind an HTTP proxy (CONNECT, RFC 9110 §9.3.6): a real one on loopback, which can misbehave. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { after, before, beforeEach, type TestContext, test } from 'node:test';
import { findProxyFailure, type ProxyFailure } from '../../native-host/login/proxy-tunnel.ts';
import { openTlsConnection } from '../../native-host/login/tls-connection.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { type CardGateway, COMPLETION_CODE, startCardGateway } from '../kit/host/card-gateway.ts';
import { type HostPki, listEntry, openHostPki, startHost } from '../kit/host/host-bench.ts';
import { createVirtualReaders } from '../kit/host/virtual-readers.ts';

/** A name that only the proxy knows: names of this machine never go through one. */
const HOSTNAME = 'gateway.kids-id.test';
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];

let bench: HostPki;
let gateway: CardGateway;
let origin: string;

before(async () => {
  bench = await openHostPki();
  gateway = await startCardGateway({ certificate: bench.pki.issueWebCertificate([HOSTNAME]) });
  origin = `https://${HOSTNAME}:${gateway.port}`;
});
after(async () => {
  await gateway.stop();
  await bench.close();
});
beforeEach(() => {
  for (const name of PROXY_VARIABLES) delete process.env[name];
});

interface Proxy {
  /** For HTTPS_PROXY. */
  readonly url: string;
  /** Who was asked for, in order. */
  readonly asked: string[];
  /** What was said as Proxy-Authorization. */
  readonly credentials: (string | undefined)[];
  /** Tunnels that are open now. */
  readonly open: Set<Socket>;
}

type Manner = 'tunnel' | 'hang' | 'hang-in-tunnel' | { status: number } | { text: string };

async function startProxy(context: TestContext, manner: Manner = 'tunnel'): Promise<Proxy> {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const open = new Set<Socket>();
  const server = createServer();
  server.on('connect', (request, socket: Socket) => {
    asked.push(String(request.url));
    credentials.push(request.headers['proxy-authorization']);
    open.add(socket);
    socket.on('error', () => socket.destroy());
    // An HTTP server leaves its half open.
    socket.once('end', () => socket.end());
    socket.once('close', () => open.delete(socket));
    // What is not read is not seen to end.
    if (manner === 'hang' || manner === 'hang-in-tunnel') socket.resume();
    if (manner === 'hang') return;
    if (typeof manner === 'object') {
      const text =
        'text' in manner ? manner.text : `HTTP/1.1 ${manner.status} x\r\ncontent-length: 0\r\n\r\n`;
      socket.end(text);
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (manner === 'hang-in-tunnel') return;
    const far = connect(gateway.port, '127.0.0.1');
    far.on('error', () => socket.destroy());
    far.once('close', () => socket.destroy());
    socket.once('close', () => far.destroy());
    socket.pipe(far).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    credentials,
    open,
  };
}

/** However it ends: a reset is an end too. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

const rootsOf = () => [
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(bench.pki.webCa.certificate).toString('base64')}\n-----END CERTIFICATE-----`,
];

function openConnection(
  env: NodeJS.ProcessEnv,
  options: { origin?: string; stepTimeoutMs?: number; signal?: AbortSignal } = {},
) {
  return openTlsConnection({
    origin,
    roots: rootsOf(),
    alpn: 'kids-id-card/1',
    minVersion: 'TLSv1.3',
    signal: AbortSignal.timeout(20_000),
    env,
    ...options,
  });
}

test('a whole login goes through the proxy of the environment: card channel and web look, two tunnels', async (context) => {
  const proxy = await startProxy(context);
  process.env['HTTPS_PROXY'] = proxy.url;
  const readers = createVirtualReaders();
  readers.insert(createVirtualCard(await bench.contentsOf('emma')));
  const entry = { ...listEntry(gateway, bench.certificateAuthority), origin };
  const host = startHost(context, { gateways: [entry], openReaders: readers.open });
  const id = host.startLogin(origin);
  await host.find(({ type }) => type === 'pin-wanted');
  host.send({ type: 'pin', id, digits: [1, 2, 3, 4] });
  const reply = await host.findReply();
  assert.deepEqual(reply, { type: 'login', id, ok: true, completionCode: COMPLETION_CODE });
  const target = `${HOSTNAME}:${gateway.port}`;
  assert.deepEqual(proxy.asked, [target, target]);
  assert.deepEqual(proxy.credentials, [undefined, undefined]);
  assert.deepEqual(gateway.connections, ['kids-id-card/1', 'http/1.1']);
});

test('the tunnel ends with its connection', async (context) => {
  const proxy = await startProxy(context);
  const socket = await openConnection({ https_proxy: proxy.url });
  const [tunnel] = proxy.open;
  assert.ok(tunnel);
  socket.destroy();
  await closed(tunnel);
});

test('user name and password go to the proxy as Basic (RFC 7617)', async (context) => {
  const proxy = await startProxy(context);
  const url = proxy.url.replace('http://', 'http://anna:geheim%20woord@');
  (await openConnection({ https_proxy: url })).destroy();
  assert.deepEqual(proxy.credentials, [
    `Basic ${Buffer.from('anna:geheim woord').toString('base64')}`,
  ]);
});

test('a host that NO_PROXY names is not asked of the proxy', async (context) => {
  const proxy = await startProxy(context);
  const env = { https_proxy: proxy.url, no_proxy: '.kids-id.test' };
  // The system does not know the name: the host went to look for it by itself.
  await assert.rejects(openConnection(env), { code: 'GATEWAY_UNREACHABLE' });
  assert.deepEqual(proxy.asked, []);
});

test('names of this machine never go through the proxy (RFC 6761 §6.3)', async (context) => {
  const proxy = await startProxy(context);
  const certificate = bench.pki.issueWebCertificate(['gateway.localhost']);
  const local = await startCardGateway({ certificate });
  context.after(() => local.stop());
  (await openConnection({ https_proxy: proxy.url }, { origin: local.origin })).destroy();
  assert.deepEqual(proxy.asked, []);
});

/** GATEWAY_UNREACHABLE, and the doctor's field says why. */
async function failsBy(
  failure: ProxyFailure,
  status: number | undefined,
  opening: Promise<unknown>,
): Promise<void> {
  const error = await opening.then(
    () => assert.fail('a connection was opened'),
    (thrown: unknown) => thrown,
  );
  assert.equal((error as { code: string }).code, 'GATEWAY_UNREACHABLE');
  const found = findProxyFailure(error);
  assert.deepEqual([found?.failure, found?.status], [failure, status]);
}

for (const [name, manner, failure, status] of [
  ['wants credentials', { status: 407 }, 'credentials', 407],
  ['refuses', { status: 403 }, 'refused', 403],
  ['cannot reach the gateway', { status: 502 }, 'refused', 502],
  ['redirects', { status: 302 }, 'refused', 302],
  ['speaks before TLS does', { text: 'HTTP/1.1 200 x\r\n\r\nhello' }, 'malformed', 200],
  ['is no HTTP proxy', { text: 'SSH-2.0-x\r\n' }, 'malformed', undefined],
  ['hangs up', { text: '' }, 'unreachable', undefined],
] as const) {
  test(`a proxy that ${name} is GATEWAY_UNREACHABLE: ${failure}`, async (context) => {
    const proxy = await startProxy(context, manner);
    await failsBy(failure, status, openConnection({ https_proxy: proxy.url }));
    assert.equal(proxy.asked.length, 1, 'it is asked once');
  });
}

test('a proxy that says nothing is given up after the step’s deadline: silent', async (context) => {
  const proxy = await startProxy(context, 'hang');
  const opening = openConnection({ https_proxy: proxy.url }, { stepTimeoutMs: 300 });
  await failsBy('silent', undefined, opening);
});

test('a proxy whose headers never end is malformed, within bounds', async (context) => {
  const text = `HTTP/1.1 200 x\r\n${`x: ${'y'.repeat(1_000)}\r\n`.repeat(100)}`;
  const proxy = await startProxy(context, { text });
  await failsBy('malformed', undefined, openConnection({ https_proxy: proxy.url }));
});

test('nobody at the proxy’s address is GATEWAY_UNREACHABLE: unreachable', async () => {
  const closed = createTcpServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  const opening = openConnection({ https_proxy: `http://127.0.0.1:${port}` });
  await failsBy('unreachable', undefined, opening);
});

test('an https:// or socks proxy is not used, and the gateway is not reached past it: unusable', async () => {
  for (const url of ['https://127.0.0.1:1', 'socks5://127.0.0.1:1']) {
    await failsBy('unusable', undefined, openConnection({ https_proxy: url }));
  }
});

test('a tunnel in which nobody answers is GATEWAY_UNREACHABLE after the TLS step’s deadline, and no proxy’s fault', async (context) => {
  const proxy = await startProxy(context, 'hang-in-tunnel');
  const error = await openConnection({ https_proxy: proxy.url }, { stepTimeoutMs: 300 }).catch(
    (thrown: unknown) => thrown,
  );
  assert.equal((error as { code: string }).code, 'GATEWAY_UNREACHABLE');
  assert.equal(findProxyFailure(error), undefined);
  const [tunnel] = proxy.open;
  if (tunnel) await closed(tunnel);
});

test('a gateway that takes connections and says nothing is GATEWAY_UNREACHABLE after the step’s deadline', async (context) => {
  const silent = createTcpServer((socket) => void socket.on('error', () => undefined));
  const sockets: Socket[] = [];
  silent.on('connection', (socket) => void sockets.push(socket));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const local = `https://gateway.localhost:${port}`;
  await assert.rejects(openConnection({}, { origin: local, stepTimeoutMs: 300 }), {
    code: 'GATEWAY_UNREACHABLE',
  });
});

for (const manner of ['hang', 'hang-in-tunnel'] as const) {
  test(`a person who cancels does not wait for the proxy (${manner})`, async (context) => {
    const proxy = await startProxy(context, manner);
    const cancel = new AbortController();
    const reason = new Error('cancelled');
    const opening = openConnection({ https_proxy: proxy.url }, { signal: cancel.signal });
    const rejected = assert.rejects(opening, reason);
    while (proxy.open.size === 0) await new Promise((resolve) => setImmediate(resolve));
    cancel.abort(reason);
    await rejected;
    const [tunnel] = proxy.open;
    if (tunnel) await closed(tunnel);
  });
}

test('a proxy’s credentials stand in no error', async (context) => {
  const proxy = await startProxy(context, { status: 407 });
  const url = proxy.url.replace('http://', 'http://anna:geheimwoord@');
  let error: unknown = await openConnection({ https_proxy: url }).catch((thrown) => thrown);
  while (error instanceof Error) {
    assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /geheim|anna|Z2VoZWlt/);
    error = error.cause;
  }
});
