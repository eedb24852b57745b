/** The reader of CRLs, in chunks of every size: one CRL is one CRL however it arrives. TEST ONLY. */
import { parseCertificate } from '../../../gateway/certificate/certificate.ts';
import { type Crl, createCrlReader } from '../../../gateway/certificate/crl-reader.ts';
import { hex, sample } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

const genuine = sample('crl');
const authority = parseCertificate(sample('crlAuthority'));
const MAX_BYTES = 16_000;

export const target: FuzzTarget = {
  files: [
    'gateway/certificate/crl-reader.ts',
    'gateway/certificate/crl-entries.ts',
    'gateway/certificate/crl-window.ts',
    'gateway/certificate/crl-serials.ts',
    'gateway/certificate/crl-signature.ts',
  ],
  samples: [genuine],
  dictionary: ['0603551d15', '0603551d1d', '0a0108', '0101ff', '3000', 'a000', '170d'].map(hex),
  isDer: true,
  maxBytes: MAX_BYTES + 100,
  run(input) {
    const whole = read(input, input.length);
    // Half of them, and not in smaller pieces: what waits for its end is copied with each.
    if (!whole && input.length % 2 === 0) return;
    const pieces = read(input, Math.ceil(input.length / 100) + ((input[7] ?? 0) % 61));
    insist((whole === undefined) === (pieces === undefined), 'chunks decide nothing');
    if (!whole || !pieces) return;
    insist(Buffer.from(input).equals(genuine), 'only what the authority signed is taken');
    insist(whole.revoked.size === 2 && pieces.revoked.size === 2, 'two serial numbers stand in it');
    insist(whole.revoked.has(hex('1234')) && !whole.revoked.has(hex('1235')), 'and this is one');
  },
};

function read(input: Uint8Array, size: number): Crl | undefined {
  return tryParse(['REVOCATION_UNKNOWN'], () => {
    const reader = createCrlReader({ authorities: [authority], maxBytes: MAX_BYTES });
    for (let at = 0; at < input.length; at += Math.max(1, size))
      reader.write(input.slice(at, at + size));
    return reader.end();
  });
}
