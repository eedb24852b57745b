/**
 * Birth dates as intervals: how a date, a month and a year become one, and what two sources say
 * together.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { BirthDate } from './age.ts';
import { type CivilDate, createCivilDate, daysInMonth } from './civil-date.ts';

/**
 * The birth date of year, month and day; month 1 to 12 and day, or month and day, are absent where
 * they are not known.
 * @throws {RangeError} when there is no such day, month or year
 */
export function createBirthDate(year: number, month?: number, day?: number): BirthDate {
  return {
    earliest: createCivilDate(year, month ?? 1, day ?? 1),
    latest: createCivilDate(year, month ?? 12, day ?? daysInMonth(year, month ?? 12)),
  };
}

/**
 * Combines the birth date of the national number with that of the identity file: the days that both
 * allow. A full date in the number stays what it is; a partial one is narrowed by the file (design
 * §5).
 * @throws {KidsIdError} IDENTITY_INVALID when no day fits both
 */
export function combineBirthDates(ofNumber: BirthDate, ofFile: BirthDate): BirthDate {
  const earliest = lastOf(ofNumber.earliest, ofFile.earliest);
  const latest = firstOf(ofNumber.latest, ofFile.latest);
  if (earliest > latest) {
    throw new KidsIdError('IDENTITY_INVALID', 'birth dates of number and identity file differ');
  }
  return { earliest, latest };
}

function firstOf(left: CivilDate, right: CivilDate): CivilDate {
  if (left < right) return left;
  return right;
}

function lastOf(left: CivilDate, right: CivilDate): CivilDate {
  if (left < right) return right;
  return left;
}
