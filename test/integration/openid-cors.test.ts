/** Which web pages may talk to the provider themselves: a public client's one origin (design §8). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as relyingParty from 'openid-client';
import { createBrowser } from './openid-browser.ts';
import { exchange } from './openid-exchange.ts';
import { CALLBACK, type Server, startServer } from './openid-setup.ts';
import { logInWhole } from './openid-whole-login.ts';

const ORIGIN = 'https://spa.example';
const OTHERS = ['https://evil.example', 'https://spa.example:444', 'http://spa.example', 'null'];

let server: Server;
before(async () => {
  server = await startServer({
    moreClients: (file) => [
      { ...file, clientId: 'spa', authentication: { method: 'none', origin: ORIGIN } },
    ],
  });
});
after(() => server.close());

const REQUEST = {
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

async function send(method: string, path: string, headers: Record<string, string>, body = '') {
  const answer = await exchange(server.agent, new URL(path, server.issuer), {
    method,
    headers: { host: new URL(server.issuer).host, ...headers },
    body,
  });
  const { headers: got } = answer;
  return { status: answer.status, allowed: got['access-control-allow-origin'], text: answer.text };
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the origin of a public client', () => {
  test('may push a request, and reads the answer', async () => {
    const body = new URLSearchParams({ ...REQUEST, client_id: 'spa' }).toString();
    const answer = await send('POST', '/par', { ...FORM, origin: ORIGIN }, body);
    assert.deepEqual([answer.status, answer.allowed], [201, ORIGIN]);
  });

  test('passes a preflight at /par, /token and /userinfo', async () => {
    for (const path of ['/par', '/token', '/userinfo']) {
      const headers = { origin: ORIGIN, 'access-control-request-method': 'POST' };
      const answer = await send('OPTIONS', path, headers);
      assert.deepEqual([answer.status, answer.allowed], [204, ORIGIN]);
    }
  });

  test('redeems its code and reads userinfo, with a DPoP nonce in sight', async () => {
    const { tokens } = await logInWhole(server, {
      clientId: 'spa',
      authentication: relyingParty.None(),
    });
    const authorization = `Bearer ${tokens.access_token}`;
    const answer = await send('GET', '/userinfo', { origin: ORIGIN, authorization });
    assert.deepEqual([answer.status, answer.allowed], [200, ORIGIN]);
  });

  test('is that of its own client only', async () => {
    const body = new URLSearchParams({ ...REQUEST, client_id: 'public' }).toString();
    const answer = await send('POST', '/par', { ...FORM, origin: ORIGIN }, body);
    assert.deepEqual([answer.status, answer.allowed], [400, undefined]);
  });
});

describe('any other origin', () => {
  for (const origin of OTHERS) {
    test(`reads nothing: ${origin}`, async () => {
      for (const path of ['/par', '/token', '/userinfo']) {
        const headers = { origin, 'access-control-request-method': 'POST' };
        assert.equal((await send('OPTIONS', path, headers)).allowed, undefined);
      }
      const body = new URLSearchParams({ ...REQUEST, client_id: 'spa' }).toString();
      const answer = await send('POST', '/par', { ...FORM, origin }, body);
      assert.deepEqual([answer.status, answer.allowed], [400, undefined]);
      const stranger = body.replace('client_id=spa', 'client_id=stranger');
      assert.equal((await send('POST', '/par', { ...FORM, origin }, stranger)).allowed, undefined);
      assert.equal((await send('POST', '/token', { ...FORM, origin }, '')).allowed, undefined);
    });
  }

  test('is not written into the log', async () => {
    const body = new URLSearchParams({ ...REQUEST, client_id: 'spa' }).toString();
    const origin = 'https://zoe-proefkonijn.example not allowed';
    const first = server.log.length;
    await send('POST', '/par', { ...FORM, origin }, body);
    const entries = JSON.stringify(server.log.slice(first));
    assert.match(entries, /"reason":"origin not allowed for client: spa"/);
  });

  test('may not use a token of the client either', async () => {
    const { tokens } = await logInWhole(server, {
      clientId: 'spa',
      authentication: relyingParty.None(),
    });
    const authorization = `Bearer ${tokens.access_token}`;
    const answer = await send('GET', '/userinfo', {
      origin: 'https://evil.example',
      authorization,
    });
    assert.deepEqual([answer.status, answer.allowed], [400, undefined]);
  });

  test('reads discovery and keys, which are everybody’s', async () => {
    for (const path of ['/.well-known/openid-configuration', '/jwks']) {
      const answer = await send('GET', path, { origin: 'https://evil.example' });
      assert.deepEqual([answer.status, answer.allowed], [200, 'https://evil.example']);
    }
  });

  test('and the client’s own read nothing at /auth (RFC 9700 §2.6)', async () => {
    for (const origin of [ORIGIN, 'https://evil.example']) {
      const query = new URLSearchParams({ ...REQUEST, client_id: 'public' });
      const answer = await send('GET', `/auth?${query}`, { origin });
      assert.deepEqual([answer.status, answer.allowed], [303, undefined]);
      const preflight = { origin, 'access-control-request-method': 'GET' };
      assert.equal((await send('OPTIONS', '/auth', preflight)).allowed, undefined);
    }
    assert.equal((await createBrowser(server).send('/logout')).status, 200);
  });
});
