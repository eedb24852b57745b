/**
 * The claim `reverify_after`: the month from whose first day a site should ask for the card again. A
 * month and not a day, and the earliest of several reasons, so that it is no card's expiry date and no
 * birthday; but a site that reads it beside its age claims can learn the month of a birthday that
 * changes one of them, and the person is told of it (design §5).
 */
import type { CivilDate } from '../identity/civil-date.ts';

/**
 * The earliest `YYYY-MM` of
 * - so many months after today's: 2026-11-22 and 12 give 2027-11;
 * - the month after the last one in which the certificate is valid: until 2027-03-15 gives 2027-04;
 * - the first month that begins with one of the thresholds reached, which it was not today: born
 *   2014-02-10, 13 gives 2027-03; born 2014-02-01 it gives 2027-02. Without a birthday that is known
 *   to the day these do not count.
 *
 * All of them lie after this month, while the certificate is valid and the thresholds are not reached.
 */
export function reverifyMonth(options: {
  today: CivilDate;
  months: number;
  /** The last day on which it is valid. */
  certificateUntil: CivilDate;
  birthday: CivilDate | undefined;
  /** In years; those that the client learns and the person has not reached. */
  thresholds: readonly number[];
}): string {
  const { today, months, certificateUntil, birthday, thresholds } = options;
  const month = Math.min(
    monthOf(today) + months,
    monthOf(certificateUntil) + 1,
    ...(birthday === undefined ? [] : thresholds.map((years) => monthOfAge(birthday, years))),
  );
  const year = String(Math.floor(month / 12)).padStart(4, '0');
  return `${year}-${String((month % 12) + 1).padStart(2, '0')}`;
}

/** The first month that begins with that age reached; 29 February counts on 1 March either way. */
function monthOfAge(birthday: CivilDate, years: number): number {
  return monthOf(birthday) + 12 * years + (birthday.endsWith('-01') ? 0 : 1);
}

/** Counted from January of the year 0. */
function monthOf(date: CivilDate): number {
  const [year = 0, month = 0] = date.split('-').map(Number);
  return 12 * year + month - 1;
}
