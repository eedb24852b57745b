/** The example chat's pages, sessions, nicknames and settings, in this process; the gateway is a script at its seam. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createApp, type Visit } from '../../examples/chat/app.ts';
import { loadConfig } from '../../examples/chat/config.ts';
import { nicknameFor } from '../../examples/chat/nickname.ts';
import { welcomePage } from '../../examples/chat/pages.ts';
import { createSessions, findCookie, SESSION_IDLE_MS } from '../../examples/chat/session.ts';
import type { SignIn } from '../../examples/chat/sign-in.ts';
import { findLanguage, LANGUAGES, textsFor } from '../../examples/chat/texts.ts';

const ORIGIN = 'https://chat.localhost:8444';
const START = new Date('2026-03-01T12:00:00Z');

describe('chat pages', { timeout: 30_000 }, () => {
  let now = START;
  let gatewayFails = false;
  let url: string;
  const passMs = (ms: number) => {
    now = new Date(now.getTime() + ms);
  };
  const signIn: SignIn = {
    async start() {
      if (gatewayFails) throw new TypeError('fetch failed');
      const pending = { state: 'state', nonce: 'nonce', codeVerifier: 'verifier' };
      return { url: new URL('https://gateway.localhost:8443/auth'), pending };
    },
    async finish() {
      return { kind: 'admitted', child: { sub: 'a sub <b>', room: 'nest' } };
    },
  };
  const sessions = createSessions<Visit>({
    idleMs: SESSION_IDLE_MS,
    maxSessions: 100,
    now: () => now,
  });
  const server = createServer(createApp({ publicUrl: new URL(ORIGIN), signIn, sessions }));

  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { headers, redirect: 'manual' });
  const post = (path: string, headers: Record<string, string>) =>
    fetch(url + path, { method: 'POST', headers, redirect: 'manual' });

  /** The Cookie header of a child who came in just now. */
  async function comeIn(): Promise<string> {
    const [first = ''] = (await get('/login')).headers.getSetCookie();
    const back = await get('/callback?state=state', { cookie: first.split(';')[0] ?? '' });
    const [second = ''] = back.headers.getSetCookie();
    return second.split(';')[0] ?? '';
  }
  const isIn = async (cookie: string) => (await get('/welcome', { cookie })).status === 200;

  it('ends a session after 15 minutes without use, and each use counts', async () => {
    const cookie = await comeIn();
    passMs(15 * 60_000 - 1);
    assert.equal(await isIn(cookie), true);
    passMs(15 * 60_000 - 1);
    assert.equal(await isIn(cookie), true);
    passMs(15 * 60_000);
    assert.equal(await isIn(cookie), false);
    assert.equal(await isIn(cookie), false);
  });

  it('gives every page its language, no script, no inline style and nothing from elsewhere', async () => {
    const cookie = await comeIn();
    for (const language of LANGUAGES) {
      for (const path of ['/', '/welcome', '/refused', '/error', '/goodbye', '/nothing-here']) {
        const headers = { 'accept-language': language, ...(path === '/welcome' && { cookie }) };
        const response = await get(path, headers);
        const text = await response.text();
        assert.match(text, new RegExp(`<html lang="${language}">`), path);
        assert.doesNotMatch(text, /<script|<style|\sstyle=|\son\w+=|javascript:|https?:/i, path);
        assert.doesNotMatch(text, /undefined|\[object|\{nickname\}/, path);
        assert.equal((text.match(/<h1>/g) ?? []).length, 1);
        assert.match(text, /<meta name="viewport" content="width=device-width, initial-scale=1">/);
        assert.equal(response.headers.get('cache-control'), 'no-store');
      }
    }
  });

  it('sends the security headers with every answer', async () => {
    for (const path of ['/', '/style.css', '/login', '/callback', '/nothing-here']) {
      const { headers } = await get(path);
      assert.equal(
        headers.get('content-security-policy'),
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('strict-transport-security'), 'max-age=31536000');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('x-powered-by'), null);
    }
  });

  it('chooses the language by link, then cookie, then browser, then Dutch', async () => {
    const languageOf = async (path: string, headers = {}) =>
      /<html lang="(..)">/.exec(await (await get(path, headers)).text())?.[1];
    const cookie = '__Host-chat-language=fr';
    assert.equal(await languageOf('/?lang=de', { cookie, 'accept-language': 'en' }), 'de');
    assert.equal(await languageOf('/?lang=xx', { cookie, 'accept-language': 'en' }), 'fr');
    assert.equal(await languageOf('/', { 'accept-language': 'es, en;q=0.8' }), 'en');
    assert.equal(await languageOf('/', { 'accept-language': 'es' }), 'nl');
    const [kept = ''] = (await get('/?lang=de')).headers.getSetCookie();
    assert.match(kept, /^__Host-chat-language=de; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it('escapes every value, in text and in attributes', async () => {
    const page = welcomePage(
      { language: 'en', path: '/"><script>' },
      { nickname: `<i>'"&`, room: 'nest' },
    );
    assert.doesNotMatch(page, /<script|<i>/);
    assert.ok(page.includes('&#60;i&#62;&#39;&#34;&#38;'));
    assert.doesNotMatch(await (await get('/%22%3E<script>')).text(), /<script/);
  });

  it('logs out only by a form of its own pages', async () => {
    const cookie = await comeIn();
    const foreign: Record<string, string>[] = [
      {},
      { origin: 'null' },
      { origin: 'https://other.localhost:8444' },
      { 'sec-fetch-site': 'same-site', origin: ORIGIN },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of foreign) {
      assert.equal((await post('/logout', { cookie, ...headers })).status, 403);
    }
    assert.equal((await get('/logout', { cookie })).status, 404);
    assert.equal(await isIn(cookie), true);
    // What Chromium sends under no-referrer: Origin is "null" even for the site's own form.
    const own = { 'sec-fetch-site': 'same-origin', origin: 'null' };
    assert.equal((await post('/logout', { cookie, ...own })).status, 303);
    assert.equal(await isIn(cookie), false);
    const older = await comeIn();
    assert.equal((await post('/logout', { cookie: older, origin: ORIGIN })).status, 303);
    assert.equal(await isIn(older), false);
  });

  it('leads to the page with "try again" when the gateway cannot be reached', async (t) => {
    t.mock.method(console, 'error', () => {});
    gatewayFails = true;
    t.after(() => {
      gatewayFails = false;
    });
    const response = await get('/login');
    assert.equal(response.status, 303);
    assert.equal(response.headers.get('location'), '/error');
  });
});

describe('chat sessions', () => {
  const createSmall = () =>
    createSessions<number>({ idleMs: 1_000, maxSessions: 3, now: () => START });

  it('drops the one unused for longest when there are too many', () => {
    const sessions = createSmall();
    const [first, second, third] = [sessions.open(1), sessions.open(2), sessions.open(3)];
    assert.equal(sessions.find(first), 1);
    const fourth = sessions.open(4);
    assert.deepEqual(
      [first, second, third, fourth].map((token) => sessions.find(token)),
      [1, undefined, 3, 4],
    );
  });

  it('finds nothing for no token or a strange one, and gives each session its own', () => {
    const sessions = createSmall();
    assert.notEqual(sessions.open(1), sessions.open(1));
    for (const token of [undefined, '', 'x'.repeat(43)])
      assert.equal(sessions.find(token), undefined);
  });

  it('reads exactly the cookie that is named', () => {
    const header = 'a=1; __Host-chat-language=fr; x__Host-chat=2; __Host-chat=abc; __Host-chat=z';
    assert.equal(findCookie(header, '__Host-chat'), 'abc');
    assert.equal(findCookie(header, 'b'), undefined);
    assert.equal(findCookie(undefined, '__Host-chat'), undefined);
  });
});

describe('chat nicknames', () => {
  it('are two words, the same for the same child, and as many in every language', () => {
    const subs = Array.from({ length: 20_000 }, (_, index) => `child ${index}`);
    for (const language of LANGUAGES) {
      const names = subs.map((sub) => nicknameFor(sub, language));
      assert.equal(new Set(names).size, 512, language);
      assert.ok(names.every((name) => /^\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+$/u.test(name)));
      assert.equal(nicknameFor('child 7', language), names[7]);
    }
  });
});

describe('chat texts', () => {
  it('have every sentence in every language', () => {
    const english = textsFor('en');
    for (const language of LANGUAGES) {
      const texts = textsFor(language);
      assert.deepEqual(Object.keys(texts), Object.keys(english));
      assert.ok(Object.values(texts).every((text) => text.trim() !== ''));
    }
    assert.equal(findLanguage('constructor'), undefined);
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
  CLIENT_KEY_FILE: is not set`,
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
        ({ message }: Error) => message.includes(`${name}`) && !message.includes(`${name}: is not`),
      );
    });
  }
});
