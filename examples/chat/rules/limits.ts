/** The chat's limits in numbers, and the rules about an account's own wishes. Pure: time and account are given. */
import type { Account } from '../store/accounts.ts';

/** Characters (code points) in a message. */
export const MAX_TEXT_LENGTH = 300;

/** Messages of one account, whatever the number of its open pages. */
export const SAY_RATE = { max: 5, windowMs: 10_000 };

/** Frames of any kind on one connection; a page that is used by a person stays far below. */
export const FRAME_RATE = { max: 30, windowMs: 10_000 };

export const REPORTS_PER_HOUR = 20;

/** Messages shown to somebody who comes in. */
export const HISTORY_LENGTH = 50;

export const NICKNAME_DRAWS_PER_DAY = 3;

/** New accounts on the whole site, unless the settings say otherwise: slows down whoever collects cards. */
export const NEW_ACCOUNTS_PER_HOUR = 60;

/** The longest ban that is not for good. */
export const MAX_BAN_DAYS = 365;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** What to note when the account draws another nickname now, or undefined when it drew too many within a day. */
export function nextDraws(
  { draws, drawsSince }: Pick<Account, 'draws' | 'drawsSince'>,
  now: Date,
): { count: number; since: Date } | undefined {
  if (now.getTime() - drawsSince.getTime() >= DAY_MS) return { count: 1, since: now };
  return draws < NICKNAME_DRAWS_PER_DAY ? { count: draws + 1, since: drawsSince } : undefined;
}

/** Whether the account may be reset now: once a day, or else a reset would be a way around the other limits. */
export function mayReset({ resetAt }: Pick<Account, 'resetAt'>, now: Date): boolean {
  return resetAt === undefined || now.getTime() - resetAt.getTime() >= DAY_MS;
}
