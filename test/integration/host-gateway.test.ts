import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import {
  type CardGateway,
  type CardGatewayOptions,
  startCardGateway,
  webKeyOf,
} from '../kit/host/card-gateway.ts';
import {
  eventsOf,
  type HostPki,
  listEntry,
  openHostPki,
  type RunningHost,
  startHost,
} from '../kit/host/host-bench.ts';
import { createVirtualReaders } from '../kit/host/virtual-readers.ts';

let bench: HostPki;

before(async () => {
  bench = await openHostPki();
});
after(() => bench.close());

const certificate = () => bench.pki.issueWebCertificate(['gateway.localhost']);

async function startGateway(
  context: TestContext,
  options: Partial<CardGatewayOptions> = {},
): Promise<CardGateway> {
  const gateway = await startCardGateway({ certificate: certificate(), ...options });
  context.after(() => gateway.stop());
  return gateway;
}

type Entry = ReturnType<typeof listEntry>;

/** Logs in with emma's card and returns how it ended, and the host. */
async function logIn(
  context: TestContext,
  entry: Entry,
  origin = entry.origin,
): Promise<{ code: unknown; host: RunningHost; commands: string[] }> {
  const readers = createVirtualReaders();
  readers.insert(createVirtualCard(await bench.contentsOf('emma')));
  const host = startHost(context, { gateways: [entry], openReaders: readers.open });
  host.startLogin(origin);
  const reply = await host.findReply();
  return { code: reply['code'], host, commands: readers.commands };
}

/** No ticket, no certificate, nothing of a card, nothing asked. */
function assertNothingGiven(host: RunningHost, gateway: CardGateway, commands: string[]): void {
  assert.deepEqual(eventsOf(host), ['connecting']);
  assert.ok(gateway.paths.every((path) => path === '/card/start'));
  assert.deepEqual(commands, []);
}

test('an origin that is not on the list is GATEWAY_UNTRUSTED, before any network', async (context) => {
  const gateway = await startGateway(context);
  const entry = listEntry(gateway, bench.certificateAuthority);
  const listed = { ...entry, origin: 'https://gateway.localhost' };
  const { code, host, commands } = await logIn(context, listed, gateway.origin);
  assert.equal(code, 'GATEWAY_UNTRUSTED');
  assert.deepEqual([gateway.connections, eventsOf(host), commands], [[], [], []]);
});

test('another connection key is GATEWAY_UNTRUSTED, before ticket and card', async (context) => {
  const gateway = await startGateway(context);
  const entry = {
    ...listEntry(gateway, bench.certificateAuthority),
    connectionKey: 'A'.repeat(43),
  };
  const { code, host, commands } = await logIn(context, entry);
  assert.equal(code, 'GATEWAY_UNTRUSTED');
  assertNothingGiven(host, gateway, commands);
});

test('a proxy with a trusted certificate on the host’s connection is CONNECTION_INTERCEPTED, before ticket and card', async (context) => {
  const gateway = await startGateway(context);
  const { certificatePem: cert, privateKeyPem: key } = certificate();
  const relay = createServer(
    { cert, key, ALPNProtocols: ['kids-id-card/1', 'http/1.1'] },
    (near) => {
      const far = connect({
        port: gateway.port,
        host: '127.0.0.1',
        servername: 'gateway.localhost',
        ca: [Buffer.from(bench.pki.webCa.certificate)].map(
          (der) =>
            `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----`,
        ),
        ALPNProtocols: [String(near.alpnProtocol)],
      });
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
      near.on('close', () => far.destroy());
    },
  );
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  context.after(() => relay.close());
  const { port } = relay.address() as AddressInfo;
  const entry = {
    ...listEntry(gateway, bench.certificateAuthority),
    origin: `https://gateway.localhost:${port}`,
  };
  const { code, host, commands } = await logIn(context, entry);
  assert.equal(code, 'CONNECTION_INTERCEPTED');
  assert.deepEqual(gateway.paths, ['/card/start']);
  assertNothingGiven(host, gateway, commands);
});

test('a web listener with a key that the gateway does not name is CONNECTION_INTERCEPTED, before the ticket', async (context) => {
  const gateway = await startGateway(context, { webKeys: [webKeyOf(certificate().privateKey)] });
  const { code, host, commands } = await logIn(
    context,
    listEntry(gateway, bench.certificateAuthority),
  );
  assert.equal(code, 'CONNECTION_INTERCEPTED');
  assertNothingGiven(host, gateway, commands);
});

test('the web listener may show any of the keys that the gateway names: current and next', async (context) => {
  const web = certificate();
  const webKeys = [webKeyOf(certificate().privateKey), webKeyOf(web.privateKey)];
  const gateway = await startGateway(context, { certificate: web, webKeys });
  const readers = createVirtualReaders();
  const host = startHost(context, {
    gateways: [listEntry(gateway, bench.certificateAuthority)],
    openReaders: readers.open,
  });
  host.startLogin(gateway.origin);
  await host.find(({ type }) => type === 'site');
});

