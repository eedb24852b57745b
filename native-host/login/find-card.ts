/** Waiting for Belgian cards in any reader, and telling the person what is missing meanwhile. */
import { errorCodeOf, KidsIdError } from '../../gateway/protocol/errors.ts';
import type { HostStage } from '../../gateway/protocol/host-messages.ts';
import { type BelgianCard, readBelgianCard } from '../card/belgian-card.ts';
import { SMALL_BLOCK_BYTES } from '../card/file-reader.ts';
import type { CardConnection, CardReader, CardReaders, OpenCardReaders } from '../card/readers.ts';
import { withRecovery } from '../card/recovery.ts';
import { abortable } from './abortable.ts';

/** Readers, and a way to wait for them to change. */
export interface WatchedReaders {
  list(): readonly CardReader[];
  /** Whether the system's card service is away; `false` where that cannot be told from no reader. */
  isServiceAway(): boolean;
  /** Resolves at the next change after this call. */
  nextChange(): Promise<void>;
  close(): Promise<void>;
}

/** A card that can log in, connected and read. The caller closes the connection. */
export interface FoundCard {
  /** As the system calls it. */
  readonly reader: string;
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
    isServiceAway: () => readers.isServiceAway?.() ?? false,
    nextChange: () => change.promise,
    close: () => readers.close(),
  };
}

/**
 * Finds the Belgian cards that can log in, waiting for one if need be: at least one. Other cards, empty readers and
 * broken ones do not matter beside it; while a reader is empty, a card of another kind in the next one (a badge, the
 * system's virtual card) ends the wait after ten seconds only.
 * @param options.onStage Told `reader-absent`, `card-absent` and `reading`, each when it begins.
 * @throws {KidsIdError} when no card can log in what is wrong with the one that comes nearest, CARD_UNSUPPORTED
 * where all are others; READER_ABSENT, CARD_ABSENT when the time is over; the signal's reason
 */
export async function findCards(options: {
  readers: WatchedReaders;
  onStage: (stage: HostStage) => void;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<readonly FoundCard[]> {
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
      const { found, other } = await scanReaders({ readers, tell, signal });
      if (found.length > 0) return found;
      tell(readers.list().length === 0 ? 'reader-absent' : 'card-absent');
      await waitForChange({ change, other, signal });
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

/** How long the right card may take to come into an empty reader beside a card of another kind. */
export const OTHER_CARD_MS = 10_000;

/** `other`: why a card beside an empty reader is of no use; perhaps it always lies there. */
interface Scan {
  readonly found: readonly FoundCard[];
  readonly other: unknown;
}

/**
 * None when no reader has a card that might be meant; one that was taken out meanwhile counts as none. Readers tell
 * of themselves one by one: those that have a card by the time the others are read belong to it too.
 */
async function scanReaders(options: {
  readers: WatchedReaders;
  tell: (stage: HostStage) => void;
  signal: AbortSignal;
}): Promise<Scan> {
  const { readers, tell, signal } = options;
  const found: FoundCard[] = [];
  const problems: unknown[] = [];
  const seen = new Set<string>();
  const findUnseen = () => readers.list().find(({ hasCard, name }) => hasCard && !seen.has(name));
  for (let reader = findUnseen(); reader; reader = findUnseen()) {
    seen.add(reader.name);
    tell('reading');
    try {
      signal.throwIfAborted();
      found.push(await openCard(reader));
    } catch (error) {
      if (signal.aborted) await closeCards(found);
      signal.throwIfAborted();
      problems.push(error);
    }
  }
  if (found.length > 0) return { found, other: undefined };
  const hasEmpty = readers.list().some(({ hasCard }) => !hasCard);
  throwNearest(hasEmpty ? problems.filter((problem) => !isOther(problem)) : problems);
  return { found, other: problems.find(isOther) };
}

/** Waits for the readers to change; beside a card of another kind not for long: then that is what is wrong. */
async function waitForChange(options: {
  change: Promise<void>;
  other: unknown;
  signal: AbortSignal;
}): Promise<void> {
  const { change, other, signal } = options;
  if (other === undefined) return abortable(change, signal);
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(other), OTHER_CARD_MS);
  try {
    await abortable(change, AbortSignal.any([signal, patience.signal]));
  } finally {
    clearTimeout(timer);
  }
}

/** Closes the connections to cards that are not wanted. */
export async function closeCards(cards: readonly FoundCard[]): Promise<void> {
  await Promise.all(cards.map(({ connection }) => connection.close()));
}

/** What another kind of card may give too, the nearest first; all else is said of a Belgian card. */
const OF_ANY_CARD: readonly string[] = ['CARD_BUSY', 'CARD_ERROR', 'CARD_UNSUPPORTED'];

function isOther(problem: unknown): boolean {
  return errorCodeOf(problem) === 'CARD_UNSUPPORTED';
}

/** Orders what is wrong with cards: what says most about a Belgian one first. */
export function compareNearness(one: string, other: string): number {
  // Not among them is -1, so it comes first.
  return OF_ANY_CARD.indexOf(one) - OF_ANY_CARD.indexOf(other);
}

/** Throws the problem that says most about a Belgian card; does nothing when cards were only taken out. */
function throwNearest(problems: readonly unknown[]): void {
  const [nearest] = problems
    .filter((problem) => errorCodeOf(problem) !== 'CARD_REMOVED')
    .sort((one, other) => compareNearness(errorCodeOf(one), errorCodeOf(other)));
  if (nearest !== undefined) throw nearest;
}

async function openCard(reader: CardReader): Promise<FoundCard> {
  const connection = await reader.connect();
  try {
    const card = await withRecovery(connection, (transaction, { isRepeated }) =>
      readBelgianCard(transaction, isRepeated ? { blockBytes: SMALL_BLOCK_BYTES } : {}),
    );
    if (card) return { reader: reader.name, connection, card };
    throw new KidsIdError('CARD_UNSUPPORTED', 'card without the Belgian applet');
  } catch (error) {
    await connection.close();
    throw error;
  }
}
