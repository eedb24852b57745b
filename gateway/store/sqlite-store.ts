/**
 * The store in one SQLite file, for one machine and any number of processes on it. Removed rows are
 * overwritten (secure_delete) and the write-ahead log is emptied at every sweep, so that nothing
 * about a person stays on the disk for longer than minutes.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { JsonObject, RowOptions, Store } from './store.ts';

const BUSY_TIMEOUT_MS = 5_000;
const SWEEP_INTERVAL_MS = 30_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (
    table_name TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    group_name TEXT,
    expires_at_ms INTEGER NOT NULL,
    consumed_at_ms INTEGER,
    PRIMARY KEY (table_name, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entries_by_expiry ON entries (expires_at_ms);
  CREATE INDEX IF NOT EXISTS entries_by_group ON entries (table_name, group_name)
    WHERE group_name IS NOT NULL;
`;

const REPLACE = `
  value = excluded.value, group_name = excluded.group_name,
  expires_at_ms = excluded.expires_at_ms, consumed_at_ms = NULL`;

/** A store whose expired rows can also be swept by hand. */
export interface SqliteStore extends Store {
  /** Removes expired rows from the disk. Runs by itself every 30 s. */
  sweep(): Promise<void>;
}

interface Row {
  readonly value: string;
  readonly consumedAtMs: number | null;
}

/**
 * Opens the store in the file `path`, made readable for its owner only when it is not there yet.
 * A writer waits up to 5 s for another process. `now` is the clock that rows expire by.
 */
export function openSqliteStore(options: { path: string; now: () => Date }): SqliteStore {
  const database = openDatabase(options.path);
  const sql = prepareStatements(database);
  const nowMs = () => options.now().getTime();
  const sweep = () => {
    sql.sweep.run(nowMs());
    // Another process may hold the log; the next sweep empties it then.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  };
  const timer = setInterval(() => {
    try {
      sweep();
    } catch {
      // No reader sees an expired row, so a sweep can wait for the next; a store that is broken
      // says so to whoever uses it.
    }
  }, SWEEP_INTERVAL_MS).unref();

  return {
    async put(table, key, value, expiresAt, { group }: RowOptions = {}) {
      sql.put.run(table, key, JSON.stringify(value), group ?? null, expiresAt.getTime());
    },
    async insert(table, key, value, expiresAt) {
      const text = JSON.stringify(value);
      return sql.insert.run(table, key, text, expiresAt.getTime(), nowMs()).changes === 1;
    },
    async find(table, key) {
      return decodeRow(sql.find.all(table, key, nowMs()));
    },
    async take(table, key) {
      return decodeRow(sql.take.all(table, key, nowMs()));
    },
    async consume(table, key) {
      const now = nowMs();
      return sql.consume.run(now, table, key, now).changes === 1;
    },
    async remove(table, key) {
      sql.remove.run(table, key);
    },
    async removeGroup(table, group) {
      sql.removeGroup.run(table, group);
    },
    async sweep() {
      sweep();
    },
    async close() {
      clearInterval(timer);
      database.close();
    },
  };
}

function openDatabase(path: string): DatabaseSync {
  // SQLite gives its log and shared-memory files the mode of the file itself.
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;',
  );
  database.exec(SCHEMA);
  return database;
}

/** Each method is one statement, hence one transaction: its condition and its write cannot be split. */
function prepareStatements(database: DatabaseSync) {
  const at = 'table_name = ? AND key = ?';
  const row = 'value, consumed_at_ms AS consumedAtMs';
  const into = 'INSERT INTO entries (table_name, key, value, group_name, expires_at_ms)';
  const replace = `ON CONFLICT (table_name, key) DO UPDATE SET ${REPLACE}`;
  return {
    put: database.prepare(`${into} VALUES (?, ?, ?, ?, ?) ${replace}`),
    insert: database.prepare(
      `${into} VALUES (?, ?, ?, NULL, ?) ${replace} WHERE entries.expires_at_ms <= ?`,
    ),
    find: database.prepare(`SELECT ${row} FROM entries WHERE ${at} AND expires_at_ms > ?`),
    take: database.prepare(
      `DELETE FROM entries WHERE ${at} AND expires_at_ms > ? RETURNING ${row}`,
    ),
    consume: database.prepare(
      `UPDATE entries SET consumed_at_ms = ?
       WHERE ${at} AND expires_at_ms > ? AND consumed_at_ms IS NULL`,
    ),
    remove: database.prepare(`DELETE FROM entries WHERE ${at}`),
    removeGroup: database.prepare('DELETE FROM entries WHERE table_name = ? AND group_name = ?'),
    sweep: database.prepare('DELETE FROM entries WHERE expires_at_ms <= ?'),
  };
}

function decodeRow(rows: readonly object[]): JsonObject | undefined {
  const [row] = rows as readonly Row[];
  if (!row) return undefined;
  const value = JSON.parse(row.value) as JsonObject;
  if (row.consumedAtMs === null) return value;
  return { ...value, consumed: Math.floor(row.consumedAtMs / 1_000) };
}
