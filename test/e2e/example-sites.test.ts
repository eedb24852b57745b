/** The chat and the library of `npm start`, with a card, browser, host and gateway: who was let in beforehand is in. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { openPinWindow } from '../kit/start/journey.ts';
import { startWorld, type World } from '../kit/start/world.ts';
import { getPerson, typePin } from '../kit/start/wrong-turns.ts';

const skip = (await findChromiumProblems()).join('; ') || false;

const STEP_MS = 30_000;

describe('the example sites of npm start', { skip }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-examples-'));
  let world: World;
  let browser: BrowserContext;

  before(async () => {
    world = await startWorld({ dir, ports: { gateway: 0, chat: 0, ocsp: 0 } });
    browser = await world.openBrowser({ headless: true });
    browser.setDefaultTimeout(STEP_MS);
  });

  after(async () => {
    await world.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** From a page of a site over its link to the gateway, and back with the card in the reader. */
  async function signIn(name: string, { from, link }: { from: string; link: string }) {
    const page = await browser.newPage();
    await page.goto(from);
    await page.locator(`a[href^="${link}"]`).first().click();
    await page.locator('#log-in').waitFor();
    const pinWindow = await openPinWindow(browser, page);
    await pinWindow.locator('.pin-screen, [data-code]').first().waitFor();
    await assertNoProblem(pinWindow);
    await typePin(pinWindow, getPerson(name).pin);
    const arrived = page.waitForURL((url) => url.origin === new URL(from).origin);
    await Promise.race([arrived, page.locator('[data-code]').first().waitFor()]);
    await assertNoProblem(page);
    await arrived;
    return page;
  }

  async function leave(page: Page): Promise<void> {
    await page.close();
    await browser.clearCookies();
  }

  test('the library finds a title, without a card', async () => {
    const page = await browser.newPage();
    await page.goto(`${world.libraryOrigin}/books?q=wonderland&lang=en`);
    assert.match((await page.locator('main').textContent()) ?? '', /Alice’s Adventures/);
    await leave(page);
  });

  test('emma links her library card, and sees her books; with the same card she is known', async () => {
    const emma = world.members.find(({ person }) => person === 'emma') ?? assert.fail();
    const library = { from: `${world.libraryOrigin}/?lang=en`, link: '/login' };
    await world.insertCardOf(getPerson('emma'));
    const page = await signIn('emma', library);
    await page.locator('input[name="number"]').fill(emma.number);
    await page.locator('input[name="birthYear"]').fill(String(emma.birthYear));
    await page.locator('main form button').first().click();
    await page.waitForURL(`${world.libraryOrigin}/my**`);
    await leave(page);

    await world.insertCardOf(getPerson('emma'));
    const again = await signIn('emma', library);
    assert.match(again.url(), /\/my/);
    await leave(again);

    await world.insertCardOf(getPerson('emma'), {}, { isRenewed: true });
    const renewed = await signIn('emma', library);
    assert.match(renewed.url(), /\/link/);
    await leave(renewed);
  });

  test('the librarian is on the staff, and another adult is shown a code', async () => {
    const desk = { from: `${world.libraryOrigin}/desk?lang=en`, link: '/desk/login' };
    await world.insertCardOf(getPerson('librarian'));
    const page = await signIn('librarian', desk);
    await page.locator('#find').waitFor();
    await leave(page);
    await world.insertCardOf(getPerson('moderator'));
    const other = await signIn('moderator', desk);
    await other.locator('.code').waitFor();
    await leave(other);
  });

  test('the moderator moderates, and another adult is shown a code', async () => {
    const moderation = { from: `${world.chatOrigin}/moderate?lang=en`, link: '/moderate/login' };
    await world.insertCardOf(getPerson('moderator'));
    const page = await signIn('moderator', moderation);
    await page.locator('a[href="/moderate/bans"]').waitFor();
    await leave(page);
    await world.insertCardOf(getPerson('karel'));
    const other = await signIn('karel', moderation);
    await other.locator('.code').waitFor();
    await leave(other);
  });
});

/** Error screens of the gateway and of the window carry their code. */
async function assertNoProblem(page: Page): Promise<void> {
  const codes = page.locator('[data-code]');
  if ((await codes.count()) > 0) assert.fail((await codes.first().getAttribute('data-code')) ?? '');
}
