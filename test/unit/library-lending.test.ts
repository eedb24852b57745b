/** The example library: lending, bringing back, renewing, reserving, fines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import { openTestLibrary, type TestLibrary } from './library-setup.ts';

const refused = (reason: string) => ({ kind: 'refused', reason });

/** Short forms of what the desk and a reader do. */
function deedsIn({ store, staffId, barcodes, titleId }: TestLibrary) {
  return {
    lend: (copy: number, memberId: number) =>
      store.loans.lend({ barcode: barcodes[copy] ?? '', memberId, staffId }),
    takeBack: (copy: number) => store.loans.takeBack({ barcode: barcodes[copy] ?? '', staffId }),
    reserve: (memberId: number, title = titleId) =>
      store.reservations.reserve({ titleId: title, memberId }),
    stateOf: (copy: number) => store.catalogue.findCopy(barcodes[copy] ?? '')?.state,
    shelf: () => {
      const { onShelf, waiting } = store.catalogue.find(titleId) ?? {};
      return { onShelf, waiting };
    },
  };
}

function openWithDeeds() {
  const library = openTestLibrary();
  return { ...library, ...deedsIn(library) };
}

test('a copy is lent for three weeks, once', () => {
  const { lend, stateOf, shelf, store, anna, bram } = openWithDeeds();
  assert.deepEqual(lend(0, anna), { kind: 'lent', loanId: 1, dueOn: '2026-03-23' });
  assert.deepEqual(stateOf(0), {
    kind: 'on-loan',
    loanId: 1,
    memberId: anna,
    dueOn: '2026-03-23',
  });
  assert.deepEqual(shelf(), { onShelf: 1, waiting: 0 });
  assert.deepEqual(lend(0, bram), refused('on-loan'));
  assert.deepEqual(lend(0, anna), refused('on-loan'));
  assert.deepEqual(
    store.loans.listOpen(anna).map(({ title, dueOn }) => [title, dueOn]),
    [['The Wonderful Wizard of Oz', '2026-03-23']],
  );
});

test('nothing is lent to nobody, and no unknown copy', () => {
  const { lend, store, anna, staffId } = openWithDeeds();
  assert.deepEqual(lend(0, 999), refused('unknown-member'));
  for (const barcode of [numberFor('copy', 99), 'nonsense', numberFor('member', 1)]) {
    assert.deepEqual(
      store.loans.lend({ barcode, memberId: anna, staffId }),
      refused('unknown-copy'),
    );
  }
});

test('a member has ten books at home at most', () => {
  const { store, titleId, anna, staffId } = openWithDeeds();
  store.catalogue.ensureCopies(titleId, 11);
  const copies = store.catalogue.listCopies(titleId);
  const lent = copies.map(
    ({ barcode }) => store.loans.lend({ barcode, memberId: anna, staffId }).kind,
  );
  assert.deepEqual(lent, [...Array.from({ length: 10 }, () => 'lent'), 'refused']);
});

test('a book brought back in time costs nothing', () => {
  const { lend, takeBack, stateOf, clock, store, anna } = openWithDeeds();
  lend(0, anna);
  clock.advance({ days: 21 });
  assert.deepEqual(takeBack(0), {
    kind: 'returned',
    loanId: 1,
    memberId: anna,
    daysLate: 0,
    fineCents: 0,
    heldFor: null,
  });
  assert.deepEqual(stateOf(0), { kind: 'on-shelf' });
  assert.deepEqual(store.fines.listFor(anna), []);
  assert.deepEqual(store.loans.listOpen(anna), []);
  assert.deepEqual(store.loans.listPast(anna, 10), [
    {
      id: 1,
      titleId: 1,
      title: 'The Wonderful Wizard of Oz',
      author: 'L. Frank Baum',
      lentOn: '2026-03-02',
      returnedOn: '2026-03-23',
    },
  ]);
  assert.deepEqual(takeBack(0), refused('not-on-loan'));
});

test('a late book is fined when it comes back, and the fine is paid once', () => {
  const { lend, takeBack, clock, store, anna, bram, staffId } = openWithDeeds();
  lend(0, anna);
  clock.advance({ days: 24 });
  const [loan] = store.loans.listOpen(anna);
  assert.deepEqual([loan?.daysLate, loan?.fineCents], [3, 30]);
  assert.equal(store.fines.owedBy(anna), 0);
  const back = takeBack(0);
  assert.ok(back.kind === 'returned');
  assert.deepEqual([back.daysLate, back.fineCents], [3, 30]);
  const [fine] = store.fines.listFor(anna);
  assert.ok(fine);
  assert.deepEqual([fine.cents, fine.finedOn, fine.paidOn], [30, '2026-03-26', null]);
  assert.equal(store.fines.owedBy(anna), 30);
  const pay = (memberId: number) => store.fines.pay({ fineId: fine.id, memberId, staffId });
  assert.deepEqual(pay(bram), refused('unknown-fine'));
  assert.deepEqual(pay(anna), { kind: 'paid', cents: 30 });
  assert.deepEqual(pay(anna), refused('already-paid'));
  assert.equal(store.fines.owedBy(anna), 0);
  assert.equal(store.fines.listFor(anna)[0]?.paidOn, '2026-03-26');
});

