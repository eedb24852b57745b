/** Sites that are told when a login is over (OpenID Connect Back-Channel Logout 1.0). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { createBrowser } from './openid-browser.ts';
import { cardIndexOf, countRows, type Server, startServer } from './openid-setup.ts';
import { logInWhole } from './openid-whole-login.ts';

const AFTER = 'https://chat.example/after?from=login';
const FOX = { card: 'fox', age: 9 };

/** The site's back channel: what it got, and what it says to the next ones. */
const received: { path: string; type: string | undefined; token: string }[] = [];
let answers: (number | 'never')[] = [];
const folder = mkdtempSync(join(tmpdir(), 'kids-id-logout-'));
const receiver = createServer(createReceiverCertificate(), (request, response) => {
  void receive(request, response);
});

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const type = request.headers['content-type'];
  received.push({ path: request.url ?? '', type, token: form.get('logout_token') ?? '' });
  const status = answers.shift() ?? 200;
  if (status === 'never') return;
  response.writeHead(status, { location: '/elsewhere' }).end();
}

let server: Server;
let careful: Server;
let endSessionsOfCard: (cardIndex: string) => Promise<void>;
before(async () => {
  setDefaultCACertificates([
    ...getCACertificates('default'),
    readFileSync(join(folder, 'certificate.pem'), 'utf8'),
  ]);
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiver.unref();
  const { port } = receiver.address() as AddressInfo;
  const moreClients = (file: object) => [
    {
      ...file,
      clientId: 'told',
      postLogoutRedirectUris: [AFTER],
      backchannelLogoutUri: `https://127.0.0.1:${port}/backchannel`,
    },
    {
      ...file,
      clientId: 'told-too',
      sector: 'www.chat.example',
      backchannelLogoutUri: `https://rp.localhost:${port}/second`,
    },
  ];
  server = await startServer({
    moreClients,
    onOpenId: (openId) => {
      endSessionsOfCard = openId.endSessionsOfCard;
    },
    changeOptions: (options) => ({ ...options, backchannelHosts: ['127.0.0.1', 'rp.localhost'] }),
  });
  careful = await startServer({ moreClients });
});
after(async () => {
  await server.close();
  await careful.close();
  receiver.closeAllConnections();
  receiver.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  received.length = 0;
  answers = [];
});

async function logInTo(clientId: string, at = server, card = 'fox') {
  const { tokens, claims } = await logInWhole(at, { clientId, person: { ...FOX, card } });
  return { hint: tokens.id_token ?? '', sub: claims.sub };
}

function logOut(parameters: Record<string, string>, at = server) {
  return createBrowser(at).send(`/logout?${new URLSearchParams(parameters)}`);
}

