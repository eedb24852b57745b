/** One login as a child makes it: from the chat's button over the PIN window to the chat's welcome. TEST ONLY. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';

/** Ends a journey that the product itself ended with an error screen. */
export class JourneyError extends Error {
  override readonly name = 'JourneyError';
  /** The error code that the screen was made for. */
  readonly code: string;

  constructor(code: string) {
    super(`the login ended with ${code}`);
    this.code = code;
  }
}

const STEP_MS = 30_000;

/**
 * Logs in at the chat, typing the PIN on the keyboard into the PIN window.
 * @param options.say gets each screen that the child sees; `saveDir` gets its screenshot.
 * @returns the chat's page, signed in
 */
export async function logInAtChat(options: {
  browser: BrowserContext;
  chatOrigin: string;
  pin: string;
  say?: (line: string) => void;
  saveDir?: string;
}): Promise<Page> {
  const { browser, saveDir } = options;
  if (saveDir) mkdirSync(saveDir, { recursive: true });
  let screens = 0;
  const show = async (page: Page, name: string) => {
    options.say?.(`  ${name}`);
    screens += 1;
    const file = `${String(screens).padStart(2, '0')}-${name.replaceAll(' ', '-')}.png`;
    if (saveDir) await page.screenshot({ path: join(saveDir, file) });
  };

  const page = await browser.newPage();
  page.setDefaultTimeout(STEP_MS);
  await page.goto(`${options.chatOrigin}/?lang=en`);
  await show(page, 'the chat');
  await page.locator('a[href^="/login"]').first().click();
  await page.locator('#log-in').waitFor();
  await show(page, 'what the site will learn');

  const pinWindow = await openPinWindow(browser, page);
  await pinWindow.locator('.pin-screen, [data-code]').first().waitFor();
  await throwIfProblem(pinWindow);
  await show(pinWindow, 'the PIN window');
  for (const digit of options.pin) await pinWindow.keyboard.press(digit);
  await show(pinWindow, 'the PIN is typed');
  await show(page, 'the page meanwhile');
  await pinWindow.keyboard.press('Enter');

  await Promise.race([
    page.waitForURL(`${options.chatOrigin}/**`),
    page.locator('[data-code]').waitFor(),
  ]);
  await throwIfProblem(page);
  await show(page, 'signed in at the chat');
  return page;
}

/**
 * Presses the big button and returns the window that opens.
 * @throws {JourneyError} when the page shows a problem instead
 */
export async function openPinWindow(browser: BrowserContext, page: Page): Promise<Page> {
  try {
    const [pinWindow] = await Promise.all([
      browser.waitForEvent('page', { timeout: STEP_MS }),
      page.locator('#log-in').click(),
    ]);
    pinWindow.setDefaultTimeout(STEP_MS);
    return pinWindow;
  } catch (error) {
    await throwIfProblem(page);
    throw error;
  }
}

/** Error screens carry their code, so that a test need not read texts. */
async function throwIfProblem(page: Page): Promise<void> {
  const problem = page.locator('[data-code]').first();
  if ((await problem.count()) === 0) return;
  throw new JourneyError((await problem.getAttribute('data-code')) ?? 'INTERNAL');
}
