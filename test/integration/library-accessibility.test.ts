/**
 * The example library in Chromium, on a phone 320 pixels wide: axe-core finds nothing on any page, nothing is cut off,
 * the security policy stops nothing, and all of it works by keyboard and without scripts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { LANGUAGES } from '../../examples/library/texts/texts.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { LIBRARIAN, type LibraryScene, openLibrary } from './library-setup.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Looked at with axe in all four languages; the other pages have the same parts, and are looked at in Dutch. */
const MAIN_PAGES = /^\/(|books|my\/\d+|link|desk|desk\/members\/\d+)$/;
const PHONE = { width: 320, height: 640 };

describe('library in a browser', { skip, timeout: 240_000 }, () => {
  let scene: LibraryScene;
  let browser: Browser;
  before(async () => {
    scene = await openLibrary();
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      chromiumSandbox: process.getuid?.() !== 0,
    });
    fillShelves(scene);
  });
  after(async () => {
    await browser.close();
    await scene.close();
  });

  /** Opens a page as somebody whose card is in the reader. */
  async function openAs(
    sub: string | undefined,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; go: (path: string) => Promise<void>; problems: string[] }> {
    const context = await browser.newContext({ viewport: PHONE, locale: 'nl', ...options });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      const isOurs = !/status of (403|404|409|422|429)/.test(message.text());
      if (message.type() === 'error' && isOurs) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    const go = async (path: string) => {
      await page.goto(scene.origin + path);
    };
    if (sub !== undefined) {
      scene.reader = { sub };
      await go(sub === LIBRARIAN.sub ? '/desk/login' : '/login');
    }
    return { page, go, problems };
  }

  async function check(page: Page, problems: readonly string[]): Promise<void> {
    const language = await page.getAttribute('html', 'lang');
    const { pathname } = new URL(page.url());
    const where = `${pathname} ${language}`;
    if (language === 'nl' || MAIN_PAGES.test(pathname)) {
      await page.evaluate(AXE);
      const { violations } = await page.evaluate<AxeResults>(
        "axe.run({ resultTypes: ['violations'] })",
      );
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      assert.deepEqual(found, [], where);
    }
    const cutOff = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.equal(cutOff, 0, `${where} is too wide`);
    assert.deepEqual(problems, [], where);
  }

  for (const language of LANGUAGES) {
    it(`is clean and fits on every open page, in ${language}`, async () => {
      const { page, go, problems } = await openAs(undefined);
      await go(`/?lang=${language}`);
      const { pinocchio, max } = scene.titles;
      const paths = ['/', '/books', '/books?q=zzz', `/titles/${pinocchio}`, `/titles/${max}`];
      paths.push('/refused', '/error', '/goodbye', '/away', '/nothing', '/desk', '/desk/refused');
      for (const path of paths) {
        await go(path);
        await check(page, problems);
      }
      await page.context().close();
    });

    it(`is clean and fits for readers and parents, in ${language}`, async () => {
      const { page, go, problems } = await openAs('parent');
      await go(`/my?lang=${language}`);
      const { emma, lucas, titles } = scene;
      const paths = [`/my/${emma.id}`, `/my/${lucas.id}`, `/titles/${titles.pinocchio}`, '/family'];
      paths.push(
        '/family/add',
        `/family/${emma.id}/remove`,
        '/family/add/confirm',
        '/link',
        '/my/999',
      );
      for (const path of paths) {
        await go(path);
        await check(page, problems);
      }
      for (const sub of ['emma', 'parent', `stranger ${language}`]) {
        scene.reader = { sub };
        await go('/family/add/card');
        await check(page, problems);
      }
      await page.fill('#number', emma.number);
      await page.fill('#birth-year', '1999');
      await page.click('main form button');
      await check(page, problems);
      await page.context().close();
    });

    it(`is clean and fits at the desk, in ${language}`, async () => {
      const { page, go, problems } = await openAs(LIBRARIAN.sub);
      await go(`/desk?lang=${language}`);
      const { emma, nora } = scene;
      const paths = ['/desk', '/desk?q=peet', '/desk?q=zzz', '/desk/held'];
      paths.push(`/desk/members/${emma.id}`, `/desk/members/${nora.id}/card`);
      paths.push(`/desk/members/${emma.id}/card/end`, `/desk/members/${emma.id}/leave`);
      for (const path of paths) {
        await go(path);
        await check(page, problems);
      }
      for (const sub of ['emma', 'nora']) {
        scene.reader = { sub };
        await go(`/desk/members/${nora.id}/card/read`);
        await check(page, problems);
      }
      await page.context().close();
      const stranger = await openAs('no librarian');
      await stranger.go(`/desk/login?lang=${language}`);
      await check(stranger.page, stranger.problems);
      await stranger.page.context().close();
    });
  }

  it('works by keyboard: past the menu, a search, a log-out', async () => {
    const { page, go } = await openAs('emma', { locale: 'en' });
    await page.keyboard.press('Tab');
    assert.equal(await page.locator(':focus').textContent(), 'Go to the text');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator(':focus').getAttribute('id'), 'main');
    await go('/books');
    await page.locator('#q').focus();
    await page.keyboard.type('alice');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=alice/);
    await page.getByRole('button', { name: 'Log out' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/goodbye/);
    await page.context().close();
  });

  it('works without scripts: renew, reserve, log out', async () => {
    const { page, go } = await openAs('emma', { locale: 'en', javaScriptEnabled: false });
    await page.getByRole('button', { name: 'Keep longer' }).first().click();
    assert.match(await textOf(page, '#notice'), /Done! You can keep it until/);
    await go(`/titles/${scene.titles.alice}`);
    await page.getByRole('button', { name: 'Reserve for Emma Peeters' }).click();
    assert.match(await textOf(page, '#notice'), /Reserved!/);
    await page.getByRole('button', { name: 'Log out' }).click();
    assert.match(page.url(), /goodbye/);
    await page.context().close();
  });

  it('asks after 14 minutes whether somebody is there, and leaves the page after 15', async () => {
    const context = await browser.newContext({ viewport: PHONE, locale: 'en' });
    const page = await context.newPage();
    await page.clock.install();
    scene.reader = { sub: 'emma' };
    await page.goto(`${scene.origin}/login`);
    const yes = page.getByRole('button', { name: 'Yes, I am here' });
    assert.equal(await yes.isVisible(), false);
    await page.clock.runFor(14 * 60_000 + 1_000);
    const answered = page.waitForResponse((response) => response.url().endsWith('/still-here'));
    await yes.click();
    assert.equal((await answered).status(), 204);
    await page.clock.runFor(14 * 60_000 - 5_000);
    assert.equal(await yes.isVisible(), false);
    await page.clock.runFor(70_000);
    await page.waitForURL(/away/);
    assert.match(await textOf(page, 'h1'), /You are logged out/);
    await context.close();
  });
});

