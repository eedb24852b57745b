/**
 * The desk's import, overdue list and chart of the example library in Chromium: a progress bar that tells the truth, the
 * same without scripts, and pages that axe-core finds nothing wrong with, on a phone and in every language.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright';
import { inventMembers } from '../../examples/library/import/invented.ts';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import { SESSION_COOKIE } from '../../examples/library/visit.ts';
import { type DeskScene, openDesk } from './library-import-setup.ts';

const CHROMIUM = '/usr/bin/chromium';
const AXE_FILE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const skip = existsSync(CHROMIUM) ? false : 'there is no Chromium on this machine';

describe('library import in a browser', { skip, timeout: 280_000 }, () => {
  let scene: DeskScene;
  let browser: Browser;
  let axe: string;
  const pathOf = (name: string) => join(scene.folder, name);

  before(async () => {
    scene = await openDesk();
    axe = await readFile(AXE_FILE, 'utf8');
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      chromiumSandbox: process.getuid?.() !== 0,
      args: ['--host-resolver-rules=MAP library.localhost 127.0.0.1'],
    });
    lendBooks(scene);
    await writeFile(pathOf('members.csv'), [...inventMembers(60_000)].join('\r\n'));
    await writeFile(
      pathOf('wrong.csv'),
      'number;name;birth_year;street\r\n123;An;2010;x\r\n;;2099;y\r\n',
    );
    await writeFile(pathOf('few.csv'), [...inventMembers(3)].join('\n'));
  });
  after(async () => {
    await browser?.close();
    await scene.close();
  });

  /** A page of a librarian's browser. */
  async function openPage({
    language = 'en',
    width = 1100,
    javaScriptEnabled = true,
  } = {}): Promise<Page> {
    const { token } = scene.logIn('Ann');
    const context = await browser.newContext({
      javaScriptEnabled,
      viewport: { width, height: 800 },
      locale: language,
    });
    const [name, value] = [SESSION_COOKIE, token];
    const { hostname: domain } = new URL(scene.origin);
    await context.addCookies([
      { name, value, domain, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' },
    ]);
    return context.newPage();
  }
  const visit = (page: Page, path: string) => page.goto(scene.origin + path);

  async function choose(page: Page, name: string): Promise<void> {
    await visit(page, '/desk/import');
    await page.check('input[value=members]');
    await page.setInputFiles('#file', pathOf(name));
  }

  async function assertNothingWrong(page: Page, what: string): Promise<void> {
    await page.evaluate(axe);
    const found: { id: string; nodes: { html: string }[] }[] = await page.evaluate(
      'axe.run().then(({ violations }) => violations)',
    );
    assert.deepEqual(
      found.map(({ id, nodes }) => `${what}: ${id}: ${nodes[0]?.html}`),
      [],
    );
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.ok(Number(overflow) <= 0, `${what} is ${overflow} pixels too wide`);
  }

  it('shows how far the reading is and then the writing, and ends on the page of the result', async () => {
    const page = await openPage();
    await choose(page, 'members.csv');
    // Every change of the bar, as the page makes it.
    await page.evaluate(`globalThis.shares = []; new MutationObserver(() => shares.push(bar.value))
      .observe(bar, { attributes: true })`);
    let shares: number[] = [];
    page.on('request', async (request) => {
      if (request.url().includes('/bytes')) {
        shares = await page.evaluate<number[]>('shares').catch(() => shares);
      }
    });
    await page.click('#upload button');
    await page.waitForURL(/\/desk\/import\/[\w-]+$/);
    assert.equal(await page.textContent('h1'), 'The file is in order');
    assert.ok(shares.length >= 3 && shares.every((share) => share > 0 && share < 1), shares.join());
    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => a - b),
    );
    assert.equal(scene.store.members.search('Testlid', 1).length, 0);

    await page.click('#apply button');
    await page.waitForSelector('#progress:not([hidden])');
    assert.equal(await page.isVisible('#apply'), false);
    await page.waitForSelector('h1:text-is("Imported")');
    assert.match((await page.textContent('.facts')) ?? '', /Added60.000/);
  });

  it('cancels an upload at once, and nothing of it stays', async () => {
    const page = await openPage();
    await choose(page, 'members.csv');
    await page.route('**/bytes?from=262144', () => undefined);
    await page.click('#upload button');
    await page.waitForSelector('#counts:not(:empty)');
    await page.click('#stop');
    await page.waitForSelector('h1:text-is("Cancelled")');
  });

  it('says that the connection was lost when nothing answers, and tells the library’s own refusals', async () => {
    const page = await openPage();
    await choose(page, 'few.csv');
    await page.route('**/start', (route) => route.abort());
    await page.click('#upload button');
    await page.waitForSelector('[role=alert]');
    assert.match((await page.textContent('[role=alert]')) ?? '', /The connection was lost/);
    await page.unroute('**/start');
    const json = { problem: 'Other imports are under way.' };
    await page.route('**/start', (route) => route.fulfill({ status: 409, json }));
    await page.click('#upload button');
    await page.waitForSelector('[role=alert]:has-text("Other")');
    assert.equal(await page.locator('[role=alert]').count(), 1);
  });

  it('goes to the page that says "logged out" when the session is over', async () => {
    const page = await openPage();
    await choose(page, 'few.csv');
    scene.passDays(1);
    await page.click('#upload button');
    await page.waitForURL('**/away');
  });

  it('does the same without scripts', async () => {
    const page = await openPage({ javaScriptEnabled: false });
    await choose(page, 'few.csv');
    await page.click('#upload button');
    assert.equal(await page.textContent('h1'), 'The file is in order');
    await page.click('#apply button');
    assert.equal(await page.textContent('h1'), 'Imported');
  });

  it('has no page that axe-core finds fault with, in any language, on a phone and on a desk', async () => {
    for (const language of ['nl', 'fr', 'de', 'en']) {
      const page = await openPage({ language, width: language === 'de' ? 1100 : 320 });
      for (const path of ['/desk/overdue', '/desk/chart', '/desk/import']) {
        await visit(page, path);
        await assertNothingWrong(page, `${language} ${path}`);
      }
      await page.click('summary >> nth=0');
      await page.evaluate('document.getElementById("progress").hidden = false');
      await assertNothingWrong(page, `${language} import, open`);
      for (const file of ['wrong.csv', 'few.csv']) {
        await choose(page, file);
        await page.click('#upload button');
        await page.waitForURL(/\/desk\/import\/[\w-]+$/);
        await assertNothingWrong(page, `${language} ${file}`);
      }
      await page.click('#apply button');
      await page.waitForSelector('#apply', { state: 'detached' });
      await assertNothingWrong(page, `${language} imported`);
      await page.context().close();
    }
  });

  it('prints the overdue list without what is around it', async () => {
    const page = await openPage();
    await visit(page, '/desk/overdue');
    assert.equal(await page.isVisible('[data-print]'), true);
    await page.emulateMedia({ media: 'print' });
    assert.deepEqual(
      await Promise.all(
        ['table', 'header', 'footer', '[data-print]'].map((part) => page.isVisible(part)),
      ),
      [true, false, false, false],
    );
  });
});

/** Books that are late by now, and loans over some months. */
function lendBooks({ store, staffId, passDays }: DeskScene): void {
  const titles = ['De avonturen van Pinokkio', 'Les malheurs de Sophie', 'Max und Moritz'];
  for (const [index, title] of titles.entries()) {
    const { id: titleId } = store.catalogue.save({
      number: `T${index}`,
      title,
      author: 'Auteur',
      year: null,
      language: 'nl',
      forChildren: true,
      shelf: '',
    });
    store.catalogue.ensureCopies(titleId, 2);
    const number = numberFor('member', index);
    const { id: memberId } = store.members.save({ number, name: `Lid ${index}`, birthYear: 2000 });
    for (const { barcode } of store.catalogue.listCopies(titleId)) {
      store.loans.lend({ barcode, memberId, staffId });
      passDays(13);
    }
  }
}
