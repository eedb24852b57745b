/** The library's members: its own data, which it had before any identity card was read. Nothing here comes from a card. */
import { foldText, parseSearchWords } from '../rules/fold.ts';
import { findNumber } from '../rules/numbers.ts';
import { matchExpressionOf } from './catalogue.ts';
import { type Change, type Refused, refuse, type StoreContext } from './context.ts';
import { inTransaction } from './database.ts';

/** What the library writes down about a member. */
export interface MemberRecord {
  /** The number of the library card: ten digits (rules/numbers.ts), unique. */
  readonly number: string;
  readonly name: string;
  readonly birthYear: number;
}

export interface Member extends MemberRecord {
  readonly id: number;
}

/** The members. */
export interface Members {
  find(memberId: number): Member | undefined;
  /** The member with this library card, by its number as typed or scanned. */
  findByNumber(typedNumber: string): Member | undefined;
  /** For the desk: by library card, or by the beginnings of words of the name; by name, at most `limit`. */
  search(text: string, limit: number): Member[];
  /**
   * Adds or updates the member with this number.
   *
   * @throws {RangeError} When the number has a wrong check digit; look before (`findNumber`).
   */
  save(record: MemberRecord): { readonly id: number; readonly change: Change };
  /**
   * Removes a member who leaves, with links, parents and reservations; finished loans stay without their name. Not while
   * books are out (`on-loan`) or a fine is open (`owes`).
   */
  remove(options: {
    readonly memberId: number;
    readonly staffId: number;
  }): { readonly kind: 'removed' } | Refused<'unknown-member' | 'on-loan' | 'owes'>;
}

/** What a query selects of `members m` for {@link toMember}. */
export const MEMBER_COLUMNS = 'm.id, m.number, m.name, m.birth_year AS birthYear';

/** The members in this database. */
export function createMembers(
  context: StoreContext,
  onCopyFree: (titleId: number) => void,
): Members {
  const { db } = context;
  const findById = db.prepare(`SELECT ${MEMBER_COLUMNS} FROM members m WHERE m.id = ?`);
  const findByNumber = db.prepare(`SELECT ${MEMBER_COLUMNS} FROM members m WHERE m.number = ?`);
  const searchName = db.prepare(`
    SELECT ${MEMBER_COLUMNS} FROM member_search s JOIN members m ON m.id = s.rowid
    WHERE member_search MATCH ? ORDER BY m.sort_key, m.id LIMIT ?`);
  const save = createSave(db);

  const members: Members = {
    find(memberId) {
      const row = findById.get(memberId);
      return row && toMember(row);
    },
    findByNumber(typedNumber) {
      const number = findNumber('member', typedNumber);
      const row = number === undefined ? undefined : findByNumber.get(number);
      return row && toMember(row);
    },
    search(text, limit) {
      const byNumber = members.findByNumber(text);
      if (byNumber) return [byNumber];
      const match = matchExpressionOf(parseSearchWords(text));
      return match ? searchName.all(match, limit).map(toMember) : [];
    },
    save(record) {
      if (findNumber('member', record.number) !== record.number) {
        throw new RangeError('A library card has ten digits, the last a check digit');
      }
      return inTransaction(db, () => save(record));
    },
    remove: createRemove(context, onCopyFree),
  };
  return members;
}

/** A row of {@link MEMBER_COLUMNS}. */
export function toMember(row: Record<string, unknown>): Member {
  return {
    id: Number(row['id']),
    number: String(row['number']),
    name: String(row['name']),
    birthYear: Number(row['birthYear']),
  };
}

function createSave(db: StoreContext['db']): Members['save'] {
  const findByNumber = db.prepare('SELECT id, name, birth_year FROM members WHERE number = ?');
  const insert = db.prepare(
    'INSERT INTO members (number, name, birth_year, sort_key) VALUES (?, ?, ?, ?) RETURNING id',
  );
  const update = db.prepare(
    'UPDATE members SET name = ?, birth_year = ?, sort_key = ? WHERE id = ?',
  );
  const deleteWords = db.prepare('DELETE FROM member_search WHERE rowid = ?');
  const insertWords = db.prepare('INSERT INTO member_search (rowid, name) VALUES (?, ?)');

  return ({ number, name, birthYear }) => {
    const sortKey = foldText(name);
    const before = findByNumber.get(number);
    if (before) {
      const id = Number(before['id']);
      if (before['name'] === name && before['birth_year'] === birthYear) {
        return { id, change: 'unchanged' };
      }
      update.run(name, birthYear, sortKey, id);
      deleteWords.run(id);
      insertWords.run(id, sortKey);
      return { id, change: 'updated' };
    }
    const id = Number(insert.get(number, name, birthYear, sortKey)?.['id']);
    insertWords.run(id, sortKey);
    return { id, change: 'added' };
  };
}

function createRemove(
  { db, events }: StoreContext,
  onCopyFree: (titleId: number) => void,
): Members['remove'] {
  const state = db.prepare(`
    SELECT
      EXISTS (SELECT 1 FROM loans WHERE member_id = m.id AND returned_on IS NULL) AS borrows,
      EXISTS (SELECT 1 FROM fines WHERE member_id = m.id AND paid_on IS NULL) AS owes
    FROM members m WHERE m.id = ?`);
  const held = db.prepare(
    'DELETE FROM reservations WHERE member_id = ? RETURNING title_id AS titleId',
  );
  const forgetLoans = db.prepare('UPDATE loans SET member_id = NULL WHERE member_id = ?');
  const forgetFines = db.prepare('UPDATE fines SET member_id = NULL WHERE member_id = ?');
  const deleteWords = db.prepare('DELETE FROM member_search WHERE rowid = ?');
  const remove = db.prepare('DELETE FROM members WHERE id = ?');

  return ({ memberId, staffId }) =>
    inTransaction(db, () => {
      const row = state.get(memberId);
      if (!row) return refuse('unknown-member');
      if (row['borrows'] === 1) return refuse('on-loan');
      if (row['owes'] === 1) return refuse('owes');
      const titles = held.all(memberId);
      forgetLoans.run(memberId);
      forgetFines.run(memberId);
      deleteWords.run(memberId);
      remove.run(memberId);
      for (const { titleId } of titles) onCopyFree(Number(titleId));
      events.record({ kind: 'member-removed', staffId });
      return { kind: 'removed' };
    });
}
