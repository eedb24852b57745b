/**
 * Birth dates as intervals, because some are known in part only, the one question that is asked of
 * them, and the day on which it is asked.
 */
import { addYears, type CivilDate, createCivilDate } from './civil-date.ts';

/** The first and the last day on which the person can be born; equal where the date is known. */
export interface BirthDate {
  readonly earliest: CivilDate;
  readonly latest: CivilDate;
}

const MAX_THRESHOLD = 150;

const BRUSSELS = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Brussels',
  calendar: 'gregory',
  numberingSystem: 'latn',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/**
 * Tells whether a person has reached an age on a day: `true`, `false`, or `undefined` where the
 * birth date leaves it open. Someone born on 29 February reaches an age on 1 March of other years
 * (design §5). A birth after `today` is no birth: nothing is known then.
 * @throws {RangeError} when the threshold is not a whole number from 0 to 150
 */
export function ageOver(
  birth: BirthDate,
  threshold: number,
  today: CivilDate,
): boolean | undefined {
  if (!Number.isInteger(threshold) || threshold < 0 || threshold > MAX_THRESHOLD) {
    throw new RangeError('age threshold out of range');
  }
  if (birth.earliest > today) return undefined;
  const latest = birth.latest > today ? today : birth.latest;
  if (addYears(latest, threshold) <= today) return true;
  return addYears(birth.earliest, threshold) > today ? false : undefined;
}

/** The civil date in Europe/Brussels at an instant (design §5). */
export function brusselsDate(instant: Date): CivilDate {
  const parts = BRUSSELS.formatToParts(instant);
  const part = (type: string): number => Number(parts.find((found) => found.type === type)?.value);
  return createCivilDate(part('year'), part('month'), part('day'));
}
