/** The card channel over another transport than fresh TLS 1.3 with HTTP/1.1 (design §2, rfc9261). */
import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { openCardConnection } from '../../gateway/login/card-connection.ts';
import { exportAuthenticatorKeys } from '../../native-host/login/authenticator.ts';
import { openTlsConnection } from '../../native-host/login/tls-connection.ts';
import { connectRawTls, encodePost } from '../kit/attack/raw-tls.ts';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { openRawBrowser } from '../kit/gateway/raw-browser.ts';
import { makeAuthenticator } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const START = JSON.stringify({ protocol: 1, hostVersion: '0.1.0' });
const MALFORMED = '{"code":"MESSAGE_MALFORMED"}';

let gateway: TestGateway;
let steps: LoginSteps;
let server: Server;

before(async () => {
  const findServer = (message: unknown) => {
    ({ server } = message as { server: Server });
  };
  channel('http.server.request.start').subscribe(findServer);
  gateway = await startTestGateway();
  steps = await createLoginSteps(gateway);
  channel('http.server.request.start').unsubscribe(findServer);
});

after(() => gateway.stop());

test('a session of one connection is not resumed by the gateway on another (design §2, no resumption)', async () => {
  for (const ALPNProtocols of [['kids-id-card/1'], ['http/1.1']]) {
    const first = await connectRawTls(gateway, { ALPNProtocols });
    const sessions: Buffer[] = [];
    first.socket.on('session', (session: Buffer) => void sessions.push(session));
    first.socket.write(encodePost('/card/start', START));
    await first.readAnswers(1);
    // OpenSSL hands out two names of sessions even so: there is nothing behind them.
    assert.equal(sessions.length, 2);
    for (const session of sessions) {
      const again = await connectRawTls(gateway, { ALPNProtocols, session });
      assert.equal(again.socket.isSessionReused(), false);
      assert.ok(again.socket.getPeerX509Certificate(), 'the certificate was shown again');
      again.socket.destroy();
    }
    first.socket.destroy();
  }
});

test('were a session resumed, the gateway would refuse the connection by its own check (design §2, both ends refuse)', async (context) => {
  const resuming = await startResumingServer(context);
  const port = resuming.port();
  const sessions: Buffer[] = [];
  const options = { port, host: '127.0.0.1', ca: gateway.webCa, servername: 'gateway.localhost' };
  const first = connect({ ...options, ALPNProtocols: ['kids-id-card/1'] });
  // Its end belongs to the listener's, also when the test fails.
  first.on('error', () => first.destroy());
  first.on('session', (session: Buffer) => void sessions.push(session));
  const fresh = await resuming.accepted();
  assert.equal(openCardConnection(fresh, new Date()).state.at, 'fresh');
  while (sessions.length === 0) await once(first, 'session');
  const [session] = sessions;
  assert.ok(session);
  const second = connect({ ...options, session, ALPNProtocols: ['kids-id-card/1'] });
  second.on('error', () => second.destroy());
  const resumed = await resuming.accepted();
  assert.equal(resumed.isSessionReused(), true);
  throwsWithCode('CONNECTION_INTERCEPTED', () => openCardConnection(resumed, new Date()));
  for (const socket of [first, second]) socket.destroy();
});

test('a host never offers a session, not even to a listener that would resume it (design §2, both ends refuse)', async (context) => {
  const resuming = await startResumingServer(context);
  for (let login = 0; login < 3; login += 1) {
    const accepted = resuming.accepted();
    const socket = await openTlsConnection({
      origin: `https://gateway.localhost:${resuming.port()}`,
      roots: [gateway.webCa],
      alpn: 'kids-id-card/1',
      minVersion: 'TLSv1.3',
      signal: AbortSignal.timeout(10_000),
    });
    assert.equal((await accepted).isSessionReused(), false);
    socket.destroy();
  }
});