async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).textContent()) ?? '';
}

/** A bit of everything: at home, late, reserved, ready, to pay, read before, a renewed card, a parent. */
function fillShelves({
  store,
  staffId,
  emma,
  lucas,
  nora,
  copies,
  titles,
  ...scene
}: LibraryScene) {
  const lend = (barcode: string, { id }: { readonly id: number }) =>
    store.loans.lend({ barcode, memberId: id, staffId });
  const link = (sub: string, { id }: { readonly id: number }) =>
    store.links.linkAtDesk({ sub, memberId: id, staffId });
  link('lucas', lucas);
  link('emma, old card', emma);
  link('emma', emma);
  store.guardians.add({ parentSub: 'parent', childSub: 'emma' });
  store.guardians.add({ parentSub: 'parent', childSub: 'lucas' });
  lend(copies.alice[0], emma);
  lend(copies.pinocchio, lucas);
  scene.passDays(23);
  store.loans.takeBack({ barcode: copies.alice[0], staffId });
  lend(copies.alice[0], nora);
  lend(copies.alice[1], nora);
  const other = store.catalogue.save({
    number: 'T9',
    title: 'Les Aventures de Jean-Paul Choppart, Donaudampfschifffahrtsgesellschaftskapitän',
    author: 'Louis Desnoyers',
    year: null,
    language: 'fr',
    forChildren: true,
    shelf: 'FR J DES',
  }).id;
  store.catalogue.ensureCopies(other, 2);
  const [first, second] = store.catalogue.listCopies(other);
  if (!first || !second) throw new TypeError('two copies were made');
  lend(first.barcode, emma);
  lend(second.barcode, nora);
  store.reservations.reserve({ titleId: titles.pinocchio, memberId: emma.id });
  store.reservations.reserve({ titleId: other, memberId: lucas.id });
  store.loans.takeBack({ barcode: second.barcode, staffId });
  store.reservations.reserve({ titleId: titles.alice, memberId: lucas.id });
}
