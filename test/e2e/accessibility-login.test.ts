/**
 * The login page for everybody (WCAG 2.2 A and AA, and axe-core's best practice), in every language and scene.
 * One that is added belongs into the table that is walked here.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { assertForEverybody, assertNoViolation } from '../kit/browser/accessible.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { openPageStage, type PageStage } from '../kit/browser/page-stage.ts';
import { LOGIN_PAGES, languagesOf } from '../kit/browser/page-table.ts';

const skip = (await findChromiumProblems()).join('; ') || false;

describe('the login page', { skip }, () => {
  let stage: PageStage;

  before(async () => {
    if (!skip) stage = await openPageStage();
  });

  afterEach(() => stage.closeTabs());

  after(() => stage?.stop());

  for (const shown of LOGIN_PAGES) {
    const { name, open } = shown;
    const languages = languagesOf(shown);
    for (const language of languages) {
      test(`${name} (${language}): axe-core finds nothing`, async () => {
        const page = await open(stage, language);
        assert.equal(await page.locator('html').getAttribute('lang'), language);
        await assertNoViolation(page);
      });
    }

    test(`${name}: dark or forced colours, no motion, 200 % and 400 % (WCAG 2.2 §1.4.10), the keyboard alone`, async () => {
      await assertForEverybody(await open(stage, languages.at(-1) ?? 'en'));
    });
  }

  test('a login with the keyboard alone: the button by Enter, the way back by Space', async () => {
    const page = await stage.openLoginPage({ extension: async () => 'CARD_REMOVED' });
    await page.locator('#log-in:enabled').waitFor();
    await page.locator('#log-in').focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-code="CARD_REMOVED"]').waitFor();
    // The news has the focus, so that it is read out; what can be done about it comes next.
    assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.dataset.action'), 'again');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.dataset.action'), 'back');
    await page.keyboard.press('Space');
    await page.waitForURL('https://chat.localhost/callback?**');
  });
});
