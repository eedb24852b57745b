/** fapi2-security-profile-final-test-plan: who gets tokens for a code, and who does not. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { generateKeyPair, SignJWT } from 'jose';
import { type ConformanceGateway, later } from './conformance-gateway.ts';
import { testModule } from './fapi2-modules.ts';
import { assertRefused, getCode, openFapiGateway } from './fapi2-setup.ts';
import { type Checks, type Differently, type RawClient, secret } from './raw-client.ts';

let at: ConformanceGateway;
let fapi: RawClient;
let other: RawClient;
before(async () => {
  at = await openFapiGateway();
  fapi = at.clientOf('fapi');
  other = at.clientOf('fapi-other');
});
after(() => at.close());

const now = () => Math.floor(Date.now() / 1_000);

/** Redeems a fresh code wrongly, and then rightly where a refused request must not spend it. */
async function assertTokenRefused(how: Differently, errors: readonly string[]): Promise<void> {
  const { callback, checks } = await getCode(at, fapi);
  assertRefused(await fapi.redeem(callback, checks, how), errors);
}

testModule('ensure-client-id-in-token-endpoint', async () => {
  await assertTokenRefused(
    {
      body: { client_id: 'fapi-other' },
      assertion: { iss: 'fapi-other', sub: 'fapi-other' },
    },
    ['invalid_client', 'invalid_grant'],
  );
  await assertTokenRefused({ body: { client_id: 'fapi-other' } }, [
    'invalid_client',
    'invalid_grant',
    'invalid_request',
  ]);
});

testModule('ensure-holder-of-key-required', async () => {
  await assertTokenRefused({ proof: null }, [
    'invalid_dpop_proof',
    'invalid_request',
    'invalid_grant',
  ]);
});

testModule('ensure-authorization-code-is-bound-to-client', async () => {
  const { callback, checks } = await getCode(at, fapi);
  const body = { redirect_uri: fapi.redirectUri };
  assertRefused(await other.redeem(callback, checks, { body }), ['invalid_grant']);
});

testModule('attempt-reuse-authorization-code-after-one-second', async () => {
  const { callback, checks } = await getCode(at, fapi);
  const { status, json } = await fapi.redeem(callback, checks);
  assert.equal(status, 200);
  const token = String(json['access_token']);
  assert.equal((await fapi.userinfo(token)).status, 200);
  await later(1, async () => {
    assertRefused(await fapi.redeem(callback, checks), ['invalid_grant']);
    // What the code gave is taken back (RFC 6749 §4.1.2).
    const { status: afterwards, headers } = await fapi.userinfo(token);
    assert.equal(afterwards, 401);
    assert.match(String(headers['www-authenticate']), /error="invalid_token"/);
  });
});

testModule('ensure-token-endpoint-fails-with-expired-auth-code', async () => {
  const { callback, checks } = await getCode(at, fapi);
  await later(60, async () => {
    assertRefused(await fapi.redeem(callback, checks), ['invalid_grant']);
  });
});

testModule('ensure-pkce-code-verifier-required', async () => {
  await assertTokenRefused({ body: { code_verifier: undefined } }, ['invalid_grant']);
});

testModule('incorrect-pkce-code-verifier-rejected', async () => {
  await assertTokenRefused({ body: { code_verifier: secret() } }, ['invalid_grant']);
});

testModule('ensure-signed-client-assertion-with-RS256-fails', async () => {
  const { privateKey } = await generateKeyPair('RS256');
  const iat = now();
  const assertion = await new SignJWT({
    iss: 'fapi',
    sub: 'fapi',
    aud: at.origin,
    iat,
    exp: iat + 60,
    jti: secret(),
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .sign(privateKey);
  await assertTokenRefused({ assertion }, ['invalid_client']);
});

testModule('ensure-client-assertion-in-token-endpoint', async () => {
  await assertTokenRefused({ assertion: null }, ['invalid_client', 'invalid_request']);
});

testModule('ensure-client-assertion-with-exp-is-5-minutes-in-past-fails', async () => {
  const exp = now() - 300;
  await assertTokenRefused({ assertion: { exp, iat: exp - 60 } }, ['invalid_client']);
});

testModule('ensure-client-assertion-with-wrong-aud-fails', async () => {
  await assertTokenRefused({ assertion: { aud: 'https://other-server.example' } }, [
    'invalid_client',
  ]);
});

testModule('ensure-client-assertion-with-no-sub-fails', async () => {
  await assertTokenRefused({ assertion: { sub: undefined } }, ['invalid_client']);
});

const KEY_ERRORS = ['invalid_grant', 'invalid_dpop_proof', 'invalid_request'];

testModule('ensure-mismatched-dpop-jkt-fails', async () => {
  const { parameters } = fapi.request({ dpop_jkt: await other.thumbprint() });
  assertRefused(await fapi.push(parameters, { proof: {} }), KEY_ERRORS);
});

testModule('ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt', async () => {
  const code = await getCode(at, fapi, { push: { proof: {} } });
  const keys = await generateKeyPair('ES256', { extractable: true });
  assertRefused(await fapi.redeem(code.callback, code.checks, { proof: { keys } }), KEY_ERRORS);
});

testModule('ensure-token-endpoint-fails-with-mismatched-dpop-jkt', async () => {
  const dpop_jkt = await other.thumbprint();
  const { callback, checks } = await getCode(at, fapi, { parameters: { dpop_jkt } });
  assertRefused(await fapi.redeem(callback, checks), KEY_ERRORS);
});

testModule('ensure-dpopproof-at-par-endpoint-binding-success', async () => {
  await assertBound(await getCode(at, fapi, { push: { proof: {} } }));
});

testModule('ensure-dpop-auth-code-binding-success', async () => {
  const dpop_jkt = await fapi.thumbprint();
  const request = { parameters: { dpop_jkt }, push: { proof: {} } };
  await assertBound(await getCode(at, fapi, request));
});

async function assertBound({ callback, checks }: { callback: URL; checks: Checks }): Promise<void> {
  const { status, json, text } = await fapi.redeem(callback, checks);
  assert.equal(status, 200, text);
  assert.equal(json['token_type'], 'DPoP');
  assert.equal((await fapi.userinfo(String(json['access_token']))).status, 200);
}
