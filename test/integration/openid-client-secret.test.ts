/** Clients with a secret, of which the gateway keeps a hash (RFC 6749 §2.3.1, OpenID Connect Core §9). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ClientSecretBasic, ClientSecretPost, PrivateKeyJwt } from 'openid-client';
import {
  CALLBACK,
  createRelyingParty,
  type Server,
  startLogin,
  startServer,
} from './openid-setup.ts';
import { hashOf, logInWhole } from './openid-whole-login.ts';

const SECRET = 'TEST-ONLY-secret-of-the-library-0001';
const NEXT_SECRET = 'TEST-ONLY-secret: with + & % and : 2';

let server: Server;
before(async () => {
  const secretHashes = [hashOf(SECRET), hashOf(NEXT_SECRET)];
  const authentication = { method: 'client_secret', secretHashes };
  server = await startServer({
    moreClients: (file) => [{ ...file, clientId: 'library', authentication }],
  });
});
after(() => server.close());

describe('a client with a secret', () => {
  test('logs people in with either of its two secrets, in the header or in the form', async () => {
    for (const secret of [SECRET, NEXT_SECRET]) {
      for (const authentication of [ClientSecretBasic(secret), ClientSecretPost(secret)]) {
        const { claims } = await logInWhole(server, { clientId: 'library', authentication });
        assert.equal(claims.aud, 'library');
      }
    }
  });

  test('is refused with another secret, with a hash and with the file’s two hashes', async () => {
    const wrong = [
      `${SECRET} `,
      SECRET.toLowerCase(),
      'x',
      hashOf(SECRET),
      `${hashOf(SECRET)} ${hashOf(NEXT_SECRET)}`,
    ];
    for (const secret of wrong) {
      for (const authentication of [ClientSecretBasic(secret), ClientSecretPost(secret)]) {
        const config = await createRelyingParty(server, 'library', authentication);
        await assert.rejects(startLogin(config), { status: 401 });
      }
    }
  });

  test('is refused without one, with two ways at once, and with a key', async () => {
    const push = (headers: Record<string, string>, extra: Record<string, string>) =>
      server.fetch(`${server.issuer}/par`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({
          client_id: 'library',
          redirect_uri: CALLBACK,
          response_type: 'code',
          scope: 'openid',
          code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
          code_challenge_method: 'S256',
          ...extra,
        }),
      });
    const authorization = `Basic ${Buffer.from(`library:${SECRET}`).toString('base64')}`;
    assert.equal((await push({}, { client_secret: SECRET })).status, 201);
    assert.equal((await push({}, {})).status, 401);
    assert.equal((await push({ authorization }, { client_secret: SECRET })).status, 400);
    const key = { key: server.clientKeys.privateKey, kid: 'k1' };
    const withKey = await createRelyingParty(server, 'library', PrivateKeyJwt(key));
    await assert.rejects(startLogin(withKey), { error: 'invalid_client' });
  });

  test('answers 401 to a header with a challenge for the same scheme (RFC 6749 §5.2)', async () => {
    const authorization = `Basic ${Buffer.from('library:wrong').toString('base64')}`;
    const answer = await server.fetch(`${server.issuer}/token`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ grant_type: 'authorization_code', code: 'x' }),
    });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic /);
  });
});

test('a client with a key is not let in with a secret', async () => {
  for (const secret of [SECRET, 'undefined', '']) {
    const config = await createRelyingParty(server, 'chat', ClientSecretPost(secret || ' '));
    await assert.rejects(startLogin(config), { status: 401 });
  }
});

test('a secret is in no row and no log', async () => {
  await logInWhole(server, { clientId: 'library', authentication: ClientSecretBasic(SECRET) });
  assert.equal(JSON.stringify(server.log).includes(SECRET), false);
});
