/** Text as people type it, made alike for searching and sorting: no accents, no capitals, no ligatures. */

/** What Unicode's decomposition (UAX #15) leaves as one letter, but people type as these. */
const SPELLED_OUT: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

/** Folds text: `L’Élève naïf, Straße` becomes `l’eleve naif, strasse`. Punctuation stays. */
export function foldText(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[ßæœøđðłþı]/g, (letter) => SPELLED_OUT[letter] ?? letter);
}

const MAX_WORDS = 8;

/**
 * The words of a search, folded; at most eight, the others count for nothing. Only letters and digits are left, so none
 * of them can be taken for an operator of the search index.
 */
export function parseSearchWords(text: string): string[] {
  const words = foldText(text.slice(0, 200)).match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, MAX_WORDS);
}