test('a loan is renewed twice by its member, and not by another', () => {
  const { lend, clock, store, anna, bram } = openWithDeeds();
  lend(0, anna);
  clock.advance({ days: 20 });
  const renew = (memberId: number) => store.loans.renew({ loanId: 1, memberId });
  assert.deepEqual(renew(bram), refused('unknown-loan'));
  assert.deepEqual(renew(anna), { kind: 'renewed', dueOn: '2026-04-13' });
  assert.deepEqual(renew(anna), { kind: 'renewed', dueOn: '2026-05-04' });
  assert.deepEqual(renew(anna), refused('renewed-twice'));
  assert.deepEqual(store.loans.listOpen(anna)[0]?.renewal, refused('renewed-twice'));
});

test('a late loan, and one that was brought back, are not renewed', () => {
  const { lend, takeBack, clock, store, anna } = openWithDeeds();
  lend(0, anna);
  clock.advance({ days: 22 });
  assert.deepEqual(store.loans.renew({ loanId: 1, memberId: anna }), refused('late'));
  takeBack(0);
  assert.deepEqual(store.loans.renew({ loanId: 1, memberId: anna }), refused('unknown-loan'));
});

test('a title on the shelf, at home, or reserved already is not reserved', () => {
  const { lend, reserve, store, anna, bram, chloe } = openWithDeeds();
  assert.deepEqual(reserve(anna), refused('on-shelf'));
  lend(0, anna);
  assert.deepEqual(reserve(chloe), refused('on-shelf'));
  lend(1, bram);
  assert.deepEqual(reserve(anna), refused('at-home'));
  assert.deepEqual(reserve(chloe, 999), refused('unknown-title'));
  assert.deepEqual(reserve(999), refused('unknown-member'));
  assert.equal(reserve(chloe).kind, 'reserved');
  assert.deepEqual(reserve(chloe), refused('already'));
  const { id } = store.catalogue.save({
    number: 'T3',
    title: 'Lost',
    author: '',
    year: null,
    language: 'en',
    forChildren: false,
    shelf: '',
  });
  assert.deepEqual(reserve(anna, id), refused('no-copies'));
});

test('a member has five reservations at most', () => {
  const { store, anna, bram, staffId, reserve } = openWithDeeds();
  const titles = [1, 2, 3, 4, 5, 6].map((n) => {
    const title = { title: `Book ${n}`, author: '', year: null, language: 'en' } as const;
    const { id } = store.catalogue.save({
      ...title,
      number: `L${n}`,
      forChildren: true,
      shelf: '',
    });
    store.catalogue.ensureCopies(id, 1);
    const [copy] = store.catalogue.listCopies(id);
    store.loans.lend({ barcode: copy?.barcode ?? '', memberId: bram, staffId });
    return id;
  });
  const kinds = titles.map((id) => reserve(anna, id).kind);
  assert.deepEqual(kinds, ['reserved', 'reserved', 'reserved', 'reserved', 'reserved', 'refused']);
});

test('while somebody else waits, a loan of the title is not renewed; one’s own place counts for nothing', () => {
  const { lend, reserve, store, anna, bram, chloe } = openWithDeeds();
  lend(0, anna);
  lend(1, bram);
  reserve(chloe);
  assert.deepEqual(store.loans.renew({ loanId: 1, memberId: anna }), refused('reserved'));
  assert.deepEqual(store.loans.listOpen(anna)[0]?.renewal, refused('reserved'));
  const [reservation] = store.reservations.listFor(chloe);
  store.reservations.cancel({ reservationId: reservation?.id ?? 0, memberId: chloe });
  assert.equal(store.loans.renew({ loanId: 1, memberId: anna }).kind, 'renewed');
});

test('who waits first is served first: the copy is held for a week, then passed on', () => {
  const { lend, takeBack, reserve, stateOf, shelf, clock, store, anna, bram, chloe, otherTitleId } =
    openWithDeeds();
  lend(2, anna);
  const first = reserve(bram, otherTitleId);
  const second = reserve(chloe, otherTitleId);
  assert.deepEqual(
    [first, second].map((outcome) => outcome.kind === 'reserved' && outcome.place),
    [1, 2],
  );
  const back = takeBack(2);
  assert.equal(back.kind === 'returned' && back.heldFor, bram);
  assert.deepEqual(stateOf(2), { kind: 'held', memberId: bram, until: '2026-03-09' });
  assert.deepEqual(store.reservations.listFor(chloe)[0]?.state, { kind: 'waiting', place: 1 });
  assert.deepEqual(
    store.reservations.listHeld().map(({ memberName, state }) => [memberName, state.kind]),
    [['Bram Test', 'ready']],
  );
  assert.deepEqual(lend(2, chloe), refused('held'));
  assert.deepEqual(lend(2, anna), refused('held'));

  clock.advance({ days: 7 });
  assert.equal(store.reservations.expireHolds(), 0);
  clock.advance({ days: 1 });
  assert.equal(store.reservations.expireHolds(), 1);
  assert.deepEqual(store.reservations.listFor(bram), []);
  assert.deepEqual(stateOf(2), { kind: 'held', memberId: chloe, until: '2026-03-17' });

  assert.equal(lend(2, chloe).kind, 'lent');
  assert.deepEqual(store.reservations.listFor(chloe), []);
  assert.deepEqual(shelf(), { onShelf: 2, waiting: 0 });
});

