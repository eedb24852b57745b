/** One card over PC/SC, as a CardConnection: transactions, deadlines, recovery from another program's reset. */
import { type Card, CardDisposition, CardMode, type Transaction } from 'pcsc-mini';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { CardConnection, CardTransaction, TransactionEnd } from '../card/readers.ts';
import { withDeadline } from './deadline.ts';
import { findPcscName, wrapPcscError } from './pcsc-errors.ts';

/** How long another program may keep the card before we say so. */
export const BUSY_TIMEOUT_MS = 5_000;
/** The longest a card is waited for: a signature takes about one second. */
const ANSWER_TIMEOUT_MS = 10_000;

const DISPOSITION: Readonly<Record<TransactionEnd, CardDisposition>> = {
  leave: CardDisposition.LEAVE,
  reset: CardDisposition.RESET,
};

/**
 * Wraps a connected card.
 * @param removed Aborted when the card was taken out of its reader.
 */
export function createPcscConnection(card: Card, removed: AbortSignal): CardConnection {
  /** A reset that could not be made at the end of a transaction is made when the connection closes. */
  let lastEnd: TransactionEnd = 'leave';
  return {
    removed,
    async withTransaction(work) {
      const transaction = await begin(card);
      let end: TransactionEnd = 'leave';
      try {
        return await work(
          channelOf(card, (wanted) => {
            end = wanted;
          }),
        );
      } finally {
        lastEnd = end;
        if (await endTransaction(transaction, end)) lastEnd = 'leave';
      }
    },
    async close() {
      const closing = card.disconnect(DISPOSITION[lastEnd]);
      await withDeadline(closing, { timeoutMs: 500, code: 'CARD_ERROR' }).catch(() => undefined);
    },
  };
}

function channelOf(card: Card, setEnd: (end: TransactionEnd) => void): CardTransaction {
  return {
    setEnd,
    async transmit(command) {
      try {
        const answer = card.transmit(command);
        return await withDeadline(answer, { timeoutMs: ANSWER_TIMEOUT_MS, code: 'CARD_ERROR' });
      } catch (error) {
        throw wrapPcscError(error);
      }
    },
  };
}

/** After a reset, our own included, PC/SC wants the connection taken up again before anything else. */
async function begin(card: Card): Promise<Transaction> {
  try {
    return await beginOnce(card);
  } catch (error) {
    if (findPcscName(error) !== 'ResetCard') throw wrapPcscError(error);
  }
  try {
    const reconnecting = card.reconnect(CardMode.SHARED, CardDisposition.LEAVE);
    await withDeadline(reconnecting, { timeoutMs: BUSY_TIMEOUT_MS, code: 'CARD_BUSY' });
    return await beginOnce(card);
  } catch (error) {
    throw wrapPcscError(error);
  }
}

/** The service lets this wait until every other program has ended its transaction. */
function beginOnce(card: Card): Promise<Transaction> {
  return withDeadline(card.transaction(), {
    timeoutMs: BUSY_TIMEOUT_MS,
    code: 'CARD_BUSY',
    onLate: (transaction) => transaction.end(CardDisposition.LEAVE),
  });
}

/** Tells whether the transaction ended as wanted; a card that is gone has no rights to lose. */
async function endTransaction(transaction: Transaction, end: TransactionEnd): Promise<boolean> {
  try {
    const ending = transaction.end(DISPOSITION[end]);
    await withDeadline(ending, { timeoutMs: ANSWER_TIMEOUT_MS, code: 'CARD_ERROR' });
    return true;
  } catch (error) {
    return error instanceof KidsIdError ? false : findPcscName(error) === 'RemovedCard';
  }
}
