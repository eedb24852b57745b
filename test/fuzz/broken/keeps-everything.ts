/** Broken on purpose: remembers a little of every input. TEST ONLY. */
import type { FuzzTarget } from '../target.ts';

const seen: number[][] = [];

export const target: FuzzTarget = {
  files: ['test/fuzz/broken/keeps-everything.ts'],
  samples: [Uint8Array.of(1, 2, 3)],
  maxBytes: 64,
  run(input) {
    seen.push(Array.from({ length: 64 }, (_, index) => input[index] ?? 0));
  },
};
