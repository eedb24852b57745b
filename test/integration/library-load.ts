/**
 * Librarians and readers who use the example library all at once: they fill in the forms that stand on its pages, by
 * chance, and remember which were acknowledged. After the server went away they sign in again and send again, with the
 * same one-use number, the form that had no answer. TEST ONLY.
 */
import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { LOAN_DAYS } from '../../examples/library/rules/lending.ts';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import { openStore } from '../../examples/library/store/store.ts';
import type { Random } from '../fuzz/random.ts';
import { cardOf, subOf } from '../kit/examples/card-issuer.ts';
import type { ExampleStage } from '../kit/examples/example-stage.ts';
import {
  type FormBrowser,
  formsOf,
  openFormBrowser,
  type PageForm,
} from '../kit/examples/form-browser.ts';
import type { Crowd, Round } from '../kit/examples/rounds.ts';

/** A form that the library acknowledged. */
export interface AcknowledgedForm {
  readonly form: PageForm;
  /** What the next page said was done; undefined: the server was gone before. */
  told?: string;
}

/** What everybody knows about the library from outside: forms by their one-use number. */
export type LibraryLedger = Map<string, AcknowledgedForm>;

/** People at work. */
export interface LibraryCrowd extends Crowd {
  readonly ledger: LibraryLedger;
}

interface Somebody {
  readonly browser: FormBrowser;
  /** Where this person signs in, and where that leads. */
  readonly door: { readonly path: string; readonly end: RegExp };
  /** Pages with forms for this person. */
  readonly pages: readonly string[];
  /** Sent, and not answered. */
  open: PageForm | undefined;
  /** The one that was acknowledged last: an answer can get lost on the way. */
  last: PageForm | undefined;
}

const READERS = ['anna', 'bram', 'chloe'];
const LIBRARIANS = ['lies', 'marc'];
const MEMBERS = 6;
const TITLES = 7;

/** Every form of these is one deed. Logging out, linking and leaving are no part of this. */
const DEEDS = /\/(?:lend|return|renew|cancel|pay|pay-all|reserve)$/;

/**
 * Makes members, books (some lent long ago, so that they are late) and librarians, and people for them. The server must
 * not run.
 */
export function gatherLibraryCrowd(stage: ExampleStage, random: Random): LibraryCrowd {
  const { barcodes } = fillLibrary(stage);
  const desk = Array.from({ length: MEMBERS }, (_, index) => `/desk/members/${index + 1}`);
  const titles = Array.from({ length: TITLES }, (_, index) => `/titles/${index + 1}`);
  const somebody = (card: string, door: Somebody['door'], pages: readonly string[]): Somebody => {
    const browser = openFormBrowser(stage.origin);
    browser.card = card;
    return { browser, door, pages, open: undefined, last: undefined };
  };
  const people = [
    ...LIBRARIANS.map((name) =>
      somebody(cardOf(name, 40), { path: '/desk/login', end: /^\/desk$/ }, desk),
    ),
    ...READERS.map((name, index) =>
      somebody(cardOf(name, 9), { path: '/login', end: /^\/my\/\d+$/ }, [
        `/my/${index + 1}`,
        ...titles,
      ]),
    ),
  ];
  const ledger: LibraryLedger = new Map();
  return {
    ledger,
    size: people.length,
    work(round) {
      for (const person of people) {
        round.employ(() => fillInForms(person, { ledger, round, random, barcodes }));
      }
    },
    settle(round) {
      for (const person of people) {
        round.employ(async () => {
          await enter(person, ledger);
          round.acknowledge();
        });
      }
    },
  };
}

/** Turns the calendar for every second open loan, so that it is late. The server must not run. */
export function makeLoansLate(db: DatabaseSync): void {
  db.exec(`UPDATE loans SET lent_on = date(lent_on, '-40 days'), due_on = date(due_on, '-40 days')
           WHERE returned_on IS NULL AND id % 2 = 0`);
}

