/**
 * EF(ID#RN), the identity file of a Belgian card, to typed values (card facts §3.2 to §3.4). What it
 * says is worth nothing until the National Register's signature over it was verified.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { BirthDate } from './age.ts';
import { type CardFields, getBytes, getText, parseCardFile } from './card-file.ts';
import { type CivilDate, createCivilDate, isCivilDate } from './civil-date.ts';
import { isNationalNumber, type Sex } from './national-number.ts';
import { parseWrittenBirthDate } from './written-birth-date.ts';

/** The fields that a login can need, and no others. */
export interface IdentityFile {
  /** First and last day of the card, both included. */
  readonly validFrom: CivilDate;
  readonly validUntil: CivilDate;
  /** 11 digits with a right check number. For comparison only: it goes nowhere from here. */
  readonly nationalNumber: string;
  readonly surname: string;
  /** The first two; empty for a person without any. */
  readonly givenNames: string;
  /** As written: not compared with the number yet. */
  readonly birth: BirthDate;
  readonly sex: Sex;
  /** Card facts §3.3; "6" and "06" are both 6. */
  readonly documentType: number;
  /** SHA-1 (20 bytes), SHA-256 or SHA-384 of the photo, by the applet's age. */
  readonly photoHash: Uint8Array;
  /** SHA-384 of EF(4040); on applet 1.8 only. */
  readonly basicKeyHash: Uint8Array | undefined;
}

const TAG = {
  validFrom: 0x03,
  validUntil: 0x04,
  nationalNumber: 0x06,
  surname: 0x07,
  givenNames: 0x08,
  birthDate: 0x0c,
  sex: 0x0d,
  documentType: 0x0f,
  photoHash: 0x11,
  basicKeyHash: 0x1a,
} as const;

/** Card facts §3.2; a birth date in March needs a byte more in German, because Ä has two. */
const MAX_BYTES_OF: ReadonlyMap<number, number> = new Map([
  [TAG.validFrom, 10],
  [TAG.validUntil, 10],
  [TAG.nationalNumber, 11],
  [TAG.surname, 110],
  [TAG.givenNames, 95],
  [TAG.birthDate, 13],
  [TAG.sex, 1],
  [TAG.documentType, 2],
  [TAG.photoHash, 48],
  [TAG.basicKeyHash, 48],
]);

/** As the card channel takes it. */
const MAX_FILE_BYTES = 1024;

const SEXES: Readonly<Record<string, Sex>> = { M: 'M', F: 'F', V: 'F', W: 'F' };
const PHOTO_HASH_BYTES: readonly number[] = [20, 32, 48];
const BASIC_KEY_HASH_BYTES = 48;

/**
 * Parses an identity file as it is stored.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function parseIdentityFile(file: Uint8Array): IdentityFile {
  const fields = parseCardFile(file, { maxBytes: MAX_FILE_BYTES, maxBytesOf: MAX_BYTES_OF });
  return {
    validFrom: getDay(fields, TAG.validFrom),
    validUntil: getDay(fields, TAG.validUntil),
    nationalNumber: getNationalNumber(fields),
    surname: getSurname(fields),
    givenNames: fields.has(TAG.givenNames) ? getText(fields, TAG.givenNames) : '',
    birth: parseWrittenBirthDate(getText(fields, TAG.birthDate)),
    sex: getSex(fields),
    documentType: getDocumentType(fields),
    photoHash: getPhotoHash(fields),
    basicKeyHash: findBasicKeyHash(fields),
  };
}

/** Tells whether a document type is that of a kids-ID, of a Belgian or a foreigner (card facts §3.3). */
export function isKidsDocument(documentType: number): boolean {
  return documentType === 6 || (documentType >= 61 && documentType <= 69);
}

function getDay(fields: CardFields, tag: number): CivilDate {
  const [, ...parts] = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(getText(fields, tag)) ?? [];
  const [day = 0, month = 0, year = 0] = parts.map(Number);
  if (!isCivilDate(year, month, day)) throw invalid('date of a card is no date');
  return createCivilDate(year, month, day);
}

function getNationalNumber(fields: CardFields): string {
  const number = getText(fields, TAG.nationalNumber);
  if (!isNationalNumber(number)) throw invalid('identity file without a national number');
  return number;
}

function getSurname(fields: CardFields): string {
  const surname = getText(fields, TAG.surname);
  if (surname === '') throw invalid('identity file without a name');
  return surname;
}

function getSex(fields: CardFields): Sex {
  const text = getText(fields, TAG.sex);
  const sex = Object.hasOwn(SEXES, text) ? SEXES[text] : undefined;
  if (sex === undefined) throw invalid('sex in an identity file is not one of the letters');
  return sex;
}

function getDocumentType(fields: CardFields): number {
  const text = getText(fields, TAG.documentType);
  if (!/^\d{1,2}$/.test(text)) throw invalid('document type is not a number');
  return Number(text);
}

function getPhotoHash(fields: CardFields): Uint8Array {
  const hash = getBytes(fields, TAG.photoHash);
  if (!PHOTO_HASH_BYTES.includes(hash.length)) throw invalid('photo hash of no known length');
  return hash;
}

function findBasicKeyHash(fields: CardFields): Uint8Array | undefined {
  const hash = fields.get(TAG.basicKeyHash);
  if (hash !== undefined && hash.length !== BASIC_KEY_HASH_BYTES) {
    throw invalid('basic key hash is not SHA-384');
  }
  return hash;
}

function invalid(message: string): KidsIdError {
  return new KidsIdError('IDENTITY_INVALID', message);
}
