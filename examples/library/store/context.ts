/** What every part of the store works with, and the shapes of answers they share. */
import type { DatabaseSync } from 'node:sqlite';
import { type CivilDate, civilDateOf } from '../rules/calendar.ts';
import type { Events } from './events.ts';

/** Passed to each part of the store. */
export interface StoreContext {
  readonly db: DatabaseSync;
  /** The clock: everything that dates anything asks it. */
  readonly now: () => Date;
  readonly events: Events;
}

/** A write that a rule of the house forbids: nothing was changed, and the page says why. Plain data, as all answers are. */
export interface Refused<Reason extends string> {
  readonly kind: 'refused';
  readonly reason: Reason;
}

/** What happened to a row that was saved by its number. */
export type Change = 'added' | 'updated' | 'unchanged';

/** Today in Belgium. */
export function todayOf({ now }: Pick<StoreContext, 'now'>): CivilDate {
  return civilDateOf(now());
}

/** Makes a {@link Refused}. */
export function refuse<Reason extends string>(reason: Reason): Refused<Reason> {
  return { kind: 'refused', reason };
}
