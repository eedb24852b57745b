import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { type CardHolder, createCardHolder } from '../kit/privacy/card-holder.ts';
import { type HostTap, listenToHost } from '../kit/privacy/listening-launcher.ts';
import type { Needle } from '../kit/privacy/needle.ts';
import { pinNeedles } from '../kit/privacy/needles-for.ts';
import { assertNothingIn, searchHaystack } from '../kit/privacy/search-haystack.ts';
import {
  assertExtensionKeepsNothing,
  assertKeepsNothing,
  type WatchedBrowser,
  watchBrowser,
} from '../kit/privacy/watched-browser.ts';
import { openPinWindow } from '../kit/start/journey.ts';
import { startWorld, type World } from '../kit/start/world.ts';
import { closeBy } from '../kit/start/wrong-turns.ts';

const problems = await findChromiumProblems();
const skip = (process.platform === 'win32' ? 'POSIX only' : problems.join('; ')) || false;

const STEP_MS = 20_000;

describe('what logins in a real browser leave behind (design §5)', { skip }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-privacy-'));
  let world: World;
  let host: HostTap;
  let browser: WatchedBrowser;
  const holders = new Map<string, CardHolder>();
  let needles: Needle[] = [];
  /** HTML of each window and page, by what it was showing. */
  const documents: Record<string, string> = {};
  const idTokens: unknown[] = [];
  const wrongPin = Array.from({ length: 12 }, () => randomInt(10)).join('');
  let cookies = '';

  before(async () => {
    world = await startWorld({ dir, ports: { gateway: 0, chat: 0, ocsp: 0 } });
    host = listenToHost({ launcher: world.hostLauncher, dir });
    for (const name of ['emma', 'karel', 'milan']) {
      holders.set(name, await createCardHolder(name, world.pki));
    }
    // A wrong PIN is mostly nearly the right one, or that of another card.
    const wrong = pinNeedles(wrongPin).map((needle) => ({
      ...needle,
      what: `wrong: ${needle.what}`,
    }));
    needles = [...[...holders.values()].flatMap((holder) => holder.needles), ...wrong];
    world.chat.onMessage((message) => idTokens.push(message));
    browser = await watchBrowser(await world.openBrowser({ headless: true }));
  });

  after(async () => {
    await world.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function insertCardOf(name: string): Promise<CardHolder> {
    const holder = holders.get(name);
    assert.ok(holder);
    await world.slot.insert(createVirtualCard(holder.contents));
    return holder;
  }

  /** From the chat's first page to the PIN window that waits for its PIN. */
  async function startLogin(): Promise<{ page: Page; pinWindow: Page }> {
    const page = await browser.context.newPage();
    page.setDefaultTimeout(STEP_MS);
    await page.goto(`${world.chatOrigin}/?lang=en`);
    await page.locator('a[href^="/login"]').first().click();
    await page.locator('#log-in').waitFor();
    const pinWindow = await openPinWindow(browser.context, page);
    await pinWindow.locator('.pin-screen').waitFor();
    return { page, pinWindow };
  }

  async function typePin(pinWindow: Page, pin: string, name: string): Promise<void> {
    // Some type, some click: the window handles the two apart.
    const press = (digit: string) =>
      name === 'karel'
        ? pinWindow.getByRole('button', { name: digit, exact: true }).click()
        : pinWindow.keyboard.press(digit);
    for (const digit of pin) await press(digit);
    await pinWindow
      .locator('.dot-filled')
      .nth(pin.length - 1)
      .waitFor();
    documents[`PIN window of ${name}`] = await pinWindow.content();
    await pinWindow.keyboard.press('Enter');
  }

  /** The next login begins at the chat's door again. */
  async function leave(page: Page): Promise<void> {
    cookies += JSON.stringify(await browser.context.cookies());
    await page.close();
    await browser.context.clearCookies();
  }

  test('a wrong PIN, a right one, a cancel, an adult refused, a revoked card', async () => {
    const emma = await insertCardOf('emma');
    const login = await startLogin();
    await typePin(login.pinWindow, wrongPin, 'emma, wrong');
    await login.pinWindow.locator('.pin-message-wrong').waitFor();
    await assertKeepsNothing(login.page);
    documents['login page of emma'] = await login.page.content();
    await typePin(login.pinWindow, emma.pin, 'emma');
    await login.page.waitForURL(`${world.chatOrigin}/**`);
    documents['chat of emma'] = await login.page.content();
    await leave(login.page);

    const cancelled = await startLogin();
    for (const digit of emma.pin) await cancelled.pinWindow.keyboard.press(digit);
    await closeBy(cancelled.pinWindow, () => cancelled.pinWindow.keyboard.press('Escape'));
    await cancelled.page.locator('[data-code="USER_CANCELLED"]').waitFor();
    await leave(cancelled.page);

    for (const [name, code] of [
      ['karel', 'AGE_OUTSIDE'],
      ['milan', 'CERTIFICATE_REVOKED'],
    ] as const) {
      const holder = await insertCardOf(name);
      const { page, pinWindow } = await startLogin();
      await typePin(pinWindow, holder.pin, name);
      await page.locator(`[data-code="${code}"]`).waitFor();
      documents[`login page of ${name}`] = await page.content();
      documents[`window of ${name}, ${code}`] = pinWindow.isClosed()
        ? ''
        : await pinWindow.content();
      await assertKeepsNothing(page);
      await leave(page);
    }
  });

  test('the host is told each PIN that was typed, so the search finds it on that port', () => {
    const found = searchHaystack(host.received(), needles).join('\n');
    for (const name of ['emma', 'karel', 'milan', 'wrong']) {
      assert.match(found, new RegExp(`${name}: PIN, a byte for each digit, numbers in JSON`));
    }
    for (const line of found.split('\n')) assert.match(line, /^[a-z]+: PIN, /);
  });

  test('the host tells the window stages, the site and one code, and writes codes to its log', () => {
    assert.match(host.sent().toString(), /"completionCode"/);
    assert.match(host.errors().toString(), /AGE_OUTSIDE/);
    assertNothingIn({ 'host to window': host.sent(), 'log of the host': host.errors() }, needles);
  });

  test('no page, message, request, answer, cookie, console or document holds any of it', async () => {
    const traffic = await browser.traffic();
    assert.match(traffic, /set-cookie/i);
    assert.match(traffic, /"completionCode"/);
    assert.match(browser.messages(), /"completionCode"/);
    assert.match(cookies, /__Host-kids-id/);
    assertNothingIn(
      { ...documents, traffic, messages: browser.messages(), console: browser.console(), cookies },
      needles,
    );
  });

  test('the extension keeps nothing, and has no permission to', async () => {
    await assertExtensionKeepsNothing(browser.context);
  });

  test('gateway and chat wrote none of it, and the ID token says pseudonym and ages alone', () => {
    assert.equal(idTokens.length, 1);
    assertNothingIn(
      {
        'output of the gateway': world.gateway.output(),
        'output of the chat': world.chat.output(),
        'ID token': JSON.stringify(idTokens),
      },
      needles,
    );
  });

  test('no file of browser, host, gateway or chat holds any of it, while they run and after', async () => {
    const folders = ['home', 'gateway', 'chat'].map((name) => join(dir, name));
    const places = () =>
      Object.fromEntries(
        folders.flatMap((folder) =>
          readdirSync(folder, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map(({ parentPath, name }) => join(parentPath, name))
            .map((file) => [relative(dir, file), readFileSync(file)] as const),
        ),
      );
    // A browser's own files are full of dates, and one of them may be a birth date by chance.
    const wanted = needles.filter(({ what }) => !/birth date/.test(what));
    const during = places();
    const profile = Object.entries(during).filter(([file]) => file.startsWith('home'));
    assert.ok(profile.some(([, bytes]) => bytes.includes('chat.localhost')));
    assert.ok(Object.keys(during).some((file) => /store\.sqlite-wal$/.test(file)));
    assertNothingIn(during, wanted);
    await browser.context.close();
    await world.gateway.stop();
    await world.chat.stop();
    assertNothingIn(places(), wanted);
  });
});
