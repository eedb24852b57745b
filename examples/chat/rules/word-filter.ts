/**
 * Finds the words of a list in a text: whole words only, so that Scunthorpe is a town, but however they are dressed up
 * (`KÜT`, `k0t`, `kuuut`, `k.u.t`, `k u t`, `k*t`). A filter stops the careless; the report button is for the rest.
 */
import { foldLeet, foldText } from './fold.ts';

/** Says whether a text holds a word of the list. */
export type WordFilter = (text: string) => boolean;

/**
 * Creates a filter.
 *
 * @param words Words, and phrases of several words; case and diacritics do not matter. An entry without letters (an
 * emoji) is found anywhere.
 */
export function createWordFilter(words: Iterable<string>): WordFilter {
  const entries = [...words].map((word) => foldText(word).trim()).filter((word) => word !== '');
  const signs = entries.filter((entry) => !/[a-z]/.test(entry));
  const patterns = new Map<string, Runs[]>();
  const phrases = entries.filter((entry) => entry.includes(' '));
  const single = entries.filter((entry) => /[a-z]/.test(entry) && !entry.includes(' '));
  for (const word of [...single, ...phrases]) {
    const runs = splitRuns(word);
    patterns.set(runs.letters, [...(patterns.get(runs.letters) ?? []), runs]);
  }
  const longestPhrase = Math.max(1, ...phrases.map((phrase) => phrase.split(' ').length));

  const isListed = (candidate: string): boolean => {
    const runs = splitRuns(candidate);
    return (patterns.get(runs.letters) ?? []).some((listed) => isDrawnOut(runs, listed));
  };

  return (text) => {
    const folded = foldText(text);
    if (signs.some((sign) => folded.includes(sign))) return true;
    if (findStarred(folded).some((starred) => single.some((word) => starred.test(word))))
      return true;
    return (['i', 'l'] as const).some((one) => {
      const plain = splitAtSigns(folded, one);
      return [
        ...plain,
        ...splitAtSpaces(folded, one),
        ...joinSpacedOut(plain),
        ...joinNeighbours(plain, longestPhrase),
        ...undress(folded),
      ].some(isListed);
    });
  };
}

/** A word without its repeated letters, and how often each was there: `kuuut` is `kut` and 1, 3, 1. */
interface Runs {
  readonly letters: string;
  readonly lengths: readonly number[];
}

function splitRuns(word: string): Runs {
  const runs = word.match(/(.)\1*/gu) ?? [];
  return { letters: runs.map((run) => run[0]).join(''), lengths: runs.map((run) => run.length) };
}

/** Whether each letter is there at least as often as in the listed word: `kuuut` is `kut`, but Niger is no doubled g. */
function isDrawnOut({ lengths }: Runs, listed: Runs): boolean {
  return lengths.every((length, index) => length >= (listed.lengths[index] ?? 0));
}

/** Words between all that is no letter or digit. Digits stand for letters only beside one: 455 is a number. */
function splitAtSigns(folded: string, one: 'i' | 'l'): string[] {
  const words = folded.match(/[a-z0-9]+/g) ?? [];
  return words.map((word) => (/[a-z]/.test(word) ? foldLeet(word, one) : word));
}

/** `kut1` and `1kut`: without the digits at the ends; `kutkut`: once. */
function undress(folded: string): string[] {
  const words = (folded.match(/[a-z0-9]+/g) ?? []).map((word) => word.replace(/^\d+|\d+$/g, ''));
  return words.flatMap((word) => [word, word.replace(/^([a-z]{3,}?)\1+$/, '$1')]);
}

/** Words between spaces, with signs as letters (`$hit`), and other signs left out (`s.h.i.t`). */
function splitAtSpaces(folded: string, one: 'i' | 'l'): string[] {
  return folded
    .split(/\s+/)
    .filter((word) => /[a-z]/.test(word))
    .map((word) => word.replace(/^[^a-z0-9@$€+|]+|[^a-z0-9@$€+|]+$/g, ''))
    .map((word) => foldLeet(word, one).replaceAll(/[^a-z]/g, ''));
}

/** `k u t`: three single letters or more in a row, also with a word of one letter beside them (`a`, `y`). */
function joinSpacedOut(words: readonly string[]): string[] {
  const joined: string[] = [];
  let run = '';
  for (const word of [...words, '  ']) {
    if (word.length === 1) {
      run += word;
      continue;
    }
    if (run.length >= 3 && /[a-z]/.test(run)) {
      const letters = foldLeet(run, 'i');
      joined.push(letters, letters.slice(1), letters.slice(0, -1), letters.slice(1, -1));
    }
    run = '';
  }
  return joined.filter((letters) => letters.length >= 3);
}

/** Each two or more words that stand side by side, for the phrases. */
function joinNeighbours(words: readonly string[], longest: number): string[] {
  return words.flatMap((_, start) =>
    Array.from({ length: longest - 1 }, (_unused, more) =>
      words.slice(start, start + more + 2).join(' '),
    ),
  );
}

/** Words with a star inside, as patterns for the listed words: `k*t`. */
function findStarred(folded: string): RegExp[] {
  const starred = folded.match(/[a-z]+(?:\*+[a-z]+)+/g) ?? [];
  return starred.map((word) => {
    const parts = word
      .split(/(\*+)/)
      .map((part) => part.replace(/^\*+$/, `[a-z]{1,${part.length}}`));
    return new RegExp(`^${parts.join('')}$`);
  });
}
