/**
 * How long an exchange takes on a real card over T=0 and a USB reader: a model, not a measurement. TEST ONLY.
 *
 * Characters are those of ISO/IEC 7816-3: a start bit, 8 bits, parity, and guard time, 12 etu from one to the next
 * (§7.2, §11.2); 16 etu where the direction turns (EMV Book 1 §9.2.2.1, the same for both sides). A command is a
 * header of 5, whatever its case; the card sends the instruction back as a procedure byte where data follow, and
 * two status bytes (ISO/IEC 7816-3 §10.3). An etu is F/D clock cycles, F and D being those of TA1, which readers
 * negotiate by PPS, or 372 and 1 where they do not (§8.3, tables 7 and 8).
 *
 * What the card and the reader need for themselves is assumed, and the same for everybody who is compared.
 */

/** A command and its answer as they pass between program and reader. */
export interface RecordedExchange {
  readonly command: Uint8Array;
  /** Data and status word. */
  readonly answer: Uint8Array;
  /** What the program sleeps before it. */
  readonly sleepBeforeMs?: number;
}

/** The line between reader and card. */
export interface LineRate {
  readonly clockHz: number;
  readonly clocksPerEtu: number;
}

/** Sums over a whole conversation. */
export interface Conversation {
  readonly apdus: number;
  /** Characters on the line: headers, procedure bytes and status words included. */
  readonly toCardBytes: number;
  readonly fromCardBytes: number;
  readonly lineMs: number;
  readonly cardMs: number;
  readonly readerMs: number;
  readonly sleepMs: number;
  readonly totalMs: number;
}

/** What most USB readers clock a card with: 4 MHz or a little more (CCID, dwDefaultClock). Assumed. */
export const READER_CLOCK_HZ = 4_000_000;

/** USB and the reader's own program for each exchange, there and back (bulk transfers at full speed). Assumed. */
export const READER_MS = 3;

/** What the card computes, by instruction, in ms. Assumed: no manual says it, and no card was at hand. */
export const CARD_MS: Readonly<Record<number, number>> = {
  /** SELECT: a walk through a small file system. */
  164: 5,
  /** READ BINARY: 256 bytes out of flash. */
  176: 5,
  /** GET CARD DATA. */
  228: 3,
  /** VERIFY: the counter is written before the PIN is compared, and again after it. */
  32: 30,
  /** MANAGE SECURITY ENVIRONMENT. */
  34: 3,
  /** COMPUTE DIGITAL SIGNATURE with P-384. */
  42: 150,
  /** GET RESPONSE: out of memory. */
  192: 2,
  /** LOG OFF. */
  230: 2,
};

const CHARACTER_ETU = 12;
const TURN_ETU = 16;
const HEADER_BYTES = 5;
const PROCEDURE_BYTES = 1;
const STATUS_BYTES = 2;
const QUESTION_MS = 3;
const VERIFY = 0x20;

/** ISO/IEC 7816-3 table 7, clock rate conversion by the high half of TA1; gaps are reserved. */
const CLOCK_CONVERSION: Readonly<Record<number, number>> = {
  0: 372,
  1: 372,
  2: 558,
  3: 744,
  4: 1_116,
  5: 1_488,
  6: 1_860,
  9: 512,
  10: 768,
  11: 1_024,
  12: 1_536,
  13: 2_048,
};

/** ISO/IEC 7816-3 table 8, baud rate adjustment by the low half of TA1. */
const RATE_ADJUSTMENT: Readonly<Record<number, number>> = {
  1: 1,
  2: 2,
  3: 4,
  4: 8,
  5: 16,
  6: 32,
  7: 64,
  8: 12,
  9: 20,
};

/** The rate of every card until something else is negotiated (ISO/IEC 7816-3 §8.3): 372 clocks. */
export const DEFAULT_RATE: LineRate = { clockHz: READER_CLOCK_HZ, clocksPerEtu: 372 };

/**
 * The rate that a card offers in TA1 of its answer to reset, the default one where it has none.
 * @throws {RangeError} For a value that is reserved.
 */
export function offeredRate(atr: Uint8Array): LineRate {
  const [, format = 0, ta1 = 0] = atr;
  if ((format & 0x10) === 0) return DEFAULT_RATE;
  const [conversion, adjustment] = [CLOCK_CONVERSION[ta1 >> 4], RATE_ADJUSTMENT[ta1 & 0x0f]];
  if (!conversion || !adjustment) throw new RangeError('TA1 with a reserved value');
  return { clockHz: READER_CLOCK_HZ, clocksPerEtu: conversion / adjustment };
}

/** Models a whole conversation. */
export function modelConversation(
  exchanges: readonly RecordedExchange[],
  rate: LineRate,
): Conversation {
  const parts = exchanges.map((exchange) => modelExchange(exchange, rate));
  const sum = (of: (part: (typeof parts)[number]) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    apdus: parts.length,
    toCardBytes: sum(({ toCardBytes }) => toCardBytes),
    fromCardBytes: sum(({ fromCardBytes }) => fromCardBytes),
    lineMs: sum(({ lineMs }) => lineMs),
    cardMs: sum(({ cardMs }) => cardMs),
    readerMs: sum(({ readerMs }) => readerMs),
    sleepMs: sum(({ sleepMs }) => sleepMs),
    totalMs: sum(({ totalMs }) => totalMs),
  };
}

/**
 * Models one exchange.
 * @throws {RangeError} For an instruction whose time nobody has assumed.
 */
export function modelExchange(
  { command, answer, sleepBeforeMs = 0 }: RecordedExchange,
  { clockHz, clocksPerEtu }: LineRate,
): Conversation {
  const sentBytes = Math.max(0, command.length - HEADER_BYTES);
  const receivedBytes = Math.max(0, answer.length - STATUS_BYTES);
  const hasData = sentBytes > 0 || receivedBytes > 0;
  const toCardBytes = HEADER_BYTES + sentBytes;
  const fromCardBytes = (hasData ? PROCEDURE_BYTES : 0) + receivedBytes + STATUS_BYTES;
  // Header, then the card; with data to send: the procedure byte, then the reader, then the card again.
  const turns = sentBytes > 0 ? 3 : 1;
  const etu = (toCardBytes + fromCardBytes) * CHARACTER_ETU + turns * (TURN_ETU - CHARACTER_ETU);
  const lineMs = (etu * clocksPerEtu * 1_000) / clockHz;
  const cardMs = cardTime(command);
  return {
    apdus: 1,
    toCardBytes,
    fromCardBytes,
    lineMs,
    cardMs,
    readerMs: READER_MS,
    sleepMs: sleepBeforeMs,
    totalMs: lineMs + cardMs + READER_MS + sleepBeforeMs,
  };
}

/** VERIFY without data compares and writes nothing. */
function cardTime(command: Uint8Array): number {
  const instruction = command[1] ?? 0;
  if (instruction === VERIFY && command.length <= HEADER_BYTES) return QUESTION_MS;
  const time = CARD_MS[instruction];
  if (time === undefined) throw new RangeError('instruction without an assumed time');
  return time;
}
