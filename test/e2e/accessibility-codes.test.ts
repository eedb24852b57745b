/** Every error's scene on the login page and its page without a script, for everybody (WCAG 2.2 A and AA). */
import { after, afterEach, before, describe, test } from 'node:test';
import { assertFits, assertNoViolation } from '../kit/browser/accessible.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { openPageStage, type PageStage } from '../kit/browser/page-stage.ts';
import { CODE_PAGES } from '../kit/browser/page-table.ts';

const skip = (await findChromiumProblems()).join('; ') || false;

describe('the pages of every code', { skip }, () => {
  let stage: PageStage;

  before(async () => {
    if (!skip) stage = await openPageStage();
  });

  afterEach(() => stage.closeTabs());

  after(() => stage?.stop());

  for (const { name, open } of CODE_PAGES) {
    test(`${name}: axe-core finds nothing, also at 320 pixels`, async () => {
      const page = await open(stage, 'nl');
      await assertNoViolation(page);
      await page.setViewportSize({ width: 320, height: 640 });
      await assertFits(page);
    });
  }
});
