/**
 * Where the rows of a file wait until all of them are known to be right: a temporary table, which only its own connection
 * sees. It locks nothing, and is gone when the connection or the process ends.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** What an import does, or would do. */
export interface ImportCounts {
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Copies of books that are added; 0 for members. */
  readonly copies: number;
}

/** Rows by their place in the file, both included. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** The rows of one file. */
export interface Staging<R> {
  /** Adds a row. Returns the earlier row with the same number, if there is one: then nothing was added. */
  add(row: number, record: R): number | undefined;
  /** Looks up which rows are new, which differ, which are the same already. */
  compare(range: RowRange): void;
  /** Counts what was compared. */
  count(): ImportCounts;
  /** Writes rows that were compared, inside the caller's transaction. */
  apply(range: RowRange): void;
}

/** Makes the temporary table and the statements of one kind of file. The table is called `staged`. */
export function createStaging<R>(
  db: DatabaseSync,
  options: {
    readonly create: string;
    /** Sets `change` of the rows from `:from` to `:to`. */
    readonly compare: string;
    readonly apply: readonly string[];
    readonly toValues: (record: R) => Readonly<Record<string, SQLInputValue>>;
  },
): Staging<R> {
  const { create, toValues } = options;
  // In memory: members' names are not left behind in a file.
  db.exec(`PRAGMA temp_store = MEMORY; ${create}`);
  // A member who was found once may have left since.
  const reset = db.prepare(
    "UPDATE temp.staged SET change = 'added' WHERE change <> 'added' AND row BETWEEN :from AND :to",
  );
  const compare = db.prepare(options.compare);
  const applying = options.apply.map((sql) => db.prepare(sql));
  const firstRow = db.prepare('SELECT row FROM temp.staged WHERE number = ?');
  const count = db.prepare(`
    SELECT count(*) AS rows,
      count(*) FILTER (WHERE change = 'added') AS added,
      count(*) FILTER (WHERE change = 'updated') AS updated,
      count(*) FILTER (WHERE change = 'unchanged') AS unchanged,
      0 AS copies
    FROM temp.staged`);
  const insert = createInsert(db, toValues);

  return {
    add(row, record) {
      if (insert(row, record)) return undefined;
      return Number(firstRow.get(toValues(record)['number'] ?? null)?.['row']);
    },
    compare({ from, to }) {
      reset.run({ from, to });
      compare.run({ from, to });
    },
    count: () => ({ ...count.get() }) as unknown as ImportCounts,
    apply({ from, to }) {
      for (const statement of applying) statement.run({ from, to });
    },
  };
}

function createInsert<R>(
  db: DatabaseSync,
  toValues: (record: R) => Readonly<Record<string, SQLInputValue>>,
): (row: number, record: R) => boolean {
  let statement: ReturnType<DatabaseSync['prepare']> | undefined;
  return (row, record) => {
    const values = toValues(record);
    const names = Object.keys(values);
    statement ??= db.prepare(`
      INSERT OR IGNORE INTO temp.staged (row, ${names.join(', ')})
      VALUES (:row, ${names.map((name) => `:${name}`).join(', ')})`);
    return Number(statement.run({ ...values, row }).changes) === 1;
  };
}
