/**
 * Every sentence that a person reads on the gateway's pages and in the extension's window, per
 * language. The English table gives the type, so a sentence that is missing elsewhere does not compile.
 */
import { LANGUAGES, type Language } from '../protocol/fields.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';

/** All sentences of one language. */
export type Texts = typeof en;

/** What went wrong: a sentence for a child of seven, and the next step for the adult beside it. */
export interface ErrorText {
  readonly child: string;
  readonly adult: string;
}

const TABLES: Readonly<Record<Language, Texts>> = { nl, fr, de, en };

/** The sentences of a language. */
export function textsFor(language: Language): Texts {
  return TABLES[language];
}

/**
 * The first of a person's preferences that there are sentences for, else Dutch.
 * @param preferences Language tags in order of preference (RFC 5646), such as `fr-BE`; case and
 *   region do not matter.
 */
export function pickLanguage(preferences: readonly string[]): Language {
  for (const preference of preferences) {
    const primary = preference.toLowerCase().split('-', 1)[0];
    const language = LANGUAGES.find((known) => known === primary);
    if (language) return language;
  }
  return 'nl';
}
