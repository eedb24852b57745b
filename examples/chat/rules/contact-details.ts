/**
 * Finds what leads out of the chat: links, e-mail addresses, and rows of digits that could be a telephone number. Strict
 * on purpose, a child can say it another way; but counting, a year or a big round number is fine.
 */
import { foldText } from './fold.ts';

/** Ends of domains that are no everyday words. Any other is found when a path follows it. */
const DOMAINS =
  'app|be|biz|ch|chat|com|de|dev|eu|fr|gg|gle|info|io|lu|ly|mobi|net|nl|online|org|pl|ru|shop|site|tv|uk|vlaanderen|brussels|wtf|xyz';

const LINKS: readonly RegExp[] = [
  /\b[a-z][a-z0-9+.-]*:\/\//,
  /\bwww\s*[.,]/,
  new RegExp(`[\\p{L}\\p{N}]\\.(?:${DOMAINS})(?![\\p{L}\\p{N}])`, 'u'),
  /[\p{L}\p{N}]\s*\.\s*(?:com|org)\b|[\p{L}\p{N}]\s+\.(?:be|eu|gg|io|net|nl|tv)\b/u,
  /[\p{L}\p{N}-]+\.\p{L}{2,}\/\S/u,
  // "point de départ" is no domain.
  /[\p{L}\p{N}][\s([]*\b(?:dot|punt|point|punkt)[\s)\]]*\b(?:be|com|gg|net|nl|org)\b/u,
];

/** Of the ends of domains, those with which no sentence begins. */
const NEVER_FIRST = /^(?:be|biz|com|eu|gg|gle|io|lu|ly|nl|org|tv|uk|xyz)$/i;

/** Whether the text holds a link, or the name of a site. */
export function hasLink(text: string): boolean {
  // A full stop before a capital ends a sentence, also where the space is forgotten: "Ja.De hond", but not "Discord.Gg".
  const spaced = text.replaceAll(/\.(\p{Lu}\p{Ll}\p{L}*)(\/?)/gu, (whole, word: string, path) =>
    path !== '' || NEVER_FIRST.test(word) ? whole : `. ${word}`,
  );
  const folded = foldText(spaced);
  return LINKS.some((pattern) => pattern.test(folded));
}

const MAIL_ADDRESSES: readonly RegExp[] = [
  /[^\s@]\s*@\s*[^\s@]+\.\p{L}{2,}/u,
  /(?:@|\b(?:at|aapje|apenstaartje|arobase|klammeraffe)\b)[\s)\]]*(?:gmail|googlemail|hotmail|icloud|msn|outlook|protonmail|skynet|telenet|yahoo|gmx)\b/,
];

/** Whether the text holds an e-mail address. */
export function hasMailAddress(text: string): boolean {
  const folded = foldText(text);
  return MAIL_ADDRESSES.some((pattern) => pattern.test(folded));
}

/** As many as the shortest telephone number in Belgium and around it has, without its first zero. */
const PHONE_DIGITS = 8;

/** Whether the text holds digits, or words for digits, that could be a telephone number. */
export function hasPhoneNumber(text: string): boolean {
  const folded = foldText(text)
    .replaceAll(/\p{Nd}/gu, digitValue)
    .replaceAll(/[a-z]+/g, (word) => DIGIT_WORDS.get(word) ?? word);
  const rows = folded.match(/\d(?:[^\p{L}\p{N}]{0,3}\d)+/gu) ?? [];
  return rows.some(isPhoneLike);
}

function isPhoneLike(row: string): boolean {
  const digits = row.replaceAll(/\D/g, '');
  if (digits.length < PHONE_DIGITS) return false;
  // 10000000 and 99999999 are big numbers.
  if (/^(\d)(?:\1*|0*)$/.test(digits)) return false;
  return !COUNTING.some((counting) => counting.includes(digits)) && !isCountingInSteps(row);
}

const UP = Array.from({ length: 100 }, (_, index) => index);

/** Upwards and downwards, as children count. */
const COUNTING: readonly string[] = [UP.join(''), UP.toReversed().join('')];

/** 2 4 6 8 10, or 50 40 30 20 10. */
function isCountingInSteps(row: string): boolean {
  const numbers = (row.match(/\d+/g) ?? []).map(Number);
  const steps = numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0));
  const [first = 0] = steps;
  return steps.length >= 3 && Math.abs(first) <= 10 && steps.every((step) => step === first);
}

/** In Unicode the ten digits of a script stand side by side, zero first. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

/** Folded. */
const DIGIT_WORDS: ReadonlyMap<string, string> = new Map(
  [
    'nul een twee drie vier vijf zes zeven acht negen',
    'zero un deux trois quatre cinq six sept huit neuf',
    'null eins zwei drei vier funf sechs sieben acht neun',
    'zero one two three four five six seven eight nine',
  ].flatMap((words) => words.split(' ').map((word, digit) => [word, String(digit)] as const)),
);
