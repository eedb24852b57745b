/**
 * The names of age claims: `age_over_NN` without a leading zero (ISO/IEC 18013-5 naming, design §8).
 * Scope and claim have the same name.
 */

export type AgeClaim = `age_over_${number}`;

/** The thresholds that clients may register, unless the operator lists others. */
export const AGE_THRESHOLDS: readonly number[] = [6, 9, 12, 13, 14, 16, 18, 21, 65];

const PREFIX = 'age_over_';

/** The claim, and the scope, of a threshold in years. */
export function ageClaim(threshold: number): AgeClaim {
  return `${PREFIX}${threshold}`;
}

/** Tells whether a scope asks for an age, be it one that exists or not. */
export function isAgeScope(scope: string): boolean {
  return scope.startsWith(PREFIX);
}
