/** The example library's desk: its door, lending and taking back, fines, and members' identity cards. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { LIBRARIAN, type LibraryBrowser, type LibraryScene, openLibrary } from './library-setup.ts';

describe('library desk', { timeout: 30_000 }, () => {
  let scene: LibraryScene;
  let browser: LibraryBrowser;
  before(async () => {
    scene = await openLibrary();
    scene.reader = LIBRARIAN;
    browser = scene.newBrowser();
    await browser.logInAtDesk();
  });
  after(() => scene.close());

  const pageOf = (person: { id: number }) => `/desk/members/${person.id}`;
  const send = async (path: string, action: string, fields?: Record<string, string>) =>
    browser.submit(await browser.go(path), action, fields);
  const lend = (person: { id: number }, copy: string) =>
    send(pageOf(person), `${pageOf(person)}/lend`, { copy });
  const takeBack = (copy: string) => send('/desk', '/desk/return', { copy });

  it('shows who is not on the staff list a code, and nothing else; on the list they are in', async () => {
    scene.reader = { sub: 'new librarian' };
    const stranger = scene.newBrowser();
    const page = await stranger.logInAtDesk();
    assert.equal(page.title, 'You are not on the staff list yet');
    const code = /<strong class="code">([\w-]+)</.exec(page.text)?.[1] ?? '';
    assert.match(code, /^\w{4}-\w{4}$/);
    assert.match((await stranger.go('/desk')).text, new RegExp(code));
    // Their card opened a session: the way out and the end for idleness are there as for everybody.
    for (const path of ['/desk', '/']) {
      const { text } = await stranger.go(path);
      assert.match(text, /action="\/logout"/);
      assert.match(text, /\/idle\.js/);
    }
    for (const path of [pageOf(scene.emma), '/desk/held', `${pageOf(scene.emma)}/card`]) {
      assert.equal((await stranger.go(path)).path, '/desk');
    }
    scene.store.staff.add(code);
    assert.match((await stranger.go('/desk')).text, /Find a member/);
    scene.store.staff.remove(code);
    assert.equal((await stranger.go(pageOf(scene.emma))).path, '/desk');
    assert.equal((await stranger.go('/desk')).title, 'You are not on the staff list yet');
  });

  it('opens to no reader, and to nobody who is not signed in', async () => {
    scene.reader = { sub: 'reader' };
    const reader = scene.newBrowser();
    await reader.logIn();
    const headers = { 'sec-fetch-site': 'same-origin' };
    for (const visitor of [reader, scene.newBrowser()]) {
      for (const path of [pageOf(scene.emma), '/desk/held', `${pageOf(scene.emma)}/leave`]) {
        assert.equal((await visitor.go(path)).title, 'The desk', path);
      }
      const page = await visitor.go('/desk/return', { method: 'POST', headers });
      assert.equal(page.title, 'The desk');
    }
  });

  it('finds members by the beginning of a name, and goes straight to a scanned card', async () => {
    const found = await browser.go('/desk?q=peet');
    assert.match(found.text, /2 members/);
    assert.match(found.text, /Emma Peeters/);
    assert.match((await browser.go('/desk?q=zzz')).text, /No member is called that/);
    assert.equal((await browser.go(`/desk?q=${scene.nora.number}`)).path, pageOf(scene.nora));
    assert.equal((await browser.go('/desk/members/999')).status, 404);
  });

  it('lends by the number of the copy, and a form that is sent twice lends once', async () => {
    const { emma, copies, store } = scene;
    const page = await browser.go(pageOf(emma));
    const [copy] = copies.alice;
    const lent = await browser.submit(page, `${pageOf(emma)}/lend`, { copy });
    assert.match(lent.notice, /“Alice’s Adventures in Wonderland” is lent until Monday, 23 March/);
    const again = await browser.submit(page, `${pageOf(emma)}/lend`, { copy });
    assert.match(again.notice, /is lent until Monday, 23 March/);
    assert.equal(store.loans.listOpen(emma.id).length, 1);
  });

  it('says why a copy cannot be lent', async () => {
    const { nora, copies } = scene;
    assert.match(
      (await lend(nora, copies.alice[0])).notice,
      /still written down with Emma Peeters/,
    );
    assert.match((await lend(nora, '3000000099')).notice, /No book has this number/);
    assert.match((await lend(nora, '')).notice, /No book has this number/);
  });

  it('takes back late: the fine, who waits, and the shelf of books that are kept', async () => {
    const { nora, lucas, copies, store, titles } = scene;
    await lend(nora, copies.pinocchio);
    store.reservations.reserve({ titleId: titles.pinocchio, memberId: lucas.id });
    scene.passDays(24);
    scene.reader = LIBRARIAN;
    await browser.logInAtDesk();
    const page = await takeBack(copies.pinocchio);
    assert.match(page.notice, /is back, 3 days late: €0.30 to pay/);
    assert.match(page.notice, /Put it aside: Lucas Peeters \(\d{10}\) is waiting/);
    assert.match((await takeBack(copies.pinocchio)).notice, /was not lent/);
    assert.match((await takeBack('12')).notice, /No book has this number/);
    assert.match((await browser.go('/desk/held')).text, /for Lucas Peeters/);
    assert.match((await lend(nora, copies.pinocchio)).notice, /kept for Lucas Peeters, until/);
    assert.match((await lend(lucas, copies.pinocchio)).notice, /is lent until/);
    assert.match((await browser.go('/desk/held')).text, /No book is waiting/);
  });

  it('notes a fine as paid, once; and all of them together', async () => {
    const { nora, emma, copies, store } = scene;
    const page = await browser.go(pageOf(nora));
    const paid = await browser.submit(page, `${pageOf(nora)}/pay`);
    assert.match(paid.notice, /Paid: €0.30/);
    assert.match((await browser.submit(page, `${pageOf(nora)}/pay`)).notice, /Paid: €0.30/);
    assert.equal(store.fines.owedBy(nora.id), 0);
    await lend(emma, copies.alice[1]);
    scene.passDays(30);
    await browser.logInAtDesk();
    for (const copy of copies.alice) await takeBack(copy);
    const all = await send(pageOf(emma), `${pageOf(emma)}/pay-all`);
    // 33 and 9 days.
    assert.match(all.notice, /Paid: €4.20/);
    assert.equal(store.fines.owedBy(emma.id), 0);
  });

  it('renews, takes back and cancels on the member’s page', async () => {
    const { lucas, nora, store, copies, titles } = scene;
    await takeBack(copies.pinocchio);
    await lend(lucas, copies.pinocchio);
    store.reservations.reserve({ titleId: titles.pinocchio, memberId: nora.id });
    assert.match((await browser.go(pageOf(lucas))).text, /Somebody waits for it/);
    const gone = await send(pageOf(nora), `${pageOf(nora)}/cancel`);
    assert.match(gone.notice, /The reservation is gone/);
    scene.passDays(2);
    await browser.logInAtDesk();
    const renewed = await send(pageOf(lucas), `${pageOf(lucas)}/renew`);
    assert.match(renewed.notice, /Renewed until/);
    const back = await send(pageOf(lucas), `${pageOf(lucas)}/return`);
    assert.equal(back.path, pageOf(lucas));
    assert.match(back.notice, /is back. Thank you/);
  });

  it('links a card that is in the reader, after a question', async () => {
    const { lucas, store } = scene;
    const path = `${pageOf(lucas)}/card`;
    assert.match((await browser.go(path)).text, /is the person at the desk Lucas Peeters/);
    scene.reader = { sub: 'lucas' };
    const question = await browser.go(`${path}/read`);
    assert.equal(question.path, `${path}/confirm`);
    assert.equal(store.links.findMember('lucas'), undefined);
    const done = await browser.submit(question, path);
    assert.equal(done.notice, 'The identity card is linked.');
    assert.equal(store.links.findMember('lucas')?.id, lucas.id);
    // The librarian is still the one who is signed in, and the card is forgotten.
    assert.match(done.text, /Lend a book/);
    assert.equal((await browser.go(`${path}/confirm`)).title, 'That took too long');
    assert.match(
      (await browser.go(`${path}/read`)).notice,
      /This very card opens this page already/,
    );
  });

  it('links a renewed card in place of the old one, with loans and history kept', async () => {
    const { lucas, store, copies } = scene;
    await lend(lucas, copies.pinocchio);
    scene.reader = { sub: 'lucas, new card' };
    const path = `${pageOf(lucas)}/card`;
    const question = await browser.go(`${path}/read`);
    assert.match(question.text, /The old card opens nothing from then on/);
    const done = await browser.submit(question, path);
    assert.match(done.notice, /The new identity card is linked/);
    assert.match(done.text, /Cards before/);
    assert.equal(store.links.findMember('lucas'), undefined);
    const reader = scene.newBrowser();
    assert.match((await reader.logIn()).text, /De avonturen van Pinokkio/);
    scene.reader = { sub: 'lucas' };
    assert.equal((await scene.newBrowser().logIn()).path, '/link');
  });

  it('links no card of somebody else, and none that was read for another or too long ago', async () => {
    const { nora, emma, store } = scene;
    scene.reader = { sub: 'lucas, new card' };
    const taken = await browser.go(`${pageOf(nora)}/card/read`);
    assert.equal(taken.title, 'This card belongs to somebody else');
    scene.reader = { sub: 'nora' };
    const question = await browser.go(`${pageOf(nora)}/card/read`);
    assert.equal((await browser.go(`${pageOf(emma)}/card/confirm`)).title, 'That took too long');
    scene.passMs(5 * 60_000);
    assert.equal((await browser.submit(question, `${pageOf(nora)}/card`)).status, 409);
    assert.equal(store.links.findMember('nora'), undefined);
    scene.reader = 'refuses';
    const refused = await browser.go(`${pageOf(nora)}/card/read`);
    assert.equal(refused.path, `${pageOf(nora)}/card`);
    assert.match(refused.notice, /You did not get in with this card/);
  });

  it('ends the link of a lost card, and a parent’s view', async () => {
    const { lucas, store } = scene;
    store.guardians.add({ parentSub: 'parent', childSub: 'lucas, new card' });
    const ended = await send(pageOf(lucas), `${pageOf(lucas)}/end-parent`);
    assert.match(ended.notice, /no longer sees the shelf/);
    assert.equal(store.guardians.mayActFor('parent', lucas.id), false);
    const path = `${pageOf(lucas)}/card/end`;
    assert.match((await send(path, path)).notice, /The link is ended/);
    assert.equal(store.links.findMember('lucas, new card'), undefined);
  });

  it('forgets a member who leaves, but not with books at home', async () => {
    const { lucas, nora, store } = scene;
    const path = (person: { id: number }) => `${pageOf(person)}/leave`;
    assert.match((await send(path(lucas), path(lucas))).notice, /still books at home/);
    const done = await send(path(nora), path(nora));
    assert.equal(done.path, '/desk');
    assert.equal(store.members.find(nora.id), undefined);
  });
});