for (const [name, options] of [
  ['that speaks TLS 1.2 only', { maxVersion: 'TLSv1.2' }],
  ['that knows no card channel (ALPN)', { alpn: ['http/1.1'] }],
  ['that negotiates no ALPN at all', { alpn: [] }],
] as const) {
  test(`a gateway ${name} is GATEWAY_UNTRUSTED, and is sent nothing`, async (context) => {
    const gateway = await startGateway(context, options);
    const { code, host, commands } = await logIn(
      context,
      listEntry(gateway, bench.certificateAuthority),
    );
    assert.equal(code, 'GATEWAY_UNTRUSTED');
    assert.deepEqual(gateway.paths, []);
    assertNothingGiven(host, gateway, commands);
  });
}

test('a certificate of another name, or of a CA that only another entry names, is GATEWAY_UNTRUSTED', async (context) => {
  const other = await startGateway(context, {
    certificate: bench.pki.issueWebCertificate(['other.localhost']),
  });
  const wrongName = await logIn(context, listEntry(other, bench.certificateAuthority));
  assert.equal(wrongName.code, 'GATEWAY_UNTRUSTED');
  const gateway = await startGateway(context);
  const { certificateAuthority: _, ...withoutCa } = listEntry(gateway, bench.certificateAuthority);
  assert.equal((await logIn(context, withoutCa)).code, 'GATEWAY_UNTRUSTED');
  const missing = { ...withoutCa, certificateAuthority: `${bench.certificateAuthority}.none` };
  assert.equal((await logIn(context, missing)).code, 'GATEWAY_UNTRUSTED');
  assert.deepEqual([...other.paths, ...gateway.paths], []);
});

test('nobody listening is GATEWAY_UNREACHABLE', async (context) => {
  const closed = createTcpServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  const entry = { origin: `https://gateway.localhost:${port}`, connectionKey: 'A'.repeat(43) };
  const { code } = await logIn(context, {
    ...entry,
    certificateAuthority: bench.certificateAuthority,
  });
  assert.equal(code, 'GATEWAY_UNREACHABLE');
});

test('a request for signatures that no card makes is MESSAGE_MALFORMED', async (context) => {
  const gateway = await startGateway(context, { signatureSchemes: [0x0403] });
  const { code, host, commands } = await logIn(
    context,
    listEntry(gateway, bench.certificateAuthority),
  );
  assert.equal(code, 'MESSAGE_MALFORMED');
  assertNothingGiven(host, gateway, commands);
});

test('the gateway’s own code reaches the window', async (context) => {
  const gateway = await startGateway(context, {
    intercept(path, response) {
      if (path !== '/card/ticket') return false;
      response.writeHead(410).end('{"code":"LOGIN_EXPIRED"}');
      return true;
    },
  });
  const { code } = await logIn(context, listEntry(gateway, bench.certificateAuthority));
  assert.equal(code, 'LOGIN_EXPIRED');
});

for (const [name, status, body, code] of [
  [
    'with an unknown field',
    200,
    '{"site":{"name":"x"},"disclosure":{"ageOver":[],"pseudonym":true},"x":1}',
    'MESSAGE_MALFORMED',
  ],
  ['that is not JSON', 200, '<html>', 'MESSAGE_MALFORMED'],
  ['over 24 KiB', 200, ' '.repeat(24_577), 'MESSAGE_TOO_LARGE'],
  ['with a code that nobody knows', 400, '{"code":"OTHER"}', 'MESSAGE_MALFORMED'],
  ['that is a redirect', 302, '', 'MESSAGE_MALFORMED'],
] as const) {
  test(`a reply ${name} is ${code}`, async (context) => {
    const gateway = await startGateway(context, {
      intercept(path, response) {
        if (path !== '/card/ticket') return false;
        response.writeHead(status, status === 302 ? { location: '/card/ticket' } : {}).end(body);
        return true;
      },
    });
    const login = await logIn(context, listEntry(gateway, bench.certificateAuthority));
    assert.equal(login.code, code);
    assert.deepEqual(gateway.paths, ['/card/start', '/card/ticket']);
  });
}

test('a connection that drops while the PIN is awaited is GATEWAY_UNREACHABLE, and there is never a second one', async (context) => {
  const gateway = await startGateway(context);
  const readers = createVirtualReaders();
  readers.insert(createVirtualCard(await bench.contentsOf('emma')));
  const host = startHost(context, {
    gateways: [listEntry(gateway, bench.certificateAuthority)],
    openReaders: readers.open,
  });
  host.startLogin(gateway.origin);
  await host.find(({ type }) => type === 'pin-wanted');
  gateway.dropConnections();
  assert.equal((await host.findReply())['code'], 'GATEWAY_UNREACHABLE');
  assert.deepEqual(gateway.connections, ['kids-id-card/1', 'http/1.1']);
});

test('a reply that stops in the middle is GATEWAY_UNREACHABLE', async (context) => {
  const gateway = await startGateway(context, {
    intercept(path, response) {
      if (path !== '/card/ticket') return false;
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"site"');
      response.flushHeaders();
      setImmediate(() => response.destroy());
      return true;
    },
  });
  const { code } = await logIn(context, listEntry(gateway, bench.certificateAuthority));
  assert.equal(code, 'GATEWAY_UNREACHABLE');
});
