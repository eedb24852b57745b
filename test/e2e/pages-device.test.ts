/**
 * Phones and tablets, which have no reader (DEVICE_UNSUPPORTED): said at once, with a way back, and without
 * looking for an extension. Real gateway; Chromium with each device's user agent, screen and touch.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BrowserContextOptions, devices, type Page } from 'playwright';
import { textsFor } from '../../gateway/texts/texts.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { openPageStage, type PageStage } from '../kit/browser/page-stage.ts';
import { giveExtension } from '../kit/browser/scripted-extension.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const HELLO_LIMIT_MS = 3_000;

/** Counts what the page asks of extensions. */
const COUNT = `globalThis.asked = 0;
addEventListener('message', ({ data }) => { if (data?.kidsId === 'extension') globalThis.asked += 1; });`;

function claim(platform: string, maxTouchPoints: number, hints: object | undefined): string {
  return `Object.defineProperties(Navigator.prototype, {
    platform: { get: () => '${platform}' },
    maxTouchPoints: { get: () => ${maxTouchPoints} },
    userAgentData: { get: () => (${JSON.stringify(hints)}) },
  });`;
}

const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15';

const HANDHELDS: readonly (readonly [string, BrowserContextOptions, string])[] = [
  ['an Android phone', devices['Pixel 7'] ?? {}, ''],
  ['an iPhone', devices['iPhone 15'] ?? {}, claim('iPhone', 5, undefined)],
  ['an Android tablet', devices['Galaxy Tab S9'] ?? {}, ''],
  [
    'an iPad, which says that it is a Mac',
    { userAgent: MAC, viewport: { width: 820, height: 1180 }, hasTouch: true },
    claim('MacIntel', 5, undefined),
  ],
];

const DESKTOP_SITE_TABLET: readonly [BrowserContextOptions, string] = [
  { viewport: { width: 800, height: 1280 }, hasTouch: true, isMobile: true },
  claim('Linux armv81', 5, { mobile: false, platform: 'Linux' }),
];

let stage: PageStage;

before(async () => {
  if (!skip) stage = await openPageStage();
});

after(() => stage?.stop());

for (const [name, options, script] of HANDHELDS) {
  test(`${name}: DEVICE_UNSUPPORTED at once, no extension is asked for, and access_denied at the site`, {
    skip,
  }, async () => {
    const browser = await stage.openBrowser(options);
    const page = await browser.newPage();
    await page.addInitScript(`${COUNT}${script}`);
    await stage.openLoginPage({ page, language: 'fr' });
    await expectUnsupported(page);
    assert.equal(await page.evaluate('globalThis.asked'), 0);
    await page.locator('#status [data-action="back"]').click();
    await page.waitForURL('https://chat.localhost/callback?**');
    assert.equal(stage.callbacks.at(-1)?.searchParams.get('error'), 'access_denied');
    await browser.close();
  });
}

test('a tablet that asks for desktop sites: DEVICE_UNSUPPORTED after one look for an extension, and no other', {
  skip,
}, async () => {
  const [options, script] = DESKTOP_SITE_TABLET;
  const browser = await stage.openBrowser(options);
  const page = await browser.newPage();
  await page.addInitScript(`${COUNT}${script}`);
  await page.clock.install();
  await stage.openLoginPage({ page, language: 'fr' });
  await page.locator('#log-in:enabled').waitFor();
  await page.clock.runFor(HELLO_LIMIT_MS);
  await expectUnsupported(page);
  await page.clock.runFor(10 * HELLO_LIMIT_MS);
  assert.equal(await page.evaluate('globalThis.asked'), 1);
  await browser.close();
});

test('a computer that looks like one, such as a kiosk, and has the extension: the question stays', {
  skip,
}, async () => {
  const [options, script] = DESKTOP_SITE_TABLET;
  const browser = await stage.openBrowser(options);
  const page = await browser.newPage();
  await page.clock.install();
  await page.addInitScript(script);
  await giveExtension(page, () => new Promise(() => undefined));
  await stage.openLoginPage({ page, language: 'fr' });
  await page.locator('#log-in:enabled').waitFor();
  await page.clock.runFor(10 * HELLO_LIMIT_MS);
  assert.ok(await page.locator('#ask').isVisible());
  await browser.close();
});

async function expectUnsupported(page: Page): Promise<void> {
  const scene = page.locator('[data-code="DEVICE_UNSUPPORTED"]');
  await scene.waitFor();
  const { errors, page: words } = textsFor('fr');
  const text = (await scene.textContent()) ?? '';
  const { child, adult } = errors.DEVICE_UNSUPPORTED;
  for (const sentence of [words.computer, child, adult]) assert.ok(text.includes(sentence), text);
  assert.equal(await scene.locator('button').count(), 1, 'more than the way back');
}
