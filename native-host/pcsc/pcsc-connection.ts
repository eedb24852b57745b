/** One card over PC/SC, as a CardConnection: transactions, deadlines, recovery from another program's reset. */
import { type Card, CardDisposition, CardMode, type Transaction } from 'pcsc-mini';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { CardConnection, ReaderKeypad, TransactionEnd } from '../card/readers.ts';
import { type CardCalls, createCardCalls } from './card-calls.ts';
import { withHeldBytes } from './held-bytes.ts';
import { findPcscName, wrapPcscError } from './pcsc-errors.ts';
import { findReaderKeypad } from './reader-keypad.ts';

/** What is used of the binding's card. */
export type PcscCard = Pick<
  Card,
  'attributeGet' | 'control' | 'disconnect' | 'reconnect' | 'transaction' | 'transmit'
>;

/** What a connection is told of its surroundings. */
export interface ConnectionOptions {
  readonly readerName: string;
  /** Aborted when the card was taken out of its reader. */
  readonly removed: AbortSignal;
  /** Called when a call fails because the card is gone, whatever the reader says. */
  readonly onGone: () => void;
}

interface Handle {
  readonly card: PcscCard;
  readonly calls: CardCalls;
  readonly onGone: () => void;
}

/** How long another program may keep the card before we say so. */
export const BUSY_TIMEOUT_MS = 5_000;
/** The longest a card is waited for: a signature takes about one second. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Behind a call that did not come back there is no use in waiting longer. */
const END_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 500;
/** Other programs may reset the card again before our transaction begins; it is not waited for without end. */
const BEGIN_ATTEMPTS = 5;

const DISPOSITION: Readonly<Record<TransactionEnd, CardDisposition>> = {
  leave: CardDisposition.LEAVE,
  reset: CardDisposition.RESET,
};
/** A card that does not come back from a warm reset is taken from its power. */
const MUTE = ['UnresponsiveCard', 'UnpoweredCard', 'CommError', 'CommDataLost', 'NotTransacted'];

/**
 * Wraps a connected card. The reader is asked for its keypad here, once, in a transaction of its own: while another
 * program holds the card it would not answer.
 * @throws {KidsIdError} CARD_BUSY when another program keeps the card, CARD_REMOVED, CARD_ERROR; the card is
 * disconnected then
 */
export async function openPcscConnection(
  card: PcscCard,
  options: ConnectionOptions,
): Promise<CardConnection> {
  const { removed, readerName, onGone } = options;
  const handle: Handle = { card, calls: createCardCalls(), onGone };
  try {
    const transaction = await begin(handle);
    const keypad = await findReaderKeypad(handle, readerName);
    await endTransaction(handle, { transaction, end: 'leave' });
    return createConnection(handle, { removed, keypad });
  } catch (error) {
    await disconnect(handle, 'leave');
    throw error;
  }
}

function createConnection(
  handle: Handle,
  options: { removed: AbortSignal; keypad: ReaderKeypad | undefined },
): CardConnection {
  const { removed, keypad } = options;
  /**
   * Also what a close in the middle of a transaction does: a keypad may still open the card. A reset that could not
   * be made at the end of a transaction is made with the next end, or at the close.
   */
  let wantedEnd: TransactionEnd = 'leave';
  return {
    removed,
    hasKeypad: keypad !== undefined,
    async withTransaction(work) {
      const transaction = await begin(handle);
      const setEnd = (end: TransactionEnd) => {
        wantedEnd = end;
      };
      try {
        return await work({ setEnd, keypad, transmit: (command) => transmit(handle, command) });
      } finally {
        if (await endTransaction(handle, { transaction, end: wantedEnd })) wantedEnd = 'leave';
      }
    },
    async recover() {
      await resetCard(handle);
      wantedEnd = 'leave';
    },
    close: () => disconnect(handle, wantedEnd),
  };
}

/** Wraps a failure of the binding, and tells when it means that the card is gone. */
export function wrapFailure({ onGone }: Pick<Handle, 'onGone'>, error: unknown): KidsIdError {
  const failure = wrapPcscError(error);
  if (failure.code === 'CARD_REMOVED') onGone();
  return failure;
}

/** Behind a call that is still under way it is made later, or by the end of the process. */
async function disconnect({ card, calls }: Handle, end: TransactionEnd): Promise<void> {
  const options = { timeoutMs: CLOSE_TIMEOUT_MS, code: 'CARD_ERROR', evenLate: true } as const;
  await calls.run(() => card.disconnect(DISPOSITION[end]), options).catch(() => undefined);
}

async function transmit(handle: Handle, command: Uint8Array): Promise<Uint8Array> {
  const { card, calls } = handle;
  const options = { timeoutMs: ANSWER_TIMEOUT_MS, code: 'CARD_ERROR' } as const;
  try {
    const send = () => withHeldBytes(command, (held) => card.transmit(held));
    return await calls.run(send, options);
  } catch (error) {
    throw wrapFailure(handle, error);
  }
}

/** After a reset, our own included, PC/SC wants the connection taken up again before anything else. */
async function begin(handle: Handle): Promise<Transaction> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await beginOnce(handle);
    } catch (error) {
      const isReset = findPcscName(error) === 'ResetCard' && attempt < BEGIN_ATTEMPTS;
      if (!isReset) throw wrapFailure(handle, error);
    }
    await reconnect(handle, CardDisposition.LEAVE).catch((error: unknown) => {
      throw wrapFailure(handle, error);
    });
  }
}

/** The service lets this wait until every other program has ended its transaction. */
function beginOnce({ card, calls }: Handle): Promise<Transaction> {
  const release = (transaction: Transaction) =>
    calls.run(() => transaction.end(CardDisposition.LEAVE), {
      timeoutMs: ANSWER_TIMEOUT_MS,
      code: 'CARD_ERROR',
      evenLate: true,
    });
  return calls.run(() => card.transaction(), {
    timeoutMs: BUSY_TIMEOUT_MS,
    code: 'CARD_BUSY',
    onLate: release,
  });
}

async function resetCard(handle: Handle): Promise<void> {
  try {
    await reconnect(handle, CardDisposition.RESET).catch((error: unknown) => {
      if (!MUTE.includes(findPcscName(error) ?? '')) throw error;
      return reconnect(handle, CardDisposition.UNPOWER);
    });
  } catch (error) {
    throw wrapFailure(handle, error);
  }
}

/** Waits for other programs' transactions like {@link beginOnce}. */
async function reconnect({ card, calls }: Handle, first: CardDisposition): Promise<void> {
  const options = { timeoutMs: BUSY_TIMEOUT_MS, code: 'CARD_BUSY' } as const;
  await calls.run(() => card.reconnect(CardMode.SHARED, first), options);
}

/** Tells whether the transaction ended as wanted; a card that is gone has no rights to lose. */
async function endTransaction(
  { calls }: Handle,
  options: { transaction: Transaction; end: TransactionEnd },
): Promise<boolean> {
  const { transaction, end } = options;
  try {
    await calls.run(() => transaction.end(DISPOSITION[end]), {
      timeoutMs: END_TIMEOUT_MS,
      code: 'CARD_ERROR',
      evenLate: true,
    });
    return true;
  } catch (error) {
    return error instanceof KidsIdError ? false : findPcscName(error) === 'RemovedCard';
  }
}
