/** DER by hand, for what no builder would make. TEST ONLY. */

/** One element of at most 64 KiB: tag, length, and its contents one after another. */
export function tlv(tag: number, ...contents: readonly (Uint8Array | string)[]): Uint8Array {
  const content = Buffer.concat(
    contents.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from([tag, ...size]), content]);
}

/** The last octet of the type `2.5.4.x`, the tag of the string type, and the value. */
export type Attribute = readonly [type: number, tag: number, value: Uint8Array | string];

/** A Name with each attribute in a RDN of its own. */
export function nameOf(...attributes: Attribute[]): Uint8Array {
  return tlv(0x30, ...attributes.map((attribute) => tlv(0x31, attributeOf(...attribute))));
}

/** AttributeTypeAndValue. */
export function attributeOf(type: number, tag: number, value: Uint8Array | string): Uint8Array {
  return tlv(0x30, Uint8Array.of(6, 3, 0x55, 4, type), tlv(tag, value));
}
