import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { createVirtualCard, type VirtualCardOptions } from '../kit/card/virtual-card.ts';
import {
  eventsOf,
  type HostPki,
  openHostPki,
  type RunningHost,
  startHost,
} from '../kit/host/host-bench.ts';
import type { KeypadFingers } from '../kit/host/virtual-keypad.ts';
import { createVirtualReaders } from '../kit/host/virtual-readers.ts';

let bench: HostPki;

before(async () => {
  bench = await openHostPki();
});
after(() => bench.close());

const id = 'change-1';

/** A change of emma's PIN that runs, without any gateway. */
async function startChange(
  context: TestContext,
  options: { card?: VirtualCardOptions; keypad?: KeypadFingers } = {},
) {
  const { keypad } = options;
  const readers = createVirtualReaders(keypad ? { keypad } : {});
  const contents = await bench.contentsOf('emma');
  readers.insert(createVirtualCard(contents, options.card));
  const host = startHost(context, { gateways: [], openReaders: readers.open });
  host.send({ type: 'change-pin', id, language: 'fr' });
  return { host, readers };
}

const digits = (pin: string) => [...pin].map(Number);

function sendPins(host: RunningHost, [pin, newPin, repeated]: [string, string, string]): void {
  host.send({
    type: 'new-pin',
    id,
    digits: digits(pin),
    newDigits: digits(newPin),
    repeatedDigits: digits(repeated),
  });
}

const wanted = (host: RunningHost, fits: object = {}) =>
  host.find(
    (message) =>
      message.type === 'new-pin-wanted' &&
      Object.entries(fits).every(([name, value]) => message[name] === value),
  );

const reply = (host: RunningHost) => host.find(({ type }) => type === 'change-pin');

test('old PIN, new PIN, new PIN again: changed, without a gateway, and the card is logged off', async (context) => {
  const { host, readers } = await startChange(context);
  assert.deepEqual(await wanted(host), {
    type: 'new-pin-wanted',
    id,
    triesLeft: 3,
    wrong: false,
    different: false,
  });
  sendPins(host, ['1234', '567890', '567890']);
  assert.deepEqual(await reply(host), { type: 'change-pin', id, ok: true });
  const changes = readers.commands.filter((command) => command.startsWith('0024'));
  assert.deepEqual(changes, ['00240001102412 34FFFFFFFFFF26567890FFFFFFFF'.replaceAll(' ', '')]);
  assert.equal(readers.commands.at(-1), '80E60000');
});

test('new PINs that differ are asked again before the card hears of it', async (context) => {
  const { host, readers } = await startChange(context);
  await wanted(host);
  sendPins(host, ['1234', '5678', '5679']);
  await wanted(host, { different: true, wrong: false, triesLeft: 3 });
  assert.ok(!readers.commands.some((command) => command.startsWith('0024')));
  sendPins(host, ['1234', '5678', '5678']);
  assert.equal((await reply(host))['ok'], true);
});

test('a wrong old PIN counts down, the last try waits for an adult’s yes, then PIN_BLOCKED', async (context) => {
  const { host } = await startChange(context, { card: { pinTriesLeft: 2 } });
  await wanted(host);
  sendPins(host, ['9999', '5678', '5678']);
  await host.find(({ type }) => type === 'last-try');
  host.send({ type: 'last-try-allowed', id });
  await wanted(host, { wrong: true, triesLeft: 1 });
  sendPins(host, ['9999', '5678', '5678']);
  assert.deepEqual(await reply(host), { type: 'change-pin', id, ok: false, code: 'PIN_BLOCKED' });
});

test('a reader with keys: typed there, told to the window, different ones again (PC/SC part 10)', async (context) => {
  const typed = [
    ['1234', '5678', '5679'],
    ['1234', '5678', '5678'],
  ];
  const { host } = await startChange(context, { keypad: () => typed.shift() ?? 0x6401 });
  assert.equal((await reply(host))['ok'], true);
  const told = host.messages.filter(({ type }) => type === 'new-pin-on-reader');
  assert.deepEqual(
    told.map(({ different }) => different),
    [false, true],
  );
  assert.ok(!eventsOf(host).includes('new-pin-wanted'));
});

test('cancel while the PINs are awaited: USER_CANCELLED, and the card saw none', async (context) => {
  const { host, readers } = await startChange(context);
  await wanted(host);
  host.send({ type: 'cancel', id });
  assert.deepEqual(await reply(host), {
    type: 'change-pin',
    id,
    ok: false,
    code: 'USER_CANCELLED',
  });
  assert.ok(
    !readers.commands.some((command) => /^002[04]..../.test(command) && command.length > 12),
  );
});

for (const { what, sees, action } of [
  {
    what: 'a reader that tells of its card while the first is read',
    sees: 'card-choice-wanted',
    action: 'insert',
  },
  { what: 'a card pulled while names are read', sees: 'new-pin-wanted', action: 'remove' },
] as const) {
  test(`two cards, ${what}: ${sees} (issue: insert, pull, swap at any moment)`, async (context) => {
    const readers = createVirtualReaders({ readers: 2 });
    const first = createVirtualCard(await bench.contentsOf('emma'));
    const second = createVirtualCard(await bench.contentsOf('noah'));
    let isDone = false;
    readers.insert({
      ...first,
      transmit(command) {
        const isMoment = action === 'insert' || command[1] === 0xb2;
        if (isMoment && !isDone) {
          isDone = true;
          if (action === 'insert') readers.insert(second, 1);
          else queueMicrotask(() => readers.remove(0));
        }
        return first.transmit(command);
      },
    });
    if (action === 'remove') readers.insert(second, 1);
    const host = startHost(context, { gateways: [], openReaders: readers.open });
    host.send({ type: 'change-pin', id, language: 'fr' });
    const asked = await host.find(({ type }) => type !== 'stage');
    assert.equal(asked.type, sees);
  });
}
