/** The four languages of the chat. The sentences themselves are in the texts. */

export const LANGUAGES = ['nl', 'fr', 'de', 'en'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The language of this name, or undefined: for values that a visitor or browser sent. */
export function findLanguage(raw: unknown): Language | undefined {
  return LANGUAGES.find((language) => language === raw);
}
