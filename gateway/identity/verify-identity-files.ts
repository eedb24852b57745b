/**
 * From the files of a card to who its holder is: the National Register's signatures, then what they
 * bind (photo, basic key), then whose card it is and whether it is valid (card facts §3.6). The
 * Register's own certificate is judged before, where certificates are.
 */
import { createHash } from 'node:crypto';
import type { Certificate } from '../certificate/certificate.ts';
import { KidsIdError } from '../protocol/errors.ts';
import { type Address, parseAddressFile } from './address-file.ts';
import { type BirthDate, brusselsDate } from './age.ts';
import { combineBirthDates } from './birth-date.ts';
import { type IdentityFile, isKidsDocument, parseIdentityFile } from './identity-file.ts';
import { parseNationalNumber, type Sex } from './national-number.ts';
import { getNationalNumber } from './person.ts';
import { type RegisterCertificate, verifyRegisterSignature } from './register-signature.ts';

/** The files as they are stored, signatures with their padding. */
export interface IdentityFiles {
  /** EF(4031) and EF(4032). */
  readonly identity: Uint8Array;
  readonly identitySignature: Uint8Array;
  /** EF(4033) and EF(4034). */
  readonly address?: { readonly file: Uint8Array; readonly signature: Uint8Array } | undefined;
  /** EF(4035), JPEG. */
  readonly photo?: Uint8Array | undefined;
  /** EF(4040), SPKI. */
  readonly basicKey?: Uint8Array | undefined;
}

/** Who the holder is, every word of it under the National Register's signature. */
export interface Identity {
  readonly surname: string;
  /** The first two; empty for a person without any. */
  readonly givenNames: string;
  /** Of the national number first, narrowed by the identity file (design §5). */
  readonly birth: BirthDate;
  readonly sex: Sex;
  readonly documentType: number;
  /** Says nothing of the age: such a card stays valid after the twelfth birthday (design §5). */
  readonly isKidsCard: boolean;
  /** Here and below: absent where the files were not given. */
  readonly address: Address | undefined;
  /** JPEG. */
  readonly photo: Uint8Array | undefined;
}

/** SHA-1 is not among them: cards that have it are too old for a login. */
const PHOTO_HASHES: ReadonlyMap<number, string> = new Map([
  [32, 'sha256'],
  [48, 'sha384'],
]);

/**
 * Verifies the files of the card whose authentication certificate, verified, is `holder`.
 * @throws {KidsIdError} IDENTITY_INVALID; CERTIFICATE_EXPIRED when the card is not valid on the day
 *   that it is in Brussels
 */
export function verifyIdentityFiles(options: {
  files: IdentityFiles;
  register: RegisterCertificate;
  holder: Certificate;
  now: Date;
}): Identity {
  const { files, register, holder, now } = options;
  const identity = verifyIdentityFile(files, register);
  const address = files.address && verifyAddressFile(files, register);
  if (files.photo) checkPhoto(files.photo, identity);
  if (files.basicKey) checkBasicKey(files.basicKey, identity);
  checkHolder(identity, holder);
  checkCardDates(identity, now);
  const { surname, givenNames, sex, documentType } = identity;
  return {
    surname,
    givenNames,
    birth: combineBirthDates(parseNationalNumber(identity.nationalNumber).birth, identity.birth),
    sex,
    documentType,
    isKidsCard: isKidsDocument(documentType),
    address,
    photo: files.photo,
  };
}

/**
 * Verifies the signature over the identity file, as stored, and parses what was signed.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function verifyIdentityFile(
  files: Pick<IdentityFiles, 'identity' | 'identitySignature'>,
  register: RegisterCertificate,
): IdentityFile {
  const { identity: content, identitySignature: signature } = files;
  verifyRegisterSignature({ content, signature, register });
  return parseIdentityFile(content);
}

/**
 * Verifies the signature over the address file without the zeros behind it and the identity's
 * signature file with them, which ties the address to this card.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function verifyAddressFile(
  files: Pick<IdentityFiles, 'address' | 'identitySignature'>,
  register: RegisterCertificate,
): Address {
  if (files.address === undefined) {
    throw new KidsIdError('IDENTITY_INVALID', 'card without an address file');
  }
  const { file, signature } = files.address;
  const content = Buffer.concat([stripTrailingZeros(file), files.identitySignature]);
  verifyRegisterSignature({ content, signature, register });
  return parseAddressFile(file);
}

/**
 * Checks that a photo is the one whose hash is tag 11.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function checkPhoto(photo: Uint8Array, { photoHash }: IdentityFile): void {
  const hash = PHOTO_HASHES.get(photoHash.length);
  if (hash === undefined || !isHashOf(photo, hash, photoHash)) {
    throw new KidsIdError('IDENTITY_INVALID', 'photo is not the one that was signed');
  }
}

/**
 * Checks that a basic key, EF(4040) as stored, is the one whose hash is tag 1A.
 * @throws {KidsIdError} IDENTITY_INVALID, also for a card whose file has no such hash
 */
export function checkBasicKey(basicKey: Uint8Array, { basicKeyHash }: IdentityFile): void {
  if (basicKeyHash === undefined || !isHashOf(basicKey, 'sha384', basicKeyHash)) {
    throw new KidsIdError('IDENTITY_INVALID', 'basic key is not the one that was signed');
  }
}

/**
 * Checks that a card is valid on the day that it is in Brussels: tags 03 and 04, both included.
 * @throws {KidsIdError} CERTIFICATE_EXPIRED
 */
export function checkCardDates({ validFrom, validUntil }: IdentityFile, now: Date): void {
  const today = brusselsDate(now);
  if (today < validFrom || today > validUntil) {
    throw new KidsIdError('CERTIFICATE_EXPIRED', 'card is not valid on this day');
  }
}

/** The file is of whoever proved possession of the card: two real files of two cards do not mix. */
function checkHolder({ nationalNumber }: IdentityFile, holder: Certificate): void {
  if (nationalNumber !== getNationalNumber(holder)) {
    throw new KidsIdError('IDENTITY_INVALID', 'identity file of another person');
  }
}

function isHashOf(bytes: Uint8Array, hash: string, expected: Uint8Array): boolean {
  return createHash(hash).update(bytes).digest().equals(expected);
}

function stripTrailingZeros(file: Uint8Array): Uint8Array {
  return file.subarray(0, file.findLastIndex((byte) => byte !== 0) + 1);
}
