/** Broken on purpose: makes room for as much as a length says. TEST ONLY. */
import type { FuzzTarget } from '../target.ts';

export const target: FuzzTarget = {
  files: ['test/fuzz/broken/takes-buffers.ts'],
  samples: [Uint8Array.of(0, 0, 0, 4, 1, 2, 3, 4)],
  maxBytes: 64,
  run(input) {
    if (input.length < 4) return;
    const length = new DataView(input.buffer, input.byteOffset).getUint32(0);
    new Uint8Array(length).set(input.subarray(4).slice(0, length));
  },
};
