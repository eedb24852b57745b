import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { readBelgianCard } from '../../native-host/card/belgian-card.ts';
import {
  type ChangeOutcome,
  changePin,
  type PinChange,
} from '../../native-host/card/change-pin.ts';
import { signWithPin } from '../../native-host/card/sign-with-pin.ts';
import { createTestContents } from '../kit/card/card-fixture.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import {
  CARD_DATA_17,
  CARD_DATA_18,
  CHIP_SERIAL,
  cardDataHex,
  LOG_OFF,
  QUERY,
  SELECT_AID,
  SELECT_KEYS,
  scriptedCard,
} from '../kit/host/card-script.ts';
import { createScriptChannel, type ScriptStep } from '../kit/host/script-channel.ts';
import { createVirtualReaders } from '../kit/host/virtual-readers.ts';

const CHANGE = '0024000110241234FFFFFFFFFF26567890FFFFFFFF';
const KEYS = 'KEYPAD de 002400011020FFFFFFFFFFFFFF20FFFFFFFFFFFFFF';
const TO_CHANGE = [SELECT_KEYS, CARD_DATA_18];

async function change(
  steps: readonly ScriptStep[],
  options: { pins?: PinChange; keypad?: 'verify' | 'verify-and-change'; end?: string } = {},
): Promise<ChangeOutcome> {
  const { keypad } = options;
  const channel = createScriptChannel(steps, keypad ? { keypad } : {});
  const pins = options.pins ?? {
    pin: Uint8Array.of(1, 2, 3, 4),
    newPin: Uint8Array.of(5, 6, 7, 8, 9, 0),
  };
  try {
    return await changePin(channel, { card: scriptedCard(0x18), pins });
  } finally {
    channel.checkDone();
    assert.equal(channel.end, options.end ?? 'leave');
  }
}

test('changes the PIN with SELECT, GET CARD DATA, CHANGE REFERENCE DATA, LOG OFF (applet 1.8 manual §6.10)', async () => {
  const outcome = await change([...TO_CHANGE, [CHANGE, '9000'], LOG_OFF]);
  assert.deepEqual(outcome, { kind: 'changed' });
});

test('changes the PIN of applet 1.7 in the same way', async () => {
  const channel = createScriptChannel([
    SELECT_KEYS,
    CARD_DATA_17,
    QUERY,
    [CHANGE, '9000'],
    LOG_OFF,
  ]);
  const pins = { pin: Uint8Array.of(1, 2, 3, 4), newPin: Uint8Array.of(5, 6, 7, 8, 9, 0) };
  const outcome = await changePin(channel, { card: scriptedCard(0x17), pins });
  assert.deepEqual(outcome, { kind: 'changed' });
  channel.checkDone();
});

test('a wrong old PIN is an outcome with the tries left; 63C0 and 6983 are PIN_BLOCKED', async () => {
  const wrong = await change([...TO_CHANGE, [CHANGE, '63C1'], LOG_OFF]);
  assert.deepEqual(wrong, { kind: 'pin-wrong', triesLeft: 1 });
  for (const answer of ['63C0', '6983']) {
    const blocked = change([...TO_CHANGE, [CHANGE, answer], LOG_OFF]);
    await assert.rejects(blocked, { code: 'PIN_BLOCKED' });
  }
});

test('any other answer is CARD_ERROR, after LOG OFF, and nothing is sent twice', async () => {
  for (const answer of ['6700', '6A80', '6985', '6D00', '6400', '6401', '6402', '6403', '6C10']) {
    const refused = change([...TO_CHANGE, [CHANGE, answer], LOG_OFF]);
    await assert.rejects(refused, { code: 'CARD_ERROR' });
  }
});

test('the transaction ends with a reset when LOG OFF does not say 9000', async () => {
  for (const answer of ['6D00', '6700', new KidsIdError('CARD_ERROR', 'mute')]) {
    const steps: ScriptStep[] = [...TO_CHANGE, [CHANGE, '9000'], [LOG_OFF[0], answer]];
    assert.deepEqual(await change(steps, { end: 'reset' }), { kind: 'changed' });
  }
});

test('another chip, a lost applet and a blocked PIN end it before a PIN is presented', async () => {
  const data = cardDataHex('18', CHIP_SERIAL.replace(/0B$/, '0C'));
  const other: ScriptStep = ['80E400011F', `${data}03FFFF9000`];
  await assert.rejects(change([SELECT_KEYS, other]), { code: 'CARD_CHANGED' });
  const lost: ScriptStep[] = [
    [SELECT_KEYS[0], '6A82'],
    [SELECT_AID[0], '6A82'],
  ];
  await assert.rejects(change(lost), { code: 'CARD_CHANGED' });
  const blocked: ScriptStep = ['80E400011F', `${cardDataHex('18')}00FFFF9000`];
  await assert.rejects(change([SELECT_KEYS, blocked]), { code: 'PIN_BLOCKED' });
});

