/** What children say to each other over the example chat's WebSocket, over TLS, several at once. */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type LiveWorld, startLiveWorld } from './chat-live-setup.ts';
import { CHAT_ORIGIN, type ChatSetup, prepareChat } from './chat-setup.ts';

let setup: ChatSetup;
before(async () => {
  setup = await prepareChat();
});
after(() => setup.remove());

let world: LiveWorld;
beforeEach(async () => {
  world = await startLiveWorld(setup.web);
});
afterEach(() => world.close());

describe('chat conversation over the WebSocket', { timeout: 30_000 }, () => {
  it('reaches everybody in the room and nobody in the other, each in their own language', async () => {
    const ann = await world.child('ann', { language: 'nl' });
    const others = await Promise.all(
      ['nl', 'fr', 'de', 'en', 'xx'].map((language) => world.child(`to ${language}`, { language })),
    );
    const old = await world.child('old', { room: 'treetop' });
    const id = ann.say('Hallo <b>iedereen</b>!');
    const said = await ann.take('said');
    assert.equal(said.id, id);
    const own = await ann.take('message');
    assert.deepEqual([own.clientId, own.id], [id, said.messageId]);
    const names = [];
    for (const page of others) {
      const message = await page.take('message');
      assert.equal(message.text, 'Hallo <b>iedereen</b>!');
      assert.equal(message.accountId, ann.account.handle);
      assert.ok(!('clientId' in message));
      names.push(message.nickname);
    }
    assert.equal(names[0], names[4]);
    assert.ok(new Set(names).size > 1);
    await old.settle();
    assert.ok(!old.received.some(({ type }) => type === 'message'));
  });

  it('acknowledges what is on the disk, and stores once what is sent again on a new connection', async () => {
    const ann = await world.child('ann');
    const id = ann.say('hello');
    const { messageId } = await ann.take('said');
    assert.equal(world.chat.store.messages.find(messageId)?.text, 'hello');
    ann.socket.terminate();
    const again = await world.connect({ cookie: ann.cookie, origin: CHAT_ORIGIN });
    again.say('hello', id.toUpperCase());
    assert.deepEqual(await again.take('said'), { type: 'said', id, messageId });
    assert.equal((await again.take('history')).messages.length, 1);
    await again.settle();
    assert.ok(!again.received.some(({ type }) => type === 'message'));
  });

  it('refuses with a reason: no agreement, words, links, digits, too long, too fast', async () => {
    const bob = await world.child('bob', { mayWrite: false });
    bob.say('hello');
    assert.equal((await bob.take('refused')).reason, 'agreement');
    const ann = await world.child('ann');
    const texts = { 'k.u.t': 'word', 'www.x.be': 'link', '0470 12 34 56': 'digits', ' ': 'empty' };
    for (const [text, reason] of Object.entries(texts)) {
      const id = ann.say(text);
      assert.deepEqual(await ann.take('refused'), { type: 'refused', id, reason });
    }
    ann.say('five');
    await ann.take('said');
    ann.say('six');
    assert.equal((await ann.take('refused')).reason, 'rate');
    await bob.settle();
    assert.equal(bob.received.filter(({ type }) => type === 'message').length, 1);
  });

  it('tells that it could not be stored, and stores it when it is sent again', async (t) => {
    const logged = t.mock.method(console, 'error', () => {});
    await world.close();
    const file = join(dirname(setup.caFile), 'trouble.sqlite');
    world = await startLiveWorld(setup.web, { file });
    const ann = await world.child('ann');
    const db = new DatabaseSync(file);
    t.after(() => db.close());
    db.exec(`CREATE TRIGGER trouble BEFORE INSERT ON messages
             BEGIN SELECT RAISE(ABORT, 'TEST ONLY: the disk is full'); END`);
    const id = ann.say('hello');
    assert.equal((await ann.take('refused')).reason, 'trouble');
    db.exec('DROP TRIGGER trouble');
    ann.say('hello', id);
    assert.equal((await ann.take('said')).id, id);
    assert.ok(!JSON.stringify(logged.mock.calls).includes('hello'));
  });

  it('tells who comes and goes, each child once, at the next tick', async () => {
    const [ann, bob] = [await world.child('ann'), await world.child('bob')];
    const second = await world.connect({ cookie: bob.cookie, origin: CHAT_ORIGIN });
    await ann.take('presence');
    world.live.tick();
    assert.equal((await ann.take('presence')).total, 2);
    second.socket.close();
    await second.closed;
    bob.socket.close();
    await bob.closed;
    await ann.settle();
    world.live.tick();
    assert.equal((await ann.take('presence')).total, 1);
    world.live.tick();
    await ann.settle();
    assert.equal(ann.received.filter(({ type }) => type === 'presence').length, 3);
  });

  it('shows a muted child to others only, and gives everything back on unmute', async () => {
    const [ann, bob, cem] = [
      await world.child('ann'),
      await world.child('bob'),
      await world.child('cem'),
    ];
    ann.send({ type: 'mute', accountId: bob.account.handle });
    await ann.take('muted');
    bob.say('not for Ann');
    await cem.take('message');
    await ann.settle();
    assert.ok(!ann.received.some(({ type }) => type === 'message'));
    // Also on another page of hers, opened later.
    const later = await world.connect({ cookie: ann.cookie, origin: CHAT_ORIGIN });
    assert.equal((await later.take('history')).messages.length, 0);
    assert.equal((await later.take('presence')).people.filter(({ muted }) => muted).length, 1);
    ann.send({ type: 'unmute', accountId: bob.account.handle });
    await ann.take('unmuted');
    assert.equal((await ann.take('history')).messages[0]?.text, 'not for Ann');
    bob.say('for all');
    assert.equal((await later.take('message')).text, 'for all');
    ann.send({ type: 'mute', accountId: ann.account.handle });
    assert.equal((await ann.take('unmuted')).accountId, ann.account.handle);
  });

  it('takes a hidden message off every page, and reports reach the moderators', async () => {
    const [ann, bob] = [await world.child('ann'), await world.child('bob')];
    ann.say('not nice');
    const { id: messageId } = await bob.take('message');
    bob.send({ type: 'report', messageId, reason: 'unkind' });
    assert.equal((await bob.take('reported')).messageId, messageId);
    assert.equal(world.chat.moderation.listQueue(5)[0]?.message.id, messageId);
    world.chat.moderation.hide(1, messageId);
    assert.equal((await ann.take('hidden')).messageId, messageId);
    assert.equal((await bob.take('hidden')).messageId, messageId);
    bob.send({ type: 'report', messageId: 999, reason: 'scary' });
    assert.equal((await bob.take('hidden')).messageId, 999);
  });

  it('cuts a banned child off on every page, at once and for every new connection', async () => {
    const [ann, bob] = [await world.child('ann'), await world.child('bob')];
    const second = await world.connect({ cookie: ann.cookie, origin: CHAT_ORIGIN });
    world.chat.moderation.ban(1, { accountId: ann.account.id, days: 1, reason: 'insults' });
    ann.say('one more');
    for (const page of [ann, second]) {
      assert.equal((await page.take('closed')).reason, 'banned');
      assert.equal(await page.closed, 4003);
    }
    await assert.rejects(world.connect({ cookie: ann.cookie, origin: CHAT_ORIGIN }), {
      message: '401',
    });
    await bob.settle();
    assert.ok(!bob.received.some(({ type }) => type === 'message'));
    // A new sign-in ends outside, too.
    world.next.child = { sub: 'ann', room: 'nest' };
    const site = `https://127.0.0.1:${world.port}`;
    const login = await fetch(`${site}/login`, { redirect: 'manual' });
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const state = new URL(login.headers.get('location') ?? '').searchParams.get('state');
    const back = await fetch(`${site}/callback?state=${state}`, {
      headers: { cookie },
      redirect: 'manual',
    });
    assert.equal(back.headers.get('location'), '/banned');
  });

  it('takes every line of a reset account away and tells nobody who it is now', async () => {
    const [ann, bob] = [await world.child('ann'), await world.child('bob')];
    ann.say('hello');
    await bob.take('message');
    world.chat.children.reset(ann.account.id);
    assert.equal((await bob.take('vanished')).accountId, ann.account.handle);
    assert.equal((await ann.take('closed')).reason, 'reset');
    const again = await world.connect({ cookie: ann.cookie, origin: CHAT_ORIGIN });
    const { you, messages } = await again.take('history');
    assert.notEqual(you.accountId, ann.account.handle);
    assert.equal(messages.length, 0);
    await bob.settle();
    assert.ok(!bob.received.some(({ type }) => type === 'renamed'));
  });

  it('tells a new nickname to everybody, in their language', async () => {
    const [ann, bob] = [await world.child('ann'), await world.child('bob', { language: 'fr' })];
    world.chat.children.drawNickname(ann.account.id);
    const { accountId, nickname } = await bob.take('renamed');
    assert.equal(accountId, ann.account.handle);
    world.live.tick();
    await bob.take('presence');
    const { people } = await bob.take('presence');
    assert.ok(people.some((person) => person.nickname === nickname));
  });
});

