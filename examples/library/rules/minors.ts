/** Who is still a child to the library. It knows a year of birth and no more. */
import { civilDateOf } from './calendar.ts';

/** The earliest year of birth of somebody who may still be a minor, or turned 18 this year. */
export function oldestMinorBirthYear(now: Date): number {
  return Number(civilDateOf(now).slice(0, 4)) - 18;
}

/** Whether somebody born in this year may still be a minor: true until the year of their 18th birthday is over. */
export function maybeMinor(birthYear: number, now: Date): boolean {
  return birthYear >= oldestMinorBirthYear(now);
}
