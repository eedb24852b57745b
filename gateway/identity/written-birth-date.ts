/**
 * The birth date as it is written in an identity file (card facts §3.4): `DD mmmm YYYY` or
 * `DD.mmm.YYYY`, months abbreviated in Dutch, French or German, day or day and month left out where
 * they are not known.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { BirthDate } from './age.ts';
import { createBirthDate } from './birth-date.ts';
import { isCivilDate } from './civil-date.ts';

/** Every abbreviation, January first. No two months share one, so the language need not be known. */
const MONTHS: readonly (readonly string[])[] = [
  ['JAN'],
  ['FEV', 'FÉV', 'FEB'],
  ['MARS', 'MAAR', 'MÄR', 'MAR', 'MÄRZ', 'MAERZ'],
  ['AVR', 'APR'],
  ['MAI', 'MEI'],
  ['JUIN', 'JUN'],
  ['JUIL', 'JUL'],
  ['AOUT', 'AOÛT', 'AOU', 'AOÛ', 'AUG'],
  ['SEPT', 'SEP'],
  ['OCT', 'OKT'],
  ['NOV'],
  ['DEC', 'DÉC', 'DEZ'],
];

const MONTH_OF: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((names, index) => names.map((name) => [name, index + 1] as const)),
);

/** Blanks and dots between the parts, as many as there are: short months are padded. */
const SEPARATORS = /[ .]+/;

/**
 * Parses a written birth date: a day, or the interval of the month or the year that is known.
 * @throws {KidsIdError} IDENTITY_INVALID for any other text, and for a day that does not exist
 */
export function parseWrittenBirthDate(text: string): BirthDate {
  const parts = text
    .normalize('NFC')
    .toUpperCase()
    .split(SEPARATORS)
    .filter((part) => part !== '');
  const yearText = parts.pop() ?? '';
  if (!/^\d{4}$/.test(yearText) || parts.length > 2) throw invalid();
  const year = Number(yearText);
  const monthText = parts.pop();
  const dayText = parts.pop();
  const month = monthText === undefined ? undefined : MONTH_OF.get(monthText);
  if (monthText !== undefined && month === undefined) throw invalid();
  if (dayText !== undefined && !/^\d{1,2}$/.test(dayText)) throw invalid();
  const day = dayText === undefined ? undefined : Number(dayText);
  if (!isCivilDate(year, month ?? 1, day ?? 1)) throw invalid();
  return createBirthDate(year, month, day);
}

function invalid(): KidsIdError {
  return new KidsIdError('IDENTITY_INVALID', 'birth date of an identity file is no date');
}
