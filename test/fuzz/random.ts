/** Random numbers that a seed repeats: sfc32, seeded from a text. Not for secrets. TEST ONLY. */

/** A stream of numbers; the same seed gives the same stream. */
export interface Random {
  /** A whole number from 0 to `end` − 1. */
  below(end: number): number;
  /** One of these. @throws {RangeError} when there are none */
  pick<Item>(items: readonly Item[]): Item;
  bytes(length: number): Uint8Array;
}

/** Creates the stream of a seed. */
export function createRandom(seed: string): Random {
  const next = createSfc32(seed);
  const below = (end: number) => Math.floor((next() / 2 ** 32) * end);
  return {
    below,
    pick(items) {
      if (items.length === 0) throw new RangeError('nothing to pick from');
      return items[below(items.length)] as (typeof items)[number];
    },
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
  };
}

/** Chris Doty-Humphrey's small fast counter: 32 bits at a time, a period of 2^64 at the least. */
function createSfc32(seed: string): () => number {
  let [a, b, c] = [hashOf(`${seed}/a`), hashOf(`${seed}/b`), hashOf(`${seed}/c`)];
  let counter = 1;
  const next = () => {
    const result = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + result) >>> 0;
    return result;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
