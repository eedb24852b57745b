/**
 * A strict reader of DER (ITU-T X.690): one structure, definite and shortest lengths, no left-over
 * bytes. It knows encoding rules and no certificate. Only tag numbers below 31 are read: X.509 and
 * OCSP need no others.
 */
import { KidsIdError } from '../protocol/errors.ts';

/**
 * One element. `encoded` is tag, length and content; `children` are there for constructed elements.
 */
export interface DerNode {
  /** The identifier octet: class, constructed bit and number. */
  readonly tag: number;
  readonly content: Uint8Array;
  readonly encoded: Uint8Array;
  readonly children: readonly DerNode[];
}

/** Identifier octets of the universal types (X.680 §8.6). */
export const DER_TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

const CONSTRUCTED = 0x20;
const MAX_DEPTH = 24;
/** Names in use have about 20; the time to read a number grows with the square of its length. */
const MAX_OBJECT_IDENTIFIER_BYTES = 64;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses exactly one DER element. Content of the universal primitive types is checked too, so that
 * a value has one encoding only.
 * @throws {KidsIdError} CERTIFICATE_MALFORMED
 */
export function parseDer(bytes: Uint8Array): DerNode {
  const { node, end } = readElement(bytes, 0, 0);
  if (end !== bytes.length) throw malformed('bytes after the structure');
  return node;
}

/** Reads the children of a constructed element front to back. */
export class DerReader {
  readonly #nodes: readonly DerNode[];
  #index = 0;

  /** @throws {KidsIdError} CERTIFICATE_MALFORMED when the element has another tag */
  constructor(node: DerNode, tag: number = DER_TAG.sequence) {
    if (node.tag !== tag) throw malformed('another element than expected');
    this.#nodes = node.children;
  }

  /** The next child, which must be there and have this tag (any tag when absent). */
  next(tag?: number): DerNode {
    const node = this.#nodes[this.#index];
    if (node === undefined || (tag !== undefined && node.tag !== tag)) {
      throw malformed('another element than expected');
    }
    this.#index += 1;
    return node;
  }

  /** The next child if it has this tag. */
  optional(tag: number): DerNode | undefined {
    return this.#nodes[this.#index]?.tag === tag ? this.next(tag) : undefined;
  }

  /** Ends the element: left-over children are an error. */
  end(): void {
    if (this.#index < this.#nodes.length) throw malformed('elements after the structure');
  }
}

/**
 * Decodes an OBJECT IDENTIFIER to dotted form.
 * @throws {KidsIdError} CERTIFICATE_MALFORMED
 */
export function decodeObjectIdentifier(node: DerNode): string {
  if (node.tag !== DER_TAG.objectIdentifier) throw malformed('not an object identifier');
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of node.content) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first = 0n, ...rest] = arcs;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...rest].join('.');
}

/**
 * Decodes UTCTime or GeneralizedTime in the forms of RFC 5280 §4.1.2.5: seconds, and Z.
 * @throws {KidsIdError} CERTIFICATE_MALFORMED
 */
export function decodeTime(node: DerNode): Date {
  const text = String.fromCharCode(...node.content);
  const isUtcTime = node.tag === DER_TAG.utcTime;
  const pattern = isUtcTime ? /^\d{12}Z$/ : /^\d{14}Z$/;
  if ((!isUtcTime && node.tag !== DER_TAG.generalizedTime) || !pattern.test(text)) {
    throw malformed('not a time of RFC 5280');
  }
  const century = isUtcTime ? (Number(text.slice(0, 2)) >= 50 ? '19' : '20') : '';
  const [, date = '', time = ''] = /^(\d{8})(\d{6})/.exec(century + text) ?? [];
  const iso =
    `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` +
    `T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}.000Z`;
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime()) || instant.toISOString() !== iso) {
    throw malformed('no such time');
  }
  return instant;
}

