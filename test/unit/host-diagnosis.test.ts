/** What a host finds out for a person whose login does not work: virtual readers, no gateway, no PIN. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { HostFindings } from '../../gateway/protocol/diagnosis.ts';
import {
  type Diagnosis,
  type DiagnosisTiming,
  openDiagnosis,
} from '../../native-host/login/diagnosis.ts';
import { createVirtualCard, type VirtualCardOptions } from '../kit/card/virtual-card.ts';
import { type HostPki, openHostPki } from '../kit/host/host-bench.ts';
import { createVirtualReaders, type VirtualReaders } from '../kit/host/virtual-readers.ts';

const TIMING: DiagnosisTiming = {
  firstReaderMs: 60,
  quietMs: 20,
  lookMs: 2_000,
  againMs: 50,
  otherCardMs: 150,
};
/** An answer of a card that is none of ours. */
const foreign: VirtualCardOptions = { intercept: () => Uint8Array.of(0x6a, 0x82) };

let bench: HostPki;

before(async () => {
  bench = await openHostPki();
});
after(() => bench.close());

async function open(
  context: TestContext,
  readers: VirtualReaders,
  changes: Partial<DiagnosisTiming> = {},
): Promise<Diagnosis> {
  const diagnosis = await openDiagnosis(readers.open, { ...TIMING, ...changes });
  context.after(() => diagnosis.close());
  return diagnosis;
}

const cardOf = async (name: string, options?: VirtualCardOptions) =>
  createVirtualCard(await bench.contentsOf(name), options);

