/** DER elements, one after the other, with every end checked (X.690 §8.1, §10.1). What is in them is not known here. */
import type { ByteReader } from '../../gateway/protocol/bytes.ts';

/** One element of DER with a one-byte tag. */
export interface DerElement {
  readonly tag: number;
  /** Header and content. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * Reads an element with a definite length in the fewest bytes, of at most 65,535 bytes.
 * @param tag What it has to be, unless it may be anything.
 * @throws {RangeError} for another tag or form of length
 * @throws {KidsIdError} MESSAGE_MALFORMED when it ends early
 */
export function readElement(reader: ByteReader, tag?: number): DerElement {
  const start = [reader.uint(1), reader.uint(1)];
  const [foundTag = 0, form = 0] = start;
  let length = form;
  if (form >= 0x80) {
    const width = form - 0x80;
    if (width !== 1 && width !== 2) throw new RangeError('length in too many bytes, or none');
    length = reader.uint(width);
    if (length < (width === 1 ? 0x80 : 0x100)) throw new RangeError('length not the shortest');
    start.push(...(width === 1 ? [length] : [length >> 8, length & 0xff]));
  }
  const content = reader.bytes(length);
  const element = { tag: foundTag, bytes: Uint8Array.of(...start, ...content), content };
  if (tag !== undefined) checkTag(element, tag);
  return element;
}

/** @throws {RangeError} for an element of another tag */
export function checkTag(element: DerElement, tag: number): void {
  if (element.tag !== tag) throw new RangeError('element of another type');
}
