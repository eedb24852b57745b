/**
 * The entries of a CRL (RFC 5280 §5.1.2.6, §5.3), read where they lie: no object for each, because
 * there may be a million.
 */

import type { SerialSet } from './crl-serials.ts';
import { type ByteWindow, malformedCrl, type Parsing, placeOf } from './crl-window.ts';
import { DER_TAG, type DerNode, DerReader, decodeObjectIdentifier, parseDer } from './der.ts';

/** RFC 5280 §4.1.2.2: twenty bytes, as in a certificate. */
const MAX_SERIAL_BYTES = 20;
/** One entry with all that it may say. */
const MAX_ENTRY_BYTES = 1024;
const REMOVE_FROM_CRL = 8;

const ENTRY_EXTENSION = {
  reasonCode: '2.5.29.21',
  holdInstruction: '2.5.29.23',
  invalidityDate: '2.5.29.24',
  certificateIssuer: '2.5.29.29',
} as const;
const KNOWN: ReadonlySet<string> = new Set(Object.values(ENTRY_EXTENSION));

/**
 * Reads the entries up to a place in the stream, and adds each serial number to the set, but for
 * those that a delta CRL removes; tells whether there were any of those.
 */
export function* readEntries(
  window: ByteWindow,
  end: number,
  serials: SerialSet,
): Parsing<{ hasRemovals: boolean }> {
  const isRemoval = createExtensionReader();
  let hasRemovals = false;
  while (placeOf(window) < end) {
    let size = sizeOfEntry(window);
    while (size === undefined || window.bytes.length - window.at < size) {
      if (window.isOver) throw malformedCrl('CRL ends early');
      yield;
      size = sizeOfEntry(window);
    }
    if (placeOf(window) + size > end) throw malformedCrl('entry longer than the list');
    const isListed = readEntry(window.bytes, window.at, window.at + size, { serials, isRemoval });
    if (!isListed) hasRemovals = true;
    window.at += size;
  }
  return { hasRemovals };
}

/** The whole size of the entry that begins here, where its length is at hand. */
function sizeOfEntry({ bytes, at }: ByteWindow): number | undefined {
  const first = bytes[at + 1];
  if (first === undefined) return undefined;
  if (bytes[at] !== DER_TAG.sequence) throw malformedCrl('not an entry');
  if (first < 0x80) return first + 2;
  // 81: up to 255 bytes; 82: more
  if (first !== 0x81 && first !== 0x82) throw malformedCrl('entry too long');
  const high = bytes[at + 2];
  const low = first === 0x81 ? 0 : bytes[at + 3];
  if (high === undefined || low === undefined) return undefined;
  const length = first === 0x81 ? high : high * 256 + low;
  if (length < (first === 0x81 ? 0x80 : 0x100)) {
    throw malformedCrl('length not in its shortest form');
  }
  if (length > MAX_ENTRY_BYTES) throw malformedCrl('entry too long');
  return length + (first === 0x81 ? 3 : 4);
}

/** Adds the entry's serial number; tells false for a removal, which it does not add. */
function readEntry(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: { serials: SerialSet; isRemoval: ExtensionReader },
): boolean {
  const first = bytes[start + 1] as number;
  const serialStart = start + (first < 0x80 ? 2 : first - 0x80 + 2);
  const serialEnd = skipSerial(bytes, serialStart, end);
  const at = skipTime(bytes, serialEnd, end);
  if (at < end && into.isRemoval(bytes, at, end)) return false;
  const contentStart = serialStart + 2;
  const sign = bytes[contentStart] as number;
  // Certificates' serial numbers come without the sign byte, and none that is taken is negative
  if (sign < 0x80) into.serials.add(bytes, sign === 0 ? contentStart + 1 : contentStart, serialEnd);
  return true;
}

/** An INTEGER in its shortest form; returns where it ends. */
function skipSerial(bytes: Uint8Array, at: number, limit: number): number {
  const length = bytes[at + 1] as number;
  const start = at + 2;
  const end = start + length;
  const first = bytes[start] as number;
  const second = length > 1 ? (bytes[start + 1] as number) : undefined;
  const isLonger =
    second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  const isInteger = bytes[at] === DER_TAG.integer && length > 0 && length <= MAX_SERIAL_BYTES;
  if (!isInteger || isLonger || end > limit) throw malformedCrl('not a serial number');
  return end;
}

/** The revocation date decides nothing (what is listed is revoked): only its form is looked at. */
function skipTime(bytes: Uint8Array, at: number, limit: number): number {
  const length = bytes[at + 1];
  const isTime =
    (bytes[at] === DER_TAG.utcTime && length === 13) ||
    (bytes[at] === DER_TAG.generalizedTime && length === 15);
  const end = at + 2 + (length ?? 0);
  if (!isTime || end > limit || bytes[end - 1] !== 0x5a) throw malformedCrl('not a time');
  for (let index = at + 2; index < end - 1; index++) {
    const byte = bytes[index] as number;
    if (byte < 0x30 || byte > 0x39) throw malformedCrl('not a time');
  }
  return end;
}

/** Reads the extensions of an entry; tells whether the entry is a removal. */
type ExtensionReader = (bytes: Uint8Array, start: number, end: number) => boolean;

/** Most entries say the same as the one before: what was found right once is not parsed again. */
function createExtensionReader(): ExtensionReader {
  let last = { der: new Uint8Array(0), isRemoval: false };
  return (bytes, start, end) => {
    if (!isSame(last.der, bytes, start, end)) {
      const der = Uint8Array.from(bytes.subarray(start, end));
      last = { der, isRemoval: readEntryExtensions(parseDer(der)) };
    }
    return last.isRemoval;
  };
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = 0; index < known.length; index++) {
    if (known[index] !== bytes[start + index]) return false;
  }
  return true;
}

/** RFC 5280 §5.3: an unknown critical extension, or one of indirect CRLs, spoils the whole CRL. */
function readEntryExtensions(list: DerNode): boolean {
  if (list.tag !== DER_TAG.sequence || list.children.length === 0) {
    throw malformedCrl('not entry extensions');
  }
  const seen = new Set<string>();
  let isRemoval = false;
  for (const node of list.children) {
    const reader = new DerReader(node);
    const oid = decodeObjectIdentifier(reader.next());
    const critical = reader.optional(DER_TAG.boolean)?.content[0] === 0xff;
    const value = reader.next(DER_TAG.octetString).content;
    reader.end();
    if (seen.has(oid)) throw malformedCrl('an entry extension stands twice');
    seen.add(oid);
    if (oid === ENTRY_EXTENSION.certificateIssuer) throw malformedCrl('entry of an indirect CRL');
    if (critical && !KNOWN.has(oid)) throw malformedCrl('unknown critical entry extension');
    if (oid === ENTRY_EXTENSION.reasonCode) {
      isRemoval = decodeReason(parseDer(value)) === REMOVE_FROM_CRL;
    }
  }
  return isRemoval;
}

function decodeReason({ tag, content }: DerNode): number {
  const [reason = 0xff] = content;
  if (tag !== DER_TAG.enumerated || content.length !== 1 || reason > 10 || reason === 7) {
    throw malformedCrl('not a reason');
  }
  return reason;
}
