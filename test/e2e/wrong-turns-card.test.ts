/**
 * Wrong turns with the card (design §6): none, one that is not Belgian, one that is pulled out or
 * changed. Real reader service where there is one, host, browser, gateway and chat.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { personalise } from '../kit/pki/personalise.ts';
import {
  getPerson,
  openScene,
  presentsPin,
  type Scene,
  typePin,
} from '../kit/start/wrong-turns.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const emma = getPerson('emma');
const noah = getPerson('noah');

let scene: Scene;

before(async () => {
  if (!skip) scene = await openScene({ language: 'nl' });
});

after(() => scene?.stop());

test('no card: says so, and goes on by itself when it comes', { skip }, async () => {
  await scene.world.slot.remove();
  const login = await scene.startLogin();
  await login.pinWindow.locator('img[src$="insert-card.svg"]').waitFor();
  await scene.world.insertCardOf(emma);
  await scene.finish(login, emma.pin);
});

test('a card without the Belgian applet: CARD_UNSUPPORTED; with the right one trying again works', {
  skip,
}, async () => {
  const fileNotFound = Uint8Array.of(0x6a, 0x82);
  await scene.world.insertCardOf(emma, { intercept: () => fileNotFound });
  const { page, pinWindow } = await scene.startLogin();
  await scene.expectProblem(pinWindow, 'CARD_UNSUPPORTED');
  await scene.expectProblem(page, 'CARD_UNSUPPORTED');
  await scene.world.insertCardOf(emma);
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

test('a card that the municipality has not activated: CERTIFICATE_ABSENT', { skip }, async () => {
  await scene.world.insertCardOf(emma, { activated: false });
  const { page, pinWindow } = await scene.startLogin();
  await scene.expectProblem(pinWindow, 'CERTIFICATE_ABSENT');
  await scene.expectProblem(page, 'CERTIFICATE_ABSENT');
  assert.equal((await scene.goBack(page))['error'], 'access_denied');
});

test('the card is pulled out while the PIN is typed: CARD_REMOVED; put back, trying again works', {
  skip,
}, async () => {
  await scene.world.insertCardOf(emma);
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('.pin-screen').waitFor();
  await pinWindow.keyboard.press('1');
  await pinWindow.keyboard.press('2');
  await scene.world.slot.remove();
  await scene.expectProblem(pinWindow, 'CARD_REMOVED');
  await scene.expectProblem(page, 'CARD_REMOVED');
  await scene.world.insertCardOf(emma);
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

test('another card is put in while the PIN is typed: CARD_REMOVED, and its own login works', {
  skip,
}, async () => {
  await scene.world.insertCardOf(emma);
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('.pin-screen').waitFor();
  let isPinPresented = false;
  await scene.world.insertCardOf(noah, {
    intercept(command) {
      isPinPresented ||= presentsPin(command);
      return undefined;
    },
  });
  await scene.expectProblem(pinWindow, 'CARD_REMOVED');
  await scene.expectProblem(page, 'CARD_REMOVED');
  assert.ok(!isPinPresented);
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, noah.pin);
  assert.ok(isPinPresented);
});

test('another card that the reader did not notice: CARD_CHANGED before its PIN is tried', {
  skip,
}, async () => {
  const { pki } = scene.world;
  const other = createVirtualCard(await personalise({ person: noah, pki, now: new Date() }));
  other.powerOn();
  let isSwapped = false;
  let isPinPresented = false;
  await scene.world.insertCardOf(emma, {
    intercept(command) {
      isPinPresented ||= presentsPin(command);
      return isSwapped ? other.transmit(command) : undefined;
    },
  });
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('.pin-screen').waitFor();
  isSwapped = true;
  await typePin(pinWindow, emma.pin);
  await scene.expectProblem(pinWindow, 'CARD_CHANGED');
  await scene.expectProblem(page, 'CARD_CHANGED');
  assert.ok(!isPinPresented);
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, noah.pin);
});
