/** Waiting for a Belgian card in any reader, and telling the person what is missing meanwhile. */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { HostStage } from '../../gateway/protocol/host-messages.ts';
import { type BelgianCard, readBelgianCard } from '../card/belgian-card.ts';
import type { CardConnection, CardReader, CardReaders, OpenCardReaders } from '../card/readers.ts';
import { abortable } from './abortable.ts';

/** Readers, and a way to wait for them to change. */
export interface WatchedReaders {
  list(): readonly CardReader[];
  /** Resolves at the next change after this call. */
  nextChange(): Promise<void>;
  close(): Promise<void>;
}

/** A card that can log in, connected and read. The caller closes the connection. */
export interface FoundCard {
  readonly connection: CardConnection;
  readonly card: BelgianCard;
}

/**
 * Starts watching readers.
 * @throws {KidsIdError} READER_ABSENT when this computer cannot use readers at all
 */
export async function watchReaders(open: OpenCardReaders): Promise<WatchedReaders> {
  let change = Promise.withResolvers<void>();
  const onChange = () => {
    change.resolve();
    change = Promise.withResolvers<void>();
  };
  const readers: CardReaders = await open(onChange).catch((cause: unknown) => {
    throw new KidsIdError('READER_ABSENT', 'card readers cannot be used', { cause });
  });
  return {
    list: () => readers.list(),
    nextChange: () => change.promise,
    close: () => readers.close(),
  };
}

/**
 * Finds the first Belgian card, waiting for one if need be.
 * @param options.onStage Told `reader-absent`, `card-absent` and `reading`, each when it begins.
 * @throws {KidsIdError} CARD_UNSUPPORTED when the only cards are others; READER_ABSENT, CARD_ABSENT when the time
 * is over; what reading a card may throw; the signal's reason
 */
export async function findCard(options: {
  readers: WatchedReaders;
  onStage: (stage: HostStage) => void;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<FoundCard> {
  const { readers, onStage, timeoutMs } = options;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(absence(readers)), timeoutMs);
  const signal = AbortSignal.any([options.signal, deadline.signal]);
  let lastStage: HostStage | undefined;
  const tell = (stage: HostStage) => {
    if (stage !== lastStage) onStage(stage);
    lastStage = stage;
  };
  try {
    for (;;) {
      // Taken before looking: what changes while we look is not missed.
      const change = readers.nextChange();
      const listed = readers.list();
      const found = await scanReaders({ listed, tell, signal });
      if (found) return found;
      tell(listed.length === 0 ? 'reader-absent' : 'card-absent');
      await abortable(change, signal);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** What is missing when the time is over. */
function absence(readers: WatchedReaders): KidsIdError {
  if (readers.list().length === 0) return new KidsIdError('READER_ABSENT', 'no reader in time');
  return new KidsIdError('CARD_ABSENT', 'no card in time');
}

/** `undefined` when no reader has a card; a card that was taken out meanwhile counts as none. */
async function scanReaders(options: {
  listed: readonly CardReader[];
  tell: (stage: HostStage) => void;
  signal: AbortSignal;
}): Promise<FoundCard | undefined> {
  const { listed, tell, signal } = options;
  let hasOtherCard = false;
  for (const reader of listed.filter(({ hasCard }) => hasCard)) {
    signal.throwIfAborted();
    tell('reading');
    try {
      const found = await openCard(reader);
      if (found) return found;
      hasOtherCard = true;
    } catch (error) {
      if (!(error instanceof KidsIdError) || error.code !== 'CARD_REMOVED') throw error;
    }
  }
  if (hasOtherCard) throw new KidsIdError('CARD_UNSUPPORTED', 'no card with the Belgian applet');
  return undefined;
}

/** `undefined` for a card without the Belgian applet. */
async function openCard(reader: CardReader): Promise<FoundCard | undefined> {
  const connection = await reader.connect();
  let card: BelgianCard | undefined;
  try {
    card = await connection.withTransaction(readBelgianCard);
    return card && { connection, card };
  } finally {
    if (!card) await connection.close();
  }
}
