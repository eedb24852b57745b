/**
 * A set of serial numbers that costs little more than their bytes: a CRL may have a million. An open
 * hash table of offsets into pages; nothing is ever taken out.
 */
import { KidsIdError } from '../protocol/errors.ts';

export interface SerialSet {
  /** Adds `bytes[start, end)`: big-endian without a leading zero byte, at most 255 bytes. */
  add(bytes: Uint8Array, start: number, end: number): void;
  has(serial: Uint8Array): boolean;
  readonly size: number;
  /** What the set holds of memory. */
  readonly byteLength: number;
}

const PAGE_BYTES = 262_144;
const MAX_PAGES = 2 ** 32 / PAGE_BYTES;
const FIRST_SLOTS = 1024;
const FULL = 0.75;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Creates an empty set. */
export function createSerialSet(): SerialSet {
  const pages: Uint8Array[] = [];
  let used = PAGE_BYTES;
  let size = 0;
  // An offset plus one, so that 0 is an empty slot
  let slots = new Uint32Array(FIRST_SLOTS);

  const isAt = (offset: number, bytes: Uint8Array, start: number, end: number): boolean => {
    const page = pages[Math.floor(offset / PAGE_BYTES)] as Uint8Array;
    let at = offset % PAGE_BYTES;
    if (page[at] !== end - start) return false;
    for (let index = start; index < end; index++) if (page[++at] !== bytes[index]) return false;
    return true;
  };
  const slotOf = (bytes: Uint8Array, start: number, end: number): number => {
    let slot = hash(bytes, start, end) & (slots.length - 1);
    for (;;) {
      const entry = slots[slot] as number;
      if (entry === 0 || isAt(entry - 1, bytes, start, end)) return slot;
      slot = (slot + 1) & (slots.length - 1);
    }
  };
  const grow = (): void => {
    const old = slots;
    slots = new Uint32Array(old.length * 2);
    for (const entry of old) {
      if (entry === 0) continue;
      const page = pages[Math.floor((entry - 1) / PAGE_BYTES)] as Uint8Array;
      const at = (entry - 1) % PAGE_BYTES;
      let slot = hash(page, at + 1, at + 1 + (page[at] as number)) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = entry;
    }
  };
  return {
    get size() {
      return size;
    },
    get byteLength() {
      return pages.length * PAGE_BYTES + slots.byteLength;
    },
    has: (serial) => slots[slotOf(serial, 0, serial.length)] !== 0,
    add(bytes, start, end) {
      const length = end - start;
      if (length > 255) throw new RangeError('serial number too long');
      const slot = slotOf(bytes, start, end);
      if (slots[slot] !== 0) return;
      if (used + 1 + length > PAGE_BYTES) {
        if (pages.length === MAX_PAGES - 1) {
          throw new KidsIdError('REVOCATION_UNKNOWN', 'too many serial numbers');
        }
        pages.push(new Uint8Array(PAGE_BYTES));
        used = 0;
      }
      const page = pages.at(-1) as Uint8Array;
      page[used] = length;
      for (let index = 0; index < length; index++) {
        page[used + 1 + index] = bytes[start + index] as number;
      }
      slots[slot] = (pages.length - 1) * PAGE_BYTES + used + 1;
      used += 1 + length;
      size += 1;
      if (size > slots.length * FULL) grow();
    },
  };
}

/** FNV-1a; whoever can choose serial numbers here is the CA itself. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = FNV_OFFSET;
  for (let index = start; index < end; index++) {
    value = Math.imul(value ^ (bytes[index] as number), FNV_PRIME);
  }
  return (value ^ (value >>> 15)) >>> 0;
}
