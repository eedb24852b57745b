/**
 * For the tests of the example chat's pages: the whole chat in this process, over https on loopback, with a clock of the
 * test's own. The gateway is a script at its seam: it lets in whom the test says, at once. TEST ONLY.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { createApp } from '../../examples/chat/app.ts';
import { type Chat, createChat } from '../../examples/chat/chat.ts';
import { createLiveServer, type LiveServer } from '../../examples/chat/live/live-server.ts';
import { loadWords } from '../../examples/chat/load-words.ts';
import { createSessions, SESSION_IDLE_MS } from '../../examples/chat/session.ts';
import type { Child, SignIn, SignInOutcome } from '../../examples/chat/sign-in.ts';
import type { Account } from '../../examples/chat/store/accounts.ts';
import { openStore } from '../../examples/chat/store/store.ts';
import type { Visit } from '../../examples/chat/visit.ts';
import { encodeCertificatePem } from '../kit/pki/build-certificate.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';

/** How the next sign-ins end. */
export interface Answers {
  child: SignInOutcome<Child> | 'fails';
  adult: SignInOutcome<{ sub: string }> | 'fails';
}

/** The running chat. */
export interface ChatSite {
  readonly chat: Chat;
  readonly live: LiveServer;
  /** Under which browsers reach it. */
  readonly origin: string;
  readonly answers: Answers;
  /** Moves the chat's clock. */
  passMs(ms: number): void;
  now(): Date;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Sends a form as a browser does from a page of the site itself. */
  post(
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Signs a child in; returns its Cookie header and account. */
  childIn(sub: string, room?: Child['room']): Promise<{ cookie: string; account: Account }>;
  /** Signs an adult in at /moderate; returns the Cookie header. */
  adultIn(sub: string): Promise<string>;
  /** Makes an account that may write, without a browser. */
  author(sub: string, room?: Child['room']): Account;
  /** Says something as this account; the number of the message. */
  say(account: Account, text: string): number;
  close(): Promise<void>;
}

export const START = new Date('2026-03-03T13:05:00Z');

const REFUSED = { kind: 'refused', by: 'gateway' } as const;

/** Starts it on a port that the system chooses. */
export async function startChatSite(
  options: { readonly newAccountsPerHour?: number } = {},
): Promise<ChatSite> {
  const folder = await mkdtemp(join(tmpdir(), 'kids-id-chat-site-'));
  const pki = await openTestPki({ dir: join(folder, 'pki'), now: new Date() });
  const web = pki.issueWebCertificate(['127.0.0.1', 'chat.localhost']);
  tls.setDefaultCACertificates([
    ...tls.getCACertificates('default'),
    encodeCertificatePem(pki.webCa.certificate),
  ]);
  const server = createServer({ key: web.privateKeyPem, cert: web.certificatePem });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `https://chat.localhost:${port}`;

  let clock = START;
  const now = () => clock;
  const answers: Answers = { child: REFUSED, adult: REFUSED };
  const chat = createChat({
    publicUrl: new URL(origin),
    signIns: {
      children: scriptedSignIn(() => answers.child, `${origin}/callback`),
      adults: scriptedSignIn(() => answers.adult, `${origin}/moderate/callback`),
    },
    sessions: createSessions<Visit>({ idleMs: SESSION_IDLE_MS, maxSessions: 1_000, now }),
    store: openStore(join(folder, 'chat.sqlite')),
    newAccountsPerHour: options.newAccountsPerHour ?? 60,
    words: loadWords(),
    now,
  });
  const live = createLiveServer(chat);
  server.on('request', createApp(chat));
  server.on('upgrade', live.handleUpgrade);
  const ticking = setInterval(live.tick, 100);

  const request = (path: string, init: RequestInit) =>
    fetch(`https://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init });
  const get: ChatSite['get'] = (path, headers = {}) => request(path, { headers });
  const signInAs = async (start: string) => {
    const first = await get(start);
    const cookie = cookieOf(first);
    const location = new URL(first.headers.get('location') ?? '', origin);
    return cookieOf(await get(location.pathname + location.search, { cookie }));
  };
  const enter = (sub: string, room: Child['room']) => {
    const entrance = chat.children.enter({ sub, room });
    if (entrance.kind !== 'in') throw new Error(`outside: ${entrance.kind}`);
    return entrance.account;
  };

  return {
    chat,
    live,
    origin,
    answers,
    now,
    passMs(ms) {
      clock = new Date(clock.getTime() + ms);
    },
    get,
    post: (path, fields, headers = {}) =>
      request(path, {
        method: 'POST',
        headers: { 'sec-fetch-site': 'same-origin', ...headers },
        body: new URLSearchParams(fields),
      }),
    async childIn(sub, room = 'treetop') {
      answers.child = { kind: 'admitted', visitor: { sub, room } };
      const cookie = await signInAs('/login');
      const account = chat.store.accounts.findBySub(sub);
      if (!account) throw new Error('the child has no account');
      return { cookie, account };
    },
    async adultIn(sub) {
      answers.adult = { kind: 'admitted', visitor: { sub } };
      return signInAs('/moderate/login');
    },
    author(sub, room = 'treetop') {
      const { id } = enter(sub, room);
      chat.children.agree(id);
      return enter(sub, room);
    },
    say(account, text) {
      const outcome = chat.conversation.say(account, { id: crypto.randomUUID(), text });
      if (outcome.kind !== 'said') throw new Error(`not said: ${outcome.reason}`);
      return outcome.message.id;
    },
    async close() {
      clearInterval(ticking);
      live.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      chat.store.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The one-use id in the form of a page that leads to this address. */
export function formIdOf(page: string, action: string): string {
  const form = page.split(`action="${action}"`)[1] ?? '';
  const id = /name="form" value="([\w-]+)"/.exec(form)?.[1];
  if (id === undefined) throw new Error(`the page has no form for ${action}`);
  return id;
}

/** What a page says, without its markup. */
export function textOf(page: string): string {
  return page
    .replace(/<template.*?<\/template>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ');
}

function cookieOf(response: Response): string {
  const [cookie = ''] = response.headers.getSetCookie();
  return cookie.split(';')[0] ?? '';
}

/** Sends the browser straight back, with a `state` of its own for each sign-in. */
function scriptedSignIn<T>(
  answer: () => SignInOutcome<T> | 'fails',
  redirectUri: string,
): SignIn<T> {
  return {
    async start() {
      if (answer() === 'fails') throw new TypeError('fetch failed');
      const state = crypto.randomUUID();
      const url = new URL(redirectUri);
      url.searchParams.set('state', state);
      return { url, pending: { state, nonce: 'nonce', codeVerifier: 'verifier' } };
    },
    async finish() {
      const outcome = answer();
      if (outcome === 'fails') throw new TypeError('fetch failed');
      return outcome;
    },
  };
}
