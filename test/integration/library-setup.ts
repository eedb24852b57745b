/**
 * For the tests of the example library's site: the site in this process with a database in memory and a clock that the
 * test turns, a gateway that is a script at the SignIn seam (whoever's card is "in the reader" comes in), and a browser
 * without a screen that fills in forms. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../examples/library/app.ts';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import { createSessions, SESSION_IDLE_MS } from '../../examples/library/session.ts';
import type { SignIn, SignInOutcome } from '../../examples/library/sign-in.ts';
import { openStore, type Store } from '../../examples/library/store/store.ts';
import type { Visit } from '../../examples/library/visit.ts';

/** What happens at the gateway: this card signs in, it lets nobody through, or it cannot be reached. */
export type Reader = { readonly sub: string } | 'refuses' | 'is away' | 'breaks';

/** A library with its people and books. */
export interface LibraryScene {
  /** Where it listens, such as `http://library.localhost:40001`. */
  readonly origin: string;
  readonly store: Store;
  /** The card in the reader; change it as people do. */
  reader: Reader;
  /** Languages with which sign-ins were begun. */
  readonly startedIn: string[];
  passMs(ms: number): void;
  passDays(days: number): void;
  readonly emma: Person;
  readonly lucas: Person;
  /** An adult member. */
  readonly nora: Person;
  /** Ids of titles, and barcodes of copies: Pinocchio has one copy, Alice two, Max und Moritz none. */
  readonly titles: { readonly pinocchio: number; readonly alice: number; readonly max: number };
  readonly copies: { readonly pinocchio: string; readonly alice: readonly [string, string] };
  readonly staffId: number;
  newBrowser(): LibraryBrowser;
  close(): Promise<void>;
}

/** A member, as the library wrote them down. */
export interface Person {
  readonly id: number;
  readonly number: string;
  readonly name: string;
  readonly birthYear: number;
}

/** The librarian's card. */
export const LIBRARIAN = { sub: 'librarian' };

const START = Date.parse('2026-03-02T09:00:00Z');

/** Opens a library on Monday 2 March 2026, 10 o'clock in Brussels. */
export async function openLibrary(): Promise<LibraryScene> {
  let nowMs = START;
  const now = () => new Date(nowMs);
  const store = openStore({ file: ':memory:', now });
  const sessions = createSessions<Visit>({ idleMs: SESSION_IDLE_MS, maxSessions: 100, now });
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://library.localhost:${port}`;
  const publicUrl = new URL(origin);
  const gateway: Gateway = { reader: 'refuses', startedIn: [] };
  const signIns = {
    readers: createDouble(gateway, `${origin}/callback`),
    desk: createDouble(gateway, `${origin}/desk/callback`),
  };
  server.on('request', createApp({ publicUrl, signIns, sessions, library: store, now }));

  return Object.assign(gateway, fillStore(store), {
    origin,
    store,
    passMs: (ms: number) => {
      nowMs += ms;
    },
    passDays: (days: number) => {
      nowMs += days * 86_400_000;
    },
    newBrowser: () => createBrowser(origin, port),
    close: () => closeAll(server, store),
  });
}

interface Gateway {
  reader: Reader;
  readonly startedIn: string[];
}

/** A gateway that sends the browser straight back. */
function createDouble(gateway: Gateway, callback: string): SignIn {
  return {
    async start(language) {
      if (gateway.reader === 'is away') throw new TypeError('fetch failed');
      gateway.startedIn.push(language);
      const state = randomBytes(16).toString('base64url');
      const pending = { state, nonce: 'nonce', codeVerifier: 'verifier' };
      return { url: new URL(`${callback}?state=${state}&code=code`), pending };
    },
    async finish(): Promise<SignInOutcome> {
      if (typeof gateway.reader === 'object') return { kind: 'admitted', ...gateway.reader };
      if (gateway.reader === 'refuses') return { kind: 'refused', by: 'gateway' };
      throw new TypeError('fetch failed');
    },
  };
}

