/**
 * For the tests of the example library's import over http: the site in this process with its database in a file (an import
 * has a connection of its own), and librarians whose cards the gateway's double lets in. TEST ONLY.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../examples/library/app.ts';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import { createSessions, SESSION_IDLE_MS } from '../../examples/library/session.ts';
import type { SignIn } from '../../examples/library/sign-in.ts';
import { openStore, type Store } from '../../examples/library/store/store.ts';
import { SESSION_COOKIE, type Visit } from '../../examples/library/visit.ts';

/** A library that listens. */
export interface DeskScene {
  /** Such as `http://library.localhost:40001`. */
  readonly origin: string;
  readonly store: Store;
  readonly folder: string;
  readonly staffId: number;
  /** Turns the clock. */
  passDays(days: number): void;
  /** A librarian; each name is another card. */
  logIn(name: string): Desk;
  close(): Promise<void>;
}

/** A librarian's browser without a screen. It follows no redirects. */
export interface Desk {
  /** The token in the session's cookie. */
  readonly token: string;
  get(path: string): Promise<Response>;
  post(
    path: string,
    body?: RequestInit['body'],
    headers?: Record<string, string>,
  ): Promise<Response>;
}

/** Opens an empty library on Monday 2 March 2026, with the librarian Ann on its list. */
export async function openDesk(): Promise<DeskScene> {
  let nowMs = Date.parse('2026-03-02T09:00:00Z');
  const now = () => new Date(nowMs);
  const folder = mkdtempSync(join(tmpdir(), 'library-desk-'));
  const store = openStore({ file: join(folder, 'library.db'), now });
  const sessions = createSessions<Visit>({ idleMs: SESSION_IDLE_MS, maxSessions: 100, now });
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://library.localhost:${port}`;
  const nobody: SignIn = {
    start: () => Promise.reject(new TypeError('fetch failed')),
    finish: () => Promise.reject(new TypeError('fetch failed')),
  };
  const signIns = { readers: nobody, desk: nobody };
  const site = { publicUrl: new URL(origin), signIns, sessions, library: store, now };
  server.on('request', createApp(site));
  store.staff.add(store.staff.requestCode('Ann'));

  return {
    origin,
    store,
    folder,
    staffId: store.staff.find('Ann')?.id ?? 0,
    passDays: (days) => {
      nowMs += days * 86_400_000;
    },
    logIn(name) {
      if (!store.staff.find(name)) store.staff.add(store.staff.requestCode(name));
      const token = sessions.open({ waiting: new Map(), staffSub: name });
      return createDesk(`http://127.0.0.1:${port}`, token);
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function createDesk(address: string, token: string): Desk {
  const headers = {
    cookie: `${SESSION_COOKIE}=${token}; __Host-library-language=en`,
    'sec-fetch-site': 'same-origin',
  };
  return {
    token,
    get: (path) => fetch(address + path, { headers, redirect: 'manual' }),
    post: (path, body = '', more = {}) =>
      fetch(address + path, {
        method: 'POST',
        body,
        headers: { ...headers, ...more },
        redirect: 'manual',
      }),
  };
}

/** A form as a browser without scripts sends it. */
export function fileForm(kind: string, content: string | Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.set('kind', kind);
  form.set('file', new File([content], 'file.csv', { type: 'text/csv' }));
  return form;
}

/** Begins an import as the script does, and returns its path. */
export async function startImport(desk: Desk, kind: string, bytes: number): Promise<string> {
  const started = await desk.post(
    '/desk/import/start',
    new URLSearchParams({ kind, bytes: String(bytes) }),
  );
  const { url } = (await started.json()) as { url: string };
  return url;
}

/** Sends bytes of the file as the script does. */
export function sendBytes(desk: Desk, path: string, from: number, bytes: Uint8Array<ArrayBuffer>) {
  const headers = { 'content-type': 'application/octet-stream' };
  return desk.post(`${path}/bytes?from=${from}`, bytes, headers);
}

/** The rows of members with these serials, as a file. */
export function membersFile(serials: readonly number[]): Uint8Array<ArrayBuffer> {
  const rows = serials.map((serial) => `${numberFor('member', serial)},Testlid ${serial},2010`);
  return new TextEncoder().encode(`number,name,birth_year\r\n${rows.join('\r\n')}\r\n`);
}

/** What is between the tags, for people. */
export function textOf(html: string): string {
  return html
    .replace(/^[\s\S]*<main[^>]*>|<\/main>[\s\S]*$/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .trim();
}
