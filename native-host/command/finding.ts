/** What the doctor says about one thing, and the steps that find it out. */

/** The things that are looked at, in order. */
export const CHECKS = [
  'service',
  'readers',
  'card',
  'browser',
  'gateway-list',
  'gateway-connection',
  'gateway-key',
  'web-listener',
  'clock',
  'proxy',
  'other-software',
  'log',
] as const;
export type CheckName = (typeof CHECKS)[number];

/**
 * `ok`: as it should be. `notice`: no harm to a login, but worth knowing. `failed`: a login cannot work, or is not
 * safe. `skipped`: could not be looked at, because of what failed before.
 */
export type FindingState = 'ok' | 'notice' | 'failed' | 'skipped';

/** Nothing of it is personal: no name, number, certificate field or chip serial; home folders are `~`. */
export interface Finding {
  readonly check: CheckName;
  readonly state: FindingState;
  /** A sentence or two, in English. */
  readonly says: string;
  /** The same for programs. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

/** One look, with a deadline of its own. */
export interface Step {
  readonly check: CheckName;
  /** What is being done, for a person who waits. */
  readonly title: string;
  /** Ends early, or not, when the signal says so: nobody waits longer. */
  run(signal: AbortSignal): Promise<readonly Finding[]>;
}
