/**
 * The frames between a virtual reader and a virtual card, as vsmartcard's vpcd speaks them: length (2 bytes,
 * big-endian) ‖ payload. A payload of one byte is a control of the reader. TEST ONLY.
 */

/** Controls: reader to card. Only {@link CONTROL_ATR} is answered, with the ATR. */
export const CONTROL_OFF = 0x00;
export const CONTROL_ON = 0x01;
export const CONTROL_RESET = 0x02;
export const CONTROL_ATR = 0x04;

/** Longest payload taken: header, 255 bytes and Le of a command; 256 bytes and SW of a response. */
export const MAX_PAYLOAD_BYTES = 261;
const LENGTH_BYTES = 2;

/** Encodes one frame, to be written in one call: two would wait 40 ms for each other. */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  if (payload.length === 0 || payload.length > MAX_PAYLOAD_BYTES) {
    throw new RangeError('a frame carries 1 to 261 bytes');
  }
  return Uint8Array.of(payload.length >> 8, payload.length & 0xff, ...payload);
}

/**
 * Creates a decoder for one direction of one connection. It is given bytes as they arrive and returns the
 * payloads that are complete.
 * @throws RangeError at a frame that is empty or longer than {@link MAX_PAYLOAD_BYTES}
 */
export function createFrameDecoder(): (chunk: Uint8Array) => Uint8Array[] {
  let buffered = new Uint8Array(0);
  return (chunk) => {
    buffered = Uint8Array.of(...buffered, ...chunk);
    const payloads: Uint8Array[] = [];
    for (;;) {
      const [high, low] = buffered;
      if (high === undefined || low === undefined) return payloads;
      const length = (high << 8) | low;
      if (length === 0 || length > MAX_PAYLOAD_BYTES) throw new RangeError('frame length');
      if (buffered.length < LENGTH_BYTES + length) return payloads;
      payloads.push(buffered.slice(LENGTH_BYTES, LENGTH_BYTES + length));
      buffered = buffered.slice(LENGTH_BYTES + length);
    }
  };
}