test('a card that is pulled at any step is CARD_REMOVED', async () => {
  const removed = new KidsIdError('CARD_REMOVED', 'pulled');
  await assert.rejects(change([[SELECT_KEYS[0], removed]]), { code: 'CARD_REMOVED' });
  await assert.rejects(change([SELECT_KEYS, [CARD_DATA_18[0], removed]]), { code: 'CARD_REMOVED' });
  const late: ScriptStep[] = [...TO_CHANGE, [CHANGE, removed], [LOG_OFF[0], removed]];
  await assert.rejects(change(late, { end: 'reset' }), { code: 'CARD_REMOVED' });
});

for (const [answer, outcome] of [
  ['9000', { kind: 'changed' }],
  ['63C2', { kind: 'pin-wrong', triesLeft: 2 }],
  ['6402', { kind: 'pins-different' }],
  ['6403', { kind: 'pin-length' }],
] as const) {
  test(`${answer} of MODIFY on the keypad is ${outcome.kind}, after LOG OFF (PC/SC part 10)`, async () => {
    const options = { pins: { keypad: 'de' }, keypad: 'verify-and-change' } as const;
    const steps: ScriptStep[] = [...TO_CHANGE, [KEYS, answer], LOG_OFF];
    assert.deepEqual(await change(steps, options), outcome);
  });
}

for (const [answer, code] of [
  ['6400', 'TIMED_OUT'],
  ['6401', 'USER_CANCELLED'],
  ['6983', 'PIN_BLOCKED'],
  ['6B80', 'CARD_ERROR'],
] as const) {
  test(`${answer} of MODIFY on the keypad is ${code}, after LOG OFF (PC/SC part 10)`, async () => {
    const options = { pins: { keypad: 'de' }, keypad: 'verify-and-change' } as const;
    const steps: ScriptStep[] = [...TO_CHANGE, [KEYS, answer], LOG_OFF];
    await assert.rejects(change(steps, options), { code });
  });
}

test('a keypad that can only verify says so, and the card hears nothing', async () => {
  const options = { pins: { keypad: 'de' }, keypad: 'verify' } as const;
  assert.deepEqual(await change([], options), { kind: 'keypad-cannot' });
});

test('PINs of three or thirteen digits are a mistake of ours: the card hears nothing', async () => {
  const good = Uint8Array.of(1, 2, 3, 4);
  for (const bad of [Uint8Array.of(1, 2, 3), new Uint8Array(13), Uint8Array.of(1, 2, 3, 10)]) {
    await assert.rejects(change([], { pins: { pin: bad, newPin: good } }), RangeError);
    await assert.rejects(change([], { pins: { pin: good, newPin: bad } }), RangeError);
  }
});

test('the command that held both PINs is wiped, whatever the card said', async () => {
  for (const answer of ['9000', '63C2', '6983', '6A80']) {
    const channel = createScriptChannel([...TO_CHANGE, [CHANGE, answer], LOG_OFF]);
    const sent: Uint8Array[] = [];
    const watched = {
      ...channel,
      transmit(command: Uint8Array) {
        sent.push(command);
        return channel.transmit(command);
      },
    };
    const pins = { pin: Uint8Array.of(1, 2, 3, 4), newPin: Uint8Array.of(5, 6, 7, 8, 9, 0) };
    await changePin(watched, { card: scriptedCard(0x18), pins }).catch(() => undefined);
    assert.deepEqual(sent[TO_CHANGE.length], new Uint8Array(21));
  }
});

test('after a change the virtual card takes the new PIN only, and signs nothing without it', async () => {
  const readers = createVirtualReaders();
  readers.insert(createVirtualCard(await createTestContents('emma')));
  const [reader] = (await readers.open(() => undefined)).list();
  const connection = await reader?.connect();
  const card = await connection?.withTransaction((transaction) => readBelgianCard(transaction));
  assert.ok(connection && card);
  const old = Uint8Array.of(1, 2, 3, 4);
  const newPin = Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2);
  const changing = (pin: Uint8Array) =>
    connection.withTransaction((transaction) =>
      changePin(transaction, { card, pins: { pin, newPin } }),
    );
  const signing = (pin: Uint8Array) =>
    connection.withTransaction((transaction) =>
      signWithPin(transaction, { card, pin, hash: new Uint8Array(48) }),
    );
  assert.deepEqual(await changing(newPin), { kind: 'pin-wrong', triesLeft: 2 });
  assert.deepEqual(await changing(old), { kind: 'changed' });
  const state = await connection.withTransaction((transaction) => readBelgianCard(transaction));
  assert.equal(state?.triesLeft, 3);
  assert.deepEqual(await signing(old), { kind: 'pin-wrong', triesLeft: 2 });
  assert.equal((await signing(newPin)).kind, 'signed');
});
