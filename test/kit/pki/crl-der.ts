/** The few DER encodings that a CRL is made of (X.690). TEST ONLY. */

/** Tag, shortest length, content. */
export function tlv(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content);
  return Buffer.concat([derHeader(tag, body.length), body]);
}

/** Tag and shortest length alone. */
export function derHeader(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(tag, 0x80 | bytes.length, ...bytes);
}

/** A positive INTEGER from big-endian bytes without a leading zero byte. */
export function integer(bytes: Uint8Array): Uint8Array {
  const isHigh = (bytes[0] ?? 0x80) >= 0x80;
  return tlv(0x02, isHigh ? Uint8Array.of(0) : new Uint8Array(0), bytes);
}

/** BIT STRING of whole bytes. */
export function bitString(bytes: Uint8Array): Uint8Array {
  return tlv(0x03, Uint8Array.of(0), bytes);
}

/** BOOLEAN true. */
export function booleanTrue(): Uint8Array {
  return Uint8Array.of(0x01, 0x01, 0xff);
}

/** UTCTime in whole seconds. */
export function utcTime(instant: Date): Uint8Array {
  const digits = instant.toISOString().replace(/[-:T]|\.\d+Z/g, '');
  return tlv(0x17, Buffer.from(`${digits.slice(2)}Z`, 'ascii'));
}

/** OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left & 0x7f) | 0x80);
    }
    return groups;
  });
  return tlv(0x06, Uint8Array.from(bytes));
}
