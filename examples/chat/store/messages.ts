/** What the children wrote, room by room. */
import type { DatabaseSync } from 'node:sqlite';
import type { Child } from '../sign-in.ts';

/** A message, with what of its author others may know. */
export interface Message {
  /** Grows with time. */
  readonly id: number;
  /** The UUID that the author's page made. */
  readonly clientId: string;
  readonly room: Child['room'];
  readonly text: string;
  readonly sentAt: Date;
  /** Absent: shown. */
  readonly hiddenAt?: Date;
  readonly author: Author;
}

/** See `Account`. */
export interface Author {
  readonly accountId: number;
  readonly handle: string;
  readonly nickname: number;
}

export interface NewMessage {
  readonly clientId: string;
  readonly room: Child['room'];
  readonly accountId: number;
  readonly text: string;
  readonly sentAt: Date;
}

export interface Messages {
  find(id: number): Message | undefined;
  /** The message that this account sent with this UUID before. */
  findSent(accountId: number, clientId: string): Message | undefined;
  /** Stores a message. When this returns it is on the disk. Throws when the account sent this UUID before. */
  add(message: NewMessage): Message;
  /** The last messages of a room that are not hidden and not by an account that the reader muted, oldest first. */
  listLast(options: {
    readonly room: Child['room'];
    readonly readerId: number;
    readonly count: number;
  }): Message[];
  /** A message with up to `count` before and after it in its room, hidden ones too, oldest first: for moderators. */
  listAround(id: number, count: number): Message[];
  /** Hides a message for good. False when it is not there or was hidden before. */
  hide(id: number, now: Date): boolean;
  /**
   * Deletes the messages of an account; those that were reported are hidden instead, so that nobody can wipe away what a
   * moderator has to look at, or acted on. They go with their time.
   */
  deleteOf(accountId: number, now: Date): void;
  deleteSentBefore(before: Date): number;
}

const SELECT = `
  SELECT m.id, m.client_id, m.room, m.account_id, m.text, m.sent_at, m.hidden_at, a.handle, a.nickname
  FROM messages m JOIN accounts a ON a.id = m.account_id`;

/** The messages in this database. */
export function createMessages(db: DatabaseSync): Messages {
  const findById = db.prepare(`${SELECT} WHERE m.id = ?`);
  const findSent = db.prepare(`${SELECT} WHERE m.account_id = ? AND m.client_id = ?`);
  const insert = db.prepare(
    'INSERT INTO messages (client_id, room, account_id, text, sent_at) VALUES (?, ?, ?, ?, ?)',
  );
  const last = db.prepare(
    `${SELECT} WHERE m.room = ? AND m.hidden_at IS NULL
       AND m.account_id NOT IN (SELECT muted_id FROM mutes WHERE account_id = ?)
     ORDER BY m.id DESC LIMIT ?`,
  );
  const upTo = db.prepare(`${SELECT} WHERE m.room = ? AND m.id <= ? ORDER BY m.id DESC LIMIT ?`);
  const after = db.prepare(`${SELECT} WHERE m.room = ? AND m.id > ? ORDER BY m.id LIMIT ?`);
  const hide = db.prepare('UPDATE messages SET hidden_at = ? WHERE id = ? AND hidden_at IS NULL');
  const reported = 'SELECT message_id FROM reports';
  const hideReported = db.prepare(
    `UPDATE messages SET hidden_at = ?
     WHERE account_id = ? AND hidden_at IS NULL AND id IN (${reported})`,
  );
  const deleteOf = db.prepare(
    `DELETE FROM messages WHERE account_id = ? AND id NOT IN (${reported})`,
  );
  const deleteBefore = db.prepare('DELETE FROM messages WHERE sent_at < ?');
  const find = (id: number | bigint) => {
    const row = findById.get(id);
    return row && readMessage(row);
  };

  return {
    find,
    findSent(accountId, clientId) {
      const row = findSent.get(accountId, clientId);
      return row && readMessage(row);
    },
    add({ clientId, room, accountId, text, sentAt }) {
      const { lastInsertRowid } = insert.run(clientId, room, accountId, text, sentAt.getTime());
      const message = find(lastInsertRowid);
      if (!message) throw new Error('the message was not stored');
      return message;
    },
    listLast: ({ room, readerId, count }) =>
      last.all(room, readerId, count).map(readMessage).reverse(),
    listAround(id, count) {
      const room = find(id)?.room;
      if (room === undefined) return [];
      const before = upTo.all(room, id, count + 1).reverse();
      return [...before, ...after.all(room, id, count)].map(readMessage);
    },
    hide: (id, now) => hide.run(now.getTime(), id).changes === 1,
    deleteOf(accountId, now) {
      hideReported.run(now.getTime(), accountId);
      deleteOf.run(accountId);
    },
    deleteSentBefore: (before) => Number(deleteBefore.run(before.getTime()).changes),
  };
}

function readMessage(row: Readonly<Record<string, unknown>>): Message {
  const { hidden_at: hiddenAt } = row;
  return {
    id: Number(row['id']),
    clientId: String(row['client_id']),
    room: row['room'] === 'treetop' ? 'treetop' : 'nest',
    text: String(row['text']),
    sentAt: new Date(Number(row['sent_at'])),
    ...(typeof hiddenAt === 'number' && { hiddenAt: new Date(hiddenAt) }),
    author: {
      accountId: Number(row['account_id']),
      handle: String(row['handle']),
      nickname: Number(row['nickname']),
    },
  };
}
