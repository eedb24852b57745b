/** The example library's open pages, its texts and its rules for every form, in this process. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { homePage, titlePage } from '../../examples/library/pages/catalogue.ts';
import {
  count,
  formatDate,
  formatDistance,
  formatMoney,
} from '../../examples/library/pages/format.ts';
import type { PageContext } from '../../examples/library/pages/layout.ts';
import {
  deskTextsFor,
  findLanguage,
  LANGUAGES,
  textsFor,
} from '../../examples/library/texts/texts.ts';
import { hiddenFieldsOf, type LibraryScene, openLibrary } from './library-setup.ts';

const CSP =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

describe('library catalogue', { timeout: 30_000 }, () => {
  let scene: LibraryScene;
  before(async () => {
    scene = await openLibrary();
    for (let number = 1; number <= 45; number += 1) {
      scene.store.catalogue.save({
        number: `F${number}`,
        title: `Conte numéro ${number}`,
        author: 'Charles Perrault',
        year: number === 1 ? null : 1697,
        language: 'fr',
        forChildren: number % 2 === 0,
        shelf: '',
      });
    }
  });
  after(() => scene.close());

  it('finds by title or author, without accents, for who is not signed in', async () => {
    const browser = scene.newBrowser();
    assert.match((await browser.go('/books?q=pinokkio')).text, /De avonturen van Pinokkio/);
    assert.match((await browser.go('/books?q=COLLODI')).text, /De avonturen van Pinokkio/);
    assert.match((await browser.go('/books?q=numero+45')).text, /Conte numéro 45/);
    const none = await browser.go('/books?q=zebra');
    assert.equal(none.status, 200);
    assert.match(none.text, /We have no book like that/);
  });

  it('links to no other site, whatever address was asked for', async () => {
    const { text } = await scene.newBrowser().visit(`${scene.origin}//elsewhere.example/`);
    assert.match(text, /href="\/elsewhere\.example\/\?lang=fr"/);
    assert.doesNotMatch(text, /href="\/\//);
  });

  it('shows 20 titles a page, and keeps the search from page to page', async () => {
    const browser = scene.newBrowser();
    const first = await browser.go('/books?q=conte&in=fr');
    assert.equal(first.text.match(/<li>/g)?.length, 20);
    assert.match(first.text, /45 books/);
    assert.match(first.text, /Page 1 of 3/);
    const next = /rel="next" href="([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&#38;', '&');
    assert.equal(next, '/books?q=conte&in=fr&page=2');
    const last = await browser.go('/books?q=conte&in=fr&page=3');
    assert.equal(last.text.match(/<li>/g)?.length, 5);
    assert.doesNotMatch(last.text, /rel="next"/);
    for (const page of ['0', '-1', 'x', '99999999999', '1e3', '1&page=2']) {
      assert.equal((await browser.go(`/books?page=${page}`)).status, 200, page);
    }
  });

  it('filters by language and by children’s books', async () => {
    const browser = scene.newBrowser();
    assert.match((await browser.go('/books?in=de')).text, /1 book</);
    assert.match((await browser.go('/books?in=fr&children=1')).text, /22 books/);
    assert.match((await browser.go('/books?in=xx')).text, /48 books/);
  });

  it('says how many copies are on the shelf and who waits', async () => {
    const browser = scene.newBrowser();
    const { store, emma, lucas, staffId, titles, copies } = scene;
    assert.match((await browser.go('/books?q=alice')).text, /2 on the shelf/);
    assert.match((await browser.go('/books?q=moritz')).text, /Not here now/);
    store.loans.lend({ barcode: copies.pinocchio, memberId: emma.id, staffId });
    store.reservations.reserve({ titleId: titles.pinocchio, memberId: lucas.id });
    assert.match((await browser.go('/books?q=pinokkio')).text, /All out/);
    const page = await browser.go(`/titles/${titles.pinocchio}`);
    assert.match(page.text, /0 of 1 on the shelf/);
    assert.match(page.text, /1 reader is waiting for it/);
    assert.match(page.text, new RegExp(`href="/login\\?to=/titles/${titles.pinocchio}"`));
    assert.doesNotMatch(page.text, /Emma|Lucas/);
  });

  it('answers an address that does not exist with a kind page, not with an error', async () => {
    const browser = scene.newBrowser();
    for (const path of ['/nothing', '/titles/99999', '/titles/x', '/titles/1e1', '/books/1']) {
      const page = await browser.go(path);
      assert.equal(page.status, 404, path);
      assert.equal(page.title, 'There is nothing here');
    }
  });

  it('gives every page its language, no inline script or style and nothing from elsewhere', async () => {
    for (const language of LANGUAGES) {
      for (const path of [
        '/',
        '/books',
        '/titles/1',
        '/desk',
        '/refused',
        '/error',
        '/goodbye',
        '/away',
        '/nothing',
      ]) {
        const browser = scene.newBrowser();
        browser.cookies.clear();
        const { text, headers } = await browser.go(path, {
          headers: { 'accept-language': language },
        });
        assert.match(text, new RegExp(`<html lang="${language}">`), path);
        assert.doesNotMatch(text, /<script>|<style|\sstyle=|\son\w+=|javascript:|https?:/i, path);
        assert.doesNotMatch(text, /undefined|\[object|NaN|\{\w+\}/, path);
        assert.equal(text.match(/<h1>/g)?.length, 1, path);
        assert.equal(headers.get('cache-control'), 'no-store');
        assert.equal(headers.get('content-security-policy'), CSP);
      }
    }
  });

  it('chooses the language by link, then cookie, then browser, then Dutch; links keep the search', async () => {
    const languageOf = async (path: string, cookie: string, accept: string) => {
      const browser = scene.newBrowser();
      browser.cookies.set('__Host-library-language', cookie);
      const { text } = await browser.go(path, { headers: { 'accept-language': accept } });
      return /<html lang="(..)">/.exec(text)?.[1];
    };
    assert.equal(await languageOf('/?lang=de', 'fr', 'en'), 'de');
    assert.equal(await languageOf('/?lang=xx', 'fr', 'en'), 'fr');
    assert.equal(await languageOf('/', '', 'es, en;q=0.8'), 'en');
    assert.equal(await languageOf('/', '', 'es'), 'nl');
    const { text } = await scene.newBrowser().go('/books?q=a+b&in=nl&lang=en');
    assert.match(text, /href="\/books\?q=a\+b&#38;in=nl&#38;lang=fr"/);
  });

  it('takes no form from another site, and none that is too old (one-use numbers)', async () => {
    const browser = scene.newBrowser();
    const foreign: Record<string, string>[] = [
      {},
      { origin: 'null' },
      { origin: 'https://other.localhost' },
      { 'sec-fetch-site': 'same-site', origin: scene.origin },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
    ];
    const paths = [
      '/logout',
      '/still-here',
      '/link',
      '/titles/1/reserve',
      '/my/1/renew',
      '/my/1/cancel',
    ];
    paths.push('/family/add', '/family/add/link', '/family/1/remove', '/desk/return');
    const deeds = [
      'lend',
      'return',
      'renew',
      'cancel',
      'pay',
      'pay-all',
      'end-parent',
      'leave',
      'card',
      'card/end',
    ];
    paths.push(...deeds.map((deed) => `/desk/members/1/${deed}`));
    for (const path of paths) {
      for (const headers of foreign) {
        const page = await browser.visit(path, { method: 'POST', headers });
        assert.equal(page.status, 403, `${path} ${JSON.stringify(headers)}`);
      }
    }
    scene.reader = { sub: 'somebody' };
    const form = await browser.logIn();
    const headers = { 'sec-fetch-site': 'same-origin' };
    for (const token of ['', 'x', '1.aaaaaaaaaaaaaaaaaaaaaa']) {
      const body = new URLSearchParams({ ...hiddenFieldsOf(form, '/link'), form: token });
      const page = await browser.visit('/link', { method: 'POST', headers, body });
      assert.equal(page.status, 409);
      assert.equal(page.title, 'This page was open too long');
    }
    const big = new URLSearchParams({ number: 'x'.repeat(9_000) });
    const page = await browser.visit('/link', { method: 'POST', headers, body: big });
    assert.equal(page.status, 413);
  });
});

describe('library texts', () => {
  it('have every sentence in every language, with the same places to fill in', () => {
    for (const textsOf of [textsFor, deskTextsFor]) {
      const english = Object.entries<unknown>(textsOf('en'));
      for (const language of LANGUAGES) {
        const texts = new Map(Object.entries<unknown>(textsOf(language)));
        assert.deepEqual(
          [...texts.keys()],
          english.map(([key]) => key),
        );
        for (const [key, text] of english) {
          const other = texts.get(key);
          assert.equal(typeof other, typeof text, `${language} ${key}`);
          assert.deepEqual(placesIn(other), placesIn(text), `${language} ${key}`);
          assert.ok(sentencesOf(other).every((sentence) => sentence.trim() !== ''));
        }
      }
    }
    assert.equal(findLanguage('constructor'), undefined);
  });

  it('put a no-break space before ! ? : ; » and after « in French', () => {
    for (const texts of [textsFor('fr'), deskTextsFor('fr')]) {
      for (const sentence of Object.values<unknown>(texts).flatMap(sentencesOf)) {
        assert.doesNotMatch(sentence, /[^\u00a0\s][!?:;»]|«[^\u00a0]| [!?:;»]/, sentence);
      }
    }
  });

  it('write dates, distances and money as each language does', () => {
    const dates = LANGUAGES.map((language) => formatDate(language, '2026-03-23'));
    assert.deepEqual(dates, [
      'maandag 23 maart',
      'lundi 23 mars',
      'Montag, 23. März',
      'Monday, 23 March',
    ]);
    const money = LANGUAGES.map((language) => formatMoney(language, 120).replace(/\s/g, ' '));
    assert.deepEqual(money, ['€ 1,20', '1,20 €', '1,20 €', '€1.20']);
    const days = { today: '2026-03-22', date: '2026-03-24' };
    const distances = LANGUAGES.map((language) => formatDistance(language, days));
    assert.deepEqual(distances, ['overmorgen', 'après-demain', 'übermorgen', 'in 2 days']);
    assert.equal(count('fr', textsFor('fr').found, 0), '0 livre');
    assert.equal(count('en', textsFor('en').found, 1), '1 book');
  });
});

describe('library pages', () => {
  const context: PageContext = {
    language: 'en',
    path: '/"><script>',
    query: { q: '"><script>' },
    today: '2026-03-02',
    visitor: 'nobody',
    notice: { tone: 'wrong', lines: ['<i>'] },
    createToken: () => '"><script>',
  };

  it('escape every value, in text and in attributes', () => {
    const evil = `"><script>alert('1')</script>&`;
    const title = {
      id: 1,
      number: evil,
      title: evil,
      author: evil,
      year: 1,
      language: 'nl',
      forChildren: true,
      shelf: evil,
      copies: 1,
      onShelf: 0,
      waiting: 0,
    } as const;
    const state = { kind: 'may-reserve' } as const;
    const borrowers = [{ memberId: 1, name: evil, state }];
    for (const page of [
      homePage(context),
      titlePage({ ...context, visitor: 'reader' }, { title, borrowers }),
    ]) {
      assert.doesNotMatch(page, /<script>|<i>/);
      assert.ok(page.includes('&#60;i&#62;'));
    }
  });
});

function sentencesOf(text: unknown): string[] {
  return typeof text === 'object' && text !== null ? Object.values(text) : [String(text)];
}

function placesIn(text: unknown): string[][] {
  return sentencesOf(text).map((sentence) => (sentence.match(/\{\w+\}/g) ?? []).toSorted());
}
