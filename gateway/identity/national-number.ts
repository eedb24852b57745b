/**
 * The Belgian national number, YYMMDD SSS CC (card facts §5): what it says of birth date and sex.
 * It is read here and forgotten: nothing of it leaves but these two.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { BirthDate } from './age.ts';
import { createBirthDate } from './birth-date.ts';
import { createCivilDate, isCivilDate } from './civil-date.ts';

export type Sex = 'F' | 'M';

/** What a national number says. `sex` is absent for a bis number given before it was known. */
export interface NationalNumber {
  readonly birth: BirthDate;
  readonly sex: Sex | undefined;
}

/** Months of bis numbers are moved: by 20 where the sex was not known, by 40 where it was. */
const BIS_UNKNOWN_SEX = 20;
const BIS_KNOWN_SEX = 40;

/**
 * Parses 11 digits without separators. The check number alone decides the century: 19xx or 20xx. A
 * date that is partly unknown (zeros) or impossible becomes the interval it can stand for. Day
 * serials 000 and 999, which nobody is given, are taken: synthetic persons have them.
 * @throws {KidsIdError} IDENTITY_INVALID when it is not 11 digits or the check number fits no
 *   century
 */
export function parseNationalNumber(text: string): NationalNumber {
  if (!/^\d{11}$/.test(text)) throw new KidsIdError('IDENTITY_INVALID', 'not a national number');
  const century = findCentury(text);
  if (century === undefined) {
    throw new KidsIdError('IDENTITY_INVALID', 'check number of a national number is wrong');
  }
  const [yearOfCentury = 0, monthField = 0, day = 0] = (text.slice(0, 6).match(/../g) ?? []).map(
    Number,
  );
  const { month, isSexKnown } = readMonth(monthField);
  const isFemale = Number(text.slice(6, 9)) % 2 === 0;
  return {
    birth: readBirthDate({ century, yearOfCentury, month, day }),
    sex: isSexKnown ? (isFemale ? 'F' : 'M') : undefined,
  };
}

/** Tells whether a text is 11 digits whose check number fits a century. */
export function isNationalNumber(text: string): boolean {
  return /^\d{11}$/.test(text) && findCentury(text) !== undefined;
}

/** 2 000 000 000 is not a multiple of 97, so one century fits at most. */
function findCentury(text: string): 1900 | 2000 | undefined {
  const first = Number(text.slice(0, 9));
  const check = Number(text.slice(9));
  if (97 - (first % 97) === check) return 1900;
  return 97 - ((2_000_000_000 + first) % 97) === check ? 2000 : undefined;
}

function readMonth(field: number): { month: number; isSexKnown: boolean } {
  const isBis = (offset: number): boolean => field >= offset && field <= offset + 12;
  if (isBis(BIS_KNOWN_SEX)) return { month: field - BIS_KNOWN_SEX, isSexKnown: true };
  if (isBis(BIS_UNKNOWN_SEX)) return { month: field - BIS_UNKNOWN_SEX, isSexKnown: false };
  return { month: field, isSexKnown: true };
}

function readBirthDate(fields: {
  century: number;
  yearOfCentury: number;
  month: number;
  day: number;
}): BirthDate {
  const { century, yearOfCentury, month, day } = fields;
  const year = century + yearOfCentury;
  if (isCivilDate(year, month, day)) return createBirthDate(year, month, day);
  // All zeros: not even the year was known when the number was given
  if (yearOfCentury === 0 && month === 0) {
    return { earliest: createCivilDate(1900, 1, 1), latest: createCivilDate(9999, 12, 31) };
  }
  if (day === 0 && month >= 1 && month <= 12) return createBirthDate(year, month);
  // Month unknown, or a date that no calendar has: the year is all that can be believed
  return createBirthDate(year);
}
