/** Instants and days as people in Belgium read them. */
import type { Language } from '../language.ts';

const LOCALES: Readonly<Record<Language, string>> = {
  nl: 'nl-BE',
  fr: 'fr-BE',
  de: 'de-BE',
  en: 'en-GB',
};

const TIME_ZONE = 'Europe/Brussels';

/** "Tuesday 3 March at 14:05", for a child: a moment to look forward to. */
export function formatMoment(at: Date, language: Language): string {
  return format(at, language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** "3 March 2026", of a civil date `YYYY-MM-DD`. */
export function formatCivilDate(day: string, language: Language): string {
  const noon = new Date(`${day}T12:00:00Z`);
  return format(noon, language, { day: 'numeric', month: 'long', year: 'numeric' });
}

/** "3 Mar 2026, 14:05", for moderators. */
export function formatInstant(at: Date, language: Language): string {
  return format(at, language, { dateStyle: 'medium', timeStyle: 'short' });
}

/** "14:05" of today, else "3 Mar, 14:05". The browser's script writes the same. */
export function formatMessageTime(at: Date, now: Date, language: Language): string {
  const time = format(at, language, { hour: '2-digit', minute: '2-digit' });
  const day = (instant: Date) => format(instant, language, { day: 'numeric', month: 'short' });
  return day(at) === day(now) ? time : `${day(at)}, ${time}`;
}

function format(at: Date, language: Language, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone: TIME_ZONE }).format(at);
}
