/** Requests that must not lead to a login or to tokens (RFC 9700, RFC 9126, OpenID Connect Core). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as relyingParty from 'openid-client';
import { answerLogin, createBrowser, locationOf, logIn } from './openid-browser.ts';
import {
  CALLBACK,
  createRelyingParty,
  type Server,
  startLogin,
  startServer,
} from './openid-setup.ts';

let server: Server;
let chat: relyingParty.Configuration;
before(async () => {
  server = await startServer();
  chat = await createRelyingParty(server);
});
after(() => server.close());

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** Parameters of a request that is not pushed, right for the public client. */
const PLAIN = {
  client_id: 'public',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
  state: 'a-state-of-16-chars',
};

async function sendPlain(changes: Record<string, string | undefined>, extra = '') {
  const entries = Object.entries({ ...PLAIN, ...changes }).filter((pair) => pair[1] !== undefined);
  const query = new URLSearchParams(entries as [string, string][]);
  return createBrowser(server).send(`/auth?${query}${extra}`);
}

async function pushError(parameters: Record<string, string>): Promise<string> {
  const push = startLogin(chat, parameters);
  const error = await push.then(
    () => assert.fail('request was taken'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof relyingParty.ResponseBodyError, String(error));
  return error.error;
}

async function errorAtCallback(parameters: Record<string, string>): Promise<URLSearchParams> {
  const { url, checks } = await startLogin(chat, parameters);
  const callback = locationOf(await createBrowser(server).send(url));
  assert.equal(callback.origin + callback.pathname, CALLBACK);
  assert.equal(callback.searchParams.get('state'), checks.expectedState);
  assert.equal(callback.searchParams.get('iss'), server.issuer);
  assert.equal(callback.searchParams.get('code'), null);
  return callback.searchParams;
}

describe('a pushed request is refused', () => {
  const refusals: [name: string, parameters: Record<string, string>, error: string][] = [
    ['with plain PKCE (RFC 9700 §2.1.1)', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with a redirect URI of its own', { redirect_uri: `${CALLBACK}/` }, 'invalid_request'],
    ['with another port', { redirect_uri: 'https://chat.example:444/callback' }, 'invalid_request'],
    ['for the implicit flow', { response_type: 'id_token' }, 'invalid_request'],
    ['for the hybrid flow', { response_type: 'code id_token' }, 'invalid_request'],
    ['without a response', { response_type: 'none' }, 'unsupported_response_type'],
    ['with response mode form_post', { response_mode: 'form_post' }, 'invalid_request'],
    ['with response mode fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['for an age that is not registered', { scope: 'openid age_over_18' }, 'invalid_scope'],
    ['for an age that does not exist', { scope: 'openid age_over_7' }, 'invalid_scope'],
    ['for an age written otherwise', { scope: 'openid age_over_06' }, 'invalid_scope'],
    ['with a nonce and without openid', { scope: 'age_over_6' }, 'invalid_request'],
    ['with a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['with prompt none and login', { prompt: 'none login' }, 'invalid_request'],
  ];
  for (const [name, parameters, error] of refusals) {
    test(name, async () => assert.equal(await pushError(parameters), error));
  }

  test('from a client that is not registered', async () => {
    const stranger = await relyingParty.discovery(
      new URL(server.issuer),
      'stranger',
      {},
      relyingParty.PrivateKeyJwt({ key: server.clientKeys.privateKey, kid: 'k1' }),
      { [relyingParty.customFetch]: server.fetch as relyingParty.CustomFetch },
    );
    await assert.rejects(startLogin(stranger), { error: 'invalid_client' });
  });

  test('twice the same parameter (RFC 6749 §3.1)', async () => {
    const body = new URLSearchParams({ ...PLAIN, client_id: 'public' });
    body.append('scope', 'openid age_over_6');
    const response = await server.fetch(`${server.issuer}/par`, { method: 'POST', body });
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_request');
  });
});

describe('a request that is not pushed', () => {
  test('is taken from a client whose file says so', async () => {
    assert.match((await sendPlain({})).location ?? '', /^\/login\//);
  });

  test('is refused from any other (RFC 9126 §5)', async () => {
    const { searchParams } = locationOf(await sendPlain({ client_id: 'chat' }));
    assert.equal(searchParams.get('error'), 'invalid_request');
  });

  test('is refused for an age that is not registered, and without openid', async () => {
    for (const scope of ['openid age_over_18', 'openid age_over_7', 'age_over_6', undefined]) {
      const { searchParams } = locationOf(await sendPlain({ scope }));
      assert.equal(searchParams.get('error'), 'invalid_scope');
    }
  });

  test('is refused without S256 PKCE', async () => {
    const changes = [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge_method: 'plain' },
      { code_challenge_method: undefined },
    ];
    for (const change of changes) {
      const { searchParams } = locationOf(await sendPlain(change));
      assert.equal(searchParams.get('error'), 'invalid_request');
    }
  });

  test('never redirects to an address that is not registered', async () => {
    const addresses = [
      'https://evil.example/callback',
      `${CALLBACK}?next=1`,
      `${CALLBACK}/`,
      'https://CHAT.example/callback',
      'http://chat.example/callback',
    ];
    for (const redirect_uri of addresses) {
      const answer = await sendPlain({ redirect_uri });
      assert.deepEqual(
        [answer.status, answer.location, answer.text],
        [400, undefined, 'message page: invalid_redirect_uri'],
      );
    }
  });

  test('is refused with a parameter that comes twice', async () => {
    const answer = await sendPlain({}, '&nonce=a&nonce=b');
    assert.equal(locationOf(answer).searchParams.get('error'), 'invalid_request');
    const twice = await sendPlain({}, '&redirect_uri=https%3A%2F%2Fevil.example%2F');
    assert.equal(twice.location, undefined);
  });

  test('is refused with a request URI of its own', async () => {
    const answer = await sendPlain({ request_uri: 'https://chat.example/request.jwt' });
    assert.equal(locationOf(answer).searchParams.get('error'), 'request_uri_not_supported');
  });
});

describe('at the authorization endpoint', () => {
  test('prompt=none gives login_required: there is never a session', async () => {
    const browser = createBrowser(server);
    const first = await startLogin(chat);
    await logIn(browser, first.url);
    const error = await errorAtCallback({ prompt: 'none' });
    assert.equal(error.get('error'), 'login_required');
  });

  test('acr_values that cannot be given end before a card (RFC 9470 §5)', async () => {
    const error = await errorAtCallback({ acr_values: 'http://eidas.europa.eu/LoA/high' });
    assert.equal(error.get('error'), 'unmet_authentication_requirements');
  });

  test('acr_values with ours among them are met', async () => {
    const { url } = await startLogin(chat, { acr_values: 'other urn:kids-id:acr:card-pin' });
    assert.match((await createBrowser(server).send(url)).location ?? '', /^\/login\//);
  });

  test('an id_token_hint of somebody else ends in login_required', async () => {
    const first = await startLogin(chat);
    const callback = await logIn(createBrowser(server), first.url, { card: 'fox', age: 9 });
    const tokens = await relyingParty.authorizationCodeGrant(chat, callback, first.checks);
    for (const [card, error] of [
      ['fox', null],
      ['owl', 'login_required'],
    ] as const) {
      const { url } = await startLogin(chat, { id_token_hint: tokens.id_token ?? '' });
      const answer = await logIn(createBrowser(server), url, { card, age: 9 });
      assert.equal(answer.searchParams.get('error'), error);
    }
  });

  test('prompt=login, prompt=consent and max_age=0 ask once and then give the code', async () => {
    for (const parameters of [{ prompt: 'login consent' }, { max_age: '0' }, { max_age: '10' }]) {
      const { url } = await startLogin(chat, parameters as Record<string, string>);
      assert.ok((await logIn(createBrowser(server), url)).searchParams.get('code'));
    }
  });
});

describe('the resume path', () => {
  test('resumes the interaction in the path, whatever cookie was planted', async () => {
    const [mine, planted] = [createBrowser(server), createBrowser(server)];
    const plantedPath = await answerLogin(planted, (await startLogin(chat)).url, {
      card: 'owl',
      age: 9,
    });
    const cookies = [...planted.jar.values()].filter(({ path }) => path === plantedPath);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const myPath = await answerLogin(mine, (await startLogin(chat)).url);
    const answer = await mine.send(myPath, { cookie });
    assert.deepEqual([answer.status, answer.location], [400, undefined]);
    assert.ok(locationOf(await planted.send(plantedPath)).searchParams.get('code'));
  });

  test('shows a page without its cookie, and to a forged one', async () => {
    const browser = createBrowser(server);
    const path = await answerLogin(browser, (await startLogin(chat)).url);
    const uid = path.slice('/auth/'.length);
    for (const cookie of ['', `__Secure-kids-id-resume=${uid}`]) {
      const answer = await browser.send(path, { cookie });
      assert.equal(answer.status, 400);
      assert.equal(answer.text, 'message page: invalid_request');
    }
  });

  test('ends a login that the login page has not answered', async () => {
    const browser = createBrowser(server);
    const login = locationOf(await browser.send((await startLogin(chat)).url)).pathname;
    const answer = await browser.send(login.replace('/login/', '/auth/'));
    assert.equal(locationOf(answer).searchParams.get('error'), 'login_required');
  });
});

describe('the server answers', () => {
  test('421 for a host that is not its own (RFC 9110 §15.5.20)', async () => {
    for (const path of ['/.well-known/openid-configuration', '/auth', '/token']) {
      const answer = await createBrowser(server).send(path, { host: 'evil.example' });
      assert.equal(answer.status, 421);
    }
  });

  test('404 for paths that only look like its own, or that are off', async () => {
    const paths = ['/AUTH', '/auth/', '/auth/a/b', '/me', '/session/end', '/reg', '/jwks/', '/x'];
    const logout = ['/logout/confirm', '/logout/success', '/logout/', '/userinfo/'];
    for (const path of [
      ...paths,
      ...logout,
      '/token/revocation',
      '/token/introspection',
      '/interaction/a',
    ]) {
      assert.equal((await createBrowser(server).send(path)).status, 404);
    }
  });

  test('nothing to other origins where a browser could read it', async () => {
    const response = await server.fetch(`${server.issuer}/token`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ client_id: 'public', grant_type: 'authorization_code' }),
    });
    assert.equal(response.headers.get('access-control-allow-origin'), null);
  });
});
