/**
 * Card readers in this very process, holding virtual cards: the host's CardReaders without PC/SC. Every command is
 * recorded. TEST ONLY.
 */
import { KidsIdError } from '../../../gateway/protocol/errors.ts';
import type {
  CardConnection,
  CardReader,
  OpenCardReaders,
  TransactionEnd,
} from '../../../native-host/card/readers.ts';
import type { VirtualCard } from '../card/virtual-card.ts';

/** What a reader needs of a card. */
export type ReaderCard = Pick<VirtualCard, 'powerOn' | 'reset' | 'powerOff' | 'transmit'>;

/** Readers and the hand that puts cards into them. */
export interface VirtualReaders {
  readonly open: OpenCardReaders;
  /** Commands that reached a card, in hexadecimal, upper case. */
  readonly commands: string[];
  /** How each transaction ended. */
  readonly ends: TransactionEnd[];
  /** Whether somebody watches the readers now. */
  readonly isOpen: boolean;
  addReader(): void;
  insert(card: ReaderCard, reader?: number): void;
  remove(reader?: number): void;
}

interface Slot {
  card: ReaderCard | undefined;
  taken: AbortController;
}

/** Creates readers, one unless told otherwise. */
export function createVirtualReaders(options: { readers?: number } = {}): VirtualReaders {
  const commands: string[] = [];
  const ends: TransactionEnd[] = [];
  const slots: Slot[] = Array.from({ length: options.readers ?? 1 }, createSlot);
  let onChange: (() => void) | undefined;
  const slotAt = (index: number): Slot => {
    const slot = slots[index];
    if (!slot) throw new RangeError('no such reader');
    return slot;
  };
  return {
    commands,
    ends,
    get isOpen() {
      return onChange !== undefined;
    },
    async open(listener) {
      onChange = listener;
      return {
        list: () => slots.map((slot, index) => describeSlot({ slot, index, commands, ends })),
        async close() {
          onChange = undefined;
        },
      };
    },
    addReader() {
      slots.push(createSlot());
      onChange?.();
    },
    insert(card, reader = 0) {
      slotAt(reader).card = card;
      card.powerOn();
      onChange?.();
    },
    remove(reader = 0) {
      const slot = slotAt(reader);
      slot.card?.powerOff();
      slot.card = undefined;
      slot.taken.abort();
      slot.taken = new AbortController();
      onChange?.();
    },
  };
}

function createSlot(): Slot {
  return { card: undefined, taken: new AbortController() };
}

function describeSlot(options: {
  slot: Slot;
  index: number;
  commands: string[];
  ends: TransactionEnd[];
}): CardReader {
  const { slot, index } = options;
  return {
    name: `Virtual reader ${index}`,
    hasCard: slot.card !== undefined,
    async connect() {
      if (!slot.card) throw new KidsIdError('CARD_REMOVED', 'no card in the reader');
      return connectCard(options);
    },
  };
}

function connectCard(options: {
  slot: Slot;
  commands: string[];
  ends: TransactionEnd[];
}): CardConnection {
  const { slot, commands, ends } = options;
  const removed = slot.taken.signal;
  return {
    removed,
    async withTransaction(work) {
      const ending: { end: TransactionEnd } = { end: 'leave' };
      const setEnd = (wanted: TransactionEnd) => {
        ending.end = wanted;
      };
      const transmit = async (command: Uint8Array) => {
        if (!slot.card) throw new KidsIdError('CARD_REMOVED', 'card was taken out');
        commands.push(Buffer.from(command).toString('hex').toUpperCase());
        return slot.card.transmit(command);
      };
      try {
        return await work({ transmit, setEnd });
      } finally {
        if (ending.end === 'reset') slot.card?.reset();
        ends.push(ending.end);
      }
    },
    async close() {},
  };
}