/** Asks on, as a page does, until the answer is the expected one. */
async function comesTo(diagnosis: Diagnosis, expected: HostFindings): Promise<void> {
  const endMs = performance.now() + 5_000;
  for (;;) {
    const found = await diagnosis.look();
    try {
      assert.deepEqual(found, expected);
      return;
    } catch (error) {
      if (performance.now() > endMs) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

test('walks on by itself: no reader, an empty one, a card that is ready, and back', async (context) => {
  const readers = createVirtualReaders({ readers: 0 });
  const diagnosis = await open(context, readers);
  assert.deepEqual(await diagnosis.look(), { reader: 'READER_ABSENT', card: 'waiting' });
  readers.addReader();
  await comesTo(diagnosis, { reader: 'ready', card: 'CARD_ABSENT' });
  readers.insert(await cardOf('emma'));
  await comesTo(diagnosis, { reader: 'ready', card: 'ready', applet: '1.8' });
  readers.remove();
  await comesTo(diagnosis, { reader: 'ready', card: 'CARD_ABSENT' });
});

for (const [name, person, options, expected] of [
  ['blocked PIN', 'emma', { pinTriesLeft: 0 }, { card: 'PIN_BLOCKED', applet: '1.8' }],
  ['last try', 'emma', { pinTriesLeft: 1 }, { card: 'ready', applet: '1.8', isLastTry: true }],
  ['no certificate', 'arthur', {}, { card: 'CERTIFICATE_ABSENT', applet: '1.8' }],
  ['never activated', 'emma', { activated: false }, { card: 'CERTIFICATE_ABSENT', applet: '1.8' }],
  ['applet 1.1', 'maria', {}, { card: 'APPLET_TOO_OLD', applet: '1.1' }],
  ['applet 1.7', 'lotte', {}, { card: 'ready', applet: '1.7' }],
  ['another kind of card', 'emma', foreign, { card: 'CARD_UNSUPPORTED' }],
] as const) {
  test(`a card with ${name} is ${expected.card}`, async (context) => {
    const readers = createVirtualReaders();
    readers.insert(await cardOf(person, options));
    const diagnosis = await open(context, readers);
    assert.deepEqual(await diagnosis.look(), { reader: 'ready', ...expected });
  });
}

test('no card is sent a PIN, a change, or a command that reads a person: of the certificate four bytes', async (context) => {
  const readers = createVirtualReaders();
  readers.insert(await cardOf('emma'));
  await (await open(context, readers)).look();
  for (const command of readers.commands) {
    assert.doesNotMatch(command, /^0024|^002A|^0022|^002000..0[1-9A-F]|^80B2|3F00DF01/);
    if (command.startsWith('00B0')) assert.equal(command, '00B0000004');
  }
});

test('a card is looked at once while it stays in, however often somebody asks', async (context) => {
  const readers = createVirtualReaders();
  readers.insert(await cardOf('emma'));
  const diagnosis = await open(context, readers);
  await diagnosis.look();
  const { length } = readers.commands;
  for (let count = 0; count < 20; count += 1) await diagnosis.look();
  assert.equal(readers.commands.length, length);
});

test('a card that cannot be read is looked at again, and is ready when it answers', async (context) => {
  const readers = createVirtualReaders();
  readers.insert(await cardOf('emma'));
  // One look tries five times.
  readers.failNext({ times: 5, prefix: '00A404' });
  const diagnosis = await open(context, readers);
  await comesTo(diagnosis, { reader: 'ready', card: 'CARD_ERROR' });
  await comesTo(diagnosis, { reader: 'ready', card: 'ready', applet: '1.8' });
});

test('of two cards the one that can log in counts; of two that cannot, the Belgian one', async (context) => {
  const readers = createVirtualReaders({ readers: 2 });
  readers.insert(await cardOf('emma', foreign), 0);
  readers.insert(await cardOf('arthur'), 1);
  const diagnosis = await open(context, readers);
  const absent = { card: 'CERTIFICATE_ABSENT', applet: '1.8' } as const;
  await comesTo(diagnosis, { reader: 'ready', ...absent });
  readers.remove(0);
  readers.insert(await cardOf('noah'), 0);
  await comesTo(diagnosis, { reader: 'ready', card: 'ready', applet: '1.8' });
});

test('a card of another kind beside an empty reader: the right one is waited for, then it is what is wrong', async (context) => {
  const readers = createVirtualReaders({ readers: 2 });
  readers.insert(await cardOf('emma', foreign), 0);
  const diagnosis = await open(context, readers);
  assert.deepEqual(await diagnosis.look(), { reader: 'ready', card: 'CARD_ABSENT' });
  await comesTo(diagnosis, { reader: 'ready', card: 'CARD_UNSUPPORTED' });
  readers.insert(await cardOf('emma'), 1);
  await comesTo(diagnosis, { reader: 'ready', card: 'ready', applet: '1.8' });
});

test('a card service that is away is not the same as no reader', async (context) => {
  const readers = createVirtualReaders({ readers: 0 });
  let isAway = true;
  const diagnosis = await openDiagnosis(
    async (onChange) => ({ ...(await readers.open(onChange)), isServiceAway: () => isAway }),
    TIMING,
  );
  context.after(() => diagnosis.close());
  assert.deepEqual(await diagnosis.look(), { reader: 'READER_SERVICE_ABSENT', card: 'waiting' });
  isAway = false;
  readers.addReader();
  await comesTo(diagnosis, { reader: 'ready', card: 'CARD_ABSENT' });
});

test('does not wait for a card that takes long: it is `waiting`, and the reader is there', async (context) => {
  const readers = createVirtualReaders();
  readers.insert(await cardOf('emma'));
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const slow = async (onChange: () => void) => {
    const opened = await readers.open(onChange);
    const hold = async () => {
      await released;
      return opened.list()[0]?.connect() ?? assert.fail();
    };
    return {
      ...opened,
      list: () => opened.list().map((reader) => ({ ...reader, connect: hold })),
    };
  };
  const diagnosis = await openDiagnosis(slow, { ...TIMING, lookMs: 100 });
  context.after(() => diagnosis.close());
  assert.deepEqual(await diagnosis.look(), { reader: 'ready', card: 'waiting' });
  release();
  await comesTo(diagnosis, { reader: 'ready', card: 'ready', applet: '1.8' });
});

test('closes the readers, and ends while nothing happens', async () => {
  const readers = createVirtualReaders();
  const diagnosis = await openDiagnosis(readers.open, TIMING);
  await diagnosis.look();
  assert.equal(readers.isOpen, true);
  await diagnosis.close();
  assert.equal(readers.isOpen, false);
});
