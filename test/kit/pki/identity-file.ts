/**
 * The identity and address files of a synthetic card, TLV as in card facts §3. TEST ONLY. It only
 * writes: reading is the business of the programs under test.
 */
import { createHash, randomInt } from 'node:crypto';
import { birthDateOf, nationalNumberOf, type Person } from '../persons.ts';

const MONTHS = 'JAN FEB MAAR APR MEI JUN JUL AUG SEP OKT NOV DEC'.split(' ');
const DAY_MS = 86_400_000;

/** First and last day of a card. */
export interface CardDates {
  readonly from: Date;
  readonly until: Date;
}

/** The days between which the person's card is valid. */
export function cardDatesOf(person: Person, now: Date): CardDates {
  const from = new Date(now.getTime() - person.issuedDaysAgo * DAY_MS);
  const until = new Date(from);
  until.setUTCFullYear(from.getUTCFullYear() + person.validityYears);
  return { from, until };
}

/** EF(4031), card facts §3.2: lower tags first, text in UTF-8. */
export function encodeIdentityFile(options: {
  person: Person;
  now: Date;
  chipSerial: Uint8Array;
  photo: Uint8Array;
  /** EF(4040): SPKI of the basic key. */
  basicKey: Uint8Array;
}): Uint8Array {
  const { person, now } = options;
  const dates = cardDatesOf(person, now);
  return encodeFields([
    [0x00, Uint8Array.of(0, 5)],
    [0x01, createCardNumber(person.documentType === 6 ? '615' : '595')],
    [0x02, options.chipSerial],
    [0x03, formatDay(dates.from)],
    [0x04, formatDay(dates.until)],
    [0x05, 'TEST ONLY Brussel'],
    [0x06, nationalNumberOf(person, now)],
    [0x07, person.surname],
    [0x08, person.givenNames],
    [0x09, ''],
    [0x0a, 'Belg'],
    [0x0b, 'Brussel'],
    [0x0c, formatBirthDate(person, now)],
    [0x0d, person.sex === 'M' ? 'M' : 'V'],
    [0x0e, ''],
    [0x0f, String(person.documentType)],
    [0x10, '0'],
    [0x11, createHash('sha384').update(options.photo).digest()],
    [0x1a, createHash('sha384').update(options.basicKey).digest()],
  ]);
}

/** EF(4033), the same address for everybody. */
export function encodeAddressFile(): Uint8Array {
  return encodeFields([
    [0x00, Uint8Array.of(0, 5)],
    [0x01, 'Teststraat 1'],
    [0x02, '1000'],
    [0x03, 'Brussel'],
  ]);
}

function encodeFields(fields: readonly (readonly [number, string | Uint8Array])[]): Uint8Array {
  const parts = fields.map(([tag, content]) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    return Buffer.from([tag, bytes.length, ...bytes]);
  });
  return Uint8Array.from(Buffer.concat(parts));
}

/** 12 digits of which the last two are the first ten modulo 97, with 97 for 0 (card facts §3.2). */
function createCardNumber(prefix: string): string {
  const ten = prefix + String(randomInt(10_000_000)).padStart(7, '0');
  return ten + String(Number(ten) % 97 || 97).padStart(2, '0');
}

function formatDay(instant: Date): string {
  const [year, month, day] = instant.toISOString().slice(0, 10).split('-');
  return `${day}.${month}.${year}`;
}

/** `DD mmmm YYYY`: a month of three letters is padded (card facts §3.4); the year alone where no more is known. */
function formatBirthDate(person: Person, now: Date): string {
  const { year, month, day } = birthDateOf(person, now);
  if (person.isOnlyYearKnown) return String(year);
  return `${String(day).padStart(2, '0')} ${MONTHS[month - 1]?.padEnd(4)} ${year}`;
}
