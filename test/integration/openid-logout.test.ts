/** RP-Initiated Logout 1.0 by a provider that keeps no session. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateKeyPair, SignJWT } from 'jose';
import { createBrowser, locationOf } from './openid-browser.ts';
import { exchange } from './openid-exchange.ts';
import { type Server, startServer } from './openid-setup.ts';
import { logInWhole } from './openid-whole-login.ts';

const AFTER = 'https://chat.example/after?from=login';

let server: Server;
before(async () => {
  server = await startServer({
    moreClients: (file) => [
      { ...file, clientId: 'leaving', postLogoutRedirectUris: [AFTER] },
      { ...file, clientId: 'other', postLogoutRedirectUris: [AFTER] },
    ],
  });
});
after(() => server.close());

async function logInTo(clientId: string) {
  const { tokens } = await logInWhole(server, { clientId });
  return { hint: tokens.id_token ?? '' };
}

function logOut(parameters: Record<string, string>) {
  return createBrowser(server).send(`/logout?${new URLSearchParams(parameters)}`);
}

const pageOf = (text: string) => JSON.parse(text.replace(/^logged out: /, '')) as object;

describe('a site that logs a person out', () => {
  test('gets the browser back where it registered, with its state (§2 and §3)', async () => {
    const { hint } = await logInTo('leaving');
    const answer = await logOut({
      id_token_hint: hint,
      post_logout_redirect_uri: AFTER,
      state: 'a b&c',
      client_id: 'leaving',
    });
    assert.equal(answer.status, 303);
    const { searchParams } = locationOf(answer);
    assert.deepEqual(
      [...searchParams],
      [
        ['from', 'login'],
        ['state', 'a b&c'],
      ],
    );
    assert.deepEqual(answer.setCookies, []);
    const plain = await logOut({ id_token_hint: hint, post_logout_redirect_uri: AFTER });
    assert.equal(plain.location, AFTER);
  });

  test('may post the form instead, and long after the ID token has expired', async () => {
    const { hint } = await logInTo('leaving');
    const body = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: AFTER });
    const answer = await exchange(server.agent, new URL('/logout', server.issuer), {
      method: 'POST',
      headers: {
        host: new URL(server.issuer).host,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: body.toString(),
    });
    assert.deepEqual([answer.status, answer.location], [303, AFTER]);
  });

  test('without a hint gets a page with a way back, and nobody is sent on by itself', async () => {
    const answer = await logOut({
      client_id: 'leaving',
      post_logout_redirect_uri: AFTER,
      ui_locales: 'fr nl',
    });
    assert.deepEqual([answer.status, answer.location], [200, undefined]);
    assert.deepEqual(pageOf(answer.text), {
      languages: ['fr', 'nl'],
      clientId: 'leaving',
      backUrl: AFTER,
    });
  });

  test('without an address, or with nothing at all, gets a page', async () => {
    const { hint } = await logInTo('leaving');
    for (const parameters of [{ id_token_hint: hint }, {}, { state: 's' }]) {
      const answer = await logOut(parameters);
      assert.deepEqual([answer.status, answer.location], [200, undefined]);
      assert.equal('backUrl' in pageOf(answer.text), false);
    }
  });

  test('is not believed an address without saying who it is (§3)', async () => {
    const answer = await logOut({ post_logout_redirect_uri: AFTER });
    assert.deepEqual([answer.status, answer.location], [200, undefined]);
    assert.equal('backUrl' in pageOf(answer.text), false);
  });
});

describe('a log-out is refused, with a page and without a redirect', () => {
  const refused = async (parameters: Record<string, string>, extra = '') => {
    const query = new URLSearchParams(parameters);
    const answer = await createBrowser(server).send(`/logout?${query}${extra}`);
    assert.deepEqual([answer.status, answer.location], [400, undefined]);
    assert.match(answer.text, /^message page: /);
  };

  test('to an address that is not registered, character by character', async () => {
    const { hint } = await logInTo('leaving');
    const addresses = [
      `${AFTER}&x=1`,
      `${AFTER}/`,
      'https://chat.example/after',
      'https://CHAT.example/after?from=login',
      'https://evil.example/',
    ];
    for (const post_logout_redirect_uri of addresses) {
      await refused({ id_token_hint: hint, post_logout_redirect_uri });
      await refused({ client_id: 'leaving', post_logout_redirect_uri });
    }
  });

  test('with a hint that is none, was changed, or was signed by somebody else', async () => {
    const { hint } = await logInTo('leaving');
    const [header, payload, signature = ''] = hint.split('.');
    const changed = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const { privateKey } = await generateKeyPair('ES256');
    const foreign = await new SignJWT({ iss: server.issuer, aud: 'leaving', sub: 'x' })
      .setProtectedHeader({ alg: 'ES256', kid: 'signing' })
      .sign(privateKey);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    for (const bad of ['x', `${header}.${payload}.${changed}`, foreign, unsigned]) {
      await refused({ id_token_hint: bad, post_logout_redirect_uri: AFTER });
    }
  });

  test('with a hint of another client, of a client unknown, or with a parameter twice', async () => {
    const { hint } = await logInTo('leaving');
    await refused({ id_token_hint: hint, client_id: 'other' });
    await refused({ client_id: 'stranger' });
    await refused({ id_token_hint: hint, state: 'a' }, '&state=b');
  });

  test('as a large form, and by another method', async () => {
    const send = (method: string, body: string) =>
      exchange(server.agent, new URL('/logout', server.issuer), {
        method,
        headers: {
          host: new URL(server.issuer).host,
          accept: 'text/html',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body,
      });
    assert.equal((await send('POST', `state=${'x'.repeat(20_000)}`)).status, 400);
    assert.equal((await send('PUT', '')).status, 405);
  });
});