function fillStore(store: Store) {
  const addMember = (serial: number, name: string, birthYear: number): Person => {
    const record = { number: numberFor('member', serial), name, birthYear };
    return { ...record, id: store.members.save(record).id };
  };
  const addTitle = (number: string, title: string, author: string, language: 'nl' | 'de' | 'en') =>
    store.catalogue.save({
      number,
      title,
      author,
      year: 1883,
      language,
      forChildren: true,
      shelf: `${language.toUpperCase()} J ${author.slice(-4, -1).toUpperCase()}`,
    }).id;
  const pinocchio = addTitle('T1', 'De avonturen van Pinokkio', 'Carlo Collodi', 'nl');
  const alice = addTitle('T2', 'Alice’s Adventures in Wonderland', 'Lewis Carroll', 'en');
  const max = addTitle('T3', 'Max und Moritz', 'Wilhelm Busch', 'de');
  store.catalogue.ensureCopies(pinocchio, 1);
  store.catalogue.ensureCopies(alice, 2);
  store.staff.add(store.staff.requestCode(LIBRARIAN.sub));
  const [a, b, c] = [numberFor('copy', 1), numberFor('copy', 2), numberFor('copy', 3)] as const;
  return {
    emma: addMember(1, 'Emma Peeters', 2017),
    lucas: addMember(2, 'Lucas Peeters', 2019),
    nora: addMember(3, 'Nora Dubois', 1985),
    titles: { pinocchio, alice, max },
    copies: { pinocchio: a, alice: [b, c] as const },
    staffId: store.staff.find(LIBRARIAN.sub)?.id ?? 0,
  };
}

async function closeAll(server: Server, store: Store): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  store.close();
}

/** A page as the browser got it. */
export interface Page {
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The heading. */
  readonly title: string;
  /** What was just done, or why not; empty when nothing is told. */
  readonly notice: string;
}

/** A browser: cookies, redirects, forms. */
export interface LibraryBrowser {
  readonly cookies: Map<string, string>;
  /** Sends one request and follows nothing. */
  visit(path: string, init?: RequestInit): Promise<Page>;
  /** Goes to a path and follows redirects. */
  go(path: string, init?: RequestInit): Promise<Page>;
  /** Sends the form of this page whose action is this path, with its hidden fields and these. */
  submit(page: Page, action: string, fields?: Record<string, string>): Promise<Page>;
  /** Logs in with the card in the reader. */
  logIn(): Promise<Page>;
  logInAtDesk(): Promise<Page>;
}

const OWN_FORM = { 'sec-fetch-site': 'same-origin' };

/** The hidden fields of the first form with this action that holds `containing`. */
export function hiddenFieldsOf(
  page: Page,
  action: string,
  containing = '',
): Record<string, string> {
  const forms = page.text.match(/<form[\s\S]*?<\/form>/g) ?? [];
  const form = forms.find(
    (text) => text.includes(`action="${action}"`) && text.includes(containing),
  );
  assert.ok(form, `no form for ${action} on ${page.path}`);
  const inputs = form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g);
  return Object.fromEntries([...inputs].map(([, name, value]) => [name, value]));
}

function createBrowser(origin: string, port: number): LibraryBrowser {
  const cookies = new Map<string, string>([['__Host-library-language', 'en']]);
  const visit: LibraryBrowser['visit'] = async (path, init = {}) => {
    const url = new URL(path, origin);
    const headers = new Headers(init.headers);
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const address = `http://127.0.0.1:${port}${url.pathname}${url.search}`;
    const response = await fetch(address, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return toPage(url.pathname, response, await response.text());
  };
  const go: LibraryBrowser['go'] = async (path, init) => {
    let page = await visit(path, init);
    for (let hops = 0; hops < 8; hops += 1) {
      const location = page.headers.get('location');
      if (location === null) return page;
      const { pathname, search } = new URL(location, origin);
      page = await visit(pathname + search);
    }
    throw new Error('too many redirects');
  };
  return {
    cookies,
    visit,
    go,
    submit: (page, action, fields = {}) =>
      go(action, {
        method: 'POST',
        headers: OWN_FORM,
        body: new URLSearchParams({ ...hiddenFieldsOf(page, action), ...fields }),
      }),
    logIn: () => go('/login'),
    logInAtDesk: () => go('/desk/login'),
  };
}

function toPage(path: string, response: Response, text: string): Page {
  const title = /<h1>(.*?)<\/h1>/s.exec(text)?.[1] ?? '';
  const notice = /<div class="notice[^>]*>([\s\S]*?)<\/div>/.exec(text)?.[1] ?? '';
  return {
    path,
    status: response.status,
    headers: response.headers,
    text,
    title: plain(title),
    notice: plain(notice.replaceAll('</p><p>', ' ')),
  };
}

function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .trim();
}
