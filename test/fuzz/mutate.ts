/** Makes inputs out of inputs: what a damaged or hostile peer may send in their place. TEST ONLY. */
import { mutateDer } from './der-mutations.ts';
import type { Random } from './random.ts';

/** What mutations are made of. */
export interface MutationSource {
  /** Half of all changes are then made to the tree, see {@link mutateDer}. */
  readonly isDer: boolean;
  readonly random: Random;
  /** Other inputs, for splicing. */
  readonly others: readonly Uint8Array[];
  readonly dictionary: readonly Uint8Array[];
  readonly maxBytes: number;
}

type Mutation = (input: Uint8Array, source: MutationSource) => Uint8Array;

const MAX_STACKED = 6;
/** One input in so many has nothing of a sample. */
const UNRELATED_RATE = 200;

/** Lengths as DER, TLS, frames and APDUs write them: none, indefinite, and far more than is there. */
const LENGTHS: readonly Uint8Array[] = [
  [0x00],
  [0x7f],
  [0x80],
  [0x81, 0x80],
  [0x81, 0xff],
  [0x82, 0x01, 0x00],
  [0x82, 0xff, 0xff],
  [0x83, 0xff, 0xff, 0xff],
  [0x84, 0xff, 0xff, 0xff, 0xff],
  [0x84, 0x7f, 0xff, 0xff, 0xff],
  [0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff],
  [0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff],
  [0x00, 0x00, 0x00, 0x80],
  [0x00, 0x00, 0x00, 0x00],
].map((bytes) => Uint8Array.from(bytes));

const EDGE_BYTES = [0x00, 0x01, 0x1f, 0x20, 0x30, 0x7f, 0x80, 0x81, 0x82, 0xa0, 0xfe, 0xff];

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  addToByte,
  addToByte,
  addToWord,
  truncate,
  removeRange,
  repeatRange,
  nest,
  insertBytes,
  fillRange,
  splice,
  writeLength,
  writeLength,
  writeToken,
  writeToken,
];

/** Makes one input: one to six changes on top of each other, at most `maxBytes` long. */
export function mutate(input: Uint8Array, source: MutationSource): Uint8Array {
  const { random, maxBytes } = source;
  if (random.below(UNRELATED_RATE) === 0) return random.bytes(random.below(64));
  const count = 1 + random.below(MAX_STACKED);
  let made = input;
  for (let change = 0; change < count; change += 1) {
    const isDerChange = source.isDer && random.below(2) === 0;
    made = isDerChange ? mutateDer(made, source) : random.pick(MUTATIONS)(made, source);
    if (made.length > maxBytes) made = copyOf(made).subarray(0, maxBytes);
  }
  // Of plain type and with its own memory: a Buffer's slice would be a view of the sample.
  return copyOf(made);
}

function flipBit(input: Uint8Array, { random }: MutationSource): Uint8Array {
  return changeAt(input, random, (byte) => byte ^ (1 << random.below(8)));
}

function setByte(input: Uint8Array, { random }: MutationSource): Uint8Array {
  return changeAt(input, random, () =>
    random.below(2) === 0 ? random.pick(EDGE_BYTES) : random.below(256),
  );
}

/** Lengths and counters that are off by little. */
function addToByte(input: Uint8Array, { random }: MutationSource): Uint8Array {
  return changeAt(input, random, (byte) => byte + 1 + random.below(8) - 2 * random.below(9));
}

function addToWord(input: Uint8Array, { random }: MutationSource): Uint8Array {
  if (input.length < 2) return input;
  const made = copyOf(input);
  const view = new DataView(made.buffer);
  const at = random.below(made.length - 1);
  const isLittle = random.below(2) === 0;
  view.setUint16(at, view.getUint16(at, isLittle) + random.below(65) - 32, isLittle);
  return made;
}

function truncate(input: Uint8Array, { random }: MutationSource): Uint8Array {
  return input.subarray(0, random.below(input.length + 1));
}

function removeRange(input: Uint8Array, { random }: MutationSource): Uint8Array {
  const [start, end] = rangeOf(input, random);
  return join(input.subarray(0, start), input.subarray(end));
}

function repeatRange(input: Uint8Array, { random }: MutationSource): Uint8Array {
  const [start, end] = rangeOf(input, random);
  return join(input.subarray(0, end), input.subarray(start));
}

/** A short piece many times over: depth, long lists, length bytes without end. */
function nest(input: Uint8Array, { random, maxBytes }: MutationSource): Uint8Array {
  const start = random.below(input.length + 1);
  const piece = input.subarray(start, start + 1 + random.below(8));
  const most = Math.max(1, Math.floor(maxBytes / Math.max(1, piece.length)));
  const times = 1 + random.below(Math.min(most, random.below(16) === 0 ? most : 64));
  const run = new Uint8Array(piece.length * times);
  for (let count = 0; count < times; count += 1) run.set(piece, count * piece.length);
  return join(input.subarray(0, start), run, input.subarray(start));
}

function insertBytes(input: Uint8Array, { random }: MutationSource): Uint8Array {
  const at = random.below(input.length + 1);
  return join(input.subarray(0, at), random.bytes(1 + random.below(8)), input.subarray(at));
}

function fillRange(input: Uint8Array, { random }: MutationSource): Uint8Array {
  const [start, end] = rangeOf(input, random);
  return copyOf(input).fill(random.pick(EDGE_BYTES), start, end);
}

function splice(input: Uint8Array, { random, others }: MutationSource): Uint8Array {
  const other = others.length === 0 ? input : random.pick(others);
  const [start, end] = rangeOf(other, random);
  const at = random.below(input.length + 1);
  const from = random.below(2) === 0 ? at : Math.min(input.length, at + end - start);
  return join(input.subarray(0, at), other.subarray(start, end), input.subarray(from));
}

function writeLength(input: Uint8Array, { random }: MutationSource): Uint8Array {
  return writeOver(input, random.pick(LENGTHS), random);
}

function writeToken(input: Uint8Array, { random, dictionary }: MutationSource): Uint8Array {
  return dictionary.length === 0 ? input : writeOver(input, random.pick(dictionary), random);
}

/** In place of what was there, or in between. */
function writeOver(input: Uint8Array, token: Uint8Array, random: Random): Uint8Array {
  const at = random.below(input.length + 1);
  const from = random.below(2) === 0 ? at : Math.min(input.length, at + token.length);
  return join(input.subarray(0, at), token, input.subarray(from));
}

function copyOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}

function changeAt(input: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  if (input.length === 0) return input;
  const made = copyOf(input);
  // Headers stand in front: half of all changes are made among the first bytes.
  const at = random.below(random.below(2) === 0 ? made.length : Math.min(made.length, 48));
  made[at] = change(made[at] ?? 0);
  return made;
}

function rangeOf(input: Uint8Array, random: Random): [start: number, end: number] {
  const start = random.below(input.length + 1);
  const length = random.below(random.below(4) === 0 ? input.length + 1 : 32);
  return [start, Math.min(input.length, start + length)];
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
