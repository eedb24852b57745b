import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { type BelgianCard, readBelgianCard } from '../../native-host/card/belgian-card.ts';
import { changePin } from '../../native-host/card/change-pin.ts';
import type { CardConnection } from '../../native-host/card/readers.ts';
import { type RecoveryClock, withRecovery } from '../../native-host/card/recovery.ts';
import { signWithPin } from '../../native-host/card/sign-with-pin.ts';
import { findCards, watchReaders } from '../../native-host/login/find-card.ts';
import { createTestContents } from '../kit/card/card-fixture.ts';
import { createVirtualCard, type VirtualCardOptions } from '../kit/card/virtual-card.ts';
import { SELECT_AID } from '../kit/host/card-script.ts';
import type { KeypadFingers } from '../kit/host/virtual-keypad.ts';
import { createVirtualReaders, type VirtualReaders } from '../kit/host/virtual-readers.ts';

const HASH = new Uint8Array(48).fill(0xab);
const BACK_OFF_MS = [50, 100, 200, 400];
const contents = await createTestContents('emma');

interface Desk {
  readonly readers: VirtualReaders;
  readonly connection: CardConnection;
  readonly pausesMs: number[];
  readonly clock: RecoveryClock;
}

async function insertCard(
  options: VirtualCardOptions & { keypad?: KeypadFingers } = {},
): Promise<Desk> {
  const { keypad, ...card } = options;
  const readers = createVirtualReaders(keypad ? { keypad } : {});
  readers.insert(createVirtualCard(contents, card));
  const [reader] = (await readers.open(() => undefined)).list();
  assert.ok(reader);
  const pausesMs: number[] = [];
  const clock: RecoveryClock = {
    now: () => 0,
    async pause(pauseMs) {
      pausesMs.push(pauseMs);
    },
  };
  return { readers, connection: await reader.connect(), pausesMs, clock };
}

function readIt({ connection, clock }: Desk): Promise<BelgianCard | undefined> {
  return withRecovery(connection, (transaction) => readBelgianCard(transaction), clock);
}

async function readQuietly(desk: Desk): Promise<BelgianCard> {
  const card = await readIt(desk);
  assert.ok(card);
  desk.readers.commands.length = 0;
  return card;
}

function signIt({ connection, clock }: Desk, card: BelgianCard, digits = '1234') {
  const pin = Uint8Array.from(digits, Number);
  return withRecovery(
    connection,
    (transaction) => signWithPin(transaction, { card, pin, hash: HASH }),
    clock,
  );
}

const verifies = ({ readers }: Desk) =>
  readers.commands.filter((command) => command.startsWith('0020000108')).length;

test('a card that answers is neither paused for nor reset', async () => {
  const desk = await insertCard();
  const card = await readIt(desk);
  assert.ok(card);
  assert.equal((await signIt(desk, card)).kind, 'signed');
  assert.deepEqual(desk.pausesMs, []);
  assert.equal(desk.readers.recoveries, 0);
});

test('a card that says 6D00 just after insertion is read after pauses, resets and SELECT (card facts §1.8)', async () => {
  for (const [tooSoonCommands, pausesMs] of [
    [1, [50]],
    [3, [50, 100, 200]],
    [4, BACK_OFF_MS],
  ] as const) {
    const desk = await insertCard({ tooSoonCommands });
    assert.ok(await readIt(desk));
    assert.deepEqual(desk.pausesMs, pausesMs);
    assert.equal(desk.readers.recoveries, pausesMs.length);
  }
});

test('a card that stays silent at first, an answer without a status word, is read as well', async () => {
  const desk = await insertCard({ silentCommands: 2 });
  assert.ok(await readIt(desk));
  assert.deepEqual(desk.pausesMs, [50, 100]);
});

test('each command of reading may fail once, by 6D00 or in communication', async () => {
  const plain = await insertCard();
  await readIt(plain);
  for (const prefix of plain.readers.commands) {
    for (const fault of [{ prefix }, { prefix, status: 0x6d00 }, { prefix, reachesCard: true }]) {
      const desk = await insertCard();
      desk.readers.failNext(fault);
      const card = await readIt(desk);
      assert.deepEqual(card?.unverifiedCertificate, contents.authenticationCertificate);
      assert.equal(card?.triesLeft, 3);
      assert.ok(desk.readers.recoveries <= 1);
    }
  }
});

