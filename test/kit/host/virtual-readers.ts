/**
 * Card readers in this very process, holding virtual cards: the host's CardReaders without PC/SC. Every command is
 * recorded; readers can have a keypad, and fail when told to. TEST ONLY.
 */
import { KidsIdError } from '../../../gateway/protocol/errors.ts';
import type {
  CardConnection,
  CardReader,
  CardTransaction,
  OpenCardReaders,
  TransactionEnd,
} from '../../../native-host/card/readers.ts';
import type { VirtualCard } from '../card/virtual-card.ts';
import { createVirtualKeypad, type KeypadFingers } from './virtual-keypad.ts';

/** What a reader needs of a card. */
export type ReaderCard = Pick<VirtualCard, 'powerOn' | 'reset' | 'powerOff' | 'transmit'>;

/** A failure of the next commands that begin so. */
export interface ReaderFault {
  /** How the commands begin, in hexadecimal, upper case; all of them unless told. */
  readonly prefix?: string;
  /** How many of them fail; one unless told. */
  readonly times?: number;
  /** A status word that stands in for the card's answer; a communication error unless told. */
  readonly status?: number;
  /** Whether the card gets the command, and only its answer is lost. */
  readonly reachesCard?: boolean;
}

/** Readers and the hand that puts cards into them. */
export interface VirtualReaders {
  readonly open: OpenCardReaders;
  /** Commands that were sent to a card, in hexadecimal, upper case. */
  readonly commands: string[];
  /** How each transaction ended. */
  readonly ends: TransactionEnd[];
  /** How often a connection was taken up again. */
  readonly recoveries: number;
  /** Whether somebody watches the readers now. */
  readonly isOpen: boolean;
  addReader(): void;
  insert(card: ReaderCard, reader?: number): void;
  remove(reader?: number): void;
  /** Lets the next commands fail; faults are taken in the order in which they were given. */
  failNext(fault: ReaderFault): void;
}

interface Slot {
  card: ReaderCard | undefined;
  taken: AbortController;
}

/** What all readers of one desk share. */
interface Desk {
  readonly commands: string[];
  readonly ends: TransactionEnd[];
  readonly faults: (ReaderFault & { timesLeft: number })[];
  readonly fingers: KeypadFingers | undefined;
  recoveries: number;
}

/**
 * Creates readers, one unless told otherwise.
 * @param options.keypad Who types on the readers' own keypads; without it they have none.
 */
export function createVirtualReaders(
  options: { readers?: number; keypad?: KeypadFingers } = {},
): VirtualReaders {
  const desk = createDesk(options.keypad);
  const slots: Slot[] = Array.from({ length: options.readers ?? 1 }, createSlot);
  let onChange: (() => void) | undefined;
  const slotAt = (index: number): Slot => {
    const slot = slots[index];
    if (!slot) throw new RangeError('no such reader');
    return slot;
  };
  return {
    commands: desk.commands,
    ends: desk.ends,
    get recoveries() {
      return desk.recoveries;
    },
    get isOpen() {
      return onChange !== undefined;
    },
    async open(listener) {
      onChange = listener;
      return {
        list: () => slots.map((slot, index) => describeSlot({ slot, index, desk })),
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
    failNext(fault) {
      desk.faults.push({ ...fault, timesLeft: fault.times ?? 1 });
    },
  };
}

function createDesk(fingers: KeypadFingers | undefined): Desk {
  return { commands: [], ends: [], faults: [], fingers, recoveries: 0 };
}

function createSlot(): Slot {
  return { card: undefined, taken: new AbortController() };
}

function describeSlot(options: { slot: Slot; index: number; desk: Desk }): CardReader {
  const { slot, index, desk } = options;
  return {
    name: `Virtual reader ${index}`,
    hasCard: slot.card !== undefined,
    async connect() {
      if (!slot.card) throw new KidsIdError('CARD_REMOVED', 'no card in the reader');
      return connectCard(slot, desk);
    },
  };
}

function connectCard(slot: Slot, desk: Desk): CardConnection {
  const { fingers } = desk;
  const transmit: CardTransaction['transmit'] = async (command) => {
    const card = cardIn(slot);
    const sent = Buffer.from(command).toString('hex').toUpperCase();
    desk.commands.push(sent);
    const fault = takeFault(desk, sent);
    const answer = !fault || fault.reachesCard ? card.transmit(command) : undefined;
    return answer && !fault ? answer : failWith(fault?.status);
  };
  return {
    removed: slot.taken.signal,
    hasKeypad: fingers !== undefined,
    async recover() {
      cardIn(slot).reset();
      desk.recoveries += 1;
    },
    async withTransaction(work) {
      const ending: { end: TransactionEnd } = { end: 'leave' };
      const setEnd = (wanted: TransactionEnd) => {
        ending.end = wanted;
      };
      const keypad = fingers && createVirtualKeypad(fingers, transmit);
      try {
        return await work({ transmit, setEnd, keypad });
      } finally {
        if (ending.end === 'reset') slot.card?.reset();
        desk.ends.push(ending.end);
      }
    },
    async close() {},
  };
}

function cardIn(slot: Slot): ReaderCard {
  if (!slot.card) throw new KidsIdError('CARD_REMOVED', 'card was taken out');
  return slot.card;
}

function takeFault({ faults }: Desk, sent: string): ReaderFault | undefined {
  const fault = faults.find(
    ({ prefix, timesLeft }) => timesLeft > 0 && sent.startsWith(prefix ?? ''),
  );
  if (fault) fault.timesLeft -= 1;
  return fault;
}

function failWith(status: number | undefined): Uint8Array {
  if (status === undefined) throw new KidsIdError('CARD_ERROR', 'communication with the card');
  return Uint8Array.of(status >> 8, status & 0xff);
}
