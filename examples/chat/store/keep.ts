/** How long the chat keeps what, and the job that deletes the rest. README.md tells parents the same. */
import type { Store } from './store.ts';

const DAY_MS = 86_400_000;

/** Messages, reports and the log from their date on; accounts, with all of theirs, from the last sign-in on. */
export const KEEP_DAYS = 30;

/** A ban for good is not needed longer: whoever got it at six is past the chat's age by then. */
const KEEP_BAN_DAYS = 7 * 366;

/** Deletes what is too old. Returns how many rows were, those that hang on an account not counted. */
export function deleteOld(store: Store, now: Date): number {
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const before = daysAgo(KEEP_DAYS);
  const deleted = store.transaction(
    () =>
      store.accounts.deleteUnseenSince(before) +
      store.messages.deleteSentBefore(before) +
      store.reports.deleteReportedBefore(before) +
      store.log.deleteBefore(before) +
      store.moderators.deleteAskedBefore(before) +
      store.bans.deleteOver({ now, madeBefore: daysAgo(KEEP_BAN_DAYS) }),
  );
  store.tidy();
  return deleted;
}
