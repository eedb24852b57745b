/**
 * ECDSA over a digest that was computed elsewhere, P-384 only (FIPS 186-5 §6.4.1). TEST ONLY: not constant
 * time. It exists because node:crypto signs messages, while a Belgian card is given the hash.
 */
import { createECDH, type KeyObject } from 'node:crypto';

/** Order of the base point of P-384 (SP 800-186 §3.2.1.4). */
const GROUP_ORDER = BigInt(
  '0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
);
const COORDINATE_BYTES = 48;

/**
 * Signs a digest with an EC P-384 private key.
 * @returns r ‖ s, 96 bytes, each 48 bytes big-endian (IEEE P1363), as applet 1.8 puts it on the wire
 * @throws TypeError for a key that is not a P-384 private key
 */
export function signDigest(key: KeyObject, digest: Uint8Array): Uint8Array {
  const privateScalar = privateScalarOf(key);
  const message = toInteger(digest.subarray(0, COORDINATE_BYTES));
  for (;;) {
    const nonce = createECDH('secp384r1');
    // Uncompressed point: 04 ‖ X ‖ Y. OpenSSL does the curve, so only arithmetic modulo the order is left.
    const point = nonce.generateKeys();
    const r = toInteger(point.subarray(1, 1 + COORDINATE_BYTES)) % GROUP_ORDER;
    const inverse = power(toInteger(nonce.getPrivateKey()), GROUP_ORDER - 2n);
    const s = (inverse * (message + r * privateScalar)) % GROUP_ORDER;
    if (r !== 0n && s !== 0n) return Uint8Array.of(...toCoordinate(r), ...toCoordinate(s));
  }
}

/** Throws a TypeError unless the key is an EC P-384 private key. */
export function checkP384PrivateKey(key: KeyObject): void {
  privateScalarOf(key);
}

function privateScalarOf(key: KeyObject): bigint {
  const { crv, d } = key.export({ format: 'jwk' });
  if (crv !== 'P-384' || d === undefined) throw new TypeError('not an EC P-384 private key');
  return toInteger(Buffer.from(d, 'base64url'));
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % GROUP_ORDER;
    square = (square * square) % GROUP_ORDER;
  }
  return result;
}

function toInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function toCoordinate(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(2 * COORDINATE_BYTES, '0'), 'hex');
}