for (const ALPNProtocols of [['kids-id-card/1'], ['http/1.1'], []]) {
  test(`TLS 1.2 is refused in the handshake, ALPN [${ALPNProtocols}] (rfc9261, TLS 1.3 only)`, async () => {
    await assert.rejects(connectRawTls(gateway, { ALPNProtocols, maxVersion: 'TLSv1.2' }), {
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
  });
}

for (const offered of [['h2'], ['kids-id-card/2'], ['http/1.0', 'KIDS-ID-CARD/1']]) {
  test(`a client that offers only ALPN [${offered}] gets no connection (RFC 7301 §3.2)`, async () => {
    await assert.rejects(connectRawTls(gateway, { ALPNProtocols: offered }), {
      code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    });
  });
}

test('a client that offers HTTP/2 first still gets HTTP/1.1 (design §2, HTTP/1.1 only)', async () => {
  const { socket } = await connectRawTls(gateway, { ALPNProtocols: ['h2', 'http/1.1'] });
  assert.equal(socket.alpnProtocol, 'http/1.1');
  socket.destroy();
});

test('an HTTP/2 preface on the card channel ends the connection (rfc9261, HTTP/2 refused)', async () => {
  const raw = await connectRawTls(gateway);
  raw.socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
  assert.match(await raw.readAll(), /^HTTP\/1\.1 400 /);
});

test('an upgrade on the card channel is no way to another protocol (rfc9261, HTTP/2 refused)', async () => {
  const raw = await connectRawTls(gateway);
  raw.socket.write(encodePost('/card/start', START, ['connection: upgrade', 'upgrade: h2c']));
  const answer = await raw.readAnswers(1);
  assert.doesNotMatch(answer, /^HTTP\/1\.1 101 /);
  raw.socket.destroy();
  const tunnel = await connectRawTls(gateway);
  tunnel.socket.write('CONNECT gateway.localhost:443 HTTP/1.1\r\nhost: gateway.localhost\r\n\r\n');
  assert.equal(await tunnel.readAll(), '');
});

test('card paths do not exist on the web channel, with ALPN http/1.1 or none (design §2, ALPN tells apart)', async () => {
  for (const ALPNProtocols of [['http/1.1'], []]) {
    for (const path of ['start', 'ticket', 'certificate', 'wait', 'authenticator']) {
      const raw = await connectRawTls(gateway, { ALPNProtocols });
      const { host } = new URL(gateway.origin);
      const post = encodePost(`/card/${path}`, START);
      raw.socket.write(post.replace('host: gateway.localhost', `host: ${host}`));
      assert.match(await raw.readAnswers(1), /^HTTP\/1\.1 404 /);
      raw.socket.destroy();
    }
  }
});

test('web paths do not exist on the card channel, nor card paths by another method or spelling (design §2, ALPN tells apart)', async () => {
  const { page } = await steps.openLogin();
  const web = [page, `${page}/ticket`, '/auth', '/par', '/token', '/jwks', '/assets/page.css'];
  const odd = ['/card/start?', '/card/start/', '/CARD/start', '//card/start', '/card/__proto__'];
  for (const path of [...web, ...odd, 'https://gateway.localhost/card/start']) {
    const raw = await connectRawTls(gateway);
    raw.socket.write(encodePost(path, START));
    const answer = await raw.readAnswers(1);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.ok(answer.includes(MALFORMED), path);
    raw.socket.destroy();
  }
  for (const method of ['GET', 'PUT', 'OPTIONS']) {
    const raw = await connectRawTls(gateway);
    raw.socket.write(encodePost('/card/start', START).replace('POST', method));
    assert.ok((await raw.readAnswers(1)).includes(MALFORMED), method);
    raw.socket.destroy();
  }
});

test('requests pipelined on one socket get no second request, ticket or card out of it (design §8, one after another)', async () => {
  const raw = await connectRawTls(gateway);
  raw.socket.write(encodePost('/card/start', START).repeat(3));
  const started = await raw.readAnswers(3);
  assert.equal(started.split('"request"').length - 1, 1);
  assert.equal(started.split(MALFORMED).length - 1, 2);
  const ticket = await steps.ticketOf(await steps.openLogin());
  raw.socket.write(encodePost('/card/ticket', JSON.stringify({ ticket })).repeat(3));
  const claimed = (await raw.readAnswers(6)).slice(started.length);
  assert.equal(claimed.split('"site"').length - 1, 1);
  assert.equal(claimed.split(MALFORMED).length - 1, 2);
  raw.socket.destroy();
});

test('two authenticators at once on one connection: the first is judged, the second is refused (design §2, one login per connection)', async () => {
  const raw = await connectRawTls(gateway);
  const ticket = await steps.ticketOf(await steps.openLogin());
  raw.socket.write(encodePost('/card/start', START));
  const request = /"request":"([^"]+)"/.exec(await raw.readAnswers(1))?.[1] ?? '';
  raw.socket.write(encodePost('/card/ticket', JSON.stringify({ ticket })));
  await raw.readAnswers(2);
  const authenticator = await makeAuthenticator({
    keys: exportAuthenticatorKeys(raw.socket),
    request: Buffer.from(request, 'base64url'),
    card: await steps.cardOf('emma'),
  });
  const post = encodePost('/card/authenticator', JSON.stringify({ authenticator }));
  raw.socket.write(post.repeat(2));
  const text = await raw.readAnswers(4);
  assert.equal(text.split('"completionCode"').length - 1, 1);
  assert.equal(text.split(MALFORMED).length - 1, 1);
  raw.socket.destroy();
});

