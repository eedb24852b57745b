/**
 * People whom a site is not for (design §5): a kind page of its own, the way back first, and a site that
 * learns exactly what it learns when somebody gives up. Real gateway and Chromium; cards by a raw host.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import { textsFor } from '../../gateway/texts/texts.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { openPageStage, type PageStage, type SiteName } from '../kit/browser/page-stage.ts';
import type { LoginPart } from '../kit/browser/scripted-extension.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const texts = textsFor('nl');

let stage: PageStage;

before(async () => {
  if (!skip) stage = await openPageStage();
});

after(() => stage?.stop());

/** The last one's card is not proved here: what the gateway makes of its files stands elsewhere. */
const REFUSED: readonly (readonly [string, SiteName, ErrorCode, () => LoginPart])[] = [
  ['amal', 'chat', 'AGE_OUTSIDE', () => stage.cardOf('amal')],
  ['karel', 'chat', 'AGE_OUTSIDE', () => stage.cardOf('karel')],
  ['a child', 'club', 'CONSENT_UNDER_AGE', () => async () => 'CONSENT_UNDER_AGE'],
];

for (const [person, site, code, play] of REFUSED) {
  test(`${person} at the ${site}: ${code} in kind words, back first, and the site is told what it is told of a cancel`, {
    skip,
  }, async () => {
    const page = await openQuestion(site, play());
    await page.click('#log-in');
    await expectKind(page, code);
    const refused = await leave(page, '#status [data-action="back"]', site);
    const cancelled = await leave(
      await openQuestion(site, async () => 'USER_CANCELLED'),
      '#back',
      site,
    );
    // In the order of the address: not even that differs. The state is the site's own.
    assert.deepEqual(withoutState(refused), withoutState(cancelled));
    assert.deepEqual(withoutState(refused), [
      ['error', 'access_denied'],
      ['iss', stage.gateway.origin],
    ]);
    assert.equal(refused.pathname, cancelled.pathname);
  });
}

test('another card at the same page gets in', { skip }, async () => {
  const persons = ['karel', 'emma'];
  const extension: LoginPart = (ticket) => stage.cardOf(persons.shift() ?? '')(ticket);
  const page = await openQuestion('chat', extension);
  await page.click('#log-in');
  await expectKind(page, 'AGE_OUTSIDE');
  await page.locator('[data-action="again"]').click();
  await page.waitForURL('https://chat.localhost/callback?**');
  assert.ok(stage.callbacks.at(-1)?.searchParams.has('code'));
  await page.close();
});

const DIAGNOSED: readonly (readonly [ErrorCode, boolean])[] = [
  ['READER_ABSENT', true],
  ['CARD_ERROR', true],
  ['CARD_REMOVED', true],
  ['HOST_ABSENT', true],
  ['EXTENSION_TOO_OLD', true],
  ['AGE_OUTSIDE', false],
  ['PIN_BLOCKED', false],
  ['USER_CANCELLED', false],
  ['GATEWAY_UNTRUSTED', false],
];

for (const [code, isHelped] of DIAGNOSED) {
  const says = isHelped ? 'leads' : 'does not lead';
  test(`${code} ${says} to the page that looks what is wrong`, { skip }, async () => {
    const page = await openQuestion('chat', async () => code);
    await page.click('#log-in');
    const scene = page.locator(`[data-code="${code}"]`);
    await scene.waitFor();
    const links = await scene
      .locator('a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    assert.deepEqual(links, isHelped ? ['/diagnosis?lang=nl'] : []);
    await page.close();
  });
}

test('no extension: the page that looks what is wrong is one link away', { skip }, async () => {
  const page = await stage.openLoginPage({ language: 'nl' });
  const link = page.locator('[data-code="EXTENSION_ABSENT"] a');
  await link.waitFor();
  assert.equal(await link.textContent(), texts.page.diagnosis);
  await page.close();
});

async function openQuestion(site: SiteName, extension: LoginPart): Promise<Page> {
  const page = await stage.openLoginPage({ site, extension, language: 'nl' });
  if (site === 'club') {
    await page.locator('input[value="profile"]').check();
    await page.locator('form button[type="submit"]').click();
  }
  await page.locator('#log-in:enabled').waitFor();
  return page;
}

async function expectKind(page: Page, code: ErrorCode): Promise<void> {
  const scene = page.locator('#status [data-code]');
  await scene.waitFor();
  assert.equal(await scene.getAttribute('data-code'), code);
  assert.equal(await scene.locator('h1').textContent(), texts.page.wellDone);
  const text = (await scene.textContent()) ?? '';
  assert.ok(text.includes(texts.errors[code].child), text);
  assert.ok(!text.includes(texts.page.errorTitle) && !text.includes(texts.page.again), text);
  const buttons = scene.locator('button');
  assert.equal(await buttons.count(), 2);
  assert.equal(await scene.locator('.button-main').getAttribute('data-action'), 'back');
  assert.equal(await buttons.nth(1).textContent(), texts.page.otherCard);
}

async function leave(page: Page, button: string, site: SiteName): Promise<URL> {
  await page.locator(button).click();
  await page.waitForURL(`https://${site}.localhost/callback?**`);
  const told = stage.callbacks.at(-1);
  assert.ok(told);
  await page.close();
  return told;
}

function withoutState(url: URL): readonly (readonly [string, string])[] {
  return [...url.searchParams].filter(([name]) => name !== 'state');
}