test('a hold that is cancelled goes to the next, and to the shelf when nobody waits', () => {
  const { lend, takeBack, reserve, stateOf, store, anna, bram, chloe, otherTitleId } =
    openWithDeeds();
  lend(2, anna);
  reserve(bram, otherTitleId);
  reserve(chloe, otherTitleId);
  takeBack(2);
  const cancel = (memberId: number, as = memberId) => {
    const reservationId = store.reservations.listFor(memberId)[0]?.id ?? 0;
    return store.reservations.cancel({ reservationId, memberId: as });
  };
  assert.equal(cancel(bram, anna), false);
  assert.equal(cancel(bram), true);
  assert.equal(cancel(bram), false);
  assert.deepEqual(stateOf(2), { kind: 'held', memberId: chloe, until: '2026-03-09' });
  assert.equal(cancel(chloe), true);
  assert.deepEqual(stateOf(2), { kind: 'on-shelf' });
});

test('a new copy goes to whoever waits', () => {
  const { lend, reserve, store, anna, bram, otherTitleId } = openWithDeeds();
  lend(2, anna);
  reserve(bram, otherTitleId);
  store.catalogue.ensureCopies(otherTitleId, 2);
  assert.equal(store.reservations.listFor(bram)[0]?.state.kind, 'ready');
  assert.equal(store.catalogue.find(otherTitleId)?.onShelf, 0);
});

test('the overdue list has what is late and nothing else, the latest first', () => {
  const { lend, clock, store, anna, bram } = openWithDeeds();
  lend(0, bram);
  clock.advance({ days: 1 });
  lend(1, anna);
  lend(2, anna);
  clock.advance({ days: 21 });
  const list = () =>
    store.loans
      .listOverdue()
      .map(({ memberName, daysLate, fineCents }) => [memberName, daysLate, fineCents]);
  assert.deepEqual(list(), [['Bram Test', 1, 10]]);
  clock.advance({ days: 1 });
  assert.deepEqual(list(), [
    ['Bram Test', 2, 20],
    ['Anna Test', 1, 10],
    ['Anna Test', 1, 10],
  ]);
});

test('loans are counted by month, months without any as nothing', () => {
  const { lend, takeBack, clock, store, anna } = openWithDeeds();
  lend(0, anna);
  lend(1, anna);
  clock.advance({ days: 61 });
  takeBack(0);
  lend(0, anna);
  assert.deepEqual(store.loans.countByMonth(4), [
    { month: '2026-02', loans: 0 },
    { month: '2026-03', loans: 2 },
    { month: '2026-04', loans: 0 },
    { month: '2026-05', loans: 1 },
  ]);
});

test('a member who leaves owes nothing and has no books; the loans stay in the chart', () => {
  const { lend, takeBack, reserve, clock, store, anna, bram, staffId, otherTitleId } =
    openWithDeeds();
  const remove = (memberId: number) => store.members.remove({ memberId, staffId });
  lend(2, anna);
  reserve(bram, otherTitleId);
  store.links.linkAtDesk({ sub: 'card-of-anna', memberId: anna, staffId });
  store.guardians.add({ parentSub: 'parent', childSub: 'card-of-anna' });
  assert.deepEqual(remove(anna), refused('on-loan'));
  clock.advance({ days: 30 });
  takeBack(2);
  assert.deepEqual(remove(anna), refused('owes'));
  const [fine] = store.fines.listFor(anna);
  store.fines.pay({ fineId: fine?.id ?? 0, memberId: anna, staffId });
  assert.deepEqual(remove(anna), { kind: 'removed' });
  assert.deepEqual(remove(anna), refused('unknown-member'));
  assert.equal(store.members.find(anna), undefined);
  assert.deepEqual(store.members.search('anna', 10), []);
  assert.equal(store.links.findMember('card-of-anna'), undefined);
  assert.deepEqual(store.guardians.listChildren('parent'), []);
  assert.equal(store.loans.countByMonth(2)[0]?.loans, 1);
  assert.deepEqual(remove(bram), { kind: 'removed' });
  assert.equal(store.catalogue.find(otherTitleId)?.onShelf, 1);
});
