/** Whether everybody can use a page: axe-core's findings, reflow, motion and the keyboard. TEST ONLY. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright';
import { type AxeOptions, findViolations } from './axe.ts';

const RUNNING_ANIMATIONS = `document.getAnimations().filter(({ playState }) => playState === 'running').length`;

/**
 * Everything at once, on pages that are open: colours that are dark or forced, no motion, 200 % and 400 %
 * (WCAG 2.2 §1.4.4, §1.4.10), letters of twice the size, and the keyboard alone.
 */
export async function assertForEverybody(page: Page): Promise<void> {
  await assertKeyboard(page);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await assertNoViolation(page);
  assert.equal(await page.evaluate(RUNNING_ANIMATIONS), 0);
  await page.emulateMedia({ forcedColors: 'active' });
  await assertNoViolation(page, { areColoursForced: true });
  for (const size of ZOOMED) {
    await page.setViewportSize(size);
    await assertFits(page);
  }
  await page.setViewportSize({ width: 640, height: 512 });
  await page.evaluate("document.documentElement.style.fontSize = '200%'");
  await assertFits(page);
}

/** 1280 by 1024 at 200 % and at 400 %. */
const ZOOMED = [
  { width: 640, height: 512 },
  { width: 320, height: 256 },
];

/** Nothing that axe-core finds fault with. */
export async function assertNoViolation(page: Page, options: AxeOptions = {}): Promise<void> {
  assert.deepEqual(await findViolations(page, options), []);
}

/** No scrolling sideways, and nothing that is cut off at an edge. Code and tables may scroll in a box of their own. */
export async function assertFits(page: Page): Promise<void> {
  const outside = await page.evaluate(`[...document.querySelectorAll('body *')]
    .filter((element) => !element.parentElement.closest('svg, pre, .claims-frame'))
    .filter((element) => element.checkVisibility())
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.left < -1 || box.right > innerWidth + 1)
    .map(({ element }) => element.tagName + '.' + element.className)`);
  assert.deepEqual(outside, []);
  assert.equal(await page.evaluate('document.scrollingElement.scrollWidth <= innerWidth'), true);
}

/** Everything that can be pressed, in the order of the document, each with a ring around it in its turn. */
export async function assertKeyboard(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const able = 'a[href], button:enabled, input:enabled:not([type=radio]:not(:checked)), summary, [tabindex="0"]';
    globalThis.wanted = [...document.querySelectorAll(able)].filter((one) => one.checkVisibility());
    document.activeElement.blur();
  })()`);
  const count = (await page.evaluate('wanted.length')) as number;
  const reached: number[] = [];
  // After the last one Tab leaves the page, and then comes round to the first; it stops at what scrolls, too.
  for (let step = 0; step < count + 6 && reached.length < count; step += 1) {
    await page.keyboard.press('Tab');
    const { place, ring } = (await page.evaluate(FOCUSED)) as { place: number; ring: number };
    if (place < 0) continue;
    assert.ok(ring >= 2, `no ring around number ${place}`);
    reached.push(place);
  }
  const first = reached[0] ?? 0;
  const expected = Array.from({ length: count }, (_, index) => (first + index) % count);
  assert.deepEqual(reached, expected);
}

/** Which of the wanted ones has the focus, and how wide the ring around it is. */
const FOCUSED = `(() => {
  const { outlineWidth, outlineStyle } = getComputedStyle(document.activeElement);
  const ring = outlineStyle === 'none' ? 0 : parseFloat(outlineWidth);
  return { place: wanted.indexOf(document.activeElement), ring };
})()`;
