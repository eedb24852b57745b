/** The agreement page in Chromium with its scripts switched off: a form is enough (design §5). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright';
import { type IdentityScene, startIdentityScene } from '../integration/identity-setup.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';

const problems = await findChromiumProblems();
const skip = problems.join('; ') || false;
const STEP_MS = 20_000;

describe('the agreement page in a browser without scripts', { skip }, () => {
  let scene: IdentityScene;
  let browser: Browser;

  before(async () => {
    scene = await startIdentityScene();
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      chromiumSandbox: process.getuid?.() !== 0,
    });
  });

  after(async () => {
    await browser?.close();
    await scene?.gateway.stop();
  });

  async function openQuestion(): Promise<Page> {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      javaScriptEnabled: false,
      locale: 'en-GB',
    });
    context.setDefaultTimeout(STEP_MS);
    const page = await context.newPage();
    const path = await scene.parties.club.start({ scope: 'openid profile birthdate picture' });
    await page.goto(`${scene.gateway.origin}${path}`);
    assert.match(page.url(), /\/login\/[^/]+\/agreement$/);
    return page;
  }

  const ticked = (page: Page) => page.locator('input:checked').count();

  test('nothing is ticked; what is ticked is on the login page, and can be chosen again from nothing', async () => {
    const page = await openQuestion();
    assert.equal(await page.locator('input[type=checkbox]').count(), 3);
    assert.equal(await ticked(page), 0);
    await page.locator('input[value=profile]').check();
    await page.locator('button[type=submit]').click();
    await page.waitForURL(/\/login\/[^/]+$/);
    const told = (await page.locator('.learn').textContent()) ?? '';
    assert.match(told, /whether your card says boy or girl/);
    assert.match(told, /It will not learn your birthday, where you live or what you look like/);
    await page.locator('.learn-change').click();
    await page.waitForURL(/\/agreement$/);
    assert.equal(await ticked(page), 0);
    await page.context().close();
  });

  test('the back button and a reload show the boxes empty again', async () => {
    const page = await openQuestion();
    await page.locator('input[value=picture]').check();
    await page.reload();
    assert.equal(await ticked(page), 0);
    await page.locator('input[value=picture]').check();
    await page.locator('button[type=submit]').click();
    await page.waitForURL(/\/login\/[^/]+$/);
    await page.goBack();
    await page.waitForURL(/\/agreement$/);
    assert.equal(await ticked(page), 0);
    await page.context().close();
  });

  test('the keyboard alone ticks a box and goes on, and the language stays', async () => {
    const page = await openQuestion();
    await page.locator('.languages a[lang=fr]').click();
    await page.waitForURL(/lang=fr$/);
    await page.locator('input[value=birthdate]').focus();
    await page.keyboard.press('Space');
    assert.equal(await ticked(page), 1);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/login\/[^/]+\?lang=fr$/);
    const told = (await page.locator('.learn').textContent()) ?? '';
    assert.match(told, /le jour, le mois et l’année/);
    await page.context().close();
  });
});
