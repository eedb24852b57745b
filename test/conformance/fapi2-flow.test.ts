/** fapi2-security-profile-final-test-plan: logins that go well, and the requests around them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before } from 'node:test';
import { connect } from 'node:tls';
import { type ConformanceGateway, callbackOf, later } from './conformance-gateway.ts';
import { PLAN, testModule } from './fapi2-modules.ts';
import {
  assertNoLogin,
  assertRefused,
  getAccessToken,
  getCode,
  openFapiGateway,
  verifyIdToken,
} from './fapi2-setup.ts';
import type { Checks, RawClient } from './raw-client.ts';

let at: ConformanceGateway;
let fapi: RawClient;
let other: RawClient;
before(async () => {
  at = await openFapiGateway();
  fapi = at.clientOf('fapi');
  other = at.clientOf('fapi-other');
});
after(() => at.close());

const NO_MORE_THAN_FAPI = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** Redeems, and returns the verified ID token's claims. */
async function redeemAll(
  client: RawClient,
  { callback, checks }: { callback: URL; checks: Checks },
) {
  const { status, json, text } = await client.redeem(callback, checks);
  assert.equal(status, 200, text);
  return { json, claims: await verifyIdToken(at, json['id_token'], client.clientId) };
}

function listOf(name: string): string[] {
  const list = at.metadata[name];
  assert.ok(Array.isArray(list), `metadata has no ${name}`);
  return list as string[];
}

testModule('discovery-end-point-verification', async () => {
  const { metadata, origin } = at;
  assert.equal(metadata['issuer'], origin);
  for (const name of [
    'dpop_signing_alg_values_supported',
    'id_token_signing_alg_values_supported',
  ]) {
    assert.ok(listOf(name).length > 0);
    for (const algorithm of listOf(name))
      assert.ok(NO_MORE_THAN_FAPI.includes(algorithm), algorithm);
  }
  for (const algorithm of listOf('token_endpoint_auth_signing_alg_values_supported')) {
    assert.ok(NO_MORE_THAN_FAPI.includes(algorithm), algorithm);
  }
  assert.ok(listOf('token_endpoint_auth_methods_supported').includes('private_key_jwt'));
  assert.deepEqual(metadata['code_challenge_methods_supported'], ['S256']);
  assert.equal(metadata['authorization_response_iss_parameter_supported'], true);
  for (const [name, value] of Object.entries(metadata)) {
    if (/_endpoint$|_uri$/.test(name)) assert.equal(new URL(String(value)).origin, origin, name);
  }
  for (const scope of listOf('scopes_supported'))
    assert.match(scope, /^[\x21\x23-\x5b\x5d-\x7e]+$/);
  for (const tag of listOf('ui_locales_supported'))
    assert.equal(new Intl.Locale(tag).baseName, tag);
  const oauth = await at.send({ method: 'GET', url: '/.well-known/oauth-authorization-server' });
  assert.deepEqual(oauth.json, metadata);
});

testModule('happy-flow', async () => {
  const first = await getCode(at, fapi);
  // The second client sends no proof with its pushed request, but names its key (RFC 9449 §10.1).
  const second = await getCode(at, other, {
    parameters: { nonce: 'n'.repeat(43), dpop_jkt: await other.thumbprint() },
  });
  for (const [client, { callback, checks }] of [
    [fapi, first],
    [other, second],
  ] as const) {
    assert.equal(callback.origin + callback.pathname, client.redirectUri);
    assert.deepEqual([...callback.searchParams.keys()].sort(), ['code', 'iss', 'state']);
    assert.equal(callback.searchParams.get('iss'), at.origin);
    assert.equal(callback.searchParams.get('state'), checks.state);
    const reply = await client.redeem(callback, checks);
    assert.equal(reply.status, 200, reply.text);
    const { token_type, expires_in, access_token, id_token, refresh_token } = reply.json;
    assert.deepEqual([token_type, refresh_token], ['DPoP', undefined]);
    assert.ok(Number(expires_in) > 0 && Number(expires_in) <= 600);
    assert.match(String(reply.headers['cache-control']), /no-store/);
    const claims = await verifyIdToken(at, id_token, client.clientId);
    assert.equal(claims['nonce'], client === fapi ? checks.nonce : 'n'.repeat(43));
    assert.equal(claims['age_over_9'], false);
    // 128 bits at least (FAPI 2.0 Security Profile §5.2.2).
    assert.ok(String(access_token).length >= 22);
    const userinfo = await client.userinfo(String(access_token));
    assert.equal(userinfo.status, 200, userinfo.text);
    assert.equal(userinfo.json['sub'], claims['sub']);
  }
  await checkResource(await getAccessToken(at, fapi));
  await assertNoTls12();
});

