/** Connecting to the card in a reader; what other programs and a card that is still starting ask for is patience. */
import { setTimeout as delay } from 'node:timers/promises';
import { CardDisposition, CardMode } from 'pcsc-mini';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { CardConnection } from '../card/readers.ts';
import { withDeadline } from './deadline.ts';
import {
  BUSY_TIMEOUT_MS,
  type ConnectionOptions,
  openPcscConnection,
  type PcscCard,
  wrapFailure,
} from './pcsc-connection.ts';
import { findPcscName } from './pcsc-errors.ts';

/** What is used of the binding's reader. */
export interface PcscReader {
  name(): string;
  connect(mode: CardMode): Promise<PcscCard>;
}

/** A card that another program has for itself, or that is still starting, is asked for again this often. */
const RETRY_MS = 100;
const ATTEMPTS = 15;
const RETRIED = [
  'SharingViolation',
  'UnresponsiveCard',
  'UnpoweredCard',
  'ResetCard',
  'CommError',
  'NoSmartCard',
];

/**
 * Connects to the card in a reader, sharing it. Waits only after a failure that time can mend.
 * @throws {KidsIdError} CARD_REMOVED, CARD_BUSY, CARD_ERROR
 */
export async function connectCard(
  reader: PcscReader,
  options: Omit<ConnectionOptions, 'readerName'>,
): Promise<CardConnection> {
  let card: PcscCard;
  try {
    card = await connectOrRetry(reader, options.removed);
  } catch (error) {
    throw wrapFailure(options, error);
  }
  return openPcscConnection(card, { ...options, readerName: reader.name() });
}

async function connectOrRetry(reader: PcscReader, removed: AbortSignal): Promise<PcscCard> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withDeadline(reader.connect(CardMode.SHARED), {
        timeoutMs: BUSY_TIMEOUT_MS,
        code: 'CARD_BUSY',
        onLate: (late) => late.disconnect(CardDisposition.LEAVE),
      });
    } catch (cause) {
      if (removed.aborted) throw new KidsIdError('CARD_REMOVED', 'card was taken out', { cause });
      const name = findPcscName(cause);
      if (!RETRIED.includes(name ?? '')) throw cause;
      if (attempt < ATTEMPTS) {
        await delay(RETRY_MS);
        continue;
      }
      // The service would have told by now that it was taken out: it is in, and does not start.
      if (name !== 'NoSmartCard') throw cause;
      throw new KidsIdError('CARD_ERROR', 'card is in the reader and does not start', { cause });
    }
  }
}
