/**
 * oidcc-config-certification-test-plan: the one module reads the discovery document and the keys, field
 * by field (OpenID Connect Discovery 1.0 §3 and §4, RFC 8414 §2).
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { exchangeHttps, type HttpsAnswer } from '../kit/openid/https-exchange.ts';
import { type ConformanceProvider, startConformanceProvider } from './conformance-provider.ts';

let provider: ConformanceProvider;
let answer: HttpsAnswer;
let document: Readonly<Record<string, unknown>>;
before(async () => {
  provider = await startConformanceProvider();
  answer = await get('/.well-known/openid-configuration');
  document = JSON.parse(answer.text) as Readonly<Record<string, unknown>>;
});
after(() => provider.close());

const get = (path: string) => exchangeHttps(provider.server.agent, new URL(path, provider.issuer));

/** Every field that a registered specification defines and that this provider may show, by its type. */
const FIELDS: Readonly<Record<string, 'url' | 'strings' | 'boolean'>> = {
  issuer: 'url',
  authorization_endpoint: 'url',
  token_endpoint: 'url',
  userinfo_endpoint: 'url',
  jwks_uri: 'url',
  registration_endpoint: 'url',
  end_session_endpoint: 'url',
  pushed_authorization_request_endpoint: 'url',
  scopes_supported: 'strings',
  response_types_supported: 'strings',
  response_modes_supported: 'strings',
  grant_types_supported: 'strings',
  acr_values_supported: 'strings',
  subject_types_supported: 'strings',
  id_token_signing_alg_values_supported: 'strings',
  token_endpoint_auth_methods_supported: 'strings',
  token_endpoint_auth_signing_alg_values_supported: 'strings',
  display_values_supported: 'strings',
  prompt_values_supported: 'strings',
  claim_types_supported: 'strings',
  claims_supported: 'strings',
  ui_locales_supported: 'strings',
  code_challenge_methods_supported: 'strings',
  dpop_signing_alg_values_supported: 'strings',
  claims_parameter_supported: 'boolean',
  request_parameter_supported: 'boolean',
  request_uri_parameter_supported: 'boolean',
  require_pushed_authorization_requests: 'boolean',
  authorization_response_iss_parameter_supported: 'boolean',
  backchannel_logout_supported: 'boolean',
  backchannel_logout_session_supported: 'boolean',
};

/** Fields without which the module fails. */
const REQUIRED = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'response_types_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
];

const strings = (name: string): string[] => document[name] as string[];

test('oidcc-discovery-endpoint-verification: the document is 200 and application/json (Discovery §4.2)', () => {
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type'] ?? '', /^application\/json(;|$)/);
});

test('oidcc-discovery-endpoint-verification: the issuer is where the document was fetched, and is a plain https URL (§4.3, RFC 8414 §2)', () => {
  assert.equal(document['issuer'], provider.issuer);
  const { protocol, search, hash, username } = new URL(String(document['issuer']));
  assert.deepEqual([protocol, search, hash, username], ['https:', '', '', '']);
});

test('oidcc-discovery-endpoint-verification: what is required is there, each field has its type, and none is unknown', () => {
  for (const name of REQUIRED) assert.ok(name in document, name);
  for (const [name, value] of Object.entries(document)) {
    const type =
      FIELDS[name] ?? assert.fail(`${name} is not a field of a registered specification`);
    if (type === 'boolean') assert.equal(typeof value, 'boolean', name);
    if (type === 'url') assert.ok(typeof value === 'string' && URL.canParse(value), name);
    if (type !== 'strings') continue;
    const list = value as unknown[];
    assert.ok(Array.isArray(list) && list.length > 0, name);
    assert.ok(
      list.every((item) => typeof item === 'string' && item !== ''),
      name,
    );
    assert.equal(new Set(list).size, list.length, `${name} says something twice`);
  }
});

test('oidcc-discovery-endpoint-verification: every endpoint is https, and on the issuer', () => {
  const endpoints = Object.entries(document).filter(([name]) => /_(endpoint|uri)$/.test(name));
  assert.ok(endpoints.length >= 4);
  for (const [name, url] of endpoints) {
    assert.equal(new URL(String(url)).protocol, 'https:', name);
    assert.equal(new URL(String(url)).origin, provider.issuer, name);
    assert.equal(new URL(String(url)).hash, '', name);
  }
});

