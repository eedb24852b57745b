/** The parser of OCSP responses. TEST ONLY. */
import { parseOcspResponse } from '../../../gateway/certificate/ocsp-response.ts';
import { hex, samplesOf } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

export const target: FuzzTarget = {
  files: [
    'gateway/certificate/ocsp-response.ts',
    'gateway/certificate/der.ts',
    'gateway/certificate/certificate.ts',
    'node_modules/asn1js/build/index.js',
  ],
  samples: samplesOf('ocsp'),
  dictionary: [
    '0a0100',
    '06092b0601050507300101',
    '06092b0601050507300102',
    '8000',
    'a111180f32303236313132323132303030305a',
    '8200',
    '180f32303236313132323132303030305a',
    '06052b0e03021a',
  ].map(hex),
  isDer: true,
  maxBytes: 66_000,
  run(input) {
    const response = tryParse(['REVOCATION_UNKNOWN'], () => parseOcspResponse(input));
    if (!response) return;
    insist(response.statements.length <= 16, 'at most 16 statements');
    insist(response.certificates.length <= 4, 'at most 4 certificates');
    insist(Number.isFinite(response.producedAt.getTime()), 'an instant that exists');
    for (const { thisUpdate, nextUpdate } of response.statements) {
      insist(Number.isFinite(thisUpdate.getTime()), 'thisUpdate exists');
      insist(
        nextUpdate === undefined || Number.isFinite(nextUpdate.getTime()),
        'nextUpdate exists',
      );
    }
    insist(
      Buffer.from(input).includes(Buffer.from(response.tbs)),
      'the signed bytes are those that came',
    );
  },
};
