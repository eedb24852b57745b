/** RFC 9700: where a browser is sent, and where never (§2.1, §4.1, §4.11, §4.12). */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { openRawBrowser } from '../kit/gateway/raw-browser.ts';
import { type ConformanceGateway, callbackOf } from './conformance-gateway.ts';
import type { Changes, RawClient } from './raw-client.ts';
import { shows } from './rfc9700-requirement.ts';
import { assertError, openSecurityGateway } from './rfc9700-setup.ts';

let at: ConformanceGateway;
let site: RawClient;
before(async () => {
  at = await openSecurityGateway();
  site = at.clientOf('site');
});
after(() => at.close());

/** `https://site.localhost/callback`, written otherwise. */
const ALMOST_THE_SAME: readonly string[] = [
  'https://site.localhost/callback/',
  'https://site.localhost/callback/more',
  'https://site.localhost/callback/../callback',
  'https://site.localhost/./callback',
  'https://site.localhost//callback',
  'https://site.localhost/callbac',
  'https://site.localhost/Callback',
  'https://site.localhost/callb%61ck',
  'https://site.localhost/callback?',
  'https://site.localhost/callback?next=1',
  'https://site.localhost/callback#',
  'https://site.localhost/callback#part',
  'https://site.localhost:443/callback',
  'https://site.localhost:444/callback',
  'https://SITE.localhost/callback',
  'HTTPS://site.localhost/callback',
  'http://site.localhost/callback',
  'https://site.localhost./callback',
  'https://www.site.localhost/callback',
  'https://site.localhost.evil.localhost/callback',
  'https://evil.localhost/https://site.localhost/callback',
  'https://site.localhost@evil.localhost/callback',
  'https://user@site.localhost/callback',
  'https://site.localhost\\@evil.localhost/callback',
  'https://evil.localhost/callback',
  'https://evil.localhost#https://site.localhost/callback',
  'http://localhost:9999/callback',
  'http://127.0.0.1:9999/callback',
  'http://[::1]:9999/callback',
  'site.localhost/callback',
  '//site.localhost/callback',
  '/callback',
  'javascript:alert(1)',
  'data:text/html,x',
  ' https://site.localhost/callback',
  'https://site.localhost/callback ',
  'https://site.localhost/callback\n',
  'https://site.localhost/callback,https://evil.localhost/callback',
];

const plain = (client: RawClient, changes: Changes, append?: string) =>
  at.visit(client.plainPath(client.request(changes).parameters, append));

/** A page of the gateway's own; nobody is sent anywhere. */
function assertPage(answer: { status: number; headers: object }, note: string): void {
  const { location, refresh } = answer.headers as Record<string, string>;
  assert.equal(location, undefined, note);
  assert.equal(refresh, undefined, note);
  assert.ok(answer.status >= 400 && answer.status < 500, `${note}: ${answer.status}`);
}

shows(
  '§4.1.3: takes a redirect URI only when it equals a registered one, character by character',
  async () => {
    for (const redirect_uri of ALMOST_THE_SAME) {
      assertPage(await plain(site, { redirect_uri }), redirect_uri);
      assertError(await site.push(site.request({ redirect_uri }).parameters), 'invalid_request');
    }
    for (const redirect_uri of [
      'https://site.localhost/callback',
      'https://site.localhost/second',
    ]) {
      const { path } = await site.begin({ redirect_uri });
      const callback = await at.logIn(path);
      assert.equal(callback.origin + callback.pathname, redirect_uri);
    }
  },
);

shows('§4.1.3: takes each parameter once (RFC 6749 §3.1)', async () => {
  const evil = encodeURIComponent('https://evil.localhost/callback');
  const own = encodeURIComponent(site.redirectUri);
  for (const append of [`&redirect_uri=${evil}`, `&redirect_uri=${own}`, '&client_id=evil']) {
    assertPage(await plain(site, {}, append), append);
  }
  for (const append of ['&scope=openid', '&state=a', '&code_challenge_method=S256', '&nonce=a']) {
    const answer = await plain(site, {}, append);
    const { location } = answer.headers as { location?: string };
    assert.ok(answer.status === 400 || location?.startsWith(`${site.redirectUri}?error=`), append);
  }
  const { parameters } = site.request();
  for (const append of [`&redirect_uri=${evil}`, '&scope=openid', '&client_id=evil', '&state=a']) {
    assertError(await site.push(parameters, { append }), ['invalid_request', 'invalid_client']);
  }
  const { path, checks } = await site.begin();
  const callback = await at.logIn(path);
  for (const append of ['&code=a', '&grant_type=authorization_code', `&redirect_uri=${own}`]) {
    const reply = await site.redeem(callback, checks, { proof: null, append });
    assertError(reply, 'invalid_request');
  }
});

