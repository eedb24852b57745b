/** Tokens bound to a client's key (RFC 9449): optional, or required by the client's file. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decodeJwt, generateKeyPair } from 'jose';
import * as relyingParty from 'openid-client';
import { logIn } from './openid-browser.ts';
import { exchange } from './openid-exchange.ts';
import { makeProof } from './openid-proofs.ts';
import {
  CALLBACK,
  createRelyingParty,
  type Server,
  signAssertion,
  startLogin,
  startServer,
} from './openid-setup.ts';
import { createBoundBrowser, logInWhole } from './openid-whole-login.ts';

let server: Server;
let key: relyingParty.CryptoKeyPair;
before(async () => {
  server = await startServer({
    moreClients: (file) => [{ ...file, clientId: 'bound', dpop: 'required' }],
  });
  key = await generateKeyPair('ES256');
});
after(() => server.close());

const urlOf = (path: string) => `${server.issuer}${path}`;

async function send(method: string, path: string, headers: Record<string, string>, form?: object) {
  const answer = await exchange(server.agent, new URL(urlOf(path)), {
    method,
    headers: {
      host: new URL(server.issuer).host,
      ...headers,
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    body: form ? new URLSearchParams({ ...form }).toString() : '',
  });
  const body = JSON.parse(answer.text || '{}') as Record<string, unknown>;
  return { status: answer.status, headers: answer.headers, body };
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A code of `clientId`, and the form that redeems it. */
async function codeForm(clientId: string, parameters: Record<string, string> = {}) {
  const { url, checks } = await startLogin(await createRelyingParty(server, clientId), parameters);
  const callback = await logIn(createBoundBrowser(server), url);
  return {
    client_id: clientId,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await signAssertion(server, { iss: clientId, sub: clientId }),
    grant_type: 'authorization_code',
    code: callback.searchParams.get('code') ?? '',
    redirect_uri: CALLBACK,
    code_verifier: checks.pkceCodeVerifier,
  };
}

function redeem(form: object, proof?: string) {
  return send('POST', '/token', proof === undefined ? {} : { dpop: proof }, form);
}

const tokenProof = (change?: { claims?: object; header?: object }) =>
  makeProof(key, { htm: 'POST', htu: urlOf('/token') }, change);

describe('a client that brings a proof', () => {
  test('gets a token that its key alone can use, with openid-client', async () => {
    const config = await createRelyingParty(server);
    const handle = relyingParty.getDPoPHandle(config, key);
    const { tokens, claims } = await logInWhole(server, { dpop: handle });
    assert.equal(tokens.token_type, 'dpop');
    const info = await relyingParty.fetchUserInfo(config, tokens.access_token, claims.sub, {
      DPoP: handle,
    });
    assert.equal(info.sub, claims.sub);
    const bearer = { authorization: `Bearer ${tokens.access_token}` };
    assert.equal((await send('GET', '/userinfo', bearer)).status, 401);
  });

  test('cannot use it with another key, for another token, or twice with one proof', async () => {
    const answer = await redeem(await codeForm('chat'), await tokenProof());
    const accessToken = String(answer.body['access_token']);
    const target = { htm: 'GET', htu: urlOf('/userinfo'), accessToken };
    const use = async (proof: string) =>
      send('GET', '/userinfo', { authorization: `DPoP ${accessToken}`, dpop: proof });
    const other = await generateKeyPair('ES256');
    assert.equal((await use(await makeProof(other, target))).status, 401);
    const forAnother = await makeProof(key, { ...target, accessToken: 'x' });
    assert.equal((await use(forAnother)).body['error'], 'invalid_dpop_proof');
    const proof = await makeProof(key, target);
    assert.equal((await use(proof)).status, 200);
    const again = await use(proof);
    assert.deepEqual([again.status, again.body['error']], [401, 'invalid_dpop_proof']);
  });

  test('that pushed the thumbprint has to bring that key to the token endpoint', async () => {
    const parameters = { dpop_jkt: 'x'.repeat(43) };
    const answer = await redeem(await codeForm('chat', parameters), await tokenProof());
    assert.equal(answer.body['error'], 'invalid_grant');
  });
});

