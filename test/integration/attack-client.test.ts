/**
 * A malicious relying party at the whole gateway: more ages than registered, other people's requests,
 * addresses that only look registered (design §5, RFC 9126, RFC 9700). What one parameter alone comes
 * to stands in openid-requests.test.ts and openid-token.test.ts.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import * as oidc from 'openid-client';
import {
  chatOf,
  createGatewayFetch,
  createSecondSite,
  openSite,
  type SecondSite,
  type Site,
} from '../kit/attack/site.ts';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { openRawBrowser, type RawBrowser } from '../kit/gateway/raw-browser.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

const EVIL_CLAIMS = ['acr', 'age_over_9', 'amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce'];

let second: SecondSite;
let gateway: TestGateway;
let steps: LoginSteps;
let chat: Site;
let evil: Site;

before(async () => {
  second = await createSecondSite();
  gateway = await startTestGateway({ clients: [second.registration] });
  steps = await createLoginSteps(gateway);
  chat = await openSite(gateway, chatOf(gateway));
  evil = await openSite(gateway, second);
});

after(() => gateway.stop());

test('an age that is not registered is invalid_scope, beside others and however it is spaced (design §5)', async () => {
  for (const scope of [
    'openid age_over_18',
    'openid age_over_9 age_over_12',
    'age_over_18 openid',
    'openid  age_over_18',
    'openid age_over_9 age_over_9 age_over_6',
    'openid age_over_009',
    'openid age_over_9,age_over_18',
    'openid age_over_',
    'openid age_over_-1',
  ]) {
    assert.equal(await pushError(evil, { scope }), 'invalid_scope', scope);
  }
});

test('an age scope in other letters adds nothing to the token (design §5)', async () => {
  const { path, checks } = await evil.start({ scope: 'openid age_over_9 AGE_OVER_18' });
  const claims = await evil.redeem(await logInAt(path), checks);
  assert.deepEqual(Object.keys(claims).sort(), [...EVIL_CLAIMS, 'sub']);
  // A Cyrillic letter is no character of a scope (RFC 6749 §3.3).
  assert.equal(await pushError(evil, { scope: 'openid \u0430ge_over_18' }), 'invalid_scope');
});

test('a claims parameter adds nothing to the token: what may be learnt stands in the registration (design §5)', async () => {
  const refusals: [claims: object, error: string][] = [
    [{ id_token: { age_over_18: { essential: true } } }, 'invalid_scope'],
    [{ id_token: { age_over_6: null } }, 'invalid_scope'],
    [{ id_token: { given_name: null } }, 'invalid_request'],
    [{ id_token: { birthdate: null } }, 'invalid_request'],
    [{ userinfo: { birthdate: null } }, 'invalid_scope'],
    [{ userinfo: { age_over_9: null } }, 'invalid_request'],
  ];
  for (const [claims, error] of refusals) {
    assert.equal(await pushError(evil, { claims: JSON.stringify(claims) }), error);
  }
});

test('parameters in the URL beside a pushed request change nothing of it (RFC 9126 §4, RFC 9101 §6.3)', async () => {
  const extra = new URLSearchParams({
    redirect_uri: 'https://attacker.example/callback',
    state: 'attacker',
    nonce: 'attacker',
    code_challenge: 'A'.repeat(43),
    response_mode: 'fragment',
    acr_values: 'none',
    claims: '{"id_token":{"age_over_18":null}}',
  });
  const { path, checks } = await evil.start();
  const callback = await logInAt(`${path}&${extra}`);
  assert.ok(callback.startsWith(`${second.redirectUri}?`), callback);
  const claims = await evil.redeem(callback, checks);
  assert.deepEqual(Object.keys(claims).sort(), [...EVIL_CLAIMS, 'sub']);
});

test('an age asked for in the URL beside a pushed request is invalid_scope (design §5)', async () => {
  const { path } = await evil.start();
  const url = `${path}&scope=openid+age_over_9+age_over_18`;
  const started = await openRawBrowser(gateway).get(url);
  const { searchParams } = new URL(String(started.headers['location']), gateway.origin);
  assert.equal(searchParams.get('error'), 'invalid_scope');
});

test('a pushed request of one client starts no login for another (RFC 9126 §4)', async () => {
  for (const [owner, other] of [
    [chat, 'evil'],
    [evil, 'chat'],
  ] as const) {
    const { path } = await owner.start();
    const url = new URL(path, gateway.origin);
    url.searchParams.set('client_id', other);
    const answer = await openRawBrowser(gateway).get(url.pathname + url.search);
    assert.doesNotMatch(String(answer.headers['location']), /^\/login\//);
  }
});

test('a pushed request that was never pushed starts no login and sends the browser nowhere (RFC 9126 §7.3)', async () => {
  for (const uri of [
    'urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAA',
    'https://evil.localhost/request.jwt',
    'urn:ietf:params:oauth:request_uri:../../chat',
  ]) {
    const query = new URLSearchParams({ client_id: 'chat', request_uri: uri });
    const answer = await openRawBrowser(gateway).get(`/auth?${query}`);
    assert.deepEqual([answer.status, answer.headers['location']], [400, undefined], uri);
  }
});

test('an address that only looks registered is refused, when pushed and in the URL (RFC 9700 §4.1.3, exact match)', async () => {
  const registered = new URL(gateway.redirectUri);
  for (const redirect_uri of [
    `https://chat.localhost@evil.localhost/callback`,
    `https://user:word@${registered.host}/callback`,
    `${registered}#fragment`,
    `${registered}#`,
    `https://chat.localhost.evil.localhost/callback`,
    `https://evil.localhost\\@chat.localhost/callback`,
    `https://chat.localhost:443/callback`,
    `https://chat.localhost./callback`,
    `https://chat.localhost/x/../callback`,
    `https://chat.localhost/%63allback`,
    `https://chat.localhost/callback;x`,
    `https://chat.localhost//callback`,
    ` ${registered}`,
    'javascript:alert(1)//https://chat.localhost/callback',
    second.redirectUri,
  ]) {
    assert.equal(await pushError(chat, { redirect_uri }), 'invalid_request', redirect_uri);
    const query = new URLSearchParams({
      client_id: 'chat',
      response_type: 'code',
      scope: 'openid',
      redirect_uri,
    });
    const answer = await openRawBrowser(gateway).get(`/auth?${query}`);
    assert.deepEqual([answer.status, answer.headers['location']], [400, undefined], redirect_uri);
    assert.ok(!answer.text.includes('evil'), 'the page does not show the address');
  }
});

test('a site that signs with its own key under another’s name is invalid_client (RFC 7523 §3)', async () => {
  const { kid: _, ...jwk } = second.key;
  const key = await crypto.subtle.importKey(
    'jwk',
    jwk,
    { name: 'ECDSA', namedCurve: 'P-256' },
    false,
    ['sign'],
  );
  for (const kid of ['chat-1', 'evil-1']) {
    const posing = await oidc.discovery(
      new URL(gateway.origin),
      'chat',
      {},
      oidc.PrivateKeyJwt({ key, kid }),
      { [oidc.customFetch]: createGatewayFetch(gateway) as oidc.CustomFetch },
    );
    const pushed = oidc.buildAuthorizationUrlWithPAR(posing, {
      redirect_uri: gateway.redirectUri,
      scope: 'openid',
      code_challenge: 'A'.repeat(43),
      code_challenge_method: 'S256',
    });
    await assert.rejects(pushed, { error: 'invalid_client' });
  }
});

test('a login_hint is neither shown nor answered: it is no way to ask for somebody (OpenID Connect Core §3.1.2.1)', async () => {
  const hint = '00010100006"><script>alert(1)</script>';
  const { path, checks } = await evil.start({ login_hint: hint, ui_locales: '"><script> nl' });
  const browser = openRawBrowser(gateway);
  const page = String((await browser.get(path)).headers['location']);
  const { text } = await browser.get(page);
  assert.doesNotMatch(text, /00010100006|alert\(1\)|"><script> /);
  const claims = await evil.redeem(await finishAt(browser, page), checks);
  assert.deepEqual(Object.keys(claims).sort(), [...EVIL_CLAIMS, 'sub']);
});

test('an id_token_hint that the gateway did not sign is refused before a card is asked for (OpenID Connect Core §3.1.2.1)', async () => {
  const { privateKey } = await generateKeyPair('ES256');
  const claims = { iss: gateway.origin, aud: 'evil', sub: 'A'.repeat(43), exp: 4_000_000_000 };
  const forged = [
    await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
    new UnsecuredJWT(claims).encode(),
    'e30.e30.',
  ];
  for (const id_token_hint of forged) {
    assert.equal(await pushError(evil, { id_token_hint }), 'invalid_request');
  }
});

test('an authorization request by POST is not taken: it could come from another site’s form with the cookies (RFC 9700 §4.7)', async () => {
  const query = new URLSearchParams({ client_id: 'chat', response_type: 'code', scope: 'openid' });
  const answer = await createGatewayFetch(gateway)(`${gateway.origin}/auth`, {
    method: 'POST',
    body: query,
  });
  assert.deepEqual([answer.status, answer.headers.get('location')], [404, null]);
});

async function pushError(site: Site, parameters: Record<string, string>): Promise<string> {
  const error = await site.start(parameters).then(
    () => assert.fail(`taken: ${JSON.stringify(parameters)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof oidc.ResponseBodyError, String(error));
  return error.error;
}

/** Logs in with emma's card and returns the callback. */
async function logInAt(path: string): Promise<string> {
  const browser = openRawBrowser(gateway);
  const started = await browser.get(path);
  return finishAt(browser, String(started.headers['location']));
}

async function finishAt(browser: RawBrowser, page: string): Promise<string> {
  assert.match(page, /^\/login\//);
  const ticket = await steps.ticketOf({ browser, page });
  const completionCode = await steps.proveCard(ticket, await steps.cardOf('emma'));
  const reply = await browser.postJson(`${page}/complete`, { completionCode });
  const { location } = JSON.parse(reply.text) as { location: string };
  return String((await browser.get(location)).headers['location']);
}
