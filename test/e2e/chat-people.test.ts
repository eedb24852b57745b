/** The chat with several people at once, each in a browser of their own: children in two rooms, a parent, a moderator. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { cardOf } from '../kit/examples/card-issuer.ts';
import {
  type ExampleProcess,
  type ExampleStage,
  openExampleStage,
} from '../kit/examples/example-stage.ts';
import { invitePeople, type People, type PersonAtComputer } from '../kit/examples/people.ts';

const problems = await findChromiumProblems();

const PARENT = cardOf('papa', 41);

describe('the chat with several people', {
  skip: problems.join('; ') || false,
  timeout: 240_000,
}, () => {
  let stage: ExampleStage;
  let server: ExampleProcess;
  let people: People;
  let ann: PersonAtComputer;
  let bob: PersonAtComputer;
  let zoe: PersonAtComputer;
  let mona: PersonAtComputer;

  before(async () => {
    stage = await openExampleStage('chat');
    server = await stage.start();
    people = await invitePeople(stage);
    [ann, bob, zoe, mona] = [
      await people.invite(cardOf('ann', 7)),
      await people.invite(cardOf('bob', 8)),
      await people.invite(cardOf('zoe', 11)),
      await people.invite(cardOf('mona', 50)),
    ];
  });
  after(async () => {
    await people?.close();
    await stage?.remove();
  });

  test('a child reads at once and writes after a parent agreed with an own card, once', async () => {
    await comeIn(ann);
    await ann.press('a[href="/room"]', '/room');
    assert.equal(await ann.page.locator('#text').count(), 0);
    await ann.press('a[href="/parent"]', '/parent');
    // A sister's card, then the child's own once more: neither is a grown-up's.
    for (const card of [cardOf('sister', 16), cardOf('ann', 7)]) {
      await ann.insert(card);
      await ann.press('a[href="/parent/login"]', '/parent/refused');
      await ann.press('a[href="/parent"]', '/parent');
    }
    await ann.insert(PARENT);
    await ann.press('a[href="/parent/login"]', '/parent/done');
    await ann.insert(cardOf('ann', 7));
    await ann.press('a[href="/room"]', '/room');
    await ann.page.locator('#text').waitFor();
    // In another visit nobody asks again.
    await ann.press('form[action="/logout"] button', '/goodbye');
    await comeIn(ann);
    await enterRoom(ann);
    await ann.page.locator('#text').waitFor();
  });

  test('an adult and a child of five stay outside', async () => {
    for (const age of [5, 13, 40]) {
      const somebody = await people.invite(cardOf('somebody', age));
      await somebody.open('/');
      await somebody.press('a[href="/login"]', '/refused');
      await somebody.open('/room');
      assert.equal(somebody.path(), '/');
      await somebody.page.context().close();
    }
  });

  test('who is in the room sees messages and people come and go, who is in the other sees none of it', async () => {
    for (const [child, card] of [
      [bob, cardOf('bob', 8)],
      [zoe, cardOf('zoe', 11)],
    ] as const) {
      await comeIn(child);
      await agree(child);
      await child.insert(card);
      await enterRoom(child);
    }
    await seePeople(ann, 2);
    await seePeople(bob, 2);
    await seePeople(zoe, 1);
    await say(zoe, 'hello from the treetop');
    await say(ann, 'hello <b>nest</b>');
    await say(bob, 'hello ann');
    assert.deepEqual(await linesOf(ann), ['hello <b>nest</b>', 'hello ann']);
    await see(bob, 'hello <b>nest</b>');
    assert.deepEqual(await linesOf(bob), ['hello <b>nest</b>', 'hello ann']);
    assert.deepEqual(await linesOf(zoe), ['hello from the treetop']);
    // Who reads later gets what was said before, and from the own room only.
    const eva = await people.invite(cardOf('eva', 6));
    await comeIn(eva);
    await enterRoom(eva);
    await seePeople(ann, 3);
    assert.deepEqual(await linesOf(eva), ['hello <b>nest</b>', 'hello ann']);
    await eva.press('form[action="/logout"] button', '/goodbye');
    await seePeople(ann, 2);
    await seePeople(zoe, 1);
  });

  test('a moderator is let in by code, and hides a reported message from every open page', async () => {
    await mona.open('/moderate');
    await mona.press('a[href="/moderate/login"]', '/moderate');
    const code = await mona.read('.code');
    const { output } = await stage.run('moderator', 'add', code);
    assert.match(output, /is in/);
    await say(ann, 'something unkind');
    await report(bob, 'something unkind');
    await mona.open('/moderate');
    assert.match(await mona.read(), /something unkind/);
    await mona.press('form[action="/moderate/hide"] button', '/moderate');
    await vanish(bob, 'something unkind');
    await vanish(ann, 'something unkind');
    assert.match(await mona.read(), /Nothing is waiting/);
  });

  test('a ban cuts the child off at once, in the room and at the door, with another name too', async () => {
    await say(ann, 'unkind once more');
    await report(bob, 'unkind once more');
    await mona.open('/moderate');
    await mona.page.locator('details.ban summary').first().click();
    await mona.page.locator('select[name="days"]').selectOption('7');
    await mona.page.locator('select[name="reason"]').selectOption('insults');
    await mona.press('form[action="/moderate/ban"] button', '/moderate');
    await ann.page.waitForURL(/\/banned$/);
    await seePeople(bob, 1);
    await ann.open('/');
    await ann.press('a[href="/login"]', '/banned');
    assert.match(await ann.read(), /The door opens for you again/);
    // From another computer, it is the same card.
    const elsewhere = await people.invite(cardOf('ann', 7));
    await elsewhere.open('/');
    await elsewhere.press('a[href="/login"]', '/banned');
    // A moderator who was wrong takes it back.
    await mona.open('/moderate/bans');
    await mona.press('form[action="/moderate/lift"] button', '/moderate/bans');
    await comeIn(elsewhere);
  });

  test('what is written while the chat is down arrives once, after the child is in again', async () => {
    await server.kill();
    await bob.page.locator('#text').fill('written in the dark');
    await bob.page.locator('#say button').click();
    await bob.page.locator('#messages li.pending', { hasText: 'written in the dark' }).waitFor();
    server = await stage.start();
    // Their pages go there by themselves, and nobody is to type an address meanwhile.
    for (const child of [bob, zoe]) await child.page.waitForURL(/\/asleep$/);
    await comeIn(zoe);
    await comeIn(bob);
    await enterRoom(bob);
    await bob.page
      .locator('#messages li:not(.pending)', { hasText: 'written in the dark' })
      .waitFor();
    await bob.open('/room');
    const lines = await linesOf(bob);
    assert.equal(lines.filter((line) => line === 'written in the dark').length, 1);
    await enterRoom(zoe);
    assert.deepEqual(await linesOf(zoe), ['hello from the treetop']);
  });

  test('no page broke its policy or threw', () => {
    assert.deepEqual(people.complaints, []);
  });
});

async function comeIn(child: PersonAtComputer): Promise<void> {
  await child.open('/');
  await child.press('a[href="/login"]', '/welcome');
}

async function agree(child: PersonAtComputer): Promise<void> {
  await child.open('/parent');
  await child.insert(PARENT);
  await child.press('a[href="/parent/login"]', '/parent/done');
}

/** Waits until the room is live: the first list of people has come. */
async function enterRoom(child: PersonAtComputer): Promise<void> {
  const live = child.page.waitForEvent('websocket');
  await child.open('/room');
  const socket = await live;
  await socket.waitForEvent('framereceived', ({ payload }) => payload.includes('"presence"'));
}

