/** All that the chat keeps: one SQLite file. Every write is on the disk when its function returns. */
import { type Accounts, createAccounts } from './accounts.ts';
import { type Bans, createBans } from './bans.ts';
import { inTransaction, openDatabase } from './database.ts';
import { createMessages, type Messages } from './messages.ts';
import { MIGRATIONS } from './migrations.ts';
import { createModerationLog, type ModerationLog } from './moderation-log.ts';
import { createModerators, type Moderators } from './moderators.ts';
import { createMutes, type Mutes } from './mutes.ts';
import { createReports, type Reports } from './reports.ts';

export interface Store {
  readonly accounts: Accounts;
  readonly messages: Messages;
  readonly mutes: Mutes;
  readonly reports: Reports;
  readonly bans: Bans;
  readonly moderators: Moderators;
  readonly log: ModerationLog;
  /** Runs `work`: all that it writes, or nothing when it throws. It must not await. */
  transaction<T>(work: () => T): T;
  /** Brings the log of writes (`-wal`) into the file and empties it, so that deleted rows are gone there as well. */
  tidy(): void;
  close(): void;
}

/** Opens the file, making it when it is not there, and brings it to the newest schema. */
export function openStore(file: string): Store {
  const db = openDatabase({ file, migrations: MIGRATIONS });
  // What a child deleted is overwritten, not only unlinked.
  db.exec('PRAGMA secure_delete = ON');
  return {
    accounts: createAccounts(db),
    messages: createMessages(db),
    mutes: createMutes(db),
    reports: createReports(db),
    bans: createBans(db),
    moderators: createModerators(db),
    log: createModerationLog(db),
    transaction: (work) => inTransaction(db, work),
    tidy: () => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    close: () => db.close(),
  };
}
