/** RFC 9700: tokens, grants and client authentication (§2.2 to §2.5, §4.3, §4.10, §4.14, §4.15). */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { decodeJwt, generateKeyPair, SignJWT } from 'jose';
import { type ConformanceGateway, later } from './conformance-gateway.ts';
import { encodeForm, type RawClient, secret } from './raw-client.ts';
import { shows } from './rfc9700-requirement.ts';
import { assertError, getCode, getTokens, openSecurityGateway } from './rfc9700-setup.ts';

let at: ConformanceGateway;
let site: RawClient;
let app: RawClient;
before(async () => {
  at = await openSecurityGateway();
  site = at.clientOf('site');
  app = at.clientOf('app');
});
after(() => at.close());

const BEARER = { proof: null };
const PROVED = { proof: {} };
const now = () => Math.floor(Date.now() / 1_000);

shows(
  '§4.10.1: binds an access token to the key of the proof, and takes it with no other',
  async () => {
    for (const client of [site, app]) {
      const { type, accessToken } = await getTokens(at, client, PROVED);
      assert.equal(type, 'DPoP');
      const keys = await generateKeyPair('ES256', { extractable: true });
      for (const how of [
        { proof: { keys } },
        { proof: null },
        { proof: null, scheme: 'Bearer' },
        { scheme: 'Bearer' },
        { proof: { claims: { ath: undefined } } },
        { proof: { claims: { htm: 'POST' } } },
      ]) {
        const { status, json } = await client.userinfo(accessToken, how);
        assert.ok(status === 401 || status === 400, `${JSON.stringify(how)}: ${status}`);
        assert.equal(json['sub'], undefined);
      }
      assert.equal((await client.userinfo(accessToken)).status, 200);
    }
    // One that was not bound is not made so by whoever has it.
    const bearer = await getTokens(at, site);
    assert.equal((await site.userinfo(bearer.accessToken, { proof: {} })).status, 401);
  },
);

shows('§2.2.1: takes each DPoP proof once, and a nonce of its own making only', async () => {
  const { accessToken } = await getTokens(at, site, PROVED);
  const claims = { jti: randomUUID() };
  assert.equal((await site.userinfo(accessToken, { proof: { claims } })).status, 200);
  assert.equal((await site.userinfo(accessToken, { proof: { claims } })).status, 401);
  // At the token endpoint too.
  const jti = randomUUID();
  const first = await getCode(at, site);
  const once = { proof: { claims: { jti } } };
  assert.equal((await site.redeem(first.callback, first.checks, once)).status, 200);
  const second = await getCode(at, site);
  const again = await site.redeem(second.callback, second.checks, once);
  assertError(again, ['invalid_dpop_proof', 'invalid_grant']);
  const third = await getCode(at, site);
  const proof = { claims: { nonce: secret() }, hasNoNonce: true };
  const made = await site.redeem(third.callback, third.checks, { proof });
  assertError(made, ['use_dpop_nonce', 'invalid_dpop_proof']);
  if (made.json['error'] === 'use_dpop_nonce') assert.ok(made.headers['dpop-nonce']);
  // A proof is for minutes (RFC 9449 §11.1).
  const old = { proof: { claims: { iat: now() - 3_600 }, hasNoNonce: true } };
  assertError(await site.redeem(third.callback, third.checks, old), [
    'invalid_dpop_proof',
    'use_dpop_nonce',
  ]);
});

shows('§2.3: grants the scopes that the client registered, and no other', async () => {
  for (const scope of [
    'openid age_over_18',
    'openid age_over_6',
    'openid profile',
    'openid picture',
  ]) {
    assertError(await site.push(site.request({ scope }).parameters), 'invalid_scope');
  }
  for (const scope of ['openid', 'openid age_over_9']) {
    const { callback, checks } = await getCode(at, site, { scope });
    // What was granted is not widened where it is redeemed.
    const body = { scope: 'openid age_over_9 profile' };
    const { status, json } = await site.redeem(callback, checks, { ...BEARER, body });
    assert.ok(status === 200 || json['error'] === 'invalid_scope', String(status));
    if (status !== 200) continue;
    assert.equal(json['scope'] ?? scope, scope);
    const claims = decodeJwt(String(json['id_token']));
    assert.equal('age_over_9' in claims, scope.includes('age_over_9'));
    const userinfo = await site.userinfo(String(json['access_token']), {
      scheme: 'Bearer',
      ...BEARER,
    });
    const members = Object.keys(userinfo.json).filter((name) => name !== 'age_over_9');
    assert.deepEqual(members, ['sub']);
    assert.ok(!('age_over_9' in userinfo.json) || scope.includes('age_over_9'));
  }
});

