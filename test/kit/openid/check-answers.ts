/**
 * What a careful relying party checks of every answer, and the conformance suite with it: callback,
 * error callback, token answer, ID token, userinfo, token errors. TEST ONLY.
 */
import assert from 'node:assert/strict';
import type { Agent } from 'node:https';
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { exchangeHttps, type HttpsAnswer } from './https-exchange.ts';
import type { RelyingParty, SentRequest } from './relying-party.ts';

/** Suite: codes of at least 128 bits in length, and 96 bits by Shannon's measure. */
const CODE_BITS = { length: 128, entropy: 96 } as const;

/** RFC 6749 §4.1.2.1, §5.2: %x20-21 / %x23-5B / %x5D-7E. */
const ERROR_TEXT = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/;

const TOLERANCE_SECONDS = 300;

/** Checks a callback that carries a code (OpenID Connect Core §3.1.2.5, RFC 9207 §2). Returns the code. */
export function checkCallback(party: RelyingParty, sent: SentRequest, callback: URL): string {
  const query = checkAddress(party, callback, sent.parameters['redirect_uri']);
  assert.deepEqual([...query.keys()].sort(), ['code', 'iss', 'state']);
  assert.equal(query.get('state'), sent.state);
  assert.equal(query.get('iss'), party.issuer);
  const code = query.get('code') ?? '';
  assert.ok(code.length * 8 >= CODE_BITS.length, 'code is too short (RFC 6749 §10.10)');
  assert.ok(shannonBits(code) > CODE_BITS.entropy, 'code is not random enough (RFC 6749 §10.10)');
  return code;
}

/** Checks a callback that carries an error (OpenID Connect Core §3.1.2.6). Returns the error. */
export function checkErrorCallback(party: RelyingParty, sent: SentRequest, callback: URL): string {
  const query = checkAddress(party, callback, sent.parameters['redirect_uri']);
  // The library names the scope that it refuses; the suite would remark on it, Core lets it pass.
  const extra = query.get('error') === 'invalid_scope' ? ['scope'] : [];
  const known = ['error', 'error_description', 'error_uri', 'iss', 'state', ...extra];
  assert.deepEqual(
    [...query.keys()].filter((name) => !known.includes(name)),
    [],
  );
  assert.equal(query.get('state'), sent.state);
  assert.equal(query.get('iss'), party.issuer);
  checkErrorText(query.get('error_description') ?? undefined);
  return query.get('error') ?? assert.fail('the callback says no error');
}

/** The answer of a token endpoint, as far as every module reads it. */
export interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly expires_in: number;
  readonly scope: string;
}

/** Checks a token answer (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3). */
export function checkTokens(answer: HttpsAnswer): Tokens {
  assert.equal(answer.status, 200, answer.text);
  checkJson(answer);
  assert.match(answer.headers['cache-control'] ?? '', /\bno-store\b/);
  const tokens = JSON.parse(answer.text) as Record<string, unknown>;
  const { access_token, id_token, expires_in, scope, token_type } = tokens;
  assert.equal(token_type, 'Bearer');
  assert.ok(typeof access_token === 'string' && access_token.length > 0);
  assert.ok(typeof id_token === 'string' && id_token.split('.').length === 3);
  assert.ok(Number.isInteger(expires_in) && Number(expires_in) > 0, 'expires_in (RFC 6749 §5.1)');
  assert.ok(typeof scope === 'string');
  return { access_token, id_token, expires_in: Number(expires_in), scope };
}

/**
 * Checks an ID token (OpenID Connect Core §2, §3.1.3.7, §10.1) against the provider's published keys.
 * Returns its claims.
 */
export async function checkIdToken(options: {
  party: RelyingParty;
  agent: Agent;
  idToken: string;
  /** The request's nonce; undefined when none was sent. */
  nonce: string | undefined;
}): Promise<JWTPayload> {
  const { party, agent, idToken, nonce } = options;
  const keys = await exchangeHttps(agent, await party.endpoint('jwks_uri'));
  const { payload, protectedHeader } = await jwtVerify(
    idToken,
    createLocalJWKSet(JSON.parse(keys.text)),
    {
      issuer: party.issuer,
      audience: party.clientId,
      algorithms: ['ES256'],
      clockTolerance: TOLERANCE_SECONDS,
      maxTokenAge: TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'exp', 'iat'],
    },
  );
  assert.equal(typeof protectedHeader.kid, 'string', 'kid (OpenID Connect Core §10.1)');
  assert.equal(payload['nonce'], nonce);
  assert.ok(typeof payload.sub === 'string' && /^[\x20-\x7e]{1,255}$/.test(payload.sub));
  assert.ok(payload.aud === party.clientId, 'one audience');
  assert.ok(payload['azp'] === undefined || payload['azp'] === party.clientId);
  const { auth_time: authTime, acr } = payload;
  if (authTime !== undefined) assert.ok(Number.isInteger(authTime));
  if (acr !== undefined) assert.ok(typeof acr === 'string' && acr.length > 0);
  assert.ok((payload.exp ?? 0) > (payload.iat ?? 0));
  return payload;
}

/** Checks a userinfo answer (OpenID Connect Core §5.3.2) about `sub`. Returns its claims. */
export function checkUserinfo(answer: HttpsAnswer, sub: string): Record<string, unknown> {
  assert.equal(answer.status, 200, answer.text);
  checkJson(answer);
  const claims = JSON.parse(answer.text) as Record<string, unknown>;
  assert.equal(claims['sub'], sub);
  for (const [name, value] of Object.entries(claims)) {
    assert.notEqual(value, null, `${name} is null (§5.3.2)`);
    const type = name === 'address' ? 'object' : 'string';
    assert.equal(typeof value, type, `${name} is no ${type} (§5.1)`);
  }
  return claims;
}

/** Checks a refusal of the token endpoint or /par (RFC 6749 §5.2). Returns `error`. */
export function checkTokenError(answer: HttpsAnswer, status = 400): string {
  assert.equal(answer.status, status, answer.text);
  checkJson(answer);
  assert.match(answer.headers['cache-control'] ?? '', /\bno-store\b/);
  const body = JSON.parse(answer.text) as Record<string, unknown>;
  assert.equal(body['access_token'], undefined);
  assert.equal(body['id_token'], undefined);
  checkErrorText(body['error_description']);
  assert.ok(typeof body['error'] === 'string' && ERROR_TEXT.test(body['error']));
  return body['error'];
}

/** Checks that userinfo refuses a token (RFC 6750 §3, §3.1). */
export function checkInvalidToken(answer: HttpsAnswer): void {
  assert.equal(answer.status, 401, answer.text);
  assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer .*error="invalid_token"/);
}

function checkAddress(party: RelyingParty, callback: URL, asked = party.redirectUri) {
  assert.equal(callback.origin + callback.pathname, asked);
  assert.equal(
    callback.hash,
    '',
    'nothing in the fragment (OAuth 2.0 Multiple Response Types §2.1)',
  );
  const names = [...callback.searchParams.keys()];
  assert.equal(new Set(names).size, names.length, 'a parameter stands there twice');
  return callback.searchParams;
}

function checkJson(answer: HttpsAnswer): void {
  assert.match(answer.headers['content-type'] ?? '', /^application\/json(;|$)/);
}

function checkErrorText(description: unknown): void {
  if (description === undefined) return;
  assert.ok(typeof description === 'string' && ERROR_TEXT.test(description), 'error_description');
}

function shannonBits(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / text.length);
  return -text.length * shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
}