test('a card that always fails is CARD_ERROR after five attempts', async () => {
  const desk = await insertCard();
  desk.readers.failNext({ times: 100 });
  await assert.rejects(readIt(desk), { code: 'CARD_ERROR' });
  assert.deepEqual(desk.pausesMs, BACK_OFF_MS);
  assert.equal(desk.readers.commands.length, 5);
});

test('who fails slowly is not asked again after five seconds', async () => {
  const desk = await insertCard();
  desk.readers.failNext({ times: 100 });
  let nowMs = 1_000;
  const now = () => {
    nowMs += 2_500;
    return nowMs;
  };
  const slow = { ...desk, clock: { ...desk.clock, now } };
  await assert.rejects(readIt(slow), { code: 'CARD_ERROR' });
  assert.equal(desk.readers.commands.length, 3);
});

test('another card that says 6D00 to everything is not ours, after five attempts', async () => {
  const desk = await insertCard({ intercept: () => Uint8Array.of(0x6d, 0x00) });
  assert.equal(await readIt(desk), undefined);
  assert.deepEqual(desk.pausesMs, BACK_OFF_MS);
});

test('another card that says anything else is not ours at once', async () => {
  const desk = await insertCard({ intercept: () => Uint8Array.of(0x6a, 0x82) });
  assert.equal(await readIt(desk), undefined);
  assert.deepEqual(desk.pausesMs, []);
});

test('what is no failure of communication is thrown at once', async () => {
  const desk = await insertCard();
  for (const code of ['CARD_REMOVED', 'CARD_BUSY', 'CARD_CHANGED', 'PIN_BLOCKED'] as const) {
    let count = 0;
    const work = async () => {
      count += 1;
      throw new KidsIdError(code, 'told');
    };
    await assert.rejects(withRecovery(desk.connection, work, desk.clock), { code });
    assert.equal(count, 1);
  }
  assert.deepEqual(desk.pausesMs, []);
});

test('the work is told when it is a repetition', async () => {
  const desk = await insertCard();
  const told: boolean[] = [];
  const work = async (_: unknown, { isRepeated }: { isRepeated: boolean }) => {
    told.push(isRepeated);
    if (told.length < 3) throw new KidsIdError('CARD_ERROR', 'told');
    return 'done';
  };
  assert.equal(await withRecovery(desk.connection, work, desk.clock), 'done');
  assert.deepEqual(told, [false, true, true]);
});

test('before VERIFY each command of signing may fail once; the PIN is still presented once', async () => {
  for (const prefix of ['00A4080C', '80E4', '0022']) {
    for (const fault of [{ prefix }, { prefix, status: 0x6d00 }, { prefix, reachesCard: true }]) {
      const desk = await insertCard();
      const card = await readQuietly(desk);
      desk.readers.failNext(fault);
      assert.equal((await signIt(desk, card)).kind, 'signed');
      assert.equal(verifies(desk), 1);
      assert.equal(desk.readers.recoveries, desk.pausesMs.length);
      if (desk.readers.recoveries > 0) assert.ok(desk.readers.commands.includes(SELECT_AID[0]));
    }
  }
});

test('from VERIFY on nothing is tried again: one VERIFY, LOG OFF, no reset of ours, whatever fails', async () => {
  for (const prefix of ['0020000108', '002A', '00C0']) {
    for (const fault of [
      { prefix },
      { prefix, status: 0x6d00 },
      { prefix, status: 0x6982 },
      { prefix, reachesCard: true },
    ]) {
      const desk = await insertCard();
      const card = await readQuietly(desk);
      desk.readers.failNext(fault);
      await assert.rejects(signIt(desk, card), { code: 'CARD_ERROR' });
      assert.equal(verifies(desk), 1);
      assert.equal(desk.readers.commands.at(-1), '80E60000');
      assert.deepEqual(desk.pausesMs, []);
      assert.equal(desk.readers.recoveries, 0);
    }
  }
});

