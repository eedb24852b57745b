/**
 * Two fields of a card's certificate, so that the gateway can ask OCSP while the PIN is typed: issuer and serial
 * (RFC 5280 §4.1). A walk over exactly the headers that lie before them, with every end checked; it judges
 * nothing else, and the gateway trusts none of it.
 */
import { ByteReader } from '../../gateway/protocol/bytes.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { checkTag, readElement } from './der-element.ts';

/** What names a certificate. */
export interface CertificateFields {
  /** DER of the issuer's Name, header included; at most 1,024 bytes. */
  readonly issuer: Uint8Array;
  /** Content octets of the serial's INTEGER; 1 to 20 (RFC 5280 §4.1.2.2). */
  readonly serial: Uint8Array;
}

const TAG = { integer: 0x02, sequence: 0x30, version: 0xa0 } as const;
const SERIAL_MAX_BYTES = 20;
const ISSUER_MAX_BYTES = 1_024;

/**
 * Parses issuer and serial.
 * `Certificate ::= SEQUENCE { SEQUENCE { [0] version OPTIONAL, serialNumber INTEGER, signature SEQUENCE, issuer SEQUENCE, … } … }`
 * @throws {KidsIdError} CERTIFICATE_MALFORMED
 */
export function parseCertificateFields(certificate: Uint8Array): CertificateFields {
  try {
    return readFields(certificate);
  } catch (cause) {
    throw new KidsIdError('CERTIFICATE_MALFORMED', 'not the start of a certificate', { cause });
  }
}

function readFields(certificate: Uint8Array): CertificateFields {
  const outer = new ByteReader(certificate);
  const whole = readElement(outer, TAG.sequence);
  outer.end();
  const toBeSigned = new ByteReader(
    readElement(new ByteReader(whole.content), TAG.sequence).content,
  );
  const first = readElement(toBeSigned);
  const serial = first.tag === TAG.version ? readElement(toBeSigned) : first;
  checkTag(serial, TAG.integer);
  readElement(toBeSigned, TAG.sequence);
  const issuer = readElement(toBeSigned, TAG.sequence);
  const { length } = serial.content;
  if (length < 1 || length > SERIAL_MAX_BYTES || issuer.bytes.length > ISSUER_MAX_BYTES) {
    throw new RangeError('serial or issuer of an impossible length');
  }
  return { issuer: issuer.bytes, serial: serial.content };
}
