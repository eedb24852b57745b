/**
 * A card that answers as a Belgian one does, until its script of faults says otherwise: the fuzzer writes the script.
 * It knows no keys; its signature is of the right length and nothing else. TEST ONLY.
 */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { CardTransaction, TransactionEnd } from '../../native-host/card/readers.ts';
import { insist } from './target.ts';

/** What the card holds. */
export interface FaultyCardOptions {
  /** Byte 21 of GET CARD DATA. */
  readonly appletVersion: number;
  readonly serial: Uint8Array;
  /** Contents by the last file identifier of a path, in hexadecimal. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly hasKeypad?: boolean;
}

/** One command and what became of it. */
export interface Exchange {
  /** The bytes that were given: whoever gave them may wipe them. */
  readonly command: Uint8Array;
  /** As it was when it was sent. */
  readonly instruction: number;
  /** Length of what was sent. */
  readonly length: number;
  /** `undefined` when the card was gone or the reader failed. */
  readonly answer: Uint8Array | undefined;
}

export interface FaultyCard extends CardTransaction {
  readonly exchanges: readonly Exchange[];
  readonly end: TransactionEnd;
}

/** Reading 4 KiB a byte at a time takes so many commands, and a few. */
const MAX_EXCHANGES = 10_000;
/** Half of all control bytes leave the card honest. */
const HONEST_BELOW = 8;

/** Creates a card with a script: a control byte for each command, and what that fault needs. */
export function createFaultyCard(script: Uint8Array, options: FaultyCardOptions): FaultyCard {
  const exchanges: Exchange[] = [];
  const honest = createHonestCard(options);
  const faults = createFaults(script);
  let end: TransactionEnd = 'leave';
  const answerTo = (command: Uint8Array): Uint8Array | undefined => {
    insist(exchanges.length < MAX_EXCHANGES, 'a card is not asked without end');
    insist(command.length >= 4, 'a command has a header');
    const answer = faults(honest(command));
    const instruction = command[1] ?? 0;
    exchanges.push({ command, instruction, length: command.length, answer });
    return answer;
  };
  const transmit = async (command: Uint8Array) => {
    const answer = answerTo(command);
    if (answer) return answer.slice();
    throw new KidsIdError(script.length % 2 === 0 ? 'CARD_REMOVED' : 'CARD_ERROR', 'fault');
  };
  return {
    exchanges,
    get end() {
      return end;
    },
    setEnd(wanted) {
      end = wanted;
    },
    transmit,
    keypad: options.hasKeypad ? { verifyPin: transmit, changePin: transmit } : undefined,
  };
}

/** Takes the honest answer and gives what arrives; `undefined`: nothing does. */
function createFaults(script: Uint8Array): (honest: Uint8Array) => Uint8Array | undefined {
  let at = 0;
  let stuck: Uint8Array | undefined;
  const next = () => script[at++] ?? 0;
  const take = (length: number) => {
    at += length;
    return script.slice(at - length, at);
  };
  return (honest) => {
    if (stuck) return stuck;
    const data = honest.subarray(0, -2);
    const control = next() & 0x0f;
    if (control < HONEST_BELOW) return honest;
    switch (control) {
      case 8:
        return take(2);
      case 9:
        return Uint8Array.of(...data, ...take(2));
      case 10:
        return take(next());
      case 11:
        return honest.slice(0, next());
      case 12:
        return changeByte(honest, next(), next());
      case 13:
        return undefined;
      case 14:
        return Uint8Array.of(...data, ...take(next()), 0x90, 0x00);
      default:
        stuck = take(next() & 3);
        return stuck;
    }
  };
}

function changeByte(answer: Uint8Array, place: number, mask: number): Uint8Array {
  const changed = answer.slice();
  const at = place % Math.max(1, changed.length);
  changed[at] = (changed[at] ?? 0) ^ mask;
  return changed;
}

type Honest = (command: Uint8Array) => Uint8Array;

const OK = [0x90, 0x00] as const;
const CARD_DATA_TAIL = [0xf3, 0x36, 0x01, 0x22, 0x01] as const;

/** Table-driven and without rights: what is asked in the right form is answered. */
function createHonestCard(options: FaultyCardOptions): Honest {
  const { appletVersion, serial, files } = options;
  const is18 = appletVersion >= 0x18;
  const cardData = [...serial, ...CARD_DATA_TAIL, appletVersion, 0, 1, 0, 0, 2, 0x0f];
  let file: Uint8Array | undefined;
  let pending = new Uint8Array(0);
  const respond: Record<number, (command: Uint8Array) => number[]> = {
    164: (command) => {
      if (command[2] === 0x04) return [...OK];
      file = files[Buffer.from(command.subarray(-2)).toString('hex')];
      const isDirectory = (command[command.length - 2] ?? 0) >= 0xdf;
      return file || isDirectory || command.at(-2) === 0x3f ? [...OK] : [0x6a, 0x82];
    },
    228: (command) => {
      if (command[3] === 0) return [...cardData, ...OK];
      return is18 ? [...cardData, 3, 0xff, 0xff, ...OK] : [0x6b, 0x00];
    },
    176: (command) => readBinary(file, command),
    178: (command) => {
      const record = is18 && file ? findRecord(file, command[2] ?? 0) : undefined;
      return record ? [...record, ...OK] : [0x6a, 0x83];
    },
    32: (command) => (command.length > 5 ? [...OK] : [0x63, 0xc3]),
    42: () => {
      pending = new Uint8Array(is18 ? 96 : 256).fill(0x5a);
      return [0x61, pending.length & 0xff];
    },
    192: (command) => {
      const sent = pending.subarray(0, command[4] || 256);
      pending = pending.slice(sent.length);
      return [...sent, ...(pending.length > 0 ? [0x61, pending.length & 0xff] : OK)];
    },
  };
  return (command) => {
    const instruction = command[1] ?? 0;
    const isPlain = [0x22, 0x24, 0xe6].includes(instruction);
    const answer = isPlain ? [...OK] : (respond[instruction]?.(command) ?? [0x6d, 0x00]);
    return Uint8Array.from(answer);
  };
}

function readBinary(file: Uint8Array | undefined, command: Uint8Array): number[] {
  if (!file) return [0x69, 0x86];
  const offset = (command[2] ?? 0) * 256 + (command[3] ?? 0);
  const length = command[4] || 256;
  const left = file.length - offset;
  if (left <= 0) return [0x6b, 0x00];
  if (length > left) return [0x6c, left & 0xff];
  return [...file.subarray(offset, offset + length), ...OK];
}

/** Tag, length, value. */
function findRecord(file: Uint8Array, tag: number): Uint8Array | undefined {
  for (let at = 0; at < file.length; at += 2 + (file[at + 1] ?? 0)) {
    if (file[at] === tag) return file.subarray(at, at + 2 + (file[at + 1] ?? 0));
  }
  return undefined;
}
