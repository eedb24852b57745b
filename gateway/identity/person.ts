/**
 * Who a verified certificate is about, reduced to what a login needs: birth date, sex and an
 * account key. The national number is read and dropped; where the operator has a legal basis for it,
 * the account key is made of it.
 */
import { createHash } from 'node:crypto';
import type { Certificate } from '../certificate/certificate.ts';
import { KidsIdError } from '../protocol/errors.ts';
import type { BirthDate } from './age.ts';
import { isNationalNumber, parseNationalNumber, type Sex } from './national-number.ts';

/** A person as a login sees them. */
export interface Person {
  readonly birth: BirthDate;
  readonly sex: Sex | undefined;
  /** See {@link AccountSource}: 32 bytes of the card, or 33 of the person. Never kept or logged. */
  readonly accountKey: Uint8Array;
}

/**
 * What the account key stands for. `card-key`: SHA-256 of the card's SubjectPublicKeyInfo, 32 bytes; a
 * new certificate for the same key keeps it, a new card does not. `national-number`: a byte of 1 and
 * SHA-256 over a label and the number, 33 bytes; all cards of a person have it, and no card key is as
 * long. The latter could be searched for by trying every number: it goes into a keyed hash and nowhere
 * else.
 */
export type AccountSource = 'card-key' | 'national-number';

/** No other hash of ours begins so. */
const NUMBER_LABEL = 'kids-id account of a national number\0';

/** serialNumber (X.520 §6.2.9). */
const SERIAL_NUMBER = '2.5.4.5';

/**
 * Reads the person from a certificate that has been verified.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function personFromCertificate(
  certificate: Certificate,
  accountSource: AccountSource = 'card-key',
): Person {
  const number = getNationalNumber(certificate);
  const { birth, sex } = parseNationalNumber(number);
  const accountKey =
    accountSource === 'card-key'
      ? Uint8Array.from(createHash('sha256').update(certificate.spki).digest())
      : Uint8Array.of(1, ...createHash('sha256').update(NUMBER_LABEL).update(number).digest());
  return { birth, sex, accountKey };
}

/**
 * The national number in a certificate's subject, wherever it stands there. Old certificates can
 * have two serialNumber attributes, one of them a name: exactly one must be a national number (card
 * facts §4.1). For comparison and reading only, never to be kept.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function getNationalNumber(certificate: Certificate): string {
  const [number, ...more] = certificate.subject
    .filter(({ oid, value }) => oid === SERIAL_NUMBER && isNationalNumber(value))
    .map(({ value }) => value);
  if (number === undefined || more.length > 0) {
    throw new KidsIdError('IDENTITY_INVALID', 'certificate without exactly one national number');
  }
  return number;
}
