import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { decodeBase64url } from '../../gateway/protocol/bytes.ts';
import { CARD_CHANNEL_HEARTBEAT_MS } from '../../gateway/protocol/card-channel.ts';
import {
  CONNECTION_CHECK_BYTES,
  CONNECTION_CHECK_LABEL,
  type ConnectionKey,
  sha256,
  verifyConnectionCheck,
} from '../../gateway/protocol/connection-check.ts';
import { assertRefused, createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import {
  makeAuthenticator,
  makeEmptyAuthenticator,
  type RawCard,
} from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

let gateway: TestGateway;
let steps: LoginSteps;
let emma: RawCard;

before(async () => {
  gateway = await startTestGateway();
  steps = await createLoginSteps(gateway);
  emma = await steps.cardOf('emma');
});

after(() => gateway.stop());

test('the connection check is signed by the pinned key over this connection (rfc9261, Connection check)', async () => {
  const host = await steps.connect();
  const started = await steps.start(host);
  const request = decodeBase64url(String(started['request']));
  const check = started['check'] as { key: ConnectionKey; signature: string; webKeys: string[] };
  const context = Buffer.from(await sha256(request));
  await verifyConnectionCheck({
    statement: {
      exporterValue: host.socket.exportKeyingMaterial(
        CONNECTION_CHECK_BYTES,
        CONNECTION_CHECK_LABEL,
        context,
      ),
      request,
      webKeys: check.webKeys.map(decodeBase64url),
    },
    key: check.key,
    signature: decodeBase64url(check.signature),
    pinnedThumbprint: gateway.connectionKeyThumbprint,
  });
  const seen = host.socket
    .getPeerX509Certificate()
    ?.publicKey.export({ type: 'spki', format: 'der' });
  assert.ok(seen);
  assert.deepEqual(check.webKeys, [Buffer.from(await sha256(seen)).toString('base64url')]);
  host.close();
});

test('the person is told what the ticket was issued for: name, picture, ages, pseudonym', async () => {
  const login = await steps.openLogin();
  const host = await steps.connect();
  await steps.start(host);
  const reply = await host.post('/card/ticket', { ticket: await steps.ticketOf(login) });
  assert.equal(reply.status, 200);
  const { site, disclosure } = reply.body as { site: { name: string }; disclosure: object };
  assert.equal(site.name, 'Coucou');
  assert.deepEqual(disclosure, {
    ageOver: [9],
    requireAge: { min: 6, below: 13 },
    pseudonym: true,
  });
  host.close();
});

test('each path of the card channel needs the one before it', async () => {
  const login = await steps.openLogin();
  const ticket = await steps.ticketOf(login);
  const host = await steps.connect();
  for (const [path, body] of [
    ['/card/ticket', { ticket }],
    ['/card/certificate', { issuer: 'MAAA', serial: 'EAA' }],
    ['/card/wait', {}],
    ['/card/authenticator', { authenticator: 'FAAA' }],
  ] as const) {
    await assertRefused(
      host,
      { path: path, body: body },
      { status: 400, code: 'MESSAGE_MALFORMED' },
    );
  }
  await steps.start(host);
  await assertRefused(
    host,
    { path: '/card/start', body: { protocol: 1, hostVersion: '0.1.0' } },
    { status: 400, code: 'MESSAGE_MALFORMED' },
  );
  await assertRefused(
    host,
    { path: '/card/wait', body: {} },
    { status: 400, code: 'MESSAGE_MALFORMED' },
  );
  assert.equal((await host.post('/card/ticket', { ticket })).status, 200);
  await assertRefused(
    host,
    { path: '/card/ticket', body: { ticket } },
    { status: 400, code: 'MESSAGE_MALFORMED' },
  );
  assert.equal((await host.post('/card/wait', {})).status, 200);
  host.close();
});

test('a body that is oversize, not JSON, or of another shape is refused by its code', async () => {
  const host = await steps.connect();
  await assertRefused(
    host,
    { path: '/card/start', body: '{' },
    { status: 400, code: 'MESSAGE_MALFORMED' },
  );
  await assertRefused(
    host,
    { path: '/card/start', body: { protocol: 1, hostVersion: '0.1.0', more: 1 } },
    { status: 400, code: 'MESSAGE_MALFORMED' },
  );
  await assertRefused(
    host,
    { path: '/card/nothing', body: {} },
    { status: 400, code: 'MESSAGE_MALFORMED' },
  );
  host.close();
  const other = await steps.connect();
  await assertRefused(
    other,
    { path: '/card/start', body: 'x'.repeat(24_577) },
    { status: 413, code: 'MESSAGE_TOO_LARGE' },
  );
  other.close();
});

test('a spent ticket is LOGIN_EXPIRED, and so is the card on a connection that failed with one', async () => {
  const login = await steps.openLogin();
  const ticket = await steps.ticketOf(login);
  await steps.proveCard(ticket, emma);
  const host = await steps.connect();
  await steps.start(host);
  await assertRefused(
    host,
    { path: '/card/ticket', body: { ticket } },
    { status: 410, code: 'LOGIN_EXPIRED' },
  );
  await assertRefused(
    host,
    { path: '/card/wait', body: {} },
    { status: 400, code: 'MESSAGE_MALFORMED' },
  );
  host.close();
});

test('a host of another protocol version is told so by name', async () => {
  const host = await steps.connect();
  await assertRefused(
    host,
    { path: '/card/start', body: { protocol: 2, hostVersion: '9.0.0' } },
    { status: 400, code: 'HOST_TOO_OLD' },
  );
  host.close();
});

test('a connection outlives the silence between two heartbeats while a PIN is typed (design §8)', async () => {
  const { socket } = await steps.connect();
  socket.write('POST /card/wait HTTP/1.1\r\nhost: gateway.localhost\r\ncontent-length: 0\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  const seconds = /keep-alive: timeout=(\d+)/i.exec(answer.toString())?.[1];
  assert.ok(Number(seconds) * 1_000 > 2 * CARD_CHANNEL_HEARTBEAT_MS);
  socket.destroy();
});

test('an authenticator of another connection is AUTHENTICATOR_INVALID (RFC 9261 §5.2.2)', async () => {
  const login = await steps.openLogin();
  const host = await steps.connect();
  const octets = await steps.claim(host, await steps.ticketOf(login));
  const elsewhere = await steps.connect();
  const authenticator = await makeAuthenticator({
    keys: elsewhere.keys(),
    request: octets,
    card: emma,
  });
  await assertRefused(
    host,
    { path: '/card/authenticator', body: { authenticator } },
    { status: 403, code: 'AUTHENTICATOR_INVALID' },
  );
  host.close();
  elsewhere.close();
});

test('a connection proves one card: the second authenticator is refused, right or wrong (design §2)', async () => {
  const login = await steps.openLogin();
  const host = await steps.connect();
  const octets = await steps.claim(host, await steps.ticketOf(login));
  const authenticator = await makeAuthenticator({ keys: host.keys(), request: octets, card: emma });
  assert.equal((await host.post('/card/authenticator', { authenticator })).status, 200);
  await assertRefused(
    host,
    { path: '/card/authenticator', body: { authenticator } },
    { status: 400, code: 'MESSAGE_MALFORMED' },
  );
  host.close();
});

test('a signature by another key than the certificate names is AUTHENTICATOR_INVALID, before OCSP is asked', async () => {
  const asked = gateway.ocsp.requests.length;
  const { key } = await steps.cardOf('noah');
  const { status, body } = await steps.prove(await newTicket(), {
    certificate: emma.certificate,
    key,
  });
  assert.deepEqual([status, body], [403, { code: 'AUTHENTICATOR_INVALID' }]);
  assert.equal(gateway.ocsp.requests.length, asked);
});

test('an empty authenticator is an authenticated "no" (RFC 9261 §6)', async () => {
  const login = await steps.openLogin();
  const host = await steps.connect();
  const octets = await steps.claim(host, await steps.ticketOf(login));
  const authenticator = await makeEmptyAuthenticator(host.keys(), octets);
  await assertRefused(
    host,
    { path: '/card/authenticator', body: { authenticator } },
    { status: 403, code: 'USER_CANCELLED' },
  );
  host.close();
});

for (const [name, code] of [
  ['milan', 'CERTIFICATE_REVOKED'],
  ['julie', 'CERTIFICATE_EXPIRED'],
  ['wout', 'CERTIFICATE_ISSUER_UNKNOWN'],
  ['karel', 'AGE_OUTSIDE'],
] as const) {
  test(`the card of ${name} is ${code}`, async () => {
    const { body } = await steps.prove(await newTicket(), await steps.cardOf(name));
    assert.deepEqual(body, { code });
  });
}

test('without an answer from OCSP the login ends in REVOCATION_UNKNOWN (design §7, fail closed)', async () => {
  gateway.ocsp.setMode('dead');
  try {
    const noah = await steps.cardOf('noah');
    assert.deepEqual((await steps.prove(await newTicket(), noah)).body, {
      code: 'REVOCATION_UNKNOWN',
    });
  } finally {
    gateway.ocsp.setMode('normal');
  }
});

test('naming the certificate starts OCSP while the PIN is typed (design §2, step 6)', async () => {
  const login = await steps.openLogin();
  const host = await steps.connect();
  const octets = await steps.claim(host, await steps.ticketOf(login));
  const asked = gateway.ocsp.requests.length;
  const serial = Buffer.from(new X509Certificate(emma.certificate).serialNumber, 'hex');
  const { issuerDer } = parseCertificate(emma.certificate);
  const named = await host.post('/card/certificate', {
    issuer: Buffer.from(issuerDer).toString('base64url'),
    serial: serial.toString('base64url'),
  });
  assert.equal(named.status, 200);
  const deadline = Date.now() + 5_000;
  while (gateway.ocsp.requests.length === asked && Date.now() < deadline) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(gateway.ocsp.requests.length, asked + 1);
  const authenticator = await makeAuthenticator({ keys: host.keys(), request: octets, card: emma });
  assert.equal((await host.post('/card/authenticator', { authenticator })).status, 200);
  host.close();
});

async function newTicket(): Promise<string> {
  return steps.ticketOf(await steps.openLogin());
}
