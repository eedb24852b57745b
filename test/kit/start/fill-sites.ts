/**
 * What is in the example sites before anybody comes: a moderator in the chat; in the library a librarian, books, members,
 * and a year of loans. Written through the sites' own stores, before they start. TEST ONLY.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { openStore as openChatStore } from '../../../examples/chat/store/store.ts';
import { openImporter } from '../../../examples/library/import/importer.ts';
import { numberFor } from '../../../examples/library/rules/numbers.ts';
import {
  openStore as openLibraryStore,
  type Store,
} from '../../../examples/library/store/store.ts';
import { birthDateOf, findPerson } from '../persons.ts';

/** A member of the library who is one of the test persons, as the library wrote them down. */
export interface SeededMember {
  /** Of the test person. */
  readonly person: string;
  /** Of the library card. */
  readonly number: string;
  readonly birthYear: number;
}

const DAY_MS = 86_400_000;

const TITLES = join(import.meta.dirname, '../../../examples/library/data/titles.csv');

/** Who has a library card. The first number of each is the same in every library that is filled here. */
const MEMBERS: readonly string[] = ['emma', 'noah', 'elise', 'lina', 'arthur', 'karel'];

/** A book every ten days, brought back after one to three weeks. */
const PAST_LOANS = 33;

/** Who has a book at home, and since when; the second of Emma's is late. */
const OPEN_LOANS: readonly (readonly [member: string, daysAgo: number])[] = [
  ['emma', 5],
  ['emma', 31],
  ['noah', 12],
  ['elise', 19],
  ['arthur', 8],
];

/** Lets the moderator in: `sub` is what the chat will see of that card. Makes the chat's database where there is none. */
export function fillChat(options: { file: string; moderatorSub: string; now: Date }): void {
  const { file, moderatorSub, now } = options;
  const store = openChatStore(file);
  try {
    if (store.moderators.findAdded(moderatorSub)) return;
    const { code } = store.moderators.ask(moderatorSub, now);
    store.moderators.add(code, now);
  } finally {
    store.close();
  }
}

/**
 * Puts the librarian on the staff and, into a library without members, books, members and loans. `librarianSub` is what
 * the library will see of that card.
 */
export async function fillLibrary(options: {
  file: string;
  librarianSub: string;
  now: Date;
}): Promise<SeededMember[]> {
  const { file, librarianSub, now } = options;
  let clock = now;
  const store = openLibraryStore({ file, now: () => clock });
  try {
    const { staff, members } = store;
    if (!staff.find(librarianSub)) staff.add(staff.requestCode(librarianSub));
    const staffId = staff.find(librarianSub)?.id;
    if (staffId === undefined) throw new Error('the librarian is not on the staff');
    const isEmpty = MEMBERS.every((name) => !members.findByNumber(numberOf(name)));
    if (isEmpty) {
      await importTitles(file, now);
      store.transaction(() => {
        for (const name of MEMBERS) members.save(recordOf(name, now));
        for (const deed of planYear(store, staffId)) {
          clock = new Date(now.getTime() - deed.daysAgo * DAY_MS);
          deed.act();
        }
      });
    }
    return MEMBERS.flatMap((person) => {
      const member = members.findByNumber(numberOf(person));
      return member ? [{ person, number: member.number, birthYear: member.birthYear }] : [];
    });
  } finally {
    store.close();
  }
}

async function importTitles(file: string, now: Date): Promise<void> {
  const importer = openImporter({ file, kind: 'titles', now: () => now });
  try {
    for await (const bytes of createReadStream(TITLES)) importer.write(bytes as Uint8Array);
    const { problemCount } = importer.check();
    if (problemCount > 0) throw new Error('data/titles.csv has problems');
    await importer.apply({
      staffId: undefined,
      onProgress: () => undefined,
      isCancelled: () => false,
    });
  } finally {
    importer.close();
  }
}

/** What happened in the library in the year before today, in its order. */
function planYear(store: Store, staffId: number): { daysAgo: number; act: () => void }[] {
  const { catalogue, members, loans, reservations } = store;
  const books = catalogue
    .search({ forChildren: true, page: 1, pageSize: 100 })
    .titles.map(({ id }) => ({
      titleId: id,
      barcode: catalogue.listCopies(id)[0]?.barcode ?? '',
    }));
  const bookAt = (index: number) => {
    const book = books[index];
    if (!book) throw new Error('the library has too few books for children');
    return book;
  };
  const idOf = (name: string) => members.findByNumber(numberOf(name))?.id ?? 0;
  const lend = (index: number, name: string, daysAgo: number) => ({
    daysAgo,
    act: () => expect('lent', loans.lend({ ...bookAt(index), memberId: idOf(name), staffId })),
  });
  const past = Array.from({ length: PAST_LOANS }, (_, index) => {
    const daysAgo = 360 - 10 * index;
    const back = () => loans.takeBack({ ...bookAt(index), staffId });
    return [
      lend(index, MEMBERS[index % MEMBERS.length] ?? '', daysAgo),
      { daysAgo: daysAgo - 7 - ((5 * index) % 20), act: () => expect('returned', back()) },
    ];
  });
  const open = OPEN_LOANS.map(([name, daysAgo], index) => lend(PAST_LOANS + index, name, daysAgo));
  const { titleId } = bookAt(PAST_LOANS);
  const wait = () => reservations.reserve({ titleId, memberId: idOf('lina') });
  const waiting = { daysAgo: 1, act: () => expect('reserved', wait()) };
  return [...past.flat(), ...open, waiting].sort((a, b) => b.daysAgo - a.daysAgo);
}

function expect(kind: string, outcome: { readonly kind: string }): void {
  if (outcome.kind !== kind) throw new Error(`the library was to say ${kind}`);
}

function numberOf(name: string): string {
  return numberFor('member', 1 + MEMBERS.indexOf(name));
}

function recordOf(name: string, now: Date): { number: string; name: string; birthYear: number } {
  const person = findPerson(name);
  if (!person) throw new Error(`no person ${name}`);
  return {
    number: numberOf(name),
    name: `${person.givenNames} ${person.surname}`,
    birthYear: birthDateOf(person, now).year,
  };
}
