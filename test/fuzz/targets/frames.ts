/** Native messaging frames, in chunks of every size. TEST ONLY. */
import { HOST_MESSAGE_MAX_BYTES } from '../../../gateway/protocol/host-messages.ts';
import { createFrameDecoder, encodeFrame } from '../../../native-host/framing.ts';
import { hex } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

const CODES = ['MESSAGE_TOO_LARGE', 'MESSAGE_MALFORMED'] as const;
const hello = encodeFrame({ type: 'hello', id: 'h' });
const pin = encodeFrame({ type: 'pin', id: 'l', digits: [1, 2, 3, 4] });

/** The first byte says how long the chunks are. */
export const target: FuzzTarget = {
  files: ['native-host/framing.ts'],
  samples: [
    Buffer.concat([Uint8Array.of(5), hello, pin]),
    Buffer.concat([Uint8Array.of(255), hello, hello]),
    Buffer.concat([Uint8Array.of(1), hex('00000000'), pin, hex('01000000')]),
  ],
  maxBytes: HOST_MESSAGE_MAX_BYTES + 100,
  run(input) {
    const size = Math.max(1, input[0] ?? 1);
    const stream = input.slice(1);
    const original = Buffer.from(stream);
    const decoder = createFrameDecoder();
    const payloads: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += size) {
      const chunk = stream.subarray(at, at + size);
      const completed = tryParse(CODES, () => decoder.push(chunk));
      if (!completed) return;
      payloads.push(...completed);
      insist(
        chunk.every((byte) => byte === 0),
        'a chunk is zeroed: it may have held a PIN',
      );
    }
    const isWhole = tryParse(CODES, () => {
      decoder.end();
      return true;
    });
    const again = Buffer.concat(payloads.flatMap((payload) => [lengthOf(payload), payload]));
    const taken = original.subarray(0, again.length);
    insist(again.equals(taken), 'payloads with their lengths are the stream that came');
    insist(
      (isWhole === true) === (again.length === original.length),
      'the end is good only between frames',
    );
  },
};

function lengthOf({ length }: Uint8Array): Uint8Array {
  return new Uint8Array(Uint32Array.of(length).buffer);
}
