/**
 * An ECDSA signature in every form but the one that DER has (RFC 3279 §2.2.3): some libraries take
 * some of them. TEST ONLY.
 */
import { tlv } from './tlv.ts';

/** Forms of one right signature, each with its name. */
export function malformedEcdsa(signature: Uint8Array): [what: string, forged: Uint8Array][] {
  const second = 4 + (signature[3] ?? 0);
  const r = signature.subarray(2, second);
  const s = signature.subarray(second);
  const zero = Uint8Array.of(0);
  const pad = (integer: Uint8Array) => tlv(0x02, zero, integer.subarray(2));
  return [
    ['bytes after it', Buffer.concat([signature, zero])],
    ['bytes inside it', tlv(0x30, r, s, Uint8Array.of(5, 0))],
    ['a zero in front of r', tlv(0x30, pad(r), s)],
    ['a zero in front of s', tlv(0x30, r, pad(s))],
    [
      'a length longer than needed',
      Buffer.concat([Buffer.of(0x30, 0x82, 0, r.length + s.length), r, s]),
    ],
    ['the indefinite length', Buffer.concat([Buffer.of(0x30, 0x80), r, s, Buffer.of(0, 0)])],
    ['a SET', tlv(0x31, r, s)],
    ['r alone', tlv(0x30, r)],
    ['r and s as they are', Buffer.concat([r.subarray(2), s.subarray(2)])],
    ['zero for r', tlv(0x30, tlv(0x02, zero), s)],
    ['nothing', new Uint8Array(0)],
  ];
}
