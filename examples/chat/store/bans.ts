/**
 * Bans are by `sub` and not by account: they hold when the account is reset or gone, until the card is replaced. The
 * reason is one of a few, so that no name gets in.
 */
import type { DatabaseSync } from 'node:sqlite';

export const BAN_REASONS = [
  'insults',
  'threats',
  'personal-data',
  'unsuitable',
  'pretending',
  'other',
] as const;

export type BanReason = (typeof BAN_REASONS)[number];

export interface Ban {
  readonly id: number;
  readonly sub: string;
  /** Absent: for good. */
  readonly until?: Date;
  readonly reason: BanReason;
  /** The account for which it was made; it may be gone by now. */
  readonly accountId: number;
  readonly madeAt: Date;
}

export interface Bans {
  /**
   * Bans a card. Of two bans the one that lasts longer stays: two moderators may judge the same child at once. A shorter
   * one is lifted first.
   */
  put(ban: Omit<Ban, 'id'>): void;
  /** The ban that holds at this instant. */
  findHolding(sub: string, now: Date): Ban | undefined;
  find(id: number): Ban | undefined;
  /** Those that hold, newest first. */
  listHolding(now: Date): Ban[];
  /** Ends a ban early. False when it is not there. */
  lift(id: number): boolean;
  /** Deletes those that ended, and those for good made before. */
  deleteOver(options: { readonly now: Date; readonly madeBefore: Date }): number;
}

/** The bans in this database. */
export function createBans(db: DatabaseSync): Bans {
  const put = db.prepare(
    `INSERT INTO bans (sub, until, reason, account_id, made_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (sub) DO UPDATE SET until = excluded.until, reason = excluded.reason,
       account_id = excluded.account_id, made_at = excluded.made_at
     WHERE bans.until IS NOT NULL AND (excluded.until IS NULL OR excluded.until >= bans.until)`,
  );
  const findBySub = db.prepare('SELECT * FROM bans WHERE sub = ? AND (until IS NULL OR until > ?)');
  const findById = db.prepare('SELECT * FROM bans WHERE id = ?');
  const list = db.prepare(
    'SELECT * FROM bans WHERE until IS NULL OR until > ? ORDER BY made_at DESC, id DESC',
  );
  const remove = db.prepare('DELETE FROM bans WHERE id = ?');
  const removeOver = db.prepare(
    'DELETE FROM bans WHERE until <= ? OR (until IS NULL AND made_at < ?)',
  );
  return {
    put: ({ sub, until, reason, accountId, madeAt }) =>
      void put.run(sub, until?.getTime() ?? null, reason, accountId, madeAt.getTime()),
    findHolding(sub, now) {
      const row = findBySub.get(sub, now.getTime());
      return row && readBan(row);
    },
    find(id) {
      const row = findById.get(id);
      return row && readBan(row);
    },
    listHolding: (now) => list.all(now.getTime()).map(readBan),
    lift: (id) => remove.run(id).changes === 1,
    deleteOver: ({ now, madeBefore }) =>
      Number(removeOver.run(now.getTime(), madeBefore.getTime()).changes),
  };
}

function readBan(row: Readonly<Record<string, unknown>>): Ban {
  const { until } = row;
  return {
    id: Number(row['id']),
    sub: String(row['sub']),
    ...(typeof until === 'number' && { until: new Date(until) }),
    reason: BAN_REASONS.find((reason) => reason === row['reason']) ?? 'other',
    accountId: Number(row['account_id']),
    madeAt: new Date(Number(row['made_at'])),
  };
}
