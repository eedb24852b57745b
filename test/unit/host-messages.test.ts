import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HOST_MESSAGE_MAX_BYTES } from '../../gateway/protocol/host-messages.ts';
import { type RunningHost, startHost } from '../kit/host/host-bench.ts';
import { createVirtualReaders } from '../kit/host/virtual-readers.ts';

/** A host that trusts no gateway. */
function startAlone(context: TestContext): RunningHost {
  return startHost(context, { gateways: [], openReaders: createVirtualReaders().open });
}

const frame = (body: Uint8Array) =>
  Buffer.concat([Buffer.from(Uint32Array.of(body.length).buffer), body]);

const hello = (host: RunningHost, id = 'h') => host.find((message) => message['id'] === id);

test('answers hello at once with its version and the protocol’s', async (context) => {
  const host = startAlone(context);
  host.send({ type: 'hello', id: 'h' });
  const { hostVersion, ...rest } = await hello(host);
  assert.match(String(hostVersion), /^\d+\.\d+\.\d+$/);
  assert.deepEqual(rest, { type: 'hello', id: 'h', ok: true, protocol: 1 });
});

const ANSWERED: readonly [string, Record<string, unknown>][] = [
  ['hello with an unknown field', { type: 'hello', id: 'm', extra: 1 }],
  [
    'login without a ticket',
    { type: 'login', id: 'm', origin: 'https://a.example', language: 'nl' },
  ],
  [
    'login with an origin of http',
    { type: 'login', id: 'm', origin: 'http://a.example', ticket: 'A'.repeat(43), language: 'nl' },
  ],
];

for (const [name, message] of ANSWERED) {
  test(`a malformed message with type and id is answered MESSAGE_MALFORMED: ${name}`, async (context) => {
    const host = startAlone(context);
    host.send(message);
    const reply = { type: message['type'], id: 'm', ok: false, code: 'MESSAGE_MALFORMED' };
    assert.deepEqual(await hello(host, 'm'), reply);
    host.send({ type: 'hello', id: 'h' });
    assert.equal((await hello(host))['ok'], true);
    assert.deepEqual(host.logged, ['MESSAGE_MALFORMED']);
  });
}

const ENDING: readonly [string, Uint8Array, string][] = [
  ['JSON that is no message', frame(Buffer.from('[]')), 'MESSAGE_MALFORMED'],
  ['what is not JSON', frame(Buffer.from('{')), 'MESSAGE_MALFORMED'],
  ['what is not UTF-8', frame(Buffer.from([0x22, 0xff, 0x22])), 'MESSAGE_MALFORMED'],
  ['an empty frame', frame(Buffer.alloc(0)), 'MESSAGE_MALFORMED'],
  ['a type that nobody knows', frame(Buffer.from('{"type":"x","id":"h"}')), 'MESSAGE_MALFORMED'],
  ['an id that is none', frame(Buffer.from('{"type":"hello","id":""}')), 'MESSAGE_MALFORMED'],
  [
    'a PIN without a login',
    frame(Buffer.from('{"type":"pin","id":"h","digits":[1,2,3,4]}')),
    'MESSAGE_MALFORMED',
  ],
  [
    'a cancel without a login',
    frame(Buffer.from('{"type":"cancel","id":"h"}')),
    'MESSAGE_MALFORMED',
  ],
  ['a frame over the limit', frame(Buffer.alloc(HOST_MESSAGE_MAX_BYTES + 1)), 'MESSAGE_TOO_LARGE'],
];

for (const [name, bytes, code] of ENDING) {
  test(`ends, without an answer, on ${name}`, async (context) => {
    const host = startAlone(context);
    host.sendRaw(bytes);
    await host.ended;
    assert.deepEqual(host.messages, []);
    assert.deepEqual(host.logged, [code]);
  });
}

test('ends when its stdin ends; in the middle of a frame it logs MESSAGE_MALFORMED', async (context) => {
  const host = startAlone(context);
  host.closeWindow();
  await host.ended;
  assert.deepEqual(host.logged, []);
  const cut = startAlone(context);
  cut.sendRaw(Uint8Array.of(9, 0, 0));
  cut.closeWindow();
  await cut.ended;
  assert.deepEqual(cut.logged, ['MESSAGE_MALFORMED']);
});

test('a second login is LOGIN_BUSY, and what the window says of the first one after its end is ignored', async (context) => {
  const host = startAlone(context);
  const id = host.startLogin('https://a.example');
  assert.equal((await host.findReply())['code'], 'GATEWAY_UNTRUSTED');
  host.send({ type: 'pin', id, digits: [1, 2, 3, 4] });
  host.send({ type: 'cancel', id });
  const again = { type: 'login', id: 'two', origin: 'https://a.example', ticket: 'A'.repeat(43) };
  host.send({ ...again, language: 'de' });
  assert.equal((await hello(host, 'two'))['code'], 'LOGIN_BUSY');
  assert.deepEqual(host.logged, ['GATEWAY_UNTRUSTED']);
});

test('a diagnosis for an origin that is not on the list is GATEWAY_UNTRUSTED, and no reader is looked at', async (context) => {
  const readers = createVirtualReaders();
  const host = startHost(context, { gateways: [], openReaders: readers.open });
  host.send({ type: 'diagnose', id: 'd', origin: 'https://a.example' });
  const reply = { type: 'diagnose', id: 'd', ok: false, code: 'GATEWAY_UNTRUSTED' };
  assert.deepEqual(await hello(host, 'd'), reply);
  assert.equal(readers.isOpen, false);
});

test('a diagnosis is answered again and again; a login after it is LOGIN_BUSY, and no card is asked for a PIN', async (context) => {
  const readers = createVirtualReaders();
  const origin = 'https://a.example';
  const gateways = [{ origin, connectionKey: 'A'.repeat(43) }];
  const host = startHost(context, { gateways, openReaders: readers.open });
  for (const id of ['d1', 'd2']) {
    host.send({ type: 'diagnose', id, origin });
    const found = { type: 'diagnose', id, ok: true, reader: 'ready', card: 'CARD_ABSENT' };
    assert.deepEqual(await hello(host, id), found);
  }
  host.startLogin(origin);
  assert.equal((await host.findReply())['code'], 'LOGIN_BUSY');
  host.send({ type: 'change-pin', id: 'c', language: 'nl' });
  assert.equal((await hello(host, 'c'))['code'], 'LOGIN_BUSY');
  host.closeWindow();
  await host.ended;
  assert.equal(readers.isOpen, false);
});

test('a diagnosis after a login is LOGIN_BUSY, and a malformed one is answered', async (context) => {
  const host = startAlone(context);
  host.send({ type: 'diagnose', id: 'm' });
  assert.equal((await hello(host, 'm'))['code'], 'MESSAGE_MALFORMED');
  host.startLogin('https://a.example');
  await host.findReply();
  host.send({ type: 'diagnose', id: 'd', origin: 'https://a.example' });
  assert.equal((await hello(host, 'd'))['code'], 'LOGIN_BUSY');
});

test('a window that is gone at once after its question: no reader is opened behind it', async (context) => {
  const readers = createVirtualReaders();
  const origin = 'https://a.example';
  const gateways = [{ origin, connectionKey: 'A'.repeat(43) }];
  const host = startHost(context, { gateways, openReaders: readers.open });
  host.send({ type: 'diagnose', id: 'd', origin });
  host.closeWindow();
  await host.ended;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(readers.isOpen, false);
  assert.deepEqual(host.messages, []);
  assert.deepEqual(host.logged, []);
});
