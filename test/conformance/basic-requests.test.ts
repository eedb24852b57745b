/**
 * oidcc-basic-certification-test-plan: requests that must be refused, or that this provider does not
 * take. A page that says so is what the suite would have a person look at.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { UnsecuredJWT } from 'jose';
import { checkErrorCallback, checkTokenError } from '../kit/openid/check-answers.ts';
import type { HttpsAnswer } from '../kit/openid/https-exchange.ts';
import { composeRequest, encodeParameters } from '../kit/openid/relying-party.ts';
import { redirectOf } from '../kit/openid/user-agent.ts';
import {
  CALLBACK,
  type ConformanceProvider,
  startConformanceProvider,
} from './conformance-provider.ts';

let provider: ConformanceProvider;
before(async () => {
  provider = await startConformanceProvider();
});
after(() => provider.close());

/** Sends a plain request; returns what it was and its error callback's error. */
async function errorOf(changes: Record<string, string | undefined>): Promise<string> {
  const party = provider.party('secret');
  const sent = await party.makeRequest(changes);
  const callback = redirectOf(await provider.openUserAgent().send(sent.url), party.issuer);
  return checkErrorCallback(party, sent, callback);
}

/** A page of the provider, which sends the browser nowhere and starts nothing. */
function checkErrorPage(answer: HttpsAnswer, error: string): void {
  assert.equal(answer.status, 400);
  assert.equal(answer.headers['location'], undefined);
  assert.deepEqual(answer.setCookies, []);
  assert.match(answer.text, new RegExp(`\\b${error}\\b`));
}

/** Pushes a request; returns the error. */
async function pushError(changes: Record<string, string | undefined>): Promise<string> {
  const party = provider.party('key');
  const { parameters } = composeRequest(party, changes);
  return checkTokenError(await party.push(parameters));
}

test('oidcc-response-type-missing: comes back with invalid_request, plain or pushed', async () => {
  assert.equal(await errorOf({ response_type: undefined }), 'invalid_request');
  assert.equal(await pushError({ response_type: undefined }), 'invalid_request');
});

test('oidcc-ensure-registered-redirect-uri: one that is longer than the registered shows a page', async () => {
  for (const redirect_uri of [`${CALLBACK}/x1y2z3`, `${CALLBACK}?x1=y2`, `${CALLBACK}x1y2z3`]) {
    const { url } = await provider.party('secret').makeRequest({ redirect_uri });
    const answer = await provider.openUserAgent().send(url);
    checkErrorPage(answer, 'invalid_redirect_uri');
    assert.equal(await pushError({ redirect_uri }), 'invalid_request');
  }
});

test('oidcc-ensure-post-request-succeeds: forbidden: a POST to /auth starts no login', async () => {
  const { url } = await provider.party('secret').makeRequest();
  const form = new URLSearchParams(url.search);
  url.search = '';
  const answer = await provider.openUserAgent().send(url, { form });
  assert.ok([404, 405].includes(answer.status), `status ${answer.status}`);
  assert.equal(answer.headers['location'], undefined);
  assert.deepEqual(answer.setCookies, []);
});

test('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported: request_uri_not_supported', async () => {
  const request_uri = 'https://rp.example/request.jwt#digest';
  assert.equal(await errorOf({ request_uri }), 'request_uri_not_supported');
  assert.equal(await pushError({ request_uri }), 'request_uri_not_supported');
  const metadata = await provider.party('secret').metadata();
  // Absent means true (OpenID Connect Discovery 1.0 §3).
  assert.equal(metadata['request_uri_parameter_supported'], false);
});

test('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported: request_not_supported', async () => {
  const party = provider.party('secret');
  const { parameters } = composeRequest(party, {});
  const request = new UnsecuredJWT(parameters).encode();
  assert.equal(await errorOf({ request }), 'request_not_supported');
  assert.equal(await pushError({ request }), 'request_not_supported');
  const metadata = await party.metadata();
  // Absent means false.
  assert.ok([undefined, false].includes(metadata['request_parameter_supported'] as undefined));
  assert.equal(metadata['request_object_signing_alg_values_supported'], undefined);
});

test('oidcc-ensure-request-object-with-redirect-uri: a wrong redirect URI beside a request object shows a page', async () => {
  const party = provider.party('secret');
  const { parameters } = composeRequest(party, {});
  const request = new UnsecuredJWT(parameters).encode();
  const url = await party.endpoint('authorization_endpoint');
  const redirect_uri = 'https://other.example/callback';
  url.search = encodeParameters({ ...parameters, redirect_uri, request }).toString();
  const answer = await provider.openUserAgent().send(url);
  assert.equal(answer.status, 400);
  assert.equal(answer.headers['location'], undefined);
});

test('oidcc-ensure-request-with-valid-pkce-succeeds: forbidden: a request without PKCE, as every other module makes it, is refused', async () => {
  const without = { code_challenge: undefined, code_challenge_method: undefined };
  assert.equal(await errorOf(without), 'invalid_request');
  assert.equal(await pushError(without), 'invalid_request');
});