function fillLibrary({ databaseFile }: ExampleStage): { readonly barcodes: readonly string[] } {
  // Lent so long ago that what comes back is fined.
  const longAgo = new Date(Date.now() - (LOAN_DAYS + 9) * 86_400_000);
  const store = openStore({ file: databaseFile, now: () => longAgo });
  const barcodes: string[] = [];
  for (let title = 1; title <= TITLES; title += 1) {
    const { id } = store.catalogue.save({
      number: `T${title}`,
      title: `Invented title ${title}`,
      author: 'Nobody',
      year: 1900,
      language: 'en',
      forChildren: true,
      shelf: '',
    });
    store.catalogue.ensureCopies(id, title % 2 === 0 ? 2 : 1);
    barcodes.push(...store.catalogue.listCopies(id).map(({ barcode }) => barcode));
  }
  for (const name of LIBRARIANS) {
    store.staff.add(store.staff.requestCode(subOf(name, 'library-desk')));
  }
  for (let serial = 1; serial <= MEMBERS; serial += 1) {
    const number = numberFor('member', serial);
    const { id } = store.members.save({ number, name: `Invented ${serial}`, birthYear: 2017 });
    const [reader, barcode] = [READERS[serial - 1], barcodes[serial - 1]];
    if (reader) {
      store.links.linkAtDesk({ sub: subOf(reader, 'library'), memberId: id, staffId: 1 });
    }
    assert.ok(barcode);
    store.loans.lend({ barcode, memberId: id, staffId: 1 });
  }
  store.close();
  return { barcodes };
}

/** Signs in, and sends again what has no answer; and what has one, which may have got lost on the way. */
async function enter(person: Somebody, ledger: LibraryLedger): Promise<void> {
  const { browser, door } = person;
  const page = await browser.go(door.path);
  assert.match(page.url.pathname, door.end, `${browser.card}: ${page.status}`);
  if (person.last) await send(browser, person.last);
  if (person.open) await deliver(person, person.open, ledger);
}

async function fillInForms(
  person: Somebody,
  options: {
    readonly ledger: LibraryLedger;
    readonly round: Round;
    readonly random: Random;
    readonly barcodes: readonly string[];
  },
): Promise<void> {
  const { ledger, round, random, barcodes } = options;
  const { browser, pages } = person;
  await enter(person, ledger);
  while (!round.isOver) {
    const page = await browser.go(random.pick(pages));
    assert.equal(page.status, 200);
    const forms = formsOf(page.text).filter(({ action }) => DEEDS.test(action));
    if (forms.length === 0) continue;
    const chosen = random.pick(forms);
    const copy = chosen.fields['copy'] ?? random.pick(barcodes);
    const needsCopy = /\/(?:lend|return)$/.test(chosen.action);
    person.open = { ...chosen, fields: { ...chosen.fields, ...(needsCopy && { copy }) } };
    round.attempt();
    await deliver(person, person.open, ledger, random.below(4) === 0);
    round.acknowledge();
  }
}

/** Sends a form, at once twice for a double click, and reads on the next page what was done. */
async function deliver(
  person: Somebody,
  form: PageForm,
  ledger: LibraryLedger,
  isDoubleClick = false,
): Promise<void> {
  const { browser } = person;
  const [next] = await Promise.all([
    send(browser, form),
    ...(isDoubleClick ? [send(browser, form)] : []),
  ]);
  const token = form.fields['form'] ?? '';
  const acknowledged: AcknowledgedForm = { form };
  ledger.set(token, acknowledged);
  person.open = undefined;
  person.last = form;
  const { text } = await browser.go(next);
  const notice = /<div class="notice[^>]*>([\s\S]*?)<\/div>/.exec(text)?.[1];
  if (notice !== undefined) acknowledged.told = notice.replace(/<[^>]*>/g, ' ').trim();
}

/** Returns where the answer leads. */
async function send(browser: FormBrowser, form: PageForm): Promise<string> {
  const { status, location } = await browser.post(form);
  assert.equal(status, 303, form.action);
  assert.match(location ?? '', /^\/(?:my|titles|desk\/members)\/\d+$/, form.action);
  return location ?? '';
}