/** What the happy flow asks of the resource endpoint besides (FAPI 2.0 Security Profile §5.3.4). */
async function checkResource(token: string): Promise<void> {
  const url = `${at.metadata['userinfo_endpoint']}?access_token=${token}`;
  const inQuery = await at.send({ method: 'GET', url });
  assert.ok(inQuery.status >= 400 && inQuery.status < 500, inQuery.text);
  for (const headers of [
    {
      'x-fapi-customer-ip-address': '2001:db8::1893:25c8:1946',
      accept: 'application/json; charset=UTF-8',
    },
    { accept: 'application/json, application/*+json, */*' },
  ]) {
    assert.equal((await fapi.userinfo(token, { headers })).status, 200);
  }
}

/** TLS 1.2 and older find nobody here, whatever their cipher suites (FAPI 2.0 §5.2.1). */
async function assertNoTls12(): Promise<void> {
  const socket = connect({
    host: '127.0.0.1',
    port: at.gateway.port,
    servername: 'gateway.localhost',
    ca: at.gateway.webCa,
    maxVersion: 'TLSv1.2',
  });
  await assert.rejects(once(socket, 'secureConnect'), { code: /PROTOCOL_VERSION/ });
}

testModule('user-rejects-authentication', async () => {
  const { path, checks } = await fapi.begin();
  const callback = await at.cancel(path);
  assert.equal(callback.origin + callback.pathname, fapi.redirectUri);
  const { error, state, iss, code } = Object.fromEntries(callback.searchParams);
  assert.deepEqual(
    [error, state, iss, code],
    ['access_denied', checks.state, at.origin, undefined],
  );
});

testModule('ensure-authorization-request-without-state-success', async () => {
  const code = await getCode(at, fapi, { parameters: { state: undefined } });
  assert.equal(code.callback.searchParams.has('state'), false);
  const { claims } = await redeemAll(fapi, code);
  assert.equal(claims['s_hash'], undefined);
});

testModule('ensure-authorization-request-without-nonce-success', async () => {
  const code = await getCode(at, fapi, { parameters: { nonce: undefined } });
  const { claims } = await redeemAll(fapi, code);
  assert.equal('nonce' in claims, false);
});

testModule('ensure-authorization-request-with-64-char-nonce-success', async () => {
  const nonce = 'a1'.repeat(32);
  const { claims } = await redeemAll(fapi, await getCode(at, fapi, { parameters: { nonce } }));
  assert.equal(claims['nonce'], nonce);
});

testModule('ensure-authorization-request-with-long-nonce', async () => {
  const nonce = 'n'.repeat(384);
  const pushed = await fapi.push(fapi.request({ nonce }).parameters);
  if (pushed.status !== 201) return assertRefused(pushed, ['invalid_request']);
  const { claims } = await redeemAll(fapi, await getCode(at, fapi, { parameters: { nonce } }));
  assert.equal(claims['nonce'], nonce);
});

testModule('ensure-authorization-request-with-long-state', async () => {
  const state = 's'.repeat(384);
  const pushed = await fapi.push(fapi.request({ state }).parameters);
  if (pushed.status !== 201) return assertRefused(pushed, ['invalid_request']);
  const { callback } = await getCode(at, fapi, { parameters: { state } });
  assert.equal(callback.searchParams.get('state'), state);
});

testModule('ensure-other-scope-order-succeeds', async () => {
  const scope = 'age_over_9 age_over_6 openid';
  const { claims } = await redeemAll(fapi, await getCode(at, fapi, { parameters: { scope } }));
  assert.deepEqual([claims['age_over_6'], claims['age_over_9']], [true, false]);
});

testModule('test-claims-parameter-identity-claims', async (context) => {
  if (at.metadata['claims_parameter_supported'] !== true) {
    return context.skip('the claims parameter is not announced: skipped as the module itself is');
  }
  const known = { id_token: { age_over_6: null, age_over_9: { essential: true } } };
  const stranger = { 'org.example.stranger': null };
  const ask = async (claims: object) => {
    const parameters = { claims: JSON.stringify(claims), scope: 'openid' };
    const { json, claims: told } = await redeemAll(fapi, await getCode(at, fapi, { parameters }));
    assert.deepEqual([told['age_over_6'], told['age_over_9']], [true, false]);
    const userinfo = await fapi.userinfo(String(json['access_token']));
    assert.equal(userinfo.json['sub'], told['sub']);
    return { ...told, ...userinfo.json };
  };
  await context.test('claims that are announced are given', () => ask(known).then(() => {}));
  // OpenID Connect Core §5.5.1: no error when claims are not returned, essential or voluntary.
  await context.test('claims that nobody knows are ignored, and not made up', async () => {
    const told = await ask({ id_token: { ...known.id_token, ...stranger }, userinfo: stranger });
    assert.equal('org.example.stranger' in told, false);
  });
});

