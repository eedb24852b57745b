/**
 * Watching readers and cards for a person who wants to know why a login does not work: no gateway, no PIN, nothing of
 * a person. A card is looked at when it comes, not each time that somebody asks.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CardOutcome, HostFindings } from '../../gateway/protocol/diagnosis.ts';
import { type ErrorCode, errorCodeOf } from '../../gateway/protocol/errors.ts';
import { formatAppletVersion, readCardState } from '../card/card-state.ts';
import type { CardReader, OpenCardReaders } from '../card/readers.ts';
import { withRecovery } from '../card/recovery.ts';
import { compareNearness, OTHER_CARD_MS, type WatchedReaders, watchReaders } from './find-card.ts';

/** A diagnosis that runs. */
export interface Diagnosis {
  /** What is there now. A card that is being read is waited for, but not for long: else it is `waiting`. */
  look(): Promise<HostFindings>;
  /** Stops watching. Never throws. */
  close(): Promise<void>;
}

/** How long things may take; for tests. */
export interface DiagnosisTiming {
  /** Readers report themselves one by one: the first is waited for so long. */
  readonly firstReaderMs: number;
  /** And so long, without anything new, for more. */
  readonly quietMs: number;
  /** One look waits for a card that is being read. */
  readonly lookMs: number;
  /** A card that was busy, or failed, is looked at again. */
  readonly againMs: number;
  /** A card of another kind beside an empty reader is what is wrong; before, the right card may yet come. */
  readonly otherCardMs: number;
}

const TIMING: DiagnosisTiming = {
  firstReaderMs: 1_000,
  quietMs: 300,
  lookMs: 1_500,
  againMs: 3_000,
  otherCardMs: OTHER_CARD_MS,
};

/** Time may mend these while the card stays in. */
const PASSING: ReadonlySet<CardOutcome> = new Set<CardOutcome>(['CARD_BUSY', 'CARD_ERROR']);

/** What {@link readCardState} and the way to a card can say; anything else is a card that cannot be read. */
const KNOWN: readonly CardOutcome[] = [
  'APPLET_TOO_OLD',
  'CERTIFICATE_ABSENT',
  'CERTIFICATE_MALFORMED',
  'PIN_BLOCKED',
  'CARD_UNSUPPORTED',
  'CARD_BUSY',
];

/**
 * Starts watching.
 * @throws {KidsIdError} READER_ABSENT when this computer cannot use readers at all
 */
export async function openDiagnosis(
  openReaders: OpenCardReaders,
  timing: DiagnosisTiming = TIMING,
): Promise<Diagnosis> {
  const readers = await watchReaders(openReaders);
  const closed = new AbortController();
  const view: View = {
    findings: { reader: 'waiting', card: 'waiting' },
    settled: Promise.withResolvers<void>(),
  };
  const watching = watch({ readers, view, timing, signal: closed.signal });
  return {
    async look() {
      const { settled } = view;
      await happens(settled.promise, { timeoutMs: timing.lookMs, signal: closed.signal });
      return view.findings;
    },
    async close() {
      closed.abort();
      await readers.close();
      await watching;
    },
  };
}

/** What is known now. `settled` resolves when the cards that are in have been looked at. */
interface View {
  findings: HostFindings;
  settled: PromiseWithResolvers<void>;
}

interface Watching {
  readonly readers: WatchedReaders;
  readonly view: View;
  readonly timing: DiagnosisTiming;
  readonly signal: AbortSignal;
}

