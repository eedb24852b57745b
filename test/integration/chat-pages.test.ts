/** The example chat's pages outside the room, nicknames and settings, in this process; the gateway is a script. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../examples/chat/config.ts';
import { findLanguage, LANGUAGES } from '../../examples/chat/language.ts';
import { NICKNAME_COUNT, nicknameOf } from '../../examples/chat/nickname.ts';
import { welcomePage } from '../../examples/chat/pages/welcome.ts';
import { fillIn, textsFor } from '../../examples/chat/texts/texts.ts';
import { type ChatSite, startChatSite, textOf } from './chat-site.ts';

const OUTSIDE = [
  '/',
  '/refused',
  '/error',
  '/goodbye',
  '/asleep',
  '/banned',
  '/full',
  '/moderate',
  '/moderate/refused',
  '/nothing-here',
];
const INSIDE = [
  '/welcome',
  '/room',
  '/room/thanks',
  '/me',
  '/me/reset',
  '/parent',
  '/parent/refused',
];

describe('chat pages', { timeout: 60_000 }, () => {
  let site: ChatSite;

  before(async () => {
    site = await startChatSite();
  });
  after(() => site.close());

  const isIn = async (cookie: string) => (await site.get('/welcome', { cookie })).status === 200;

  it('ends a session after 15 minutes without use, and each use counts', async () => {
    const { cookie } = await site.childIn('idle');
    site.passMs(15 * 60_000 - 1);
    assert.equal(await isIn(cookie), true);
    site.passMs(15 * 60_000 - 1);
    assert.equal(await isIn(cookie), true);
    site.passMs(15 * 60_000);
    assert.equal(await isIn(cookie), false);
    assert.equal(await isIn(cookie), false);
  });

  it('tells a page whether its session is there, which is no use of it; pressing the button is', async () => {
    const { cookie } = await site.childIn('still here');
    const ask = async () => (await site.get('/still-here', { cookie })).status;
    site.passMs(14 * 60_000);
    assert.equal(await ask(), 204);
    site.passMs(60_000);
    assert.equal(await ask(), 401);

    const again = await site.childIn('still here');
    site.passMs(14 * 60_000);
    assert.equal((await site.post('/still-here', {}, { cookie: again.cookie })).status, 204);
    site.passMs(14 * 60_000);
    assert.equal(await isIn(again.cookie), true);
    assert.equal((await site.post('/still-here', {})).status, 401);
  });

  it('leads to the page that says why, when the page itself leaves for idleness', async () => {
    const { cookie } = await site.childIn('asleep');
    const left = await site.post('/logout', { idle: '1' }, { cookie });
    assert.equal(left.headers.get('location'), '/asleep');
    assert.equal(await isIn(cookie), false);
  });

  it('gives every page its language, no inline script or style and nothing from elsewhere', async () => {
    const { cookie } = await site.childIn('reader');
    for (const language of LANGUAGES) {
      for (const path of [...OUTSIDE, ...INSIDE]) {
        const headers = { 'accept-language': language, ...(INSIDE.includes(path) && { cookie }) };
        const response = await site.get(path, headers);
        const text = await response.text();
        assert.match(text, new RegExp(`<html lang="${language}">`), path);
        for (const [script] of text.matchAll(/<script.*?<\/script>/gs)) {
          assert.match(script, /^<script type="module" src="\/(idle|live)\.js"><\/script>$/, path);
        }
        assert.doesNotMatch(text, /<style|\sstyle=|\son\w+=|javascript:|https?:/i, path);
        assert.doesNotMatch(textOf(text), /undefined|\[object|\{\w+\}/, path);
        assert.equal((text.match(/<h1>/g) ?? []).length, 1, path);
        assert.match(text, /<meta name="viewport" content="width=device-width, initial-scale=1">/);
        assert.equal(response.headers.get('cache-control'), 'no-store');
      }
    }
  });

  it('has the way out, once, on every page of whoever is in, and the end of the session without a script', async () => {
    const { cookie } = await site.childIn('leaver');
    const adult = await site.adultIn('adult');
    const pages = [
      ...[...OUTSIDE, ...INSIDE].filter((path) => path !== '/').map((path) => [path, cookie]),
      ['/moderate', adult],
    ] as const;
    for (const [path = '', as = ''] of pages) {
      const text = await (await site.get(path, { cookie: as })).text();
      assert.equal(text.split('<form method="post" action="/logout">').length, 2, path);
      assert.ok(text.includes('<noscript><meta http-equiv="refresh" content="900; url=/asleep">'));
    }
    assert.doesNotMatch(await (await site.get('/')).text(), /logout|refresh|<script/);
  });

  it('sends the security headers with every answer', async () => {
    const host = new URL(site.origin).host;
    for (const path of ['/', '/style.css', '/live.js', '/login', '/callback', '/nothing-here']) {
      const { headers } = await site.get(path);
      assert.equal(
        headers.get('content-security-policy'),
        `default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; connect-src 'self' wss://${host}; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      );
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('strict-transport-security'), 'max-age=31536000');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('x-powered-by'), null);
    }
  });

  it('chooses the language by link, then cookie, then browser, then Dutch', async () => {
    const languageOf = async (path: string, headers = {}) =>
      /<html lang="(..)">/.exec(await (await site.get(path, headers)).text())?.[1];
    const cookie = '__Host-chat-language=fr';
    assert.equal(await languageOf('/?lang=de', { cookie, 'accept-language': 'en' }), 'de');
    assert.equal(await languageOf('/?lang=xx', { cookie, 'accept-language': 'en' }), 'fr');
    assert.equal(await languageOf('/', { 'accept-language': 'es, en;q=0.8' }), 'en');
    assert.equal(await languageOf('/', { 'accept-language': 'es' }), 'nl');
    const [kept = ''] = (await site.get('/?lang=de')).headers.getSetCookie();
    assert.match(kept, /^__Host-chat-language=de; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it('links to no other site, whatever address was asked for', async () => {
    const text = await (await site.get('//elsewhere.example/')).text();
    assert.match(text, /href="\/elsewhere\.example\/\?lang=fr"/);
    assert.doesNotMatch(text, /href="\/\//);
  });

  it('escapes every value, in text and in attributes', async () => {
    const page = welcomePage(
      { language: 'en', path: '/"><script>' },
      { nickname: `<i>'"&`, room: 'nest', mayWrite: false },
    );
    assert.doesNotMatch(page, /<script|<i>/);
    assert.ok(page.includes('&#60;i&#62;&#39;&#34;&#38;'));
    assert.doesNotMatch(await (await site.get('/%22%3E<script>')).text(), /<script/);
  });

  it('logs out only by a form of its own pages', async () => {
    const { cookie } = await site.childIn('logout');
    const post = (headers: Record<string, string>) =>
      site.post('/logout', {}, { 'sec-fetch-site': 'same-site', ...headers });
    const foreign: Record<string, string>[] = [
      {},
      { origin: 'null' },
      { origin: 'https://other.localhost:8444' },
      { origin: site.origin },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of foreign) {
      assert.equal((await post({ cookie, ...headers })).status, 403);
    }
    assert.equal((await site.get('/logout', { cookie })).status, 404);
    assert.equal(await isIn(cookie), true);
    // What Chromium sends under no-referrer: Origin is "null" even for the site's own form.
    const own = { 'sec-fetch-site': 'same-origin', origin: 'null' };
    assert.equal((await post({ cookie, ...own })).headers.get('location'), '/goodbye');
    assert.equal(await isIn(cookie), false);
  });

  it('answers a form that is too long, or none at all, as the sender’s mistake', async () => {
    const long = await site.post('/logout', { idle: 'x'.repeat(9_000) });
    assert.equal(long.status, 413);
    const { cookie } = await site.childIn('many fields');
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f${n}`, '1']));
    assert.equal((await site.post('/me/nickname', fields, { cookie })).status, 413);
  });

  it('leads to the page with "try again" when the gateway cannot be reached', async (t) => {
    t.mock.method(console, 'error', () => {});
    site.answers.child = 'fails';
    const response = await site.get('/login');
    assert.equal(response.status, 303);
    assert.equal(response.headers.get('location'), '/error');
  });
});

describe('chat nicknames', () => {
  it('are two words, and as many in every language; with a number when all are taken', () => {
    for (const language of LANGUAGES) {
      const names = Array.from({ length: NICKNAME_COUNT }, (_, n) => nicknameOf(n, language));
      assert.equal(new Set(names).size, 512, language);
      assert.ok(names.every((name) => /^\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+$/u.test(name)));
      assert.equal(nicknameOf(NICKNAME_COUNT + 7, language), `${names[7]} 2`);
    }
  });
});

describe('chat texts', () => {
  it('have every sentence in every language, with the same words to fill in', () => {
    const english = textsFor('en');
    const placesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join();
    for (const language of LANGUAGES) {
      const texts = textsFor(language);
      assert.deepEqual(Object.keys(texts), Object.keys(english));
      for (const [key, text] of Object.entries(texts)) {
        assert.notEqual(text.trim(), '', key);
        const other = new Map(Object.entries(english)).get(key) ?? '';
        const [places, expected] = [text, other].map((t) => [...new Set(placesOf(t).split(','))]);
        assert.deepEqual(places, expected, `${language} ${key}`);
      }
    }
    assert.equal(findLanguage('constructor'), undefined);
  });

  it('are filled in once: what somebody wrote is not a place to fill', () => {
    assert.equal(
      fillIn('{nickname}: {text}', { nickname: 'A', text: '{nickname}' }),
      'A: {nickname}',
    );
    assert.equal(fillIn('{toString}', {}), '{toString}');
  });
});

describe('chat scripts', () => {
  it('put nothing on the page as HTML', async () => {
    const folder = fileURLToPath(new URL('../../examples/chat/public', import.meta.url));
    const files = (await readdir(folder)).filter((name) => name.endsWith('.js'));
    assert.ok(files.includes('live.js'));
    for (const file of files) {
      const source = await readFile(join(folder, file), 'utf8');
      assert.doesNotMatch(
        source,
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|DOMParser/,
        file,
      );
    }
  });
});

describe('chat settings', () => {
  const file = fileURLToPath(import.meta.url);

  it('name everything that is missing at once', () => {
    assert.throws(() => loadConfig({}), {
      message: `The chat cannot start:
  PORT: is not set
  PUBLIC_URL: is not set
  ISSUER: is not set
  CLIENT_ID: is not set
  CLIENT_KEY_FILE: is not set
  MODERATORS_CLIENT_ID: is not set
  MODERATORS_CLIENT_KEY_FILE: is not set
  CHAT_DB: is not set`,
    });
  });

  it('never quote a private key that cannot be used', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'kids-id-chat-'));
    t.after(() => rm(folder, { recursive: true }));
    const jwk = { kty: 'EC', crv: 'P-256', x: 'xxxx', y: 'yyyy', d: 'PRIVATE' };
    for (const text of [JSON.stringify(jwk), `${JSON.stringify({ ...jwk, kid: 'k' })}}`]) {
      const path = join(folder, 'client.jwk');
      await writeFile(path, text);
      assert.throws(
        () => loadConfig({ CLIENT_KEY_FILE: path }),
        ({ message }: Error) => /CLIENT_KEY_FILE: must/.test(message) && !/PRIVATE/.test(message),
      );
    }
  });

  const bad: readonly (readonly [string, string])[] = [
    ['PORT', '80a'],
    ['PORT', '65536'],
    ['PUBLIC_URL', 'http://chat.localhost:8444'],
    ['PUBLIC_URL', 'https://chat.localhost:8444/path'],
    ['ISSUER', 'http://gateway.localhost:8443'],
    ['ISSUER', 'gateway'],
    ['CLIENT_KEY_FILE', '/nowhere/client.jwk'],
    ['CLIENT_KEY_FILE', file],
    ['TLS_KEY_FILE', file],
  ];
  for (const [name, value] of bad) {
    it(`refuse ${name} ${value.endsWith('.ts') ? '(a file of something else)' : value}`, () => {
      assert.throws(
        () => loadConfig({ [name]: value }),
        ({ message }: Error) =>
          message.includes(`\n  ${name}`) && !message.includes(`\n  ${name}: is not`),
      );
    });
  }
});
