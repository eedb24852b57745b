/**
 * A browser without a screen, for the examples: cookies, redirects, and forms filled in as they stand on the page. It
 * finds `*.localhost` on loopback. Whoever's card is in its reader signs in (card-issuer.ts). TEST ONLY.
 */
import assert from 'node:assert/strict';
import { CARD_COOKIE } from './card-issuer.ts';

/** A page, or a redirect. */
export interface Visited {
  readonly url: URL;
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

/** A form as the page has it: its address, and the fields that are filled in already. */
export interface PageForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface FormBrowser {
  /** Value of {@link CARD_COOKIE}; undefined: no card. */
  card: string | undefined;
  /** Sends one request and follows nothing. Rejects when the server is gone before it answered. */
  visit(path: string | URL, init?: RequestInit): Promise<Visited>;
  /** Sends one form, as a page of the site does, and follows nothing. */
  post(form: PageForm): Promise<Visited>;
  /** Goes there and follows redirects. */
  go(path: string | URL): Promise<Visited>;
  /** The Cookie header for the site. */
  cookie(): string;
}

const MAX_HOPS = 12;

/** Opens a browser for a site. */
export function openFormBrowser(origin: string): FormBrowser {
  const jars = new Map<string, Map<string, string>>();
  const site = new URL(origin);
  const jarOf = (host: string) => {
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };
  const cookieFor = (url: URL) => {
    const own = [...jarOf(url.host)].map(([name, value]) => `${name}=${value}`);
    const card = url.host !== site.host && browser.card ? [`${CARD_COOKIE}=${browser.card}`] : [];
    return [...own, ...card].join('; ');
  };
  const browser: FormBrowser = {
    card: undefined,
    cookie: () => cookieFor(site),
    async visit(target, init = {}) {
      const url = new URL(target, origin);
      const address = new URL(url);
      if (url.hostname.endsWith('.localhost')) address.hostname = '127.0.0.1';
      const headers = new Headers(init.headers);
      headers.set('cookie', cookieFor(url));
      headers.set('accept-language', 'en');
      const response = await fetch(address, { ...init, headers, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/expires=Thu, 01 Jan 1970/i.test(line)) jarOf(url.host).delete(name);
        else jarOf(url.host).set(name, value);
      }
      const location = response.headers.get('location') ?? undefined;
      return { url, status: response.status, location, text: await response.text() };
    },
    post: ({ action, fields }) =>
      browser.visit(action, {
        method: 'POST',
        headers: { 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams(fields),
      }),
    async go(target) {
      let visited = await browser.visit(target);
      for (let hops = 0; hops < MAX_HOPS; hops += 1) {
        if (visited.location === undefined) return visited;
        visited = await browser.visit(new URL(visited.location, visited.url));
      }
      return assert.fail(`too many redirects, the last to ${visited.location}`);
    },
  };
  return browser;
}

/** The forms of a page that change something. */
export function formsOf(page: string): PageForm[] {
  return [...page.matchAll(/<form ([^>]*)>([\s\S]*?)<\/form>/g)].flatMap(
    ([, attributes = '', content = '']) => {
      const action = /action="([^"]+)"/.exec(attributes)?.[1];
      if (action === undefined || !attributes.includes('method="post"')) return [];
      const inputs = content.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g);
      const fields = [...inputs].map(([, name = '', value = '']) => [name, value] as const);
      return [{ action, fields: Object.fromEntries(fields) }];
    },
  );
}
