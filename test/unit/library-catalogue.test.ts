/** The example library's catalogue and members: saving and searching. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import type { TitleRecord } from '../../examples/library/store/catalogue.ts';
import { ANNA_NUMBER, openTestLibrary } from './library-setup.ts';

const TITLES: readonly TitleRecord[] = [
  title('F1', 'L’Élève Gilles', 'André Lafon', 'fr', false),
  title('F2', 'Œuvres choisies', 'Victor Hugo', 'fr', false),
  title('D1', 'Die Straße der Ölsardinen', 'Grete Groß', 'de', true),
  title('N1', 'Ot en Sien', 'Hindericus Scheepstra', 'nl', true),
  title('N2', 'Hugo de Groot', 'Jan Oz', 'nl', true),
];

function title(
  number: string,
  name: string,
  author: string,
  language: TitleRecord['language'],
  forChildren: boolean,
): TitleRecord {
  return { number, title: name, author, year: null, language, forChildren, shelf: '' };
}

function openFilled() {
  const library = openTestLibrary();
  for (const record of TITLES) library.store.catalogue.save(record);
  const search = (text: string, more: object = {}) =>
    library.store.catalogue
      .search({ text, page: 1, pageSize: 10, ...more })
      .titles.map(({ number }) => number);
  return { ...library, search };
}

test('finds by the beginnings of words, without accents or capitals, in title and author', () => {
  const { search } = openFilled();
  assert.deepEqual(search('eleve'), ['F1']);
  assert.deepEqual(search('ÉLÈ gil'), ['F1']);
  assert.deepEqual(search('oeuvre'), ['F2']);
  assert.deepEqual(search('strass'), ['D1']);
  assert.deepEqual(search('grosz'), []);
  assert.deepEqual(search('gross ol'), ['D1']);
  assert.deepEqual(search('kenneth'), ['T2']);
  assert.deepEqual(search('lève'), []);
});

test('a word in the title comes before one in the author', () => {
  const { search } = openFilled();
  assert.deepEqual(search('hugo'), ['N2', 'F2']);
  assert.deepEqual(search('oz'), ['T1', 'N2']);
});

test('all words must be there', () => {
  const { search } = openFilled();
  assert.deepEqual(search('hugo groot'), ['N2']);
  assert.deepEqual(search('hugo willows'), []);
});

test('what is an operator to the search index is text to a reader (SQLite FTS5 §3)', () => {
  const { search } = openFilled();
  for (const text of [
    '"',
    '""',
    "'",
    'hugo"',
    'hugo OR',
    'AND',
    'NOT hugo NOT',
    'NEAR(hugo groot, 1)',
    'title:',
    '{title author}: hugo',
    '^hugo',
    '*',
    'hugo*groot',
    '-hugo',
    '(',
    ')(',
    '+',
    '\u0000hugo\u0000',
    'hugo; DROP TABLE titles',
    '%',
    '_',
    '😀',
    'a'.repeat(100_000),
  ]) {
    assert.ok(Array.isArray(search(text)), text);
  }
  assert.deepEqual(search('^hugo-groot'), ['N2']);
  assert.deepEqual(search('*'), []);
});

test('no text finds everything, in the order of titles without accents, page by page', () => {
  const { store, search } = openFilled();
  assert.deepEqual(search(''), ['D1', 'N2', 'F1', 'F2', 'N1', 'T2', 'T1']);
  const page = (number: number) =>
    store.catalogue.search({ page: number, pageSize: 3 }).titles.map(({ number: n }) => n);
  assert.deepEqual(
    [page(1), page(2), page(3), page(4)],
    [['D1', 'N2', 'F1'], ['F2', 'N1', 'T2'], ['T1'], []],
  );
  assert.equal(store.catalogue.search({ page: 2, pageSize: 3 }).total, 7);
  assert.equal(store.catalogue.search({ text: 'hugo', page: 1, pageSize: 1 }).total, 2);
});

test('a search can be held to a language and to children’s books', () => {
  const { search } = openFilled();
  assert.deepEqual(search('', { language: 'fr' }), ['F1', 'F2']);
  assert.deepEqual(search('hugo', { language: 'nl' }), ['N2']);
  assert.deepEqual(search('hugo', { forChildren: true }), ['N2']);
  assert.deepEqual(search('hugo', { forChildren: false }), ['N2', 'F2']);
});

test('a title saved again by its number is updated, in the index as well, or left alone', () => {
  const { store, search } = openFilled();
  const changed = { ...title('F1', 'Le Grand Meaulnes', 'Alain-Fournier', 'fr', true), year: 1913 };
  const { id, change } = store.catalogue.save(changed);
  assert.equal(change, 'updated');
  assert.deepEqual(store.catalogue.save(changed), { id, change: 'unchanged' });
  assert.deepEqual(search('eleve'), []);
  assert.deepEqual(search('meaulnes'), ['F1']);
  assert.deepEqual(store.catalogue.find(id), {
    ...changed,
    id,
    copies: 0,
    onShelf: 0,
    waiting: 0,
  });
  assert.equal(store.catalogue.save({ ...changed, number: 'F9' }).change, 'added');
});

test('copies get barcodes of their own, and there are never fewer than before', () => {
  const { store, titleId, barcodes } = openTestLibrary();
  assert.equal(store.catalogue.ensureCopies(titleId, 1), 0);
  assert.equal(store.catalogue.ensureCopies(titleId, 3), 1);
  assert.deepEqual(
    store.catalogue.listCopies(titleId).map(({ barcode, state }) => [barcode, state.kind]),
    [barcodes[0], barcodes[1], numberFor('copy', 4)].map((barcode) => [barcode, 'on-shelf']),
  );
  assert.equal(store.catalogue.findCopy(barcodes[2])?.title, 'The Wind in the Willows');
  assert.equal(store.catalogue.findCopy(numberFor('copy', 99)), undefined);
  assert.equal(store.catalogue.findCopy('nonsense'), undefined);
});

test('the desk finds a member by library card or by the beginnings of words of the name', () => {
  const { store, anna, bram, chloe } = openTestLibrary();
  const find = (text: string) => store.members.search(text, 10).map(({ id }) => id);
  assert.deepEqual(find(ANNA_NUMBER), [anna]);
  assert.deepEqual(find('chloe'), [chloe]);
  assert.deepEqual(find('tes'), [anna, bram, chloe]);
  assert.deepEqual(store.members.search('test', 2).length, 2);
  assert.deepEqual(find('"test" OR'), []);
  assert.deepEqual(find(''), []);
});

test('a member saved again by number is updated, in the index as well, or left alone', () => {
  const { store, anna } = openTestLibrary();
  const record = { number: ANNA_NUMBER, name: 'Anna Married-Test', birthYear: 2017 };
  assert.deepEqual(store.members.save(record), { id: anna, change: 'updated' });
  assert.deepEqual(store.members.save(record), { id: anna, change: 'unchanged' });
  assert.deepEqual(store.members.search('married', 10), [{ id: anna, ...record }]);
  assert.throws(() => store.members.save({ ...record, number: '2000000001' }), RangeError);
  assert.throws(() => store.members.save({ ...record, birthYear: 17 }), /CHECK constraint/);
});
