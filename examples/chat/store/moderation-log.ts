/** What moderators did: numbers and instants, no names, no texts. */
import type { DatabaseSync } from 'node:sqlite';

export type ModerationAction = 'ban' | 'dismiss' | 'hide' | 'lift';

export interface ModerationEntry {
  readonly at: Date;
  readonly moderatorId: number;
  readonly action: ModerationAction;
  readonly accountId?: number;
  readonly messageId?: number;
}

export interface ModerationLog {
  add(entry: ModerationEntry): void;
  /** Newest first. */
  list(limit: number): ModerationEntry[];
  deleteBefore(before: Date): number;
}

/** The moderation log in this database. */
export function createModerationLog(db: DatabaseSync): ModerationLog {
  const insert = db.prepare(
    'INSERT INTO moderation_log (at, moderator_id, action, account_id, message_id) VALUES (?, ?, ?, ?, ?)',
  );
  const list = db.prepare('SELECT * FROM moderation_log ORDER BY id DESC LIMIT ?');
  const forget = db.prepare('DELETE FROM moderation_log WHERE at < ?');
  return {
    add: ({ at, moderatorId, action, accountId, messageId }) =>
      void insert.run(at.getTime(), moderatorId, action, accountId ?? null, messageId ?? null),
    list: (limit) => list.all(limit).map(readEntry),
    deleteBefore: (before) => Number(forget.run(before.getTime()).changes),
  };
}

const ACTIONS: readonly ModerationAction[] = ['ban', 'dismiss', 'hide', 'lift'];

function readEntry(row: Readonly<Record<string, unknown>>): ModerationEntry {
  const { account_id: accountId, message_id: messageId } = row;
  const action = ACTIONS.find((known) => known === row['action']);
  if (action === undefined) throw new Error('the log holds an unknown action');
  return {
    at: new Date(Number(row['at'])),
    moderatorId: Number(row['moderator_id']),
    action,
    ...(typeof accountId === 'number' && { accountId }),
    ...(typeof messageId === 'number' && { messageId }),
  };
}
