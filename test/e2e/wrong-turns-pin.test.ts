/**
 * Wrong turns with the PIN, and people who stop (design §6). Real reader service where there is one,
 * host, browser, gateway and chat. That the last try waits for an adult is the window's doing alone:
 * the host presents whatever PIN the window sends.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright';
import { textsFor } from '../../gateway/texts/texts.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import type { VirtualCardOptions } from '../kit/card/virtual-card.ts';
import {
  closeBy,
  getPerson,
  openScene,
  presentsPin,
  type Scene,
  type StartedLogin,
  typePin,
  waitForClose,
} from '../kit/start/wrong-turns.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const emma = getPerson('emma');
const WRONG_PIN = '0000';
const { pin: pinTexts, lastTry, errors } = textsFor('fr');

let scene: Scene;
let pinsPresented = 0;

before(async () => {
  if (!skip) scene = await openScene({ language: 'fr' });
});

after(() => scene?.stop());

test('a wrong PIN: asks again and says how many tries are left; the right one then lets in', {
  skip,
}, async () => {
  await insertCard();
  const login = await scene.startLogin();
  await typePin(login.pinWindow, WRONG_PIN);
  const message = login.pinWindow.locator('.pin-message-wrong');
  await message.waitFor();
  const said = (await message.textContent()) ?? '';
  assert.ok(said.includes(errors.PIN_WRONG.child) && said.includes(pinTexts.triesLeft(2)), said);
  await scene.finish(login, emma.pin);
  assert.equal(pinsPresented, 2);
});

test('two wrong PINs: the last try waits for an adult’s explicit step, then the right PIN lets in', {
  skip,
}, async () => {
  await insertCard();
  const login = await scene.startLogin();
  await typePin(login.pinWindow, WRONG_PIN);
  await login.pinWindow.locator('.pin-message-wrong').waitFor();
  await typePin(login.pinWindow, WRONG_PIN);
  await passLastTry(login.pinWindow);
  assert.equal(pinsPresented, 2, 'the last try was spent without an adult');
  await scene.finish(login, emma.pin);
  assert.equal(pinsPresented, 3);
});

for (const exhaustedStatus of [0x6983, 0x63c0] as const) {
  const status = exhaustedStatus.toString(16);
  test(`a wrong PIN at the last try, answered with ${status}: PIN_BLOCKED, and no PIN is asked after it`, {
    skip,
  }, async () => {
    await insertCard({ pinTriesLeft: 1, exhaustedStatus });
    const { page, pinWindow } = await scene.startLogin();
    await passLastTry(pinWindow);
    await typePin(pinWindow, WRONG_PIN);
    await scene.expectProblem(pinWindow, 'PIN_BLOCKED');
    await scene.expectProblem(page, 'PIN_BLOCKED');
    const again = await scene.pressAgain(page);
    await scene.expectProblem(again, 'PIN_BLOCKED');
    await scene.expectProblem(page, 'PIN_BLOCKED');
    assert.equal(pinsPresented, 1);
    await insertCard();
    await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
  });
}

const STOPS: readonly (readonly [string, (login: StartedLogin) => Promise<unknown>])[] = [
  [
    'the button in the window',
    ({ pinWindow }) => closeBy(pinWindow, () => pinWindow.locator('#leave').click()),
  ],
  [
    'Escape in the window',
    ({ pinWindow }) => closeBy(pinWindow, () => pinWindow.keyboard.press('Escape')),
  ],
  ['closing the window', ({ pinWindow }) => pinWindow.close()],
  ['the button on the page', ({ page }) => page.locator('#status .button-quiet').click()],
];

test('stopping, by whichever of four ways: USER_CANCELLED, the window goes, trying again works', {
  skip,
}, async () => {
  await insertCard();
  const page = await scene.openLoginPage();
  let pinWindow = await scene.pressAgain(page);
  for (const [way, stop] of STOPS) {
    await pinWindow.locator('.pin-screen').waitFor();
    await pinWindow.keyboard.press('1');
    await stop({ page, pinWindow });
    await waitForClose(pinWindow);
    await scene.expectProblem(page, 'USER_CANCELLED');
    assert.equal(pinsPresented, 0, way);
    pinWindow = await scene.pressAgain(page);
  }
  await scene.finish({ page, pinWindow }, emma.pin);
});

test('stopping before or after a login began looks the same to the site: access_denied and nothing else', {
  skip,
}, async () => {
  const unused = await scene.openLoginPage();
  await unused.locator('#back').click();
  await unused.waitForURL(`${scene.world.chatOrigin}/refused`);
  await insertCard();
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('.pin-screen').waitFor();
  await closeBy(pinWindow, () => pinWindow.keyboard.press('Escape'));
  await scene.expectProblem(page, 'USER_CANCELLED');
  await scene.goBack(page);
  const [early, late] = scene.callbacks.slice(-2).map((told) => Object.fromEntries(told));
  for (const told of [early, late]) {
    const { state, ...rest } = told ?? {};
    assert.ok(state);
    assert.deepEqual(rest, { error: 'access_denied', iss: scene.world.gatewayOrigin });
  }
});

/** A card of emma's that counts the PINs it is given. */
async function insertCard(options: VirtualCardOptions = {}): Promise<void> {
  pinsPresented = 0;
  await scene.world.insertCardOf(emma, {
    ...options,
    intercept(command) {
      if (presentsPin(command)) pinsPresented += 1;
      return undefined;
    },
  });
}

/** The screen before the last try: typing does nothing, only the box and the button go on. */
async function passLastTry(pinWindow: Page): Promise<void> {
  const box = pinWindow.getByLabel(lastTry.confirm);
  await box.waitFor();
  for (const key of [...(emma.pin ?? ''), 'Enter']) await pinWindow.keyboard.press(key);
  const go = pinWindow.getByRole('button', { name: lastTry.go });
  assert.ok(await go.isDisabled());
  assert.equal(await pinWindow.locator('.pin-screen').count(), 0);
  await box.check();
  await go.click();
  const message = pinWindow.locator('.pin-message');
  assert.ok((await message.textContent())?.includes(pinTexts.triesLeft(1)));
}
