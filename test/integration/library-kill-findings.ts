/**
 * Compares the example library's database with what people were told by it, and its tables with each other: every form
 * that was done says what it did, and the rows must be exactly those deeds. TEST ONLY.
 */
import type { DatabaseSync } from 'node:sqlite';
import { countIn, findDamage } from '../kit/examples/rounds.ts';
import type { LibraryLedger } from './library-load.ts';

/** A form that was done, as the library wrote it down. */
interface Deed {
  readonly token: string;
  /** Such as `lend 3000000015 4`. */
  readonly words: readonly string[];
  readonly result: unknown;
}

/** What a store's function returned; which members there are depends on the deed. */
interface Result {
  readonly kind?: string;
  readonly loanId?: number;
  readonly reservationId?: number;
  readonly fineCents?: number;
  readonly cents?: number;
}

/**
 * What is wrong with a database that nobody uses any more, a line for each thing; empty when nothing is.
 *
 * @param ledger Forms that were acknowledged before the database was as it is.
 */
export function findLibraryProblems(db: DatabaseSync, ledger: LibraryLedger): string[] {
  const deeds = readDeeds(db);
  return [
    ...findDamage(db),
    ...findLostForms(deeds, ledger),
    ...findLoanProblems(db, deeds),
    ...findMoneyProblems(db, deeds),
    ...findReservationProblems(db, deeds),
    ...findEventProblems(db, deeds),
    ...findTornRows(db),
  ];
}

function readDeeds(db: DatabaseSync): Deed[] {
  return db
    .prepare('SELECT token, form, result FROM form_uses')
    .all()
    .map(({ token, form, result }) => ({
      token: String(token),
      words: String(form).split(' '),
      result: JSON.parse(String(result)),
    }));
}

function resultOf({ result }: Deed): Result {
  return typeof result === 'object' && result !== null ? result : {};
}

function deedsWith(deeds: readonly Deed[], kind: string): readonly Deed[] {
  return deeds.filter((deed) => resultOf(deed).kind === kind);
}

/** What the page said after a deed, by how the deed ended. */
const TOLD: Readonly<Record<string, RegExp>> = {
  lent: /is lent until/,
  returned: /is back/,
  renewed: /until/,
  reserved: /reserved/i,
  paid: /^Paid/,
};

function findLostForms(deeds: readonly Deed[], ledger: LibraryLedger): string[] {
  const byToken = new Map(deeds.map((deed) => [deed.token, deed]));
  return [...ledger].flatMap(([token, { form, told }]) => {
    const deed = byToken.get(token);
    if (!deed) return [`lost: ${form.action} ${JSON.stringify(form.fields)} was acknowledged`];
    const expected = TOLD[resultOf(deed).kind ?? ''];
    if (told === undefined || !expected || expected.test(told)) return [];
    return [`changed: ${deed.words.join(' ')} was told as "${told}"`];
  });
}

function findLoanProblems(db: DatabaseSync, deeds: readonly Deed[]): string[] {
  const problems: string[] = [];
  const find = db.prepare(`
    SELECT c.barcode, l.member_id AS memberId, l.returned_on AS returnedOn
    FROM loans l JOIN copies c ON c.id = l.copy_id WHERE l.id = ?`);
  const lent = deedsWith(deeds, 'lent');
  for (const deed of lent) {
    const row = find.get(resultOf(deed).loanId ?? 0);
    const [, barcode, memberId] = deed.words;
    if (row?.['barcode'] !== barcode || String(row?.['memberId']) !== memberId) {
      problems.push(`lost: ${deed.words.join(' ')} is ${JSON.stringify(row)}`);
    }
  }
  const returned = deedsWith(deeds, 'returned');
  for (const deed of returned) {
    const row = find.get(resultOf(deed).loanId ?? 0);
    if (row?.['returnedOn'] == null) problems.push(`lost: ${deed.words.join(' ')}`);
  }
  // Each member had one book when it began.
  const loans =
    countIn(db, 'SELECT count(*) FROM loans') - countIn(db, 'SELECT count(*) FROM members');
  const back = countIn(db, 'SELECT count(*) FROM loans WHERE returned_on IS NOT NULL');
  const renewals = countIn(db, 'SELECT coalesce(sum(renewals), 0) FROM loans');
  return [
    ...problems,
    ...compare('loans', loans, idsOf(lent, 'loanId').size),
    ...compare('books that came back', back, idsOf(returned, 'loanId').size),
    ...compare('deeds that lent', lent.length, idsOf(lent, 'loanId').size),
    ...compare('deeds that took back', returned.length, idsOf(returned, 'loanId').size),
    ...compare('renewals', renewals, deedsWith(deeds, 'renewed').length),
  ];
}