testModule('access-token-type-header-case-sensitivity', async () => {
  const token = await getAccessToken(at, fapi);
  for (const scheme of ['dpop', 'DPOP', 'dPoP']) {
    const reply = await fapi.userinfo(token, { scheme });
    assert.equal(reply.status, 200, `${scheme}: ${reply.text}`);
  }
});

testModule('ensure-different-nonce-inside-and-outside-request-object', async () => {
  const { path, checks } = await fapi.begin();
  const { claims } = await redeemAll(fapi, {
    callback: await at.logIn(`${path}&nonce=other`),
    checks,
  });
  assert.equal(claims['nonce'], checks.nonce);
});

testModule('ensure-different-state-inside-and-outside-request-object', async () => {
  const { path, checks } = await fapi.begin();
  const callback = await at.logIn(`${path}&state=other`);
  assert.equal(callback.searchParams.get('state'), checks.state);
});

testModule('state-only-outside-request-object-not-used', async () => {
  const { path } = await fapi.begin({ state: undefined });
  const callback = await at.logIn(`${path}&state=outside`);
  assert.ok(callback.searchParams.get('code'));
  assert.equal(callback.searchParams.has('state'), false);
});

testModule('par-without-duplicate-parameters', async () => {
  const { path, checks } = await fapi.begin();
  assert.deepEqual(
    [...new URLSearchParams(path.split('?')[1]).keys()],
    ['client_id', 'request_uri'],
  );
  await redeemAll(fapi, { callback: await at.logIn(path), checks });
});

testModule('refresh-token', async () => {
  const parameters = { scope: 'openid offline_access', prompt: 'consent' };
  const pushed = await fapi.push(fapi.request(parameters).parameters);
  if (pushed.status === 201) {
    const { json } = await redeemAll(fapi, await getCode(at, fapi, { parameters }));
    assert.equal(json['refresh_token'], undefined);
  } else assertRefused(pushed, ['invalid_scope']);
  assert.deepEqual(listOf('grant_types_supported'), ['authorization_code']);
  const code = await getCode(at, fapi);
  for (const assertion of [undefined, null]) {
    const reply = await fapi.redeem(code.callback, code.checks, {
      body: { grant_type: 'refresh_token', refresh_token: 'x'.repeat(43), code: undefined },
      ...(assertion === null && { assertion }),
    });
    assertRefused(reply, ['unsupported_grant_type', 'unauthorized_client', 'invalid_client']);
  }
});

testModule('par-ensure-reused-request-uri-prior-to-auth-completion-succeeds', async () => {
  const { path, checks } = await fapi.begin();
  await at.open(path);
  await redeemAll(fapi, { callback: await at.logIn(path), checks });
});

testModule('par-attempt-reuse-request_uri', async () => {
  const { path } = await fapi.begin();
  const waiting = await at.open(path);
  await at.logIn(path);
  const errors = ['invalid_request_uri', 'invalid_request'];
  assertNoLogin(await at.visit(path), errors);
  // A login page that was open before may be answered, but gives no second code.
  assertNoLogin(await at.showCard(waiting), errors);
});

testModule('par-attempt-to-use-expired-request_uri', async () => {
  const { parameters } = fapi.request();
  const { json } = await fapi.push(parameters);
  const lifetime = Number(json['expires_in']);
  // Shorter than ten minutes (FAPI 2.0 Security Profile §5.3.2.2).
  assert.ok(lifetime > 0 && lifetime < 600, String(lifetime));
  const path = fapi.plainPath({ request_uri: json['request_uri'] });
  const answer = await later(lifetime + 1, () => at.visit(path));
  assertNoLogin(answer, ['invalid_request_uri', 'invalid_request']);
  assert.equal(callbackOf(await at.showCard(await at.open(path))).searchParams.has('code'), true);
});

testModule('par-attempt-to-use-request_uri-for-different-client', async () => {
  const { requestUri } = await fapi.begin();
  const answer = await at.visit(other.plainPath({ request_uri: requestUri }));
  assertNoLogin(answer, ['invalid_request', 'invalid_request_uri', 'invalid_client']);
  assert.doesNotMatch(String(answer.headers['location']), /^https:/, `${PLAN} redirected`);
});
