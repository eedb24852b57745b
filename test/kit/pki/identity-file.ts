/**
 * The identity and address files of a synthetic card, TLV as in card facts §3. TEST ONLY. It only
 * writes: reading is the business of the programs under test.
 */
import { createHash, randomInt } from 'node:crypto';
import { birthDateOf, type CardApplet, isForeigner, isKidsCard, type Person } from '../persons.ts';

const MONTHS = 'JAN FEB MAAR APR MEI JUN JUL AUG SEP OKT NOV DEC'.split(' ');
const DAY_MS = 86_400_000;

/** Tag 11, by applet (card facts §3.2). */
const PHOTO_HASHES: Readonly<Record<CardApplet, string>> = {
  '1.1': 'sha1',
  '1.7': 'sha256',
  '1.8': 'sha384',
};
/** The first element, of applet 1.8 only (card facts §3.1). */
const FILE_VERSION = [0x00, Uint8Array.of(0, 5)] as const;

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
  applet: CardApplet;
  nationalNumber: string;
  chipSerial: Uint8Array;
  /** What tag 11 is the hash of. */
  photo: Uint8Array;
  /** EF(4040): SPKI of the basic key; on applet 1.8 only. */
  basicKey: Uint8Array | undefined;
  /** A forgery: other contents by tag, `undefined` for none; tags that the file lacks come last. */
  changed?: ReadonlyMap<number, CardFieldContent | undefined> | undefined;
}): Uint8Array {
  const { person, now, applet, basicKey } = options;
  const dates = cardDatesOf(person, now);
  const fields: readonly CardField[] = [
    ...versionFor(applet),
    [0x01, createCardNumber(person)],
    [0x02, options.chipSerial],
    [0x03, formatDay(dates.from)],
    [0x04, formatDay(dates.until)],
    [0x05, 'TEST ONLY Brussel'],
    [0x06, options.nationalNumber],
    [0x07, person.surname],
    [0x08, person.givenNames],
    [0x09, ''],
    [0x0a, person.nationality ?? 'Belg'],
    [0x0b, 'Brussel'],
    [0x0c, formatBirthDate(person, now)],
    [0x0d, person.sex === 'M' ? 'M' : 'V'],
    [0x0e, ''],
    [0x0f, String(person.documentType)],
    [0x10, '0'],
    [0x11, createHash(PHOTO_HASHES[applet]).update(options.photo).digest()],
    ...(basicKey ? [[0x1a, createHash('sha384').update(basicKey).digest()] as const] : []),
  ];
  return encodeCardFields(changeFields(fields, options.changed ?? new Map()));
}

/** EF(4033), the same address for everybody. */
export function encodeAddressFile(applet: CardApplet): Uint8Array {
  return encodeCardFields([
    ...versionFor(applet),
    [0x01, 'Teststraat 1'],
    [0x02, '1000'],
    [0x03, 'Brussel'],
  ]);
}

/** Text, in UTF-8, or bytes. */
export type CardFieldContent = string | Uint8Array;

/** One element: tag and content. */
export type CardField = readonly [tag: number, content: CardFieldContent];

/** Encodes elements in the order given, right or wrong; each at most 255 bytes long. */
export function encodeCardFields(fields: readonly CardField[]): Uint8Array {
  const parts = fields.map(([tag, content]) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    return Buffer.from([tag, bytes.length, ...bytes]);
  });
  return Uint8Array.from(Buffer.concat(parts));
}

function changeFields(
  fields: readonly CardField[],
  changed: ReadonlyMap<number, CardFieldContent | undefined>,
): CardField[] {
  const there = new Set(fields.map(([tag]) => tag));
  const added = [...changed].filter(([tag]) => !there.has(tag));
  return [...fields, ...added].flatMap(([tag, content]) => {
    const wanted = changed.has(tag) ? changed.get(tag) : content;
    return wanted === undefined ? [] : [[tag, wanted] as const];
  });
}

function versionFor(applet: CardApplet): CardField[] {
  return applet === '1.8' ? [FILE_VERSION] : [];
}

/**
 * Card facts §3.2. Of Belgians 12 digits, the last two of which are the first ten modulo 97, with 97 for 0; of
 * foreigners B and nine digits.
 */
function createCardNumber(person: Person): string {
  const digits = String(randomInt(10_000_000)).padStart(7, '0');
  if (isForeigner(person)) return `B55${digits}`;
  const ten = (isKidsCard(person) ? '615' : '595') + digits;
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
