/** A gateway with two clients of the FAPI 2.0 profile, and what its answers are held against. TEST ONLY. */
import assert from 'node:assert/strict';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import {
  type ConformanceGateway,
  openConformanceGateway,
  type Reply,
} from './conformance-gateway.ts';
import type { Checks, Differently, RawClient } from './raw-client.ts';

/** Starts it. `profile` is all that the files say: the rest of FAPI 2.0 must follow from it. */
export function openFapiGateway(): Promise<ConformanceGateway> {
  return openConformanceGateway([
    { clientId: 'fapi', profile: 'fapi2', ageThresholds: [6, 9] },
    { clientId: 'fapi-other', profile: 'fapi2' },
    {
      clientId: 'fapi-single',
      profile: 'fapi2',
      redirectUris: ['https://fapi-single.localhost/callback'],
    },
  ]);
}

/** A code for `client`, and what redeems it. */
export async function getCode(
  at: ConformanceGateway,
  client: RawClient,
  request: { parameters?: Record<string, unknown>; push?: Differently } = {},
): Promise<{ callback: URL; checks: Checks }> {
  const { path, checks } = await client.begin(request.parameters, request.push);
  const callback = await at.logIn(path);
  assert.ok(callback.searchParams.get('code'), callback.href);
  return { callback, checks };
}

/** An access token of `client`. */
export async function getAccessToken(at: ConformanceGateway, client: RawClient): Promise<string> {
  const { callback, checks } = await getCode(at, client);
  const reply = await client.redeem(callback, checks);
  assert.equal(reply.status, 200, reply.text);
  return String(reply.json['access_token']);
}

/** Refused as RFC 6749 §5.2 has it, by one of these errors, and nothing given. */
export function assertRefused(reply: Reply, errors: readonly string[]): void {
  const { status, json, text } = reply;
  assert.ok(status === 400 || status === 401, `${status} ${text}`);
  assert.ok(errors.includes(String(json['error'])), text);
  assert.match(String(reply.headers['content-type']), /^application\/json/);
  for (const member of ['access_token', 'id_token', 'request_uri']) {
    assert.equal(json[member], undefined);
  }
  assert.doesNotMatch(String(json['error_description'] ?? ''), /[\r\n\t]/);
}

/** Ends in a page or in an error at the callback; neither a login page nor a code. */
export function assertNoLogin(
  answer: { status: number; headers: object; text: string },
  errors: readonly string[],
): void {
  const { location } = answer.headers as { location?: string };
  if (location === undefined) {
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.text}`);
    return;
  }
  assert.match(location, /^https:/, 'a login page');
  const { searchParams } = new URL(location);
  assert.equal(searchParams.get('code'), null);
  assert.ok(errors.includes(String(searchParams.get('error'))), location);
}

/** The claims of an ID token, verified as a relying party verifies them (OpenID Connect Core §3.1.3.7). */
export async function verifyIdToken(
  at: ConformanceGateway,
  token: unknown,
  audience: string,
): Promise<Record<string, unknown>> {
  const { json } = await at.send({ method: 'GET', url: String(at.metadata['jwks_uri']) });
  const keys = createLocalJWKSet(json as unknown as JSONWebKeySet);
  const { payload } = await jwtVerify(String(token), keys, {
    issuer: at.origin,
    audience,
    algorithms: ['ES256', 'PS256', 'EdDSA'],
    requiredClaims: ['sub', 'exp', 'iat'],
  });
  return { ...payload };
}