async function say(child: PersonAtComputer, text: string): Promise<void> {
  await child.page.locator('#text').fill(text);
  await child.page.locator('#say button').click();
  await child.page.locator('#messages li:not(.pending)', { hasText: text }).waitFor();
}

async function see(child: PersonAtComputer, text: string): Promise<void> {
  await child.page.locator('#messages li', { hasText: text }).waitFor();
}

async function vanish(child: PersonAtComputer, text: string): Promise<void> {
  await child.page.locator('#messages li', { hasText: text }).waitFor({ state: 'detached' });
}

async function linesOf(child: PersonAtComputer): Promise<string[]> {
  return child.page.locator('#messages .text').allTextContents();
}

async function seePeople(child: PersonAtComputer, count: number): Promise<void> {
  await child.page.locator('#here summary', { hasText: `: ${count}` }).waitFor();
  await child.page
    .locator('#people li')
    .nth(count - 1)
    .waitFor();
  assert.equal(await child.page.locator('#people li').count(), count);
}

async function report(child: PersonAtComputer, text: string): Promise<void> {
  await child.page.locator('#messages li', { hasText: text }).locator('.not-ok').click();
  const dialog = child.page.locator('#not-ok');
  await dialog.locator('[data-reason="unkind"]').click();
  await dialog.locator('.thanks').waitFor();
  await dialog.locator('.close').click();
}
