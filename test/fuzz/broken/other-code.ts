/** Broken on purpose: refuses with a code that it does not document. TEST ONLY. */
import { KidsIdError } from '../../../gateway/protocol/errors.ts';
import { type FuzzTarget, tryParse } from '../target.ts';

export const target: FuzzTarget = {
  files: ['test/fuzz/broken/other-code.ts'],
  samples: [Uint8Array.of(1, 2, 3)],
  maxBytes: 64,
  run(input) {
    tryParse(['MESSAGE_MALFORMED'], () => {
      const code = input.length > 3 ? 'INTERNAL' : 'MESSAGE_MALFORMED';
      throw new KidsIdError(code, 'refused');
    });
  },
};