async function watch(watching: Watching): Promise<void> {
  const { readers, view, timing, signal } = watching;
  await settleReaders(watching);
  view.findings = { reader: describeReaders(readers), card: 'waiting' };
  while (!signal.aborted) {
    // Taken before looking: what changes while we look is not missed.
    const change = readers.nextChange();
    const comes = (timeoutMs?: number) => happens(change, { timeoutMs, signal });
    const seen = await examineCards(readers, signal);
    const reader = describeReaders(readers);
    const found: CardFindings = reader === 'ready' ? describeNearest(seen) : { card: 'waiting' };
    // A badge or the system's own virtual card may always lie there, and the right one is still to come.
    const hasRoom = readers.list().some(({ hasCard }) => !hasCard);
    const isAwaited = found.card === 'CARD_UNSUPPORTED' && hasRoom;
    view.findings = isAwaited ? { reader, card: 'CARD_ABSENT' } : { reader, ...found };
    view.settled.resolve();
    if (isAwaited && !(await comes(timing.otherCardMs))) view.findings = { reader, ...found };
    if (!(await comes(PASSING.has(found.card) ? timing.againMs : undefined))) continue;
    view.settled = Promise.withResolvers<void>();
    view.findings = { reader: describeReaders(readers), card: 'waiting' };
  }
}

/** Readers tell of themselves one by one after the service was asked. */
async function settleReaders({ readers, timing, signal }: Watching): Promise<void> {
  const { firstReaderMs, quietMs } = timing;
  const startedMs = performance.now();
  const isOver = () => performance.now() - startedMs >= firstReaderMs;
  while (!signal.aborted) {
    const list = readers.list();
    if (readers.isServiceAway() || list.some(({ hasCard }) => hasCard)) return;
    const hasChanged = await happens(readers.nextChange(), { timeoutMs: quietMs, signal });
    if (!hasChanged && (list.length > 0 || isOver())) return;
  }
}

type CardFindings = Omit<HostFindings, 'reader'>;

async function examineCards(
  readers: WatchedReaders,
  signal: AbortSignal,
): Promise<readonly CardFindings[]> {
  const seen: CardFindings[] = [];
  for (const reader of readers.list()) {
    if (!reader.hasCard || signal.aborted) continue;
    const card = await examineCard(reader);
    if (card) seen.push(card);
  }
  return seen;
}

/** `undefined` for a card that was taken out meanwhile. */
async function examineCard(reader: CardReader): Promise<CardFindings | undefined> {
  try {
    const connection = await reader.connect();
    try {
      const state = await withRecovery(connection, readCardState);
      if (!state) return { card: 'CARD_UNSUPPORTED' };
      const applet = formatAppletVersion(state.appletVersion);
      if (state.code !== undefined) return { card: outcomeOf(state.code), applet };
      return { card: 'ready', applet, ...(state.triesLeft === 1 && { isLastTry: true }) };
    } finally {
      await connection.close();
    }
  } catch (error) {
    const code = errorCodeOf(error);
    return code === 'CARD_REMOVED' ? undefined : { card: outcomeOf(code) };
  }
}

function outcomeOf(code: ErrorCode): CardOutcome {
  return KNOWN.find((known) => known === code) ?? 'CARD_ERROR';
}

/** A card that can log in, else the one that comes nearest to it. */
function describeNearest(seen: readonly CardFindings[]): CardFindings {
  const ready = seen.find(({ card }) => card === 'ready');
  const [nearest] = seen.toSorted((one, other) => compareNearness(one.card, other.card));
  return ready ?? nearest ?? { card: 'CARD_ABSENT' };
}

function describeReaders(readers: WatchedReaders): HostFindings['reader'] {
  if (readers.list().length > 0) return 'ready';
  return readers.isServiceAway() ? 'READER_SERVICE_ABSENT' : 'READER_ABSENT';
}

/** Waits for `event`, for the time if there is one, or for the end; tells whether it was the event. */
async function happens(
  event: Promise<void>,
  options: { timeoutMs: number | undefined; signal: AbortSignal },
): Promise<boolean> {
  const { timeoutMs, signal } = options;
  const done = new AbortController();
  const ended = AbortSignal.any([signal, done.signal]);
  const time =
    timeoutMs === undefined
      ? untilAborted(ended)
      : delay(timeoutMs, undefined, { signal: ended }).catch(() => undefined);
  try {
    return await Promise.race([event.then(() => true), time.then(() => false)]);
  } finally {
    done.abort();
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}
