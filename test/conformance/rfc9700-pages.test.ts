/** RFC 9700: pages, origins, and what is written down (§2.6, §4.2.4, §4.9, §4.16). */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { decodeJwt } from 'jose';
import type { ConformanceGateway } from './conformance-gateway.ts';
import { encodeForm, type RawClient } from './raw-client.ts';
import { shows } from './rfc9700-requirement.ts';
import { APP_ORIGIN, getTokens, openSecurityGateway } from './rfc9700-setup.ts';

let at: ConformanceGateway;
let site: RawClient;
before(async () => {
  at = await openSecurityGateway();
  site = at.clientOf('site');
});
after(() => at.close());

interface Page {
  readonly name: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Pages that a person can come to on the way: of a login, of errors, of a lost way. */
async function visitPages(): Promise<Page[]> {
  const { path } = await site.begin();
  const { browser, page } = await at.open(path);
  const addresses: [name: string, address: string][] = [
    ['the login page', page],
    ['a login of nobody', '/login/nobody'],
    ['a resume of nobody', '/auth/nobody'],
    ['an unknown client', '/auth?client_id=nobody'],
    ['an unknown redirect URI', `${site.plainPath(site.request().parameters)}&redirect_uri=x`],
    ['a pushed request that is gone', site.plainPath({ request_uri: 'urn:example:gone' })],
  ];
  const pages: Page[] = [];
  for (const [name, address] of addresses) {
    const { headers, text } = await browser.get(address);
    assert.match(String(headers['content-type']), /^text\/html/, name);
    pages.push({ name, headers, text });
  }
  return pages;
}

shows(
  '§4.2.4: its pages load nothing of others, link to none but the site that asks, and send no referrer',
  async () => {
    for (const { name, headers, text } of await visitPages()) {
      const loaded = [
        ...text.matchAll(
          /<(?:img|script|link|source|video|audio|iframe|object|embed|form|use|image)\b[^>]*?\s(?:src|href|data|action|srcset)="([^"]*)"/g,
        ),
      ];
      assert.ok(loaded.length > 0, name);
      for (const [, address = ''] of loaded)
        assert.match(address, /^(\/[^/\\]|data:image\/)/, name);
      for (const [, address = ''] of text.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)) {
        const { origin } = new URL(address, at.origin);
        assert.ok([at.origin, 'https://site.localhost'].includes(origin), `${name}: ${address}`);
      }
      assert.equal(headers['referrer-policy'], 'no-referrer', name);
      const policy = policyOf(headers);
      assert.equal(policy.get('default-src'), "'none'", name);
      for (const [directive, sources] of policy) {
        assert.doesNotMatch(sources, /https?:|\*|unsafe/, `${name}: ${directive}`);
      }
      assert.match(String(headers['cache-control']), /no-store/, name);
    }
  },
);

shows('§4.16: lets nobody frame a page, by CSP and by X-Frame-Options', async () => {
  for (const { name, headers } of await visitPages()) {
    assert.equal(policyOf(headers).get('frame-ancestors'), "'none'", name);
    // For browsers that do not know CSP level 2.
    assert.match(String(headers['x-frame-options']), /^deny$/i, name);
  }
});

const PRIVATE_CORS = ['access-control-allow-origin', 'access-control-allow-credentials'];

shows(
  '§2.6: answers no other origin at the authorization endpoint and the pages behind it',
  async () => {
    const app = at.clientOf('app');
    const { page } = await at.open((await site.begin()).path);
    const path = app.plainPath(app.request().parameters);
    for (const url of [path, '/auth', page, `${page}/ticket`, page.replace('/login/', '/auth/')]) {
      for (const origin of [APP_ORIGIN, 'https://evil.localhost', 'null', at.origin]) {
        for (const asked of [
          { method: 'GET', url, headers: { origin } },
          {
            method: 'OPTIONS',
            url,
            headers: { origin, 'access-control-request-method': 'GET' },
          },
        ]) {
          const { headers } = await at.send(asked);
          const cors = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
          assert.deepEqual(cors, [], `${asked.method} ${url.split('?')[0]} from ${origin}`);
        }
      }
    }
  },
);

