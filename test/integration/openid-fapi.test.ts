/** What the FAPI 2.0 Security Profile asks of a provider, for a client whose file says `fapi2`. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateKeyPair } from 'jose';
import * as relyingParty from 'openid-client';
import { parseClientFile } from '../../gateway/oidc/clients.ts';
import { createBrowser, locationOf, logIn } from './openid-browser.ts';
import {
  CALLBACK,
  createRelyingParty,
  type Server,
  signAssertion,
  startLogin,
  startServer,
} from './openid-setup.ts';
import { createBoundBrowser, logInWhole, pushError } from './openid-whole-login.ts';

let server: Server;
let bank: relyingParty.Configuration;
let file: Readonly<Record<string, unknown>> = {};
before(async () => {
  server = await startServer({
    moreClients: (chat) => {
      file = { ...chat, clientId: 'bank', profile: 'fapi2' };
      return [file];
    },
  });
  bank = await createRelyingParty(server, 'bank');
});
after(() => server.close());

const FORM = {
  client_id: 'bank',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

async function push(claims: object, form: object = FORM): Promise<number> {
  const answer = await server.fetch(`${server.issuer}/par`, {
    method: 'POST',
    body: new URLSearchParams({
      ...form,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signAssertion(server, { iss: 'bank', sub: 'bank', ...claims }),
    }),
  });
  return answer.status;
}

describe('the profile of the registration (§5.3.2.1)', () => {
  test('goes with pushed requests and a key only', () => {
    assert.ok(parseClientFile(file));
    const authentication = { method: 'client_secret', secretHashes: ['A'.repeat(43)] };
    for (const change of [
      { par: 'optional' },
      { authentication },
      { authentication: { method: 'none' } },
    ]) {
      assert.throws(() => parseClientFile({ ...file, ...change }), /profile/);
    }
  });

  test('makes tokens bound to a key, whatever the file says of DPoP', async () => {
    const { url, checks } = await startLogin(bank);
    const callback = await logIn(createBoundBrowser(server), url);
    const bearer = relyingParty.authorizationCodeGrant(bank, callback, checks);
    await assert.rejects(bearer, { error: 'invalid_grant' });
    const key = await generateKeyPair('ES256');
    const { tokens } = await logInWhole(server, {
      clientId: 'bank',
      dpop: relyingParty.getDPoPHandle(bank, key),
    });
    assert.equal(tokens.token_type, 'dpop');
  });
});

describe('a request of the profile', () => {
  test('that is not pushed is refused', async () => {
    const answer = await createBrowser(server).send(`/auth?${new URLSearchParams(FORM)}`);
    assert.equal(locationOf(answer).searchParams.get('error'), 'invalid_request');
    assert.equal(locationOf(answer).searchParams.get('iss'), server.issuer);
  });

  test('needs its redirect URI, PKCE with S256, and the code flow', async () => {
    const bad: Record<string, string>[] = [
      { redirect_uri: '' },
      { code_challenge: '', code_challenge_method: '' },
      { code_challenge_method: 'plain' },
      { response_type: 'code id_token' },
      { response_mode: 'form_post' },
    ];
    for (const parameters of bad) {
      assert.equal((await pushError(bank, parameters)).error, 'invalid_request');
    }
  });

  test('needs an assertion for the issuer as a string, and no clock far ahead (§5.3.2.1)', async () => {
    const now = Math.floor(Date.now() / 1_000);
    assert.equal(await push({}), 201);
    assert.equal(await push({ iat: now + 8, nbf: now + 8 }), 201);
    assert.equal(await push({ aud: [server.issuer] }), 401);
    assert.equal(await push({ aud: `${server.issuer}/token` }), 401);
    assert.equal(await push({ aud: `${server.issuer}/par` }), 401);
    assert.equal(await push({ iat: now + 65 }), 401);
    assert.equal(await push({ nbf: now + 65 }), 401);
  });
});

describe('what everybody gets is enough for the profile', () => {
  test('the issuer in every answer, errors too (RFC 9207)', async () => {
    const { url } = await startLogin(bank);
    const refused = await logIn(createBoundBrowser(server), url, 'refuse');
    assert.equal(refused.searchParams.get('iss'), server.issuer);
  });

  test('codes of 30 s, ES256, and no token in a query', async () => {
    const answer = await server.fetch(`${server.issuer}/.well-known/openid-configuration`);
    const document = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual(document['id_token_signing_alg_values_supported'], ['ES256']);
    assert.deepEqual(document['token_endpoint_auth_signing_alg_values_supported'], ['ES256']);
    assert.deepEqual(document['dpop_signing_alg_values_supported'], ['ES256', 'PS256']);
    assert.deepEqual(document['code_challenge_methods_supported'], ['S256']);
    const inQuery = await server.fetch(`${server.issuer}/userinfo?access_token=${'x'.repeat(43)}`);
    assert.equal(inQuery.status, 400);
  });
});