describe('chat with many at once', { timeout: 60_000 }, () => {
  it('gives twelve children in a room every message, once and in one order', async () => {
    const pages = await Promise.all(
      Array.from({ length: 12 }, (_, index) => world.child(`child ${index}`)),
    );
    for (const [index, page] of pages.entries()) {
      for (let line = 0; line < 5; line += 1) page.say(`child ${index} line ${line}`);
    }
    await Promise.all(
      pages.flatMap((page) => Array.from({ length: 60 }, () => page.take('message'))),
    );
    const orders = pages.map(({ received }) =>
      received.flatMap((message) => (message.type === 'message' ? [message.id] : [])).join(),
    );
    assert.equal(new Set(orders).size, 1);
    assert.equal(new Set(orders[0]?.split(',')).size, 60);
  });

  it('cuts off a reader who falls too far behind, and goes on for the others', async () => {
    await world.close();
    world = await startLiveWorld(setup.web, { maxBufferedBytes: 128 * 1_024 });
    const writer = world.comeIn('writer');
    for (let line = 0; line < 50; line += 1) world.say(writer, '😀'.repeat(300));
    const [slow, bob] = [await world.child('slow'), await world.child('bob')];
    const handle = writer.handle;
    slow.socket.pause();
    // Each answer is a history of 60 kB, none of which it reads: the system's buffers fill up, then ours.
    for (let round = 0; world.chat.hub.guestsOf(slow.account.id).length > 0; round += 1) {
      assert.ok(round < 2_000, 'it was never cut off');
      world.clock.advanceMs(1_000);
      slow.send({ type: 'unmute', accountId: handle });
      await bob.settle();
    }
    await bob.settle();
    slow.socket.resume();
    await slow.closed;
    assert.ok(!slow.received.some(({ type }) => type === 'closed'));
  });

  it('sends connections away above the number it can bear', async () => {
    await world.close();
    world = await startLiveWorld(setup.web, { maxConnections: 1 });
    const ann = await world.child('ann');
    await assert.rejects(world.child('bob'), { message: '503' });
    ann.socket.close();
    await ann.closed;
    await world.child('bob');
  });
});
