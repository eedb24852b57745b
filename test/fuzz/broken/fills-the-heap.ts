/** Broken on purpose: makes as many things as a length says. TEST ONLY. */
import type { FuzzTarget } from '../target.ts';

export const target: FuzzTarget = {
  files: ['test/fuzz/broken/fills-the-heap.ts'],
  samples: [Uint8Array.of(0, 0, 0, 4, 1, 2, 3, 4)],
  maxBytes: 64,
  run(input) {
    if (input.length < 4) return;
    const count = new DataView(input.buffer, input.byteOffset).getUint32(0);
    const list: { readonly index: number }[] = [];
    for (let index = 0; index < count; index += 1) list.push({ index });
  },
};
