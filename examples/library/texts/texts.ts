/** The languages of the library's pages, and the choice of their sentences. Readers and desk have sentences of their own. */
import { DE } from './de.ts';
import { DESK_DE } from './desk-de.ts';
import { DESK_EN, type DeskTexts } from './desk-en.ts';
import { DESK_FR } from './desk-fr.ts';
import { DESK_NL } from './desk-nl.ts';
import { EN, type Texts } from './en.ts';
import { FR } from './fr.ts';
import { NL } from './nl.ts';

export type { DeskTexts, Texts };

export const LANGUAGES = ['nl', 'fr', 'de', 'en'] as const;

export type Language = (typeof LANGUAGES)[number];

const TEXTS: Readonly<Record<Language, Texts>> = { nl: NL, fr: FR, de: DE, en: EN };

const DESK_TEXTS: Readonly<Record<Language, DeskTexts>> = {
  nl: DESK_NL,
  fr: DESK_FR,
  de: DESK_DE,
  en: DESK_EN,
};

/** The language of this name, or undefined: for values that a visitor or browser sent. */
export function findLanguage(raw: unknown): Language | undefined {
  return LANGUAGES.find((language) => language === raw);
}

/** The readers' sentences in one language. */
export function textsFor(language: Language): Texts {
  return TEXTS[language];
}

/** The desk's sentences in one language. */
export function deskTextsFor(language: Language): DeskTexts {
  return DESK_TEXTS[language];
}
