/** Keeps what a browser shows to its pages and keeps for them: traffic, messages, console, storage. TEST ONLY. */
import assert from 'node:assert/strict';
import type { BrowserContext, Page, Response } from 'playwright';

export interface WatchedBrowser {
  readonly context: BrowserContext;
  /** Requests with headers, cookies and bodies, and answers with theirs, of every page. */
  traffic(): Promise<string>;
  /** What was said by `postMessage` in any page. */
  messages(): string;
  /** What pages and workers wrote to their consoles, and what they threw. */
  console(): string;
}

// As text: these run in the browser, whose types tests do not have.
const WHAT_A_PAGE_KEEPS = `(async () => ({
  local: { ...localStorage },
  session: { ...sessionStorage },
  databases: await indexedDB.databases(),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  cookie: document.cookie,
  windowName: window.name,
  state: history.state,
}))()`;
const WHAT_A_WORKER_KEEPS = `(async () => ({
  storage: typeof chrome.storage,
  databases: await indexedDB.databases(),
  caches: await caches.keys(),
}))()`;

/** Starts to listen; call it before the first page is opened. */
export async function watchBrowser(context: BrowserContext): Promise<WatchedBrowser> {
  const exchanges: Promise<string>[] = [];
  const messages: string[] = [];
  const lines: string[] = [];
  context.on('response', (response) => void exchanges.push(describeExchange(response)));
  context.on('console', (message) => void lines.push(message.text()));
  context.on('weberror', (error) => void lines.push(String(error.error().stack)));
  await context.exposeBinding('keepMessage', (_source, text: string) => void messages.push(text));
  await context.addInitScript({
    content: `window.addEventListener('message', ({ data }) => keepMessage(JSON.stringify(data)));`,
  });
  return {
    context,
    traffic: async () => (await Promise.all(exchanges)).join('\n'),
    messages: () => messages.join('\n'),
    console: () => lines.join('\n'),
  };
}

async function describeExchange(response: Response): Promise<string> {
  const request = response.request();
  const headers = async (of: Response | typeof request) =>
    JSON.stringify(await of.headersArray().catch(() => []));
  // A redirect has no body, and a page that was left has lost its own.
  const body = await response.body().catch(() => Buffer.alloc(0));
  return [
    `${request.method()} ${request.url()}`,
    await headers(request),
    request.postData() ?? '',
    String(response.status()),
    await headers(response),
    body.toString(),
  ].join('\n');
}

/** Asserts that a page's origin keeps nothing in the browser that its scripts could read. */
export async function assertKeepsNothing(page: Page): Promise<void> {
  const kept = await page.evaluate(WHAT_A_PAGE_KEEPS);
  assert.deepEqual(kept, {
    ...{ local: {}, session: {}, databases: [], caches: [], workers: 0 },
    ...{ cookie: '', windowName: '', state: null },
  });
}

/** Asserts the same of the extension, which has not even the permission for a storage of its own. */
export async function assertExtensionKeepsNothing(context: BrowserContext): Promise<void> {
  const [worker] = context.serviceWorkers();
  assert.ok(worker);
  const kept = await worker.evaluate(WHAT_A_WORKER_KEEPS);
  assert.deepEqual(kept, { storage: 'undefined', databases: [], caches: [] });
}
