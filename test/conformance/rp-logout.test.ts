/**
 * oidcc-rp-initiated-logout-certification-test-plan (OpenID Connect RP-Initiated Logout 1.0). A page
 * that sends the browser nowhere is what the suite would have a person look at.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { decodeJwt, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { checkErrorCallback } from '../kit/openid/check-answers.ts';
import { encodeParameters, type Parameters } from '../kit/openid/relying-party.ts';
import { type Arrival, redirectOf, type UserAgent } from '../kit/openid/user-agent.ts';
import {
  atLater,
  type ConformanceProvider,
  completeLogin,
  POST_LOGOUT,
  startConformanceProvider,
} from './conformance-provider.ts';

let provider: ConformanceProvider;
before(async () => {
  provider = await startConformanceProvider();
});
after(() => provider.close());

/** What a site that logs a person out has at hand. */
interface LoggedIn {
  readonly userAgent: UserAgent;
  readonly idToken: string;
  /** 128 characters. */
  readonly state: string;
}

async function logInFirst(): Promise<LoggedIn> {
  const userAgent = provider.openUserAgent();
  const { tokens } = await completeLogin(provider, provider.party('secret'), { userAgent });
  return { userAgent, idToken: tokens.id_token, state: randomBytes(96).toString('base64url') };
}

/** Sends the browser to the end session endpoint, and says yes to whatever it is asked there. */
async function logOut(
  userAgent: UserAgent,
  parameters: Parameters,
  method: 'GET' | 'POST' = 'GET',
): Promise<Arrival> {
  const url = await provider.party('secret').endpoint('end_session_endpoint');
  const form = encodeParameters(parameters);
  if (method === 'POST') return userAgent.browse(url, { form });
  url.search = form.toString();
  return userAgent.browse(url);
}

const rightParameters = ({ idToken, state }: LoggedIn) => ({
  id_token_hint: idToken,
  post_logout_redirect_uri: POST_LOGOUT,
  state,
});

/** Nobody is logged in any more: a silent request comes back with an error. */
async function checkLoggedOut(userAgent: UserAgent): Promise<void> {
  const party = provider.party('secret');
  const sent = await party.makeRequest({ prompt: 'none' });
  const callback = redirectOf(await userAgent.send(sent.url), party.issuer);
  assert.equal(checkErrorCallback(party, sent, callback), 'login_required');
}

function checkPage({ elsewhere, page }: Arrival, status: number): void {
  assert.equal(elsewhere, undefined, 'the browser was sent away');
  assert.equal(page.status, status);
  assert.equal(page.headers['location'], undefined);
  assert.match(page.headers['cache-control'] ?? '', /\bno-store\b/);
}

test('oidcc-rp-initiated-logout-discovery-endpoint-verification: end_session_endpoint is there, and https (§2.1)', async () => {
  const url = await provider.party('secret').endpoint('end_session_endpoint');
  assert.equal(url.origin, provider.issuer);
});

for (const method of ['GET', 'POST'] as const) {
  test(`oidcc-rp-initiated-logout: ${method} goes to the registered address with the state and nothing else (§2, §3)`, async () => {
    const before = await logInFirst();
    const { elsewhere } = await logOut(before.userAgent, rightParameters(before), method);
    assert.equal(elsewhere?.href, `${POST_LOGOUT}?state=${before.state}`);
    await checkLoggedOut(before.userAgent);
  });
}

test('oidcc-rp-initiated-logout: an ID token that has run out will do (§2)', async () => {
  const before = await logInFirst();
  await atLater(3_600_000, async () => {
    assert.ok((decodeJwt(before.idToken).exp ?? 0) * 1_000 < Date.now());
    const { elsewhere } = await logOut(before.userAgent, rightParameters(before));
    assert.equal(elsewhere?.href, `${POST_LOGOUT}?state=${before.state}`);
  });
});

test('oidcc-rp-initiated-logout-no-state: goes to the registered address as it is (§3)', async () => {
  const before = await logInFirst();
  const parameters = { ...rightParameters(before), state: undefined };
  const { elsewhere } = await logOut(before.userAgent, parameters);
  assert.equal(elsewhere?.href, POST_LOGOUT);
  await checkLoggedOut(before.userAgent);
});

test('oidcc-rp-initiated-logout-bad-post-logout-redirect-uri: one that is not registered shows a page (§3)', async () => {
  const before = await logInFirst();
  for (const bad of [`${POST_LOGOUT}x`, `${POST_LOGOUT}/`, 'https://other.example/']) {
    const parameters = { ...rightParameters(before), post_logout_redirect_uri: bad };
    checkPage(await logOut(before.userAgent, parameters), 400);
  }
});

test('oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri: ?foo=bar shows a page (§3)', async () => {
  const before = await logInFirst();
  const parameters = {
    ...rightParameters(before),
    post_logout_redirect_uri: `${POST_LOGOUT}?foo=bar`,
  };
  checkPage(await logOut(before.userAgent, parameters), 400);
});

test('oidcc-rp-initiated-logout-modified-id-token-hint: a hint with alg "none" shows a page (§4)', async () => {
  const before = await logInFirst();
  const hint = new UnsecuredJWT(decodeJwt(before.idToken)).encode();
  const parameters = { ...rightParameters(before), id_token_hint: hint };
  checkPage(await logOut(before.userAgent, parameters), 400);
});

test('oidcc-rp-initiated-logout-bad-id-token-hint: a hint that somebody else signed shows a page (§4)', async () => {
  const before = await logInFirst();
  const { privateKey } = await generateKeyPair('ES256');
  const { kid } = JSON.parse(
    Buffer.from(before.idToken.split('.')[0] ?? '', 'base64url').toString(),
  ) as { kid: string };
  const hint = await new SignJWT(decodeJwt(before.idToken))
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(privateKey);
  const parameters = { ...rightParameters(before), id_token_hint: hint };
  checkPage(await logOut(before.userAgent, parameters), 400);
});

test('oidcc-rp-initiated-logout-no-id-token-hint: without a hint the browser is not sent on, client_id or not (§2)', async () => {
  const before = await logInFirst();
  for (const client_id of [undefined, 'secret']) {
    const parameters = { ...rightParameters(before), id_token_hint: undefined, client_id };
    checkPage(await logOut(before.userAgent, parameters), 200);
  }
});

test('oidcc-rp-initiated-logout-no-params: logs out and shows a page (§2)', async () => {
  const { userAgent } = await logInFirst();
  checkPage(await logOut(userAgent, {}), 200);
  await checkLoggedOut(userAgent);
});

test('oidcc-rp-initiated-logout-only-state: logs out and shows a page (§2)', async () => {
  const { userAgent, state } = await logInFirst();
  checkPage(await logOut(userAgent, { state }), 200);
  await checkLoggedOut(userAgent);
});

test('oidcc-rp-initiated-logout-no-post-logout-redirect-uri: logs out and shows a page (§2)', async () => {
  const before = await logInFirst();
  const parameters = { id_token_hint: before.idToken, state: before.state };
  checkPage(await logOut(before.userAgent, parameters), 200);
  await checkLoggedOut(before.userAgent);
});

test("oidcc-rp-initiated-logout-no-id-token-hint: a client_id that is not the hint's shows a page (§2)", async () => {
  const before = await logInFirst();
  const parameters = { ...rightParameters(before), client_id: 'other' };
  checkPage(await logOut(before.userAgent, parameters), 400);
});
