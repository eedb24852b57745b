/**
 * The gateway is gone in the middle of a login, killed as by a power cut, and comes back on the same
 * SQLite file: what it had acknowledged is still there. Real reader service where there is one, host,
 * browser, gateway and chat.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { getPerson, openScene, type Scene, typePin } from '../kit/start/wrong-turns.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const emma = getPerson('emma');

let scene: Scene;

before(async () => {
  if (skip) return;
  scene = await openScene({ language: 'en' });
  await scene.world.insertCardOf(emma);
});

after(() => scene?.stop());

test('killed and started between the login page and the click: the login goes on', {
  skip,
}, async () => {
  const page = await scene.openLoginPage();
  await page.waitForLoadState('load');
  await withoutGateway();
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

test('not there at the click: GATEWAY_UNREACHABLE; when it is back, trying again works', {
  skip,
}, async () => {
  const page = await scene.openLoginPage();
  await page.waitForLoadState('load');
  await withoutGateway(async () => {
    await page.locator('#log-in').click();
    await scene.expectProblem(page, 'GATEWAY_UNREACHABLE');
    assert.ok(await isPictureShown(page), 'the picture was left at the gateway');
  });
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

test('not there when the person gives up: back to the site all the same', { skip }, async () => {
  const page = await scene.openLoginPage();
  await page.waitForLoadState('load');
  await withoutGateway(async () => {
    await page.locator('#back').click();
    await page.waitForURL(`${scene.world.chatOrigin}/`);
  });
  await page.close();
});

test('killed while the PIN is typed: GATEWAY_UNREACHABLE in window and page; trying again works', {
  skip,
}, async () => {
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('.pin-screen').waitFor();
  await pinWindow.keyboard.press('1');
  await withoutGateway(async () => {
    await scene.expectProblem(pinWindow, 'GATEWAY_UNREACHABLE');
    await scene.expectProblem(page, 'GATEWAY_UNREACHABLE');
  });
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

test('killed after each thing it acknowledged (completion code, end of the interaction, code): the login goes on', {
  skip,
}, async () => {
  const { page, pinWindow } = await scene.startLogin();
  const restarted = await restartBefore(page, ['/complete', '/auth/', '/callback']);
  await typePin(pinWindow, emma.pin);
  await page.waitForURL(`${scene.world.chatOrigin}/welcome`);
  assert.deepEqual(restarted, ['/complete', '/auth/', '/callback']);
  await page.close();
});

async function isPictureShown(page: Page): Promise<boolean> {
  return page.evaluate("document.querySelector('.scene-picture').naturalWidth > 0");
}

/** Kills the gateway, and starts it again however `act` ends. */
async function withoutGateway(act?: () => Promise<void>): Promise<void> {
  await scene.world.gateway.kill();
  try {
    await act?.();
  } finally {
    await scene.world.startGatewayAgain();
  }
}

/** Holds each request whose address has one of these parts until the gateway was killed and started. */
async function restartBefore(page: Page, parts: readonly string[]): Promise<readonly string[]> {
  const session = await scene.browser.newCDPSession(page);
  const restarted: string[] = [];
  session.on('Fetch.requestPaused', ({ requestId, request }) => {
    const release = async () => {
      await withoutGateway();
      restarted.push(parts.find((part) => request.url.includes(part)) ?? request.url);
      await session.send('Fetch.continueRequest', { requestId });
    };
    // A restart that fails shows as a login that does not go on.
    release().catch(() => undefined);
  });
  const patterns = parts.map((part) => ({ urlPattern: `*${part}*` }));
  await session.send('Fetch.enable', { patterns });
  return restarted;
}
