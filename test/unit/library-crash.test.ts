/** The example library's writes: all or nothing, whatever fails, and whenever the process dies. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { openStore } from '../../examples/library/store/store.ts';
import { createClock, dumpRows, openTestLibrary, type TestLibrary } from './library-setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'kids-id-library-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const newFile = () => join(folder, `${randomUUID()}.sqlite`);

/** Deeds that write to several tables, and each table whose failing must undo the whole deed. */
const DEEDS: readonly {
  readonly name: string;
  readonly tables: readonly string[];
  prepare(library: TestLibrary): () => unknown;
}[] = [
  {
    name: 'lending to whom it was reserved for',
    tables: ['loans', 'reservations', 'events'],
    prepare: ({ store, barcodes, anna, bram, staffId, otherTitleId }) => {
      store.loans.lend({ barcode: barcodes[2], memberId: anna, staffId });
      store.reservations.reserve({ titleId: otherTitleId, memberId: bram });
      store.loans.takeBack({ barcode: barcodes[2], staffId });
      return () => store.loans.lend({ barcode: barcodes[2], memberId: bram, staffId });
    },
  },
  {
    name: 'taking back a late book that somebody waits for',
    tables: ['loans', 'fines', 'reservations', 'events'],
    prepare: ({ store, clock, barcodes, anna, bram, staffId, otherTitleId }) => {
      store.loans.lend({ barcode: barcodes[2], memberId: anna, staffId });
      store.reservations.reserve({ titleId: otherTitleId, memberId: bram });
      clock.advance({ days: 30 });
      return () => store.loans.takeBack({ barcode: barcodes[2], staffId });
    },
  },
  {
    name: 'renewing by a form',
    tables: ['loans', 'events', 'form_uses'],
    prepare: ({ store, barcodes, anna, staffId }) => {
      store.loans.lend({ barcode: barcodes[0], memberId: anna, staffId });
      const token = store.forms.createToken();
      return () =>
        store.forms.once({ token, form: 'renew' }, () =>
          store.loans.renew({ loanId: 1, memberId: anna }),
        );
    },
  },
  {
    name: 'linking a renewed card',
    tables: ['links', 'events'],
    prepare: ({ store, anna, staffId }) => {
      store.links.linkAtDesk({ sub: 'old', memberId: anna, staffId });
      return () => store.links.linkAtDesk({ sub: 'new', memberId: anna, staffId });
    },
  },
  {
    name: 'removing a member',
    tables: ['members', 'loans', 'reservations', 'links', 'events'],
    prepare: ({ store, barcodes, anna, bram, staffId, otherTitleId }) => {
      store.loans.lend({ barcode: barcodes[0], memberId: bram, staffId });
      store.loans.takeBack({ barcode: barcodes[0], staffId });
      store.loans.lend({ barcode: barcodes[2], memberId: anna, staffId });
      store.reservations.reserve({ titleId: otherTitleId, memberId: bram });
      store.links.linkAtDesk({ sub: 'bram', memberId: bram, staffId });
      return () => store.members.remove({ memberId: bram, staffId });
    },
  },
  {
    name: 'ending a hold and passing it on',
    tables: ['reservations', 'events'],
    prepare: ({ store, clock, barcodes, anna, bram, chloe, staffId, otherTitleId }) => {
      store.loans.lend({ barcode: barcodes[2], memberId: anna, staffId });
      store.reservations.reserve({ titleId: otherTitleId, memberId: bram });
      store.reservations.reserve({ titleId: otherTitleId, memberId: chloe });
      store.loans.takeBack({ barcode: barcodes[2], staffId });
      clock.advance({ days: 8 });
      return () => store.reservations.expireHolds();
    },
  },
  {
    name: 'adding a librarian',
    tables: ['staff', 'staff_requests', 'events'],
    prepare: ({ store }) => {
      const code = store.staff.requestCode('eva');
      return () => store.staff.add(code);
    },
  },
  {
    name: 'several deeds as one',
    tables: ['loans', 'guardians', 'members'],
    prepare: ({ store, barcodes, anna, staffId }) => {
      store.links.linkAtDesk({ sub: 'anna', memberId: anna, staffId });
      return () =>
        store.transaction(() => {
          store.loans.lend({ barcode: barcodes[0], memberId: anna, staffId });
          store.guardians.add({ parentSub: 'parent', childSub: 'anna' });
          const number = store.members.find(anna)?.number ?? '';
          store.members.save({ number, name: 'Anna Other', birthYear: 2017 });
        });
    },
  },
];

for (const { name, tables, prepare } of DEEDS) {
  test(`all or nothing: ${name}`, () => {
    const file = newFile();
    const library = openTestLibrary(file);
    const deed = prepare(library);
    const db = new DatabaseSync(file);
    const before = dumpRows(db);
    for (const table of tables) {
      for (const verb of ['INSERT', 'UPDATE', 'DELETE']) {
        db.exec(`CREATE TRIGGER fail_${verb} AFTER ${verb} ON ${table}
          BEGIN SELECT RAISE(ABORT, 'TEST ONLY'); END`);
      }
      assert.throws(deed, /TEST ONLY/, table);
      assert.deepEqual(dumpRows(db), before, table);
      for (const verb of ['INSERT', 'UPDATE', 'DELETE']) db.exec(`DROP TRIGGER fail_${verb}`);
    }
    deed();
    assert.notDeepEqual(dumpRows(db), before);
    db.close();
    library.store.close();
  });
}

test('what was acknowledged survives kill -9, what was under way is gone', async () => {
  const file = newFile();
  const { store, anna, barcodes, staffId } = openTestLibrary(file);
  store.close();
  const script = `
    const { openStore } = await import(process.env.STORE);
    const store = openStore({ file: process.env.FILE, now: () => new Date('2026-03-02T09:00:00Z') });
    const lend = (barcode) => store.loans.lend({ barcode, memberId: ${anna}, staffId: ${staffId} });
    lend('${barcodes[0]}');
    store.transaction(() => {
      lend('${barcodes[1]}');
      process.kill(process.pid, 'SIGKILL');
      for (;;);
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: {
      FILE: file,
      STORE: new URL('../../examples/library/store/store.ts', import.meta.url).href,
    },
    stdio: 'inherit',
  });
  const [, signal] = await once(child, 'exit');
  assert.equal(signal, 'SIGKILL');
  const again = openStore({ file, now: createClock('2026-03-02T09:00:00Z').now });
  assert.deepEqual(
    again.loans.listOpen(anna).map(({ barcode }) => barcode),
    [barcodes[0]],
  );
  again.close();
});
