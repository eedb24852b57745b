/** Days as a library counts them: civil dates in Belgium, without hours. */

/** A day, `YYYY-MM-DD`. Compares as text. */
export type CivilDate = string;

const MS_PER_DAY = 86_400_000;

const BRUSSELS_DAY = new Intl.DateTimeFormat('en', {
  timeZone: 'Europe/Brussels',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The day that it is in Brussels at this moment. */
export function civilDateOf(at: Date): CivilDate {
  const parts = new Map(BRUSSELS_DAY.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
}

/** The day so many days later; earlier when `days` is negative. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return new Date(Date.parse(date) + days * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Days from one day to another; negative when `to` is before `from`. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return (Date.parse(to) - Date.parse(from)) / MS_PER_DAY;
}

/** The first day of the month that begins so many months before this day's month. */
export function monthsBefore(date: CivilDate, months: number): CivilDate {
  const day = new Date(Date.parse(date));
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - months, 1))
    .toISOString()
    .slice(0, 10);
}
