/** The sentences of the desk's lists, chart and import, in the four languages. */
import { DATA_DE } from './data-de.ts';
import { DATA_EN, type DataTexts } from './data-en.ts';
import { DATA_FR } from './data-fr.ts';
import { DATA_NL } from './data-nl.ts';
import type { Language } from './texts.ts';

export type { DataTexts };

const TEXTS: Readonly<Record<Language, DataTexts>> = {
  nl: DATA_NL,
  fr: DATA_FR,
  de: DATA_DE,
  en: DATA_EN,
};

/** The sentences in one language. */
export function dataTextsFor(language: Language): DataTexts {
  return TEXTS[language];
}
