/** The example library's database: schema, migrations, transactions, what is forgotten, backup. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import {
  getSchemaVersion,
  inTransaction,
  type Migration,
  openDatabase,
} from '../../examples/library/store/database.ts';
import { MIGRATIONS } from '../../examples/library/store/migrations.ts';
import { openStore } from '../../examples/library/store/store.ts';
import { createClock, dumpRows, openTestLibrary } from './library-setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'kids-id-library-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const newFile = () => join(folder, `${randomUUID()}.sqlite`);

test('a new database has the newest schema, a log of writes, and is nobody else’s to read', () => {
  const file = newFile();
  openStore({ file, now: createClock('2026-03-02T09:00:00Z').now }).close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const db = new DatabaseSync(file);
  assert.equal(getSchemaVersion(db), MIGRATIONS.length);
  assert.equal(db.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
  assert.equal(db.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  db.close();
});

test('every commit is on the disk before it is acknowledged (SQLite PRAGMA synchronous = FULL)', () => {
  const db = openDatabase({ file: newFile(), migrations: MIGRATIONS });
  assert.equal(db.prepare('PRAGMA synchronous').get()?.['synchronous'], 2);
  assert.equal(db.prepare('PRAGMA foreign_keys').get()?.['foreign_keys'], 1);
  db.close();
});

test('a database of version 1 is brought up to date with all its rows, and is searchable', () => {
  const file = newFile();
  const old = openDatabase({ file, migrations: MIGRATIONS.slice(0, 1) });
  old.exec(`
    INSERT INTO titles (number, title, author, year, language, for_children, shelf) VALUES
      ('F1', 'L’Élève Gilles', 'André Lafon', 1912, 'fr', 0, ''),
      ('D1', 'Die Straße', 'Grete Groß', NULL, 'de', 1, '');
    INSERT INTO copies (barcode, title_id) VALUES ('3000000013', 1);
    INSERT INTO members (number, name, birth_year) VALUES ('2000000014', 'Zoë Test', 2016);
    INSERT INTO links (member_id, sub, linked_by, linked_at)
      VALUES (1, 'zoe', 'desk', '2026-01-01T09:00:00.000Z');
    INSERT INTO loans (copy_id, member_id, lent_on, due_on) VALUES (1, 1, '2026-02-20', '2026-03-13');
  `);
  assert.equal(getSchemaVersion(old), 1);
  old.close();

  const store = openStore({ file, now: createClock('2026-03-02T09:00:00Z').now });
  const find = (text: string) =>
    store.catalogue.search({ text, page: 1, pageSize: 10 }).titles.map(({ number }) => number);
  assert.deepEqual(find('eleve'), ['F1']);
  assert.deepEqual(find('strasse gross'), ['D1']);
  assert.deepEqual(find(''), ['D1', 'F1']);
  assert.equal(store.members.search('zoe', 10).length, 1);
  const member = store.links.findMember('zoe');
  assert.equal(store.loans.listOpen(member?.id ?? 0)[0]?.title, 'L’Élève Gilles');
  const saved = { number: 'F1', title: 'Autre', author: '', year: null, shelf: '' } as const;
  store.catalogue.save({ ...saved, language: 'fr', forChildren: false });
  assert.deepEqual(find('eleve'), []);
  store.close();
});

test('a migration that fails leaves the database as it was', () => {
  const file = newFile();
  const first: Migration = (db) => db.exec("CREATE TABLE a (x); INSERT INTO a VALUES ('kept')");
  const failing: Migration = (db) => {
    db.exec('DROP TABLE a; CREATE TABLE b (x)');
    throw new Error('TEST ONLY');
  };
  openDatabase({ file, migrations: [first] }).close();
  assert.throws(() => openDatabase({ file, migrations: [first, failing] }), /TEST ONLY/);
  const db = openDatabase({ file, migrations: [first] });
  assert.equal(db.prepare('SELECT x FROM a').get()?.['x'], 'kept');
  assert.equal(getSchemaVersion(db), 1);
  db.close();
});

test('a database of a newer version, and a file that is none, are not touched', () => {
  const file = newFile();
  const steps: Migration[] = [(db) => db.exec('CREATE TABLE a (x)'), () => undefined];
  openDatabase({ file, migrations: steps }).close();
  assert.throws(() => openDatabase({ file, migrations: steps.slice(0, 1) }), /newer version/);
  const other = newFile();
  writeFileSync(other, 'This is a letter to the library, and not a database. '.repeat(50));
  assert.throws(() => openDatabase({ file: other, migrations: steps }), /not a database/);
});

test('a transaction inside another undoes its own part, the outer one everything', () => {
  const db = openDatabase({ file: ':memory:', migrations: [(d) => d.exec('CREATE TABLE a (x)')] });
  const insert = (x: number) => db.prepare('INSERT INTO a VALUES (?)').run(x);
  const fail = (): never => {
    throw new Error('TEST ONLY');
  };
  inTransaction(db, () => {
    insert(1);
    const inner = () => {
      insert(2);
      inTransaction(db, () => insert(3));
      fail();
    };
    assert.throws(() => inTransaction(db, inner), /TEST ONLY/);
    insert(4);
  });
  const outer = () => {
    inTransaction(db, () => insert(5));
    fail();
  };
  assert.throws(() => inTransaction(db, outer), /TEST ONLY/);
  assert.deepEqual(
    db
      .prepare('SELECT x FROM a')
      .all()
      .map(({ x }) => x),
    [1, 4],
  );
  db.close();
});

test('old loans lose their member, old links, parents and lines of the log are forgotten', () => {
  const file = newFile();
  const { store, clock, anna, bram, staffId, barcodes } = openTestLibrary(file);
  const lend = (copy: 0 | 1, memberId: number) =>
    store.loans.lend({ barcode: barcodes[copy], memberId, staffId });
  store.links.linkAtDesk({ sub: 'old', memberId: anna, staffId });
  store.guardians.add({ parentSub: 'former', childSub: 'old' });
  store.guardians.endByParent({ parentSub: 'former', memberId: anna });
  store.links.linkAtDesk({ sub: 'new', memberId: anna, staffId });
  lend(0, anna);
  lend(1, bram);
  clock.advance({ days: 22 });
  store.loans.takeBack({ barcode: barcodes[0], staffId });
  store.loans.takeBack({ barcode: barcodes[1], staffId });
  const [fine] = store.fines.listFor(anna);
  store.fines.pay({ fineId: fine?.id ?? 0, memberId: anna, staffId });
  clock.advance({ days: 365 });
  store.tidy();
  assert.equal(store.loans.listPast(anna, 10).length, 1, 'kept for a whole year');
  clock.advance({ days: 1 });
  store.tidy();
  assert.deepEqual(store.loans.listPast(anna, 10), []);
  assert.deepEqual(store.fines.listFor(anna), []);
  assert.equal(store.loans.listPast(bram, 10).length, 1, 'kept while its fine is not paid');
  assert.equal(store.fines.owedBy(bram), 10);
  assert.equal(store.links.list(anna).length, 1);
  assert.deepEqual(store.events.list(10), []);
  assert.equal(store.loans.countByMonth(14)[0]?.loans, 0);
  store.close();
  const db = new DatabaseSync(file);
  assert.doesNotMatch(JSON.stringify(dumpRows(db)), /former|"old"/);
  assert.equal(dumpRows(db)['loans']?.length, 2, 'they still count');
  db.close();
});

test('wrong tries, used forms and codes are forgotten after days', () => {
  const file = newFile();
  const { store, clock } = openTestLibrary(file);
  store.links.linkByNumber({ sub: 'a', number: '2000000014', birthYear: '1999' });
  store.forms.once({ token: store.forms.createToken(), form: 'x' }, () => 1);
  store.staff.requestCode('eva');
  const db = new DatabaseSync(file);
  const counts = () => {
    const rows = dumpRows(db);
    return ['link_attempts', 'form_uses', 'staff_requests'].map((table) => rows[table]?.length);
  };
  clock.advance({ days: 1 });
  store.tidy();
  assert.deepEqual(counts(), [1, 1, 1]);
  clock.advance({ days: 1, minutes: 1 });
  store.tidy();
  assert.deepEqual(counts(), [0, 0, 1]);
  clock.advance({ days: 5 });
  store.tidy();
  assert.deepEqual(counts(), [0, 0, 0]);
  db.close();
  store.close();
});

test('what was forgotten is nowhere in the files', () => {
  const file = newFile();
  const { store, clock, staffId, bram } = openTestLibrary(file);
  store.links.linkAtDesk({ sub: 'a-sub-that-must-vanish', memberId: bram, staffId });
  store.members.remove({ memberId: bram, staffId });
  clock.advance({ days: 1 });
  store.tidy();
  for (const path of [file, `${file}-wal`]) {
    const bytes = readFileSync(path);
    for (const secret of ['a-sub-that-must-vanish', 'Bram Test', 'bram test']) {
      assert.equal(bytes.includes(secret), false, `${secret} in ${path}`);
    }
  }
  store.close();
});

test('a backup made while the library writes is one sound file of one moment', async () => {
  const file = newFile();
  const { store, clock, anna, staffId, titleId } = openTestLibrary(file);
  store.catalogue.ensureCopies(titleId, 200);
  const copies = store.catalogue.listCopies(titleId);
  const target = join(folder, 'copy.sqlite');
  const backup = store.backUp(target);
  let isDone = false;
  const ended = backup.finally(() => {
    isDone = true;
  });
  for (let round = 0; !isDone || round < 5; round += 1) {
    const { barcode } = copies[round % copies.length] ?? { barcode: '' };
    store.loans.lend({ barcode, memberId: anna, staffId });
    store.loans.takeBack({ barcode, staffId });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  store.close();
  assert.equal(statSync(target).mode & 0o777, 0o600);
  for (const left of ['.partial', '-wal', '-shm', '.partial-wal', '.partial-shm']) {
    assert.equal(existsSync(target + left), false, left);
  }

  const restored = openStore({ file: target, now: clock.now });
  assert.equal(restored.members.find(anna)?.name, 'Anna Test');
  assert.equal(restored.catalogue.search({ text: 'wizard', page: 1, pageSize: 1 }).total, 1);
  restored.close();
  const db = new DatabaseSync(target);
  const { loans = [], events = [] } = dumpRows(db);
  const lent = events.filter((event) => (event as { kind: string }).kind === 'lent');
  assert.equal(loans.length, lent.length, 'each loan with its line in the log');
  db.close();
});

test('a backup takes no other file’s place, and a failed one leaves nothing', async () => {
  const { store } = openTestLibrary(newFile());
  const older = newFile();
  writeFileSync(older, 'an older copy');
  await assert.rejects(store.backUp(older), /there already/);
  assert.equal(readFileSync(older, 'utf8'), 'an older copy');
  await assert.rejects(store.backUp(join(folder, 'no-such-folder', 'copy')), { code: 'ENOENT' });
  assert.equal(existsSync(`${older}.partial`), false);
  store.close();
});
