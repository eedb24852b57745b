/**
 * The readers of this computer over PC/SC. This folder holds the only imports of the binding; its names and
 * types stay here.
 */
import { Client, type Reader, ReaderStatus } from 'pcsc-mini';
import type { CardReader, CardReaders } from '../card/readers.ts';
import { connectCard } from './connect-card.ts';

interface Slot {
  readonly reader: Reader;
  hasCard: boolean;
  /** How many cards came and went, as the service counts them. */
  eventCount: number;
  /** Aborted when the card that is in now is taken out; then a new one takes its place. */
  taken: AbortController;
}

type Slots = Map<string, Slot>;

/** The service may be absent, stop, or (on Windows) start with the first reader: it is asked for again. */
const SERVICE_RETRY_MS = 1_000;
/** After a card was found gone, readers are looked at again, whether they say that something changed or not. */
const LOOK_AGAIN_MS = 1_000;
/** The upper half of a reader's state (PC/SC part 5, SCARD_READERSTATE). */
const EVENT_COUNT_SHIFT = 16;

/** Starts watching the readers (see OpenCardReaders). A service that is not there is no failure. */
export async function openPcscReaders(onChange: () => void): Promise<CardReaders> {
  const slots: Slots = new Map();
  let client: Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isAway = false;
  const leave = () => {
    if (client) stopListening(client);
    client = undefined;
    for (const slot of slots.values()) takeCard(slot);
    slots.clear();
  };
  const start = () => {
    client = new Client();
    client.on('reader', (reader) => watchReader({ reader, slots, onChange }));
    client.on('error', startAgainLater);
    try {
      client.start();
      isAway = false;
    } catch {
      startAgainLater();
    }
  };
  const startAgainLater = () => {
    if (isClosed) return;
    leave();
    isAway = true;
    onChange();
    clearTimeout(retry);
    retry = setTimeout(start, SERVICE_RETRY_MS);
  };
  start();
  return {
    list: () => [...slots.values()].map((slot) => describeSlot(slot, onChange)),
    // Elsewhere it belongs to the system, and on Windows it sleeps while there is no reader.
    isServiceAway: () => isAway && process.platform === 'linux',
    async close() {
      isClosed = true;
      clearTimeout(retry);
      leave();
    },
  };
}

function watchReader(options: { reader: Reader; slots: Slots; onChange: () => void }): void {
  const { reader, slots, onChange } = options;
  const slot: Slot = { reader, hasCard: false, eventCount: 0, taken: new AbortController() };
  slots.set(reader.name(), slot);
  reader.on('change', (status) => {
    const hasCard = status.has(ReaderStatus.PRESENT);
    const eventCount = status.raw >>> EVENT_COUNT_SHIFT;
    // Two cards in quick succession are one change; programs that come and go are a change too, but not counted.
    const isSwapped = slot.hasCard && hasCard && eventCount !== slot.eventCount;
    slot.eventCount = eventCount;
    if (hasCard === slot.hasCard && !isSwapped) return;
    if (slot.hasCard) takeCard(slot);
    slot.hasCard = hasCard;
    onChange();
  });
  reader.on('disconnect', () => {
    takeCard(slot);
    slots.delete(reader.name());
    onChange();
  });
  onChange();
}

function takeCard(slot: Slot): void {
  slot.hasCard = false;
  slot.taken.abort();
  slot.taken = new AbortController();
}

function describeSlot(slot: Slot, onChange: () => void): CardReader {
  const { reader, hasCard } = slot;
  return {
    name: reader.name(),
    hasCard,
    connect: () =>
      connectCard(reader, {
        removed: slot.taken.signal,
        // A card that was put back before the service looked is no change to it, and never will be.
        onGone: () => void setTimeout(onChange, LOOK_AGAIN_MS).unref(),
      }),
  };
}

/**
 * The client itself is never stopped: its `stop` waits on this thread for the monitor's to end, and pcscd 1.9.9 loses
 * now and then what should wake that up (docs/HOST.md). A monitor that runs ends with the process (end-process.ts).
 */
function stopListening(client: Client): void {
  client.removeAllListeners();
  // What it still reports would end the process without a listener.
  client.on('error', () => undefined);
}
