/** Titles and members that anybody sees are invented, as many as wanted: for trying the library at the size of a town. */
import { numberFor } from '../rules/numbers.ts';

/** Above the numbers that a library hands out, so that invented members are never taken for real ones. */
const FIRST_SERIAL = 90_000_000;

/** The most there can be, by the digits of a library card. */
export const MAX_INVENTED = 1_000_000;

const BOOKS = [
  { language: 'nl', title: 'Proefboek', author: 'Proefschrijver' },
  { language: 'fr', title: 'Livre d’essai', author: 'Auteur d’essai' },
  { language: 'de', title: 'Probebuch', author: 'Probeautor' },
  { language: 'en', title: 'Test Book', author: 'Test Author' },
] as const;

const AUDIENCES = ['children', 'youth', 'adults'] as const;

/** The rows of a CSV file of titles, from the header on: `Proefboek 000001` and so on, in four languages. */
export function* inventTitles(count: number): Generator<string> {
  yield 'number,title,author,year,language,audience,shelf,copies';
  for (let n = 1; n <= count; n += 1) {
    const { language, title, author } = pick(BOOKS, n - 1);
    const audience = pick(AUDIENCES, Math.floor((n - 1) / BOOKS.length));
    const serial = String(n).padStart(6, '0');
    // Forty or so books by each author, and years that say nothing.
    const writer = `${author} ${1 + (n % Math.max(1, Math.ceil(count / 40)))}`;
    yield `PROEF-${serial},${title} ${serial},${writer},${1901 + (n % 100)},${language},${audience},PROEF ${1 + (n % 50)},${1 + (n % 3)}`;
  }
}

/** The rows of a CSV file of members, from the header on: `Testlid 1` and so on, of all ages. */
export function* inventMembers(count: number): Generator<string> {
  yield 'number,name,birth_year';
  for (let n = 1; n <= count; n += 1) {
    yield `${numberFor('member', FIRST_SERIAL + n)},Testlid ${n},${1940 + ((n * 7) % 80)}`;
  }
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}
