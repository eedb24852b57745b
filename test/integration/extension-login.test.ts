/** The extension in a real Chromium: logins, from the click to the completion code. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, afterEach, before } from 'node:test';
import type { Page } from 'playwright';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { type ExtensionStage, openExtensionStage } from '../kit/browser/extension-stage.ts';

const problems = await findChromiumProblems();
const options = { skip: problems.length > 0 && problems.join(', '), timeout: 30_000 };

let stage: ExtensionStage;
const complaints: string[] = [];

before(async () => {
  if (options.skip) return;
  stage = await openExtensionStage();
  stage.context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  stage.context.on('weberror', (error) => complaints.push(String(error.error())));
});

afterEach(async () => {
  if (options.skip) return;
  const [first, ...others] = stage.context.pages();
  await first?.goto('about:blank').catch(() => undefined);
  for (const page of others) await page.close();
});

after(async () => {
  if (!options.skip) await stage.stop();
});

async function closed(page: Page): Promise<void> {
  if (!page.isClosed()) await page.waitForEvent('close');
}

/** Everything in the document that could hold a PIN, without the keypad's own labels. */
const WRITTEN = `document.documentElement.outerHTML
  .replace(/<button[^>]*class="key[^]*?<\\/button>/g, '') +
  [...document.querySelectorAll('input')].map((input) => input.value).join()`;

test(
  'logs in with a PIN from the keyboard, and no digit of it is in the window',
  options,
  async () => {
    await stage.setPart();
    const { page, pinWindow } = await stage.openLogin();
    await pinWindow.waitForSelector('.keypad');
    assert.equal(await pinWindow.locator('.site-name').textContent(), 'For Chat for Kids');
    assert.equal(await pinWindow.locator('.pin-tries').textContent(), '3 tries left');
    await page.waitForSelector('#status >> text=Look at the small window');
    const before = (await pinWindow.evaluate(WRITTEN)) as string;
    await pinWindow.keyboard.type('4862');
    assert.equal(await pinWindow.locator('.dot-filled').count(), 4);
    const written = (await pinWindow.evaluate(WRITTEN)) as string;
    assert.doesNotMatch(written, /4\W*8\W*6\W*2/);
    assert.equal(written.match(/<input/), null);
    assert.notEqual(written, before);
    await pinWindow.keyboard.press('Enter');
    await pinWindow.waitForSelector('text=It worked!');
    await page.waitForURL(`${stage.origin}/finished`);
    assert.equal(stage.site.completed.at(-1), stage.completionCode);
    await closed(pinWindow);
    const heard = await stage.readHeard();
    assert.deepEqual(
      heard.map(({ type }) => type),
      ['hello', 'login', 'pin'],
    );
  },
);

test('logs in with a PIN from the keypad, in the language of the page', options, async () => {
  await stage.setPart();
  const { page, pinWindow } = await stage.openLogin('fr');
  await pinWindow.waitForSelector('text=Tape ton code PIN');
  assert.equal(await pinWindow.locator('html').getAttribute('lang'), 'fr');
  for (const key of ['4', '8', '5']) await pinWindow.click(`.key:text-is("${key}")`);
  await pinWindow.click('.key-erase');
  for (const key of ['6', '2']) await pinWindow.click(`.key:text-is("${key}")`);
  await pinWindow.click('.key-ok');
  await page.waitForURL(`${stage.origin}/finished`);
  await closed(pinWindow);
});

test('Tab, Space and Enter work the keypad without a mouse (WCAG 2.1.1)', options, async () => {
  await stage.setPart({ pin: [1, 1, 1, 1] });
  const { page, pinWindow } = await stage.openLogin();
  await pinWindow.waitForSelector('.keypad');
  await pinWindow.keyboard.press('Tab');
  for (const key of ['Space', 'Enter', 'Space', 'Enter']) await pinWindow.keyboard.press(key);
  assert.equal(await pinWindow.locator('#live').textContent(), '4 digits typed');
  await pinWindow.focus('.key-ok');
  await pinWindow.keyboard.press('Enter');
  await page.waitForURL(`${stage.origin}/finished`);
  await closed(pinWindow);
});

