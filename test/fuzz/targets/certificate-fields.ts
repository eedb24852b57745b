/** The host's look at a certificate: issuer and serial. TEST ONLY. */
import { parseCertificate } from '../../../gateway/certificate/certificate.ts';
import { parseCertificateFields } from '../../../native-host/login/certificate-fields.ts';
import { samplesOf } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

const CODES = ['CERTIFICATE_MALFORMED'] as const;

export const target: FuzzTarget = {
  files: ['native-host/login/certificate-fields.ts', 'gateway/protocol/bytes.ts'],
  samples: samplesOf('certificate'),
  isDer: true,
  maxBytes: 4_200,
  run(input) {
    const fields = tryParse(CODES, () => parseCertificateFields(input));
    if (fields) {
      insist(fields.serial.length >= 1 && fields.serial.length <= 20, 'a serial of 1 to 20 bytes');
      insist(fields.issuer.length <= 1_024, 'an issuer of at most 1,024 bytes');
    }
    const certificate = tryParse(CODES, () => parseCertificate(input));
    if (!certificate || certificate.issuerDer.length > 1_024) return;
    insist(fields !== undefined, 'the host reads every certificate that the gateway reads');
    const issuer = Buffer.from(fields.issuer);
    insist(issuer.equals(certificate.issuerDer), 'host and gateway read one issuer');
    const serial = Buffer.from(fields.serial)
      .toString('hex')
      .replace(/^00(?=.)/, '');
    insist(serial === Buffer.from(certificate.serial).toString('hex'), 'and one serial');
  },
};