test('a body with two lengths, or one hidden behind another, ends the connection (RFC 9112 §6.3)', async () => {
  for (const header of ['transfer-encoding: chunked', 'content-length: 1']) {
    const raw = await connectRawTls(gateway);
    raw.socket.write(encodePost('/card/start', START, [header]));
    assert.match(await raw.readAll(), /^HTTP\/1\.1 400 /);
  }
});

test('headers over 16 KiB are refused on both channels, and a body over its limit before it has come (design §8)', async () => {
  for (const ALPNProtocols of [['kids-id-card/1'], ['http/1.1']]) {
    const raw = await connectRawTls(gateway, { ALPNProtocols });
    raw.socket.write(encodePost('/card/start', START, [`x: ${'a'.repeat(17_000)}`]));
    assert.match(await raw.readAll(), /^HTTP\/1\.1 431 /);
  }
  const raw = await connectRawTls(gateway);
  const announced = encodePost('/card/start', '').replace('length: 0', 'length: 1000000000');
  raw.socket.write(announced + ' '.repeat(30_000));
  assert.match(await raw.readAnswers(1), /^HTTP\/1\.1 413 .*MESSAGE_TOO_LARGE/s);
  raw.socket.destroy();
  const { browser, page } = await steps.openLogin();
  const long = await browser.postJson(`${page}/complete`, { completionCode: 'A'.repeat(1_025) });
  assert.deepEqual([long.status, long.text], [413, '{"code":"MESSAGE_TOO_LARGE"}']);
});

test('a body, headers or a first byte that never comes is cut off at the server’s limit, on both channels (design §7, every outside call has a deadline)', async () => {
  const { requestTimeout, headersTimeout } = server;
  assert.deepEqual([requestTimeout, headersTimeout], [15_000, 15_000]);
  // The same server with a shorter patience: what is tried is that the limit is looked at at all.
  Object.assign(server, { requestTimeout: 200, headersTimeout: 200 });
  try {
    const half = encodePost('/card/start', START).slice(0, -5);
    await Promise.all(
      [['kids-id-card/1'], ['http/1.1']].flatMap((ALPNProtocols) =>
        ['', 'POST /card/start HTTP/1.1\r\nx: ', half].map(async (sent) => {
          const raw = await connectRawTls(gateway, { ALPNProtocols });
          raw.socket.write(sent);
          const answer = await raw.readAll();
          assert.match(answer, ALPNProtocols[0] === 'http/1.1' ? /^HTTP\/1\.1 4/ : /408/);
        }),
      ),
    );
  } finally {
    Object.assign(server, { requestTimeout, headersTimeout });
  }
  assert.equal((await openRawBrowser(gateway).get('/jwks')).status, 200);
});

/** A listener with the web CA's certificate that gives out sessions and takes them back. */
async function startResumingServer(context: TestContext) {
  const { certificatePem, privateKeyPem } = gateway.pki.issueWebCertificate(['gateway.localhost']);
  const options = { cert: certificatePem, key: privateKeyPem, ALPNProtocols: ['kids-id-card/1'] };
  const sockets: TLSSocket[] = [];
  const listener = createServer(options);
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  return {
    port: () => (listener.address() as AddressInfo).port,
    async accepted(): Promise<TLSSocket> {
      const [socket] = (await once(listener, 'secureConnection')) as [TLSSocket];
      socket.on('error', () => socket.destroy());
      sockets.push(socket);
      return socket;
    },
  };
}
