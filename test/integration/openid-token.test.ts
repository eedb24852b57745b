/** Who may exchange a code for tokens, and with what (RFC 6749 §4.1.3, RFC 7523, RFC 7636). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateKeyPair } from 'jose';
import * as relyingParty from 'openid-client';
import { createBrowser, logIn } from './openid-browser.ts';
import {
  CALLBACK,
  createRelyingParty,
  type Server,
  signAssertion,
  startLogin,
  startServer,
} from './openid-setup.ts';

let server: Server;
let chat: relyingParty.Configuration;
before(async () => {
  server = await startServer();
  chat = await createRelyingParty(server);
});
after(() => server.close());

describe('a client assertion is refused (RFC 7523 §3)', () => {
  const now = () => Math.floor(Date.now() / 1_000);

  async function pushWith(claims: object, key = server.clientKeys.privateKey) {
    const assertion = await signAssertion(server, claims, key);
    const body = new URLSearchParams({
      client_id: 'chat',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    const response = await server.fetch(`${server.issuer}/par`, { method: 'POST', body });
    const answer = (await response.json()) as { error?: string };
    return answer.error ?? response.status;
  }

  test('not when it is right', async () => assert.equal(await pushWith({}), 201));

  const bad: [name: string, claims: () => object][] = [
    ['for the token endpoint instead of the issuer', () => ({ aud: `${server.issuer}/token` })],
    ['for others besides the issuer', () => ({ aud: [server.issuer, 'https://evil.example'] })],
    ['when it is valid for longer than 5 minutes', () => ({ exp: now() + 3_600 })],
    ['when it has expired', () => ({ exp: now() - 60 })],
    ['without an end', () => ({ exp: undefined })],
    ['without a jti', () => ({ jti: undefined })],
    ['of another client', () => ({ iss: 'pool' })],
  ];
  for (const [name, claims] of bad) {
    test(name, async () => assert.equal(await pushWith(claims()), 'invalid_client'));
  }

  test('under another key', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    assert.equal(await pushWith({}, privateKey), 'invalid_client');
  });
});

describe('a code is refused', () => {
  async function getCode() {
    const { url, checks } = await startLogin(chat);
    return { callback: await logIn(createBrowser(server), url), checks };
  }

  test('with another verifier (RFC 7636 §4.6)', async () => {
    const { callback, checks } = await getCode();
    const other = { ...checks, pkceCodeVerifier: relyingParty.randomPKCECodeVerifier() };
    const attempt = relyingParty.authorizationCodeGrant(chat, callback, other);
    await assert.rejects(attempt, { error: 'invalid_grant' });
  });

  test('from another client', async () => {
    const { callback, checks } = await getCode();
    const pool = await createRelyingParty(server, 'pool');
    const attempt = relyingParty.authorizationCodeGrant(pool, callback, checks);
    await assert.rejects(attempt, { error: 'invalid_grant' });
  });

  test('with another redirect URI (RFC 6749 §4.1.3)', async () => {
    const { callback, checks } = await getCode();
    const moved = new URL(`https://www.chat.example/callback${callback.search}`);
    const attempt = relyingParty.authorizationCodeGrant(chat, moved, checks);
    await assert.rejects(attempt, { error: 'invalid_grant' });
  });

  test('from a client that does not prove who it is', async () => {
    const { callback, checks } = await getCode();
    const response = await server.fetch(`${server.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'chat',
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: CALLBACK,
        code_verifier: checks.pkceCodeVerifier,
      }),
    });
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_client');
  });
});
