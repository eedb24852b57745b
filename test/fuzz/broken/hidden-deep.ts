/** Broken on purpose, behind six doors that each open to one in sixteen. TEST ONLY. */
import type { FuzzTarget } from '../target.ts';

const isKey = (byte: number | undefined, key: number) => ((byte ?? 0) & 0x0f) === key;

export const target: FuzzTarget = {
  files: ['test/fuzz/broken/hidden-deep.ts'],
  samples: [new Uint8Array(8)],
  maxBytes: 16,
  run([first, second, third, fourth, fifth, sixth]) {
    if (!isKey(first, 0x0b)) return;
    if (!isKey(second, 0x05)) return;
    if (!isKey(third, 0x0d)) return;
    if (!isKey(fourth, 0x03)) return;
    if (!isKey(fifth, 0x0e)) return;
    if (!isKey(sixth, 0x07)) return;
    throw new TypeError('deep inside');
  },
};
