/** The example chat's sign-in, against an OpenID Provider that is not ours. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { claimPort } from '../kit/start/ports.ts';
import {
  type Answer,
  CHAT_ORIGIN,
  type ChatSetup,
  createTestBrowser,
  prepareChat,
  type RunningChat,
  startChat,
  startProvider,
  type TestBrowser,
  type TestProvider,
} from './chat-setup.ts';

const CARD_PIN = 'urn:kids-id:acr:card-pin';
const SUB = 'b0rUi3vPkq8Zx1M7Yd2SNwLhT6cFgAeJ5oR9uVtXzQ4';
const ADMITTED = {
  acr: CARD_PIN,
  sub: SUB,
  claims: { age_over_6: true, age_over_9: true, age_over_13: false },
} satisfies Answer;

const isCallback = (url: URL) => url.origin === CHAT_ORIGIN && url.pathname === '/callback';

describe('chat sign-in', { timeout: 60_000 }, () => {
  let setup: ChatSetup;
  let provider: TestProvider;
  let chat: RunningChat;
  let newBrowser: () => TestBrowser;

  before(async () => {
    setup = await prepareChat();
    provider = await startProvider(setup);
    chat = startChat(setup, provider.issuer);
    const port = Number(/listening on port (\d+)/.exec(await chat.lineWith('listening'))?.[1]);
    newBrowser = () => createTestBrowser(port);
  });
  after(async () => {
    await chat.close();
    await provider.close();
    await setup.remove();
  });

  /** Goes as far as the provider's answer, which the browser has not brought to the chat yet. */
  async function reachCallback(browser: TestBrowser, answer: Answer): Promise<URL> {
    provider.answer = answer;
    return (await browser.follow('/login', isCallback)).url;
  }

  async function signIn(browser: TestBrowser, answer: Answer) {
    return browser.follow(await reachCallback(browser, answer));
  }

  it('lets a child in, by PAR (RFC 9126), PKCE S256 (RFC 7636) and private_key_jwt', async () => {
    const browser = newBrowser();
    const before = provider.pushedRequests;
    const page = await signIn(browser, ADMITTED);
    assert.equal(page.url.href, `${CHAT_ORIGIN}/welcome`);
    assert.equal(page.status, 200);
    assert.match(page.text, /De Boomtop/);
    assert.equal(provider.pushedRequests, before + 1);
    const { scope, acr_values, ui_locales, code_challenge_method } = provider.lastRequest;
    assert.deepEqual(
      { scope, acr_values, ui_locales, code_challenge_method },
      {
        scope: 'openid age_over_9',
        acr_values: CARD_PIN,
        ui_locales: 'nl',
        code_challenge_method: 'S256',
      },
    );
    for (const name of ['state', 'nonce', 'code_challenge']) {
      assert.match(String(provider.lastRequest[name]), /^[\w-]{43,}$/, name);
    }
  });

  it('gives the same child the same nickname again, and never shows the sub', async () => {
    const titles = [];
    for (const sub of [SUB, SUB, `${SUB}-other`]) {
      const page = await signIn(newBrowser(), { ...ADMITTED, sub });
      assert.ok(!page.text.includes(sub));
      titles.push(/<h1>Hallo, (\S+ \S+)!<\/h1>/.exec(page.text)?.[1]);
    }
    assert.ok(titles[0]);
    assert.equal(titles[0], titles[1]);
    assert.notEqual(titles[0], titles[2]);
    assert.ok(!chat.lines.some((line) => line.includes(SUB)));
  });

  it('shows a child under 9 the other room', async () => {
    const claims = { ...ADMITTED.claims, age_over_9: false };
    const page = await signIn(newBrowser(), { ...ADMITTED, claims });
    assert.match(page.text, /Het Nest/);
    assert.doesNotMatch(page.text, /De Boomtop/);
  });

  it('asks the gateway for the language that the visitor chose (OpenID Connect Core §3.1.2.1)', async () => {
    const browser = newBrowser();
    await browser.visit('/?lang=de');
    const page = await signIn(browser, ADMITTED);
    assert.equal(provider.lastRequest['ui_locales'], 'de');
    assert.match(page.text, /<html lang="de">/);
  });

  const wrong: Record<string, Answer> = {
    'age_over_13 is true': {
      ...ADMITTED,
      claims: { age_over_6: true, age_over_9: true, age_over_13: true },
    },
    'age_over_13 is absent': { ...ADMITTED, claims: { age_over_6: true, age_over_9: true } },
    'age_over_6 is absent': { ...ADMITTED, claims: { age_over_9: true, age_over_13: false } },
    'age_over_6 is false': {
      ...ADMITTED,
      claims: { age_over_6: false, age_over_9: false, age_over_13: false },
    },
    'age_over_9 is absent': { ...ADMITTED, claims: { age_over_6: true, age_over_13: false } },
    'acr is of a card without its PIN': { ...ADMITTED, acr: 'urn:kids-id:acr:card-present' },
  };
  for (const [name, answer] of Object.entries(wrong)) {
    it(`refuses an ID token in which ${name}`, async () => {
      const browser = newBrowser();
      const page = await signIn(browser, answer);
      assert.equal(page.url.pathname, '/refused');
      assert.equal((await browser.follow('/welcome')).url.pathname, '/');
    });
  }

  it('shows the kind page without a reason on access_denied (RFC 6749 §4.1.2.1)', async () => {
    const browser = newBrowser();
    const page = await signIn(browser, { error: 'access_denied' });
    assert.equal(page.url.href, `${CHAT_ORIGIN}/refused`);
    assert.match(page.text, /Met deze kaart kun je niet binnen/);
    assert.equal((await browser.follow('/welcome')).url.pathname, '/');
  });

  it('shows the page with "try again" on any other error', async () => {
    const page = await signIn(newBrowser(), { error: 'temporarily_unavailable' });
    assert.equal(page.url.href, `${CHAT_ORIGIN}/error`);
    assert.match(page.text, /Opnieuw proberen/);
  });

  it('refuses an answer with another state, and asks for no token (RFC 6749 §10.12)', async () => {
    const browser = newBrowser();
    const callback = await reachCallback(browser, ADMITTED);
    callback.searchParams.set('state', 'x'.repeat(43));
    const before = provider.tokenRequests;
    assert.equal((await browser.follow(callback)).url.pathname, '/error');
    callback.searchParams.delete('state');
    assert.equal((await browser.follow(callback)).url.pathname, '/error');
    assert.equal(provider.tokenRequests, before);
  });

  it('refuses an answer that another browser brings', async () => {
    const callback = await reachCallback(newBrowser(), ADMITTED);
    const other = newBrowser();
    await reachCallback(other, ADMITTED);
    assert.equal((await other.follow(callback)).url.pathname, '/error');
    assert.equal((await other.follow('/welcome')).url.pathname, '/');
  });

  it('refuses an answer from another issuer, and asks for no token (RFC 9207 §2.4)', async () => {
    const browser = newBrowser();
    const callback = await reachCallback(browser, ADMITTED);
    callback.searchParams.set('iss', 'https://gateway.example');
    const before = provider.tokenRequests;
    assert.equal((await browser.follow(callback)).url.pathname, '/error');
    assert.equal(provider.tokenRequests, before);
  });

  it('refuses a code that belongs to another sign-in (RFC 7636 §1)', async () => {
    const stolen = await reachCallback(newBrowser(), ADMITTED);
    const browser = newBrowser();
    const callback = await reachCallback(browser, ADMITTED);
    callback.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    assert.equal((await browser.follow(callback)).url.pathname, '/error');
    assert.equal((await browser.follow('/welcome')).url.pathname, '/');
  });

  it('takes each answer once, also when it is brought twice at the same time', async () => {
    const browser = newBrowser();
    const callback = await reachCallback(browser, ADMITTED);
    const oldCookies = new Map(browser.cookies.get(CHAT_ORIGIN));
    const before = provider.tokenRequests;
    const both = await Promise.all([browser.visit(callback), browser.visit(callback)]);
    const locations = both.map(({ headers }) => headers.get('location')).sort();
    assert.deepEqual(locations, ['/error', '/welcome']);

    // The child's own Back button: in already, and nothing is asked of the gateway.
    assert.equal((await browser.follow(callback)).url.pathname, '/welcome');
    const thief = newBrowser();
    thief.cookies.set(CHAT_ORIGIN, oldCookies);
    assert.equal((await thief.follow(callback)).url.pathname, '/error');
    assert.equal(provider.tokenRequests, before + 1);
  });

  it('finishes a sign-in although a second tab began another, which then is over', async () => {
    const browser = newBrowser();
    const first = await reachCallback(browser, ADMITTED);
    const second = await reachCallback(browser, ADMITTED);
    const oldCookies = new Map(browser.cookies.get(CHAT_ORIGIN));
    assert.equal((await browser.follow(first)).url.pathname, '/welcome');
    // Whoever knew the token from before the sign-in has nothing left to finish.
    const thief = newBrowser();
    thief.cookies.set(CHAT_ORIGIN, oldCookies);
    assert.equal((await thief.follow(second)).url.pathname, '/error');
  });

  it('changes the session token when a child comes in, and keeps it in a __Host- cookie', async () => {
    const browser = newBrowser();
    const callback = await reachCallback(browser, ADMITTED);
    const before = browser.cookies.get(CHAT_ORIGIN)?.get('__Host-chat');
    const { headers } = await browser.visit(callback);
    const [cookie = ''] = headers.getSetCookie();
    assert.match(cookie, /^__Host-chat=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    assert.ok(before);
    assert.ok(!cookie.includes(before));
  });

  it('ends the session on the server when the child leaves', async () => {
    const browser = newBrowser();
    await signIn(browser, ADMITTED);
    const cookies = new Map(browser.cookies.get(CHAT_ORIGIN));
    const headers = { 'sec-fetch-site': 'same-origin' };
    const left = await browser.visit('/logout', { method: 'POST', headers });
    assert.equal(left.headers.get('location'), '/goodbye');
    assert.equal(browser.cookies.get(CHAT_ORIGIN)?.get('__Host-chat'), undefined);
    browser.cookies.set(CHAT_ORIGIN, cookies);
    assert.equal((await browser.follow('/welcome')).url.pathname, '/');
  });

  it('waits for a gateway that starts later, and says so', async (t) => {
    const port = await claimPort(0);
    const early = startChat(setup, `https://127.0.0.1:${port}`);
    t.after(() => early.close());
    await early.lineWith('Waiting for the gateway');
    const late = await startProvider(setup, port);
    t.after(() => late.close());
    assert.match(await early.lineWith('The chat is at'), /chat\.localhost:8444/);
  });
});