shows(
  '§4.10.2: an access token is good for userinfo and says nothing to anybody else',
  async () => {
    const { accessToken, idToken } = await getTokens(at, site);
    // Opaque: no resource server but this one can make anything of it.
    assert.match(accessToken, /^[A-Za-z0-9_-]{22,}$/);
    assert.equal(decodeJwt(idToken).aud, 'site');
    const use = { scheme: 'Bearer', proof: null };
    for (const wrong of [idToken, `${accessToken}x`, accessToken.slice(1), secret()]) {
      assert.equal((await site.userinfo(wrong, use)).status, 401);
    }
    for (const url of ['/token/introspection', '/token/revocation', '/par', '/token', '/auth']) {
      const headers = { authorization: `Bearer ${accessToken}` };
      const { status, json } = await at.send({ method: 'POST', url, headers });
      assert.ok(status >= 400 && json['active'] === undefined, url);
    }
    assert.equal((await site.userinfo(accessToken, use)).status, 200);
    // For a minute (design §5).
    const late = await later(61, () => site.userinfo(accessToken, use));
    assert.equal(late.status, 401);
  },
);

shows('§2.4: has no grant but the authorization code, and none for passwords', async () => {
  assert.deepEqual(at.metadata['grant_types_supported'], ['authorization_code']);
  for (const client of [site, app]) {
    for (const body of [
      { grant_type: 'password', username: 'emma', password: '1234' },
      { grant_type: 'client_credentials', scope: 'openid' },
      { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: secret() },
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: await site.assertion(),
      },
      { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: secret() },
      { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: secret() },
      { grant_type: 'implicit' },
      { grant_type: undefined },
    ]) {
      const reply = await client.redeem(
        new URL(client.redirectUri),
        { verifier: secret() },
        {
          ...BEARER,
          body: { code: undefined, ...body },
        },
      );
      assertError(reply, ['unsupported_grant_type', 'unauthorized_client', 'invalid_request']);
    }
  }
});

shows('§4.14.2: gives no refresh token, whatever is asked, and takes none', async () => {
  for (const client of [site, app]) {
    const parameters = {
      scope: 'openid offline_access',
      prompt: 'consent',
      access_type: 'offline',
    };
    const pushed = await client.push(client.request(parameters).parameters);
    if (pushed.status === 201) {
      const { callback, checks } = await getCode(at, client, parameters);
      const { json } = await client.redeem(callback, checks, BEARER);
      assert.equal('refresh_token' in json, false);
    } else assertError(pushed, 'invalid_scope');
    const { callback, checks, accessToken } = await getTokens(at, client);
    for (const refresh_token of [accessToken, callback.searchParams.get('code'), secret()]) {
      const body = { grant_type: 'refresh_token', refresh_token, code: undefined };
      const reply = await client.redeem(callback, checks, { ...BEARER, body });
      assertError(reply, ['unsupported_grant_type', 'unauthorized_client']);
    }
  }
});

shows('§2.5: gives a client that registered a key nothing without its assertion', async () => {
  const { parameters } = site.request();
  const password = `Basic ${Buffer.from('site:secret').toString('base64')}`;
  const { callback, checks } = await getCode(at, site);
  for (const how of [
    { assertion: null },
    { assertion: null, headers: { authorization: password } },
    { assertion: null, body: { client_secret: 'secret' } },
    { assertion: '' },
    { assertion: 'e30.e30.e30' },
  ]) {
    assertError(await site.push(parameters, how), ['invalid_client', 'invalid_request']);
    assertError(await site.redeem(callback, checks, { ...BEARER, ...how }), [
      'invalid_client',
      'invalid_request',
    ]);
  }
  // Nothing of that spent the code.
  assert.equal((await site.redeem(callback, checks, BEARER)).status, 200);
});

