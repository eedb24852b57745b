/** Broken on purpose: takes base64url with stray bits, so one value has two spellings. TEST ONLY. */
import { type FuzzTarget, insist } from '../target.ts';

export const target: FuzzTarget = {
  files: ['test/fuzz/broken/two-spellings.ts'],
  samples: [Buffer.from('AQ'), Buffer.from('AQI')],
  maxBytes: 64,
  run(input) {
    const written = Buffer.from(input).toString('latin1');
    if (!/^[A-Za-z0-9_-]*$/.test(written)) return;
    const again = Buffer.from(written, 'base64url').toString('base64url');
    insist(again === written, 'one value has one spelling');
  },
};
