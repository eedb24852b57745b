import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { TransactionEnd } from '../../native-host/card/readers.ts';
import {
  createPcscDouble,
  FEATURE_REQUEST,
  type PcscStep,
  pcscError,
} from '../kit/host/pcsc-double.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

/** The binding loads the PC/SC library of the system, which need not be there. */
const pcsc = await import('../../native-host/pcsc/connect-card.ts').catch(() => undefined);
const skip = pcsc ? false : 'no PC/SC library on this computer';

const CONNECT: PcscStep = ['connect', ''];
const BEGIN: PcscStep = ['transaction', ''];
const ASK: PcscStep = [`control ${FEATURE_REQUEST}`, pcscError('UnsupportedFeature')];
const LEAVE: PcscStep = ['end leave', ''];
const RESET: PcscStep = ['end reset', ''];
const CONNECTED = [CONNECT, BEGIN, ASK, LEAVE];
const WAS_RESET: PcscStep = ['transaction', pcscError('ResetCard')];
const TAKEN_UP: PcscStep = ['reconnect leave', ''];

/** Times that a card was found gone. */
let gone = 0;
const onGone = () => {
  gone += 1;
};

async function connectTo(steps: readonly PcscStep[], removed = new AbortController().signal) {
  assert.ok(pcsc);
  const double = createPcscDouble(steps);
  const connecting = pcsc.connectCard(double.reader, { removed, onGone });
  return { connecting, release: double.release, checkDone: double.checkDone };
}

/** Connects, then works through the steps that follow. */
async function connected(steps: readonly PcscStep[]) {
  const { connecting, release, checkDone } = await connectTo([...CONNECTED, ...steps]);
  return { connection: await connecting, release, checkDone };
}

const endingWith =
  (end: TransactionEnd) => async (transaction: { setEnd(end: TransactionEnd): void }) =>
    transaction.setEnd(end);

/** Lets a call that was just made reach its timer, and then lets that much time go by. */
async function passTime(context: TestContext, ms: number): Promise<void> {
  await new Promise(setImmediate);
  context.mock.timers.tick(ms);
  await new Promise(setImmediate);
}

test('a card that another program reset is taken up again, without a reset of ours (PC/SC part 5)', {
  skip,
}, async () => {
  const twice = [WAS_RESET, TAKEN_UP, WAS_RESET, TAKEN_UP];
  const { connection, checkDone } = await connected([...twice, BEGIN, LEAVE]);
  assert.equal(await connection.withTransaction(async () => 'done'), 'done');
  checkDone();
});

test('a card that is reset again and again is CARD_ERROR after five attempts', {
  skip,
}, async () => {
  const attempts = [1, 2, 3, 4].flatMap(() => [WAS_RESET, TAKEN_UP]);
  const { connection, checkDone } = await connected([...attempts, WAS_RESET]);
  await rejectsWithCode(
    'CARD_ERROR',
    connection.withTransaction(async () => 'never'),
  );
  checkDone();
});

test('what keeps a transaction from beginning has its code, and a card that is gone is told of', {
  skip,
}, async () => {
  const causes = [
    [[['transaction', pcscError('RemovedCard')]], 'CARD_REMOVED'],
    [[['transaction', pcscError('SharingViolation')]], 'CARD_BUSY'],
    [[['transaction', pcscError('InternalError')]], 'CARD_ERROR'],
    [[WAS_RESET, ['reconnect leave', pcscError('NoSmartCard')]], 'CARD_REMOVED'],
    [[WAS_RESET, ['reconnect leave', pcscError('SharingViolation')]], 'CARD_BUSY'],
    [[WAS_RESET, ['reconnect leave', pcscError('UnresponsiveCard')]], 'CARD_ERROR'],
  ] as const;
  for (const [steps, code] of causes) {
    const { connection, checkDone } = await connected(steps);
    gone = 0;
    await rejectsWithCode(
      code,
      connection.withTransaction(async () => 'never'),
    );
    assert.equal(gone, code === 'CARD_REMOVED' ? 1 : 0);
    checkDone();
  }
});

