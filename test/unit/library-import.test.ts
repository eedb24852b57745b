/** The example library's import: a dry run, then all or nothing; again, cancelled, cut off. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { inventMembers, inventTitles } from '../../examples/library/import/invented.ts';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import {
  applyImport,
  type ImportScene,
  MEMBERS_HEADER,
  openImportScene,
  TITLES_HEADER,
} from './library-import-setup.ts';

describe('library import', () => {
  let scene: ImportScene;
  beforeEach(() => {
    scene = openImportScene();
  });
  afterEach(() => scene.close());

  it('adds titles with their copies; they are found, on the shelf, and in the right order', async () => {
    const checked = scene.check('titles', [
      TITLES_HEADER,
      'A1,Œuvres complètes,Jules Verne,1863,fr,adults,FR V VER,2',
      'A2,Max und Moritz,Wilhelm Busch,,de,Children,,',
    ]);
    assert.deepEqual(checked.report.counts, {
      rows: 2,
      added: 2,
      updated: 0,
      unchanged: 0,
      copies: 3,
    });
    assert.equal(scene.countTitles(), 0);
    assert.deepEqual(await applyImport(checked), checked.report.counts);

    const [verne] = scene.store.catalogue.search({ text: 'oeuvres', page: 1, pageSize: 5 }).titles;
    assert.deepEqual(
      [
        verne?.number,
        verne?.title,
        verne?.author,
        verne?.year,
        verne?.language,
        verne?.forChildren,
        verne?.shelf,
        verne?.copies,
        verne?.onShelf,
      ],
      ['A1', 'Œuvres complètes', 'Jules Verne', 1863, 'fr', false, 'FR V VER', 2, 2],
    );
    const [busch] = scene.store.catalogue.search({ text: 'busch', page: 1, pageSize: 5 }).titles;
    assert.deepEqual([busch?.year, busch?.forChildren, busch?.copies], [null, true, 1]);
    const all = scene.store.catalogue.search({ page: 1, pageSize: 5 }).titles;
    assert.deepEqual(
      all.map(({ number }) => number),
      ['A2', 'A1'],
    );
    const [copy] = scene.store.catalogue.listCopies(verne?.id ?? 0);
    assert.equal(scene.store.catalogue.findCopy(copy?.barcode ?? '')?.title, 'Œuvres complètes');
    assert.deepEqual(
      scene.store.events.list(1).map(({ kind }) => kind),
      ['imported'],
    );
  });

  it('does the same as saving one title after the other', async () => {
    const record = {
      number: 'S1',
      title: 'Straße',
      author: 'É',
      year: 1900,
      language: 'de',
      forChildren: true,
      shelf: 'X',
    } as const;
    scene.store.catalogue.save(record);
    const checked = scene.check('titles', [TITLES_HEADER, 'S1,Straße,É,1900,de,youth,X,0']);
    assert.deepEqual(checked.report.counts, {
      rows: 1,
      added: 0,
      updated: 0,
      unchanged: 1,
      copies: 0,
    });
    await applyImport(checked);
    assert.deepEqual(scene.store.catalogue.save(record).change, 'unchanged');
  });

  it('updates by number when a file comes again: the old words find nothing, loans and copies stay', async () => {
    await applyImport(
      scene.check('titles', [
        TITLES_HEADER,
        'A1,Oude naam,Auteur,1900,nl,adults,,3',
        'A2,Blijft,Auteur,1900,nl,adults,,1',
      ]),
    );
    const old = scene.store.catalogue.search({ text: 'oude', page: 1, pageSize: 1 }).titles[0];
    const again = scene.check('titles', [
      TITLES_HEADER,
      'A1,Nieuwe naam,Auteur,1901,nl,adults,,2',
      'A2,Blijft,Auteur,1900,nl,adults,,1',
      'A3,Derde,Auteur,,nl,adults,,1',
    ]);
    assert.deepEqual(again.report.counts, {
      rows: 3,
      added: 1,
      updated: 1,
      unchanged: 1,
      copies: 1,
    });
    await applyImport(again);
    assert.equal(scene.store.catalogue.search({ text: 'oude', page: 1, pageSize: 1 }).total, 0);
    const found = scene.store.catalogue.search({ text: 'nieuwe', page: 1, pageSize: 1 }).titles[0];
    assert.deepEqual([found?.id, found?.year, found?.copies], [old?.id, 1901, 3]);
  });

  it('gives a copy that was added to whoever waits for the title', async () => {
    await applyImport(scene.check('titles', [TITLES_HEADER, 'A1,Boek,Auteur,,nl,adults,,1']));
    const titleId = scene.store.catalogue.search({ page: 1, pageSize: 1 }).titles[0]?.id ?? 0;
    const [anna, bram] = [1, 2].map(
      (serial) =>
        scene.store.members.save({
          number: numberFor('member', serial),
          name: 'Lid',
          birthYear: 2000,
        }).id,
    );
    scene.store.staff.add(scene.store.staff.requestCode('desk'));
    const staffId = scene.store.staff.find('desk')?.id ?? 0;
    scene.store.loans.lend({
      barcode: scene.store.catalogue.listCopies(titleId)[0]?.barcode ?? '',
      memberId: anna ?? 0,
      staffId,
    });
    assert.equal(
      scene.store.reservations.reserve({ titleId, memberId: bram ?? 0 }).kind,
      'reserved',
    );
    await applyImport(scene.check('titles', [TITLES_HEADER, 'A1,Boek,Auteur,,nl,adults,,2']));
    assert.equal(scene.store.reservations.listFor(bram ?? 0)[0]?.state.kind, 'ready');
  });

  it('adds and updates members by the number of their library card; their links and loans stay', async () => {
    const number = numberFor('member', 7);
    const checked = scene.check('members', [
      'Birth_Year;NAME;Number',
      `2015;Peeters, An;${number.slice(0, 4)} ${number.slice(4)}`,
    ]);
    assert.deepEqual(checked.report.counts, {
      rows: 1,
      added: 1,
      updated: 0,
      unchanged: 0,
      copies: 0,
    });
    await applyImport(checked);
    const member = scene.store.members.findByNumber(number);
    assert.deepEqual([member?.name, member?.birthYear], ['Peeters, An', 2015]);
    const again = scene.check('members', [MEMBERS_HEADER, `${number},Ans Péeters,2015`]);
    assert.equal(again.report.counts?.updated, 1);
    await applyImport(again);
    assert.deepEqual(scene.store.members.search('peet', 5), [
      { id: member?.id, number, name: 'Ans Péeters', birthYear: 2015 },
    ]);
    assert.equal(scene.store.members.search('an', 5)[0]?.name, 'Ans Péeters');
  });

  it('changes nothing when it is cancelled between two slices, and can be done after', async () => {
    const { importer } = scene.check('titles', [...inventTitles(6_000)]);
    const done: number[] = [];
    const cancelled = await importer.apply({
      staffId: undefined,
      onProgress: (rows) => void done.push(rows),
      isCancelled: () => done.length === 2,
    });
    assert.equal(cancelled, undefined);
    assert.equal(scene.countTitles(), 0);
    assert.equal(done.length, 2);
  });

  it('changes nothing when the process goes away in the middle of it', async () => {
    const { importer } = scene.check('members', [...inventMembers(6_000)]);
    const failing = importer.apply({
      staffId: undefined,
      onProgress: () => importer.close(),
      isCancelled: () => false,
    });
    await assert.rejects(failing);
    assert.deepEqual(scene.store.members.search('Testlid', 5), []);
    assert.equal(scene.check('members', [...inventMembers(6_000)]).report.counts?.added, 6_000);
  });

  it('works on a check that is old: what the desk changed since is taken into account', async () => {
    const checked = scene.check('titles', [TITLES_HEADER, 'A1,Nieuw,Auteur,,nl,adults,,1']);
    scene.store.catalogue.save({
      number: 'A1',
      title: 'Oud',
      author: 'Auteur',
      year: null,
      language: 'nl',
      forChildren: false,
      shelf: '',
    });
    assert.deepEqual(await applyImport(checked), {
      rows: 1,
      added: 0,
      updated: 1,
      unchanged: 0,
      copies: 1,
    });
    assert.equal(scene.store.catalogue.search({ text: 'oud', page: 1, pageSize: 1 }).total, 0);
  });

  it('adds a member again who left between the check and the import', async () => {
    const number = numberFor('member', 7);
    const { id } = scene.store.members.save({ number, name: 'Emma', birthYear: 2016 });
    const checked = scene.check('members', [MEMBERS_HEADER, `${number},Emma,2016`]);
    assert.equal(checked.report.counts?.unchanged, 1);
    const { staff, members } = scene.store;
    staff.add(staff.requestCode('librarian'));
    const staffId = staff.find('librarian')?.id ?? 0;
    assert.equal(members.remove({ memberId: id, staffId }).kind, 'removed');
    assert.equal((await applyImport(checked))?.added, 1);
    assert.equal(scene.store.members.findByNumber(number)?.name, 'Emma');
    assert.equal(scene.store.members.search('emma', 5).length, 1);
  });

  it('invents titles and members that can be imported, all different', async () => {
    for (const [kind, rows] of [
      ['titles', inventTitles(400)],
      ['members', inventMembers(400)],
    ] as const) {
      const checked = scene.check(kind, [...rows]);
      assert.deepEqual(checked.report.problems, []);
      assert.equal((await applyImport(checked))?.added, 400);
    }
    assert.equal(
      scene.store.catalogue.search({ text: 'proefboek 000001', page: 1, pageSize: 1 }).total,
      1,
    );
    assert.equal(scene.store.members.search('Testlid 17', 1)[0]?.name, 'Testlid 17');
  });
});
