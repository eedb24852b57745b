/**
 * Wrong turns on the gateway's pages (design §2, §6): tabs, Back, reload, cookies that are lost, time,
 * another browser, and requests that a site got wrong. Each ends on a page of its own with a way back.
 * Real gateway and Chromium; the extension's part is the test's, cards are proved by a raw host.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import type { Language } from '../../gateway/protocol/fields.ts';
import { textsFor } from '../../gateway/texts/texts.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { openPageStage, type PageStage } from '../kit/browser/page-stage.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const CHAT = 'https://chat.localhost';
const LIBRARY = 'https://evil.localhost';
const ELEVEN_MINUTES_MS = 660_000;
const TWO_HOURS_MS = 7_200_000;
const never = () => new Promise<never>(() => undefined);

let stage: PageStage;

before(async () => {
  if (!skip) stage = await openPageStage();
});

afterEach(() => stage?.closeTabs());

after(() => stage?.stop());

test('two tabs of two sites: each says whose it is, and both end at their own site with a code', {
  skip,
}, async () => {
  const extension = stage.cardOf('emma');
  const chat = await stage.openLoginPage({ extension });
  const library = await stage.openLoginPage({ site: 'second', extension });
  assert.match(await headingOf(chat), /Coucou/);
  assert.match(await headingOf(library), /Zonnebloem/);
  await finish(library, LIBRARY);
  await finish(chat, CHAT);
});

test('the same site twice: the tab that was opened first works last', { skip }, async () => {
  const extension = stage.cardOf('emma');
  const first = await stage.openLoginPage({ extension });
  const second = await stage.openLoginPage({ extension });
  await finish(second, CHAT);
  await finish(first, CHAT);
});

test('one login in two tabs: when one has answered it, the other says that it is finished', {
  skip,
}, async () => {
  const first = await stage.openLoginPage({ extension: stage.cardOf('emma'), language: 'nl' });
  const second = await stage.openPage({ extension: never });
  await second.goto(first.url());
  await finish(first, CHAT);
  const told = stage.callbacks.length;
  await second.click('#log-in');
  await expectAnswered(second, 'nl');
  await leaveFor(second, CHAT);
  assert.equal(stage.callbacks.length, told, 'the site was told twice');
});

test('one login in two tabs, given up in one: the other says that it is finished, by its button as well', {
  skip,
}, async () => {
  const first = await stage.openLoginPage({ extension: never });
  const second = await stage.openPage({ extension: never });
  await second.goto(first.url());
  await first.click('#back');
  await first.waitForURL(`${CHAT}/callback?**`);
  await second.click('#back');
  await second.waitForURL(`${CHAT}/`);
});

test('Back after a login: it is finished, in the language of the site, with a way back to it', {
  skip,
}, async () => {
  const page = await stage.openLoginPage({ extension: stage.cardOf('emma'), language: 'fr' });
  await finish(page, CHAT);
  await page.goBack();
  await expectAnswered(page, 'fr');
  await leaveFor(page, CHAT);
});

test('the last address of a login is opened again: it is finished, and no second code is made', {
  skip,
}, async () => {
  const page = await stage.openLoginPage({ extension: stage.cardOf('emma') });
  const resumed = page.waitForRequest((request) => request.url().includes('/auth/'));
  await finish(page, CHAT);
  const told = stage.callbacks.length;
  await page.goto((await resumed).url());
  await expectAnswered(page, 'en');
  assert.equal(stage.callbacks.length, told);
});

test('the first address of a login is opened again (RFC 9126 §2.2): LOGIN_EXPIRED, and a way back', {
  skip,
}, async () => {
  const page = await stage.openPage({ extension: stage.cardOf('emma') });
  const started = page.waitForRequest((request) => request.url().includes('/auth?'));
  await stage.openLoginPage({ page });
  await finish(page, CHAT);
  await page.goto((await started).url());
  await expectMessage(page, 'LOGIN_EXPIRED', 'en');
  await leaveFor(page, CHAT);
});

test('a page that is open for more than 10 minutes: LOGIN_EXPIRED at the click, and a way back', {
  skip,
}, async () => {
  const page = await stage.openLoginPage({ extension: never, language: 'nl' });
  stage.letTimePass(ELEVEN_MINUTES_MS);
  await page.click('#log-in');
  await expectMessage(page, 'LOGIN_EXPIRED', 'nl');
  await page.reload();
  await expectMessage(page, 'LOGIN_EXPIRED', 'nl');
  await page.locator('.languages a[lang="fr"]').click();
  await expectMessage(page, 'LOGIN_EXPIRED', 'fr');
  await leaveFor(page, CHAT);
});

test('a page that is loaded anew after two hours: LOGIN_EXPIRED; nobody knows its site any more', {
  skip,
}, async () => {
  const page = await stage.openLoginPage({ extension: never });
  stage.letTimePass(TWO_HOURS_MS);
  await page.reload();
  await expectMessage(page, 'LOGIN_EXPIRED', 'en');
  assert.equal(await page.locator('main a').count(), 0);
});

test('a page that is left after more than 10 minutes: back to the site all the same', {
  skip,
}, async () => {
  const page = await stage.openLoginPage({ extension: never });
  stage.letTimePass(ELEVEN_MINUTES_MS);
  await page.click('#back');
  await page.waitForURL(`${CHAT}/`);
});

for (const [what, name] of [
  ['our own cookie', '__Host-kids-id'],
  ['the login’s cookie', '__Secure-kids-id-interaction'],
  ['every cookie', /./],
] as const) {
  test(`${what} is lost between page and click: LOGIN_OTHER_BROWSER, a word on cookies, and a way back`, {
    skip,
  }, async () => {
    const page = await stage.openLoginPage({ extension: never, language: 'nl' });
    await stage.browser.clearCookies({ name });
    await page.click('#log-in');
    await expectMessage(page, 'LOGIN_OTHER_BROWSER', 'nl');
    assert.ok((await page.locator('.adult').textContent())?.includes(textsFor('nl').page.cookies));
    await leaveFor(page, CHAT);
  });
}

test('the address of a login in another browser: LOGIN_OTHER_BROWSER; in the first it works still', {
  skip,
}, async () => {
  const page = await stage.openLoginPage({ extension: stage.cardOf('emma'), language: 'nl' });
  const other = await stage.openBrowser();
  const stranger = await other.newPage();
  await stranger.goto(page.url());
  await expectMessage(stranger, 'LOGIN_OTHER_BROWSER', 'nl');
  await leaveFor(stranger, CHAT);
  await other.close();
  await finish(page, CHAT);
});

test('the same in a browser that has a login of its own: LOGIN_OTHER_BROWSER, and its own works still', {
  skip,
}, async () => {
  const page = await stage.openLoginPage({ extension: never });
  const other = await stage.openBrowser();
  const own = await stage.openLoginPage({ browser: other, extension: stage.cardOf('noah') });
  const stranger = await other.newPage();
  await stranger.goto(page.url());
  await expectMessage(stranger, 'LOGIN_OTHER_BROWSER', 'en');
  await finish(own, CHAT);
  await other.close();
});

test('an address of a login that never was: LOGIN_EXPIRED, without a way back', {
  skip,
}, async () => {
  const page = await stage.openPage();
  await page.goto(`${stage.gateway.origin}/login/${'A'.repeat(43)}?lang=en`);
  await expectMessage(page, 'LOGIN_EXPIRED', 'en');
  assert.equal(await page.locator('main a').count(), 0);
});

const HOSTILE = '"><script>alert(1)</script>';
const hostile = encodeURIComponent(HOSTILE);

const SITE_MISTAKES: readonly (readonly [string, string, ErrorCode, string | undefined])[] = [
  ['an unknown site', `client_id=${hostile}`, 'SITE_UNKNOWN', 'invalid_client'],
  ['no site at all', `state=${hostile}`, 'SITE_REQUEST_INVALID', 'invalid_request'],
  [
    'an address that is not the site’s own',
    `client_id=chat&redirect_uri=https://evil.test/${hostile}&state=${hostile}&scope=openid&response_type=code`,
    'SITE_REQUEST_INVALID',
    'invalid_redirect_uri',
  ],
];

for (const [what, query, code, protocolName] of SITE_MISTAKES) {
  test(`a request of ${what}: ${code}, ${protocolName} for the site's makers, nothing reflected`, {
    skip,
  }, async () => {
    const page = await stage.openPage();
    await page.goto(`${stage.gateway.origin}/auth?${query}&ui_locales=de`);
    await expectMessage(page, code, undefined);
    assert.match(
      (await page.locator('.makers').textContent()) ?? '',
      new RegExp(`${protocolName}$`),
    );
    const written = await page.content();
    for (const part of ['alert(1)', 'evil.test', hostile]) assert.ok(!written.includes(part), part);
    const links = await page
      .locator('main a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    assert.deepEqual(links, query.startsWith('client_id=chat') ? [CHAT] : []);
  });
}

async function headingOf(page: Page): Promise<string> {
  return (await page.locator('h1').first().textContent()) ?? '';
}

/** Presses the big button; the site is told of a code. */
async function finish(page: Page, site: string): Promise<void> {
  const before = stage.callbacks.length;
  await page.locator('#log-in:enabled').click();
  await page.waitForURL(`${site}/callback?**`);
  const [told, ...more] = stage.callbacks.slice(before);
  assert.ok(told?.searchParams.has('code'), String(told));
  assert.deepEqual(more, []);
}

/** The page of a code: its words, in the language, and no script that could do more. */
async function expectMessage(
  page: Page,
  code: ErrorCode,
  language: Language | undefined,
): Promise<void> {
  const scene = page.locator('main > [data-code]');
  await scene.waitFor();
  assert.equal(await scene.getAttribute('data-code'), code);
  const shown = await page.locator('html').getAttribute('lang');
  if (language !== undefined) assert.equal(shown, language);
  const { errors } = textsFor(shown as Language);
  const text = (await scene.textContent()) ?? '';
  for (const sentence of [errors[code].child, errors[code].adult]) {
    assert.ok(text.includes(sentence), text);
  }
  assert.equal(await page.locator('script').count(), 0);
}

async function expectAnswered(page: Page, language: Language): Promise<void> {
  const scene = page.locator('[data-answered="yes"]');
  await scene.waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), language);
  const { title, child, adult } = textsFor(language).page.answered;
  const text = (await scene.textContent()) ?? '';
  for (const sentence of [title, child, adult]) assert.ok(text.includes(sentence), text);
}

async function leaveFor(page: Page, site: string): Promise<void> {
  await page.locator('main a.button-main').click();
  await page.waitForURL(`${site}/`);
}
