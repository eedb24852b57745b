/** Every screen of the PIN window, for everybody (WCAG 2.2 A and AA). Real extension; the host plays a part. */
import { after, afterEach, before, describe, test } from 'node:test';
import { assertFits, assertKeyboard, assertNoViolation } from '../kit/browser/accessible.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { type ExtensionStage, openExtensionStage } from '../kit/browser/extension-stage.ts';
import { PIN_WINDOWS } from '../kit/browser/pin-window-table.ts';

const skip = (await findChromiumProblems()).join('; ') || false;

describe('the PIN window', { skip }, () => {
  let stage: ExtensionStage;

  before(async () => {
    if (!skip) stage = await openExtensionStage();
  });

  afterEach(async () => {
    const [first, ...others] = stage.context.pages();
    await first?.goto('about:blank').catch(() => undefined);
    for (const page of others) await page.close();
  });

  after(() => stage?.stop());

  for (const { name, open } of PIN_WINDOWS) {
    test(`${name}: axe-core finds nothing, in forced colours neither, and the keyboard goes everywhere`, async () => {
      const { pinWindow } = await open(stage, 'nl');
      await assertNoViolation(pinWindow);
      await pinWindow.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
      await assertNoViolation(pinWindow, { areColoursForced: true });
      await assertFits(pinWindow);
      await assertKeyboard(pinWindow);
    });
  }
});
