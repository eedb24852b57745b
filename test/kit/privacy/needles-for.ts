/**
 * Everything about a person and their card that must not be found where it has no business (design §5):
 * number, names, birth date, PIN, card and chip number, certificate, key. TEST ONLY.
 */
import { createHash, X509Certificate } from 'node:crypto';
import type { CardContents } from '../card/card-contents.ts';
import { birthDateOf, nationalNumberOf, type Person } from '../persons.ts';
import { type Needle, needlesOfBytes, needlesOfText, textNeedle } from './needle.ts';

/** Long enough that chance does not make it, short enough that a cut-off certificate still has one. */
const WINDOW_BYTES = 24;
const CARD_NUMBER_TAG = 0x01;

/** The needles of one card and its holder. `now` is the instant that the card was made for. */
export function needlesFor(options: {
  person: Person;
  contents: CardContents;
  now: Date;
}): Needle[] {
  const { person, contents, now } = options;
  const { pin, authenticationCertificate: certificate } = contents;
  const needles = [
    ...numberNeedles(nationalNumberOf(person, now)),
    ...nameNeedles(person),
    ...birthNeedles(person, now),
    ...cardNumberNeedles(contents.identity),
    ...needlesOfBytes('chip serial', contents.chipSerial),
    ...(pin === undefined ? [] : pinNeedles(pin)),
    ...(certificate === undefined ? [] : certificateNeedles(certificate)),
  ];
  return needles.map((needle) => ({ ...needle, what: `${person.name}: ${needle.what}` }));
}

function numberNeedles(number: string): Needle[] {
  const [, year, month, day, serial, check] =
    /^(\d\d)(\d\d)(\d\d)(\d{3})(\d\d)$/.exec(number) ?? [];
  const printable = Buffer.concat([Uint8Array.of(0x13, number.length), Buffer.from(number)]);
  const writings: Record<string, string> = {
    'national number': number,
    'national number with dots': `${year}.${month}.${day}-${serial}.${check}`,
    'national number with dashes': `${year}${month}${day}-${serial}-${check}`,
    'national number with spaces': `${year}${month}${day} ${serial} ${check}`,
  };
  return [
    ...Object.entries(writings).flatMap(([what, text]) => needlesOfText(what, text)),
    ...needlesOfBytes('national number, DER PrintableString', printable),
    ...bcdNeedles('national number', number),
  ];
}

/** Two digits to a byte, beginning at either half; the odd digit out is left away. */
function bcdNeedles(what: string, digits: string): Needle[] {
  return [0, 1].flatMap((start) => {
    const even = digits.slice(start, start + Math.floor((digits.length - start) / 2) * 2);
    return needlesOfBytes(`${what}, BCD from digit ${start + 1}`, Buffer.from(even, 'hex'));
  });
}

function nameNeedles({ givenNames, surname }: Person): Needle[] {
  return [
    ...givenNames.split(' ').flatMap((name) => needlesOfText('given name', name)),
    ...needlesOfText('surname', surname),
  ];
}

function birthNeedles(person: Person, now: Date): Needle[] {
  const { year, month, day } = birthDateOf(person, now);
  const [mm, dd] = [month, day].map((part) => String(part).padStart(2, '0'));
  return [
    ...needlesOfText('birth date, ISO 8601', `${year}-${mm}-${dd}`),
    ...needlesOfText('birth date, dots', `${dd}.${mm}.${year}`),
    ...needlesOfText('birth date, slashes', `${dd}/${mm}/${year}`),
  ];
}

/** The needles of a PIN, right or wrong. Only ever 12 digits: a short one is met by chance. */
export function pinNeedles(pin: string): Needle[] {
  if (pin.length !== 12) throw new RangeError('a PIN to be looked for has 12 digits');
  const digits = [...pin].map(Number);
  const block = Buffer.from(`2c${pin}ff`, 'hex');
  return [
    ...needlesOfText('PIN', pin),
    ...needlesOfBytes('PIN block', block),
    ...needlesOfBytes('PIN, a byte for each digit', Uint8Array.from(digits)),
    ...textNeedle('PIN, digits with spaces', digits.join(', '), { anyCase: false }),
    ...textNeedle(
      'PIN, Uint8Array in JSON',
      digits.map((digit, index) => `"${index}":${digit}`).join(','),
      { anyCase: false },
    ),
  ];
}

function cardNumberNeedles(identity: Uint8Array): Needle[] {
  const number = Buffer.from(fieldOf(identity, CARD_NUMBER_TAG)).toString();
  const dashed = number.replace(/^(\d{3})(\d{7})(\d\d)$/, '$1-$2-$3');
  return [
    ...needlesOfText('card number', number),
    ...needlesOfText('card number with dashes', dashed),
    ...bcdNeedles('card number', number),
  ];
}

/** Value of a tag of the identity file: tag, length, value (card facts §3). */
function fieldOf(identity: Uint8Array, tag: number): Uint8Array {
  let at = 0;
  while (at < identity.length) {
    const length = identity[at + 1] ?? 0;
    if (identity[at] === tag) return identity.subarray(at + 2, at + 2 + length);
    at += 2 + length;
  }
  throw new RangeError('identity file without that tag');
}

function certificateNeedles(certificate: Uint8Array): Needle[] {
  const x509 = new X509Certificate(certificate);
  const spki = x509.publicKey.export({ type: 'spki', format: 'der' });
  const point = spki.subarray(-97);
  const serial = Buffer.from(x509.serialNumber, 'hex');
  return [
    ...needlesOfBytes('certificate serial', serial),
    ...needlesOfBytes('certificate serial, DER INTEGER', derInteger(serial)),
    ...textNeedle('certificate serial, decimal', BigInt(`0x${x509.serialNumber}`).toString(), {
      anyCase: false,
    }),
    ...hashNeedles('certificate', certificate),
    ...hashNeedles('SubjectPublicKeyInfo', spki),
    ...hashNeedles('public key', point),
    ...needlesOfBytes('certificate, its start', certificate.subarray(0, WINDOW_BYTES)),
    ...needlesOfBytes('certificate, its end', certificate.subarray(-WINDOW_BYTES)),
    ...needlesOfBytes('public key, its start', point.subarray(0, WINDOW_BYTES)),
    ...needlesOfBytes('public key, its end', point.subarray(-WINDOW_BYTES)),
  ];
}

function hashNeedles(what: string, bytes: Uint8Array): Needle[] {
  return ['sha1', 'sha256', 'sha384', 'sha512'].flatMap((name) =>
    needlesOfBytes(`${name} of the ${what}`, createHash(name).update(bytes).digest()),
  );
}

function derInteger(value: Uint8Array): Uint8Array {
  const content = (value[0] ?? 0) >= 0x80 ? [0, ...value] : [...value];
  return Uint8Array.of(0x02, content.length, ...content);
}
