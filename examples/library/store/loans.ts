/** Lending, renewing, bringing back. A loan stays with the member, whatever card opens the member's page. */
import { type CivilDate, monthsBefore } from '../rules/calendar.ts';
import {
  daysLate,
  decideRenewal,
  dueDateFor,
  fineCentsFor,
  MAX_LOANS,
  type Renewal,
  type RenewalRefusal,
} from '../rules/lending.ts';
import type { Catalogue } from './catalogue.ts';
import { type Refused, refuse, type StoreContext, todayOf } from './context.ts';
import { inTransaction } from './database.ts';

/** A book that a member has at home. */
export interface OpenLoan {
  readonly id: number;
  readonly memberId: number;
  readonly titleId: number;
  readonly title: string;
  readonly author: string;
  readonly barcode: string;
  readonly lentOn: CivilDate;
  /** The last day in time. */
  readonly dueOn: CivilDate;
  readonly renewals: number;
  /** Whether it can be renewed today. */
  readonly renewal: Renewal;
  /** 0 in time. */
  readonly daysLate: number;
  /** What it would cost to bring it back today. */
  readonly fineCents: number;
}

/** A book that was brought back. */
export interface PastLoan {
  readonly id: number;
  readonly titleId: number;
  readonly title: string;
  readonly author: string;
  readonly lentOn: CivilDate;
  readonly returnedOn: CivilDate;
}

/** A line of the overdue list. */
export interface OverdueLoan extends OpenLoan {
  readonly memberNumber: string;
  readonly memberName: string;
}

/** The loans. */
export interface Loans {
  /**
   * Lends a copy, by its barcode as typed or scanned. It fulfils the member's own reservation of that title.
   * - `on-loan`: it is still written down with somebody; take it back first.
   * - `held`: it waits for another member who reserved it.
   * - `limit`: the member has ten books at home.
   */
  lend(options: {
    readonly barcode: string;
    readonly memberId: number;
    readonly staffId: number;
  }):
    | { readonly kind: 'lent'; readonly loanId: number; readonly dueOn: CivilDate }
    | Refused<'unknown-copy' | 'unknown-member' | 'on-loan' | 'held' | 'limit'>;
  /** Takes a copy back; writes the fine if it is late, and holds the copy for whoever waits first (`heldFor`, a member). */
  takeBack(options: { readonly barcode: string; readonly staffId: number }):
    | {
        readonly kind: 'returned';
        readonly loanId: number;
        readonly memberId: number;
        readonly daysLate: number;
        readonly fineCents: number;
        readonly heldFor: number | null;
      }
    | Refused<'unknown-copy' | 'not-on-loan'>;
  /** Renews a loan of this member. `unknown-loan`: none of theirs, or brought back. */
  renew(options: {
    readonly loanId: number;
    readonly memberId: number;
    readonly staffId?: number;
  }):
    | { readonly kind: 'renewed'; readonly dueOn: CivilDate }
    | Refused<RenewalRefusal | 'unknown-loan'>;
  /** A member's books, the one due first on top. */
  listOpen(memberId: number): OpenLoan[];
  /** What a member had, the latest first. */
  listPast(memberId: number, limit: number): PastLoan[];
  /** Everything late, the latest on top; by member among equals. */
  listOverdue(): OverdueLoan[];
  /** How many books were lent in each of the last months, this one included; oldest first, months without loans as 0. */
  countByMonth(months: number): { readonly month: string; readonly loans: number }[];
}

interface OpenLoanRow {
  readonly id: number;
  readonly memberId: number;
  readonly titleId: number;
  readonly title: string;
  readonly author: string;
  readonly barcode: string;
  readonly lentOn: CivilDate;
  readonly dueOn: CivilDate;
  readonly renewals: number;
  readonly isReserved: number;
  readonly memberNumber: string;
  readonly memberName: string;
}

const SELECT_OPEN = `
  SELECT l.id, l.member_id AS memberId, c.title_id AS titleId, t.title, t.author, c.barcode,
    l.lent_on AS lentOn, l.due_on AS dueOn, l.renewals,
    EXISTS (
      SELECT 1 FROM reservations r
      WHERE r.title_id = c.title_id AND r.copy_id IS NULL AND r.member_id <> l.member_id
    ) AS isReserved,
    m.number AS memberNumber, m.name AS memberName
  FROM loans l
  JOIN copies c ON c.id = l.copy_id
  JOIN titles t ON t.id = c.title_id
  JOIN members m ON m.id = l.member_id
  WHERE l.returned_on IS NULL`;

/** The loans in this database. `holdForNext` gives a copy that came back to whoever waits, and says to whom. */
export function createLoans(
  context: StoreContext,
  catalogue: Pick<Catalogue, 'findCopy'>,
  holdForNext: (titleId: number) => number | null,
): Loans {
  return {
    lend: createLend(context, catalogue),
    takeBack: createTakeBack(context, catalogue, holdForNext),
    renew: createRenew(context),
    ...createLists(context),
  };
}

