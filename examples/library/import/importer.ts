/**
 * One import: reads a file as it comes, says row by row what is wrong with it, says what it would change (a dry run), and
 * then does all of it or nothing. It works in a connection to the database of its own.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { civilDateOf } from '../rules/calendar.ts';
import type { StoreContext } from '../store/context.ts';
import { openDatabase } from '../store/database.ts';
import { createEvents } from '../store/events.ts';
import { MIGRATIONS } from '../store/migrations.ts';
import { type Columns, type Header, readHeader, readRecord } from './columns.ts';
import { type CsvRow, createCsvReader } from './csv.ts';
import { createMemberStaging, memberColumns } from './import-members.ts';
import { createTitleStaging, titleColumns } from './import-titles.ts';
import type { ImportProblem } from './problems.ts';
import type { ImportCounts, Staging } from './staging.ts';

export const IMPORT_KINDS = ['titles', 'members'] as const;

/** What a file holds. */
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** How far the reading is. */
export interface ReadingProgress {
  readonly rows: number;
  readonly problemCount: number;
}

/** What was found in a whole file. `counts` is absent when anything is wrong: then nothing of the file is imported. */
export interface ImportReport {
  readonly kind: ImportKind;
  /** Rows read, without the header and empty lines. */
  readonly rows: number;
  readonly counts?: ImportCounts;
  readonly problemCount: number;
  /** The first of them, in the order of the file. */
  readonly problems: readonly ImportProblem[];
  /** Columns that mean nothing here; their values are left out. */
  readonly ignoredColumns: readonly string[];
}

/** An import under way. */
export interface Importer {
  /** Reads the next bytes of the file, cut anywhere. */
  write(bytes: Uint8Array): ReadingProgress;
  /** Says that the file is complete, and what is in it. Nothing is changed yet. */
  check(): ImportReport;
  /**
   * Does it, in one transaction: everything, or nothing when it throws or the process dies. Other writers wait meanwhile.
   * Returns undefined, having changed nothing, when `isCancelled` said so between two slices.
   *
   * @throws {Error} When the check found problems, or was not made.
   */
  apply(options: {
    readonly staffId: number | undefined;
    readonly onProgress: (done: number, total: number) => void;
    readonly isCancelled: () => boolean;
  }): Promise<ImportCounts | undefined>;
  /** Gives the connection back; what is not done by then is not done. */
  close(): void;
}

/** Limits on a file. */
export const MAX_IMPORT_BYTES = 20 * 1024 * 1024;
const MAX_IMPORT_ROWS = 200_000;

/** How many problems are listed; beyond, they are only counted. */
const LISTED_PROBLEMS = 200;

/** Rows written between two looks at whether somebody cancelled. */
const SLICE_ROWS = 2_500;

/** Begins an import into the database in `file`. */
export function openImporter(options: {
  readonly file: string;
  readonly kind: ImportKind;
  readonly now: () => Date;
}): Importer {
  const { file, kind, now } = options;
  const db = openDatabase({ file, migrations: MIGRATIONS });
  try {
    db.exec('PRAGMA secure_delete = ON');
    const context: StoreContext = { db, now, events: createEvents(db, now) };
    const thisYear = Number(civilDateOf(now()).slice(0, 4));
    switch (kind) {
      case 'titles':
        return createImporter(context, kind, titleColumns(thisYear), createTitleStaging(context));
      case 'members':
        return createImporter(context, kind, memberColumns(thisYear), createMemberStaging(context));
    }
  } catch (error) {
    db.close();
    throw error;
  }
}

function createImporter<R>(
  context: StoreContext,
  kind: ImportKind,
  columns: Columns<R>,
  staging: Staging<R>,
): Importer {
  const { db } = context;
  const reader = createCsvReader();
  const findings = createFindings(columns, staging);
  let lastRow = 0;
  let isRight = false;

  const take = (rows: readonly CsvRow[]) => {
    // One transaction for the temporary table per piece of the file: many times as fast as one per row.
    db.exec('BEGIN');
    for (const row of rows) findings.take(row);
    db.exec('COMMIT');
  };

  return {
    write(bytes) {
      take(reader.write(bytes));
      return findings.progress();
    },
    check() {
      take(reader.end());
      const { header, lastRow: last, problems } = findings.finish();
      const { rows, problemCount } = findings.progress();
      lastRow = last;
      isRight = problemCount === 0;
      if (isRight) staging.compare({ from: 1, to: lastRow });
      return {
        kind,
        rows,
        problemCount,
        problems,
        ignoredColumns: header?.ignored ?? [],
        ...(isRight && { counts: staging.count() }),
      };
    },
    async apply(applyOptions) {
      if (!isRight) throw new Error('Only a file that was checked and is right can be imported');
      return applyAll({ ...context, staging, lastRow }, applyOptions);
    },
    close() {
      if (db.isOpen) db.close();
    },
  };
}

/** Reads rows into the staging table, and collects what is wrong. */
function createFindings<R>(columns: Columns<R>, staging: Staging<R>) {
  const problems: ImportProblem[] = [];
  let header: Header | undefined;
  let problemCount = 0;
  let rows = 0;
  let lastRow = 1;
  let isStopped = false;

  const add = (found: readonly ImportProblem[]) => {
    problemCount += found.length;
    problems.push(...found.slice(0, LISTED_PROBLEMS - problems.length));
  };
  const takeRecord = (row: number, fields: readonly string[], known: Header) => {
    const read = readRecord({ row, fields }, known, columns);
    if ('problems' in read) return add(read.problems);
    const firstRow = staging.add(row, read.record);
    if (firstRow === undefined) return;
    const number = fields[known.places.get('number') ?? -1] ?? '';
    add([{ row, kind: 'duplicate', column: 'number', value: number.trim(), firstRow }]);
  };

  return {
    take({ row, fields, fault }: CsvRow) {
      if (isStopped) return;
      lastRow = row;
      if (header) rows += 1;
      if (fault) {
        // Without a header the other rows mean nothing.
        isStopped = !header;
        return add([{ row, kind: fault }]);
      }
      if (rows > MAX_IMPORT_ROWS) {
        isStopped = true;
        return add([{ row, kind: 'too-many-rows', limit: MAX_IMPORT_ROWS }]);
      }
      if (header) return takeRecord(row, fields, header);
      const read = readHeader({ row, fields }, columns);
      if ('header' in read) {
        header = read.header;
        return;
      }
      isStopped = true;
      add(read.problems);
    },
    progress: (): ReadingProgress => ({ rows, problemCount }),
    finish() {
      if (rows === 0 && problemCount === 0) add([{ row: 1, kind: 'empty-file' }]);
      return { header, lastRow, problems };
    },
  };
}

async function applyAll<R>(
  options: StoreContext & { readonly staging: Staging<R>; readonly lastRow: number },
  { staffId, onProgress, isCancelled }: Parameters<Importer['apply']>[0],
): Promise<ImportCounts | undefined> {
  const { db, events, staging, lastRow } = options;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Once more: since the check, the desk may have changed something.
    staging.compare({ from: 1, to: lastRow });
    const counts = staging.count();
    for (let from = 1; from <= lastRow; from += SLICE_ROWS) {
      const to = Math.min(from + SLICE_ROWS - 1, lastRow);
      staging.apply({ from, to });
      onProgress(to, lastRow);
      await nextTurn();
      if (isCancelled()) {
        db.exec('ROLLBACK');
        return undefined;
      }
    }
    events.record({ kind: 'imported', staffId });
    db.exec('COMMIT');
    return counts;
  } catch (error) {
    // SQLite has rolled back by itself after some errors (disk full).
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
