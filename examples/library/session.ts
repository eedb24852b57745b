/**
 * Sessions kept on the server, in memory: the cookie is only a random number that finds one. For one process; a site
 * that runs on several machines keeps the same rows in a store they share.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { CookieOptions } from 'express';

/**
 * For a cookie whose name begins with `__Host-` (RFC 6265bis §4.1.3.2): browsers refuse it unless it is Secure, of this
 * very host and for every path. HttpOnly: no script reads it. Lax: it comes along when the gateway sends the browser
 * back, which is a top-level GET, but not with another site's forms. No Max-Age: it ends with the browser.
 */
export const SESSION_COOKIE_OPTIONS: CookieOptions = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'lax',
};

/** Family and library computers are shared: whoever comes after this long without a click is a stranger. */
export const SESSION_IDLE_MS = 15 * 60_000;

/** Sessions that hold a `T`. */
export interface Sessions<T> {
  /** Starts a session and returns its token, for the cookie. */
  open(value: T): string;
  /** The session of this token, or undefined when there is none or it was idle too long. Finding it counts as use. */
  find(token: string | undefined): T | undefined;
  /** As `find`, but does not count as use: for what a page does by itself. */
  peek(token: string | undefined): T | undefined;
  /** Ends the session at once. */
  close(token: string | undefined): void;
  /** Ends every session whose value is one of these. */
  closeWhere(isOver: (value: T) => boolean): void;
  /** Ends the sessions that are idle. They are over without it; this is for telling the listeners. */
  sweep(): void;
  /** Has every end of a session told: closed, found to be idle, or crowded out. */
  onEnd(listener: (value: T) => void): void;
}

interface Row<T> {
  readonly value: T;
  lastUsedAt: Date;
}

/**
 * Creates an empty set of sessions.
 *
 * @param options.idleMs A session not used for this long is over.
 * @param options.maxSessions Above it the session unused for longest ends, so that memory stays bounded.
 * @param options.isSpare Which sessions end first then: those in which nobody signed in, which anybody can open by the
 * thousand. Absent: all alike.
 */
export function createSessions<T>(options: {
  readonly idleMs: number;
  readonly maxSessions: number;
  readonly isSpare?: (value: T) => boolean;
  readonly now: () => Date;
}): Sessions<T> {
  const { idleMs, maxSessions, isSpare = () => true, now } = options;
  // Keyed by a hash: whoever gets to see the keys (a heap dump, a log line by mistake) still has no cookie to use.
  // A Map keeps the order of insertion, and each use inserts again: the first row is the one unused for longest.
  const rows = new Map<string, Row<T>>();
  const listeners: ((value: T) => void)[] = [];
  const isIdle = (row: Row<T>) => now().getTime() - row.lastUsedAt.getTime() >= idleMs;

  const end = (key: string) => {
    const row = rows.get(key);
    if (!row) return;
    rows.delete(key);
    for (const listener of listeners) listener(row.value);
  };
  const peekRow = (key: string) => {
    const row = rows.get(key);
    if (!row || !isIdle(row)) return row;
    end(key);
    return undefined;
  };

  const endIdle = () => {
    for (const [key, row] of rows) {
      if (!isIdle(row)) break;
      end(key);
    }
  };

  return {
    open(value) {
      endIdle();
      if (rows.size >= maxSessions) {
        const spare = rows.entries().find(([, row]) => isSpare(row.value));
        const [key] = spare ?? rows.entries().next().value ?? [];
        if (key !== undefined) end(key);
      }
      const token = randomBytes(32).toString('base64url');
      rows.set(hash(token), { value, lastUsedAt: now() });
      return token;
    },
    find(token) {
      if (token === undefined) return undefined;
      const key = hash(token);
      const row = peekRow(key);
      if (!row) return undefined;
      rows.delete(key);
      row.lastUsedAt = now();
      rows.set(key, row);
      return row.value;
    },
    peek: (token) => (token === undefined ? undefined : peekRow(hash(token))?.value),
    close(token) {
      if (token !== undefined) end(hash(token));
    },
    closeWhere(isOver) {
      for (const [key, { value }] of rows) if (isOver(value)) end(key);
    },
    sweep: endIdle,
    onEnd: (listener) => void listeners.push(listener),
  };
}

/** The value of one cookie in a Cookie header, or undefined. Our cookies need no decoding. */
export function findCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
