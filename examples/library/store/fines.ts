/** What late books cost, in cents. A fine is written when the book comes back, and paid at the desk. */
import type { CivilDate } from '../rules/calendar.ts';
import { type Refused, refuse, type StoreContext, todayOf } from './context.ts';
import { inTransaction } from './database.ts';

export interface Fine {
  readonly id: number;
  readonly title: string;
  readonly cents: number;
  readonly finedOn: CivilDate;
  /** Null while it is open. */
  readonly paidOn: CivilDate | null;
}

/** The fines. */
export interface Fines {
  /** A member's fines, open ones first, then the latest. */
  listFor(memberId: number): Fine[];
  /** What a member still has to pay, in cents. */
  owedBy(memberId: number): number;
  /** Notes that a member paid a fine at the desk. */
  pay(options: {
    readonly fineId: number;
    readonly memberId: number;
    readonly staffId: number;
  }): { readonly kind: 'paid'; readonly cents: number } | Refused<'unknown-fine' | 'already-paid'>;
}

/** The fines in this database. */
export function createFines(context: StoreContext): Fines {
  const { db, events } = context;
  const select = db.prepare(`
    SELECT f.id, t.title, f.cents, f.fined_on AS finedOn, f.paid_on AS paidOn
    FROM fines f
    JOIN loans l ON l.id = f.loan_id
    JOIN copies c ON c.id = l.copy_id
    JOIN titles t ON t.id = c.title_id
    WHERE f.member_id = ? ORDER BY f.paid_on IS NOT NULL, f.id DESC`);
  const sum = db.prepare(
    'SELECT coalesce(sum(cents), 0) AS cents FROM fines WHERE member_id = ? AND paid_on IS NULL',
  );
  const find = db.prepare(
    'SELECT cents, paid_on AS paidOn FROM fines WHERE id = ? AND member_id = ?',
  );
  const update = db.prepare('UPDATE fines SET paid_on = ? WHERE id = ?');

  return {
    listFor: (memberId) => (select.all(memberId) as unknown as Fine[]).map((row) => ({ ...row })),
    owedBy: (memberId) => Number(sum.get(memberId)?.['cents']),
    pay: ({ fineId, memberId, staffId }) =>
      inTransaction(db, () => {
        const fine = find.get(fineId, memberId);
        if (!fine) return refuse('unknown-fine');
        if (fine['paidOn'] !== null) return refuse('already-paid');
        update.run(todayOf(context), fineId);
        events.record({ kind: 'fine-paid', memberId, staffId });
        return { kind: 'paid', cents: Number(fine['cents']) };
      }),
  };
}
