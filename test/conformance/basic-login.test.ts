/**
 * oidcc-basic-certification-test-plan: logins that come to an end, and what their tokens are. Each
 * module runs as the suite does (client_secret_basic, plain request) and as this profile prefers.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { checkTokenError, checkUserinfo } from '../kit/openid/check-answers.ts';
import { exchangeHttps } from '../kit/openid/https-exchange.ts';
import {
  type ConformanceProvider,
  completeLogin,
  logIn,
  startConformanceProvider,
  VARIANTS,
} from './conformance-provider.ts';

let provider: ConformanceProvider;
before(async () => {
  provider = await startConformanceProvider();
});
after(() => provider.close());

const NOT_REQUESTED_BUT_USUAL = [
  'acr',
  'amr',
  'aud',
  'auth_time',
  'exp',
  'iat',
  'iss',
  'nonce',
  'sub',
];

for (const [variant, clientId] of Object.entries(VARIANTS)) {
  const login = (changes: Record<string, string | undefined> = {}) =>
    completeLogin(provider, provider.party(clientId), { changes });

  test(`oidcc-server: code, ID token and userinfo are right, and say nothing unasked (${variant})`, async () => {
    const { claims, tokens } = await login();
    const names = Object.keys(claims);
    assert.deepEqual(
      names.filter((name) => !NOT_REQUESTED_BUT_USUAL.includes(name)),
      [],
    );
    assert.equal(tokens.scope, 'openid');
    const answer = await provider.party(clientId).userinfo(tokens.access_token);
    assert.deepEqual(checkUserinfo(answer, claims.sub), { sub: claims.sub });
  });

  test(`oidcc-idtoken-signature: the header names the key, and ES256 where the suite's default is RS256 (${variant})`, async () => {
    const { tokens } = await login();
    const { alg, kid } = decodeProtectedHeader(tokens.id_token);
    assert.equal(alg, 'ES256');
    assert.equal(typeof kid, 'string');
  });

  test(`oidcc-idtoken-unsigned: "none" is not offered, and the token is signed (${variant})`, async () => {
    const metadata = await provider.party(clientId).metadata();
    assert.deepEqual(metadata['id_token_signing_alg_values_supported'], ['ES256']);
    // The signature itself was verified by the login's own checks.
    const { tokens } = await login({ id_token_signed_response_alg: 'none' });
    assert.notEqual(tokens.id_token.split('.')[2], '');
  });

  test(`oidcc-ensure-request-without-nonce-succeeds-for-code-flow: no nonce in, none out (${variant})`, async () => {
    const { claims } = await login({ nonce: undefined });
    assert.equal('nonce' in claims, false);
  });

  test(`oidcc-alternate-happy-flow: order of scopes and parameters means nothing (${variant})`, async () => {
    const party = provider.party(clientId);
    const sent = await party.makeRequest({ scope: 'age_over_13 email age_over_6 openid' });
    sent.url.search = [...sent.url.searchParams]
      .reverse()
      .map((pair) => pair.map(encodeURIComponent).join('='))
      .join('&');
    const callback = await logIn(provider.openUserAgent(), party, sent);
    assert.equal((await party.redeem(sent, callback)).status, 200);
    const { claims, tokens } = await login({ scope: 'age_over_13 age_over_6 openid' });
    assert.equal(claims['age_over_6'], true);
    assert.equal(claims['age_over_13'], false);
    assert.deepEqual(tokens.scope.split(' ').sort(), ['age_over_13', 'age_over_6', 'openid']);
  });

  test(`oidcc-display-page: display=page is no error (${variant})`, async () => {
    await login({ display: 'page' });
  });

  test(`oidcc-display-popup: display=popup is no error (${variant})`, async () => {
    await login({ display: 'popup' });
  });

  test(`oidcc-ensure-request-with-unknown-parameter-succeeds: extra=foobar is ignored (${variant})`, async () => {
    const { callback } = await login({ extra: 'foobar' });
    assert.equal(callback.searchParams.has('extra'), false);
  });

  test(`oidcc-login-hint: a login_hint is no error and chooses nobody (${variant})`, async () => {
    const hinted = await login({ login_hint: 'buffy@rp.example' });
    assert.equal(hinted.claims.sub, (await login()).claims.sub);
  });

  test(`oidcc-ui-locales: ui_locales that nobody speaks are no error (${variant})`, async () => {
    await login({ ui_locales: 'se' });
    await login({ ui_locales: 'fr-CA fr nl' });
  });

  test(`oidcc-claims-locales: claims_locales is no error (${variant})`, async () => {
    await login({ claims_locales: 'se' });
  });

  test(`oidcc-ensure-request-with-acr-values-succeeds: the acr is one of those advertised and asked (${variant})`, async () => {
    const metadata = await provider.party(clientId).metadata();
    const advertised = metadata['acr_values_supported'] as string[];
    assert.ok(advertised.length > 0);
    const { claims } = await login({ acr_values: advertised.join(' ') });
    assert.ok(advertised.includes(String(claims['acr'])));
  });

  test(`oidcc-ensure-request-with-valid-pkce-succeeds: a right verifier is taken, a wrong or absent one is not (${variant})`, async () => {
    await login();
    const party = provider.party(clientId);
    for (const code_verifier of ['0'.repeat(43), undefined]) {
      const sent = await party.makeRequest();
      const callback = await logIn(provider.openUserAgent(), party, sent);
      const answer = await party.redeem(sent, callback, { code_verifier });
      assert.equal(checkTokenError(answer), 'invalid_grant');
    }
  });

  test(`oidcc-refresh-token: none is issued, offered or taken, also for offline_access (${variant})`, async () => {
    const party = provider.party(clientId);
    const sent = await party.makeRequest({ scope: 'openid offline_access', prompt: 'consent' });
    const callback = await logIn(provider.openUserAgent(), party, sent);
    const answer = await party.redeem(sent, callback);
    const tokens = JSON.parse(answer.text) as Record<string, unknown>;
    assert.equal(answer.status, 200);
    assert.equal('refresh_token' in tokens, false);
    assert.equal(tokens['scope'], 'openid');
    const metadata = await party.metadata();
    assert.deepEqual(metadata['grant_types_supported'], ['authorization_code']);
    assert.equal((metadata['scopes_supported'] as string[]).includes('offline_access'), false);
    const refreshed = await party.token({
      grant_type: 'refresh_token',
      refresh_token: String(tokens['access_token']),
    });
    assert.equal(checkTokenError(refreshed), 'unsupported_grant_type');
  });
}

test('oidcc-server-client-secret-post: a right secret in the body is taken, a wrong one is not', async () => {
  const party = provider.party('secret', 'client_secret_post');
  const metadata = await party.metadata();
  const methods = metadata['token_endpoint_auth_methods_supported'] as string[];
  assert.ok(methods.includes('client_secret_post'));
  await completeLogin(provider, party);
  const sent = await party.makeRequest();
  const callback = await logIn(provider.openUserAgent(), party, sent);
  const wrong = await party.redeem(sent, callback, { client_secret: 'TEST-ONLY wrong secret' });
  assert.equal(checkTokenError(wrong, 401), 'invalid_client');
  // Nobody uses up a code by a wrong secret.
  assert.equal((await party.redeem(sent, callback)).status, 200);
});

test('oidcc-server: a wrong secret in the header is 401 with a challenge (RFC 6749 §5.2)', async () => {
  const party = provider.party('secret');
  const url = await party.endpoint('token_endpoint');
  const wrong = await exchangeHttps(provider.server.agent, url, {
    form: new URLSearchParams({ grant_type: 'authorization_code', code: 'none' }),
    headers: { authorization: `Basic ${Buffer.from('secret:wrong').toString('base64')}` },
  });
  assert.equal(checkTokenError(wrong, 401), 'invalid_client');
  assert.match(wrong.headers['www-authenticate'] ?? '', /^Basic /);
});

test('oidcc-server: a public client logs in with PKCE and no secret', async () => {
  const { claims } = await completeLogin(provider, provider.party('public'));
  assert.equal(claims.aud, 'public');
});
