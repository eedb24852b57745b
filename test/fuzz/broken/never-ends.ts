/** Broken on purpose: a record without a length holds its reader where it is. TEST ONLY. */
import type { FuzzTarget } from '../target.ts';

export const target: FuzzTarget = {
  files: ['test/fuzz/broken/never-ends.ts'],
  samples: [Uint8Array.of(2, 0xaa, 3, 0xaa, 0xbb)],
  maxBytes: 64,
  run(input) {
    for (let at = 0; at < input.length; ) at += input[at] ?? 1;
  },
};