test('counts the tries, and puts the last one behind an adult’s step', options, async () => {
  await stage.setPart();
  const { page, pinWindow } = await stage.openLogin();
  await pinWindow.waitForSelector('.keypad');
  await pinWindow.keyboard.type('1111');
  await pinWindow.keyboard.press('Enter');
  await pinWindow.waitForSelector('.pin-message-wrong:has-text("2 tries left")');
  await pinWindow.keyboard.type('1111');
  await pinWindow.keyboard.press('Enter');
  await pinWindow.waitForSelector('text=Stop. Call a grown-up.');
  // Typing on does nothing here.
  await pinWindow.keyboard.type('4862');
  await pinWindow.keyboard.press('Enter');
  assert.equal(await pinWindow.locator('.keypad').count(), 0);
  assert.equal(await pinWindow.locator('.button-main').isDisabled(), true);
  await pinWindow.click('.confirm');
  await pinWindow.click('.button-main');
  await pinWindow.waitForSelector('.pin-message-wrong:has-text("1 try left")');
  await pinWindow.keyboard.type('4862');
  await pinWindow.keyboard.press('Enter');
  await page.waitForURL(`${stage.origin}/finished`);
  assert.deepEqual(
    (await stage.readHeard()).flatMap(({ right }) => right ?? []),
    [false, false, true],
  );
  await closed(pinWindow);
});

test('does not send a PIN of fewer than 4 digits', options, async () => {
  await stage.setPart();
  const { pinWindow } = await stage.openLogin();
  await pinWindow.waitForSelector('.keypad');
  await pinWindow.keyboard.type('486');
  await pinWindow.keyboard.press('Enter');
  await pinWindow.waitForSelector('#live:has-text("at least 4 digits")', { state: 'attached' });
  assert.equal((await stage.readHeard()).length, 2);
});

test(
  'says PIN_BLOCKED in the window and on the page, to the child and to the adult',
  options,
  async () => {
    await stage.setPart({ triesLeft: 2, failWith: 'PIN_BLOCKED' });
    const { page, pinWindow } = await stage.openLogin('nl');
    await pinWindow.waitForSelector('text=Je kaart is geblokkeerd.');
    await pinWindow.waitForSelector(
      '.adult:has-text("Alleen de gemeente kan de kaart deblokkeren.")',
    );
    await page.waitForSelector('text=Je kaart is geblokkeerd.');
    await pinWindow.click('.button-main');
    await closed(pinWindow);
    await page.click('#status >> text=Terug naar Chat for Kids');
    await page.waitForURL(`${stage.origin}/left`);
  },
);

test(
  'tries again from the page, and the window of the failed login makes way',
  options,
  async () => {
    await stage.setPart({ failWith: 'CARD_REMOVED' });
    const { page, pinWindow } = await stage.openLogin();
    await page.waitForSelector('text=Your card came out too soon.');
    await stage.setPart();
    const opening = stage.context.waitForEvent('page');
    await page.click('text=Try again');
    await closed(pinWindow);
    const next = await opening;
    await next.waitForSelector('.keypad');
    await next.keyboard.type('4862');
    await next.keyboard.press('Enter');
    await page.waitForURL(`${stage.origin}/finished`);
    await closed(next);
  },
);

test(
  'asks which of two cards by first name, and tells the host the place in its list',
  options,
  async () => {
    const cards = [
      { firstName: 'Emma', reader: 'ACS ACR38U-CCID 00 00' },
      { firstName: '', reader: 'Alcor Micro AU9540 01 00' },
    ];
    await stage.setPart({ cards });
    const { pinWindow } = await stage.openLogin('fr');
    await pinWindow.waitForSelector('h1:has-text("Quelle carte est la tienne ?")');
    await saveScreen(pinWindow, 'which-card');
    await pinWindow.click('.card-button:has-text("Carte sans nom")');
    await pinWindow.waitForSelector('.keypad');
    const { type, index } = (await stage.readHeard()).at(-1) ?? {};
    assert.deepEqual({ type, index }, { type: 'card-choice', index: 1 });
    await pinWindow.close();
  },
);

