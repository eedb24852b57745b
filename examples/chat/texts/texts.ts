/** Every sentence of the chat, in the four languages. Sentences only: no markup, no logic but the choice of language. */
import type { Language } from '../language.ts';
import { DE } from './de.ts';
import { EN, type Texts } from './en.ts';
import { FR } from './fr.ts';
import { NL } from './nl.ts';

export type { Texts } from './en.ts';

const TEXTS: Readonly<Record<Language, Texts>> = { nl: NL, fr: FR, de: DE, en: EN };

/** The sentences in one language. */
export function textsFor(language: Language): Texts {
  return TEXTS[language];
}

/** Puts values in place of the words in braces. Plain text in, plain text out: escaping comes after. */
export function fillIn(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
