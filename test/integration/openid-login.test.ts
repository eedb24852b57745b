/** A whole login as a relying party sees it, over TLS, with openid-client (OpenID Connect Core). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as relyingParty from 'openid-client';
import { createBrowser, locationOf, logIn, type Person } from './openid-browser.ts';
import {
  CALLBACK,
  countRows,
  createRelyingParty,
  SECOND_CALLBACK,
  type Server,
  startLogin,
  startServer,
} from './openid-setup.ts';

let server: Server;
before(async () => {
  server = await startServer();
});
after(() => server.close());

/** A login of one client from request to tokens. */
async function getTokens(
  clientId: string,
  person?: Person,
  parameters: Record<string, string> = {},
) {
  const config = await createRelyingParty(server, clientId);
  const { url, checks } = await startLogin(config, parameters);
  const callback = await logIn(createBrowser(server), url, person);
  const tokens = await relyingParty.authorizationCodeGrant(config, callback, checks);
  return { tokens, callback, checks, claims: decodeJwt(tokens.id_token ?? '') };
}

describe('discovery', () => {
  test('announces one flow, one algorithm, and nothing that is off', async () => {
    const response = await server.fetch(`${server.issuer}/.well-known/openid-configuration`);
    const { issuer } = server;
    const ages = [6, 9, 12, 13, 14, 16, 18, 21, 65].map((years) => `age_over_${years}`);
    const announced = (await response.json()) as Record<string, unknown>;
    const { claims_supported, ...rest } = announced;
    const identity = ['given_name', 'family_name', 'gender', 'birthdate', 'address', 'picture'];
    const others = ['acr', 'amr', 'auth_time', 'iss', 'sub', 'reverify_after'];
    assert.deepEqual(
      [...(claims_supported as string[])].sort(),
      [...ages, ...identity, ...others].sort(),
    );
    assert.deepEqual(rest, {
      acr_values_supported: ['urn:kids-id:acr:card-pin'],
      authorization_endpoint: `${issuer}/auth`,
      authorization_response_iss_parameter_supported: true,
      claim_types_supported: ['normal'],
      backchannel_logout_session_supported: false,
      backchannel_logout_supported: true,
      claims_parameter_supported: true,
      code_challenge_methods_supported: ['S256'],
      display_values_supported: ['page', 'popup', 'touch', 'wap'],
      dpop_signing_alg_values_supported: ['ES256', 'PS256'],
      end_session_endpoint: `${issuer}/logout`,
      grant_types_supported: ['authorization_code'],
      id_token_signing_alg_values_supported: ['ES256'],
      issuer,
      jwks_uri: `${issuer}/jwks`,
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      pushed_authorization_request_endpoint: `${issuer}/par`,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      require_pushed_authorization_requests: false,
      response_modes_supported: ['query'],
      response_types_supported: ['code'],
      scopes_supported: [
        'openid',
        ...ages,
        'profile',
        'birthdate',
        'address',
        'address:postcode',
        'picture',
      ],
      subject_types_supported: ['pairwise'],
      token_endpoint: `${issuer}/token`,
      token_endpoint_auth_methods_supported: [
        'private_key_jwt',
        'client_secret_basic',
        'client_secret_post',
        'none',
      ],
      token_endpoint_auth_signing_alg_values_supported: ['ES256'],
      ui_locales_supported: ['nl', 'fr', 'de', 'en'],
      userinfo_endpoint: `${issuer}/userinfo`,
    });
  });

  test('publishes public keys only', async () => {
    const response = await server.fetch(`${server.issuer}/jwks`);
    const { keys } = (await response.json()) as { keys: object[] };
    const members = keys.map((key) => Object.keys(key).sort());
    assert.deepEqual(members, [['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
  });
});

describe('a login', () => {
  test('gives an ID token with exactly these claims', async () => {
    const { tokens, callback, checks, claims } = await getTokens('chat', { card: 'fox', age: 9 });
    assert.deepEqual([...callback.searchParams.keys()].sort(), ['code', 'iss', 'state']);
    assert.equal(callback.searchParams.get('iss'), server.issuer);
    assert.deepEqual(Object.keys(tokens).sort(), [
      'access_token',
      'expires_in',
      'id_token',
      'scope',
      'token_type',
    ]);
    const { iat = 0, exp = 0, auth_time, sub, ...rest } = claims;
    assert.deepEqual(rest, {
      iss: server.issuer,
      aud: 'chat',
      nonce: checks.expectedNonce,
      acr: 'urn:kids-id:acr:card-pin',
      amr: ['sc', 'pin', 'hwk'],
      age_over_6: true,
      age_over_13: false,
    });
    assert.match(sub ?? '', /^[A-Za-z0-9_-]{43}$/);
    assert.equal(exp - iat, 120);
    assert.ok(Math.abs(iat - Number(auth_time)) <= 60);
    assert.deepEqual(decodeProtectedHeader(tokens.id_token ?? ''), {
      alg: 'ES256',
      kid: 'signing',
    });
  });

  test('gives no age that was not asked', async () => {
    const { claims } = await getTokens('chat', { card: 'fox', age: 9 }, { scope: 'openid' });
    const names = ['acr', 'amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sub'];
    assert.deepEqual(Object.keys(claims).sort(), names);
  });

  test('that an age rule admits says the two limits without a scope (design §5)', async () => {
    const { claims } = await getTokens('ruled', { card: 'fox', age: 9 }, { scope: 'openid' });
    assert.equal(claims['age_over_6'], true);
    assert.equal(claims['age_over_13'], false);
  });

  test('gives one sub in one sector, another in another, and a new one each time if transient', async () => {
    const sub = async (clientId: string, card: string) =>
      (await getTokens(clientId, { card, age: 9 }, { scope: 'openid' })).claims.sub;
    const chat = await sub('chat', 'fox');
    assert.equal(await sub('chat', 'fox'), chat);
    assert.equal(await sub('chat-admin', 'fox'), chat);
    const others = [
      await sub('chat', 'owl'),
      await sub('pool', 'fox'),
      await sub('transient', 'fox'),
      await sub('transient', 'fox'),
    ];
    assert.equal(new Set([chat, ...others]).size, 5);
  });

  test('works at every registered redirect URI, on two hosts of one sector', async () => {
    const { callback } = await getTokens('chat', undefined, { redirect_uri: SECOND_CALLBACK });
    assert.ok(callback.href.startsWith(`${SECOND_CALLBACK}?`));
  });

  test('works for a public client, with PKCE and without a key', async () => {
    const { claims } = await getTokens('public');
    assert.equal(claims.aud, 'public');
  });

  test('leaves no session, cookie or claims behind, and the next one asks for the card again', async () => {
    const config = await createRelyingParty(server);
    const browser = createBrowser(server);
    for (const _ of ['first', 'second']) {
      const { url, checks } = await startLogin(config);
      const start = await browser.send(url);
      assert.match(start.location ?? '', /^\/login\/[A-Za-z0-9_-]+$/);
      for (const cookie of start.setCookies) {
        assert.match(cookie, /^__Secure-kids-id-(interaction|resume)(\.sig)?=/);
        for (const wanted of [/; secure/i, /; httponly/i, /; samesite=lax/i]) {
          assert.match(cookie, wanted);
        }
      }
      const done = await browser.send(`${start.location}/complete`, {
        method: 'POST',
        body: { card: 'fox', age: 9 },
      });
      const callback = locationOf(await browser.send(JSON.parse(done.text).location));
      await relyingParty.authorizationCodeGrant(config, callback, checks);
      assert.deepEqual([...browser.jar.keys()], []);
      const { claims, 'openid:Session': sessions } = countRows(server);
      assert.deepEqual({ claims, sessions }, { claims: undefined, sessions: undefined });
    }
  });

  test('tells the login page who asks, what for, and in which language', async () => {
    const config = await createRelyingParty(server);
    const { url } = await startLogin(config, {
      ui_locales: 'pt fr-BE nl',
      scope: 'openid age_over_6',
    });
    const browser = createBrowser(server);
    const { location = '' } = await browser.send(url);
    const page = await browser.send(location);
    assert.deepEqual(JSON.parse(page.text), {
      uid: location.slice('/login/'.length),
      clientId: 'chat',
      scopes: ['openid', 'age_over_6'],
      language: 'fr',
    });
  });

  test('writes neither sub nor token to the log', async () => {
    const { tokens, claims, callback } = await getTokens('chat', { card: 'log', age: 9 });
    const text = JSON.stringify(server.log);
    const secrets = [claims.sub, tokens.access_token, callback.searchParams.get('code')];
    for (const secret of secrets) assert.equal(text.includes(String(secret)), false);
    const events = server.log.map((entry) => (entry as { event?: string }).event);
    for (const event of ['interaction.started', 'authorization.success', 'grant.success']) {
      assert.ok(events.includes(event));
    }
  });
});

describe('a refused login', () => {
  test('says access_denied and nothing more, and no code is to be had', async () => {
    const config = await createRelyingParty(server);
    const { url, checks } = await startLogin(config);
    const callback = await logIn(createBrowser(server), url, 'refuse');
    assert.equal(callback.origin + callback.pathname, CALLBACK);
    assert.deepEqual(Object.fromEntries(callback.searchParams), {
      error: 'access_denied',
      state: checks.expectedState,
      iss: server.issuer,
    });
  });

  test('is answered once: neither a card nor a second refusal comes after it', async () => {
    const config = await createRelyingParty(server);
    for (const first of ['cancel', 'complete']) {
      const { url } = await startLogin(config);
      const browser = createBrowser(server);
      const login = locationOf(await browser.send(url)).pathname;
      const cookies = [...browser.jar.values()];
      const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
      const body = { card: 'fox', age: 9 };
      const answer = (path: string) =>
        browser.send(`${login}/${path}`, { method: 'POST', body, cookie });
      assert.equal((await answer(first)).status, 200);
      for (const path of ['cancel', 'complete']) {
        assert.deepEqual(JSON.parse((await answer(path)).text), { code: 'LOGIN_EXPIRED' });
      }
    }
  });

  test('is what an outcome with claims that nobody asked for comes to', async () => {
    const config = await createRelyingParty(server);
    const { url } = await startLogin(config, { scope: 'openid age_over_6' });
    const browser = createBrowser(server);
    const login = locationOf(await browser.send(url)).pathname;
    const outcome = { sub: 'somebody', claims: { age_over_13: false } };
    const answer = await browser.send(`${login}/complete`, {
      method: 'POST',
      body: { card: 'fox', age: 9, outcome },
    });
    assert.deepEqual(JSON.parse(answer.text), { code: 'INTERNAL' });
  });
});