function readElement(
  bytes: Uint8Array,
  start: number,
  depth: number,
): { node: DerNode; end: number } {
  if (depth > MAX_DEPTH) throw malformed('nested too deep');
  const tag = byteAt(bytes, start);
  if ((tag & 0x1f) === 0x1f) throw malformed('tag number above 30');
  const { length, contentStart } = readLength(bytes, start + 1);
  const end = contentStart + length;
  if (end > bytes.length) throw malformed('structure ends early');
  const content = bytes.subarray(contentStart, end);
  const isConstructed = (tag & CONSTRUCTED) !== 0;
  const children = isConstructed ? readChildren(content, depth + 1) : [];
  const node = { tag, content, encoded: bytes.subarray(start, end), children };
  if ((tag & 0xc0) === 0) checkUniversal(node);
  return { node, end };
}

function readChildren(content: Uint8Array, depth: number): DerNode[] {
  const children: DerNode[] = [];
  for (let offset = 0; offset < content.length; ) {
    const { node, end } = readElement(content, offset, depth);
    children.push(node);
    offset = end;
  }
  return children;
}

function readLength(bytes: Uint8Array, start: number): { length: number; contentStart: number } {
  const first = byteAt(bytes, start);
  if (first < 0x80) return { length: first, contentStart: start + 1 };
  const width = first & 0x7f;
  // 0 is the indefinite form; 3 bytes hold more than any structure read here
  if (width === 0 || width > 3) throw malformed('length in a form that is not taken');
  let length = 0;
  for (let index = 1; index <= width; index++) length = length * 256 + byteAt(bytes, start + index);
  if (length < 0x80 || length < 256 ** (width - 1))
    throw malformed('length not in its shortest form');
  return { length, contentStart: start + 1 + width };
}

/**
 * X.690 §8 and §11 for the universal types; the constructed bit belongs to SEQUENCE and SET alone.
 */
function checkUniversal(node: DerNode): void {
  const isList = node.tag === DER_TAG.sequence || node.tag === DER_TAG.set;
  if ((node.tag & CONSTRUCTED) !== 0 && !isList) throw malformed('constructed where DER has none');
  const isRight = CONTENT_RULES.get(node.tag)?.(node) ?? true;
  if (!isRight) throw malformed('content not in its DER form');
}

const CONTENT_RULES: ReadonlyMap<number, (node: DerNode) => boolean> = new Map([
  [0x00, () => false],
  [0x10, () => false],
  [0x11, () => false],
  [
    DER_TAG.boolean,
    ({ content }) => content.length === 1 && [0x00, 0xff].includes(content[0] ?? 1),
  ],
  [DER_TAG.integer, isShortestInteger],
  [DER_TAG.enumerated, isShortestInteger],
  [DER_TAG.bitString, isBitString],
  [DER_TAG.null, ({ content }) => content.length === 0],
  [DER_TAG.objectIdentifier, isObjectIdentifier],
  [DER_TAG.utf8String, isUtf8],
  [DER_TAG.set, isSorted],
]);

function isShortestInteger({ content }: DerNode): boolean {
  const [first, second] = content;
  if (first === undefined) return false;
  if (second === undefined) return true;
  return !(first === 0x00 && second < 0x80) && !(first === 0xff && second >= 0x80);
}

function isBitString({ content }: DerNode): boolean {
  const unusedBits = content[0];
  if (unusedBits === undefined || unusedBits > 7) return false;
  if (content.length === 1) return unusedBits === 0;
  return ((content.at(-1) ?? 0) & ((1 << unusedBits) - 1)) === 0;
}

function isObjectIdentifier({ content }: DerNode): boolean {
  const isInRange = content.length > 0 && content.length <= MAX_OBJECT_IDENTIFIER_BYTES;
  if (!isInRange || (content.at(-1) ?? 0) >= 0x80) return false;
  return content.every((byte, index) => {
    const isFirst = index === 0 || (content[index - 1] ?? 0) < 0x80;
    return !(isFirst && byte === 0x80);
  });
}

function isUtf8({ content }: DerNode): boolean {
  try {
    UTF8.decode(content);
    return true;
  } catch {
    return false;
  }
}

function isSorted({ children }: DerNode): boolean {
  return children.every((child, index) => {
    const previous = children[index - 1];
    return previous === undefined || Buffer.compare(previous.encoded, child.encoded) <= 0;
  });
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw malformed('structure ends early');
  return byte;
}

function malformed(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_MALFORMED', message);
}
