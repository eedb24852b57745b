/**
 * What the host needs of card readers, as interfaces: the card model and the login know nothing of PC/SC.
 * Implemented over PC/SC in `native-host/pcsc`; anything else that can carry APDUs can implement it too.
 */
import type { Language } from '../../gateway/protocol/fields.ts';

/** Sends one command to the card and returns its whole answer, status word included. */
export interface CardChannel {
  /** @throws {KidsIdError} CARD_REMOVED, CARD_ERROR */
  transmit(command: Uint8Array): Promise<Uint8Array>;
}

/** How a card is left when a transaction ends: as it is, or reset, so that every right of a PIN is gone. */
export type TransactionEnd = 'leave' | 'reset';

/**
 * A reader's own keypad (PC/SC part 10): the digits go from the keys to the card and never reach this computer. A
 * command comes with an empty PIN block; the answer is the card's, or the reader's own 64xx.
 */
export interface ReaderKeypad {
  /** VERIFY with what the person types. @throws {KidsIdError} CARD_REMOVED, CARD_ERROR */
  verifyPin(command: Uint8Array, language: Language): Promise<Uint8Array>;
  /**
   * CHANGE REFERENCE DATA with the old PIN, the new one, and the new one again; `undefined` where the reader
   * cannot. @throws {KidsIdError} CARD_REMOVED, CARD_ERROR
   */
  readonly changePin:
    | ((command: Uint8Array, language: Language) => Promise<Uint8Array>)
    | undefined;
}

/** The card while nobody else can speak to it. */
export interface CardTransaction extends CardChannel {
  /** Present as {@link CardConnection.hasKeypad} says. */
  readonly keypad: ReaderKeypad | undefined;
  /** Says how the transaction shall end, however it comes to its end. It starts as `leave`. */
  setEnd(end: TransactionEnd): void;
}

/** A connection to the one card that was in the reader when it was made. */
export interface CardConnection {
  /** Aborted when the card, or its reader, was taken away. */
  readonly removed: AbortSignal;
  /** Whether the reader has a keypad of its own. */
  readonly hasKeypad: boolean;
  /**
   * Runs `work` while no other program can speak to the card; ends on return and on throw.
   * @throws {KidsIdError} CARD_BUSY when another program keeps the card, CARD_REMOVED, CARD_ERROR
   */
  withTransaction<Result>(work: (transaction: CardTransaction) => Promise<Result>): Promise<Result>;
  /**
   * Takes the connection up again with a reset of the card, after a communication error: rights and selections are
   * gone. Called between transactions.
   * @throws {KidsIdError} CARD_REMOVED, CARD_BUSY, CARD_ERROR
   */
  recover(): Promise<void>;
  /** Never throws. */
  close(): Promise<void>;
}

/** A reader as it was at the moment of {@link CardReaders.list}. */
export interface CardReader {
  readonly name: string;
  readonly hasCard: boolean;
  /**
   * Connects, sharing the card with other programs.
   * @throws {KidsIdError} CARD_REMOVED when there is none, CARD_BUSY when another program has it for itself,
   * CARD_ERROR when it does not answer
   */
  connect(): Promise<CardConnection>;
}

/** The readers of this computer, watched from {@link OpenCardReaders} on. */
export interface CardReaders {
  /** The readers there are now. A missing service is the same as no readers. */
  list(): readonly CardReader[];
  /**
   * Whether the system's card service is away, where that is not the same as no reader; absent where it cannot be
   * told.
   */
  isServiceAway?(): boolean;
  /** Stops watching. Never throws; `list` is empty afterwards. */
  close(): Promise<void>;
}

/**
 * Starts watching the readers.
 * @param onChange Called after every change: reader or card put in or taken away.
 */
export type OpenCardReaders = (onChange: () => void) => Promise<CardReaders>;
