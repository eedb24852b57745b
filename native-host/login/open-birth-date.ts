/**
 * Whether a card's certificate leaves the holder's birth date open. Only then does a gateway that asks for
 * `birth-date` get the identity file. The number is looked at here and dropped; what it means is the gateway's to say.
 */
import { ByteReader } from '../../gateway/protocol/bytes.ts';
import { readElement } from './der-element.ts';

const TAG = {
  set: 0x31,
  sequence: 0x30,
  oid: 0x06,
  version: 0xa0,
  utf8: 0x0c,
  printable: 0x13,
} as const;

/** serialNumber, 2.5.4.5 (X.520 §6.2.9), as DER content. */
const SERIAL_NUMBER = [0x55, 0x04, 0x05].join();

/**
 * Tells whether the certificate's one national number has a birth date that is not a day: month or day 00, or a day
 * that no calendar has. `false` for a certificate without exactly one such number, which no gateway takes: nothing
 * more of its holder is sent then.
 */
export function isBirthDateOpen(certificate: Uint8Array): boolean {
  let numbers: readonly string[];
  try {
    numbers = readSerialNumbers(certificate).filter((text) => findCentury(text) !== undefined);
  } catch {
    return false;
  }
  const [number, ...more] = numbers;
  return number !== undefined && more.length === 0 && isNumberOpen(number);
}

/** The same for the 11 digits of a national number; `false` for a text that is none. */
export function isNumberOpen(text: string): boolean {
  const century = findCentury(text);
  if (century === undefined) return false;
  const [year, month, day] = [0, 2, 4].map((at) => Number(text.slice(at, at + 2)));
  return !isDay(century + (year ?? 0), monthOf(month ?? 0), day ?? 0);
}

/** The check number fits one century at most: 19xx, or 20xx with a 2 before the number. */
function findCentury(text: string): number | undefined {
  if (!/^\d{11}$/.test(text)) return undefined;
  const check = Number(text.slice(9));
  const fits = (digits: string) => 97 - (Number(digits) % 97) === check;
  if (fits(text.slice(0, 9))) return 1900;
  return fits(`2${text.slice(0, 9)}`) ? 2000 : undefined;
}

/** Bis numbers move the month by 20 or 40. */
function monthOf(field: number): number {
  const offset = [40, 20].find((moved) => field >= moved && field <= moved + 12);
  return field - (offset ?? 0);
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/**
 * `TBSCertificate ::= SEQUENCE { [0] version OPTIONAL, serialNumber, signature, issuer, validity, subject, … }`;
 * `Name ::= SEQUENCE OF SET OF SEQUENCE { OID, value }` (RFC 5280 §4.1).
 */
function readSerialNumbers(certificate: Uint8Array): readonly string[] {
  const whole = readElement(new ByteReader(certificate), TAG.sequence);
  const fields = readSequence(readElement(new ByteReader(whole.content), TAG.sequence).content);
  const hasVersion = fields[0]?.tag === TAG.version;
  const subject = fields[hasVersion ? 5 : 4];
  const sets = subject?.tag === TAG.sequence ? readSequence(subject.content) : [];
  const attributes = sets.filter(({ tag }) => tag === TAG.set);
  return attributes.flatMap(({ content }) => readSequence(content)).flatMap(readSerialNumber);
}

function readSerialNumber({ content }: { readonly content: Uint8Array }): readonly string[] {
  const [type, value] = readSequence(content);
  const isWanted = type?.tag === TAG.oid && type.content.join() === SERIAL_NUMBER;
  if (!isWanted || (value?.tag !== TAG.printable && value?.tag !== TAG.utf8)) return [];
  return [new TextDecoder().decode(value.content)];
}

function readSequence(content: Uint8Array) {
  const reader = new ByteReader(content);
  const elements = [];
  while (reader.remaining > 0) elements.push(readElement(reader));
  return elements;
}
