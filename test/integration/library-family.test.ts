/** The example library's shelves: the reader's own, and those of children whose card was in the parent's reader once. */
import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { type LibraryScene, openLibrary, type Person } from './library-setup.ts';

describe('library shelves', { timeout: 30_000 }, () => {
  let scene: LibraryScene;
  const scenes: LibraryScene[] = [];
  beforeEach(async () => {
    scene = await openLibrary();
    scenes.push(scene);
    const { store, emma, lucas, staffId } = scene;
    store.links.linkAtDesk({ sub: 'emma', memberId: emma.id, staffId });
    store.links.linkAtDesk({ sub: 'lucas', memberId: lucas.id, staffId });
  });
  after(() => Promise.all(scenes.map((one) => one.close())));

  const lend = (barcode: string, { id }: Person) =>
    scene.store.loans.lend({ barcode, memberId: id, staffId: scene.staffId });
  const comeIn = async (sub: string) => {
    scene.reader = { sub };
    const browser = scene.newBrowser();
    return { browser, page: await browser.logIn() };
  };
  /** Reads this card in the session of a parent who is signed in. */
  const readChild = async (sub: string) => {
    const { browser } = await comeIn('parent');
    scene.reader = { sub };
    return { browser, page: await browser.go('/family/add/card') };
  };

  it('say in words until when a book may stay, and keep it longer on a click', async () => {
    lend(scene.copies.pinocchio, scene.emma);
    scene.passDays(20);
    const { browser, page } = await comeIn('emma');
    assert.match(page.text, /Back by Monday, 23 March/);
    assert.match(page.text, /tomorrow/);
    assert.match(page.text, /You can keep it until Monday, 13 April/);
    const action = `/my/${scene.emma.id}/renew`;
    const renewed = await browser.submit(page, action);
    assert.match(renewed.notice, /You can keep it until Monday, 13 April/);
    await browser.submit(page, action);
    assert.equal(scene.store.loans.listOpen(scene.emma.id)[0]?.renewals, 1);
    const second = await browser.submit(renewed, action);
    assert.match(second.text, /Kept longer twice already/);
    assert.doesNotMatch(second.text, /<button[^>]*>Keep longer/);
  });

  it('say why a book cannot be kept longer, and what a late one costs', async () => {
    lend(scene.copies.pinocchio, scene.emma);
    const reserved = { titleId: scene.titles.pinocchio, memberId: scene.lucas.id };
    scene.store.reservations.reserve(reserved);
    assert.match((await comeIn('emma')).page.text, /Somebody is waiting for it/);
    scene.passDays(22);
    const { page } = await comeIn('emma');
    assert.match(page.text, /1 day late/);
    assert.match(page.text, /Bring it today: €0.10/);
    scene.store.loans.takeBack({ barcode: scene.copies.pinocchio, staffId: scene.staffId });
    const { page: after } = await comeIn('emma');
    assert.match(after.text, /Together: €0.10/);
    assert.match(
      (await comeIn('lucas')).page.text,
      /waiting for you at the desk, until Tuesday, 31 March/,
    );
  });

  it('reserve a title that is out, and let go of it', async () => {
    lend(scene.copies.pinocchio, scene.lucas);
    const { browser } = await comeIn('emma');
    const path = `/titles/${scene.titles.pinocchio}`;
    const title = await browser.go(path);
    const shelf = await browser.submit(title, `${path}/reserve`);
    assert.equal(shelf.path, `/my/${scene.emma.id}`);
    assert.match(shelf.text, /You are number 1 in line/);
    assert.match((await browser.go(path)).text, /Emma Peeters has reserved it/);
    const cancelled = await browser.submit(shelf, `/my/${scene.emma.id}/cancel`);
    assert.match(cancelled.notice, /The reservation is gone/);
    // The book came back meanwhile: good news, and nothing is reserved.
    scene.store.loans.takeBack({ barcode: scene.copies.pinocchio, staffId: scene.staffId });
    const late = await browser.submit(title, `${path}/reserve`);
    assert.equal(late.path, `/my/${scene.emma.id}`);
    assert.deepEqual(scene.store.reservations.listFor(scene.emma.id), []);
  });

  it('are nobody else’s: not to see, not to renew, not to reserve for', async () => {
    lend(scene.copies.pinocchio, scene.lucas);
    const { browser, page } = await comeIn('emma');
    const lucas = `/my/${scene.lucas.id}`;
    assert.equal((await browser.go(lucas)).status, 403);
    assert.equal((await browser.go('/my/999')).status, 403);
    const [loan] = scene.store.loans.listOpen(scene.lucas.id);
    const form = scene.store.forms.createToken();
    const body = () =>
      new URLSearchParams({ form, loan: String(loan?.id), member: String(scene.lucas.id) });
    const init = () => ({
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin' },
      body: body(),
    });
    assert.equal((await browser.visit(`${lucas}/renew`, init())).status, 403);
    assert.equal((await browser.visit('/titles/1/reserve', init())).status, 403);
    assert.equal((await browser.go(`/family/${scene.lucas.id}/remove`)).status, 403);
    const own = await browser.go(`${page.path}/renew`, init());
    assert.match(own.notice, /no longer with you/);
    assert.equal(scene.store.loans.listOpen(scene.lucas.id)[0]?.renewals, 0);
  });

  it('open to a parent after the child’s card was in the reader, and a yes', async () => {
    const { browser } = await comeIn('parent');
    assert.match((await browser.go('/family')).text, /No child added yet/);
    assert.match((await browser.go('/family/add')).text, /Put your child’s card in/);
    scene.reader = { sub: 'emma' };
    const question = await browser.go('/family/add/card');
    assert.equal(question.title, 'Is this your child?');
    assert.match(question.text, /library card of Emma Peeters/);
    assert.equal((await browser.go(`/my/${scene.emma.id}`)).status, 403);
    const shelf = await browser.submit(question, '/family/add');
    assert.equal(shelf.path, `/my/${scene.emma.id}`);
    assert.equal(shelf.title, 'Books of Emma Peeters');
    // The parent is still the one who is signed in; another day the own card is enough.
    assert.match((await browser.go('/family')).text, /See the books of Emma Peeters/);
    const { page } = await comeIn('parent');
    assert.equal(page.path, `/my/${scene.emma.id}`);
  });

  it('of several children stand side by side, and a parent renews and reserves for each', async () => {
    for (const sub of ['emma', 'lucas']) {
      const { browser, page } = await readChild(sub);
      await browser.submit(page, '/family/add');
    }
    lend(scene.copies.pinocchio, scene.lucas);
    scene.passDays(1);
    const { browser, page } = await comeIn('parent');
    assert.match(page.text, new RegExp(`href="/my/${scene.lucas.id}">Lucas Peeters`));
    const lucas = await browser.go(`/my/${scene.lucas.id}`);
    const renewed = await browser.submit(lucas, `/my/${scene.lucas.id}/renew`);
    assert.match(renewed.notice, /You can keep it until/);
    const path = `/titles/${scene.titles.pinocchio}`;
    const title = await browser.go(path);
    assert.match(title.text, /Lucas Peeters has this book at home/);
    assert.match(title.text, /Reserve for Emma Peeters/);
    const shelf = await browser.submit(title, `${path}/reserve`);
    assert.equal(shelf.path, `/my/${scene.emma.id}`);
  });

  it('are not opened by the own card, a grown-up’s, or one that was read too long ago', async () => {
    const own = await readChild('parent');
    assert.equal(own.page.title, 'That was your own card');
    scene.store.links.linkAtDesk({ sub: 'nora', memberId: scene.nora.id, staffId: scene.staffId });
    const adult = await readChild('nora');
    const refused = await adult.browser.submit(adult.page, '/family/add');
    assert.equal(refused.title, 'This reader is grown up');
    const slow = await readChild('emma');
    scene.passMs(5 * 60_000);
    const gone = await slow.browser.submit(slow.page, '/family/add');
    assert.equal(gone.title, 'That took a little too long');
    assert.deepEqual(scene.store.guardians.listChildren('parent'), []);
  });

  it('lead back to "add a child" when the gateway refuses the child’s card', async (t) => {
    t.mock.method(console, 'error', () => {});
    const { browser } = await comeIn('parent');
    for (const reader of ['refuses', 'breaks'] as const) {
      scene.reader = reader;
      const page = await browser.go('/family/add/card');
      assert.equal(page.path, '/family/add');
      assert.notEqual(page.notice, '');
    }
  });

  it('ask for the library card of a child whose identity card is not known yet', async () => {
    const { browser, page } = await readChild('nora’s child');
    assert.equal(page.title, 'Which library card is your child’s?');
    const taken = await browser.submit(page, '/family/add/link', {
      number: scene.emma.number,
      birthYear: '2017',
    });
    assert.equal(taken.title, 'This library card has an identity card already');
    const again = await browser.go('/family/add/confirm');
    const wrong = await browser.submit(again, '/family/add/link', {
      number: scene.nora.number,
      birthYear: '1990',
    });
    assert.match(wrong.notice, /You can try 4 more times/);
    const noa = { number: '2000000048', name: 'Noa Dubois', birthYear: 2018 };
    scene.store.members.save(noa);
    const question = await browser.submit(wrong, '/family/add/link', {
      number: noa.number,
      birthYear: '2018',
    });
    assert.match(question.text, /library card of Noa Dubois/);
    assert.equal((await browser.submit(question, '/family/add')).title, 'Books of Noa Dubois');
    // The child logs in alone from now on.
    assert.match((await comeIn('nora’s child')).page.text, /Hello, Noa Dubois/);
  });

  it('close to a parent who takes a child off the list', async () => {
    const { browser, page } = await readChild('emma');
    await browser.submit(page, '/family/add');
    const path = `/family/${scene.emma.id}/remove`;
    const question = await browser.go(path);
    assert.equal(question.title, 'Take Emma Peeters off your list?');
    assert.match((await browser.submit(question, path)).notice, /Emma Peeters is off your list/);
    assert.equal((await browser.go(`/my/${scene.emma.id}`)).status, 403);
  });
});
