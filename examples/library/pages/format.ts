/** Numbers, dates and money as each language writes them, in Belgium; and the filling in of sentences. */
import { type CivilDate, daysBetween } from '../rules/calendar.ts';
import type { Plural } from '../texts/plural.ts';
import type { Language } from '../texts/texts.ts';

/** The language as it is written in Belgium, such as `nl-BE`. */
export function localeOf(language: Language): string {
  return `${language}-BE`;
}

/** Puts values into a sentence: `Hello, {name}!`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The form of a sentence for this number, with the number in it. */
export function count(language: Language, plural: Plural, n: number): string {
  const form = new Intl.PluralRules(language).select(n) === 'one' ? plural.one : plural.other;
  return fill(form, { n: formatNumber(language, n) });
}

/** `1.234` in Dutch. */
export function formatNumber(language: Language, n: number): string {
  return new Intl.NumberFormat(localeOf(language)).format(n);
}

/** Cents as euros: `€ 1,20` in Dutch. */
export function formatMoney(language: Language, cents: number): string {
  const format = new Intl.NumberFormat(localeOf(language), { style: 'currency', currency: 'EUR' });
  return format.format(cents / 100);
}

/** A day of these weeks: `Saturday 28 November`. */
export function formatDate(language: Language, date: CivilDate): string {
  return formatParts(language, date, { weekday: 'long', day: 'numeric', month: 'long' });
}

/** A day with its year: `28 November 2026`. */
export function formatLongDate(language: Language, date: CivilDate): string {
  return formatParts(language, date, { day: 'numeric', month: 'long', year: 'numeric' });
}

/** How far a day is from today, in words: `tomorrow`, `in 5 days`. */
export function formatDistance(
  language: Language,
  { today, date }: { readonly today: CivilDate; readonly date: CivilDate },
): string {
  const format = new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'auto' });
  return format.format(daysBetween(today, date), 'day');
}

function formatParts(
  language: Language,
  date: CivilDate,
  parts: Intl.DateTimeFormatOptions,
): string {
  const format = new Intl.DateTimeFormat(localeOf(language), { ...parts, timeZone: 'UTC' });
  return format.format(new Date(`${date}T12:00:00Z`));
}