function findMoneyProblems(db: DatabaseSync, deeds: readonly Deed[]): string[] {
  const fined = deedsWith(deeds, 'returned').filter((deed) => (resultOf(deed).fineCents ?? 0) > 0);
  const paidAll = deeds.filter(({ words }) => words[0] === 'pay' && words[1] === 'all');
  const paidCents = sum(deedsWith(deeds, 'paid').map((deed) => resultOf(deed).cents ?? 0));
  const wrong = countIn(
    db,
    `SELECT count(*) FROM loans l LEFT JOIN fines f ON f.loan_id = l.id
     WHERE l.returned_on IS NOT NULL AND coalesce(f.cents, 0) <>
       max(0, min(500, 10 * CAST(julianday(l.returned_on) - julianday(l.due_on) AS INTEGER)))`,
  );
  return [
    ...compare('fines', countIn(db, 'SELECT count(*) FROM fines'), fined.length),
    ...compare(
      'cents of fines',
      countIn(db, 'SELECT coalesce(sum(cents), 0) FROM fines'),
      sum(fined.map((deed) => resultOf(deed).fineCents ?? 0)),
    ),
    ...compare(
      'cents that were paid',
      countIn(db, 'SELECT coalesce(sum(cents), 0) FROM fines WHERE paid_on IS NOT NULL'),
      paidCents + sum(paidAll.map(({ result }) => Number(result))),
    ),
    ...compare('fines that are not what the days late cost', wrong, 0),
  ];
}

/** Each reservation was made by one deed; one that is gone was cancelled, or its member has got the book. */
function findReservationProblems(db: DatabaseSync, deeds: readonly Deed[]): string[] {
  const problems: string[] = [];
  const made = deedsWith(deeds, 'reserved');
  const rows = db.prepare('SELECT id FROM reservations').all();
  const known = idsOf(made, 'reservationId');
  const present = new Set(rows.map(({ id }) => Number(id)));
  for (const id of present) {
    if (!known.has(id)) problems.push(`doubled: reservation ${id} was made by no form`);
  }
  const cancelled = new Set(
    deeds
      .filter(({ words, result }) => words.includes('cancel') && result === true)
      .map(({ words }) => Number(words.at(-1))),
  );
  const gotIt = db.prepare(`
    SELECT 1 FROM loans l JOIN copies c ON c.id = l.copy_id
    WHERE c.title_id = ? AND l.member_id = ?`);
  for (const deed of made) {
    const id = resultOf(deed).reservationId ?? 0;
    const [, titleId = '', memberId = ''] = deed.words;
    if (present.has(id) && cancelled.has(id)) problems.push(`lost: the end of reservation ${id}`);
    if (present.has(id) || cancelled.has(id) || gotIt.get(titleId, memberId)) continue;
    problems.push(`lost: ${deed.words.join(' ')}`);
  }
  return [...problems, ...compare('deeds that reserved', made.length, known.size)];
}

/** The log has a line for each deed; the crowd's own beginnings are the first lines. */
function findEventProblems(db: DatabaseSync, deeds: readonly Deed[]): string[] {
  const members = countIn(db, 'SELECT count(*) FROM members');
  const count = (kind: string) => countIn(db, 'SELECT count(*) FROM events WHERE kind = ?', kind);
  const fined = countIn(db, 'SELECT count(*) FROM fines');
  const paid = countIn(db, 'SELECT count(*) FROM fines WHERE paid_on IS NOT NULL');
  const cancels = deeds.filter(({ words, result }) => words.includes('cancel') && result === true);
  return [
    ...compare('lines of lending', count('lent'), deedsWith(deeds, 'lent').length + members),
    ...compare('lines of taking back', count('returned'), deedsWith(deeds, 'returned').length),
    ...compare('lines of renewing', count('renewed'), deedsWith(deeds, 'renewed').length),
    ...compare('lines of reserving', count('reserved'), deedsWith(deeds, 'reserved').length),
    ...compare('lines of cancelling', count('reservation-cancelled'), cancels.length),
    ...compare('lines of fines', count('fined'), fined),
    ...compare('lines of payments', count('fine-paid'), paid),
  ];
}

/** Rows that must agree with each other, whatever was done. */
function findTornRows(db: DatabaseSync): string[] {
  const rules: Readonly<Record<string, string>> = {
    'copies lent twice': `SELECT count(*) FROM (SELECT copy_id FROM loans WHERE returned_on IS NULL
      GROUP BY copy_id HAVING count(*) > 1)`,
    'copies lent and kept ready': `SELECT count(*) FROM reservations r JOIN loans l
      ON l.copy_id = r.copy_id AND l.returned_on IS NULL`,
    'copies kept ready of another title': `SELECT count(*) FROM reservations r
      JOIN copies c ON c.id = r.copy_id WHERE c.title_id <> r.title_id`,
    'members with more than ten books': `SELECT count(*) FROM (SELECT member_id FROM loans
      WHERE returned_on IS NULL GROUP BY member_id HAVING count(*) > 10)`,
    'members who wait for a copy that is on the shelf': `SELECT count(*) FROM reservations r
      JOIN copies c ON c.title_id = r.title_id WHERE r.copy_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM loans l WHERE l.copy_id = c.id AND l.returned_on IS NULL)
      AND NOT EXISTS (SELECT 1 FROM reservations other WHERE other.copy_id = c.id)`,
  };
  return Object.entries(rules).flatMap(([name, sql]) => compare(name, countIn(db, sql), 0));
}

function idsOf(deeds: readonly Deed[], member: 'loanId' | 'reservationId'): Set<number> {
  return new Set(deeds.map((deed) => resultOf(deed)[member] ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function compare(what: string, stored: number, expected: number): string[] {
  if (stored === expected) return [];
  return [`${stored > expected ? 'doubled' : 'lost'}: ${what}: ${stored}, expected ${expected}`];
}
