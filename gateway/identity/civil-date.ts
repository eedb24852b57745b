/**
 * Days of the calendar as ISO 8601 texts, which compare as text. No time of day and no time zone.
 */

/** `YYYY-MM-DD`, a day that exists. Two of them compare with `<` and `>`. */
export type CivilDate = string & { readonly brand: 'CivilDate' };

/**
 * Creates a date from year (1 to 9999), month (1 to 12) and day.
 * @throws {RangeError} when there is no such day
 */
export function createCivilDate(year: number, month: number, day: number): CivilDate {
  if (!isCivilDate(year, month, day)) throw new RangeError('no such day');
  const text = `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
  return text as CivilDate;
}

/** Tells whether a day exists. */
export function isCivilDate(year: number, month: number, day: number): boolean {
  const isInRange = [year, month, day].every((part) => Number.isInteger(part) && part >= 1);
  return isInRange && year <= 9999 && month <= 12 && day <= daysInMonth(year, month);
}

/** Days of a month, 1 to 12, in the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** The same day so many years on; 29 February becomes 1 March where there is none (design §5). */
export function addYears(date: CivilDate, years: number): CivilDate {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return isCivilDate(year + years, month, day)
    ? createCivilDate(year + years, month, day)
    : createCivilDate(year + years, month + 1, 1);
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function twoDigits(part: number): string {
  return String(part).padStart(2, '0');
}
