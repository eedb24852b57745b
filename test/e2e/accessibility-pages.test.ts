/**
 * The pages around the login page for everybody (WCAG 2.2 A and AA, and axe-core's best practice): agreement,
 * wrong turns, diagnosis, log-out, playground. One that is added belongs into the table that is walked here.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { assertForEverybody, assertNoViolation } from '../kit/browser/accessible.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { openPageStage, type PageStage } from '../kit/browser/page-stage.ts';
import { languagesOf, OTHER_PAGES } from '../kit/browser/page-table.ts';

const skip = (await findChromiumProblems()).join('; ') || false;

describe('the other pages', { skip }, () => {
  let stage: PageStage;

  before(async () => {
    if (!skip) stage = await openPageStage();
  });

  afterEach(() => stage.closeTabs());

  after(() => stage?.stop());

  for (const shown of OTHER_PAGES) {
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
});