describe('the back channel', () => {
  test('tells the site that logs out whose login ended (Back-Channel Logout §2.4)', async () => {
    const { hint, sub } = await logInTo('told');
    await logOut({ id_token_hint: hint, post_logout_redirect_uri: AFTER });
    const [message, ...others] = received;
    assert.deepEqual(others, []);
    assert.equal(message?.path, '/backchannel');
    assert.match(message?.type ?? '', /^application\/x-www-form-urlencoded/);
    await checkLogoutToken(message?.token ?? '', 'told', sub);
  });

  test('tells nobody for a hint that is not right, or without one', async () => {
    await logInTo('told');
    await logOut({ client_id: 'told' });
    await logOut({ id_token_hint: 'x' });
    assert.deepEqual(received, []);
  });

  test('tells every site that a card signed in to, once, when the card is revoked', async () => {
    const first = await logInTo('told', server, 'lynx');
    const second = await logInTo('told-too', server, 'lynx');
    await logInTo('told', server, 'owl');
    await endSessionsOfCard(cardIndexOf('lynx'));
    const paths = received.map(({ path }) => path).sort();
    assert.deepEqual(paths, ['/backchannel', '/second']);
    for (const { path, token } of received) {
      const [clientId, { sub }] =
        path === '/second' ? (['told-too', second] as const) : (['told', first] as const);
      await checkLogoutToken(token, clientId, sub);
    }
    await endSessionsOfCard(cardIndexOf('lynx'));
    assert.equal(received.length, 2);
    await endSessionsOfCard(cardIndexOf('owl'));
    assert.equal(received.length, 3);
  });

  test('forgets a login after 24 hours', async () => {
    await logInTo('told', server, 'stoat');
    try {
      server.clock.aheadMs = 24 * 3_600_000;
      await endSessionsOfCard(cardIndexOf('stoat'));
      assert.deepEqual(received, []);
    } finally {
      server.clock.aheadMs = 0;
    }
  });

  test('keeps an index that names neither card nor person nor site', async () => {
    const before = countRows(server)['sealed'] ?? 0;
    const { sub } = await logInTo('told', server, 'marten');
    assert.equal(countRows(server)['sealed'], before + 1);
    const disk = Buffer.concat([readFileSync(server.path), readFileSync(`${server.path}-wal`)]);
    assert.equal(disk.includes(cardIndexOf('marten')), false);
    const rows = disk.toString('latin1').split('sealed').slice(1);
    assert.equal(
      rows.some((row) => row.slice(0, 200).includes(sub)),
      false,
    );
    await endSessionsOfCard(cardIndexOf('marten'));
  });

  test('tries a second time, and no third', async () => {
    await logInTo('told', server, 'hare');
    answers = [503, 200];
    await endSessionsOfCard(cardIndexOf('hare'));
    assert.equal(received.length, 2);
    await logInTo('told', server, 'hare');
    answers = [503, 503, 503];
    await endSessionsOfCard(cardIndexOf('hare'));
    assert.equal(received.length, 4);
  });

  test('follows no redirect, and waits for nobody for long', async () => {
    await logInTo('told', server, 'vole');
    answers = [302, 'never'];
    const started = Date.now();
    await endSessionsOfCard(cardIndexOf('vole'));
    assert.ok(Date.now() - started < 6_000);
    assert.deepEqual(
      received.map(({ path }) => path),
      ['/backchannel', '/backchannel'],
    );
  });

  test('reaches no machine inside unless the operator lists it (RFC 6890)', async () => {
    const { hint } = await logInTo('told', careful);
    const answer = await logOut({ id_token_hint: hint, post_logout_redirect_uri: AFTER }, careful);
    assert.equal(answer.status, 303);
    assert.deepEqual(received, []);
    const events = careful.log.map((entry) => (entry as { event?: string }).event);
    assert.ok(events.includes('backchannel.error'));
  });
});

async function checkLogoutToken(token: string, clientId: string, sub: string): Promise<void> {
  const jwks = await (await server.fetch(`${server.issuer}/jwks`)).json();
  const keys = createLocalJWKSet(jwks as JSONWebKeySet);
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: server.issuer,
    audience: clientId,
    subject: sub,
    typ: 'logout+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['iat', 'exp', 'jti'],
  });
  assert.deepEqual(protectedHeader, { alg: 'ES256', typ: 'logout+jwt', kid: 'signing' });
  assert.deepEqual(Object.keys(payload).sort(), [
    'aud',
    'events',
    'exp',
    'iat',
    'iss',
    'jti',
    'sub',
  ]);
  assert.deepEqual(payload['events'], { 'http://schemas.openid.net/event/backchannel-logout': {} });
  assert.equal(Number(payload.exp) - Number(payload.iat), 120);
}

function createReceiverCertificate(): { key: string; cert: string } {
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const names = 'subjectAltName=IP:127.0.0.1,DNS:rp.localhost';
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const files = ['-keyout', keyFile, '-out', certFile, '-days', '2'];
  const subject = ['-subj', '/CN=TEST ONLY back channel', '-addext', names];
  execFileSync('openssl', [...made, ...files, ...subject], { stdio: 'ignore', timeout: 20_000 });
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
}
