import assert from 'node:assert/strict';
import { createHash, verify, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { readBelgianCard } from '../../native-host/card/belgian-card.ts';
import { type SignOutcome, signWithPin } from '../../native-host/card/sign-with-pin.ts';
import { createTestContents } from '../kit/card/card-fixture.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import {
  CARD_DATA_18,
  CHIP_SERIAL,
  cardDataHex,
  LOG_OFF,
  MSE_18,
  SELECT_AID,
  SELECT_KEYS,
  scriptedCard,
  VERIFY,
} from '../kit/host/card-script.ts';
import { createScriptChannel, type ScriptStep } from '../kit/host/script-channel.ts';
import { createVirtualReaders } from '../kit/host/virtual-readers.ts';

const HASH = new Uint8Array(48).fill(0xab);
const RAW = 'D7'.repeat(96);

const PSO: ScriptStep = [`002A9E9A30${'AB'.repeat(48)}`, '6160'];
const RESPONSE: ScriptStep = ['00C0000060', `${RAW}9000`];
const TO_VERIFY = [SELECT_KEYS, CARD_DATA_18, MSE_18];
const WHOLE = [...TO_VERIFY, VERIFY, PSO, RESPONSE, LOG_OFF];

const CARD = scriptedCard(0x18);

async function sign(steps: readonly ScriptStep[], end = 'leave'): Promise<SignOutcome> {
  const channel = createScriptChannel(steps);
  const pin = Uint8Array.of(1, 2, 3, 4);
  try {
    return await signWithPin(channel, { card: CARD, pin, hash: HASH });
  } finally {
    channel.checkDone();
    assert.equal(channel.end, end);
  }
}

test('signs with SELECT, GET CARD DATA, MSE, VERIFY, PSO, GET RESPONSE, LOG OFF in that order', async () => {
  const outcome = await sign(WHOLE);
  assert.equal(outcome.kind, 'signed');
  assert.equal(
    outcome.kind === 'signed' && Buffer.from(outcome.signature).toString('hex').toUpperCase(),
    RAW,
  );
});

test('takes a signature that the reader fetched by itself, without 61xx', async () => {
  const direct: ScriptStep = [PSO[0], `${RAW}9000`];
  assert.equal((await sign([...TO_VERIFY, VERIFY, direct, LOG_OFF])).kind, 'signed');
});

test('takes a signature that comes in two parts (61xx after GET RESPONSE)', async () => {
  const parts: ScriptStep[] = [
    [PSO[0], '6100'],
    ['00C0000000', `${RAW.slice(0, 100)}612E`],
    ['00C000002E', `${RAW.slice(100)}9000`],
  ];
  assert.equal((await sign([...TO_VERIFY, VERIFY, ...parts, LOG_OFF])).kind, 'signed');
});

test('selects the applet again when another program left the card elsewhere', async () => {
  const lost: ScriptStep = [SELECT_KEYS[0], '6A82'];
  assert.equal((await sign([lost, SELECT_AID, ...WHOLE])).kind, 'signed');
});

test('an applet that is not there any more is CARD_CHANGED', async () => {
  const steps: ScriptStep[] = [
    [SELECT_KEYS[0], '6A82'],
    [SELECT_AID[0], '6A82'],
  ];
  await assert.rejects(sign(steps), { code: 'CARD_CHANGED' });
});

test('another serial is CARD_CHANGED before any VERIFY', async () => {
  const other: ScriptStep = [
    '80E400011F',
    `${cardDataHex('18', CHIP_SERIAL.replace(/0B$/, '0C'))}03FFFF9000`,
  ];
  await assert.rejects(sign([SELECT_KEYS, other]), { code: 'CARD_CHANGED' });
});

test('a PIN that was blocked meanwhile is PIN_BLOCKED without a VERIFY', async () => {
  const blocked: ScriptStep = ['80E400011F', `${cardDataHex('18')}00FFFF9000`];
  await assert.rejects(sign([SELECT_KEYS, blocked]), { code: 'PIN_BLOCKED' });
});

test('an environment that is refused is CARD_ERROR before any VERIFY', async () => {
  for (const answer of ['6A80', '6A88', '6985', '6D00']) {
    await assert.rejects(sign([SELECT_KEYS, CARD_DATA_18, [MSE_18[0], answer]]), {
      code: 'CARD_ERROR',
    });
  }
});

test('a wrong PIN is an outcome with the tries left, after LOG OFF', async () => {
  const outcome = await sign([...TO_VERIFY, [VERIFY[0], '63C2'], LOG_OFF]);
  assert.deepEqual(outcome, { kind: 'pin-wrong', triesLeft: 2 });
});

test('63C0 and 6983 are both PIN_BLOCKED', async () => {
  for (const answer of ['63C0', '6983']) {
    const steps: ScriptStep[] = [...TO_VERIFY, [VERIFY[0], answer], LOG_OFF];
    await assert.rejects(sign(steps), { code: 'PIN_BLOCKED' });
  }
});

test('any other answer to VERIFY is CARD_ERROR, and VERIFY is never sent twice', async () => {
  for (const answer of ['6A86', '6A88', '6400', '6581', '6D00', '6E00', '6C08', '6985', '6B00']) {
    const steps: ScriptStep[] = [...TO_VERIFY, [VERIFY[0], answer], LOG_OFF];
    await assert.rejects(sign(steps), { code: 'CARD_ERROR' });
  }
});

test('a signature that is refused or of another length is CARD_ERROR, after LOG OFF', async () => {
  for (const answer of ['6982', '6985', '6700', '9000', `${RAW}D79000`, `${RAW.slice(2)}9000`]) {
    const steps: ScriptStep[] = [...TO_VERIFY, VERIFY, [PSO[0], answer], LOG_OFF];
    await assert.rejects(sign(steps), { code: 'CARD_ERROR' });
  }
});

