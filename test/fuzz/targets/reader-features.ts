/** The list of features that a reader gives. TEST ONLY. */
import { parseReaderFeatures } from '../../../native-host/pcsc/reader-features.ts';
import { hex } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

export const target: FuzzTarget = {
  files: ['native-host/pcsc/reader-features.ts'],
  samples: ['', '06 04 42330006', '06 04 42000dd6 07 04 42000dd7 0a 04 42000dda', '06 04 00000000']
    .map(hex)
    .concat(hex('06 04 42330006 06 04 42330007')),
  maxBytes: 600,
  run(input) {
    const features = tryParse(['CARD_ERROR'], () => parseReaderFeatures(input));
    if (!features) return;
    insist(features.size <= input.length / 6, 'a feature for each record at most');
    for (const [tag, code] of features) {
      const record = Buffer.alloc(6);
      record.writeUInt16BE(tag * 256 + 4);
      record.writeUInt32BE(code, 2);
      insist(Buffer.from(input).includes(record), 'a feature is a record that was there');
    }
  },
};