/** Names under which programs take an address to go on to. */
const FORWARD_NAMES: readonly string[] = [
  'redirect_uri',
  'post_logout_redirect_uri',
  'redirect',
  'returnTo',
  'return_to',
  'next',
  'url',
  'target',
  'continue',
  'iss',
  'target_link_uri',
  'login_hint',
  'request_uri',
];

shows('§2.1: forwards nobody to an address of a query parameter, on any page', async () => {
  const { path } = await site.begin();
  const { browser, page } = await at.open(path);
  const announced = Object.entries(at.metadata)
    .filter(([name]) => /_endpoint$|_uri$/.test(name))
    .map(([, url]) => new URL(String(url)).pathname);
  const pages = [...announced, '/', '/auth', page, page.replace('/login/', '/auth/'), '/diagnosis'];
  const query = FORWARD_NAMES.map((name) => `${name}=https://evil.localhost/`).join('&');
  for (const path of new Set(pages)) {
    for (const address of [
      `${path}?${query}`,
      `${path}//evil.localhost/`,
      `${path}?client_id=site&${query}`,
    ]) {
      const { headers, text } = await browser.get(address);
      for (const name of ['location', 'refresh']) {
        assert.doesNotMatch(String(headers[name]), /^(https?:)?[\\/]{2}evil|url=/i, address);
      }
      assert.doesNotMatch(text, /http-equiv="?refresh|href="?(https:)?\/\/evil/i, address);
    }
  }
});

shows(
  '§4.11.2: redirects nobody to an address that is not the client’s own, whatever else is wrong',
  async () => {
    const foreign = { redirect_uri: 'https://evil.localhost/callback' };
    const wrongs: Changes[] = [
      {},
      { scope: 'openid nonsense' },
      { scope: undefined },
      { response_type: 'token' },
      { response_type: undefined },
      { code_challenge: undefined },
      { prompt: 'none' },
      { response_mode: 'fragment' },
      { request: 'e30.e30.' },
      { request_uri: 'urn:ietf:params:oauth:request_uri:none' },
      { claims: 'no json' },
      { max_age: '-1' },
    ];
    for (const wrong of wrongs) {
      const note = JSON.stringify(wrong);
      assertPage(await plain(site, { ...wrong, ...foreign }), note);
      assertPage(await plain(site, { ...wrong, client_id: 'nobody' }), note);
      assertPage(await plain(site, { ...wrong, client_id: undefined }), note);
      assertPage(await plain(site, { ...wrong, redirect_uri: undefined }), note);
      // With nothing wrong but this, the client hears it where it registered that it would.
      const { headers, status } = await plain(site, wrong);
      const { location = '' } = headers as { location?: string };
      const isOwn =
        location.split(/[?#]/)[0] === site.redirectUri || location.startsWith('/login/');
      assert.ok(isOwn || status === 400, `${note}: ${status} ${location}`);
    }
  },
);

shows('§4.11.2: nobody registers an address of their own to be redirected to', async () => {
  const endpoint = String(at.metadata['registration_endpoint'] ?? '/reg');
  for (const redirect of ['https://evil.localhost/callback', 'http://evil.localhost/callback']) {
    const reply = await at.send({
      method: 'POST',
      url: endpoint,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: [redirect],
        client_name: 'Evil TEST ONLY',
        token_endpoint_auth_method: 'none',
        response_types: ['code'],
      }),
    });
    assert.ok(reply.status >= 400 && reply.status < 500, `${reply.status} ${reply.text}`);
    assert.equal(reply.json['client_id'], undefined);
  }
  // A request that is pushed brings no new address either, whoever signed it (RFC 9126 §2.4).
  const { parameters } = site.request({ redirect_uri: 'https://site.localhost/new' });
  assertError(await site.push(parameters), 'invalid_request');
});

shows('§4.11.2: shows a page before it redirects a request that could lead to a code', async () => {
  for (const prompt of [undefined, 'login', 'consent', 'select_account']) {
    const { path } = await site.begin({ prompt });
    await at.open(path);
  }
  // Silent requests end at once, in an error, also right after a login in the same browser.
  const browser = openRawBrowser(at.gateway);
  const first = await site.begin();
  callbackOf(await at.showCard(await at.open(first.path, browser)));
  const { path } = await site.begin({ prompt: 'none' });
  const { searchParams } = callbackOf(await at.visit(path, browser));
  assert.equal(searchParams.get('error'), 'login_required');
});

shows('§4.12: redirects with 303, wherever it redirects', async () => {
  const { path } = await site.begin();
  assert.equal((await at.visit(path)).status, 303);
  assert.equal((await plain(site, {})).status, 303);
  const done = await at.showCard(await at.open(path));
  callbackOf(done);
  assert.equal(done.status, 303);
  const refused = await plain(site, { scope: 'nonsense' });
  callbackOf(refused);
  assert.equal(refused.status, 303);
  const silent = await at.visit((await site.begin({ prompt: 'none' })).path);
  callbackOf(silent);
  assert.equal(silent.status, 303);
});
