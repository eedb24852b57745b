/** Accounts: one for each card (`sub`) that came in. They hold a nickname and dates, and nothing about the child. */
import { randomBytes, randomInt } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { NICKNAME_COUNT } from '../nickname.ts';
import type { Child } from '../sign-in.ts';
import { inTransaction } from './database.ts';
import type { Author } from './messages.ts';

/** A child's account. */
export interface Account {
  /** For moderators and the log. */
  readonly id: number;
  /** What other children's pages know the account by: 22 random characters, drawn anew by a reset. */
  readonly handle: string;
  readonly sub: string;
  /** Becomes words in `nickname.ts`. No two accounts have the same. */
  readonly nickname: number;
  /** The room at the last sign-in. */
  readonly band: Child['room'];
  readonly createdAt: Date;
  /** The last sign-in. */
  readonly seenAt: Date;
  /** The day on which a parent agreed, `YYYY-MM-DD`; absent: not yet. */
  readonly parentAgreedOn?: string;
  /** New nicknames drawn since `drawsSince`. */
  readonly draws: number;
  readonly drawsSince: Date;
  readonly resetAt?: Date;
}

export interface Accounts {
  find(id: number): Account | undefined;
  findBySub(sub: string): Account | undefined;
  findByHandle(handle: string): Account | undefined;
  /** Makes an account with a nickname that nobody has. */
  create(child: Child, now: Date): Account;
  /** Notes a sign-in of the account, and the room that it gave. */
  see(id: number, band: Child['room'], now: Date): void;
  /** How many were made at or after this instant. */
  countCreatedSince(since: Date): number;
  /** Notes the day on which a parent agreed, `YYYY-MM-DD`; undefined takes the agreement back. */
  setParentAgreement(id: number, day: string | undefined): void;
  /** Gives another nickname, and notes how many were drawn since when. */
  drawNickname(id: number, draws: { readonly count: number; readonly since: Date }): void;
  /** Makes the account look like a new one to others: another handle and nickname. Its messages are not touched. */
  renew(id: number, now: Date): void;
  /** Deletes the accounts not seen since, with all that hangs on them. Returns how many. */
  deleteUnseenSince(since: Date): number;
}

/** The accounts in this database. */
export function createAccounts(db: DatabaseSync): Accounts {
  const findById = db.prepare('SELECT * FROM accounts WHERE id = ?');
  const findBySub = db.prepare('SELECT * FROM accounts WHERE sub = ?');
  const findByHandle = db.prepare('SELECT * FROM accounts WHERE handle = ?');
  const insert = db.prepare(
    `INSERT INTO accounts (handle, sub, nickname, band, created_at, seen_at)
     VALUES (?, ?, ?, ?, ?, ?) RETURNING *`,
  );
  const see = db.prepare('UPDATE accounts SET band = ?, seen_at = ? WHERE id = ?');
  const countSince = db.prepare('SELECT count(*) AS n FROM accounts WHERE created_at >= ?');
  const agree = db.prepare('UPDATE accounts SET parent_agreed_on = ? WHERE id = ?');
  const draw = db.prepare(
    'UPDATE accounts SET nickname = ?, draws = ?, draws_since = ? WHERE id = ?',
  );
  const renew = db.prepare(
    'UPDATE accounts SET handle = ?, nickname = ?, reset_at = ? WHERE id = ?',
  );
  const forget = db.prepare('DELETE FROM accounts WHERE seen_at < ?');

  return {
    find: (id) => readAccount(findById.get(id)),
    findBySub: (sub) => readAccount(findBySub.get(sub)),
    findByHandle: (handle) => readAccount(findByHandle.get(handle)),
    create: ({ sub, room }, now) =>
      inTransaction(db, () => {
        const at = now.getTime();
        const row = insert.get(randomHandle(), sub, drawFreeNickname(db), room, at, at);
        const account = readAccount(row);
        if (!account) throw new Error('the account was not stored');
        return account;
      }),
    see: (id, band, now) => void see.run(band, now.getTime(), id),
    countCreatedSince: (since) => Number(countSince.get(since.getTime())?.['n']),
    setParentAgreement: (id, day) => void agree.run(day ?? null, id),
    drawNickname: (id, { count, since }) =>
      inTransaction(db, () => void draw.run(drawFreeNickname(db), count, since.getTime(), id)),
    renew: (id, now) =>
      inTransaction(
        db,
        () => void renew.run(randomHandle(), drawFreeNickname(db), now.getTime(), id),
      ),
    deleteUnseenSince: (since) => Number(forget.run(since.getTime()).changes),
  };
}

/** What others may know of an account. */
export function authorOf({ id, handle, nickname }: Account): Author {
  return { accountId: id, handle, nickname };
}

/** 128 bits: nobody comes upon another's by guessing. */
function randomHandle(): string {
  return randomBytes(16).toString('base64url');
}

/** One by chance of the names without a number, when those are all taken of those with a 2, and so on. */
function drawFreeNickname(db: DatabaseSync): number {
  const select = db.prepare('SELECT nickname FROM accounts WHERE nickname >= ? AND nickname < ?');
  for (let start = 0; ; start += NICKNAME_COUNT) {
    const rows = select.all(start, start + NICKNAME_COUNT);
    const taken = new Set(rows.map((row) => row['nickname']));
    const names = Array.from({ length: NICKNAME_COUNT }, (_, index) => start + index);
    const free = names.filter((name) => !taken.has(name));
    const chosen = free.length > 0 ? free[randomInt(free.length)] : undefined;
    if (chosen !== undefined) return chosen;
  }
}

function readAccount(row: Readonly<Record<string, unknown>> | undefined): Account | undefined {
  if (!row) return undefined;
  const { parent_agreed_on: agreedOn, reset_at: resetAt } = row;
  return {
    id: Number(row['id']),
    handle: String(row['handle']),
    sub: String(row['sub']),
    nickname: Number(row['nickname']),
    band: row['band'] === 'treetop' ? 'treetop' : 'nest',
    createdAt: new Date(Number(row['created_at'])),
    seenAt: new Date(Number(row['seen_at'])),
    ...(typeof agreedOn === 'string' && { parentAgreedOn: agreedOn }),
    draws: Number(row['draws']),
    drawsSince: new Date(Number(row['draws_since'])),
    ...(typeof resetAt === 'number' && { resetAt: new Date(resetAt) }),
  };
}
