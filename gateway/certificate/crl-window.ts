/**
 * A moving window over bytes that arrive in pieces: what a parser has used is forgotten, what it
 * still waits for is kept. It knows DER's tag and length, and nothing of CRLs.
 */
import { KidsIdError } from '../protocol/errors.ts';

/** The bytes at hand. `bytes[at]` is the next one; `base` is the place of `bytes[0]` in the stream. */
export interface ByteWindow {
  bytes: Uint8Array;
  at: number;
  base: number;
  /** No more will come. */
  isOver: boolean;
  /** Takes every byte between `at` of two moves, in order, while it is set. */
  sink: ((bytes: Uint8Array) => void) | undefined;
  /** Up to where `sink` has had them. */
  drained: number;
}

/** Tag and length of an element; `end` is its place in the stream, behind the content. */
export interface ElementHeader {
  readonly tag: number;
  readonly end: number;
}

/** A parser that stops where bytes are missing and goes on when they are there. */
export type Parsing<Result> = Generator<undefined, Result, undefined>;

/** Creates a window at the beginning of a stream. */
export function createByteWindow(): ByteWindow {
  return { bytes: new Uint8Array(0), at: 0, base: 0, isOver: false, sink: undefined, drained: 0 };
}

/** Hands the used bytes to the sink, forgets them, and adds new ones, which are not copied. */
export function moveOn(window: ByteWindow, chunk: Uint8Array): void {
  drain(window);
  const rest = window.bytes.subarray(window.at);
  window.base += window.at;
  window.bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  window.at = 0;
  window.drained = 0;
}

/** From here on the sink gets what is used; without one, nobody does. */
export function setSink(window: ByteWindow, sink: ByteWindow['sink']): void {
  drain(window);
  window.sink = sink;
}

/** The place in the stream of the next byte. */
export function placeOf(window: ByteWindow): number {
  return window.base + window.at;
}

/** Waits until so many bytes are at hand. */
export function* waitFor(window: ByteWindow, count: number): Parsing<void> {
  while (window.bytes.length - window.at < count) {
    if (window.isOver) throw malformedCrl('CRL ends early');
    yield;
  }
}

/** Uses up tag and length of the next element, which must end by `limit`. */
export function* takeHeader(window: ByteWindow, limit: number): Parsing<ElementHeader> {
  yield* waitFor(window, 2);
  const width = lengthWidth(window.bytes[window.at + 1] as number);
  yield* waitFor(window, 2 + width);
  const { tag, length } = readHeader(window.bytes, window.at, width);
  window.at += 2 + width;
  const end = placeOf(window) + length;
  if (end > limit) throw malformedCrl('element longer than what holds it');
  return { tag, end };
}

/** Uses up the next element whole; returns a copy of its bytes, at most `maxBytes`. */
export function* takeElement(
  window: ByteWindow,
  limit: number,
  maxBytes: number,
): Parsing<Uint8Array> {
  yield* waitFor(window, 2);
  const width = lengthWidth(window.bytes[window.at + 1] as number);
  yield* waitFor(window, 2 + width);
  const size = 2 + width + readHeader(window.bytes, window.at, width).length;
  if (size > maxBytes || placeOf(window) + size > limit) throw malformedCrl('element too long');
  yield* waitFor(window, size);
  const element = Uint8Array.from(window.bytes.subarray(window.at, window.at + size));
  window.at += size;
  return element;
}

/** Tag of the next element, without using it. */
export function* peekTag(window: ByteWindow): Parsing<number> {
  yield* waitFor(window, 1);
  return window.bytes[window.at] as number;
}

/** How many bytes of length follow the first one. */
function lengthWidth(first: number): number {
  if (first < 0x80) return 0;
  const width = first & 0x7f;
  if (width === 0 || width > 4) throw malformedCrl('length in a form that is not taken');
  return width;
}

function readHeader(bytes: Uint8Array, at: number, width: number): { tag: number; length: number } {
  const tag = bytes[at] as number;
  let length = bytes[at + 1] as number;
  if (width > 0) {
    length = 0;
    for (let index = 0; index < width; index++) {
      length = length * 256 + (bytes[at + 2 + index] as number);
    }
    if (length < 0x80 || length < 256 ** (width - 1)) {
      throw malformedCrl('length not in its shortest form');
    }
  }
  return { tag, length };
}

function drain(window: ByteWindow): void {
  window.sink?.(window.bytes.subarray(window.drained, window.at));
  window.drained = window.at;
}

/** A CRL that cannot be read leaves the status unknown. */
export function malformedCrl(message: string): KidsIdError {
  return new KidsIdError('REVOCATION_UNKNOWN', message);
}
