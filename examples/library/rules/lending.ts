/** The house rules of lending: how long, how often renewed, what a late book costs. Pure. */
import { addDays, type CivilDate, daysBetween } from './calendar.ts';

/** Three weeks; a renewal adds as many. */
export const LOAN_DAYS = 21;
export const MAX_RENEWALS = 2;
/** How many books one member may have at home. */
export const MAX_LOANS = 10;
/** How many titles one member may have reserved. */
export const MAX_RESERVATIONS = 5;
/** How long a returned book waits on the shelf for whoever reserved it. */
export const HOLD_DAYS = 7;
export const FINE_CENTS_PER_DAY = 10;
export const MAX_FINE_CENTS = 500;

/** The last day on which a book lent on this day, or due on it and renewed, is in time. */
export function dueDateFor(from: CivilDate): CivilDate {
  return addDays(from, LOAN_DAYS);
}

/** Whole days after the due date; 0 in time. */
export function daysLate(dueOn: CivilDate, on: CivilDate): number {
  return Math.max(0, daysBetween(dueOn, on));
}

/** What a book brought back on this day costs, in cents: 10 for each day late, 500 at most. */
export function fineCentsFor(dueOn: CivilDate, on: CivilDate): number {
  return Math.min(daysLate(dueOn, on) * FINE_CENTS_PER_DAY, MAX_FINE_CENTS);
}

/** Why a loan cannot be renewed. `late`: bring it back first. */
export type RenewalRefusal = 'renewed-twice' | 'reserved' | 'late';

/** Whether a loan may be renewed today, and until when it would be. */
export type Renewal =
  | { readonly kind: 'possible'; readonly dueOn: CivilDate }
  | { readonly kind: 'refused'; readonly reason: RenewalRefusal };

/**
 * Decides on a renewal: at most twice, not when late, and not when somebody else waits for the title. Each adds
 * three weeks to the due date.
 */
export function decideRenewal(
  loan: {
    readonly dueOn: CivilDate;
    readonly renewals: number;
    readonly isReservedByOther: boolean;
  },
  today: CivilDate,
): Renewal {
  if (loan.isReservedByOther) return { kind: 'refused', reason: 'reserved' };
  if (loan.renewals >= MAX_RENEWALS) return { kind: 'refused', reason: 'renewed-twice' };
  if (today > loan.dueOn) return { kind: 'refused', reason: 'late' };
  return { kind: 'possible', dueOn: dueDateFor(loan.dueOn) };
}
