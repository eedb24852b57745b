import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { LANGUAGES } from '../../gateway/protocol/fields.ts';
import { readBelgianCard } from '../../native-host/card/belgian-card.ts';
import { changePin } from '../../native-host/card/change-pin.ts';
import { type SignOutcome, signWithPin } from '../../native-host/card/sign-with-pin.ts';
import { createTestContents } from '../kit/card/card-fixture.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import {
  CARD_DATA_18,
  CHIP_SERIAL,
  cardDataHex,
  LOG_OFF,
  MSE_18,
  SELECT_KEYS,
  scriptedCard,
} from '../kit/host/card-script.ts';
import { createScriptChannel, type ScriptStep } from '../kit/host/script-channel.ts';
import type { KeypadFingers } from '../kit/host/virtual-keypad.ts';
import { createVirtualReaders } from '../kit/host/virtual-readers.ts';

const HASH = new Uint8Array(48).fill(0xab);
const RAW = 'D7'.repeat(96);
const KEYS = 'KEYPAD nl 002000010820FFFFFFFFFFFFFF';
const TO_KEYPAD = [SELECT_KEYS, CARD_DATA_18, MSE_18];
const SIGN: ScriptStep[] = [
  [`002A9E9A30${'AB'.repeat(48)}`, '6160'],
  ['00C0000060', `${RAW}9000`],
];

async function sign(steps: readonly ScriptStep[], end = 'leave'): Promise<SignOutcome> {
  const channel = createScriptChannel(steps, { keypad: 'verify' });
  const card = scriptedCard(0x18);
  try {
    return await signWithPin(channel, { card, pin: { keypad: 'nl' }, hash: HASH });
  } finally {
    channel.checkDone();
    assert.equal(channel.end, end);
  }
}

test('VERIFY on the keypad takes the place of VERIFY, with an empty block (PC/SC part 10)', async () => {
  const outcome = await sign([...TO_KEYPAD, [KEYS, '9000'], ...SIGN, LOG_OFF]);
  assert.equal(outcome.kind, 'signed');
});

test('the prompts of the keypad are in the language that was asked for', async () => {
  for (const language of LANGUAGES) {
    const steps: ScriptStep[] = [
      ...TO_KEYPAD,
      [KEYS.replace('nl', language), '9000'],
      ...SIGN,
      LOG_OFF,
    ];
    const channel = createScriptChannel(steps, { keypad: 'verify' });
    const card = scriptedCard(0x18);
    await signWithPin(channel, { card, pin: { keypad: language }, hash: HASH });
    channel.checkDone();
  }
});

for (const [answer, code] of [
  ['6400', 'TIMED_OUT'],
  ['6401', 'USER_CANCELLED'],
  ['6402', 'CARD_ERROR'],
  ['6B80', 'CARD_ERROR'],
  ['6D00', 'CARD_ERROR'],
  ['6A86', 'CARD_ERROR'],
  ['63C0', 'PIN_BLOCKED'],
  ['6983', 'PIN_BLOCKED'],
] as const) {
  test(`${answer} of VERIFY on the keypad is ${code}, after LOG OFF (PC/SC part 10)`, async () => {
    await assert.rejects(sign([...TO_KEYPAD, [KEYS, answer], LOG_OFF]), { code });
  });
}

test('6403 is pin-length and 63C2 a wrong PIN, both after LOG OFF (PC/SC part 10)', async () => {
  const short = await sign([...TO_KEYPAD, [KEYS, '6403'], LOG_OFF]);
  assert.deepEqual(short, { kind: 'pin-length' });
  const wrong = await sign([...TO_KEYPAD, [KEYS, '63C2'], LOG_OFF]);
  assert.deepEqual(wrong, { kind: 'pin-wrong', triesLeft: 2 });
});

test('a keypad that fails is asked once, and the transaction ends with LOG OFF or a reset', async () => {
  const failed = new KidsIdError('CARD_ERROR', 'control failed');
  await assert.rejects(sign([...TO_KEYPAD, [KEYS, failed], LOG_OFF]), { code: 'CARD_ERROR' });
  const removed = new KidsIdError('CARD_REMOVED', 'pulled');
  const pulled = sign([...TO_KEYPAD, [KEYS, removed], [LOG_OFF[0], removed]], 'reset');
  await assert.rejects(pulled, { code: 'CARD_REMOVED' });
});

test('another chip is CARD_CHANGED before anybody types on the keypad', async () => {
  const data = cardDataHex('18', CHIP_SERIAL.replace(/0B$/, '0C'));
  const steps: ScriptStep[] = [SELECT_KEYS, ['80E400011F', `${data}03FFFF9000`]];
  await assert.rejects(sign(steps), { code: 'CARD_CHANGED' });
});

test('typing on a keypad that is not there is a mistake of ours', async () => {
  const channel = createScriptChannel([]);
  const card = scriptedCard(0x18);
  const signing = signWithPin(channel, { card, pin: { keypad: 'nl' }, hash: HASH });
  await assert.rejects(signing, TypeError);
  await assert.rejects(changePin(channel, { card, pins: { keypad: 'nl' } }), TypeError);
});

test('a keypad reader signs and changes the PIN of a virtual card; the digits are never ours', async () => {
  const typed: ReturnType<KeypadFingers>[] = [['9999'], 0x6401, ['12'], ['1234', '77', '77']];
  typed.push(['1234', '5678', '5679'], ['1234', '567890', '567890'], ['567890']);
  const readers = createVirtualReaders({ keypad: () => typed.shift() ?? 0x6400 });
  readers.insert(createVirtualCard(await createTestContents('emma')));
  const [reader] = (await readers.open(() => undefined)).list();
  const connection = await reader?.connect();
  assert.ok(connection?.hasKeypad);
  const card = await connection.withTransaction((transaction) => readBelgianCard(transaction));
  assert.ok(card);
  const pin = { keypad: 'fr' } as const;
  const signOnce = () =>
    connection.withTransaction((transaction) =>
      signWithPin(transaction, { card, pin, hash: HASH }),
    );
  const changeOnce = () =>
    connection.withTransaction((transaction) => changePin(transaction, { card, pins: pin }));
  assert.deepEqual(await signOnce(), { kind: 'pin-wrong', triesLeft: 2 });
  await assert.rejects(signOnce(), { code: 'USER_CANCELLED' });
  assert.deepEqual(await signOnce(), { kind: 'pin-length' });
  assert.deepEqual(await changeOnce(), { kind: 'pin-length' });
  assert.deepEqual(await changeOnce(), { kind: 'pins-different' });
  assert.deepEqual(await changeOnce(), { kind: 'changed' });
  assert.equal((await signOnce()).kind, 'signed');
  await assert.rejects(signOnce(), { code: 'TIMED_OUT' });
});