test(
  'a reader with keys of its own: the window says so, and no digit can be typed into it',
  options,
  async () => {
    await stage.setPart({ onReader: true, triesLeft: 2 });
    const { pinWindow } = await stage.openLogin('nl');
    await pinWindow.waitForSelector('h1:has-text("Typ je pincode op de kaartlezer")');
    await pinWindow.waitForSelector('.pin-tries:has-text("Nog 2 pogingen")');
    await saveScreen(pinWindow, 'pin-on-reader');
    assert.equal(await pinWindow.locator('.keypad').count(), 0);
    await pinWindow.keyboard.type('4862');
    await pinWindow.keyboard.press('Enter');
    assert.equal((await stage.readHeard()).at(-1)?.type, 'login');
    await pinWindow.close();
  },
);

test('ends as USER_CANCELLED when the window is closed', options, async () => {
  await stage.setPart();
  const { page, pinWindow } = await stage.openLogin();
  await pinWindow.waitForSelector('.keypad');
  await pinWindow.close();
  await page.waitForSelector('text=You stopped. That is fine.');
});

test('ends as USER_CANCELLED on Escape, and the host hears it', options, async () => {
  await stage.setPart();
  const { page, pinWindow } = await stage.openLogin();
  await pinWindow.waitForSelector('.keypad');
  await pinWindow.keyboard.type('48');
  // The window may be gone before the key comes up again.
  await pinWindow.keyboard.press('Escape').catch(() => undefined);
  await closed(pinWindow);
  await page.waitForSelector('text=You stopped. That is fine.');
  assert.equal((await stage.readHeard()).at(-1)?.type, 'cancel');
});

test('ends as USER_CANCELLED when the page says stop', options, async () => {
  await stage.setPart();
  const { page, pinWindow } = await stage.openLogin();
  await pinWindow.waitForSelector('.keypad');
  await page.click('text=Stop');
  await page.waitForSelector('text=You stopped. That is fine.');
  await closed(pinWindow);
});

test('the window dies when its page goes elsewhere (design §7)', options, async () => {
  await stage.setPart();
  const { page, pinWindow } = await stage.openLogin();
  await pinWindow.waitForSelector('.keypad');
  await page.goto(`${stage.origin}/bare`);
  await closed(pinWindow);
});

test('the window dies with its tab (design §7)', options, async () => {
  await stage.setPart();
  const { page, pinWindow } = await stage.openLogin();
  await pinWindow.waitForSelector('.keypad');
  await page.close();
  await closed(pinWindow);
});

test('says HOST_ABSENT where no host is installed', options, async () => {
  await stage.setPart();
  await stage.withoutHost(async () => {
    const { page, pinWindow } = await stage.openLogin();
    await pinWindow.waitForSelector('text=A helper program is missing');
    await page.waitForSelector('text=A helper program is missing');
  });
});

test('a host of a newer protocol is EXTENSION_TOO_OLD, and is told nothing', options, async () => {
  await stage.setPart({ protocol: 2 });
  const { page, pinWindow } = await stage.openLogin();
  await pinWindow.waitForSelector('text=The helper in your browser is too old');
  await page.waitForSelector('text=The helper in your browser is too old');
  assert.equal((await stage.readHeard()).length, 1);
});

test('asks for what is missing with a picture', options, async () => {
  await stage.setPart({ stages: ['reader-absent', 'card-absent'], stopAfterStages: true });
  const { pinWindow } = await stage.openLogin('de');
  await pinWindow.waitForSelector('text=Steck deine Karte ein');
  const picture = pinWindow.locator('.scene-picture');
  assert.equal(await picture.getAttribute('src'), '../design/insert-card.svg');
  await pinWindow.evaluate("document.querySelector('.scene-picture').decode()");
});

test('nothing in all of this broke a content security policy or threw', options, () => {
  assert.deepEqual(complaints, []);
});

/** For eyes: KIDS_ID_SHOTS names a folder. */
async function saveScreen(pinWindow: Page, name: string): Promise<void> {
  const folder = process.env['KIDS_ID_SHOTS'];
  if (!folder) return;
  await pinWindow.setViewportSize({ width: 440, height: 680 });
  await pinWindow.screenshot({ path: join(folder, `window-${name}.png`) });
}