test('the transaction ends with a reset when LOG OFF does not say 9000', async () => {
  for (const answer of ['6D00', '6700', new KidsIdError('CARD_ERROR', 'mute')]) {
    const outcome = await sign([...WHOLE.slice(0, -1), [LOG_OFF[0], answer]], 'reset');
    assert.equal(outcome.kind, 'signed');
  }
});

test('a card that is pulled at any step is CARD_REMOVED, and from VERIFY on a reset is asked for', async () => {
  const removed = new KidsIdError('CARD_REMOVED', 'pulled');
  for (const [index, step] of WHOLE.slice(0, -1).entries()) {
    const before = WHOLE.slice(0, index);
    const isVerified = index >= TO_VERIFY.length;
    const after: ScriptStep[] = isVerified ? [[LOG_OFF[0], removed]] : [];
    const signing = sign([...before, [step[0], removed], ...after], isVerified ? 'reset' : 'leave');
    await assert.rejects(signing, { code: 'CARD_REMOVED' });
  }
});

test('the command that held the PIN is wiped, whatever the card said', async () => {
  for (const answer of ['9000', '63C2', '6983', '6D00']) {
    const sent: Uint8Array[] = [];
    const channel = createScriptChannel(
      answer === '9000' ? WHOLE : [...TO_VERIFY, [VERIFY[0], answer], LOG_OFF],
    );
    const watched = {
      keypad: undefined,
      setEnd: channel.setEnd,
      transmit(command: Uint8Array) {
        sent.push(command);
        return channel.transmit(command);
      },
    };
    const pin = Uint8Array.of(1, 2, 3, 4);
    await signWithPin(watched, { card: CARD, pin, hash: HASH }).catch(() => undefined);
    assert.deepEqual(sent[TO_VERIFY.length], new Uint8Array(13));
  }
});

test('a hash of another length, or a PIN of three digits, is a mistake of ours: the card hears nothing', async () => {
  const channel = createScriptChannel([]);
  const card = CARD;
  const pin = Uint8Array.of(1, 2, 3, 4);
  const short = signWithPin(channel, { card, pin, hash: new Uint8Array(32) });
  await assert.rejects(short, RangeError);
  for (const digits of [[1, 2, 3], new Array<number>(13).fill(1), [1, 2, 3, 10]]) {
    const wrong = { card, pin: Uint8Array.from(digits), hash: HASH };
    await assert.rejects(signWithPin(channel, wrong), RangeError);
  }
});

test('a login takes at most 15 commands on the virtual card, and its signature verifies', async () => {
  const contents = await createTestContents('emma');
  const readers = createVirtualReaders();
  readers.insert(createVirtualCard(contents));
  const [reader] = (await readers.open(() => undefined)).list();
  assert.ok(reader && contents.authenticationCertificate);
  const connection = await reader.connect();
  const card = await connection.withTransaction(readBelgianCard);
  assert.ok(card);
  const message = Buffer.from('TEST ONLY');
  const hash = createHash('sha384').update(message).digest();
  const pin = Uint8Array.from(contents.pin ?? '', Number);
  const signOnce = () =>
    connection.withTransaction((transaction) => signWithPin(transaction, { card, pin, hash }));
  const outcome = await signOnce();
  assert.ok(outcome.kind === 'signed');
  assert.ok(contents.authenticationCertificate.length <= 1_024);
  assert.ok(readers.commands.length <= 15, `${readers.commands.length} commands`);
  const { publicKey } = new X509Certificate(contents.authenticationCertificate);
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  assert.ok(verify('sha384', message, key, outcome.signature));
  assert.deepEqual(readers.ends, ['leave', 'leave']);
});

test('after a login the virtual card signs nothing more without a PIN', async () => {
  const contents = await createTestContents('emma');
  const virtual = createVirtualCard(contents);
  virtual.powerOn();
  const channel = {
    keypad: undefined,
    setEnd: () => undefined,
    transmit: async (command: Uint8Array) => virtual.transmit(command),
  };
  const card = await readBelgianCard(channel);
  assert.ok(card);
  const pin = Uint8Array.from(contents.pin ?? '', Number);
  await signWithPin(channel, { card, pin, hash: HASH });
  virtual.transmit(Uint8Array.from(Buffer.from('002241B6050480028482', 'hex')));
  const again = virtual.transmit(Uint8Array.from(Buffer.from(PSO[0], 'hex')));
  assert.equal(Buffer.from(again).toString('hex'), '6982');
});

test('wrong PINs count down on the virtual card until it is blocked, the last only when allowed, in both dialects', async () => {
  for (const exhaustedStatus of [0x6983, 0x63c0] as const) {
    const virtual = createVirtualCard(await createTestContents('emma'), { exhaustedStatus });
    virtual.powerOn();
    const channel = {
      keypad: undefined,
      setEnd: () => undefined,
      transmit: async (command: Uint8Array) => virtual.transmit(command),
    };
    const card = await readBelgianCard(channel);
    assert.ok(card);
    let options = {};
    const attempt = () =>
      signWithPin(channel, { ...options, card, pin: Uint8Array.of(9, 9, 9, 9), hash: HASH });
    assert.deepEqual(await attempt(), { kind: 'pin-wrong', triesLeft: 2 });
    assert.deepEqual(await attempt(), { kind: 'pin-wrong', triesLeft: 1 });
    assert.deepEqual(await attempt(), { kind: 'last-try' });
    assert.deepEqual(await attempt(), { kind: 'last-try' });
    options = { isLastTryAllowed: true };
    await assert.rejects(attempt(), { code: 'PIN_BLOCKED' });
  }
});
