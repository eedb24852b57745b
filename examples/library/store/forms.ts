/**
 * Forms that are done once, however often they are sent: a double click, a reload, the Back button, a browser that sends
 * again because the server went away before it answered. Each form carries a number of its own; what was done with it is
 * written in the same transaction as the deed.
 */
import { randomBytes } from 'node:crypto';
import type { StoreContext } from './context.ts';
import { inTransaction } from './database.ts';

/** `done`: the result, and whether it is of an earlier sending. `stale`: no form of ours, or older than a day. */
export type FormOutcome<T> =
  | { readonly kind: 'done'; readonly result: T; readonly again: boolean }
  | { readonly kind: 'stale' };

/** One-use forms. */
export interface Forms {
  /** A number for a form that is being shown; put it into a hidden field. Nothing is written. */
  createToken(): string;
  /**
   * Does `action` once for this token, in one transaction with the note that it was done. A second sending gets the
   * first one's result and does nothing.
   *
   * @param options.token The hidden field, as it came.
   * @param options.form Which form it is, such as `renew`: a token serves the form that it was used for first.
   * @param action Writes to the store, at once (not a promise). Its result is kept as JSON for two days: ids, dates as
   * text and reasons; nothing about a person. When it throws, nothing was done and the token is still good.
   */
  once<T>(
    options: { readonly token: unknown; readonly form: string },
    action: () => T,
  ): FormOutcome<T>;
}

const HOUR_MS = 3_600_000;

const TOKEN_LIFETIME_MS = 24 * HOUR_MS;

/** The clock of a server is set back now and then. */
const CLOCK_SLACK_MS = HOUR_MS;

/** Longer than tokens live: a token that is forgotten is too old to be used again. */
export const FORM_USE_LIFETIME_MS = 48 * HOUR_MS;

/** One-use forms in this database. */
export function createForms({ db, now }: StoreContext): Forms {
  const find = db.prepare('SELECT form, result FROM form_uses WHERE token = ?');
  const insert = db.prepare(
    'INSERT INTO form_uses (token, form, result, used_at) VALUES (?, ?, ?, ?)',
  );
  return {
    createToken() {
      return `${now().getTime().toString(36)}.${randomBytes(16).toString('base64url')}`;
    },
    once<T>(
      { token, form }: { readonly token: unknown; readonly form: string },
      action: () => T,
    ): FormOutcome<T> {
      if (typeof token !== 'string' || !isFresh(token, now())) return { kind: 'stale' };
      return inTransaction(db, () => {
        const used = find.get(token);
        if (used) {
          if (used['form'] !== form) return { kind: 'stale' };
          return { kind: 'done', result: JSON.parse(String(used['result'])) as T, again: true };
        }
        const result = action();
        insert.run(token, form, JSON.stringify(result ?? null), now().toISOString());
        return { kind: 'done', result, again: false };
      });
    },
  };
}

/** Tokens tell when they were made, so that old ones need not be remembered for ever. */
function isFresh(token: string, now: Date): boolean {
  const [, made] = /^([0-9a-z]{1,9})\.[\w-]{22}$/.exec(token) ?? [];
  if (made === undefined) return false;
  const ageMs = now.getTime() - Number.parseInt(made, 36);
  return ageMs > -CLOCK_SLACK_MS && ageMs < TOKEN_LIFETIME_MS;
}
