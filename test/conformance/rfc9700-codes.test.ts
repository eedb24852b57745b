/** RFC 9700: codes, PKCE, mix-up and injection (§2.1.1, §2.1.2, §4.2.4, §4.4, §4.5, §4.7, §4.8). */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before } from 'node:test';
import { decodeJwt } from 'jose';
import { type ConformanceGateway, callbackOf, later } from './conformance-gateway.ts';
import { type Changes, type RawClient, secret } from './raw-client.ts';
import { shows } from './rfc9700-requirement.ts';
import { assertError, getCode, getTokens, openSecurityGateway } from './rfc9700-setup.ts';

let at: ConformanceGateway;
let site: RawClient;
let app: RawClient;
let evil: RawClient;
before(async () => {
  at = await openSecurityGateway();
  site = at.clientOf('site');
  app = at.clientOf('app');
  evil = at.clientOf('evil');
});
after(() => at.close());

const BEARER = { proof: null };

shows(
  '§2.1.1: gives tokens for the verifier of the challenge and for no other, and for none without',
  async () => {
    for (const client of [site, app]) {
      const wrongs = [
        secret(),
        undefined,
        '',
        (verifier: string) => verifier.toUpperCase(),
        (verifier: string) => `${verifier}=`,
        (verifier: string) => createHash('sha256').update(verifier).digest('base64url'),
      ];
      for (const wrong of wrongs) {
        const { callback, checks } = await getCode(at, client);
        const code_verifier = typeof wrong === 'function' ? wrong(checks.verifier) : wrong;
        const reply = await client.redeem(callback, checks, { ...BEARER, body: { code_verifier } });
        assertError(reply, ['invalid_grant', 'invalid_request']);
      }
      await getTokens(at, client);
    }
  },
);

shows(
  '§4.8.2: gives no code without a challenge, so that no verifier can be left out or made up',
  async () => {
    const without: Changes[] = [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge: undefined },
      { code_challenge: '' },
      { code_challenge_method: undefined },
      { code_challenge_method: 'plain' },
      { code_challenge_method: 's256' },
      { code_challenge_method: 'S512' },
      { code_challenge: 'too-short' },
      { code_challenge: 'ü'.repeat(43) },
      // A nonce is no reason to do without (§2.1.1 would let a confidential client).
      { code_challenge: undefined, code_challenge_method: undefined, nonce: secret() },
    ];
    for (const client of [site, app]) {
      for (const changes of without) {
        const { parameters } = client.request(changes);
        assertError(await client.push(parameters), 'invalid_request');
        const { searchParams } = callbackOf(await at.visit(client.plainPath(parameters)));
        assert.equal(searchParams.get('error'), 'invalid_request', JSON.stringify(changes));
        assert.equal(searchParams.has('code'), false);
      }
    }
  },
);

shows('§4.7.1: announces S256 and nothing else, in both metadata documents', async () => {
  for (const name of ['openid-configuration', 'oauth-authorization-server']) {
    const { json } = await at.send({ method: 'GET', url: `/.well-known/${name}` });
    assert.deepEqual(json['code_challenge_methods_supported'], ['S256']);
  }
});

shows(
  '§2.1.2: has no response type but code, and puts nothing but a code into an answer',
  async () => {
    assert.deepEqual(at.metadata['response_types_supported'], ['code']);
    assert.deepEqual(at.metadata['response_modes_supported'], ['query']);
    for (const response_type of ['token', 'id_token', 'id_token token', 'code token', 'none']) {
      const { parameters } = site.request({ response_type });
      const errors = ['unsupported_response_type', 'invalid_request', 'unauthorized_client'];
      assertError(await site.push(parameters), errors);
      const { searchParams, hash } = callbackOf(await at.visit(site.plainPath(parameters)));
      assert.doesNotMatch(`${searchParams}${hash}`, /(access_token|id_token|code)=/);
    }
    for (const response_mode of ['fragment', 'form_post', 'web_message', 'jwt', 'query.jwt']) {
      const pushed = await site.push(site.request({ response_mode }).parameters);
      assertError(pushed, ['invalid_request', 'unsupported_response_mode']);
    }
    const { callback } = await getCode(at, site);
    assert.deepEqual([...callback.searchParams.keys()].sort(), ['code', 'iss', 'state']);
    assert.equal(callback.hash, '');
    // 128 bits and more (RFC 6749 §10.10).
    assert.ok((callback.searchParams.get('code') ?? '').length >= 22);
  },
);

shows('§4.4.2.1: names itself in every answer, codes and errors alike (RFC 9207)', async () => {
  assert.equal(at.metadata['authorization_response_iss_parameter_supported'], true);
  const plain = (changes: Changes) => at.visit(site.plainPath(site.request(changes).parameters));
  const answers = [
    (await getCode(at, site)).callback,
    await at.cancel((await site.begin()).path),
    callbackOf(await at.visit((await site.begin({ prompt: 'none' })).path)),
    callbackOf(await plain({ scope: 'nonsense' })),
    callbackOf(await plain({ code_challenge: undefined })),
    callbackOf(await plain({ response_type: 'id_token', response_mode: 'query' })),
    callbackOf(await at.visit(site.plainPath(site.request({ request: 'e30.e30.' }).parameters))),
  ];
  for (const { href, searchParams } of answers) {
    assert.deepEqual(searchParams.getAll('iss'), [at.metadata['issuer']], href);
  }
  const { idToken } = await getTokens(at, site);
  assert.equal(decodeJwt(idToken).iss, at.metadata['issuer']);
});

