import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import type { CardTransaction } from '../../native-host/card/readers.ts';
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

const EMPTY = '20FFFFFFFFFFFFFF';
const VERIFY = `0020000108${EMPTY}`;
const CHANGE = `0024000110${EMPTY}${EMPTY}`;
const LANGUAGES = [
  ['nl', '0813'],
  ['fr', '080C'],
  ['de', '0407'],
  ['en', '0409'],
] as const;

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex').toUpperCase();
const verifyStructure = (id: string, format = '89') =>
  `1E1E${format}47040C040201${id}000000000D000000${VERIFY}`;
const modifyStructure = (id: string) =>
  `1E1E89470400080C04030203${id}00010200000015000000${CHANGE}`;

const ASK = `control ${FEATURE_REQUEST}`;
const BOTH = '060442330006070442330007';
const CONNECT: PcscStep = ['connect', ''];
const BEGIN: PcscStep = ['transaction', ''];
const END: PcscStep = ['end leave', ''];

const onGone = () => undefined;

/** Connects, with what the reader is asked then, and runs work in a transaction with the other steps. */
async function withSteps<Result>(
  options: { asked: readonly PcscStep[]; steps?: readonly PcscStep[]; name?: string },
  work: (transaction: CardTransaction) => Promise<Result>,
): Promise<Result> {
  assert.ok(pcsc);
  const { asked, steps = [], name } = options;
  const script = [CONNECT, BEGIN, ...asked, END, BEGIN, ...steps, END];
  const double = createPcscDouble(script, name);
  const removed = new AbortController().signal;
  const connection = await pcsc.connectCard(double.reader, { removed, onGone });
  try {
    return await connection.withTransaction((transaction) => {
      assert.equal(connection.hasKeypad, transaction.keypad !== undefined);
      return work(transaction);
    });
  } finally {
    double.checkDone();
  }
}

const keypadOf = async (asked: PcscStep, name?: string) =>
  withSteps(
    { asked: [asked], ...(name === undefined ? {} : { name }) },
    async ({ keypad }) => keypad,
  );

test('VERIFY through the keypad sends the structure of each language and hands back 9000', {
  skip,
}, async () => {
  for (const [language, id] of LANGUAGES) {
    const steps: PcscStep[] = [[`control 42330006 ${verifyStructure(id)}`, '9000']];
    const answer = await withSteps({ asked: [[ASK, BOTH]], steps }, async ({ keypad }) =>
      keypad?.verifyPin(bytes(VERIFY), language),
    );
    assert.equal(answer && hex(answer), '9000');
  }
});

test('CHANGE REFERENCE DATA through the keypad sends the structure of each language', {
  skip,
}, async () => {
  for (const [language, id] of LANGUAGES) {
    const steps: PcscStep[] = [[`control 42330007 ${modifyStructure(id)}`, '9000']];
    const answer = await withSteps({ asked: [[ASK, BOTH]], steps }, async ({ keypad }) =>
      keypad?.changePin?.(bytes(CHANGE), language),
    );
    assert.equal(answer && hex(answer), '9000');
  }
});

test('what the card and the reader say to a keypad command is passed on as it is (card facts §1.9)', {
  skip,
}, async () => {
  for (const status of ['63C2', '63C0', '6983', '6400', '6401', '6402', '6403', '6B80', '6D00']) {
    const steps: PcscStep[] = [
      [`control 42330006 ${verifyStructure('0813')}`, status],
      [`control 42330007 ${modifyStructure('0407')}`, status],
    ];
    await withSteps({ asked: [[ASK, BOTH]], steps }, async ({ keypad }) => {
      const verified = await keypad?.verifyPin(bytes(VERIFY), 'nl');
      const changed = await keypad?.changePin?.(bytes(CHANGE), 'de');
      assert.deepEqual(
        [verified, changed].map((answer) => answer && hex(answer)),
        [status, status],
      );
    });
  }
});

test('a reader without features, or with a list that is empty or malformed, has no keypad', {
  skip,
}, async () => {
  const failures = ['UnsupportedFeature', 'NotTransacted', 'CommError', 'InvalidParameter'];
  for (const code of failures) assert.equal(await keypadOf([ASK, pcscError(code)]), undefined);
  const lists = ['', '06', '0604', '06044233', '060442330006FF', '060342330006', '06054233000600'];
  for (const list of [...lists, '060400000000', '120442330012']) {
    assert.equal(await keypadOf([ASK, list]), undefined, list);
  }
});

test('a keypad that can only verify cannot change, and one that can only change is none', {
  skip,
}, async () => {
  const verifyOnly = await keypadOf([ASK, '060442330006']);
  assert.equal(verifyOnly?.changePin, undefined);
  assert.ok(verifyOnly);
  assert.equal(await keypadOf([ASK, '070442330007']), undefined);
  assert.equal(await keypadOf([ASK, '010442330001']), undefined);
});

test('a reader with start and finish alone gets the structure at the start and answers at the finish', {
  skip,
}, async () => {
  const list = '010442330001020442330002030442330003040442330004';
  const steps: PcscStep[] = [
    [`control 42330001 ${verifyStructure('080C')}`, ''],
    ['control 42330002', '63C1'],
    [`control 42330003 ${modifyStructure('080C')}`, ''],
    ['control 42330004', '6402'],
  ];
  await withSteps({ asked: [[ASK, list]], steps }, async ({ keypad }) => {
    const verified = await keypad?.verifyPin(bytes(VERIFY), 'fr');
    const changed = await keypad?.changePin?.(bytes(CHANGE), 'fr');
    assert.deepEqual(
      [verified, changed].map((answer) => answer && hex(answer)),
      ['63C1', '6402'],
    );
  });
});

