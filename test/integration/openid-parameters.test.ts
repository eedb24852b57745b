/** The other parameters of a request: what each does, and which are taken and do nothing. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type * as relyingParty from 'openid-client';
import { createBrowser, logIn } from './openid-browser.ts';
import { createRelyingParty, type Server, startLogin, startServer } from './openid-setup.ts';
import { callbackAtOnce, logInWhole, pushError } from './openid-whole-login.ts';

let server: Server;
let chat: relyingParty.Configuration;
before(async () => {
  server = await startServer();
  chat = await createRelyingParty(server);
});
after(() => server.close());

test('display: the four values are taken, others refused (OpenID Connect Core §3.1.2.1)', async () => {
  for (const display of ['page', 'popup', 'touch', 'wap']) await startLogin(chat, { display });
  assert.equal((await pushError(chat, { display: 'hologram' })).error, 'invalid_request');
});

test('prompt: login, consent and select_account ask for the card once; none never gives a code', async () => {
  for (const prompt of ['login', 'consent', 'select_account', 'login consent select_account']) {
    const { url } = await startLogin(chat, { prompt });
    assert.ok((await logIn(createBrowser(server), url)).searchParams.get('code'), prompt);
  }
  const none = await callbackAtOnce(server, chat, { prompt: 'none' });
  assert.equal(none.get('error'), 'login_required');
  assert.equal((await pushError(chat, { prompt: 'create' })).error, 'invalid_request');
});

test('max_age: every login is fresh, and auth_time says when it was', async () => {
  for (const max_age of ['0', '1', '10000']) {
    const { claims } = await logInWhole(server, { parameters: { max_age } });
    assert.ok(Math.abs(Date.now() / 1_000 - Number(claims['auth_time'])) < 60);
  }
  assert.equal((await pushError(chat, { max_age: '-1' })).error, 'invalid_request');
});

test('login_hint, ui_locales, claims_locales and what nobody knows change nothing in the token', async () => {
  const { claims } = await logInWhole(server, {
    parameters: {
      login_hint: 'somebody@chat.example',
      ui_locales: 'xx-YY',
      claims_locales: 'nl',
      unknown: 'parameter',
      scope: 'openid age_over_6 email',
    },
  });
  assert.equal(claims['age_over_6'], true);
  assert.equal(JSON.stringify(claims).includes('somebody@'), false);
});

test('every redirect of the browser is a 303 (RFC 9700 §4.12)', async () => {
  const { url } = await startLogin(chat);
  const browser = createBrowser(server);
  const start = await browser.send(url);
  const done = await browser.send(`${start.location}/complete`, {
    method: 'POST',
    body: { card: 'fox', age: 9 },
  });
  const end = await browser.send(JSON.parse(done.text).location);
  const refused = await createBrowser(server).send(
    (await startLogin(chat, { prompt: 'none' })).url,
  );
  assert.deepEqual([start.status, end.status, refused.status], [303, 303, 303]);
});

test('discovery follows the registry: it names PAR as required while every client has to', async () => {
  const all: { par: string }[] = [];
  const live = await startServer({
    changeOptions: (options) => ({
      ...options,
      clients: {
        find: options.clients.find,
        all: () => options.clients.all().filter(({ par }) => par === 'required' || all.length > 0),
      },
    }),
  });
  try {
    const read = async () => {
      const answer = await live.fetch(`${live.issuer}/.well-known/openid-configuration`);
      const document = (await answer.json()) as Record<string, unknown>;
      return document['require_pushed_authorization_requests'];
    };
    assert.equal(await read(), true);
    all.push({ par: 'optional' });
    assert.equal(await read(), false);
  } finally {
    await live.close();
  }
});
