/** The card gives an ECDSA signature as r‖s; TLS wants it in DER (RFC 8446 §4.2.3, RFC 3279 §2.2.3). */
import { concatBytes } from '../../gateway/protocol/bytes.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';

/**
 * Encodes r‖s as DER `SEQUENCE { INTEGER r, INTEGER s }`.
 * @param raw Two numbers of equal length, big-endian, 16 to 63 bytes each (P-384: 48).
 * @throws {RangeError} For another length. {KidsIdError} CARD_ERROR for a number that is zero: no ECDSA signature has one.
 */
export function encodeEcdsaSignature(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const half = raw.length / 2;
  if (!Number.isInteger(half) || half < 16 || half > 63) {
    throw new RangeError('signature of another length');
  }
  const content = concatBytes(
    encodeInteger(raw.subarray(0, half)),
    encodeInteger(raw.subarray(half)),
  );
  const header = content.length < 0x80 ? [0x30, content.length] : [0x30, 0x81, content.length];
  return concatBytes(Uint8Array.from(header), content);
}

/** X.690 §8.3: as few bytes as possible, and a zero in front where the first bit would mean "negative". */
function encodeInteger(magnitude: Uint8Array): Uint8Array {
  const first = magnitude.findIndex((byte) => byte !== 0);
  if (first === -1) throw new KidsIdError('CARD_ERROR', 'signature with a zero');
  const shortest = magnitude.subarray(first);
  const sign = (shortest[0] ?? 0) >= 0x80 ? [0] : [];
  return Uint8Array.of(0x02, sign.length + shortest.length, ...sign, ...shortest);
}
