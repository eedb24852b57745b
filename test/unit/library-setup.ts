/** For the unit tests of the example library: a store in memory or in a file, a clock that the test turns, and a few rows. */
import type { DatabaseSync } from 'node:sqlite';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import { openStore, type Store } from '../../examples/library/store/store.ts';

/** A clock that stands still until it is turned. */
export interface TestClock {
  readonly now: () => Date;
  /** Turns it forward. */
  advance(by: { readonly days?: number; readonly minutes?: number }): void;
}

/** A clock at this moment. */
export function createClock(at: string): TestClock {
  let timeMs = Date.parse(at);
  return {
    now: () => new Date(timeMs),
    advance({ days = 0, minutes = 0 }) {
      timeMs += days * 86_400_000 + minutes * 60_000;
    },
  };
}

/** A library with two titles (two copies of the first, one of the second), three members and a librarian. */
export interface TestLibrary {
  readonly store: Store;
  readonly clock: TestClock;
  readonly titleId: number;
  readonly otherTitleId: number;
  /** Barcodes of the two copies of the first title, then of the copy of the second. */
  readonly barcodes: readonly [string, string, string];
  /** Ids of Anna (born 2017), Bram (born 2016) and Chloé (born 1980). */
  readonly anna: number;
  readonly bram: number;
  readonly chloe: number;
  readonly staffId: number;
}

/** The number of Anna's library card. */
export const ANNA_NUMBER = numberFor('member', 1);

/** Opens the test library on Monday, 2 March 2026, 10 o'clock in Brussels. */
export function openTestLibrary(file = ':memory:'): TestLibrary {
  const clock = createClock('2026-03-02T09:00:00Z');
  const store = openStore({ file, now: clock.now });
  const addMember = (serial: number, name: string, birthYear: number) =>
    store.members.save({ number: numberFor('member', serial), name, birthYear }).id;
  const addTitle = (number: string, title: string, author: string) =>
    store.catalogue.save({
      number,
      title,
      author,
      year: 1900,
      language: 'en',
      forChildren: true,
      shelf: 'EN J',
    }).id;
  const titleId = addTitle('T1', 'The Wonderful Wizard of Oz', 'L. Frank Baum');
  const otherTitleId = addTitle('T2', 'The Wind in the Willows', 'Kenneth Grahame');
  store.catalogue.ensureCopies(titleId, 2);
  store.catalogue.ensureCopies(otherTitleId, 1);
  store.staff.add(store.staff.requestCode('librarian'));
  return {
    store,
    clock,
    titleId,
    otherTitleId,
    barcodes: [numberFor('copy', 1), numberFor('copy', 2), numberFor('copy', 3)],
    anna: addMember(1, 'Anna Test', 2017),
    bram: addMember(2, 'Bram Test', 2016),
    chloe: addMember(3, 'Chloé Test', 1980),
    staffId: store.staff.find('librarian')?.id ?? 0,
  };
}

/** Every row of every table, but not the innards of the search index. */
export function dumpRows(db: DatabaseSync): Record<string, unknown[]> {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  const names = tables.all().map(({ name }) => String(name));
  const own = names.filter((name) => !/^sqlite_|_search/.test(name));
  return Object.fromEntries(own.map((name) => [name, db.prepare(`SELECT * FROM ${name}`).all()]));
}
