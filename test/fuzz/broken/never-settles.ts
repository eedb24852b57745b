/** Broken on purpose: leaves its promise alone. TEST ONLY. */
import type { FuzzTarget } from '../target.ts';

export const target: FuzzTarget = {
  files: ['test/fuzz/broken/never-settles.ts'],
  samples: [Uint8Array.of(1, 2, 3)],
  maxBytes: 64,
  run(input) {
    return new Promise((resolve) => {
      if (input.length < 6) resolve();
    });
  },
};
