/** The model's arithmetic, and what both logins are made of. Nothing here is a measurement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findReason } from './command-reasons.ts';
import { compareLogins, ratioOf } from './compare-logins.ts';
import { fitToCertificate, readPeerLogin } from './peer-login.ts';
import {
  CARD_MS,
  DEFAULT_RATE,
  modelConversation,
  modelExchange,
  offeredRate,
  READER_MS,
} from './t0-model.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const exchange = (command: string, answer: string) => ({
  command: bytes(command),
  answer: bytes(answer),
});
/** 1 ms for each etu. */
const SLOW = { clockHz: 1_000, clocksPerEtu: 1 };

const peer = readPeerLogin();
const skip = 'skip' in peer ? peer.skip : false;

test('the rate is that of TA1 (ISO/IEC 7816-3 §8.3, tables 7 and 8)', () => {
  // Applet 1.8: 512 / 32. Applet 1.7: 372 / 4. No TA1: 372 / 1.
  assert.equal(offeredRate(bytes('3B7F9600008031')).clocksPerEtu, 16);
  assert.equal(offeredRate(bytes('3B9813400AA503')).clocksPerEtu, 93);
  assert.deepEqual(offeredRate(bytes('3B6800FF')), DEFAULT_RATE);
  assert.throws(() => offeredRate(bytes('3B9870')), RangeError);
  // 9,600 baud at the clock of 3.5712 MHz that the standard has in mind.
  assert.equal(3_571_200 / DEFAULT_RATE.clocksPerEtu, 9_600);
});

for (const { what, command, answer, toCard, fromCard, turns } of [
  {
    what: 'without data (case 1)',
    command: '80E60000',
    answer: '9000',
    toCard: 5,
    fromCard: 2,
    turns: 1,
  },
  {
    what: 'that reads (case 2)',
    command: '00B0000004',
    answer: '010203049000',
    toCard: 5,
    fromCard: 7,
    turns: 1,
  },
  {
    what: 'that reads in vain',
    command: '00B0000004',
    answer: '6B00',
    toCard: 5,
    fromCard: 2,
    turns: 1,
  },
  {
    what: 'that writes (case 3)',
    command: '00A4020C025038',
    answer: '9000',
    toCard: 7,
    fromCard: 3,
    turns: 3,
  },
] as const) {
  test(`a command ${what} has its header, procedure byte and status (ISO/IEC 7816-3 §10.3)`, () => {
    const modelled = modelExchange(exchange(command, answer), SLOW);
    assert.equal(modelled.toCardBytes, toCard);
    assert.equal(modelled.fromCardBytes, fromCard);
    assert.equal(modelled.lineMs, (toCard + fromCard) * 12 + turns * 4);
    const cardMs = CARD_MS[bytes(command)[1] ?? 0] ?? 0;
    assert.equal(modelled.cardMs, cardMs);
    assert.equal(modelled.totalMs, modelled.lineMs + cardMs + READER_MS);
  });
}

test('a question for the tries left costs no comparison, and an unknown command has no time', () => {
  const question = modelExchange(exchange('0020000100', '63C3'), SLOW);
  const presented = modelExchange(exchange(`0020000108${'FF'.repeat(8)}`, '9000'), SLOW);
  assert.ok(question.cardMs < presented.cardMs);
  assert.throws(() => modelExchange(exchange('00FF0000', '9000'), SLOW), RangeError);
});

test('a conversation is the sum of its exchanges, and sleeps are counted', () => {
  const first = { ...exchange('00B0000004', '010203049000'), sleepBeforeMs: 20 };
  const second = exchange('80E60000', '9000');
  const one = modelExchange(first, SLOW);
  const two = modelExchange(second, SLOW);
  const both = modelConversation([first, second], SLOW);
  assert.equal(both.apdus, 2);
  assert.equal(both.sleepMs, 20);
  assert.equal(both.toCardBytes, one.toCardBytes + two.toCardBytes);
  assert.equal(both.totalMs, one.totalMs + two.totalMs);
  assert.equal(both.totalMs, both.lineMs + both.cardMs + both.readerMs + both.sleepMs);
});

test('a ratio counts the signature that was assumed, for both', () => {
  const sign = exchange(`002A9E9A30${'00'.repeat(48)}`, '6160');
  const ours = modelConversation([sign], DEFAULT_RATE);
  const theirs = modelConversation([{ ...sign, sleepBeforeMs: 100 }], DEFAULT_RATE);
  const signatureMs = (CARD_MS[0x2a] ?? 0) + 50;
  const { total, withoutSleeps } = ratioOf(ours, theirs, { signatureMs });
  assert.equal(total, (ours.totalMs + 50) / (ours.totalMs + 150));
  assert.equal(withoutSleeps, 1);
  assert.equal(ratioOf(ours, theirs).total, ours.totalMs / (ours.totalMs + 100));
});

test('our login takes at most 15 commands for a certificate of at most 1,024 bytes, each with a reason', async () => {
  const { ours, certificateBytes } = await compareLogins();
  assert.ok(certificateBytes <= 1_024, `${certificateBytes} bytes`);
  assert.ok(ours.exchanges.length <= 15, `${ours.exchanges.length} commands`);
  for (const { command } of ours.exchanges) {
    const instruction = command[1]?.toString(16);
    assert.ok(findReason(command), `no reason for a command of instruction ${instruction}`);
  }
  const reads = ours.exchanges.filter(({ command }) => command[1] === 0xb0);
  const read = reads.reduce((sum, { answer }) => sum + answer.length - 2, 0);
  assert.equal(read, certificateBytes, 'the certificate is read once, and nothing behind it');
});

test('the peer’s recording is 21 commands that the same card takes, and ours are modelled in less', {
  skip,
}, async () => {
  const { ours, peerAsRecorded, peerOnThisCard, certificateBytes } = await compareLogins();
  assert.ok(peerAsRecorded && peerOnThisCard);
  assert.equal(peerAsRecorded.exchanges.length, 21);
  assert.equal(peerAsRecorded.negotiated.sleepMs, 185);
  for (const { exchanges } of [peerAsRecorded, peerOnThisCard]) {
    for (const { answer } of exchanges) {
      assert.ok(['9000', '6160'].includes(Buffer.from(answer.subarray(-2)).toString('hex')));
    }
  }
  const reads = peerOnThisCard.exchanges.filter(({ command }) => command[1] === 0xb0);
  const read = reads.reduce((sum, { answer }) => sum + answer.length - 2, 0);
  assert.equal(read, 250 + 2 * certificateBytes, 'one block of a file of zeros, and it twice');
  assert.ok(ratioOf(ours.negotiated, peerAsRecorded.negotiated).total < 0.6);
  assert.ok(ratioOf(ours.negotiated, peerOnThisCard.negotiated).total < 0.5);
});

test('fitted to the certificate that was recorded, the peer’s commands are those recorded', {
  skip,
}, () => {
  if ('skip' in peer) return;
  assert.deepEqual(fitToCertificate(peer.commands, 562), peer.commands);
});
