/** The example chat's WebSocket `/live`, over TLS: who may connect, for how long, and which frames are taken. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
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

describe('chat connection', { timeout: 30_000 }, () => {
  it('opens for a page of ours with a child in its session, and for nobody else (RFC 6455 §10.2)', async () => {
    const account = world.comeIn('ann');
    const cookie = world.openSession(account);
    const good = { cookie, origin: CHAT_ORIGIN };
    const page = await world.connect(good);
    await page.take('history');
    page.socket.close();

    const strange = [
      [{ ...good, origin: undefined }, '403'],
      [{ ...good, origin: 'null' }, '403'],
      [{ ...good, origin: 'https://other.localhost:8444' }, '403'],
      [{ ...good, origin: 'https://chat.localhost' }, '403'],
      [{ ...good, origin: `${CHAT_ORIGIN}.example` }, '403'],
      [{ ...good, cookie: undefined }, '401'],
      [{ ...good, cookie: '__Host-chat=x' }, '401'],
      [{ ...good, cookie: cookie.replace('__Host-', '') }, '401'],
      [{ ...good, path: '/' }, '404'],
      [{ ...good, path: '/live/' }, '404'],
      [{ ...good, path: '//x/live2' }, '404'],
    ] as const;
    for (const [how, status] of strange) {
      await assert.rejects(world.connect(how), { message: status }, JSON.stringify(how));
    }
    world.chat.store.bans.put({
      sub: 'ann',
      accountId: account.id,
      reason: 'other',
      madeAt: world.clock.now(),
    });
    await assert.rejects(world.connect(good), { message: '403' });
  });

  it('gives the room as it is: the last 50 messages, oldest first, and who is there', async () => {
    const ann = world.comeIn('ann');
    for (let index = 0; index < 52; index += 1) world.say(ann, `text ${index}`);
    const hidden = world.say(ann, 'hidden');
    world.chat.moderation.hide(1, hidden);
    world.say(world.comeIn('old', { room: 'treetop' }), 'elsewhere');
    const page = await world.connect({ cookie: world.openSession(ann), origin: CHAT_ORIGIN });
    const { messages, you } = await page.take('history');
    assert.equal(messages.length, 50);
    assert.equal(messages[0]?.text, 'text 2');
    assert.equal(messages.at(-1)?.text, 'text 51');
    assert.ok(messages.every(({ clientId, accountId }) => clientId && accountId === you.accountId));
    const { people, total } = await page.take('presence');
    assert.deepEqual(people, [{ ...you, muted: false }]);
    assert.equal(total, 1);
    assert.ok(!JSON.stringify(page.received).includes('ann'));
  });

  it('ends on log-out at once, and on a session that is idle by its next look', async () => {
    const [ann, bob] = [await world.child('ann'), await world.child('bob')];
    const left = await fetch(`https://127.0.0.1:${world.port}/logout`, {
      method: 'POST',
      headers: { cookie: ann.cookie ?? '', 'sec-fetch-site': 'same-origin' },
      redirect: 'manual',
    });
    assert.equal(left.status, 303);
    assert.equal((await ann.take('closed')).reason, 'session');
    assert.equal(await ann.closed, 4001);
    world.clock.advanceMs(15 * 60_000 - 1);
    world.live.tick();
    await bob.settle();
    world.clock.advanceMs(15 * 60_000);
    world.live.tick();
    assert.equal((await bob.take('closed')).reason, 'session');
  });

  it('counts typing as use of the session; pings, readers and a new connection are none', async () => {
    const [ann, bob] = [await world.child('ann'), await world.child('bob')];
    for (let minutes = 0; minutes < 14; minutes += 1) {
      world.clock.advanceMs(60_000);
      world.live.tick();
      await once(bob.socket, 'ping');
      ann.say(`minute ${minutes}`);
      await bob.take('message');
    }
    await world.connect({ cookie: bob.cookie, origin: CHAT_ORIGIN });
    world.clock.advanceMs(60_000);
    world.live.tick();
    assert.equal((await bob.take('closed')).reason, 'session');
    await ann.settle();
    await assert.rejects(world.connect({ cookie: bob.cookie, origin: CHAT_ORIGIN }), {
      message: '401',
    });
  });

  it('asks every 30 seconds whether the page is there, and drops one that does not answer', async () => {
    const [ann, bob] = [await world.child('ann'), await world.child('bob')];
    world.clock.advanceMs(29_999);
    world.live.tick();
    // A page behind a cable that was pulled: it reads nothing, and answers nothing.
    ann.socket.pause();
    world.clock.advanceMs(1);
    world.live.tick();
    await once(bob.socket, 'ping');
    await bob.settle();
    world.clock.advanceMs(30_000);
    world.live.tick();
    await bob.settle();
    assert.deepEqual(world.chat.hub.guestsOf(ann.account.id), []);
    assert.equal(world.chat.hub.guestsOf(bob.account.id).length, 1);
    ann.socket.resume();
    await ann.closed;
  });

  it('keeps five pages of a child: the oldest gives way', async () => {
    const ann = await world.child('ann');
    const pages = [];
    for (let more = 0; more < 5; more += 1) {
      pages.push(await world.connect({ cookie: ann.cookie, origin: CHAT_ORIGIN }));
    }
    assert.equal((await ann.take('closed')).reason, 'tabs');
    assert.equal((await pages[4]?.take('presence'))?.total, 1);
  });

  it('tells its pages when the server stops, and lets nobody in any more', async () => {
    const ann = await world.child('ann');
    world.live.close();
    assert.equal((await ann.take('closed')).reason, 'stopping');
    assert.equal(await ann.closed, 1012);
    await assert.rejects(world.connect({ cookie: ann.cookie, origin: CHAT_ORIGIN }), {
      message: '503',
    });
  });
});

describe('chat frames', { timeout: 30_000 }, () => {
  it('that are no message of a page end its connection, and nobody else’s', async () => {
    const bob = await world.child('bob');
    const wrong = [
      'hello',
      '{"type":"say"}',
      JSON.stringify({ type: 'say', id: randomUUID(), text: 'x', room: 'treetop' }),
      JSON.stringify({ type: 'presence', people: [], total: 0 }),
    ];
    for (const frame of wrong) {
      const ann = await world.child('ann');
      ann.socket.send(frame);
      assert.equal((await ann.take('closed')).reason, 'malformed');
      assert.equal(await ann.closed, 1008);
    }
    const binary = await world.child('ann');
    binary.socket.send(Buffer.from(JSON.stringify({ type: 'say', id: randomUUID(), text: 'x' })));
    assert.equal((await binary.take('closed')).reason, 'malformed');
    await bob.settle();
  });

  it('above 2 KiB, or no UTF-8, end the connection (RFC 6455 §7.4.1: 1009, 1007)', async () => {
    const ann = await world.child('ann');
    const frame = JSON.stringify({ type: 'say', id: randomUUID(), text: '' });
    ann.socket.send(frame.replace('""', `"${'a'.repeat(2_048 - frame.length)}"`));
    assert.equal((await ann.take('refused')).reason, 'long');
    ann.socket.send(frame.replace('""', `"${'a'.repeat(2_049 - frame.length)}"`));
    assert.equal(await ann.closed, 1009);
    const bob = await world.child('bob');
    bob.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    assert.equal(await bob.closed, 1007);
  });

  it('more than 30 in ten seconds end the connection', async () => {
    const ann = await world.child('ann');
    for (let count = 0; count < 30; count += 1) await ann.settle();
    world.clock.advanceMs(10_000);
    for (let count = 0; count < 30; count += 1) await ann.settle();
    ann.send({ type: 'mute', accountId: 'x'.repeat(22) });
    assert.equal((await ann.take('closed')).reason, 'flood');
  });

  it('take the longest message there is: 300 characters of four bytes', async () => {
    const [ann, bob] = [await world.child('ann'), await world.child('bob')];
    ann.say('😀'.repeat(300));
    assert.equal((await bob.take('message')).text.length, 600);
  });

  it('in pieces, or garbage instead of a handshake, harm nobody', async () => {
    const bob = await world.child('bob');
    for (const garbage of [
      'GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'GET //[ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    ]) {
      const socket = connectTls({ port: world.port, host: '127.0.0.1' });
      await once(socket, 'secureConnect');
      socket.write(garbage);
      const [answer] = await once(socket, 'data');
      assert.match(String(answer), /^HTTP\/1\.1 4\d\d /);
      socket.destroy();
    }
    await bob.settle();
  });
});
