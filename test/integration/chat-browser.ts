/** For the tests of the example chat's pages: Chromium without a screen, and axe-core to look for barriers. TEST ONLY. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import type { Language } from '../../examples/chat/language.ts';
import type { ChatSite } from './chat-site.ts';

const AXE_FILE = fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url));

/** A phone in the hand of a child; 320 CSS pixels is the narrowest that WCAG 2.2 §1.4.10 asks for. */
export const PHONE = { width: 320, height: 568 };

/** A browser, and what it complained about. */
export interface ChatBrowser {
  /** A window of its own: no cookies of the others. */
  open(options?: {
    readonly language?: Language;
    readonly size?: { readonly width: number; readonly height: number };
    readonly withoutScripts?: boolean;
    /** A Cookie header to start with. */
    readonly cookie?: string;
  }): Promise<Page>;
  /** What pages wrote to their consoles as errors: a breach of the policy, an exception. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Starts Chromium for one site. */
export async function startChatBrowser(site: ChatSite): Promise<ChatBrowser> {
  const browser: Browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    // Chromium refuses its sandbox to root.
    chromiumSandbox: process.getuid?.() !== 0,
  });
  const complaints: string[] = [];
  return {
    complaints,
    async open({ language = 'nl', size, withoutScripts = false, cookie } = {}) {
      const context = await browser.newContext({
        // The test's own authority is trusted by this process, not by the browser.
        ignoreHTTPSErrors: true,
        locale: language,
        viewport: size ?? { width: 1_000, height: 800 },
        javaScriptEnabled: !withoutScripts,
        reducedMotion: 'reduce',
      });
      const [name, value] = cookie?.split('=') ?? [];
      if (name && value) {
        await context.addCookies([
          { name, value, url: site.origin, secure: true, httpOnly: true, sameSite: 'Lax' },
        ]);
      }
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        // The page of whoever is refused says so with its status; a lost connection is what some tests are about.
        const isExpected = /Failed to load resource|WebSocket connection/.test(message.text());
        if (message.type() === 'error' && !isExpected) complaints.push(message.text());
      });
      return page;
    },
    close: () => browser.close(),
  };
}

/** Fails when axe-core finds a barrier on the page, or when the page is wider than the window (WCAG 2.2 §1.4.10). */
export async function checkAccessible(page: Page, name: string): Promise<void> {
  const axe = await readFile(AXE_FILE, 'utf8');
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    type Axe = { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
  assert.deepEqual(found, [], name);
  const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  assert.ok(Number(tooWide) <= 0, `${name} is ${tooWide} pixels too wide`);
}
