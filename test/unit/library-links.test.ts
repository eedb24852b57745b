/** The example library: linking identity cards to members, parents, and who may work at the desk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import { ANNA_NUMBER, openTestLibrary } from './library-setup.ts';

const refused = (reason: string) => ({ kind: 'refused', reason });

test('a card is linked online with the library card’s number and a year of birth', () => {
  const { store, anna } = openTestLibrary();
  const typed = `${ANNA_NUMBER.slice(0, 5)} ${ANNA_NUMBER.slice(5)}`;
  assert.deepEqual(store.links.linkByNumber({ sub: 'a', number: typed, birthYear: ' 2017 ' }), {
    kind: 'linked',
    memberId: anna,
  });
  assert.equal(store.links.findMember('a')?.name, 'Anna Test');
  assert.equal(store.links.findMember('b'), undefined);
  const [link, ...others] = store.links.list(anna);
  assert.deepEqual(others, []);
  assert.deepEqual(link, {
    id: 1,
    memberId: anna,
    linkedBy: 'number',
    linkedAt: new Date('2026-03-02T09:00:00Z'),
  });
});

test('a slip of the finger costs no try', () => {
  const { store } = openTestLibrary();
  for (const [number, birthYear] of [
    ['2000000001', '2017'],
    ['', ''],
    [ANNA_NUMBER, '17'],
    [ANNA_NUMBER, '20170'],
    [numberFor('copy', 1), '2017'],
  ] as const) {
    assert.deepEqual(
      store.links.linkByNumber({ sub: 'a', number, birthYear }),
      refused('mistyped'),
    );
  }
  assert.equal(store.links.triesLeft('a'), 5);
});

test('a wrong number and a wrong year look the same; after five in an hour even the right one is refused', () => {
  const { store, clock, anna } = openTestLibrary();
  const link = (number: string, birthYear: string) =>
    store.links.linkByNumber({ sub: 'a', number, birthYear });
  assert.deepEqual(link(numberFor('member', 9), '2017'), refused('wrong'));
  assert.deepEqual(link(ANNA_NUMBER, '2016'), refused('wrong'));
  assert.equal(store.links.triesLeft('a'), 3);
  for (const year of ['2015', '2014', '2013'])
    assert.equal(link(ANNA_NUMBER, year).kind, 'refused');
  assert.equal(store.links.triesLeft('a'), 0);
  assert.equal(store.links.triesLeft('b'), 5);
  assert.deepEqual(link(ANNA_NUMBER, '2017'), refused('too-many'));
  clock.advance({ minutes: 59 });
  assert.deepEqual(link(ANNA_NUMBER, '2017'), refused('too-many'));
  clock.advance({ minutes: 1 });
  assert.deepEqual(link(ANNA_NUMBER, '2017'), { kind: 'linked', memberId: anna });
});

test('a library card that many cards guessed at is linked at the desk only, for a day', () => {
  const { store, clock, anna, staffId } = openTestLibrary();
  const link = (sub: string, birthYear: string) =>
    store.links.linkByNumber({ sub, number: ANNA_NUMBER, birthYear });
  for (let n = 0; n < 10; n += 1) link(`thief-${n % 2}`, String(2000 + n));
  assert.deepEqual(link('a', '2017'), refused('too-many'));
  assert.equal(store.links.triesLeft('a'), 5);
  assert.equal(store.links.linkAtDesk({ sub: 'a', memberId: anna, staffId }).kind, 'linked');
  store.links.end({ memberId: anna, staffId });
  clock.advance({ days: 1 });
  assert.equal(link('a', '2017').kind, 'linked');
});

test('one live link for each card and each member', () => {
  const { store, bram, staffId } = openTestLibrary();
  const link = (sub: string, serial: number, birthYear: string) =>
    store.links.linkByNumber({ sub, number: numberFor('member', serial), birthYear });
  link('a', 1, '2017');
  assert.deepEqual(link('a', 2, '2016'), refused('card-in-use'));
  assert.deepEqual(link('b', 1, '2017'), refused('member-linked'));
  assert.deepEqual(
    store.links.linkAtDesk({ sub: 'a', memberId: bram, staffId }),
    refused('card-in-use'),
  );
  assert.deepEqual(
    store.links.linkAtDesk({ sub: 'c', memberId: 999, staffId }),
    refused('unknown-member'),
  );
});

test('a renewed card is linked at the desk: the old link ends and stays, the loans are the member’s', () => {
  const { store, clock, anna, staffId, barcodes } = openTestLibrary();
  const linkAtDesk = (sub: string) => store.links.linkAtDesk({ sub, memberId: anna, staffId });
  assert.deepEqual(linkAtDesk('old'), { kind: 'linked', memberId: anna });
  assert.deepEqual(linkAtDesk('old'), { kind: 'unchanged', memberId: anna });
  store.loans.lend({ barcode: barcodes[0], memberId: anna, staffId });
  clock.advance({ days: 3 });
  assert.deepEqual(linkAtDesk('new'), { kind: 'replaced', memberId: anna });
  assert.equal(store.links.findMember('old'), undefined);
  assert.equal(store.links.findMember('new')?.id, anna);
  assert.equal(store.loans.listOpen(anna).length, 1);
  assert.deepEqual(
    store.links.list(anna).map(({ linkedBy, endedAt }) => [linkedBy, endedAt?.toISOString()]),
    [
      ['desk', undefined],
      ['desk', '2026-03-05T09:00:00.000Z'],
    ],
  );
  assert.ok(!JSON.stringify(store.links.list(anna)).includes('old'), 'no sub leaves the store');
});

test('a lost card is unlinked at the desk, and another can be linked online', () => {
  const { store, anna, staffId } = openTestLibrary();
  store.links.linkAtDesk({ sub: 'lost', memberId: anna, staffId });
  assert.equal(store.links.end({ memberId: anna, staffId }), true);
  assert.equal(store.links.end({ memberId: anna, staffId }), false);
  assert.equal(store.links.findMember('lost'), undefined);
  assert.equal(
    store.links.linkByNumber({ sub: 'x', number: ANNA_NUMBER, birthYear: '2017' }).kind,
    'linked',
  );
});

test('a parent sees the children whose card was there, and acts for nobody else', () => {
  const { store, anna, bram, chloe, staffId } = openTestLibrary();
  store.links.linkAtDesk({ sub: 'anna', memberId: anna, staffId });
  store.links.linkAtDesk({ sub: 'chloe', memberId: chloe, staffId });
  const add = (childSub: string) => store.guardians.add({ parentSub: 'parent', childSub });
  assert.deepEqual(add('parent'), refused('own-card'));
  assert.deepEqual(add('nobody'), refused('child-not-linked'));
  assert.deepEqual(add('chloe'), refused('adult'));
  assert.deepEqual(add('anna'), { kind: 'added', memberId: anna });
  assert.deepEqual(add('anna'), { kind: 'unchanged', memberId: anna });
  assert.deepEqual(
    store.guardians.listChildren('parent').map(({ id }) => id),
    [anna],
  );
  const { mayActFor } = store.guardians;
  assert.equal(mayActFor('parent', anna), true);
  assert.equal(mayActFor('anna', anna), true);
  assert.equal(mayActFor('parent', bram), false);
  assert.equal(mayActFor('anna', chloe), false);
  assert.equal(mayActFor('nobody', anna), false);
});

test('two parents of a child; each can let go, and the desk can end it', () => {
  const { store, anna, bram, staffId } = openTestLibrary();
  store.links.linkAtDesk({ sub: 'anna', memberId: anna, staffId });
  for (const parentSub of ['mother', 'father'])
    store.guardians.add({ parentSub, childSub: 'anna' });
  const [mother, father] = store.guardians.listFor(anna);
  assert.ok(mother && father);
  assert.deepEqual(mother.addedAt, new Date('2026-03-02T09:00:00Z'));
  assert.equal(store.guardians.endByParent({ parentSub: 'father', memberId: anna }), true);
  assert.equal(store.guardians.endByParent({ parentSub: 'father', memberId: anna }), false);
  const endAtDesk = (memberId: number) =>
    store.guardians.endAtDesk({ guardianId: mother.id, memberId, staffId });
  assert.equal(endAtDesk(bram), false);
  assert.equal(endAtDesk(anna), true);
  assert.equal(endAtDesk(anna), false);
  assert.equal(store.guardians.mayActFor('mother', anna), false);
  assert.equal(
    store.guardians.add({ parentSub: 'mother', childSub: 'anna' }).kind,
    'added',
    'it can begin anew',
  );
});

test('parents stay when a child’s card is renewed, and are out once the child is grown up', () => {
  const { store, clock, anna, staffId } = openTestLibrary();
  store.links.linkAtDesk({ sub: 'old', memberId: anna, staffId });
  store.guardians.add({ parentSub: 'parent', childSub: 'old' });
  store.links.linkAtDesk({ sub: 'new', memberId: anna, staffId });
  assert.equal(store.guardians.mayActFor('parent', anna), true);
  clock.advance({ days: 365 * 10 });
  assert.equal(store.guardians.mayActFor('parent', anna), false);
  store.tidy();
  assert.deepEqual(store.guardians.listFor(anna), []);
});

test('an adult becomes staff by a code, is found by card, and is out at once when removed', () => {
  const { store, staffId } = openTestLibrary();
  assert.equal(store.staff.find('eva'), undefined);
  const code = store.staff.requestCode('eva');
  assert.match(code, /^[2-9A-HJKMNP-TW-Z]{4}-[2-9A-HJKMNP-TW-Z]{4}$/);
  assert.equal(store.staff.requestCode('eva'), code);
  assert.equal(store.staff.find('eva'), undefined);
  const typed = code.toLowerCase().replace('-', ' ');
  assert.deepEqual(store.staff.add(typed), { kind: 'added', code });
  assert.deepEqual(store.staff.add(code), refused('unknown-code'));
  const eva = store.staff.find('eva');
  assert.deepEqual(
    store.staff.list().map(({ id }) => id),
    [staffId, eva?.id],
  );
  assert.deepEqual(store.staff.remove(typed), { kind: 'removed' });
  assert.deepEqual(store.staff.remove(code), refused('unknown-code'));
  assert.equal(store.staff.find('eva'), undefined);
  assert.notEqual(store.staff.requestCode('eva'), code);
});

test('a code that nobody entered for a week is worth nothing', () => {
  const { store, clock } = openTestLibrary();
  const code = store.staff.requestCode('eva');
  clock.advance({ days: 7 });
  assert.deepEqual(store.staff.add(code), refused('unknown-code'));
  assert.notEqual(store.staff.requestCode('eva'), code);
  for (const wrong of ['', 'AAAA-AAAA', "' OR 1=1 --", 'x'.repeat(10_000)]) {
    assert.deepEqual(store.staff.add(wrong), refused('unknown-code'));
  }
});

test('the log has ids and no names, numbers, titles or subs', () => {
  const { store, anna, staffId, barcodes } = openTestLibrary();
  store.links.linkByNumber({ sub: 'secret-sub', number: ANNA_NUMBER, birthYear: '2000' });
  store.links.linkAtDesk({ sub: 'secret-sub', memberId: anna, staffId });
  store.loans.lend({ barcode: barcodes[0], memberId: anna, staffId });
  assert.deepEqual(
    store.events.list(10).map(({ kind, staffId: by, memberId }) => [kind, by, memberId]),
    [
      ['lent', staffId, anna],
      ['linked', staffId, anna],
      ['link-wrong', null, null],
      ['staff-added', staffId, null],
    ],
  );
  const log = JSON.stringify(store.events.list(10));
  for (const secret of ['secret-sub', 'Anna', ANNA_NUMBER, 'Wizard', barcodes[0]]) {
    assert.ok(!log.includes(secret), secret);
  }
});