test('oidcc-discovery-endpoint-verification: response, grant and subject types are of OpenID Connect, and only those that are on', () => {
  assert.deepEqual(strings('response_types_supported'), ['code']);
  assert.deepEqual(strings('response_modes_supported'), ['query']);
  assert.deepEqual(strings('grant_types_supported'), ['authorization_code']);
  assert.deepEqual(strings('subject_types_supported'), ['pairwise']);
});

test('oidcc-discovery-endpoint-verification: forbidden: ID tokens are signed with ES256 only, RS256 is not listed (§3)', () => {
  assert.deepEqual(strings('id_token_signing_alg_values_supported'), ['ES256']);
});

test('oidcc-discovery-endpoint-verification: userinfo is there, and unsigned, as no algorithm is listed for it', () => {
  assert.equal(typeof document['userinfo_endpoint'], 'string');
  assert.equal('userinfo_signing_alg_values_supported' in document, false);
});

test('oidcc-discovery-endpoint-verification: client authentication is listed, with no algorithm "none" (§3)', () => {
  const methods = ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt'];
  assert.deepEqual([...strings('token_endpoint_auth_methods_supported')].sort(), methods);
  assert.deepEqual(strings('token_endpoint_auth_signing_alg_values_supported'), ['ES256']);
});

test('oidcc-discovery-endpoint-verification: scopes have openid among them and are scope tokens (RFC 6749 §3.3)', () => {
  const scopes = strings('scopes_supported');
  assert.ok(scopes.includes('openid'));
  for (const scope of scopes) assert.match(scope, /^[\x21\x23-\x5b\x5d-\x7e]+$/);
});

test('oidcc-discovery-endpoint-verification: claims are listed, and an ID token has no other (§3)', () => {
  const claims = strings('claims_supported');
  for (const name of ['sub', 'iss', 'acr', 'amr', 'auth_time'])
    assert.ok(claims.includes(name), name);
  const foreign = claims.filter((name) => /^(email|phone|name$|nickname|sid$)/.test(name));
  assert.deepEqual(foreign, []);
});

test('oidcc-discovery-endpoint-verification: locales are BCP 47 tags in their usual case (RFC 8414 §2)', () => {
  const locales = strings('ui_locales_supported');
  assert.deepEqual(locales, ['nl', 'fr', 'de', 'en']);
  assert.deepEqual(Intl.getCanonicalLocales(locales), locales);
});

test('oidcc-discovery-endpoint-verification: the claims parameter is on, request objects and references are off, in so many words', () => {
  assert.equal(document['claims_parameter_supported'], true);
  assert.equal(document['request_uri_parameter_supported'], false);
  assert.notEqual(document['request_parameter_supported'], true);
  assert.equal('request_object_signing_alg_values_supported' in document, false);
});

test('oidcc-discovery-endpoint-verification: PKCE methods are S256 alone (RFC 8414 §2, RFC 7636 §4.3)', () => {
  assert.deepEqual(strings('code_challenge_methods_supported'), ['S256']);
});

test('oidcc-discovery-endpoint-verification: the keys are public, whole, named apart and of use (§3, RFC 7517 §4.5)', async () => {
  const { pathname } = new URL(String(document['jwks_uri']));
  const fetched = await get(pathname);
  assert.equal(fetched.status, 200);
  assert.match(fetched.headers['content-type'] ?? '', /^application\/(jwk-set\+)?json(;|$)/);
  const { keys } = JSON.parse(fetched.text) as { keys: Record<string, string>[] };
  assert.ok(keys.length > 0);
  for (const key of keys) {
    assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    assert.deepEqual(
      [key['kty'], key['crv'], key['alg'], key['use']],
      ['EC', 'P-256', 'ES256', 'sig'],
    );
    for (const name of ['x', 'y'])
      assert.equal(Buffer.from(key[name] ?? '', 'base64url').length, 32);
    await crypto.subtle.importKey('jwk', key, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'verify',
    ]);
  }
  assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length);
});

test('oidcc-discovery-endpoint-verification: the OAuth name of the document says the same (RFC 8414 §3)', async () => {
  const other = await get('/.well-known/oauth-authorization-server');
  assert.deepEqual(JSON.parse(other.text), document);
});
