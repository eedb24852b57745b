/**
 * Opening the SQLite file so that what was acknowledged stays written, bringing its schema up to date, and transactions.
 * It knows nothing of the tables.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** One step of the schema. It runs inside a transaction and must not end it. */
export type Migration = (db: DatabaseSync) => void;

/** How long a write waits for another process (a command, a backup) that is writing. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the database, makes it if it is not there, and applies the migrations that it has not seen yet.
 *
 * @param options.file Path of the file, or `:memory:`.
 * @param options.migrations All of them, in order: the nth leads to schema version n, which is kept as `PRAGMA
 * user_version`. Published ones never change; new ones are added at the end.
 * @throws {Error} When the file was written by a newer version of this program, or is not a database.
 */
export function openDatabase(options: {
  readonly file: string;
  readonly migrations: readonly Migration[];
}): DatabaseSync {
  const { file, migrations } = options;
  // Made here and not by SQLite, so that nobody else on the machine may read it; SQLite gives -wal and -shm the same mode.
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file, {
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: true,
    defensive: true,
  });
  try {
    db.exec('PRAGMA journal_mode = WAL');
    // FULL: a commit is on the disk before it is acknowledged, even when the power fails right after.
    db.exec('PRAGMA synchronous = FULL');
    migrate(db, migrations);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** The version of the schema in this file: the number of migrations applied to it. */
export function getSchemaVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
}

/**
 * Runs `action` in a transaction: all of its writes, or none when it throws or the process dies. Inside another
 * transaction it becomes part of that one, and a throw undoes only what this action wrote.
 */
export function inTransaction<T>(db: DatabaseSync, action: () => T): T {
  // IMMEDIATE takes the write lock first: what the action reads cannot change before it writes.
  const [begin, commit, rollback] = db.isTransaction
    ? [
        'SAVEPOINT inner_action',
        'RELEASE inner_action',
        'ROLLBACK TO inner_action; RELEASE inner_action',
      ]
    : ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'];
  db.exec(begin);
  try {
    const result = action();
    db.exec(commit);
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors (disk full).
    if (db.isTransaction) db.exec(rollback);
    throw error;
  }
}

function migrate(db: DatabaseSync, migrations: readonly Migration[]): void {
  if (getSchemaVersion(db) > migrations.length) {
    throw new Error('The database was written by a newer version of this program');
  }
  for (const [index, apply] of migrations.entries()) {
    inTransaction(db, () => {
      // Asked again inside the transaction: another process may have started at the same time.
      if (getSchemaVersion(db) !== index) return;
      apply(db);
      db.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}
