/**
 * Everything the library remembers, in one SQLite file. Every function writes all of what it says or nothing, and it is
 * on the disk when the function returns.
 */

import { backUp } from './backup.ts';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import type { StoreContext } from './context.ts';
import { inTransaction, openDatabase } from './database.ts';
import { createEvents, type Events } from './events.ts';
import { createFines, type Fines } from './fines.ts';
import { createForms, type Forms } from './forms.ts';
import { createGuardians, type Guardians } from './guardians.ts';
import { createForgetOld } from './keep.ts';
import { createLinks, type Links } from './links.ts';
import { createLoans, type Loans } from './loans.ts';
import { createMembers, type Members } from './members.ts';
import { MIGRATIONS } from './migrations.ts';
import { createReservations, type Reservations } from './reservations.ts';
import { createStaff, type Staff } from './staff.ts';

/** The store. */
export interface Store {
  /** Path of the database: for a thread or program that opens a store of its own beside this one. */
  readonly file: string;
  readonly catalogue: Catalogue;
  readonly members: Members;
  readonly links: Links;
  readonly guardians: Guardians;
  readonly loans: Loans;
  readonly reservations: Reservations;
  readonly fines: Fines;
  readonly staff: Staff;
  readonly forms: Forms;
  readonly events: Events;
  /**
   * Does several things as one: all of their writes, or none when `action` throws. `action` is not a promise: nothing else
   * runs meanwhile, so keep it short or in pieces.
   */
  transaction<T>(action: () => T): T;
  /** Ends holds that are over and forgets what is past its time; run it at start and every hour. */
  tidy(): void;
  /** Copies the whole database to a new file while it is in use (store/backup.ts). */
  backUp(file: string): Promise<void>;
  close(): void;
}

/** Opens the library's database, brings its schema up to date, and returns the store. */
export function openStore(options: {
  /** Path of the SQLite file; it is made if it is not there. `:memory:` for a test. */
  readonly file: string;
  readonly now: () => Date;
}): Store {
  const { file, now } = options;
  const db = openDatabase({ file, migrations: MIGRATIONS });
  // What is forgotten is overwritten, not only unlinked.
  db.exec('PRAGMA secure_delete = ON');
  const context: StoreContext = { db, now, events: createEvents(db, now) };
  const reservations = createReservations(context);
  const catalogue = createCatalogue(context, reservations.holdForNext);
  const links = createLinks(context);
  const forgetOld = createForgetOld(context);
  return {
    file,
    catalogue,
    members: createMembers(context, reservations.holdForNext),
    links,
    guardians: createGuardians(context, links),
    loans: createLoans(context, catalogue, reservations.holdForNext),
    reservations,
    fines: createFines(context),
    staff: createStaff(context),
    forms: createForms(context),
    events: context.events,
    transaction: (action) => inTransaction(db, action),
    tidy() {
      reservations.expireHolds();
      forgetOld();
      // Else what was forgotten stays readable in the log of writes until it is full.
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    },
    backUp: (target) => backUp({ source: file, target }),
    close: () => db.close(),
  };
}
