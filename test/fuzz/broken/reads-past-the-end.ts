/** Broken on purpose: believes a length, and reads what is not there. TEST ONLY. */
import type { FuzzTarget } from '../target.ts';

export const target: FuzzTarget = {
  files: ['test/fuzz/broken/reads-past-the-end.ts'],
  samples: [Uint8Array.of(3, 1, 2, 3)],
  maxBytes: 64,
  run([length = 0, ...content]) {
    const last = content.map((value) => ({ value }))[length - 1];
    if (length > 0) (last as { value: number }).value += 1;
  },
};
