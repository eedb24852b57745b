/** The library with several people at once, each in a browser of their own: readers, a librarian, a parent. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import { openStore } from '../../examples/library/store/store.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { cardOf } from '../kit/examples/card-issuer.ts';
import { type ExampleStage, openExampleStage } from '../kit/examples/example-stage.ts';
import { invitePeople, type People, type PersonAtComputer } from '../kit/examples/people.ts';

const problems = await findChromiumProblems();

const MEMBERS = [
  { name: 'Emma Peeters', birthYear: 2017 },
  { name: 'Lucas Peeters', birthYear: 2019 },
  { name: 'Nora Dubois', birthYear: 1985 },
] as const;

describe('the library with several people', {
  skip: problems.join('; ') || false,
  timeout: 240_000,
}, () => {
  let stage: ExampleStage;
  let people: People;
  let emma: PersonAtComputer;
  let nora: PersonAtComputer;
  let librarian: PersonAtComputer;

  before(async () => {
    stage = await openExampleStage('library');
    fillLibrary(stage.databaseFile);
    await stage.start();
    people = await invitePeople(stage);
    [emma, nora, librarian] = [
      await people.invite(cardOf('emma', 9)),
      await people.invite(cardOf('nora', 41)),
      await people.invite(cardOf('lies', 35)),
    ];
  });
  after(async () => {
    await people?.close();
    await stage?.remove();
  });

  test('a librarian is let in by code; a reader who is an adult is none', async () => {
    await librarian.open('/desk');
    await librarian.press('a[href="/desk/login"]', '/desk');
    const code = await librarian.read('.code');
    const { output } = await stage.run('staff', 'add', code);
    assert.match(output, /may work at the desk/);
    await librarian.open('/desk');
    await librarian.page.locator('form[action="/desk/return"]').waitFor();
    const visitor = await people.invite(cardOf('nora', 41));
    await visitor.open('/desk');
    await visitor.press('a[href="/desk/login"]', '/desk');
    await visitor.open('/desk/members/1');
    assert.doesNotMatch(await visitor.read(), /Emma/);
    await visitor.page.context().close();
  });

  test('two readers link their library cards, each to their own shelf', async () => {
    await Promise.all([link(emma, 1), link(nora, 3)]);
    assert.match(await emma.read(), /Hello,? Emma Peeters/);
    assert.match(await nora.read(), /Hello,? Nora Dubois/);
    await emma.open('/my/3');
    assert.doesNotMatch(await emma.read(), /Nora/);
  });

  test('what is lent, reserved and brought back shows on everybody’s pages', async () => {
    await lend(librarian, 1);
    assert.match(await librarian.read(), /Pinocchio/);
    await emma.open('/my/1');
    assert.match(await emma.read(), /Pinocchio/);
    await nora.open('/titles/1');
    await nora.press('form[action="/titles/1/reserve"] button', '/my/3');
    assert.match(await nora.read(), /Pinocchio/);
    // Somebody waits: Emma cannot renew any more.
    await emma.open('/my/1');
    assert.equal(await emma.page.locator('form[action="/my/1/renew"]').count(), 0);
    await librarian.open('/desk/members/1');
    await librarian.press('form[action="/desk/members/1/return"] button', '/desk/members/1');
    assert.match(await librarian.read('#notice'), /Nora Dubois/);
    await emma.open('/my/1');
    assert.equal(await emma.page.locator('form[action="/my/1/renew"]').count(), 0);
    await nora.open('/my/3');
    assert.match(await nora.read('.notice-line'), /ready|waiting|until/i);
    // It is kept for Nora, and Emma does not get it.
    await lend(librarian, 1);
    assert.match(await librarian.read('#notice'), /kept for Nora Dubois/);
    await lend(librarian, 3);
    await nora.open('/my/3');
    assert.equal(await nora.page.locator('.notice-line').count(), 0);
    await nora.press('form[action="/my/3/renew"] button', '/my/3');
    assert.match(await nora.read('#notice'), /until/);
  });

  test('a double click reserves once', async () => {
    await emma.open('/titles/1');
    await emma.page.locator('form[action="/titles/1/reserve"] button').dblclick();
    await emma.page.waitForURL(/\/my\/1$/);
    await emma.open('/my/1');
    assert.equal(await emma.page.locator('form[action="/my/1/cancel"]').count(), 1);
    await emma.press('form[action="/my/1/cancel"] button', '/my/1');
    assert.equal(await emma.page.locator('form[action="/my/1/cancel"]').count(), 0);
  });

  test('the desk links a card that is there, and a new one in its place, which finds everything', async () => {
    await librarian.open('/desk/members/2');
    const barcode = librarian.page.locator(
      'form[action="/desk/members/2/lend"] input[name="copy"]',
    );
    await barcode.fill(numberFor('copy', 2));
    await librarian.press('form[action="/desk/members/2/lend"] button', '/desk/members/2');
    await linkAtDesk(librarian, cardOf('lucas', 7));
    const lucas = await people.invite(cardOf('lucas', 7));
    await logIn(lucas, '/my/2');
    assert.match(await lucas.read(), /Alice/);
    await linkAtDesk(librarian, cardOf('lucasnew', 7));
    // The librarian is still at the desk, and the old card opens nothing.
    await librarian.open('/desk');
    await librarian.page.locator('form[action="/desk/return"]').waitFor();
    await lucas.open('/my/2');
    assert.doesNotMatch(await lucas.read(), /Alice/);
    const renewed = await people.invite(cardOf('lucasnew', 7));
    await logIn(renewed, '/my/2');
    assert.match(await renewed.read(), /Alice/);
  });

  test('a parent sees two children, each after the child’s own card was read once', async () => {
    const papa = await people.invite(cardOf('papa', 41));
    await logIn(papa, '/link');
    await papa.open('/my/1');
    assert.doesNotMatch(await papa.read(), /Emma/);
    for (const [card, id] of [
      [cardOf('emma', 9), 1],
      [cardOf('lucasnew', 7), 2],
    ] as const) {
      await papa.open('/family/add');
      await papa.insert(card);
      await papa.press('a[href="/family/add/card"]', '/family/add/confirm');
      await papa.press('form[action="/family/add"] button', `/my/${id}`);
    }
    await papa.insert(cardOf('papa', 41));
    const names = await papa.page.locator('.people a').allTextContents();
    assert.deepEqual(names, ['Emma Peeters', 'Lucas Peeters']);
    await papa.open('/my/2');
    await papa.press('form[action="/my/2/renew"] button', '/my/2');
    await papa.open('/my/3');
    assert.doesNotMatch(await papa.read(), /Nora/);
    // In another visit, without the children's cards.
    await papa.press('form[action="/logout"] button', '/goodbye');
    await logIn(papa, '/my/1');
    await papa.press('a[href="/my/2"]', '/my/2');
    assert.match(await papa.read(), /Alice/);
    // The children see what was done for them.
    await librarian.open('/desk/members/2');
    assert.match(await librarian.read(), /A parent since/);
  });

  test('no page broke its policy or threw', () => {
    assert.deepEqual(people.complaints, []);
  });
});

function fillLibrary(file: string): void {
  const store = openStore({ file, now: () => new Date() });
  for (const [index, member] of MEMBERS.entries()) {
    store.members.save({ ...member, number: numberFor('member', index + 1) });
  }
  const titles = [
    ['Pinocchio', 'Carlo Collodi', 1883],
    ['Alice’s Adventures in Wonderland', 'Lewis Carroll', 1865],
  ] as const;
  for (const [index, [title, author, year]] of titles.entries()) {
    const { id } = store.catalogue.save({
      number: `T${index + 1}`,
      title,
      author,
      year,
      language: 'en',
      forChildren: true,
      shelf: 'EN J',
    });
    store.catalogue.ensureCopies(id, 1);
  }
  store.close();
}

async function logIn(reader: PersonAtComputer, leadsTo: string): Promise<void> {
  await reader.open('/');
  await reader.press('a[href="/login"]', leadsTo);
}

/** Links the library card of a member, with what is printed on it. */
async function link(reader: PersonAtComputer, serial: 1 | 3): Promise<void> {
  await logIn(reader, '/link');
  await reader.page.locator('#number').fill(numberFor('member', serial));
  await reader.page.locator('#birth-year').fill(String(MEMBERS[serial - 1]?.birthYear));
  await reader.press('form[action="/link"] button', `/my/${serial}`);
}

/** Lends the only copy of Pinocchio, or tries to. */
async function lend(librarian: PersonAtComputer, memberId: number): Promise<void> {
  await librarian.open('/desk');
  // A library card that is scanned leads straight to its member.
  await librarian.page.locator('#q').fill(numberFor('member', memberId));
  await librarian.press('form[role="search"] button', `/desk/members/${memberId}`);
  await librarian.page.locator('#copy').fill(numberFor('copy', 1));
  await librarian.press(
    `form[action="/desk/members/${memberId}/lend"] button`,
    `/desk/members/${memberId}`,
  );
  await librarian.page.locator('#notice').waitFor();
}

/** Links a card to Lucas, who has put it into the reader at the desk. */
async function linkAtDesk(librarian: PersonAtComputer, card: string): Promise<void> {
  await librarian.open('/desk/members/2');
  await librarian.press('a[href="/desk/members/2/card"]', '/desk/members/2/card');
  await librarian.insert(card);
  await librarian.press('a[href="/desk/members/2/card/read"]', '/desk/members/2/card/confirm');
  await librarian.press('form[action="/desk/members/2/card"] button', '/desk/members/2');
  await librarian.insert(cardOf('lies', 35));
}
