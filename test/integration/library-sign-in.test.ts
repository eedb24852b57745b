/** The example library: signing in, out and away, and linking a library card to an identity card. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import { LIBRARIAN, type LibraryScene, openLibrary } from './library-setup.ts';

const MINUTE_MS = 60_000;
const IDLE_MS = 15 * MINUTE_MS;
const COOKIE = '__Host-library';

describe('library sign-in', { timeout: 30_000 }, () => {
  let scene: LibraryScene;
  before(async () => {
    scene = await openLibrary();
    const { store, emma, staffId } = scene;
    store.links.linkAtDesk({ sub: 'emma', memberId: emma.id, staffId });
  });
  after(() => scene.close());

  it('leads a reader whose card is linked to the own shelf, by name and never by sub', async () => {
    scene.reader = { sub: 'emma' };
    const page = await scene.newBrowser().logIn();
    assert.equal(page.path, `/my/${scene.emma.id}`);
    assert.match(page.text, /Hello, Emma Peeters!/);
    assert.match(page.text, /action="\/logout"/);
    assert.doesNotMatch(page.text, /"emma"|sub/);
  });

  it('goes back to the title from which somebody logged in, and to no other address', async () => {
    scene.reader = { sub: 'emma' };
    const back = `/titles/${scene.titles.pinocchio}`;
    assert.equal((await scene.newBrowser().go(`/login?to=${back}`)).path, back);
    for (const to of ['//evil.example', 'https://evil.example', '/titles/1/../../x', '/logout']) {
      const page = await scene.newBrowser().go(`/login?to=${encodeURIComponent(to)}`);
      assert.equal(page.path, `/my/${scene.emma.id}`, to);
    }
  });

  it('changes the session token on signing in, and keeps it in a __Host- cookie', async () => {
    scene.reader = { sub: 'emma' };
    const browser = scene.newBrowser();
    const started = await browser.visit('/login');
    const before = browser.cookies.get(COOKIE);
    const { pathname, search } = new URL(started.headers.get('location') ?? '');
    const back = await browser.visit(pathname + search);
    const [cookie = ''] = back.headers.getSetCookie();
    assert.match(cookie, /^__Host-library=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    assert.ok(before && !cookie.includes(before));
    // The Back button: in already. The old token, and the same answer in another browser: nothing.
    assert.equal((await browser.go(pathname + search)).path, `/my/${scene.emma.id}`);
    const thief = scene.newBrowser();
    thief.cookies.set(COOKIE, before);
    assert.equal((await thief.go(pathname + search)).path, '/error');
  });

  it('takes no answer for one door at the other', async () => {
    scene.reader = LIBRARIAN;
    for (const [start, callback] of [
      ['/login', '/desk/callback'],
      ['/desk/login', '/callback'],
    ] as const) {
      const browser = scene.newBrowser();
      const location = new URL((await browser.visit(start)).headers.get('location') ?? '');
      assert.equal((await browser.go(callback + location.search)).path, '/error');
      assert.equal((await browser.go('/desk')).title, 'The desk');
    }
  });

  it('asks the gateway for the language of the page', async () => {
    scene.reader = { sub: 'emma' };
    const browser = scene.newBrowser();
    await browser.go('/?lang=fr');
    assert.match((await browser.logIn()).text, /Bonjour, Emma Peeters/);
    assert.equal(scene.startedIn.at(-1), 'fr');
  });

  it('shows a kind page when the gateway refuses, cannot be reached or answers badly', async (t) => {
    t.mock.method(console, 'error', () => {});
    const pages = { refuses: '/refused', 'is away': '/error', breaks: '/error' } as const;
    for (const reader of ['refuses', 'is away', 'breaks'] as const) {
      scene.reader = reader;
      const page = await scene.newBrowser().logIn();
      assert.equal(page.path, pages[reader]);
      assert.match(page.text, /desk/);
    }
    scene.reader = 'refuses';
    assert.equal((await scene.newBrowser().logInAtDesk()).path, '/desk/refused');
  });

  it('ends a session after 15 minutes without a click, and says so once', async () => {
    scene.reader = { sub: 'emma' };
    const browser = scene.newBrowser();
    await browser.logIn();
    scene.passMs(IDLE_MS - 1);
    assert.equal((await browser.go('/my')).path, `/my/${scene.emma.id}`);
    scene.passMs(IDLE_MS);
    const away = await browser.go('/my');
    assert.equal(away.path, '/away');
    assert.match(away.text, /nobody else sees your books/);
    assert.equal((await browser.go('/my')).path, '/');
  });

  it('lets a page say that somebody is still there, while the session lasts', async () => {
    scene.reader = { sub: 'emma' };
    const browser = scene.newBrowser();
    await browser.logIn();
    const stillHere = () =>
      browser.visit('/still-here', {
        method: 'POST',
        headers: { 'sec-fetch-site': 'same-origin' },
      });
    scene.passMs(IDLE_MS - 1);
    assert.equal((await stillHere()).status, 204);
    scene.passMs(IDLE_MS - 1);
    assert.equal((await stillHere()).status, 204);
    scene.passMs(IDLE_MS);
    assert.equal((await stillHere()).status, 403);
  });

  it('ends the session on the server at the log-out button, and at the page left open', async () => {
    scene.reader = { sub: 'emma' };
    for (const leave of ['/logout', '/away']) {
      const browser = scene.newBrowser();
      const page = await browser.logIn();
      const token = browser.cookies.get(COOKIE) ?? '';
      if (leave === '/logout') {
        assert.equal((await browser.submit(page, '/logout')).title, 'Bye! Enjoy reading');
      } else {
        assert.equal((await browser.go('/away')).title, 'You are logged out');
      }
      assert.equal(browser.cookies.has(COOKIE), false);
      browser.cookies.set(COOKIE, token);
      assert.equal((await browser.go('/my')).path, '/away');
    }
  });
});

describe('linking a library card', { timeout: 30_000 }, () => {
  let scene: LibraryScene;
  before(async () => {
    scene = await openLibrary();
  });
  after(() => scene.close());

  const comeIn = async (sub: string) => {
    scene.reader = { sub };
    const browser = scene.newBrowser();
    const page = await browser.logIn();
    const link = (number: string, birthYear: string) =>
      browser.submit(page, '/link', { number, birthYear });
    return { browser, page, link };
  };

  it('is done once, with the number on the card and the year of birth', async () => {
    const { browser, page, link } = await comeIn('emma');
    assert.equal(page.title, 'Which library card is yours?');
    const number = scene.emma.number.replace(/(\d{4})(\d{3})/, ' $1 $2 ');
    const shelf = await link(number, '2017');
    assert.equal(shelf.path, `/my/${scene.emma.id}`);
    assert.match(shelf.notice, /Your library card is linked/);
    assert.equal((await browser.go(shelf.path)).notice, '');
    assert.equal((await browser.go('/link')).path, `/my/${scene.emma.id}`);
    assert.equal((await (await comeIn('emma')).browser.go('/my')).path, `/my/${scene.emma.id}`);
  });

  it('keeps what was typed and counts no try for what is no number', async () => {
    const { browser, link } = await comeIn('slip');
    const page = await link('2000000099', '201');
    assert.equal(page.status, 422);
    assert.match(page.notice, /not yet a card number/);
    assert.match(page.text, /value="2000000099"/);
    assert.match(page.text, /aria-describedby="number-hint link-error" aria-invalid="true"/);
    assert.equal(scene.store.links.triesLeft('slip'), 5);
    assert.match((await browser.go('/link')).text, /action="\/link"/);
  });

  it('stops after five wrong tries for an hour, also for the right answer; a double click is one try', async () => {
    const { browser, page, link } = await comeIn('guess');
    const { number } = scene.lucas;
    assert.match((await link(number, '2018')).notice, /You can try 4 more times/);
    assert.match((await link(number, '2018')).notice, /You can try 4 more times/);
    let last = page;
    for (const year of ['2010', '2011', '2012', '2013']) {
      last = await browser.submit(await browser.go('/link'), '/link', { number, birthYear: year });
    }
    assert.equal(last.status, 429);
    assert.equal(last.title, 'Let us stop guessing');
    assert.equal((await browser.go('/link')).title, 'Let us stop guessing');
    // A form that was open before.
    const late = await browser.submit(page, '/link', { number, birthYear: '2019' });
    assert.equal(late.notice.includes('linked'), false);
    assert.equal(scene.store.links.findMember('guess'), undefined);
    scene.passMs(60 * MINUTE_MS);
    const { link: again } = await comeIn('guess');
    assert.equal((await again(number, '2019')).path, `/my/${scene.lucas.id}`);
  });

  it('sends a renewed identity card to the desk: the library card is linked to the old one', async () => {
    const { link } = await comeIn('emma, new card');
    const page = await link(scene.emma.number, '2017');
    assert.equal(page.status, 409);
    assert.equal(page.title, 'This library card has an identity card already');
    assert.match(page.text, /new identity card\? Go to the desk/);
    assert.equal(scene.store.links.findMember('emma')?.id, scene.emma.id);
  });

  it('tells who has linked another card already, and the same whether a number exists or not', async () => {
    const first = await comeIn('nora');
    await first.link(scene.nora.number, '1985');
    assert.equal((await first.link(scene.nora.number, '1985')).path, `/my/${scene.nora.id}`);
    const { link } = await comeIn('curious');
    const existing = await link(scene.nora.number, '1900');
    const { link: other } = await comeIn('curious 2');
    const missing = await other(numberFor('member', 777), '1900');
    assert.equal(existing.notice, missing.notice);
    assert.equal(existing.status, missing.status);
  });
});
