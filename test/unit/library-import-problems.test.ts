/** What the example library's import says about files that are wrong. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ImportReport } from '../../examples/library/import/importer.ts';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import {
  applyImport,
  type ImportScene,
  MEMBERS_HEADER,
  openImportScene,
  TITLES_HEADER,
} from './library-import-setup.ts';

describe('library import problems', () => {
  let scene: ImportScene;
  beforeEach(() => {
    scene = openImportScene();
  });
  afterEach(() => scene.close());

  const problemsOf = ({ problems }: ImportReport) =>
    problems.map(({ row, column, kind }) => `${row} ${column ?? '-'} ${kind}`);

  it('names every problem by row and column, and then imports nothing of the file', async () => {
    const checked = scene.check('titles', [
      TITLES_HEADER,
      'A1,Goed,Auteur,1900,nl,adults,,1',
      ',Zonder nummer,Auteur,1900,nl,adults,,1',
      'A 2,,Auteur,19x0,es,babies,,100',
      `A3,${'x'.repeat(301)},Auteur,2028,nl,adults,,-1`,
      'A4,Te kort,Auteur',
      'A1,Dubbel,Auteur,1900,nl,adults,,1',
      'A5,"Bel\u0007",Auteur,0,nl,adults,,1',
      '"A6"x,Titel,Auteur,,nl,adults,,',
    ]);
    assert.deepEqual(problemsOf(checked.report), [
      '3 number missing',
      '4 number title-number',
      '4 title missing',
      '4 year year',
      '4 language language',
      '4 audience audience',
      '4 copies copies',
      '5 title too-long',
      '5 year year',
      '5 copies copies',
      '6 - field-count',
      '7 number duplicate',
      '8 title control-character',
      '8 year year',
      '9 - text-after-quote',
    ]);
    assert.equal(checked.report.problems.find(({ kind }) => kind === 'duplicate')?.firstRow, 2);
    assert.equal(checked.report.counts, undefined);
    await assert.rejects(applyImport(checked), /right/);
    assert.equal(scene.countTitles(), 0);
  });

  it('names what is wrong with members', () => {
    const good = numberFor('member', 1);
    const wrongDigit = good.slice(0, 9) + ((Number(good[9]) + 1) % 10);
    const { report } = scene.check('members', [
      MEMBERS_HEADER,
      `${wrongDigit},An,2010`,
      `${numberFor('copy', 1)},An,2010`,
      `${good},An,2027`,
      `${good},,1899`,
      `${good},An,2010`,
      `${good.slice(0, 5)} ${good.slice(5)},An,2010`,
    ]);
    assert.deepEqual(problemsOf(report), [
      '2 number card-number',
      '3 number card-number',
      '4 birth_year birth-year',
      '5 name missing',
      '5 birth_year birth-year',
      '7 number duplicate',
    ]);
  });

  it('wants the columns that it needs, once, and leaves others alone', async () => {
    assert.deepEqual(
      problemsOf(scene.check('titles', ['number,title,Title,author,year', 'A1,a,b,c,1900']).report),
      ['1 title double-column', '1 language missing-column', '1 audience missing-column'],
    );
    const checked = scene.check('titles', [
      'price,audience,language,author,title,number,constructor',
      '9,adults,nl,Auteur,Titel,A1,x',
    ]);
    assert.deepEqual(checked.report.ignoredColumns, ['price', 'constructor']);
    assert.equal((await applyImport(checked))?.added, 1);
  });

  it('says of an empty file, and of one with a header only, that there is nothing in it', () => {
    for (const lines of [[], [''], [TITLES_HEADER], ['', TITLES_HEADER, '']]) {
      assert.deepEqual(problemsOf(scene.check('titles', lines).report), ['1 - empty-file']);
    }
  });

  it('lists the first 200 problems and counts all', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `A${index},,Auteur,,nl,adults,,`);
    const { report } = scene.check('titles', [TITLES_HEADER, ...lines]);
    assert.deepEqual([report.problems.length, report.problemCount, report.rows], [200, 500, 500]);
  });
});
