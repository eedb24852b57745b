/** Copies a database while it is used: the copy is the state of one instant, complete, in a single file. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

/** In one go: with pauses, SQLite would begin again each time another process writes. 4 GiB at the usual page size. */
const PAGES_AT_ONCE = 1_000_000;

/**
 * Copies the database to a new file, readable by its owner only, and checks the copy.
 *
 * @throws {Error} When `source` is not there, `target` is there already, or the copy is not sound; then there is no target.
 */
export async function backUp({
  source,
  target,
}: {
  readonly source: string;
  readonly target: string;
}): Promise<void> {
  if (!existsSync(source)) throw new Error('There is no database to copy');
  if (existsSync(target)) throw new Error('The file is there already; nothing was copied');
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  closeSync(openSync(partial, 'ax', 0o600));
  try {
    const db = new DatabaseSync(source, { timeout: 5_000, readOnly: true });
    try {
      await backup(db, partial, { rate: PAGES_AT_ONCE });
    } finally {
      db.close();
    }
    checkCopy(partial);
    sync(partial);
    renameSync(partial, target);
    sync(dirname(target));
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function checkCopy(file: string): void {
  const copy = new DatabaseSync(file);
  try {
    // Not WAL as the original: then the copy is this one file, and nothing beside it.
    copy.exec('PRAGMA journal_mode = DELETE');
    const [result] = copy.prepare('PRAGMA integrity_check').all();
    if (result?.['integrity_check'] !== 'ok') throw new Error('The copy is not sound');
  } finally {
    copy.close();
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
