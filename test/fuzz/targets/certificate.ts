/** The parser of certificates, and what looks at a certificate as soon as it is parsed. TEST ONLY. */
import { parseCertificate } from '../../../gateway/certificate/certificate.ts';
import { checkProfile } from '../../../gateway/certificate/profile.ts';
import { personFromCertificate } from '../../../gateway/identity/person.ts';
import { hex, samplesOf } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

export const target: FuzzTarget = {
  files: [
    'gateway/certificate/certificate.ts',
    'gateway/certificate/certificate-extensions.ts',
    'gateway/certificate/distinguished-name.ts',
    'gateway/certificate/general-name.ts',
    'gateway/certificate/name-constraints.ts',
    'gateway/certificate/der.ts',
    'gateway/certificate/profile.ts',
    'gateway/certificate/key-policy.ts',
    'gateway/identity/person.ts',
    'gateway/identity/national-number.ts',
  ],
  samples: samplesOf('certificate'),
  dictionary: [
    '0603551d0f',
    '0603551d13',
    '0603551d20',
    '0603551d25',
    '0603551d11',
    '0603551d1e',
    '0603551d24',
    '0603551d36',
    '06082b06010505070101',
    '06082b06010505073001',
    '0101ff',
    'a003020102',
    '170d3236313132323132303030305a',
    '180f32303530303130313030303030305a',
  ].map(hex),
  isDer: true,
  maxBytes: 8_300,
  run(input) {
    const certificate = tryParse(['CERTIFICATE_MALFORMED'], () => parseCertificate(input));
    if (!certificate) return;
    insist(Buffer.from(input).equals(certificate.der), 'a certificate keeps its bytes');
    const { serial, notBefore, notAfter } = certificate;
    insist(serial.length >= 1 && serial.length <= 20, 'a serial number of 1 to 20 bytes');
    insist(Number.isFinite(notBefore.getTime() + notAfter.getTime()), 'instants that exist');
    tryParse(['CERTIFICATE_KEY', 'CERTIFICATE_PROFILE', 'CERTIFICATE_POLICY'], () =>
      checkProfile(certificate),
    );
    tryParse(['IDENTITY_INVALID'], () => personFromCertificate(certificate));
  },
};
