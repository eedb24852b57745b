/** The titles that the example library brings along: shape, languages, and that nothing in them is beyond belief. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { readHeader, readRecord } from '../../examples/library/import/columns.ts';
import { createCsvReader } from '../../examples/library/import/csv.ts';
import { type TitleRow, titleColumns } from '../../examples/library/import/import-titles.ts';
import { foldText } from '../../examples/library/rules/fold.ts';

const bytes = readFileSync(new URL('../../examples/library/data/titles.csv', import.meta.url));

/** Printing began around it; works that are older have no year of publication here. */
const FIRST_YEAR = 1450;
/** All authors died before 1955, and their books came out in their lifetime or soon after. */
const LAST_YEAR = 1950;

function readTitles(): TitleRow[] {
  const columns = titleColumns(LAST_YEAR);
  const reader = createCsvReader();
  const [head, ...rows] = [...reader.write(bytes), ...reader.end()];
  assert.ok(head?.fields);
  const read = readHeader(head, columns);
  assert.ok('header' in read);
  return rows.map((row) => {
    assert.ok(row.fields, `row ${row.row}`);
    const result = readRecord(row, read.header, columns);
    assert.ok('record' in result, `row ${row.row}`);
    return result.record;
  });
}

describe('library titles', () => {
  const titles = readTitles();
  const countBy = (key: 'language' | 'audience') =>
    Object.fromEntries(
      Map.groupBy(titles, (title) => title[key])
        .entries()
        .map(([value, list]) => [value, list.length]),
    );

  it('has seven columns and about 300 rows or more, in the shape of RFC 4180', () => {
    const text = bytes.toString('utf8');
    assert.ok(text.startsWith('number,title,author,year,language,audience,shelf\r\n'));
    assert.ok(text.endsWith('\r\n') && !text.includes('\r\n\r\n'));
    assert.ok(titles.length >= 300 && titles.length <= 400);
  });

  it('has each number once, in a row, and each title of an author once', () => {
    assert.deepEqual(
      titles.map(({ number }) => number),
      titles.map((_, index) => `B${String(index + 1).padStart(4, '0')}`),
    );
    const works = titles.map(({ author, title }) => foldText(`${author}: ${title}`));
    assert.equal(new Set(works).size, works.length);
  });

  it('has books in four languages, at least sixty of each, and mostly for children and young people', () => {
    const languages = countBy('language');
    for (const language of ['nl', 'fr', 'de', 'en']) assert.ok(Number(languages[language]) >= 60);
    const { children = 0, youth = 0, adults = 0 } = countBy('audience');
    assert.ok(children >= 90 && children + youth > adults);
  });

  it('has years that a printed book can have, and few that nobody was sure of', () => {
    const years = titles.flatMap(({ year }) => (year === null ? [] : [year]));
    assert.ok(Math.min(...years) >= FIRST_YEAR && Math.max(...years) <= LAST_YEAR);
    assert.ok(years.length / titles.length > 0.9);
  });

  it('has no author who wrote for more than seventy years', () => {
    for (const [author, works] of Map.groupBy(titles, (title) => title.author)) {
      const years = works.flatMap(({ year }) => (year === null ? [] : [year]));
      if (years.length > 1) assert.ok(Math.max(...years) - Math.min(...years) <= 70, author);
    }
  });

  it('has texts as they are printed: one space between words, curly apostrophes, a shelf that fits', () => {
    for (const { title, author, shelf, language, audience } of titles) {
      assert.match(`${title}|${author}`, /^[\p{L}\p{N}’.,!?:()\- |]+$/u);
      const letter = audience === 'children' ? 'K' : audience === 'youth' ? 'J' : 'V';
      assert.match(shelf, new RegExp(`^${language.toUpperCase()} ${letter} [A-Z]{2,3}$`));
    }
  });

  it('has authors of Belgium in Dutch and in French', () => {
    const authors = new Set(titles.map(({ author }) => author));
    for (const author of [
      'Hendrik Conscience',
      'Felix Timmermans',
      'Guido Gezelle',
      'Paul van Ostaijen',
      'Maurice Maeterlinck',
      'Charles De Coster',
      'Émile Verhaeren',
      'Georges Rodenbach',
      'Neel Doff',
    ]) {
      assert.ok(authors.has(author), author);
    }
  });
});
