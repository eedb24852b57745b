/**
 * Wrong turns with the browser (design §2, §6): reload, Back button, two tabs, a login that waited too
 * long, cookies that are gone, and a second login. Real reader service where there is one, host,
 * browser, gateway and chat.
 */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, test } from 'node:test';
import type { Page } from 'playwright';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import {
  getPerson,
  openScene,
  type Scene,
  typePin,
  waitForClose,
} from '../kit/start/wrong-turns.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const emma = getPerson('emma');

let scene: Scene;

before(async () => {
  if (!skip) scene = await openScene({ language: 'nl' });
});

beforeEach(() => scene?.world.insertCardOf(emma));

after(() => scene?.stop());

test('reload while the PIN is asked: the window goes, the question is there again and works', {
  skip,
}, async () => {
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('.pin-screen').waitFor();
  await page.reload();
  await waitForClose(pinWindow);
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

test('Back while the PIN is asked: the window goes; Forward and the login works', {
  skip,
}, async () => {
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('.pin-screen').waitFor();
  await page.goBack();
  await waitForClose(pinWindow);
  await page.locator('a[href^="/login"]').first().waitFor();
  await page.goForward();
  await page.locator('#ask:visible').waitFor();
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

test('a page that the browser had kept as it was asks the gateway anew', { skip }, async () => {
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('.pin-screen').waitFor();
  // Under test the browser keeps no pages: this is what it tells one that it brings back.
  await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
  await waitForClose(pinWindow);
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

test('Back after the login: it is finished, and no second login; once more Back is the site, still signed in', {
  skip,
}, async () => {
  const { page, pinWindow } = await scene.startLogin();
  await typePin(pinWindow, emma.pin);
  await page.waitForURL(`${scene.world.chatOrigin}/welcome`);
  const told = scene.callbacks.length;
  await page.goBack();
  await page.locator('[data-answered="yes"]').waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'nl');
  assert.equal(scene.callbacks.length, told);
  await page.goBack();
  await page.waitForURL(`${scene.world.chatOrigin}/welcome`);
  await leaveChat(page);
});

test('two tabs: the second says LOGIN_BUSY while the first one’s window is open, then works as well', {
  skip,
}, async () => {
  const first = await scene.startLogin();
  await first.pinWindow.locator('.pin-screen').waitFor();
  const second = await scene.openLoginPage();
  await second.locator('#log-in').click();
  await scene.expectProblem(second, 'LOGIN_BUSY');
  await typePin(first.pinWindow, emma.pin);
  await first.page.waitForURL(`${scene.world.chatOrigin}/welcome`);
  await waitForClose(first.pinWindow);
  await scene.finish({ page: second, pinWindow: await scene.pressAgain(second) }, emma.pin);
  await first.page.close();
});

test('a page that waited too long: LOGIN_EXPIRED, back to the site, and a new start works', {
  skip,
}, async () => {
  const page = await scene.openLoginPage();
  expireEverything();
  await page.locator('#log-in').click();
  await scene.expectProblem(page, 'LOGIN_EXPIRED');
  await goBackAndStartAgain(page);
});

test('a page that waited too long and is left: back to the site all the same', {
  skip,
}, async () => {
  const page = await scene.openLoginPage();
  expireEverything();
  await page.locator('#back').click();
  await page.waitForURL(`${scene.world.chatOrigin}/`);
  await page.close();
});

test('a login that is over by the time the PIN was typed: LOGIN_EXPIRED on the page', {
  skip,
}, async () => {
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('.pin-screen').waitFor();
  expireEverything();
  await typePin(pinWindow, emma.pin);
  await scene.expectProblem(page, 'LOGIN_EXPIRED');
  await goBackAndStartAgain(page);
});

test('all cookies gone: LOGIN_OTHER_BROWSER, back to the site, and a new start works', {
  skip,
}, async () => {
  const page = await scene.openLoginPage();
  await scene.browser.clearCookies({ name: /kids-id/ });
  await page.locator('#log-in').click();
  await scene.expectProblem(page, 'LOGIN_OTHER_BROWSER');
  await goBackAndStartAgain(page);
});

test('our own cookie gone: LOGIN_OTHER_BROWSER, also after a reload, with a link to the site', {
  skip,
}, async () => {
  const page = await scene.openLoginPage();
  await scene.browser.clearCookies({ name: '__Host-kids-id' });
  await page.locator('#log-in').click();
  await scene.expectProblem(page, 'LOGIN_OTHER_BROWSER');
  await page.reload();
  await scene.expectProblem(page, 'LOGIN_OTHER_BROWSER');
  await page.locator('main a').click();
  await page.waitForURL(`${scene.world.chatOrigin}/`);
  await page.close();
});

test('a second login in the same browser asks for card and PIN again (design §4, sessions)', {
  skip,
}, async () => {
  await scene.finish(await scene.startLogin(), emma.pin);
  const told = scene.callbacks.length;
  await scene.world.slot.remove();
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('img[src$="insert-card.svg"]').waitFor();
  await scene.world.insertCardOf(emma);
  await pinWindow.locator('.pin-screen').waitFor();
  assert.equal(scene.callbacks.length, told);
  await scene.finish({ page, pinWindow }, emma.pin);
});

/** What eleven minutes do to everything that the gateway has stored. */
function expireEverything(): void {
  const database = new DatabaseSync(scene.world.storeFile, { timeout: 5_000 });
  database.exec('UPDATE entries SET expires_at_ms = expires_at_ms - 660000');
  database.close();
}

async function goBackAndStartAgain(page: Page): Promise<void> {
  await page.locator('main [data-code] .button').click();
  await page.waitForURL(`${scene.world.chatOrigin}/`);
  await page.close();
  await scene.finish(await scene.startLogin(), emma.pin);
}

async function leaveChat(page: Page): Promise<void> {
  await page.locator('form[action="/logout"] button').click();
  await page.waitForURL(`${scene.world.chatOrigin}/goodbye`);
  await page.close();
}
