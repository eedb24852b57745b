/** fapi2-security-profile-final-test-plan: pushed requests that are refused. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { ConformanceGateway } from './conformance-gateway.ts';
import { testModule } from './fapi2-modules.ts';
import { assertNoLogin, assertRefused, openFapiGateway } from './fapi2-setup.ts';
import { type Changes, type Differently, encodeForm, type RawClient } from './raw-client.ts';

let at: ConformanceGateway;
let fapi: RawClient;
before(async () => {
  at = await openFapiGateway();
  fapi = at.clientOf('fapi');
});
after(() => at.close());

const push = (changes: Changes, how?: Differently) =>
  fapi.push(fapi.request(changes).parameters, how);
const now = () => Math.floor(Date.now() / 1_000);
const BAD_CLIENT = ['invalid_client', 'invalid_request'];

testModule('ensure-request-object-without-redirect-uri-fails', async () => {
  assertRefused(await push({ redirect_uri: undefined }), ['invalid_request']);
});

testModule('ensure-redirect-uri-in-authorization-request', async () => {
  const single = at.clientOf('fapi-single');
  const { parameters } = single.request({ redirect_uri: undefined });
  assertRefused(await single.push(parameters), ['invalid_request']);
});

testModule('ensure-registered-redirect-uri', async () => {
  for (const redirect_uri of [
    `${fapi.redirectUri}/more`,
    `${fapi.redirectUri}?more`,
    'https://fapi-other.localhost/callback',
    'https://evil.localhost/callback',
  ]) {
    assertRefused(await push({ redirect_uri }), ['invalid_request', 'invalid_redirect_uri']);
  }
});

testModule('plain-fapi-tolerate-unregistered-redirect-uri', async () => {
  // RFC 9126 §2.4 would let a client bring a new one; this gateway never does.
  const redirect_uri = `https://fapi.localhost/callback-${now()}`;
  assertRefused(await push({ redirect_uri }), ['invalid_request', 'invalid_redirect_uri']);
});

testModule('ensure-unsigned-authorization-request-without-using-par-fails', async () => {
  const { parameters } = fapi.request();
  assertNoLogin(await at.visit(fapi.plainPath(parameters)), ['invalid_request']);
});

const RESPONSE_TYPE_ERRORS = [
  'unsupported_response_type',
  'invalid_request',
  'unauthorized_client',
];

testModule('ensure-response-type-code-idtoken-fails', async () => {
  assertRefused(await push({ response_type: 'code id_token' }), RESPONSE_TYPE_ERRORS);
});

testModule('ensure-response-type-token-fails', async () => {
  for (const response_type of ['token', 'id_token token', 'code token', 'none']) {
    assertRefused(await push({ response_type }), RESPONSE_TYPE_ERRORS);
  }
});

testModule('ensure-request-object-signature-algorithm-is-not-none', async () => {
  const claims = Buffer.from(JSON.stringify(fapi.request().parameters)).toString('base64url');
  const request = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
  const errors = ['request_not_supported', 'invalid_request_object', 'invalid_request'];
  assertRefused(await push({ request }), errors);
  assertRefused(await fapi.push({ request }), errors);
});

const REQUEST_URI_ERRORS = [
  'invalid_request',
  'invalid_request_object',
  'request_uri_not_supported',
];

testModule('par-authorization-request-containing-request_uri-form-param', async () => {
  const request_uri = 'urn:ietf:params:oauth:request_uri:random';
  assertRefused(await push({ request_uri }), REQUEST_URI_ERRORS);
});

testModule('par-authorization-request-containing-request_uri', async () => {
  const { requestUri } = await fapi.begin();
  for (const request_uri of [requestUri, 'https://fapi.localhost/request.jwt']) {
    assertRefused(await push({ request_uri }), REQUEST_URI_ERRORS);
    assertRefused(await fapi.push({ request_uri }), REQUEST_URI_ERRORS);
  }
  const url = fapi.plainPath({ request_uri: 'https://fapi.localhost/request.jwt' });
  assertNoLogin(await at.visit(url), ['invalid_request', 'request_uri_not_supported']);
});

testModule('par-attempt-invalid-http-method', async () => {
  const { parameters } = fapi.request();
  const body = encodeForm({
    ...parameters,
    client_id: 'fapi',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await fapi.assertion(),
  });
  const url = String(at.metadata['pushed_authorization_request_endpoint']);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const asked of [
    { method: 'PUT', url, headers, body },
    { method: 'PATCH', url, headers, body },
    { method: 'GET', url: `${url}?${body}` },
  ]) {
    const { status, json } = await at.send(asked);
    assert.ok(status >= 400 && status < 500, `${asked.method}: ${status}`);
    assert.equal(json['request_uri'], undefined);
  }
});

testModule('par-ensure-pkce-required', async () => {
  const without = { code_challenge: undefined, code_challenge_method: undefined };
  assertRefused(await push(without), ['invalid_request']);
});

testModule('par-plain-pkce-rejected', async () => {
  assertRefused(await push({ code_challenge_method: 'plain' }), ['invalid_request']);
  // Without a method it would be plain (RFC 7636 §4.3).
  assertRefused(await push({ code_challenge_method: undefined }), ['invalid_request']);
});

testModule('par-test-array-as-audience-fails', async () => {
  for (const aud of [[at.origin], [at.origin, at.metadata['token_endpoint']], []]) {
    assertRefused(await push({}, { assertion: { aud } }), BAD_CLIENT);
  }
});

testModule('par-test-par-endpoint-url-as-audience-fails', async () => {
  const aud = at.metadata['pushed_authorization_request_endpoint'];
  assertRefused(await push({}, { assertion: { aud } }), BAD_CLIENT);
});

testModule('par-test-token-endpoint-url-as-audience-fails', async () => {
  const aud = at.metadata['token_endpoint'];
  assertRefused(await push({}, { assertion: { aud } }), BAD_CLIENT);
});

testModule('par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted', async () => {
  const soon = now() + 8;
  const reply = await push({}, { assertion: { iat: soon, nbf: soon, exp: soon + 60 } });
  assert.equal(reply.status, 201, reply.text);
});

testModule('par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails', async () => {
  const late = now() + 70;
  assertRefused(
    await push({}, { assertion: { iat: late, nbf: late, exp: late + 60 } }),
    BAD_CLIENT,
  );
  assertRefused(await push({}, { assertion: { iat: late, exp: late + 60 } }), BAD_CLIENT);
});
