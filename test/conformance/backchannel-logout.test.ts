/**
 * oidcc-backchannel-rp-initiated-logout-certification-test-plan (OpenID Connect Back-Channel Logout 1.0).
 * The provider keeps no session, so a logout token names the person's `sub` and no `sid`.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { checkErrorCallback } from '../kit/openid/check-answers.ts';
import { exchangeHttps } from '../kit/openid/https-exchange.ts';
import { type LogoutReceiver, startLogoutReceiver } from '../kit/openid/logout-receiver.ts';
import { redirectOf, type UserAgent } from '../kit/openid/user-agent.ts';
import {
  type ConformanceProvider,
  completeLogin,
  POST_LOGOUT,
  startConformanceProvider,
} from './conformance-provider.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let receiver: LogoutReceiver;
let provider: ConformanceProvider;
before(async () => {
  receiver = await startLogoutReceiver();
  provider = await startConformanceProvider({
    backchannelLogoutUri: receiver.uri,
    changeOptions: (options) => ({ ...options, backchannelHosts: [receiver.host] }),
  });
});
after(async () => {
  await provider.close();
  await receiver.close();
});

let userAgent: UserAgent;
let login: Awaited<ReturnType<typeof completeLogin>>;
/** Tokens that came before this test. */
let heard: number;
beforeEach(async () => {
  userAgent = provider.openUserAgent();
  login = await completeLogin(provider, provider.party('logout'), { userAgent });
  heard = receiver.received.length;
});

/** Logs out as the site of `login`; returns where the browser came to. */
async function logOut(changes: Record<string, string> = {}) {
  const url = await provider.party('logout').endpoint('end_session_endpoint');
  url.search = new URLSearchParams({
    id_token_hint: login.tokens.id_token,
    post_logout_redirect_uri: POST_LOGOUT,
    state: 'a state',
    ...changes,
  }).toString();
  return userAgent.browse(url);
}

/** Checks a logout token as §2.6 tells a relying party to. Returns its claims. */
async function checkLogoutToken(token: string) {
  const party = provider.party('logout');
  const keys = await exchangeHttps(provider.server.agent, await party.endpoint('jwks_uri'));
  const { payload } = await jwtVerify(token, createLocalJWKSet(JSON.parse(keys.text)), {
    issuer: provider.issuer,
    audience: 'logout',
    algorithms: ['ES256'],
    typ: 'logout+jwt',
    maxTokenAge: 120,
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
  });
  assert.deepEqual(payload['events'], { [EVENT]: {} });
  assert.equal('nonce' in payload, false);
  assert.ok(payload.sub !== undefined || payload['sid'] !== undefined);
  return payload;
}

test('oidcc-backchannel-logout-discovery-endpoint-verification: log-out by the back channel is announced (§2.1)', async () => {
  const metadata = await provider.party('logout').metadata();
  assert.equal(metadata['backchannel_logout_supported'], true);
  const endpoint = await provider.party('logout').endpoint('end_session_endpoint');
  assert.equal(endpoint.protocol, 'https:');
});

test('oidcc-backchannel-logout-discovery-endpoint-verification: forbidden: no sid is promised, and none is in a token', async () => {
  const metadata = await provider.party('logout').metadata();
  assert.notEqual(metadata['backchannel_logout_session_supported'], true);
  assert.equal('sid' in login.claims, false);
});

test('oidcc-backchannel-rp-initiated-logout: the site gets one right token, and the browser goes back to it', async () => {
  const { elsewhere } = await logOut();
  assert.equal(elsewhere?.origin, new URL(POST_LOGOUT).origin);
  assert.equal(elsewhere.pathname, new URL(POST_LOGOUT).pathname);
  assert.deepEqual([...elsewhere.searchParams], [['state', 'a state']]);
  const [request, ...more] = receiver.received.slice(heard);
  assert.ok(request);
  assert.deepEqual(more, []);
  assert.deepEqual([request.method, request.path], ['POST', '/backchannel_logout']);
  assert.match(request.contentType, /^application\/x-www-form-urlencoded(;|$)/);
  assert.deepEqual([...request.form.keys()], ['logout_token']);
  const claims = await checkLogoutToken(request.form.get('logout_token') ?? '');
  assert.equal(claims.sub, login.claims.sub);
  const party = provider.party('logout');
  const sent = await party.makeRequest({ prompt: 'none' });
  const callback = redirectOf(await userAgent.send(sent.url), party.issuer);
  assert.equal(checkErrorCallback(party, sent, callback), 'login_required');
});

test('oidcc-backchannel-rp-initiated-logout: two log-outs are two tokens with two jti (§2.4)', async () => {
  await logOut();
  await logOut();
  const tokens = receiver.received.slice(heard).map(({ form }) => form.get('logout_token') ?? '');
  assert.equal(tokens.length, 2);
  assert.equal(new Set(tokens.map((token) => decodeJwt(token).jti)).size, 2);
  for (const token of tokens) assert.equal(decodeProtectedHeader(token).typ, 'logout+jwt');
});

test('oidcc-backchannel-rp-initiated-logout: a site that cannot be told does not hold the person up (§2.8)', async () => {
  receiver.statuses.push(500, 500);
  const { elsewhere } = await logOut();
  assert.equal(elsewhere?.pathname, new URL(POST_LOGOUT).pathname);
  assert.equal(receiver.received.length - heard, 2, 'one retry');
});

test('oidcc-backchannel-rp-initiated-logout: a refused log-out tells nobody', async () => {
  for (const changes of [
    { post_logout_redirect_uri: `${POST_LOGOUT}?foo=bar` },
    { id_token_hint: `${login.tokens.id_token.slice(0, -8)}AAAAAAAA` },
    { client_id: 'other' },
  ]) {
    assert.equal((await logOut(changes)).elsewhere, undefined);
  }
  assert.equal(receiver.received.length, heard);
});