test('a transaction ends as it was told, on return and on throw', { skip }, async () => {
  const steps = [BEGIN, RESET, BEGIN, LEAVE, BEGIN, RESET];
  const { connection, checkDone } = await connected([...steps, ['disconnect leave', '']]);
  await connection.withTransaction(endingWith('reset'));
  await connection.withTransaction(endingWith('leave'));
  const failing = connection.withTransaction(async (transaction) => {
    transaction.setEnd('reset');
    throw new RangeError('work that fails');
  });
  await assert.rejects(failing, RangeError);
  await connection.close();
  checkDone();
});

test('a reset that could not be made at the end of a transaction is made by the next chance', {
  skip,
}, async () => {
  const failed: PcscStep = ['end reset', pcscError('CommError')];
  const closing = await connected([BEGIN, failed, ['disconnect reset', '']]);
  await closing.connection.withTransaction(endingWith('reset'));
  await closing.connection.close();
  closing.checkDone();
  const again = await connected([BEGIN, failed, BEGIN, RESET]);
  await again.connection.withTransaction(endingWith('reset'));
  await again.connection.withTransaction(async () => undefined);
  again.checkDone();
  const recovering = await connected([
    ...[BEGIN, failed],
    ...([
      ['reconnect reset', ''],
      ['disconnect leave', ''],
    ] as const),
  ]);
  await recovering.connection.withTransaction(endingWith('reset'));
  await recovering.connection.recover();
  await recovering.connection.close();
  recovering.checkDone();
});

test('recover resets the card, and takes the power from one that a reset does not bring back', {
  skip,
}, async () => {
  const plain = await connected([['reconnect reset', '']]);
  await plain.connection.recover();
  plain.checkDone();
  const mute = await connected([
    ['reconnect reset', pcscError('UnresponsiveCard')],
    ['reconnect unpower', ''],
  ]);
  await mute.connection.recover();
  mute.checkDone();
});

test('what keeps a card from recovering has its code', { skip }, async () => {
  const causes = [
    ['NoSmartCard', 'CARD_REMOVED'],
    ['RemovedCard', 'CARD_REMOVED'],
    ['ServiceStopped', 'CARD_REMOVED'],
    ['SharingViolation', 'CARD_BUSY'],
    ['InternalError', 'CARD_ERROR'],
  ] as const;
  for (const [name, code] of causes) {
    const { connection, checkDone } = await connected([['reconnect reset', pcscError(name)]]);
    await rejectsWithCode(code, connection.recover());
    checkDone();
  }
  const { connection, checkDone } = await connected([
    ['reconnect reset', pcscError('UnresponsiveCard')],
    ['reconnect unpower', pcscError('UnresponsiveCard')],
  ]);
  await rejectsWithCode('CARD_ERROR', connection.recover());
  checkDone();
});

test('a card that another program keeps is CARD_BUSY after five seconds: transaction, reconnect, recover', {
  skip,
}, async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const kept = [
    [['transaction', 'late']],
    [WAS_RESET, ['reconnect leave', 'late']],
    [['reconnect reset', 'late']],
  ] as const;
  for (const steps of kept) {
    const { connection, checkDone } = await connected(steps);
    const isRecovering = steps[0][0] === 'reconnect reset';
    const waiting = isRecovering
      ? connection.recover()
      : connection.withTransaction(async () => undefined);
    const ended = rejectsWithCode('CARD_BUSY', waiting);
    await passTime(context, 5_000);
    await ended;
    checkDone();
  }
});

test('a transaction that begins too late is ended at once, and the card is let go', {
  skip,
}, async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const script = [['transaction', 'late'], ['disconnect leave', ''], LEAVE] as const;
  const { connection, release, checkDone } = await connected(script);
  const ended = rejectsWithCode(
    'CARD_BUSY',
    connection.withTransaction(async () => 'never'),
  );
  await passTime(context, 5_000);
  await ended;
  const closed = connection.close();
  await passTime(context, 500);
  await closed;
  release();
  await new Promise(setImmediate);
  checkDone();
});

