/** The extension in a real Chromium: whom it answers, and whom it does not. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, afterEach, before } from 'node:test';
import type { Page } from 'playwright';
import { EXTENSION_ID } from '../../extension/package/extension-id.ts';
import {
  findChromiumProblems,
  installExtension,
  launchChromium,
  waitForPinWindow,
} from '../kit/browser/chromium.ts';
import {
  askExtension,
  type ExtensionStage,
  openExtensionStage,
} from '../kit/browser/extension-stage.ts';
import { startLoginSite } from '../kit/browser/login-site.ts';

const problems = await findChromiumProblems();
const options = { skip: problems.length > 0 && problems.join(', '), timeout: 30_000 };

const HELLO = { type: 'hello', id: 'h1' };
const LOGIN = { type: 'login', id: 'l1', ticket: 'A'.repeat(43), language: 'en' };
const SHORT_MS = 400;

let stage: ExtensionStage;

before(async () => {
  if (!options.skip) stage = await openExtensionStage();
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

type Replies = { type: string; id: string; ok: boolean; code?: string }[];

async function openBare(origin = stage.origin): Promise<Page> {
  const page = await stage.context.newPage();
  await page.goto(`${origin}/bare`);
  return page;
}

async function ask(page: Page, messages: readonly object[], waitMs = SHORT_MS): Promise<Replies> {
  return (await page.evaluate(askExtension(messages, waitMs))) as Replies;
}

function refusal(id: string, code: string) {
  return { type: 'login', id, ok: false, code };
}

test('answers hello on a listed gateway', options, async () => {
  const [reply] = await ask(await openBare(), [HELLO]);
  assert.equal(reply?.ok, true);
  assert.equal(reply?.id, 'h1');
});

test('gives another origin no answer', options, async () => {
  assert.deepEqual(await ask(await openBare(stage.otherOrigin), [HELLO, LOGIN]), []);
});

test('gives another port of the same host no answer', options, async () => {
  const certificate = {
    caFile: stage.caFile,
    key: await readFile(join(stage.dir, 'web.key'), 'utf8'),
    certificate: await readFile(join(stage.dir, 'web.pem'), 'utf8'),
  };
  const disclosure = { ageOver: [], pseudonym: false };
  const other = await startLoginSite({ certificate, site: { name: 'Other' }, disclosure });
  try {
    const page = await openBare(`https://gateway.localhost:${other.port}`);
    assert.deepEqual(await ask(page, [HELLO, LOGIN]), []);
  } finally {
    await stage.context.pages().at(-1)?.close();
    await other.stop();
  }
});

test('gives a frame no answer, though it shows a listed gateway', options, async () => {
  const page = await stage.context.newPage();
  await page.goto(`${stage.origin}/framed`);
  const frame = page.frames()[1];
  assert.ok(frame);
  await frame.waitForSelector('#press');
  assert.deepEqual(await frame.evaluate(askExtension([HELLO, LOGIN], SHORT_MS)), []);
  assert.equal((await ask(page, [HELLO])).length, 1);
});

test('does not hear a frame that speaks to its parent', options, async () => {
  const page = await stage.context.newPage();
  await page.goto(`${stage.origin}/framed`);
  const heard = page.evaluate(askExtension([], SHORT_MS));
  const envelope = JSON.stringify({ kidsId: 'extension', message: HELLO });
  await page.frames()[1]?.evaluate(`parent.postMessage(${envelope}, '*')`);
  assert.deepEqual(await heard, []);
});

test('drops messages of any other shape', options, async () => {
  const wrong = [
    { ...HELLO, more: 1 },
    { type: 'hello' },
    { type: 'hello', id: '<' },
    { ...LOGIN, ticket: 'short' },
    { ...LOGIN, language: 'it' },
    { ...LOGIN, origin: 'https://evil.test' },
    { type: 'status', id: 's1' },
  ];
  assert.deepEqual(await ask(await openBare(), wrong), []);
});

test('refuses a login without a click: CLICK_REQUIRED', options, async () => {
  assert.deepEqual(await ask(await openBare(), [LOGIN]), [refusal('l1', 'CLICK_REQUIRED')]);
});

test('refuses a login after a click that a script made: CLICK_REQUIRED', options, async () => {
  const page = await stage.context.newPage();
  await page.goto(`${stage.origin}/login/abc?lang=en`);
  await page.evaluate("document.getElementById('log-in').click()");
  await page.waitForSelector('text=Press the big button yourself.');
});

test('refuses a login after a made-up click event: CLICK_REQUIRED', options, async () => {
  const page = await openBare();
  await page.evaluate("dispatchEvent(new MouseEvent('click', { bubbles: true }))");
  assert.deepEqual(await ask(page, [LOGIN]), [refusal('l1', 'CLICK_REQUIRED')]);
});

test('refuses a click of more than 5 seconds ago: CLICK_REQUIRED', options, async () => {
  const page = await openBare();
  await page.click('#press');
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 5_200))');
  assert.deepEqual(await ask(page, [LOGIN]), [refusal('l1', 'CLICK_REQUIRED')]);
});

test('one click is one login', options, async () => {
  await stage.setPart();
  const page = await openBare();
  await page.click('#press');
  const replies = await ask(page, [LOGIN, { ...LOGIN, id: 'l2' }]);
  assert.deepEqual(replies, [refusal('l2', 'CLICK_REQUIRED')]);
  await (await waitForPinWindow(stage.context)).close();
});

test('refuses a second login in the same page: LOGIN_BUSY', options, async () => {
  await stage.setPart();
  const page = await openBare();
  await page.click('#press');
  await ask(page, [LOGIN]);
  await waitForPinWindow(stage.context);
  await page.click('#press');
  const second = { ...LOGIN, id: 'l2' };
  assert.deepEqual(await ask(page, [second]), [refusal('l2', 'LOGIN_BUSY')]);
});

test('refuses a second login in another tab: LOGIN_BUSY', options, async () => {
  await stage.setPart();
  const { pinWindow } = await stage.openLogin();
  await pinWindow.waitForSelector('.keypad');
  const page = await openBare();
  await page.click('#press');
  assert.deepEqual(await ask(page, [LOGIN]), [refusal('l1', 'LOGIN_BUSY')]);
  assert.equal(pinWindow.isClosed(), false);
});

test(
  'hands a login to the tab that was opened for it, and to no copy of the window',
  options,
  async () => {
    await stage.setPart();
    const { pinWindow } = await stage.openLogin();
    await pinWindow.waitForSelector('.keypad');
    const copy = await stage.context.newPage();
    const leaving = copy.waitForEvent('close');
    // It finds no login for itself and closes, perhaps before it has finished loading.
    await copy
      .goto(`chrome-extension://${EXTENSION_ID}/pin-window/pin-window.html`)
      .catch(() => undefined);
    await leaving;
    assert.deepEqual(
      (await stage.readHeard()).map(({ type }) => type),
      ['hello', 'login'],
    );
  },
);

test('a page cannot open or frame the window itself', options, async () => {
  const page = await openBare();
  const address = `chrome-extension://${EXTENSION_ID}/pin-window/pin-window.html`;
  const frame = `new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.onload = () => setTimeout(() => resolve(frames.length), 200);
    frame.src = '${address}';
    document.body.append(frame);
  })`;
  await page.evaluate(frame);
  assert.ok(!page.frames().some((inner) => inner.url() === address));
});

test(
  'says at once that the extension is absent, and goes on when it was installed',
  options,
  async () => {
    const profileDir = join(stage.dir, 'plain');
    const { caFile } = stage;
    const plain = await launchChromium({ profileDir, caFile, headless: true, installable: true });
    try {
      const page = await plain.newPage();
      await page.goto(`${stage.origin}/login/abc?lang=en`);
      await page.waitForSelector('text=One thing is missing', { timeout: 5_000 });
      await installExtension(plain, stage.extensionDir);
      await page.waitForSelector('text=Found it! You can go on.', { timeout: 5_000 });
      await page.click('#log-in');
      await waitForPinWindow(plain);
    } finally {
      await plain.close();
    }
  },
);
