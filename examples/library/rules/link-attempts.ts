/**
 * How often somebody may guess at a library card. A number and a year of birth are no secret worth the name: few tries
 * make them one.
 */

/** Wrong tries within an hour, for one identity card. */
export const MAX_ATTEMPTS_PER_HOUR = 5;

/** Wrong tries within a day at one library card, by whomever: a family's cards together do not get further. */
export const MAX_ATTEMPTS_PER_NUMBER_AND_DAY = 10;

const HOUR_MS = 3_600_000;

/** Wrong tries older than this count for nothing and are forgotten. */
export const ATTEMPT_LIFETIME_MS = 24 * HOUR_MS;

/** How many more wrong tries an identity card has, after wrong ones at these moments. */
export function triesLeftFor(wrongAt: readonly Date[], now: Date): number {
  const recent = wrongAt.filter((at) => now.getTime() - at.getTime() < HOUR_MS);
  return Math.max(0, MAX_ATTEMPTS_PER_HOUR - recent.length);
}

/** Whether a library card was guessed at too often today to be linked anywhere but at the desk. */
export function isGuessedTooOften(wrongAt: readonly Date[], now: Date): boolean {
  const recent = wrongAt.filter((at) => now.getTime() - at.getTime() < ATTEMPT_LIFETIME_MS);
  return recent.length >= MAX_ATTEMPTS_PER_NUMBER_AND_DAY;
}
