/** Titles and their copies, and the search over them. */

import type { CivilDate } from '../rules/calendar.ts';
import { foldText, parseSearchWords } from '../rules/fold.ts';
import { findNumber, numberFor } from '../rules/numbers.ts';
import type { Change, StoreContext } from './context.ts';
import { inTransaction } from './database.ts';

export type TitleLanguage = 'nl' | 'fr' | 'de' | 'en';

/** What the library writes down about a title. */
export interface TitleRecord {
  /** The library's own catalogue number, unique; an import finds the title by it. */
  readonly number: string;
  readonly title: string;
  readonly author: string;
  /** Of first publication; null when nobody knows. */
  readonly year: number | null;
  readonly language: TitleLanguage;
  readonly forChildren: boolean;
  /** Where it stands, such as `NL J FAN`; may be empty. */
  readonly shelf: string;
}

/** A title with what is there of it now. */
export interface Title extends TitleRecord {
  readonly id: number;
  readonly copies: number;
  /** Copies that anybody may take: neither lent nor held for somebody. */
  readonly onShelf: number;
  /** Members who wait for a copy. */
  readonly waiting: number;
}

/** One copy, and where it is. */
export interface Copy {
  readonly id: number;
  readonly barcode: string;
  readonly titleId: number;
  readonly title: string;
  readonly author: string;
  readonly state:
    | { readonly kind: 'on-shelf' }
    | {
        readonly kind: 'on-loan';
        readonly loanId: number;
        readonly memberId: number;
        readonly dueOn: CivilDate;
      }
    | { readonly kind: 'held'; readonly memberId: number; readonly until: CivilDate };
}

