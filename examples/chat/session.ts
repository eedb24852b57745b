/**
 * Sessions kept on the server, in memory: the cookie is only a random number that finds one. For one process; a site
 * that runs on several machines keeps the same rows in a store they share.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { CookieOptions } from 'express';

/** `__Host-` makes browsers refuse the cookie unless it is Secure, of this very host and for every path (RFC 6265bis §4.1.3.2). */
export const SESSION_COOKIE = '__Host-chat';

/**
 * HttpOnly: no script reads it. Lax: it comes along when the gateway sends the browser back, which is a top-level GET,
 * but not with another site's forms. No Max-Age: it ends with the browser.
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
  /** Ends the session at once. */
  close(token: string | undefined): void;
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
 */
export function createSessions<T>(options: {
  readonly idleMs: number;
  readonly maxSessions: number;
  readonly now: () => Date;
}): Sessions<T> {
  const { idleMs, maxSessions, now } = options;
  // Keyed by a hash: whoever gets to see the keys (a heap dump, a log line by mistake) still has no cookie to use.
  // A Map keeps the order of insertion, and each use inserts again: the first row is the one unused for longest.
  const rows = new Map<string, Row<T>>();
  const isIdle = (row: Row<T>) => now().getTime() - row.lastUsedAt.getTime() >= idleMs;

  return {
    open(value) {
      for (const [key, row] of rows) {
        if (!isIdle(row) && rows.size < maxSessions) break;
        rows.delete(key);
      }
      const token = randomBytes(32).toString('base64url');
      rows.set(hash(token), { value, lastUsedAt: now() });
      return token;
    },
    find(token) {
      if (token === undefined) return undefined;
      const key = hash(token);
      const row = rows.get(key);
      rows.delete(key);
      if (row === undefined || isIdle(row)) return undefined;
      row.lastUsedAt = now();
      rows.set(key, row);
      return row.value;
    },
    close(token) {
      if (token !== undefined) rows.delete(hash(token));
    },
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