shows(
  '§4.5.3.2: gives back the nonce of the request in the ID token, and state in the answer',
  async () => {
    // Whatever the client put into it comes back as it was.
    const state = 'ä+b&c=d%20"<>\\\'#e f';
    const { path, checks } = await site.begin({ state });
    const callback = await at.logIn(path);
    assert.deepEqual(callback.searchParams.getAll('state'), [state]);
    const { json } = await site.redeem(callback, checks, BEARER);
    assert.equal(decodeJwt(String(json['id_token']))['nonce'], checks.nonce);
    const refused = await at.cancel((await site.begin({ state })).path);
    assert.deepEqual(refused.searchParams.getAll('state'), [state]);
  },
);

shows('§4.2.4: takes a code once, and takes back what it gave when it comes again', async () => {
  for (const client of [site, app]) {
    const { callback, checks } = await getCode(at, client);
    const { json } = await client.redeem(callback, checks, BEARER);
    const token = String(json['access_token']);
    const use = () => client.userinfo(token, { scheme: 'Bearer', proof: null });
    assert.equal((await use()).status, 200);
    for (const _ of ['second', 'third']) {
      assertError(await client.redeem(callback, checks, BEARER), 'invalid_grant');
      assert.equal((await use()).status, 401);
    }
  }
  // It lives for 30 s if nobody comes (design §5).
  const { callback, checks } = await getCode(at, site);
  await later(30, async () => {
    assertError(await site.redeem(callback, checks, BEARER), 'invalid_grant');
  });
});

shows(
  '§4.5.3.1: a code injected into another session, client or redirect URI gives nothing',
  async () => {
    const body = { redirect_uri: site.redirectUri };
    // At the attacker's own client, who even knows the victim's verifier.
    const stolen = await getCode(at, site);
    assertError(
      await evil.redeem(stolen.callback, stolen.checks, { ...BEARER, body }),
      'invalid_grant',
    );
    // The victim's client can still redeem what was only tried by others.
    assert.equal((await site.redeem(stolen.callback, stolen.checks, BEARER)).status, 200);
    // In the attacker's own session at the victim's client.
    const [victim, attacker] = [await getCode(at, site), await site.begin()];
    assertError(await site.redeem(victim.callback, attacker.checks, BEARER), 'invalid_grant');
    // With a code of the attacker's client at the victim's.
    const other = await getCode(at, evil);
    assertError(await site.redeem(other.callback, other.checks, BEARER), 'invalid_grant');
    // As a public client, with another's name, or with none.
    const { callback, checks } = await getCode(at, site);
    const asApp = { ...BEARER, body };
    assertError(await app.redeem(callback, checks, asApp), 'invalid_grant');
    for (const client_id of ['site', undefined]) {
      const reply = await app.redeem(callback, checks, { ...BEARER, body: { ...body, client_id } });
      assertError(reply, ['invalid_client', 'invalid_request']);
    }
    // With a redirect URI that is another one of the same client, almost the same, or missing.
    const second = { redirect_uri: 'https://site.localhost/second' };
    for (const wrong of [
      second,
      { redirect_uri: `${site.redirectUri}/` },
      { redirect_uri: undefined },
    ]) {
      const made = await getCode(at, site);
      const reply = await site.redeem(made.callback, made.checks, { ...BEARER, body: wrong });
      assertError(reply, ['invalid_grant', 'invalid_request']);
    }
  },
);

shows(
  '§4.5.3.1: a pushed request is its client’s, is used once, and cannot be changed on the way (RFC 9126 §4)',
  async () => {
    const { path, requestUri, checks } = await site.begin();
    const byEvil = await at.visit(evil.plainPath({ request_uri: requestUri }));
    assert.deepEqual([byEvil.status, byEvil.headers['location']], [400, undefined]);
    const changed = encodeURIComponent(evil.redirectUri);
    const callback = await at.logIn(`${path}&redirect_uri=${changed}&scope=openid&nonce=x&state=y`);
    assert.equal(callback.origin + callback.pathname, site.redirectUri);
    assert.equal(callback.searchParams.get('state'), checks.state);
    const { json } = await site.redeem(callback, checks, BEARER);
    const claims = decodeJwt(String(json['id_token']));
    assert.deepEqual([claims['nonce'], claims['age_over_9']], [checks.nonce, false]);
    const again = await at.visit(path);
    assert.ok(again.status >= 400 && again.headers['location'] === undefined, String(again.status));
    // Made up, of another form, or from somewhere else.
    for (const request_uri of [
      `${requestUri}x`,
      'urn:ietf:params:oauth:request_uri:',
      'urn:example:request',
      'https://site.localhost/request.jwt',
      'http://127.0.0.1:1/request.jwt',
    ]) {
      const { status, headers } = await at.visit(site.plainPath({ request_uri }));
      assert.deepEqual([status, headers['location']], [400, undefined], request_uri);
    }
    // A client that has to push gets nowhere without.
    const strict = at.clientOf('strict');
    const plain = callbackOf(await at.visit(strict.plainPath(strict.request().parameters)));
    assert.equal(plain.searchParams.get('error'), 'invalid_request');
  },
);
