/**
 * The readers of this computer over PC/SC. This folder holds the only imports of the binding; its names and
 * types stay here.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { CardDisposition, CardMode, Client, type Reader, ReaderStatus } from 'pcsc-mini';
import type { CardConnection, CardReader, CardReaders } from '../card/readers.ts';
import { withDeadline } from './deadline.ts';
import { BUSY_TIMEOUT_MS, createPcscConnection } from './pcsc-connection.ts';
import { findPcscName, wrapPcscError } from './pcsc-errors.ts';

interface Slot {
  readonly reader: Reader;
  hasCard: boolean;
  /** Aborted when the card that is in now is taken out; then a new one takes its place. */
  taken: AbortController;
}

type Slots = Map<string, Slot>;

/** The service may be absent, stop, or (on Windows) start with the first reader: it is asked for again. */
const SERVICE_RETRY_MS = 1_000;
/** A card that another program has for itself, or that is still starting, is asked for again this often. */
const CONNECT_RETRY_MS = 100;
const CONNECT_ATTEMPTS = 15;
const RETRIED = ['SharingViolation', 'UnresponsiveCard', 'UnpoweredCard', 'ResetCard', 'CommError'];

/** Starts watching the readers (see OpenCardReaders). A service that is not there is no failure. */
export async function openPcscReaders(onChange: () => void): Promise<CardReaders> {
  const slots: Slots = new Map();
  let client: Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;
  const leave = () => {
    stopClient(client);
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
    } catch {
      startAgainLater();
    }
  };
  const startAgainLater = () => {
    if (isClosed) return;
    leave();
    onChange();
    clearTimeout(retry);
    retry = setTimeout(start, SERVICE_RETRY_MS);
  };
  start();
  return {
    list: () => [...slots.values()].map(describeSlot),
    async close() {
      isClosed = true;
      clearTimeout(retry);
      leave();
    },
  };
}

function watchReader(options: { reader: Reader; slots: Slots; onChange: () => void }): void {
  const { reader, slots, onChange } = options;
  const slot: Slot = { reader, hasCard: false, taken: new AbortController() };
  slots.set(reader.name(), slot);
  reader.on('change', (status) => {
    const hasCard = status.has(ReaderStatus.PRESENT);
    // Programs that come and go change a reader's status too.
    if (hasCard === slot.hasCard) return;
    if (!hasCard) takeCard(slot);
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

function describeSlot(slot: Slot): CardReader {
  return {
    name: slot.reader.name(),
    hasCard: slot.hasCard,
    connect: () => connectCard(slot),
  };
}

async function connectCard(slot: Slot): Promise<CardConnection> {
  const removed = slot.taken.signal;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const card = await withDeadline(slot.reader.connect(CardMode.SHARED), {
        timeoutMs: BUSY_TIMEOUT_MS,
        code: 'CARD_BUSY',
        onLate: (late) => late.disconnect(CardDisposition.LEAVE),
      });
      return createPcscConnection(card, removed);
    } catch (error) {
      const isWorthIt = RETRIED.includes(findPcscName(error) ?? '') && attempt < CONNECT_ATTEMPTS;
      if (!isWorthIt || removed.aborted) throw wrapPcscError(error);
      await delay(CONNECT_RETRY_MS);
    }
  }
}

function stopClient(client: Client | undefined): void {
  if (!client) return;
  client.removeAllListeners();
  // A monitor that has ended may still report; without a listener that would end the process.
  client.on('error', () => undefined);
  try {
    client.stop();
  } catch {
    // It never started.
  }
}