shows('§2.5: takes an assertion for this issuer alone, once, and for minutes', async () => {
  const push = (assertion: object | string) =>
    site.push(site.request().parameters, { assertion: assertion as Record<string, unknown> });
  const { metadata, origin } = at;
  for (const claims of [
    { aud: metadata['token_endpoint'] },
    { aud: metadata['pushed_authorization_request_endpoint'] },
    { aud: `${origin}/` },
    { aud: [origin, 'https://evil.localhost'] },
    { aud: 'https://evil.localhost' },
    { aud: 'site' },
    { aud: undefined },
    { exp: now() + 3_600 },
    { exp: now() - 60 },
    { exp: undefined },
    { nbf: now() + 120 },
    { jti: undefined },
    { iss: 'evil' },
    { sub: 'evil' },
    { iss: undefined },
    { sub: undefined },
  ]) {
    assertError(await push(claims), ['invalid_client', 'invalid_request']);
  }
  const jti = randomUUID();
  assert.equal((await push({ jti })).status, 201);
  assertError(await push({ jti }), 'invalid_client');
  const { callback, checks } = await getCode(at, site);
  const replayed = await site.redeem(callback, checks, { ...BEARER, assertion: { jti } });
  assertError(replayed, 'invalid_client');
});

shows('§2.5: one assertion does not pass for another client, or under another key', async () => {
  const evil = at.clientOf('evil');
  const { parameters } = site.request();
  const pushAs = (assertion: string) => site.push(parameters, { assertion });
  assertError(await pushAs(await evil.assertion()), ['invalid_client', 'invalid_request']);
  assertError(await pushAs(await evil.assertion({ iss: 'site', sub: 'site' })), 'invalid_client');
  const claims = { iss: 'site', sub: 'site', aud: at.origin, iat: now(), exp: now() + 60 };
  const key = Buffer.from('a shared secret of thirty-two bytes or more');
  for (const alg of ['HS256', 'HS512']) {
    const signed = await new SignJWT({ ...claims, jti: secret() })
      .setProtectedHeader({ alg, kid: 'k1' })
      .sign(key);
    assertError(await pushAs(signed), 'invalid_client');
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${encode({ alg: 'none' })}.${encode({ ...claims, jti: secret() })}.`;
  assertError(await pushAs(unsigned), 'invalid_client');
  const right = await site.assertion();
  assertError(await pushAs(`${right.slice(0, -6)}AAAAAA`), 'invalid_client');
});

shows(
  '§4.3.2: takes no access token from a query, and puts no secret into a URL but the code',
  async () => {
    const { callback, accessToken, idToken, checks } = await getTokens(at, site);
    const url = String(at.metadata['userinfo_endpoint']);
    const inQuery = await at.send({ method: 'GET', url: `${url}?access_token=${accessToken}` });
    assert.ok(inQuery.status === 400 || inQuery.status === 401);
    assert.equal(inQuery.json['sub'], undefined);
    for (const given of [accessToken, idToken, checks.verifier, checks.nonce]) {
      assert.equal(callback.href.includes(given), false);
    }
    // Nor does a token request go by query, where logs would keep it (RFC 6749 §2.3.1, §3.2).
    const { callback: other, checks: its } = await getCode(at, app);
    const query = encodeForm({
      client_id: 'app',
      grant_type: 'authorization_code',
      code: other.searchParams.get('code'),
      redirect_uri: app.redirectUri,
      code_verifier: its.verifier,
    });
    for (const method of ['GET', 'POST']) {
      const asked = await at.send({ method, url: `${at.metadata['token_endpoint']}?${query}` });
      assert.ok(asked.status >= 400 && asked.json['access_token'] === undefined, method);
    }
  },
);

shows(
  '§4.15.1: no client chooses its name, and no token has a client for its subject',
  async () => {
    const { idToken, accessToken } = await getTokens(at, site);
    const { sub } = decodeJwt(idToken);
    // 256 bits that the gateway made; client names are the operator's, and shorter.
    assert.match(String(sub), /^[A-Za-z0-9_-]{43}$/);
    const userinfo = await site.userinfo(accessToken, { scheme: 'Bearer', proof: null });
    assert.equal(userinfo.json['sub'], sub);
    const { callback, checks } = await getCode(at, site, { sub: 'evil', login_hint: 'evil' });
    const { json } = await site.redeem(callback, checks, { ...BEARER, body: { sub: 'evil' } });
    assert.equal(decodeJwt(String(json['id_token'])).sub, sub);
  },
);