shows('§2.6: lets the one origin of a public client read its tokens, and no other', async () => {
  const app = at.clientOf('app');
  const url = String(at.metadata['token_endpoint']);
  const readers: [client: RawClient, origin: string, mayRead: boolean][] = [
    [app, APP_ORIGIN, true],
    [app, 'https://evil.localhost', false],
    [app, `${APP_ORIGIN}.evil.localhost`, false],
    [app, 'http://app.localhost', false],
    [app, 'null', false],
    [site, APP_ORIGIN, false],
    [site, 'https://site.localhost', false],
  ];
  for (const [client, origin, mayRead] of readers) {
    const { callback, checks } = await (async () => {
      const { path, checks } = await client.begin();
      return { callback: await at.logIn(path), checks };
    })();
    const reply = await client.redeem(callback, checks, { proof: null, headers: { origin } });
    const allowed = reply.headers['access-control-allow-origin'];
    assert.equal(allowed === origin, mayRead, `${client.clientId} from ${origin}: ${allowed}`);
    assert.notEqual(allowed, '*');
    assert.equal(reply.headers['access-control-allow-credentials'], undefined);
  }
  const preflight = await at.send({
    method: 'OPTIONS',
    url,
    headers: { origin: 'https://evil.localhost', 'access-control-request-method': 'POST' },
  });
  for (const name of PRIVATE_CORS) assert.equal(preflight.headers[name], undefined, name);
});

shows('§4.9.3: writes no code, token, assertion, cookie or pseudonym to log or disk', async () => {
  const assertion = await site.assertion();
  const { path, checks, requestUri } = await site.begin({}, { assertion });
  const waiting = await at.open(path);
  const callback = new URL(String((await at.showCard(waiting)).headers['location']));
  const { json } = await site.redeem(callback, checks, { proof: null });
  await site.redeem(callback, checks, { proof: null, body: { code_verifier: undefined } });
  const again = await getTokens(at, site, { proof: {} });
  await site.userinfo(again.accessToken, { proof: null });
  const secrets = {
    assertion,
    signature: assertion.split('.')[2],
    verifier: checks.verifier,
    code: callback.searchParams.get('code'),
    'access token': json['access_token'],
    'ID token': json['id_token'],
    'second code': again.callback.searchParams.get('code'),
    'second access token': again.accessToken,
    cookie: waiting.browser.cookies.get('__Host-kids-id'),
    sub: decodeJwt(again.idToken).sub,
  };
  const log = JSON.stringify(at.gateway.log);
  assert.match(log, /grant\.success/);
  const files = [at.gateway.storeFile, `${at.gateway.storeFile}-wal`].filter(existsSync);
  const disk = Buffer.concat(files.map((file) => readFileSync(file)));
  assert.ok(disk.length > 0);
  for (const [name, value] of Object.entries(secrets)) {
    assert.ok(typeof value === 'string' && value.length >= 22, name);
    assert.equal(log.includes(value), false, `${name} in the log`);
    // A grant knows its pseudonym for as long as it lives; nothing else may be read there.
    if (name !== 'sub') assert.equal(disk.includes(value), false, `${name} on the disk`);
  }
  for (const value of [requestUri, checks.state, checks.nonce]) {
    assert.equal(log.includes(value), false, 'parameter in the log');
  }
  // A stranger's words do not get there either.
  const stranger = `evil-${checks.state}`;
  await at.visit(
    `/auth?${encodeForm({ client_id: stranger, redirect_uri: `https://${stranger}.localhost/` })}`,
  );
  assert.equal(JSON.stringify(at.gateway.log).includes(stranger), false);
});

function policyOf(headers: Page['headers']): Map<string, string> {
  const directives = String(headers['content-security-policy']).split(';');
  return new Map(
    directives.map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ');
      return [name, sources.join(' ')];
    }),
  );
}