describe('a client whose file requires it', () => {
  test('gets no bearer token, and keeps its code (RFC 9449 §5)', async () => {
    const form = await codeForm('bound');
    const refused = await redeem(form);
    assert.deepEqual([refused.status, refused.body['error']], [400, 'invalid_grant']);
    const client_assertion = await signAssertion(server, { iss: 'bound', sub: 'bound' });
    const answer = await redeem({ ...form, client_assertion }, await tokenProof());
    assert.equal(answer.body['token_type'], 'DPoP');
  });
});

describe('a proof is refused at the token endpoint (RFC 9449 §4.3)', () => {
  const now = () => Math.floor(Date.now() / 1_000);
  const bad: [name: string, change: () => { claims?: object; header?: object }][] = [
    ['for another method', () => ({ claims: { htm: 'GET' } })],
    ['for another address', () => ({ claims: { htu: urlOf('/par') } })],
    ['without a name', () => ({ claims: { jti: undefined } })],
    ['without a time', () => ({ claims: { iat: undefined } })],
    ['of another type', () => ({ header: { typ: 'JWT' } })],
    ['with another key in its header', () => ({ header: { jwk: { kty: 'EC', crv: 'P-256' } } })],
  ];
  for (const [name, change] of bad) {
    test(name, async () => {
      const answer = await redeem(await codeForm('chat'), await tokenProof(change()));
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_dpop_proof']);
    });
  }

  test('from a clock that is wrong, which a nonce makes good (RFC 9449 §8)', async () => {
    const form = await codeForm('chat');
    const late = await redeem(form, await tokenProof({ claims: { iat: now() - 3_600 } }));
    assert.equal(late.body['error'], 'use_dpop_nonce');
    const nonce = late.headers['dpop-nonce'] ?? '';
    assert.match(nonce, /^[A-Za-z0-9_-]{43}$/);
    const client_assertion = await signAssertion(server);
    const claims = { iat: now() - 3_600, nonce };
    const answer = await redeem({ ...form, client_assertion }, await tokenProof({ claims }));
    assert.equal(answer.status, 200);
  });

  test('with a nonce that is not ours', async () => {
    const claims = { nonce: 'n'.repeat(43) };
    const answer = await redeem(await codeForm('chat'), await tokenProof({ claims }));
    assert.equal(answer.body['error'], 'use_dpop_nonce');
  });
});

describe('a proof that comes again', () => {
  test('is invalid_dpop_proof at /par and /token, the assertion beside it invalid_client', async () => {
    const proof = await makeProof(key, { htm: 'POST', htu: urlOf('/par') });
    const push = async (assertion?: string) =>
      send(
        'POST',
        '/par',
        { dpop: proof },
        {
          client_id: 'chat',
          client_assertion_type: ASSERTION_TYPE,
          client_assertion: assertion ?? (await signAssertion(server)),
          redirect_uri: CALLBACK,
          response_type: 'code',
          scope: 'openid',
          code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
          code_challenge_method: 'S256',
        },
      );
    const assertion = await signAssertion(server);
    assert.equal((await push(assertion)).status, 201);
    assert.equal((await push()).body['error'], 'invalid_dpop_proof');
    assert.equal((await push(assertion)).body['error'], 'invalid_client');
    const used = await tokenProof();
    assert.equal((await redeem(await codeForm('chat'), used)).status, 200);
    const again = await redeem(await codeForm('chat'), used);
    assert.deepEqual([again.status, again.body['error']], [400, 'invalid_dpop_proof']);
  });

  test('eight times at once is taken once', async () => {
    const answer = await redeem(await codeForm('chat'), await tokenProof());
    const accessToken = String(answer.body['access_token']);
    const target = { htm: 'GET', htu: urlOf('/userinfo'), accessToken };
    const headers = { authorization: `DPoP ${accessToken}`, dpop: await makeProof(key, target) };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send('GET', '/userinfo', headers)),
    );
    const results = answers.map(({ status, body }) => body['error'] ?? status);
    assert.deepEqual(results.filter((result) => result === 200).length, 1);
    assert.equal(results.filter((result) => result === 'invalid_dpop_proof').length, 7);
  });
});

test('an access token is opaque: it says nothing of the key or of anybody', async () => {
  const answer = await redeem(await codeForm('chat'), await tokenProof());
  assert.throws(() => decodeJwt(String(answer.body['access_token'])));
});
