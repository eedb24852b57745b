/** Who does not want to read whom. Nobody is told that they are muted. */
import type { DatabaseSync } from 'node:sqlite';
import type { Author } from './messages.ts';

export interface Mutes {
  /** Adding one that is there already changes nothing. */
  add(accountId: number, mutedId: number): void;
  remove(accountId: number, mutedId: number): void;
  /** Whom this account muted. */
  list(accountId: number): Author[];
  /** Forgets whom this account muted. */
  clear(accountId: number): void;
}

/** The mutes in this database. */
export function createMutes(db: DatabaseSync): Mutes {
  const insert = db.prepare('INSERT OR IGNORE INTO mutes (account_id, muted_id) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM mutes WHERE account_id = ? AND muted_id = ?');
  const list = db.prepare(
    `SELECT a.id, a.handle, a.nickname FROM mutes m JOIN accounts a ON a.id = m.muted_id
     WHERE m.account_id = ? ORDER BY a.id`,
  );
  const clear = db.prepare('DELETE FROM mutes WHERE account_id = ?');
  return {
    add: (accountId, mutedId) => void insert.run(accountId, mutedId),
    remove: (accountId, mutedId) => void remove.run(accountId, mutedId),
    list: (accountId) =>
      list.all(accountId).map((row) => ({
        accountId: Number(row['id']),
        handle: String(row['handle']),
        nickname: Number(row['nickname']),
      })),
    clear: (accountId) => void clear.run(accountId),
  };
}
