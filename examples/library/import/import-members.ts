/** Members from a file: its columns, and how staged rows become members. */
import { foldText } from '../rules/fold.ts';
import { findNumber } from '../rules/numbers.ts';
import type { StoreContext } from '../store/context.ts';
import { type Columns, textColumn } from './columns.ts';
import { createStaging, type Staging } from './staging.ts';

/** A row of a file of members; the names are those of its columns. */
export interface MemberRow {
  /** The number of the library card. */
  readonly number: string;
  readonly name: string;
  readonly birth_year: number;
}

const FIRST_BIRTH_YEAR = 1900;

/** The columns of a file of members. */
export function memberColumns(thisYear: number): Columns<MemberRow> {
  return {
    number: {
      isRequired: true,
      read(value) {
        const number = findNumber('member', value);
        return number === undefined ? { kind: 'card-number' } : { value: number };
      },
    },
    name: textColumn({ isRequired: true, maxLength: 120 }),
    birth_year: {
      isRequired: true,
      read(value) {
        const year = Number(value);
        const isYear = /^[0-9]{4}$/.test(value) && year >= FIRST_BIRTH_YEAR && year <= thisYear;
        return isYear ? { value: year } : { kind: 'birth-year', limit: thisYear };
      },
    },
  };
}

const CREATE = `
  CREATE TEMP TABLE staged (
    row INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,
    name TEXT, birth_year INTEGER, sort_key TEXT,
    member_id INTEGER, change TEXT NOT NULL DEFAULT 'added'
  )`;

const COMPARE = `
  UPDATE temp.staged SET member_id = m.id, change = CASE
    WHEN (m.name, m.birth_year) = (staged.name, staged.birth_year)
    THEN 'unchanged' ELSE 'updated' END
  FROM members m WHERE m.number = staged.number AND staged.row BETWEEN :from AND :to`;

const APPLY = [
  `DELETE FROM member_search WHERE rowid IN (
    SELECT member_id FROM temp.staged WHERE change = 'updated' AND row BETWEEN :from AND :to)`,

  `INSERT INTO members (number, name, birth_year, sort_key)
    SELECT number, name, birth_year, sort_key
    FROM temp.staged WHERE change <> 'unchanged' AND row BETWEEN :from AND :to
    ON CONFLICT (number) DO UPDATE SET
      name = excluded.name, birth_year = excluded.birth_year, sort_key = excluded.sort_key`,

  `INSERT INTO member_search (rowid, name)
    SELECT m.id, s.sort_key FROM temp.staged s JOIN members m ON m.number = s.number
    WHERE s.change <> 'unchanged' AND s.row BETWEEN :from AND :to ORDER BY m.id`,
] as const;

/** Staging for one file of members, in a connection of its own. */
export function createMemberStaging({ db }: StoreContext): Staging<MemberRow> {
  return createStaging<MemberRow>(db, {
    create: CREATE,
    compare: COMPARE,
    apply: APPLY,
    toValues: ({ number, name, birth_year }) => ({
      number,
      name,
      birth_year,
      sort_key: foldText(name),
    }),
  });
}
