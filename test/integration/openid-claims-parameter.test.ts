/** The `claims` parameter and `acr_values`: what we could give is given or refused (OpenID Connect Core §5.5). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type * as relyingParty from 'openid-client';
import { createBrowser, locationOf, logIn } from './openid-browser.ts';
import { createRelyingParty, type Server, startLogin, startServer } from './openid-setup.ts';
import { callbackAtOnce, logInWhole, pushError } from './openid-whole-login.ts';

const URN = 'urn:kids-id:acr:card-pin';
const EIDAS = 'http://eidas.europa.eu/LoA/substantial';
const FOX = { card: 'fox', age: 9 };

let server: Server;
let eidasServer: Server;
let chat: relyingParty.Configuration;
let told: relyingParty.Configuration;
before(async () => {
  const moreClients = (file: object) => [
    {
      ...file,
      clientId: 'told',
      identity: { scopes: ['profile', 'address:postcode'] },
      reverifyAfterMonths: 12,
    },
  ];
  server = await startServer({ moreClients });
  eidasServer = await startServer({
    changeOptions: (options) => ({ ...options, eidasAcr: EIDAS }),
  });
  chat = await createRelyingParty(server);
  told = await createRelyingParty(server, 'told');
});
after(async () => {
  await server.close();
  await eidasServer.close();
});

const inIdToken = (id_token: object) => ({ scope: 'openid', claims: JSON.stringify({ id_token }) });
const inUserinfo = (userinfo: object, scope = 'openid') => ({
  scope,
  claims: JSON.stringify({ userinfo }),
});

describe('an age in claims.id_token', () => {
  test('is as good as its scope: it is told to the login page and stands in the token', async () => {
    const parameters = inIdToken({ age_over_6: null, age_over_13: { essential: true } });
    const { url } = await startLogin(chat, parameters);
    const browser = createBrowser(server);
    const { location = '' } = await browser.send(url);
    const page = JSON.parse((await browser.send(location)).text);
    assert.deepEqual(page.scopes, ['openid', 'age_over_6', 'age_over_13']);
    const { claims } = await logInWhole(server, { parameters });
    assert.deepEqual([claims['age_over_6'], claims['age_over_13']], [true, false]);
  });

  test('that is not registered is invalid_scope, also for a request that is not pushed', async () => {
    for (const name of ['age_over_18', 'age_over_7', 'age_over_06']) {
      const { error } = await pushError(chat, inIdToken({ [name]: null }));
      assert.equal(error, 'invalid_scope');
    }
    const query = new URLSearchParams({
      client_id: 'public',
      redirect_uri: 'https://chat.example/callback',
      response_type: 'code',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      ...inIdToken({ age_over_18: null }),
    });
    const answer = await createBrowser(server).send(`/auth?${query}`);
    assert.equal(locationOf(answer).searchParams.get('error'), 'invalid_scope');
  });

  test('cannot be asked by value: that rule is the registration’s requireAge', async () => {
    for (const request of [{ value: true }, { values: [true, false] }, { value: null }]) {
      const { error, reason } = await pushError(chat, inIdToken({ age_over_6: request }));
      assert.equal(error, 'invalid_request');
      assert.match(reason, /age_over_6.*requireAge/);
    }
  });
});

test('claims of which we know nothing are ignored, essential or not (OpenID Connect Core §5.5.1)', async () => {
  const stranger = { email: null, name: { essential: true }, '<b>"': null };
  const claims = JSON.stringify({ id_token: stranger, userinfo: stranger });
  const login = await logInWhole(server, { parameters: { scope: 'openid', claims } });
  const known = ['acr', 'amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sub'];
  assert.deepEqual(Object.keys(login.claims).sort(), known);
  const prototype = { scope: 'openid', claims: '{"id_token":{"__proto__":null}}' };
  assert.equal(({} as { age_over_18?: boolean }).age_over_18, undefined);
  await startLogin(chat, prototype);
});

describe('claims that are refused', () => {
  const refusals: [name: string, parameters: Record<string, string>, error: string, why: RegExp][] =
    [
      [
        'identity in the ID token',
        inIdToken({ given_name: null }),
        'invalid_request',
        /userinfo only/,
      ],
      ['a session that there is not', inIdToken({ sid: null }), 'invalid_request', /sid/],
      ['ages at userinfo', inUserinfo({ age_over_6: null }), 'invalid_request', /ID token only/],
      ...['acr', 'amr', 'auth_time', 'reverify_after'].map((name): (typeof refusals)[number] => [
        `${name} at userinfo`,
        inUserinfo({ [name]: { essential: true } }),
        'invalid_request',
        /ID token only/,
      ]),
      [
        'a month that is not registered',
        inIdToken({ reverify_after: null }),
        'invalid_scope',
        /not allowed/,
      ],
      ['a request that is no object', inIdToken({ age_over_6: true }), 'invalid_request', /null/],
      ['a request that is a list', inIdToken({ age_over_6: [] }), 'invalid_request', /null/],
      [
        'an essential that is no boolean',
        inIdToken({ acr: { essential: 'yes' } }),
        'invalid_request',
        /essential/,
      ],
      [
        'both value and values',
        inIdToken({ acr: { value: URN, values: [URN] } }),
        'invalid_request',
        /both/,
      ],
      ['an acr that is no string', inIdToken({ acr: { value: 3 } }), 'invalid_request', /string/],
      ['no acr at all', inIdToken({ acr: { values: [] } }), 'invalid_request', /string/],
      ['a sub that is no string', inIdToken({ sub: { value: null } }), 'invalid_request', /string/],
      [
        'the value of what is ours to set',
        inIdToken({ auth_time: { value: 1 } }),
        'invalid_request',
        /value/,
      ],
      ['no JSON', { scope: 'openid', claims: '{' }, 'invalid_request', /JSON/],
      [
        'neither of the two',
        { scope: 'openid', claims: '{}' },
        'invalid_request',
        /userinfo or id_token/,
      ],
    ];
  for (const [name, parameters, error, why] of refusals) {
    test(name, async () => {
      const refusal = await pushError(chat, parameters);
      assert.equal(refusal.error, error);
      assert.match(refusal.reason, why);
    });
  }

  test('userinfo claims without a scope that gives them, though it is registered', async () => {
    const refusal = await pushError(told, inUserinfo({ given_name: null }));
    assert.equal(refusal.error, 'invalid_scope');
    const byValue = inUserinfo({ given_name: { value: 'An' } }, 'openid profile');
    assert.equal((await pushError(told, byValue)).error, 'invalid_request');
  });
});

describe('claims that are given', () => {
  test('what is in every token, however it is asked', async () => {
    const essential = { essential: true };
    const names = ['auth_time', 'amr', 'iss', 'aud', 'exp', 'iat', 'sub', 'acr'];
    const asked = Object.fromEntries(names.map((name) => [name, essential]));
    const { claims } = await logInWhole(server, { parameters: inIdToken(asked) });
    for (const name of names) assert.notEqual(claims[name], undefined, name);
  });

  test('the month to ask again, where it is registered', async () => {
    const { claims } = await logInWhole(server, {
      clientId: 'told',
      parameters: inIdToken({ reverify_after: null }),
    });
    assert.match(String(claims['reverify_after']), /^\d{4}-\d{2}$/);
  });

  test('userinfo claims that a requested scope gives; what Core does not know inside is ignored', async () => {
    const agreed = { scopes: ['profile'], claims: { given_name: 'An', family_name: 'Test' } };
    const asked = { given_name: { essential: true, purpose: 'x' }, address: null };
    const { tokens, claims } = await logInWhole(server, {
      clientId: 'told',
      parameters: inUserinfo(asked, 'openid profile address:postcode'),
      person: { ...FOX, agreed },
    });
    const answer = await server.fetch(`${server.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    assert.deepEqual(await answer.json(), { sub: claims.sub, ...agreed.claims });
  });
});

describe('an acr', () => {
  test('that cannot be given ends before a card, voluntary or essential (RFC 9470 §5)', async () => {
    const requests: Record<string, string>[] = [
      { acr_values: EIDAS },
      inIdToken({ acr: { value: EIDAS } }),
      inIdToken({ acr: { essential: true, values: [EIDAS, 'other'] } }),
      { ...inIdToken({ acr: { value: EIDAS } }), acr_values: URN },
      { ...inIdToken({ acr: { value: URN } }), acr_values: EIDAS },
    ];
    for (const parameters of requests) {
      const answer = await callbackAtOnce(server, chat, parameters);
      assert.equal(answer.get('error'), 'unmet_authentication_requirements');
    }
  });

  test('that is ours is given', async () => {
    for (const parameters of [
      { acr_values: `other ${URN}` },
      inIdToken({ acr: { essential: true, values: ['other', URN] } }),
      inIdToken({ acr: { essential: true } }),
    ]) {
      const { claims } = await logInWhole(server, { parameters });
      assert.equal(claims['acr'], URN);
    }
  });

  test('of eIDAS is given where the operator vouches for it and the site asks, by preference', async () => {
    const given: [parameters: Record<string, string>, acr: string][] = [
      [{}, URN],
      [{ acr_values: EIDAS }, EIDAS],
      [{ acr_values: `${URN} ${EIDAS}` }, URN],
      [{ acr_values: `${EIDAS} ${URN}` }, EIDAS],
      [{ ...inIdToken({ acr: { value: EIDAS } }), acr_values: `${URN} ${EIDAS}` }, EIDAS],
    ];
    for (const [parameters, acr] of given) {
      const { claims } = await logInWhole(eidasServer, { parameters });
      assert.equal(claims['acr'], acr);
    }
    const config = await createRelyingParty(eidasServer);
    const high = { acr_values: 'http://eidas.europa.eu/LoA/high' };
    const answer = await callbackAtOnce(eidasServer, config, high);
    assert.equal(answer.get('error'), 'unmet_authentication_requirements');
  });
});

describe('a sub', () => {
  test('that is asked for is the only one that may log in (OpenID Connect Core §5.5.1)', async () => {
    const { claims } = await logInWhole(server, { person: FOX });
    const requests = [
      inIdToken({ sub: { value: claims.sub } }),
      inIdToken({ sub: { values: ['somebody', claims.sub] } }),
      inUserinfo({ sub: { value: claims.sub } }),
    ];
    for (const parameters of requests) {
      for (const [card, error] of [
        ['fox', null],
        ['owl', 'login_required'],
      ] as const) {
        const { url } = await startLogin(chat, parameters);
        const answer = await logIn(createBrowser(server), url, { card, age: 9 });
        assert.equal(answer.searchParams.get('error'), error);
      }
    }
  });
});
