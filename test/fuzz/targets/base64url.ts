/** The decoder of base64url. TEST ONLY. */
import { decodeBase64url, encodeBase64url } from '../../../gateway/protocol/bytes.ts';
import { text } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

export const target: FuzzTarget = {
  files: ['gateway/protocol/bytes.ts'],
  samples: ['', 'AA', 'AAA', '-_-_', 'S'.repeat(43), `${'T'.repeat(42)}A`].map(text),
  dictionary: ['=', '+', '/', '\u0000', '\u2028'].map(text),
  maxBytes: 11_000,
  run(input) {
    const written = Buffer.from(input).toString('latin1');
    const bytes = tryParse(['MESSAGE_MALFORMED'], () => decodeBase64url(written));
    if (bytes) insist(encodeBase64url(bytes) === written, 'one value has one spelling');
    const again = decodeBase64url(encodeBase64url(input));
    insist(Buffer.from(input).equals(again), 'what was encoded is decoded to the same');
  },
};
