/**
 * Native messaging frames on stdin and stdout: a length of 4 bytes in the machine's byte order, then that
 * many bytes of UTF-8 JSON (Chrome's and Firefox's "Native messaging"). What the JSON says is not judged here.
 */

import { KidsIdError } from '../gateway/protocol/errors.ts';
import { HOST_MESSAGE_MAX_BYTES } from '../gateway/protocol/host-messages.ts';

const LENGTH_BYTES = 4;

/** Cuts a stream of chunks into frames. */
export interface FrameDecoder {
  /**
   * Takes a chunk and returns the payloads that it completed. The chunk is zeroed: it may have held a PIN.
   * Whoever takes a payload wipes it.
   * @throws {KidsIdError} MESSAGE_TOO_LARGE as soon as a length says so; the stream cannot go on then
   */
  push(chunk: Uint8Array): Uint8Array[];
  /** Says that the stream ended. @throws {KidsIdError} MESSAGE_MALFORMED inside a frame */
  end(): void;
}

/** Creates a decoder for one stream. */
export function createFrameDecoder(): FrameDecoder {
  const length = new Uint8Array(LENGTH_BYTES);
  let target: Uint8Array = length;
  let filled = 0;
  const next = (bytes: Uint8Array) => {
    target = bytes;
    filled = 0;
  };
  const cut = (chunk: Uint8Array, payloads: Uint8Array[]) => {
    let offset = 0;
    while (offset < chunk.length) {
      const part = chunk.subarray(offset, offset + target.length - filled);
      target.set(part, filled);
      filled += part.length;
      offset += part.length;
      // A payload of no bytes is whole at once, without another chunk.
      while (filled === target.length) {
        if (target === length) {
          next(new Uint8Array(checkedLength(length)));
        } else {
          payloads.push(target);
          next(length);
        }
      }
    }
  };
  return {
    push(chunk) {
      const payloads: Uint8Array[] = [];
      try {
        cut(chunk, payloads);
        return payloads;
      } catch (error) {
        for (const payload of payloads) payload.fill(0);
        throw error;
      } finally {
        chunk.fill(0);
      }
    },
    end() {
      const isWhole = target === length && filled === 0;
      target.fill(0);
      if (!isWhole) {
        throw new KidsIdError('MESSAGE_MALFORMED', 'stream ended inside a frame');
      }
    },
  };
}

/**
 * Encodes one message as a frame.
 * @throws {RangeError} When it is over the limit: no message of ours is.
 */
export function encodeFrame(message: object): Uint8Array<ArrayBuffer> {
  const payload = new TextEncoder().encode(JSON.stringify(message));
  if (payload.length > HOST_MESSAGE_MAX_BYTES) throw new RangeError('message over its limit');
  const frame = new Uint8Array(LENGTH_BYTES + payload.length);
  frame.set(new Uint8Array(Uint32Array.of(payload.length).buffer));
  frame.set(payload, LENGTH_BYTES);
  return frame;
}

/** A typed array of 32-bit numbers over these bytes reads them in the machine's own order. */
function checkedLength(bytes: Uint8Array): number {
  const [length = 0] = new Uint32Array(bytes.slice().buffer);
  if (length > HOST_MESSAGE_MAX_BYTES) {
    throw new KidsIdError('MESSAGE_TOO_LARGE', 'frame over its limit');
  }
  return length;
}
