/**
 * Who may moderate: adults whose `sub` an operator let in (`commands/moderator.ts`). Somebody who asks gets a code to
 * tell the operator, so that no `sub` is ever shown.
 */
import { randomInt } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from './database.ts';

/** An adult who asked to moderate, let in or not. */
export interface Moderator {
  readonly id: number;
  /** Eight characters, e.g. `K7QM-3XWD`. Good for nothing but telling the operator whom to let in. */
  readonly code: string;
  readonly askedAt: Date;
  /** Absent: not let in. */
  readonly addedAt?: Date;
}

export interface Moderators {
  /** The moderator with this `sub`, when the operator let them in. */
  findAdded(sub: string): Moderator | undefined;
  /** Notes that somebody asks, and gives their code: the same as before when they asked before. */
  ask(sub: string, now: Date): Moderator;
  /** Lets in who was given this code; undefined when nobody was. Case and hyphens do not matter. */
  add(code: string, now: Date): Moderator | undefined;
  /** Lets out, by code. False when nobody has it. */
  remove(code: string): boolean;
  /** Everybody, let in or not, by id. */
  list(): Moderator[];
  /** Forgets those who asked before and were never let in. */
  deleteAskedBefore(before: Date): number;
}

/** More people waiting than this are not kept: any adult may ask, and the file must not grow for it. */
const MAX_WAITING = 200;

/** Crockford's: without I, L, O and U, which are misheard or misread. */
const CODE_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The moderators in this database. */
export function createModerators(db: DatabaseSync): Moderators {
  const findBySub = db.prepare('SELECT * FROM moderators WHERE sub = ?');
  const findByCode = db.prepare('SELECT * FROM moderators WHERE code = ?');
  const crowdOut = db.prepare(
    `DELETE FROM moderators WHERE id IN (
       SELECT id FROM moderators WHERE added_at IS NULL ORDER BY id DESC LIMIT -1 OFFSET ?)`,
  );
  const insert = db.prepare(
    'INSERT INTO moderators (sub, code, asked_at) VALUES (?, ?, ?) RETURNING *',
  );
  const add = db.prepare(
    'UPDATE moderators SET added_at = coalesce(added_at, ?) WHERE code = ? RETURNING *',
  );
  const remove = db.prepare('DELETE FROM moderators WHERE code = ?');
  const list = db.prepare('SELECT * FROM moderators ORDER BY id');
  const forget = db.prepare('DELETE FROM moderators WHERE added_at IS NULL AND asked_at < ?');

  const drawCode = (): string => {
    for (;;) {
      const letters = Array.from({ length: 8 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]);
      const code = `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
      if (!findByCode.get(code)) return code;
    }
  };

  return {
    findAdded(sub) {
      const row = findBySub.get(sub);
      return row?.['added_at'] == null ? undefined : readModerator(row);
    },
    ask: (sub, now) =>
      inTransaction(db, () => {
        const known = findBySub.get(sub);
        if (known) return readModerator(known);
        crowdOut.run(MAX_WAITING - 1);
        const row = insert.get(sub, drawCode(), now.getTime());
        if (!row) throw new Error('the moderator was not stored');
        return readModerator(row);
      }),
    add(code, now) {
      const row = add.get(now.getTime(), tidyCode(code));
      return row && readModerator(row);
    },
    remove: (code) => remove.run(tidyCode(code)).changes === 1,
    list: () => list.all().map(readModerator),
    deleteAskedBefore: (before) => Number(forget.run(before.getTime()).changes),
  };
}

function tidyCode(code: string): string {
  const letters = code
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

function readModerator(row: Readonly<Record<string, unknown>>): Moderator {
  const { added_at: addedAt } = row;
  return {
    id: Number(row['id']),
    code: String(row['code']),
    askedAt: new Date(Number(row['asked_at'])),
    ...(typeof addedAt === 'number' && { addedAt: new Date(addedAt) }),
  };
}
