/** What is kept how long. What no longer serves anybody is forgotten, every day. */
import { addDays } from '../rules/calendar.ts';
import { ATTEMPT_LIFETIME_MS } from '../rules/link-attempts.ts';
import { oldestMinorBirthYear } from '../rules/minors.ts';
import { type StoreContext, todayOf } from './context.ts';
import { inTransaction } from './database.ts';
import { FORM_USE_LIFETIME_MS } from './forms.ts';
import { STAFF_REQUEST_LIFETIME_MS } from './staff.ts';

/** A member's finished loans and paid fines, ended links and the log: a year. */
export const KEPT_DAYS = 365;

/** Forgets everything that is past its time. Returns a function that does so in one transaction. */
export function createForgetOld(context: StoreContext): () => void {
  const { db, now } = context;
  const byInstant = [
    ['DELETE FROM links WHERE ended_at < ?', KEPT_DAYS * 86_400_000],
    ['DELETE FROM guardians WHERE ended_at < ?', KEPT_DAYS * 86_400_000],
    ['DELETE FROM events WHERE at < ?', KEPT_DAYS * 86_400_000],
    ['DELETE FROM link_attempts WHERE at < ?', ATTEMPT_LIFETIME_MS],
    ['DELETE FROM form_uses WHERE used_at < ?', FORM_USE_LIFETIME_MS],
    ['DELETE FROM staff_requests WHERE asked_at < ?', STAFF_REQUEST_LIFETIME_MS],
  ] as const;
  const deletions = byInstant.map(([sql, keptMs]) => ({ statement: db.prepare(sql), keptMs }));
  // Without their member they still count in the chart, and say nothing about anybody.
  const forgetLoans = db.prepare(`
    UPDATE loans SET member_id = NULL WHERE returned_on < ? AND member_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM fines f WHERE f.loan_id = loans.id AND f.paid_on IS NULL)`);
  const forgetFines = db.prepare(
    'UPDATE fines SET member_id = NULL WHERE paid_on < ? AND member_id IS NOT NULL',
  );

  const forgetGuardians = db.prepare(`
    DELETE FROM guardians WHERE member_id IN (SELECT id FROM members WHERE birth_year < ?)`);

  return () =>
    inTransaction(db, () => {
      for (const { statement, keptMs } of deletions) {
        statement.run(new Date(now().getTime() - keptMs).toISOString());
      }
      const day = addDays(todayOf(context), -KEPT_DAYS);
      forgetLoans.run(day);
      forgetFines.run(day);
      forgetGuardians.run(oldestMinorBirthYear(now()));
    });
}
