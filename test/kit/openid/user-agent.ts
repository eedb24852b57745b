/** A browser reduced to cookies and requests (RFC 6265 §5), for one provider. TEST ONLY. */
import assert from 'node:assert/strict';
import type { Agent } from 'node:https';
import { exchangeHttps, type HttpsAnswer, type HttpsRequest } from './https-exchange.ts';

/** A browser that shows one page at a time and follows nothing by itself. */
export interface UserAgent {
  /** Cookies by path and name. */
  readonly cookies: Map<string, { name: string; value: string; path: string }>;
  /** Sends a request to the provider; a relative target is resolved against its issuer. */
  send(target: string | URL, asked?: HttpsRequest): Promise<HttpsAnswer>;
  /**
   * Follows redirects, and sends the one form of a page on, as a person would who says yes, until the
   * provider has nothing more or sends the browser away. At most ten steps.
   */
  browse(target: string | URL, asked?: HttpsRequest): Promise<Arrival>;
}

/** Where a browser came to: somebody else's address, or a page of the provider. */
export interface Arrival {
  readonly elsewhere?: URL;
  readonly page: HttpsAnswer;
}

/** Opens a browser without cookies. */
export function openUserAgent(options: { issuer: string; agent: Agent }): UserAgent {
  const { issuer, agent } = options;
  const cookies: UserAgent['cookies'] = new Map();

  async function send(target: string | URL, asked: HttpsRequest = {}): Promise<HttpsAnswer> {
    const url = new URL(target, issuer);
    assert.equal(url.origin, issuer, 'the browser was to leave the provider');
    const cookie = [...cookies.values()]
      .filter(({ path }) => isUnder(url.pathname, path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const headers = { accept: 'text/html', ...(cookie && { cookie }), ...asked.headers };
    const answer = await exchangeHttps(agent, url, { ...asked, headers });
    for (const line of answer.setCookies) keepCookie(cookies, line);
    return answer;
  }

  return {
    cookies,
    send,
    async browse(target, asked) {
      let page = await send(target, asked);
      for (let step = 0; step < 10; step += 1) {
        const next = nextOf(page, issuer);
        if (!next) return { page };
        if (next.url.origin !== issuer) return { elsewhere: next.url, page };
        page = await send(next.url, next.form && { form: next.form });
      }
      assert.fail('the provider sends the browser in circles');
    },
  };
}

/** The address that an answer redirects to. */
export function redirectOf(answer: HttpsAnswer, issuer: string): URL {
  const { location } = answer.headers;
  assert.ok(location, `no redirect but ${answer.status}: ${answer.text}`);
  assert.ok([302, 303].includes(answer.status), `redirect with ${answer.status}`);
  return new URL(location, issuer);
}

function nextOf(
  page: HttpsAnswer,
  issuer: string,
): { url: URL; form?: URLSearchParams } | undefined {
  if (page.headers['location']) return { url: redirectOf(page, issuer) };
  const [, tag = '', inside = ''] = /<form\b([^>]*)>(.*?)<\/form>/is.exec(page.text) ?? [];
  const action = attributeOf(tag, 'action');
  if (page.status !== 200 || !action || attributeOf(tag, 'method') !== 'post') return undefined;
  const form = new URLSearchParams();
  const [button] = /<button\b[^>]*>/i.exec(inside) ?? [];
  const inputs = [...inside.matchAll(/<input\b[^>]*>/gi)].map(([input]) => input);
  for (const field of [...inputs, ...(button ? [button] : [])]) {
    const name = attributeOf(field, 'name');
    if (name) form.append(name, attributeOf(field, 'value') ?? '');
  }
  return { url: new URL(action, issuer), form };
}

function attributeOf(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1];
}

function isUnder(pathname: string, path: string): boolean {
  return path === '/' || pathname === path || pathname.startsWith(`${path}/`);
}

function keepCookie(cookies: UserAgent['cookies'], line: string): void {
  const [pair = '', ...attributes] = line.split(/; */);
  const separator = pair.indexOf('=');
  const [name, value] = [pair.slice(0, separator), pair.slice(separator + 1)];
  const path = attributes.find((text) => /^path=/i.test(text))?.slice('path='.length) ?? '/';
  const isGone = attributes.some((text) => /^expires=thu, 01 jan 1970/i.test(text));
  if (isGone || value === '') cookies.delete(`${path} ${name}`);
  else cookies.set(`${path} ${name}`, { name, value, path });
}
