/**
 * Several people at once in real Chromium, each with a browser context of their own and a card reader beside it: the
 * site is an example on its stage, the gateway a sign-in issuer that lets in whose card is in the reader. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { launchChromium } from '../browser/chromium.ts';
import { CARD_COOKIE } from './card-issuer.ts';
import type { ExampleStage } from './example-stage.ts';

/** Somebody at a computer. */
export interface PersonAtComputer {
  readonly page: Page;
  /** Puts a card into the reader, in place of the one that is there. */
  insert(card: string): Promise<void>;
  /** Opens a page of the site, in English. */
  open(path: string): Promise<void>;
  /** Presses the first of these that is there, and waits for the path to which that leads. */
  press(selector: string, leadsTo: string | RegExp): Promise<void>;
  /** The path of the page now. */
  path(): string;
  /** What a part of the page says; all but its frame, when no part is named. */
  read(selector?: string): Promise<string>;
}

export interface People {
  /** Somebody new, with this card in the reader. */
  invite(card: string): Promise<PersonAtComputer>;
  /** What pages wrote to their consoles as errors: a breach of the policy, an exception. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** A machine under load is slow, not broken. */
const STEP_MS = 30_000;

/** Starts the browser. */
export async function invitePeople(stage: ExampleStage): Promise<People> {
  const first = await launchChromium({
    profileDir: join(dirname(stage.folder), 'browser'),
    caFile: stage.caFile,
    headless: true,
  });
  const complaints: string[] = [];
  return {
    complaints,
    async invite(card) {
      const context = await first.browser()?.newContext({ locale: 'en', reducedMotion: 'reduce' });
      assert.ok(context);
      context.setDefaultTimeout(STEP_MS);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        // The status of a page for whoever is refused, and a connection that a test cuts, are no complaints.
        const isExpected = /Failed to load resource|WebSocket connection/.test(message.text());
        if (message.type() === 'error' && !isExpected) complaints.push(message.text());
      });
      await putIn(context, stage, card);
      return createPerson(context, page, stage);
    },
    close: () => first.close(),
  };
}

function createPerson(context: BrowserContext, page: Page, stage: ExampleStage): PersonAtComputer {
  return {
    page,
    insert: (card) => putIn(context, stage, card),
    async open(path) {
      await page.goto(new URL(path, stage.origin).href);
    },
    async press(selector, leadsTo) {
      const isThere = (path: string) =>
        typeof leadsTo === 'string' ? path === leadsTo : leadsTo.test(path);
      await page.locator(selector).first().click();
      await page
        .waitForURL((url) => url.origin === stage.origin && isThere(url.pathname))
        .catch((cause: unknown) => {
          throw new Error(`${selector} led to ${page.url()}, not to ${leadsTo}`, { cause });
        });
    },
    path: () => new URL(page.url()).pathname,
    async read(selector = 'main') {
      return (await page.locator(selector).textContent()) ?? '';
    },
  };
}

async function putIn(context: BrowserContext, stage: ExampleStage, card: string): Promise<void> {
  await context.addCookies([{ name: CARD_COOKIE, value: card, url: stage.issuer }]);
}