test('a card that does not answer is CARD_ERROR after ten seconds, and ends as it should when it does', {
  skip,
}, async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const script = [BEGIN, ['transmit 00A4040C', 'late'], RESET, ['disconnect reset', '']] as const;
  const { connection, release, checkDone } = await connected(script);
  const working = connection.withTransaction(({ transmit, setEnd }) => {
    setEnd('reset');
    return transmit(Uint8Array.of(0x00, 0xa4, 0x04, 0x0c));
  });
  const ended = rejectsWithCode('CARD_ERROR', working);
  await passTime(context, 10_000);
  await passTime(context, 5_000);
  await ended;
  const closed = connection.close();
  await passTime(context, 500);
  await closed;
  release();
  await new Promise(setImmediate);
  checkDone();
});

test('a command whose turn comes too late is never sent: no PIN reaches a card that hung', {
  skip,
}, async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const script = [BEGIN, ['transmit 00', 'late'], LEAVE] as const;
  const { connection, release, checkDone } = await connected(script);
  const working = connection.withTransaction(async ({ transmit }) => {
    await rejectsWithCode('CARD_ERROR', transmit(Uint8Array.of(0x00)));
    await rejectsWithCode('CARD_ERROR', transmit(Uint8Array.of(0x01)));
  });
  await passTime(context, 10_000);
  await passTime(context, 10_000);
  release();
  await working;
  checkDone();
});

test('connecting asks again after a failure that time can mend', { skip }, async () => {
  const mended = [
    'SharingViolation',
    'UnresponsiveCard',
    'UnpoweredCard',
    'ResetCard',
    'CommError',
    'NoSmartCard',
  ];
  const failures = mended.map((name): PcscStep => ['connect', pcscError(name)]);
  const { connecting, checkDone } = await connectTo([...failures, ...CONNECTED]);
  await connecting;
  checkDone();
});

test('a card that nothing can be done about is refused at once', { skip }, async () => {
  const causes = [
    ['RemovedCard', 'CARD_REMOVED'],
    ['UnknownReader', 'CARD_REMOVED'],
    ['ProtoMismatch', 'CARD_ERROR'],
    ['UnsupportedCard', 'CARD_ERROR'],
  ] as const;
  for (const [name, code] of causes) {
    const { connecting, checkDone } = await connectTo([['connect', pcscError(name)]]);
    await rejectsWithCode(code, connecting);
    checkDone();
  }
});

test('a card that the reader sees and that never starts is CARD_ERROR: it has to be put in anew', {
  skip,
}, async () => {
  const absent: PcscStep = ['connect', pcscError('NoSmartCard')];
  const mute = await connectTo(Array.from({ length: 15 }, () => absent));
  await rejectsWithCode('CARD_ERROR', mute.connecting);
  mute.checkDone();
});

test('a card that another program has for itself is CARD_BUSY after 15 attempts; when it is gone, CARD_REMOVED', {
  skip,
}, async () => {
  const refusal: PcscStep = ['connect', pcscError('SharingViolation')];
  const busy = await connectTo(Array.from({ length: 15 }, () => refusal));
  await rejectsWithCode('CARD_BUSY', busy.connecting);
  busy.checkDone();
  const taken = new AbortController();
  const pulled = await connectTo([refusal, refusal], taken.signal);
  taken.abort();
  await rejectsWithCode('CARD_REMOVED', pulled.connecting);
});

test('a card that cannot be spoken to after connecting is disconnected as it is', {
  skip,
}, async (context) => {
  const released: PcscStep = ['disconnect leave', ''];
  const pulled = await connectTo([CONNECT, ['transaction', pcscError('RemovedCard')], released]);
  await rejectsWithCode('CARD_REMOVED', pulled.connecting);
  pulled.checkDone();
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const held = await connectTo([CONNECT, ['transaction', 'late'], released, LEAVE]);
  const refused = rejectsWithCode('CARD_BUSY', held.connecting);
  await passTime(context, 5_000);
  await passTime(context, 500);
  await refused;
  held.release();
  await new Promise(setImmediate);
  held.checkDone();
});