test('the reader is asked for its features once, before the first transaction', {
  skip,
}, async () => {
  assert.ok(pcsc);
  const ask: PcscStep = [ASK, BOTH];
  const script = [CONNECT, BEGIN, ask, END, BEGIN, END, BEGIN, END];
  const double = createPcscDouble(script);
  const removed = new AbortController().signal;
  const connection = await pcsc.connectCard(double.reader, { removed, onGone });
  assert.equal(connection.hasKeypad, true);
  const keypad = () => connection.withTransaction(async (transaction) => transaction.keypad);
  assert.equal(await keypad(), await keypad());
  double.checkDone();
});

test('a failure of the reader while the keypad is used is CARD_REMOVED or CARD_ERROR', {
  skip,
}, async () => {
  const failing = (code: string) =>
    withSteps(
      {
        asked: [[ASK, BOTH]],
        steps: [[`control 42330006 ${verifyStructure('0409')}`, pcscError(code)]],
      },
      async ({ keypad }) => keypad?.verifyPin(bytes(VERIFY), 'en'),
    );
  await rejectsWithCode('CARD_REMOVED', failing('RemovedCard'));
  await rejectsWithCode('CARD_REMOVED', failing('ReaderUnavailable'));
  await rejectsWithCode('CARD_ERROR', failing('NotTransacted'));
  await rejectsWithCode('CARD_ERROR', failing('Timeout'));
});

test('an SPR532 with firmware below 5.06 gets bmFormatString 01, any other 89 (card facts §1.9)', {
  skip,
}, async () => {
  const cases: readonly (readonly [version: string | Error, format: string])[] = [
    ['00000505', '01'],
    ['FFFF0004', '01'],
    ['00000605', '89'],
    ['00000006', '89'],
    ['00000000', '89'],
    ['0505', '89'],
    [pcscError('UnsupportedFeature'), '89'],
  ];
  for (const name of ['SPRx32 USB Smart Card Reader 0', 'SCM Microsystems Inc. SPR 532 00 00']) {
    for (const [version, format] of cases) {
      const asked: PcscStep[] = [
        [ASK, BOTH],
        ['attribute 00010102', version],
      ];
      const steps: PcscStep[] = [[`control 42330006 ${verifyStructure('0813', format)}`, '9000']];
      const answer = await withSteps({ asked, steps, name }, async ({ keypad }) =>
        keypad?.verifyPin(bytes(VERIFY), 'nl'),
      );
      assert.equal(answer && hex(answer), '9000');
    }
  }
});

test('the keypad of a GemPC Pinpad is not used: it takes 8 digits only, and sends VERIFYs of its own', {
  skip,
}, async () => {
  assert.equal(await keypadOf([ASK, BOTH], 'Gemplus GemPC Pinpad Smart Card Reader 0'), undefined);
});

test('a keypad call has a deadline above the 30 s of the reader, and then the card is no longer waited for', {
  skip,
}, async (context) => {
  assert.ok(pcsc);
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const verify: PcscStep = [`control 42330006 ${verifyStructure('0813')}`, 'late'];
  const double = createPcscDouble([CONNECT, BEGIN, [ASK, BOTH], END, BEGIN, verify, END]);
  const removed = new AbortController().signal;
  const connection = await pcsc.connectCard(double.reader, { removed, onGone });
  let isOver = false;
  const verifying = connection.withTransaction(async ({ keypad }) => {
    const typed = keypad?.verifyPin(bytes(VERIFY), 'nl');
    assert.ok(typed);
    await rejectsWithCode('CARD_ERROR', typed);
    isOver = true;
  });
  await passTime(context, 90_000);
  assert.equal(isOver, false);
  await passTime(context, 10_000);
  assert.equal(isOver, true);
  double.release();
  await verifying;
  double.checkDone();
});

test('a reader that does not answer the question for its features has no keypad', {
  skip,
}, async (context) => {
  assert.ok(pcsc);
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const double = createPcscDouble([CONNECT, BEGIN, [ASK, 'late'], END]);
  const removed = new AbortController().signal;
  const connecting = pcsc.connectCard(double.reader, { removed, onGone });
  await passTime(context, 2_000);
  double.release();
  assert.equal((await connecting).hasKeypad, false);
  double.checkDone();
});

async function passTime(context: TestContext, ms: number): Promise<void> {
  await new Promise(setImmediate);
  context.mock.timers.tick(ms);
  await new Promise(setImmediate);
}

test('a connection that is closed while the keypad asks resets the card: a PIN typed too late opens nothing', {
  skip,
}, async () => {
  assert.ok(pcsc);
  const asks: PcscStep = [`control 42330006 ${verifyStructure('0813')}`, 'late'];
  const steps: PcscStep[] = [CONNECT, BEGIN, [ASK, BOTH], END, BEGIN, asks];
  const double = createPcscDouble([...steps, ['disconnect reset', ''], ['end reset', '']]);
  const removed = new AbortController().signal;
  const connection = await pcsc.connectCard(double.reader, { removed, onGone });
  const work = connection.withTransaction(async ({ keypad, setEnd }) => {
    setEnd('reset');
    await keypad?.verifyPin(bytes(VERIFY), 'nl');
  });
  await tick();
  const closed = connection.close();
  await tick();
  double.release();
  await Promise.allSettled([work, closed]);
  double.checkDone();
});