function createLend(
  context: StoreContext,
  { findCopy }: Pick<Catalogue, 'findCopy'>,
): Loans['lend'] {
  const { db, events } = context;
  const countOpen = db.prepare(`
    SELECT (SELECT count(*) FROM loans WHERE member_id = m.id AND returned_on IS NULL) AS n
    FROM members m WHERE m.id = ?`);
  const insert = db.prepare(
    'INSERT INTO loans (copy_id, member_id, lent_on, due_on) VALUES (?, ?, ?, ?) RETURNING id',
  );
  const fulfil = db.prepare('DELETE FROM reservations WHERE title_id = ? AND member_id = ?');

  return ({ barcode, memberId, staffId }) =>
    inTransaction(db, () => {
      const copy = findCopy(barcode);
      if (!copy) return refuse('unknown-copy');
      const open = countOpen.get(memberId);
      if (!open) return refuse('unknown-member');
      if (copy.state.kind === 'on-loan') return refuse('on-loan');
      if (copy.state.kind === 'held' && copy.state.memberId !== memberId) return refuse('held');
      if (Number(open['n']) >= MAX_LOANS) return refuse('limit');
      const lentOn = todayOf(context);
      const dueOn = dueDateFor(lentOn);
      const loanId = Number(insert.get(copy.id, memberId, lentOn, dueOn)?.['id']);
      fulfil.run(copy.titleId, memberId);
      events.record({ kind: 'lent', memberId, staffId });
      return { kind: 'lent', loanId, dueOn };
    });
}

function createTakeBack(
  context: StoreContext,
  { findCopy }: Pick<Catalogue, 'findCopy'>,
  holdForNext: (titleId: number) => number | null,
): Loans['takeBack'] {
  const { db, events } = context;
  const end = db.prepare('UPDATE loans SET returned_on = ? WHERE id = ?');
  const fine = db.prepare(
    'INSERT INTO fines (loan_id, member_id, cents, fined_on) VALUES (?, ?, ?, ?)',
  );
  return ({ barcode, staffId }) =>
    inTransaction(db, () => {
      const copy = findCopy(barcode);
      if (!copy) return refuse('unknown-copy');
      if (copy.state.kind !== 'on-loan') return refuse('not-on-loan');
      const { loanId, memberId, dueOn } = copy.state;
      const today = todayOf(context);
      const fineCents = fineCentsFor(dueOn, today);
      end.run(today, loanId);
      events.record({ kind: 'returned', memberId, staffId });
      if (fineCents > 0) {
        fine.run(loanId, memberId, fineCents, today);
        events.record({ kind: 'fined', memberId, staffId });
      }
      const heldFor = holdForNext(copy.titleId);
      const late = daysLate(dueOn, today);
      return { kind: 'returned', loanId, memberId, daysLate: late, fineCents, heldFor };
    });
}

function createRenew(context: StoreContext): Loans['renew'] {
  const { db, events } = context;
  const find = db.prepare(`${SELECT_OPEN} AND l.id = ? AND l.member_id = ?`);
  const update = db.prepare('UPDATE loans SET due_on = ?, renewals = renewals + 1 WHERE id = ?');
  return ({ loanId, memberId, staffId }) =>
    inTransaction(db, () => {
      const row = find.get(loanId, memberId) as OpenLoanRow | undefined;
      if (!row) return refuse('unknown-loan');
      const renewal = renewalOf(row, todayOf(context));
      if (renewal.kind === 'refused') return renewal;
      update.run(renewal.dueOn, loanId);
      events.record({ kind: 'renewed', memberId, staffId });
      return { kind: 'renewed', dueOn: renewal.dueOn };
    });
}

function createLists(
  context: StoreContext,
): Pick<Loans, 'listOpen' | 'listPast' | 'listOverdue' | 'countByMonth'> {
  const { db } = context;
  const selectOpen = db.prepare(`${SELECT_OPEN} AND l.member_id = ? ORDER BY l.due_on, l.id`);
  const selectOverdue = db.prepare(
    `${SELECT_OPEN} AND l.due_on < ? ORDER BY l.due_on, m.sort_key, l.id`,
  );
  const selectPast = db.prepare(`
    SELECT l.id, c.title_id AS titleId, t.title, t.author, l.lent_on AS lentOn, l.returned_on AS returnedOn
    FROM loans l JOIN copies c ON c.id = l.copy_id JOIN titles t ON t.id = c.title_id
    WHERE l.member_id = ? AND l.returned_on IS NOT NULL ORDER BY l.returned_on DESC, l.id DESC LIMIT ?`);
  const count = db.prepare(`
    SELECT substr(lent_on, 1, 7) AS month, count(*) AS loans
    FROM loans WHERE lent_on >= ? GROUP BY month`);

  return {
    listOpen: (memberId) =>
      (selectOpen.all(memberId) as unknown as OpenLoanRow[]).map((row) =>
        toOpenLoan(row, todayOf(context)),
      ),
    listPast: (memberId, limit) =>
      (selectPast.all(memberId, limit) as unknown as PastLoan[]).map((row) => ({ ...row })),
    listOverdue() {
      const today = todayOf(context);
      return (selectOverdue.all(today) as unknown as OpenLoanRow[]).map((row) => ({
        ...toOpenLoan(row, today),
        memberNumber: row.memberNumber,
        memberName: row.memberName,
      }));
    },
    countByMonth(months) {
      const today = todayOf(context);
      const from = monthsBefore(today, months - 1);
      const rows = count.all(from) as unknown as { month: string; loans: number }[];
      const counts = new Map(rows.map(({ month, loans }) => [month, loans]));
      return Array.from({ length: months }, (_, index) => {
        const month = monthsBefore(today, months - 1 - index).slice(0, 7);
        return { month, loans: counts.get(month) ?? 0 };
      });
    },
  };
}

function toOpenLoan(row: OpenLoanRow, today: CivilDate): OpenLoan {
  const { isReserved: _reserved, memberNumber: _number, memberName: _name, ...loan } = row;
  return {
    ...loan,
    renewal: renewalOf(row, today),
    daysLate: daysLate(row.dueOn, today),
    fineCents: fineCentsFor(row.dueOn, today),
  };
}

function renewalOf(row: OpenLoanRow, today: CivilDate): Renewal {
  const { dueOn, renewals } = row;
  return decideRenewal({ dueOn, renewals, isReservedByOther: row.isReserved === 1 }, today);
}
