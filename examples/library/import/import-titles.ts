/**
 * Titles from a file: its columns, and how staged rows become titles. A file of 50 000 rows is written in SQL that takes
 * thousands of rows at once, ten times as fast as one `catalogue.save` after the other, and with the same result: the
 * shorter the transaction, the shorter everybody else's writes wait.
 */
import { foldText } from '../rules/fold.ts';
import { numberFor } from '../rules/numbers.ts';
import type { StoreContext } from '../store/context.ts';
import { createReservations } from '../store/reservations.ts';
import { type Column, type Columns, textColumn } from './columns.ts';
import { createStaging, type Staging } from './staging.ts';

/** A row of a file of titles; the names are those of its columns. */
export interface TitleRow {
  readonly number: string;
  readonly title: string;
  readonly author: string;
  readonly year: number | null;
  readonly language: string;
  readonly audience: string;
  readonly shelf: string;
  /** The library has at least so many; an import never takes a copy away. */
  readonly copies: number;
}

/** Who a book is for. The catalogue knows books for children, which are the first two, and others. */
export const AUDIENCES = ['children', 'youth', 'adults'] as const;

const TITLE_LANGUAGES = ['nl', 'fr', 'de', 'en'];

export const MAX_COPIES = 99;

/** The columns of a file of titles. */
export function titleColumns(thisYear: number): Columns<TitleRow> {
  return {
    number: {
      isRequired: true,
      read: (value) =>
        /^[A-Za-z0-9][A-Za-z0-9._/-]{0,19}$/.test(value) ? { value } : { kind: 'title-number' },
    },
    title: textColumn({ isRequired: true, maxLength: 300 }),
    author: textColumn({ isRequired: true, maxLength: 200 }),
    year: {
      isRequired: false,
      read(value) {
        if (value === '') return { value: null };
        const year = Number(value);
        const isYear = /^[0-9]{1,4}$/.test(value) && year >= 1 && year <= thisYear + 1;
        return isYear ? { value: year } : { kind: 'year', limit: thisYear + 1 };
      },
    },
    language: oneOf(TITLE_LANGUAGES, 'language'),
    audience: oneOf(AUDIENCES, 'audience'),
    shelf: textColumn({ isRequired: false, maxLength: 40 }),
    copies: {
      isRequired: false,
      read(value) {
        if (value === '') return { value: 1 };
        const copies = Number(value);
        const isCount = /^[0-9]{1,2}$/.test(value) && copies <= MAX_COPIES;
        return isCount ? { value: copies } : { kind: 'copies', limit: MAX_COPIES };
      },
    },
  };
}

function oneOf(values: readonly string[], kind: 'language' | 'audience'): Column<string> {
  return {
    isRequired: true,
    read: (raw) => {
      const value = raw.toLowerCase();
      return values.includes(value) ? { value } : { kind };
    },
  };
}

const CREATE = `
  CREATE TEMP TABLE staged (
    row INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,
    title TEXT, author TEXT, year INTEGER, language TEXT, for_children INTEGER, shelf TEXT,
    sort_key TEXT, author_key TEXT, copies INTEGER,
    title_id INTEGER, change TEXT NOT NULL DEFAULT 'added'
  )`;

const COMPARE = `
  UPDATE temp.staged SET title_id = t.id, change = CASE
    WHEN t.year IS staged.year
      AND (t.title, t.author, t.language, t.for_children, t.shelf)
        = (staged.title, staged.author, staged.language, staged.for_children, staged.shelf)
    THEN 'unchanged' ELSE 'updated' END
  FROM titles t WHERE t.number = staged.number AND staged.row BETWEEN :from AND :to`;

const COUNT_NEW_COPIES = `
  SELECT coalesce(sum(max(0, s.copies
    - (SELECT count(*) FROM copies c WHERE c.title_id = s.title_id))), 0) AS copies
  FROM temp.staged s`;

/** In this order, for the rows from `:from` to `:to` that were compared. */
const APPLY = [
  `DELETE FROM title_search WHERE rowid IN (
    SELECT title_id FROM temp.staged WHERE change = 'updated' AND row BETWEEN :from AND :to)`,

  `INSERT INTO titles (number, title, author, year, language, for_children, shelf, sort_key)
    SELECT number, title, author, year, language, for_children, shelf, sort_key
    FROM temp.staged WHERE change <> 'unchanged' AND row BETWEEN :from AND :to
    ON CONFLICT (number) DO UPDATE SET
      title = excluded.title, author = excluded.author, year = excluded.year,
      language = excluded.language, for_children = excluded.for_children,
      shelf = excluded.shelf, sort_key = excluded.sort_key`,

  `INSERT INTO title_search (rowid, title, author)
    SELECT t.id, s.sort_key, s.author_key FROM temp.staged s JOIN titles t ON t.number = s.number
    WHERE s.change <> 'unchanged' AND s.row BETWEEN :from AND :to ORDER BY t.id`,

  `WITH RECURSIVE
    counter (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM counter WHERE n < ${MAX_COPIES}),
    last (id) AS (SELECT coalesce(max(id), 0) FROM copies),
    lacking (title_id, n) AS MATERIALIZED (
      SELECT t.id, s.copies - (SELECT count(*) FROM copies c WHERE c.title_id = t.id)
      FROM temp.staged s JOIN titles t ON t.number = s.number
      WHERE s.row BETWEEN :from AND :to)
    INSERT INTO copies (id, barcode, title_id)
    SELECT id, copy_barcode(id), title_id FROM (
      SELECT (SELECT id FROM last) + row_number() OVER (ORDER BY lacking.title_id, counter.n) AS id,
        lacking.title_id AS title_id
      FROM lacking JOIN counter ON counter.n <= lacking.n)`,
] as const;

const SELECT_AWAITED = `
  SELECT DISTINCT r.title_id AS titleId
  FROM temp.staged s JOIN titles t ON t.number = s.number JOIN reservations r ON r.title_id = t.id
  WHERE r.copy_id IS NULL AND s.row BETWEEN :from AND :to`;

/** Staging for one file of titles, in a connection of its own. */
export function createTitleStaging(context: StoreContext): Staging<TitleRow> {
  const { db } = context;
  const { holdForNext } = createReservations(context);
  db.function('copy_barcode', { deterministic: true }, (id) => numberFor('copy', Number(id)));
  const staging = createStaging<TitleRow>(db, {
    create: CREATE,
    compare: COMPARE,
    apply: APPLY,
    toValues: ({ number, title, author, year, language, audience, shelf, copies }) => ({
      number,
      title,
      author,
      year,
      language,
      for_children: audience === 'adults' ? 0 : 1,
      shelf,
      sort_key: foldText(title),
      author_key: foldText(author),
      copies,
    }),
  });
  const countNewCopies = db.prepare(COUNT_NEW_COPIES);
  const selectAwaited = db.prepare(SELECT_AWAITED);
  return {
    ...staging,
    count: () => ({ ...staging.count(), copies: Number(countNewCopies.get()?.['copies']) }),
    apply(range) {
      staging.apply(range);
      // A copy that was added goes to whoever waits for the title.
      const awaited = selectAwaited.all({ from: range.from, to: range.to });
      for (const { titleId } of awaited) holdForNext(Number(titleId));
    },
  };
}
