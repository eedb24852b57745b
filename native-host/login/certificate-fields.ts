/**
 * Two fields of a card's certificate, so that the gateway can ask OCSP while the PIN is typed: issuer and serial
 * (RFC 5280 §4.1). A walk over exactly the headers that lie before them, with every end checked; it judges
 * nothing else, and the gateway trusts none of it.
 */
import { ByteReader } from '../../gateway/protocol/bytes.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';

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

interface Element {
  readonly tag: number;
  /** Header and content. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
}

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

/** One element of DER with a one-byte tag and a definite length in the fewest bytes (X.690 §10.1). */
function readElement(reader: ByteReader, tag?: number): Element {
  const start = [reader.uint(1), reader.uint(1)];
  const [foundTag = 0, form = 0] = start;
  let length = form;
  if (form >= 0x80) {
    const width = form - 0x80;
    if (width !== 1 && width !== 2) throw new RangeError('length in too many bytes, or none');
    length = reader.uint(width);
    if (length < (width === 1 ? 0x80 : 0x100)) throw new RangeError('length not the shortest');
    start.push(...(width === 1 ? [length] : [length >> 8, length & 0xff]));
  }
  const content = reader.bytes(length);
  const element = { tag: foundTag, bytes: Uint8Array.of(...start, ...content), content };
  if (tag !== undefined) checkTag(element, tag);
  return element;
}

function checkTag(element: Element, tag: number): void {
  if (element.tag !== tag) throw new RangeError('element of another type');
}
