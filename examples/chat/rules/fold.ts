/**
 * Brings a text to plain small Latin letters, so that a rule about words need not know how they can be written. For
 * comparing only: what is stored and shown is the text as the child wrote it.
 */

/**
 * Folds case, diacritics, ligatures, letters that look alike in other scripts, and the styled letters of Unicode
 * (NFKD). Everything else stays: spaces, digits, signs.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}]/gu, '')
    .replaceAll(/[^\p{ASCII}]/gu, (letter) => LOOKALIKES[letter] ?? letter);
}

/** The same text, with digits and signs that stand for a letter replaced by it. `1` can be an i or an l. */
export function foldLeet(text: string, one: 'i' | 'l'): string {
  return text.replaceAll(/[013457890@$€!|+]/g, (sign) =>
    sign === '1' ? one : (LEET[sign] ?? sign),
  );
}

const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '€': 'e',
  '!': 'i',
  '|': 'i',
  '+': 't',
};

/** Letters that NFKD leaves whole, and Cyrillic and Greek ones that look like Latin ones. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ŧ: 't',
  ſ: 's',
  а: 'a',
  в: 'b',
  с: 'c',
  е: 'e',
  һ: 'h',
  і: 'i',
  ј: 'j',
  к: 'k',
  м: 'm',
  о: 'o',
  р: 'p',
  ѕ: 's',
  т: 't',
  у: 'y',
  х: 'x',
  α: 'a',
  ε: 'e',
  ι: 'i',
  κ: 'k',
  μ: 'u',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
};
