/**
 * What tests of wrong turns have in common: a world with one browser, the steps of a login one by one,
 * and the question whether a screen says what it must (design §6). TEST ONLY.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { canTryAgain, type ErrorCode } from '../../../gateway/protocol/errors.ts';
import type { Language } from '../../../gateway/protocol/fields.ts';
import { textsFor } from '../../../gateway/texts/texts.ts';
import { findPerson, type Person } from '../persons.ts';
import type { CardSlot } from './card-slot.ts';
import { openPinWindow } from './journey.ts';
import { startWorld, type World } from './world.ts';

/** A login under way: the gateway's page, and the PIN window that belongs to it. */
export interface StartedLogin {
  readonly page: Page;
  readonly pinWindow: Page;
}

export interface Scene {
  readonly world: World;
  readonly browser: BrowserContext;
  readonly language: Language;
  /** Query parameters of each return to the chat's callback, the latest last. */
  readonly callbacks: readonly URLSearchParams[];
  /** From the chat's button to the gateway's login page, in a new tab. */
  openLoginPage(): Promise<Page>;
  /** The same, and the big button pressed. */
  startLogin(): Promise<StartedLogin>;
  /** Presses the button of a problem that tries again, or of the question, and returns the window that opens. */
  pressAgain(page: Page): Promise<Page>;
  /**
   * Asserts that a screen, of the page or of the window, was made for this code: its sentence for the
   * child, its step for the adult and its way back, in the scene's language. `ways`: how many buttons
   * or links it has, where that does not follow from the code.
   */
  expectProblem(screen: Page, code: ErrorCode, options?: { ways: number }): Promise<void>;
  /** Types the PIN, waits until the child is in, and leaves the chat. */
  finish(login: StartedLogin, pin: string | undefined): Promise<void>;
  /** Leaves a problem for the chat; returns what the chat was told. */
  goBack(page: Page): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

const STEP_MS = 45_000;

/** Opens a scene. Screens go to the folder KIDS_ID_SHOTS, where that is set. */
export async function openScene(options: {
  language: Language;
  slot?: CardSlot['kind'];
  hostEnv?: Readonly<Record<string, string>>;
}): Promise<Scene> {
  const { language, slot, hostEnv } = options;
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-wrong-'));
  const ports = { gateway: 0, chat: 0, ocsp: 0 };
  const world = await startWorld({
    dir,
    ports,
    ...(slot && { slot }),
    ...(hostEnv && { hostEnv }),
  });
  try {
    const browser = await world.openBrowser({ headless: true });
    browser.setDefaultTimeout(STEP_MS);
    return createScene({ world, browser, language, dir });
  } catch (error) {
    await world.stop();
    throw error;
  }
}

function createScene(options: {
  world: World;
  browser: BrowserContext;
  language: Language;
  dir: string;
}): Scene {
  const { world, browser, language, dir } = options;
  const callbacks = watchCallbacks(browser, world.chatOrigin);
  async function openLoginPage(): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`${world.chatOrigin}/?lang=${language}`);
    await page.locator('a[href^="/login"]').first().click();
    await page.locator('#log-in').waitFor();
    return page;
  }
  return {
    world,
    browser,
    language,
    callbacks,
    openLoginPage,
    async startLogin() {
      const page = await openLoginPage();
      return { page, pinWindow: await openPinWindow(browser, page) };
    },
    async pressAgain(page) {
      const opened = browser.waitForEvent('page');
      await page.locator('[data-action="again"]:visible, #log-in:visible').click();
      return opened;
    },
    expectProblem: (screen, code, ways) => expectProblem({ screen, code, language, ...ways }),
    async finish({ page, pinWindow }, pin) {
      await typePin(pinWindow, pin);
      await page.waitForURL(`${world.chatOrigin}/welcome`).catch(async (cause: unknown) => {
        throw new Error(`not in; on the screens: ${await readScreens(browser)}`, { cause });
      });
      await page.locator('form[action="/logout"] button').click();
      await page.waitForURL(`${world.chatOrigin}/goodbye`);
      await page.close();
    },
    async goBack(page) {
      const before = callbacks.length;
      await page.locator('#status [data-action="back"]').click();
      await page.waitForURL(`${world.chatOrigin}/refused`);
      const [told, ...more] = callbacks.slice(before);
      assert.ok(told && more.length === 0);
      assert.equal(await page.locator('main a[href="/login"]').count(), 1, 'no way to start again');
      return Object.fromEntries(told);
    },
    async stop() {
      await world.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Waits for the keypad, then types the PIN on the keyboard and presses Enter. */
export async function typePin(pinWindow: Page, pin: string | undefined): Promise<void> {
  await pinWindow.locator('.pin-screen').waitFor();
  const digits = [...(pin ?? '')];
  for (const digit of digits) await pinWindow.keyboard.press(digit);
  // All of them arrived: else the PIN that is sent would be another one.
  await pinWindow
    .locator('.dot-filled')
    .nth(digits.length - 1)
    .waitFor();
  await pinWindow.keyboard.press('Enter');
}

/** The test person of that name. */
export function getPerson(name: string): Person {
  const person = findPerson(name);
  assert.ok(person, name);
  return person;
}

/**
 * Does what makes a window close, and waits for that. The window may be gone before the key or the button is up
 * again, which the browser's driver calls a failure; that the window closes is what counts.
 */
export async function closeBy(window: Page, act: () => Promise<void>): Promise<void> {
  await act().catch(() => undefined);
  await waitForClose(window);
}

/** VERIFY with a PIN; without one it is a question. */
export function presentsPin(command: Uint8Array): boolean {
  return command[1] === 0x20 && command.length > 5;
}

/** Waits until a window is gone. */
export async function waitForClose(window: Page): Promise<void> {
  if (!window.isClosed()) await window.waitForEvent('close');
}

async function expectProblem(options: {
  screen: Page;
  code: ErrorCode;
  language: Language;
  ways?: number;
}): Promise<void> {
  const { screen, code, language } = options;
  const problem = screen.locator('[data-code]');
  await problem.waitFor();
  const place = new URL(screen.url()).protocol === 'https:' ? 'page' : 'window';
  const shots = process.env['KIDS_ID_SHOTS'];
  const path = join(shots ?? '', `wrong-${code}-${place}-${language}.png`);
  if (shots) await screen.screenshot({ path, fullPage: place === 'page' });
  assert.equal(await problem.getAttribute('data-code'), code);
  assert.equal(await screen.locator('html').getAttribute('lang'), language);
  const text = (await problem.textContent()) ?? '';
  const { errors, page } = textsFor(language);
  // The page that waits for the extension tells the adult more than the table's sentence.
  const advice = code === 'EXTENSION_ABSENT' ? page.absentHow : errors[code].adult;
  for (const sentence of [errors[code].child, advice]) assert.ok(text.includes(sentence), text);
  const { ways = expectedWays(place, code) } = options;
  assert.equal(await problem.locator('.button').count(), ways, 'other ways back');
}

/** Again and back on the page; the window closes, and what cannot be tried again only goes back. */
function expectedWays(place: 'page' | 'window', code: ErrorCode): number {
  const isTriedAgain = canTryAgain(code) && code !== 'EXTENSION_ABSENT';
  return place === 'page' && isTriedAgain ? 2 : 1;
}

/** For the report of a test that failed. */
async function readScreens(browser: BrowserContext): Promise<string> {
  const screens = browser.pages().map(async (page) => {
    const code = page.locator('[data-code]');
    const shown = (await code.count()) > 0 ? await code.getAttribute('data-code') : undefined;
    return `${shown ?? (await page.locator('h1:visible').allTextContents()).join()} at ${page.url()}`;
  });
  return (await Promise.all(screens)).join(' | ');
}

function watchCallbacks(browser: BrowserContext, chatOrigin: string): URLSearchParams[] {
  const callbacks: URLSearchParams[] = [];
  browser.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin === chatOrigin && url.pathname === '/callback') callbacks.push(url.searchParams);
  });
  return callbacks;
}
