/**
 * Bytes: a reader that checks every end, a writer, and base64url. TLS presentation language
 * (RFC 8446 §3) only: big-endian numbers and vectors with a length in front.
 */
import { KidsIdError } from './errors.ts';

/** Joins byte strings in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Compares two byte strings in a time that depends on their length alone. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0);
  return difference === 0;
}

/** The ASCII bytes of a label. */
export function asciiBytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Encodes as base64url without padding (RFC 4648 §5). */
export function encodeBase64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * Decodes base64url without padding. Only the one canonical spelling of a value is taken.
 * @throws {KidsIdError} MESSAGE_MALFORMED
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'not base64url');
  }
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (encodeBase64url(bytes) !== text) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'base64url with stray bits');
  }
  return bytes;
}

/** Encodes a TLS unsigned integer of 1 to 3 bytes. */
export function encodeUint(value: number, width: 1 | 2 | 3): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * width)) {
    throw new RangeError('number does not fit its TLS field');
  }
  return Uint8Array.from({ length: width }, (_, index) => value >>> (8 * (width - 1 - index)));
}

/** Encodes a TLS vector: the length in `width` bytes, then the content. */
export function encodeVector(content: Uint8Array, width: 1 | 2 | 3): Uint8Array<ArrayBuffer> {
  return concatBytes(encodeUint(content.length, width), content);
}

/** Reads TLS structures front to back. Every read past the end throws MESSAGE_MALFORMED. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Reads `length` bytes; the result is a copy. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    if (length > this.remaining) throw new KidsIdError('MESSAGE_MALFORMED', 'structure ends early');
    const read = this.#bytes.slice(this.#offset, this.#offset + length);
    this.#offset += length;
    return read as Uint8Array<ArrayBuffer>;
  }

  /** Reads an unsigned big-endian integer of 1 to 3 bytes. */
  uint(width: 1 | 2 | 3): number {
    return this.bytes(width).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** Reads a vector whose length stands in front, in `width` bytes. */
  vector(width: 1 | 2 | 3): Uint8Array<ArrayBuffer> {
    return this.bytes(this.uint(width));
  }

  /** Ends the structure: left-over bytes are an error. */
  end(): void {
    if (this.remaining > 0) throw new KidsIdError('MESSAGE_MALFORMED', 'bytes after the structure');
  }
}