/** A search of the catalogue. */
export interface CatalogueQuery {
  /** What the visitor typed, as it came. Every word must begin a word of title or author; empty finds all. */
  readonly text?: string | undefined;
  readonly language?: TitleLanguage | undefined;
  /** True: children's books only. */
  readonly forChildren?: boolean | undefined;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

/** Titles and copies. */
export interface Catalogue {
  /** Best matches first; by title when no text is given. `total` counts all pages. */
  search(query: CatalogueQuery): { readonly titles: Title[]; readonly total: number };
  find(titleId: number): Title | undefined;
  /** All copies of a title, by barcode. */
  listCopies(titleId: number): Copy[];
  /** The copy with this barcode, as typed or scanned. */
  findCopy(typedBarcode: string): Copy | undefined;
  /** Adds or updates the title with this number. */
  save(record: TitleRecord): { readonly id: number; readonly change: Change };
  /** Adds copies, with barcodes of their own, until there are so many; never removes one. Returns how many were added. */
  ensureCopies(titleId: number, count: number): number;
}

interface TitleRow extends Omit<Title, 'forChildren'> {
  readonly forChildren: number;
}

interface CopyRow extends Omit<Copy, 'state'> {
  readonly loanId: number | null;
  readonly borrowerId: number | null;
  readonly dueOn: string | null;
  readonly holderId: number | null;
  readonly heldUntil: string | null;
}

const TITLE_COLUMNS = `
  t.id, t.number, t.title, t.author, t.year, t.language, t.for_children AS forChildren, t.shelf,
  (SELECT count(*) FROM copies c WHERE c.title_id = t.id) AS copies,
  (SELECT count(*) FROM copies c WHERE c.title_id = t.id
    AND NOT EXISTS (SELECT 1 FROM loans l WHERE l.copy_id = c.id AND l.returned_on IS NULL)
    AND NOT EXISTS (SELECT 1 FROM reservations r WHERE r.copy_id = c.id)) AS onShelf,
  (SELECT count(*) FROM reservations r WHERE r.title_id = t.id AND r.copy_id IS NULL) AS waiting`;

const SELECT_COPIES = `
  SELECT c.id, c.barcode, c.title_id AS titleId, t.title, t.author,
    l.id AS loanId, l.member_id AS borrowerId, l.due_on AS dueOn,
    r.member_id AS holderId, r.held_until AS heldUntil
  FROM copies c
  JOIN titles t ON t.id = c.title_id
  LEFT JOIN loans l ON l.copy_id = c.id AND l.returned_on IS NULL
  LEFT JOIN reservations r ON r.copy_id = c.id`;

/** The catalogue in this database. */
export function createCatalogue(
  { db }: StoreContext,
  onCopyFree: (titleId: number) => void,
): Catalogue {
  const findById = db.prepare(`SELECT ${TITLE_COLUMNS} FROM titles t WHERE t.id = ?`);
  const copiesOf = db.prepare(`${SELECT_COPIES} WHERE c.title_id = ? ORDER BY c.barcode`);
  const copyByBarcode = db.prepare(`${SELECT_COPIES} WHERE c.barcode = ?`);
  const countCopies = db.prepare('SELECT count(*) AS n FROM copies WHERE title_id = ?');
  const lastCopy = db.prepare('SELECT coalesce(max(id), 0) AS id FROM copies');
  const insertCopy = db.prepare('INSERT INTO copies (id, barcode, title_id) VALUES (?, ?, ?)');
  const save = createSave(db);

  return {
    search: createSearch(db),
    find(titleId) {
      const row = findById.get(titleId) as TitleRow | undefined;
      return row && toTitle(row);
    },
    listCopies(titleId) {
      return (copiesOf.all(titleId) as unknown as CopyRow[]).map(toCopy);
    },
    findCopy(typedBarcode) {
      const barcode = findNumber('copy', typedBarcode);
      if (barcode === undefined) return undefined;
      const row = copyByBarcode.get(barcode) as CopyRow | undefined;
      return row && toCopy(row);
    },
    save: (record) => inTransaction(db, () => save(record)),
    ensureCopies: (titleId, count) =>
      inTransaction(db, () => {
        const missing = Math.max(0, count - Number(countCopies.get(titleId)?.['n']));
        for (let added = 0; added < missing; added += 1) {
          const id = Number(lastCopy.get()?.['id']) + 1;
          insertCopy.run(id, numberFor('copy', id), titleId);
        }
        if (missing > 0) onCopyFree(titleId);
        return missing;
      }),
  };
}

function createSearch(db: StoreContext['db']): Catalogue['search'] {
  const filter = `(:language IS NULL OR t.language = :language)
    AND (:forChildren IS NULL OR t.for_children = :forChildren)`;
  const found = `FROM title_search s JOIN titles t ON t.id = s.rowid
    WHERE title_search MATCH :match AND ${filter}`;
  const all = `FROM titles t WHERE ${filter}`;
  const page = 'LIMIT :limit OFFSET :offset';
  // A word in the title weighs more than one in the author's name.
  const selectFound = db.prepare(
    `SELECT ${TITLE_COLUMNS} ${found} ORDER BY bm25(title_search, 3.0, 1.0), t.sort_key, t.id ${page}`,
  );
  const selectAll = db.prepare(`SELECT ${TITLE_COLUMNS} ${all} ORDER BY t.sort_key, t.id ${page}`);
  const countFound = db.prepare(`SELECT count(*) AS n ${found}`);
  const countAll = db.prepare(`SELECT count(*) AS n ${all}`);

  return ({ text = '', language, forChildren, page: pageNumber, pageSize }) => {
    const words = parseSearchWords(text);
    // Something was typed, but no letter or digit: nothing is called that.
    if (words.length === 0 && text.trim() !== '') return { titles: [], total: 0 };
    const filters = { language: language ?? null, forChildren: forChildren ? 1 : null };
    const window = { limit: pageSize, offset: (pageNumber - 1) * pageSize };
    const match = matchExpressionOf(words);
    const rows = match
      ? selectFound.all({ ...filters, ...window, match })
      : selectAll.all({ ...filters, ...window });
    const count = match ? countFound.get({ ...filters, match }) : countAll.get(filters);
    return { titles: (rows as unknown as TitleRow[]).map(toTitle), total: Number(count?.['n']) };
  };
}

function createSave(db: StoreContext['db']): Catalogue['save'] {
  const columns = 'title, author, year, language, for_children, shelf, sort_key';
  const findByNumber = db.prepare(`SELECT id, ${columns} FROM titles WHERE number = ?`);
  const insert = db.prepare(
    `INSERT INTO titles (${columns}, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  );
  const update = db.prepare(`UPDATE titles SET (${columns}) = (?, ?, ?, ?, ?, ?, ?) WHERE id = ?`);
  const deleteWords = db.prepare('DELETE FROM title_search WHERE rowid = ?');
  const insertWords = db.prepare(
    'INSERT INTO title_search (rowid, title, author) VALUES (?, ?, ?)',
  );

  return ({ number, title, author, year, language, forChildren, shelf }) => {
    const children = forChildren ? 1 : 0;
    const values = [title, author, year, language, children, shelf, foldText(title)] as const;
    const before = findByNumber.get(number);
    const id = Number(before?.['id'] ?? 0);
    if (before) {
      const [, ...old] = Object.values(before);
      if (old.every((value, index) => value === values[index])) return { id, change: 'unchanged' };
      update.run(...values, id);
      deleteWords.run(id);
      insertWords.run(id, foldText(title), foldText(author));
      return { id, change: 'updated' };
    }
    const newId = Number(insert.get(...values, number)?.['id']);
    insertWords.run(newId, foldText(title), foldText(author));
    return { id: newId, change: 'added' };
  };
}

/**
 * Words for FTS5's MATCH: each quoted, so that it is a word and never an operator, each a prefix, all of them wanted.
 * Undefined when there are none.
 */
export function matchExpressionOf(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.map((word) => `"${word}"*`).join(' ');
}

function toTitle({ forChildren, ...row }: TitleRow): Title {
  return { ...row, forChildren: forChildren === 1 };
}

function toCopy(row: CopyRow): Copy {
  const { id, barcode, titleId, title, author, loanId, borrowerId, dueOn } = row;
  const copy = { id, barcode, titleId, title, author };
  if (loanId !== null && borrowerId !== null && dueOn !== null) {
    return { ...copy, state: { kind: 'on-loan', loanId, memberId: borrowerId, dueOn } };
  }
  if (row.holderId !== null && row.heldUntil !== null) {
    return { ...copy, state: { kind: 'held', memberId: row.holderId, until: row.heldUntil } };
  }
  return { ...copy, state: { kind: 'on-shelf' } };
}
