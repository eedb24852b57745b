/**
 * A visit to the gateway with a card, for tests of relying parties: from the address that a site sends the
 * browser to, up to the address that the gateway sends it back to. Browser and host are raw. TEST ONLY.
 */
import assert from 'node:assert/strict';
import type { LoginSteps } from '../gateway/login-steps.ts';
import { openRawBrowser, type RawBrowser } from '../gateway/raw-browser.ts';
import type { RawCard } from '../gateway/raw-host.ts';
import type { TestGateway } from '../gateway/test-gateway.ts';

export interface Visit {
  /** Where the site is told how it ended. */
  readonly callback: URL;
  /** The code that ended the login at the gateway; absent where the card was taken. */
  readonly refusedWith?: string;
}

/**
 * Follows an authorization URL with a card. A person whose card is refused goes back to the site, as the page
 * offers; one who is asked for a name tells nothing. @param options.card none: the person gives up at once
 */
export async function visitWithCard(options: {
  gateway: TestGateway;
  steps: LoginSteps;
  url: URL | string;
  card: RawCard | undefined;
  browser?: RawBrowser;
}): Promise<Visit> {
  const { gateway, steps, card } = options;
  const browser = options.browser ?? openRawBrowser(gateway);
  const { pathname, search, origin } = new URL(options.url);
  assert.equal(origin, gateway.origin);
  const started = await browser.get(pathname + search);
  const page = String(started.headers['location']);
  if (!page.startsWith('/login/')) return { callback: new URL(page) };
  let opened = await browser.get(page);
  if (opened.headers['location'] === `${page}/agreement`) {
    assert.equal((await browser.postForm(`${page}/agreement`, [])).status, 303);
    opened = await browser.get(page);
  }
  assert.equal(opened.status, 200, opened.text);
  if (!card) return { callback: await giveUp(browser, page), refusedWith: 'USER_CANCELLED' };
  const { status, body } = await steps.prove(await steps.ticketOf({ browser, page }), card);
  if (status !== 200) {
    return { callback: await giveUp(browser, page), refusedWith: String(body['code']) };
  }
  const { completionCode } = body;
  return { callback: await leave(browser, `${page}/complete`, { completionCode }) };
}

function giveUp(browser: RawBrowser, page: string): Promise<URL> {
  return leave(browser, `${page}/cancel`, {});
}

/** Answers the login and follows the gateway out of it. */
async function leave(browser: RawBrowser, path: string, body: object): Promise<URL> {
  const reply = await browser.postJson(path, body);
  assert.equal(reply.status, 200, reply.text);
  const { location } = JSON.parse(reply.text) as { location: string };
  const resumed = await browser.get(location);
  assert.equal(resumed.status, 303, resumed.text);
  return new URL(String(resumed.headers['location']));
}