test('a wrong PIN whose answer is lost costs one try, not two', async () => {
  const desk = await insertCard();
  const card = await readQuietly(desk);
  desk.readers.failNext({ prefix: '0020000108', reachesCard: true });
  await assert.rejects(signIt(desk, card, '9999'), { code: 'CARD_ERROR' });
  assert.equal((await readIt(desk))?.triesLeft, 2);
});

test('a LOG OFF that fails is not tried again: the transaction ends with a reset', async () => {
  const desk = await insertCard();
  const card = await readQuietly(desk);
  desk.readers.failNext({ prefix: '80E6' });
  assert.equal((await signIt(desk, card)).kind, 'signed');
  assert.equal(desk.readers.ends.at(-1), 'reset');
  assert.deepEqual(desk.pausesMs, []);
});

test('a change of PIN and a keypad are asked once, whatever fails', async () => {
  const prompts: string[] = [];
  const keypad: KeypadFingers = ({ kind }) => {
    prompts.push(kind);
    return kind === 'verify' ? ['1234'] : ['1234', '5678', '5678'];
  };
  const desk = await insertCard({ keypad });
  const card = await readQuietly(desk);
  const { connection, clock } = desk;
  for (const prefix of ['0020000108', '0024000110']) desk.readers.failNext({ prefix });
  const pin = { keypad: 'nl' } as const;
  const signing = withRecovery(
    connection,
    (transaction) => signWithPin(transaction, { card, pin, hash: HASH }),
    clock,
  );
  await assert.rejects(signing, { code: 'CARD_ERROR' });
  const changing = withRecovery(
    connection,
    (transaction) => changePin(transaction, { card, pins: pin }),
    clock,
  );
  await assert.rejects(changing, { code: 'CARD_ERROR' });
  desk.readers.failNext({ prefix: '0024000110' });
  const pins = { pin: Uint8Array.of(1, 2, 3, 4), newPin: Uint8Array.of(5, 6, 7, 8) };
  const typed = withRecovery(
    connection,
    (transaction) => changePin(transaction, { card, pins }),
    clock,
  );
  await assert.rejects(typed, { code: 'CARD_ERROR' });
  assert.deepEqual(prompts, ['verify', 'change']);
  assert.deepEqual(desk.pausesMs, []);
});

test('a reset that fails counts as an attempt; a card that is gone ends it as CARD_REMOVED', async () => {
  for (const [code, pausesMs] of [
    ['CARD_ERROR', BACK_OFF_MS],
    ['CARD_REMOVED', [50]],
    ['CARD_BUSY', [50]],
  ] as const) {
    const desk = await insertCard();
    desk.readers.failNext({ times: 100 });
    const recover = async () => {
      throw new KidsIdError(code, 'told');
    };
    const broken = { ...desk, connection: { ...desk.connection, recover } };
    await assert.rejects(readIt(broken), { code });
    assert.deepEqual(desk.pausesMs, pausesMs);
  }
});

test('a card that is pulled during the real pause is CARD_REMOVED', async () => {
  const desk = await insertCard();
  desk.readers.failNext({ times: 100 });
  const reading = withRecovery(desk.connection, (transaction) => {
    queueMicrotask(() => queueMicrotask(() => desk.readers.remove()));
    return readBelgianCard(transaction);
  });
  await assert.rejects(reading, { code: 'CARD_REMOVED' });
});

test('finding a card recovers by itself, and reads in small blocks from then on', async () => {
  const { readers } = await insertCard();
  readers.failNext({ prefix: '00B0', times: 2 });
  const watched = await watchReaders(readers.open);
  const [found] = await findCards({
    readers: watched,
    onStage: () => undefined,
    timeoutMs: 10_000,
    signal: new AbortController().signal,
  });
  assert.deepEqual(found?.card.unverifiedCertificate, contents.authenticationCertificate);
  const blocks = readers.commands.filter((command) => command.startsWith('00B0'));
  assert.deepEqual(blocks.slice(0, 4), ['00B0000000', '00B00000F8', '00B00000F8', '00B000F8F8']);
  assert.equal(readers.recoveries, 1);
});
