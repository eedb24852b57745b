/**
 * What may be said of the identity and address files: which fields there are and how long, and which of the rules
 * about signatures and hashes hold. Not one value of a field, but the number of the file's format.
 */
import { createHash, type KeyObject, verify } from 'node:crypto';
import { derOf, findCertificate } from './certificate-facts.ts';
import { hexOf } from './record-steps.ts';
import type { StoredFile, StoredFiles } from './stored-file.ts';

/** One field: its tag in hexadecimal, and how long it is. */
export interface FieldFact {
  readonly tag: string;
  readonly bytes: number;
}

/** What may be said of a file of fields. */
export interface FieldFileFacts {
  readonly fields: readonly FieldFact[];
  /** Value of a leading tag 00, the number of the format; the same on every card of a generation. */
  readonly format: string | undefined;
  /** Zeros after the last field. */
  readonly paddingBytes: number;
  /** Bytes after the fields that are neither field nor zero. */
  readonly isCutShort: boolean;
  /** Tags that the official list of 2023 does not have. */
  readonly unknownTags: readonly FieldFact[];
}

/** What may be said of both files and what belongs to them. `undefined`: it could not be tried. */
export interface IdentityFacts {
  readonly identity: FieldFileFacts;
  readonly address: FieldFileFacts;
  /** The DER of the signature, without the zeros behind it; the whole file where it is no DER. */
  readonly identitySignatureBytes: number;
  readonly addressSignatureBytes: number;
  readonly registerKey: string;
  readonly isRegisterSignedByRoot: boolean | undefined;
  /** The signature is over the identity file as stored. */
  readonly isIdentitySigned: boolean | undefined;
  /** Which form of the identity's signature the address's signature covers. */
  readonly addressCovers: 'padded signature' | 'signature alone' | 'neither' | undefined;
  /** Tag 11 is the hash of the photo. */
  readonly isPhotoBound: boolean | undefined;
  /** Tag 1A is SHA-384 of the basic key. */
  readonly isBasicKeyBound: boolean | undefined;
  /** Tag 02 is the chip's serial. */
  readonly isChipBound: boolean | undefined;
}

const HIGHEST_TAG = { identity: 0x1f, address: 0x03 } as const;
const TAG = { chip: 0x02, photo: 0x11, basicKey: 0x1a } as const;
const SEQUENCE = 0x30;
const HASH_BY_BYTES: Readonly<Record<number, string>> = { 20: 'sha1', 32: 'sha256', 48: 'sha384' };

/** A field, value included; it stays in this file. */
interface Field {
  readonly tag: number;
  readonly value: Uint8Array;
}

/** The facts of a card with this chip. */
export function readIdentityFacts(files: StoredFiles, chipSerial: Uint8Array): IdentityFacts {
  const { identity, identitySignature, address, addressSignature } = files;
  const register = findCertificate(files.registerCertificate.bytes);
  const root = findCertificate(files.rootCertificate.bytes);
  const { fields } = parseFields(identity.bytes);
  const signed = (content: readonly Uint8Array[], signature: StoredFile) =>
    register && isSigned({ key: register.publicKey, content, signature: signature.bytes });
  const plainAddress = address.bytes.slice(0, address.fact.contentBytes);
  const covers = (part: Uint8Array) => signed([plainAddress, part], addressSignature);
  const isThere = address.fact.state === 'content' && register !== undefined;
  return {
    identity: factsOf(identity.bytes, HIGHEST_TAG.identity),
    address: factsOf(address.bytes, HIGHEST_TAG.address),
    identitySignatureBytes: signatureOf(identitySignature.bytes).length,
    addressSignatureBytes: signatureOf(addressSignature.bytes).length,
    registerKey: register ? keyOf(register.publicKey) : 'none',
    isRegisterSignedByRoot: register && root && register.verify(root.publicKey),
    isIdentitySigned: signed([identity.bytes], identitySignature),
    addressCovers: isThere
      ? coverage(covers(identitySignature.bytes), covers(signatureOf(identitySignature.bytes)))
      : undefined,
    isPhotoBound: isHashOf(fields, TAG.photo, files.photo.bytes),
    isBasicKeyBound: isHashOf(fields, TAG.basicKey, files.basicKey.bytes),
    isChipBound: findValue(fields, TAG.chip)?.equals(chipSerial),
  };
}

/** Every value that belongs to this one card, for taking it out of what is shown. */
export function personalValues(files: StoredFiles): Uint8Array[] {
  return [files.identity, files.address].flatMap(({ bytes }) =>
    parseFields(bytes).fields.map(({ value }) => value),
  );
}

function coverage(padded: boolean | undefined, alone: boolean | undefined) {
  if (padded) return 'padded signature';
  return alone ? 'signature alone' : 'neither';
}

function factsOf(file: Uint8Array, highestTag: number): FieldFileFacts {
  const { fields, end } = parseFields(file);
  const rest = file.subarray(end);
  const facts = fields.map(({ tag, value }) => ({
    tag: hexOf(Uint8Array.of(tag)),
    bytes: value.length,
  }));
  const [first] = fields;
  return {
    fields: facts,
    format: first?.tag === 0 ? hexOf(first.value) : undefined,
    paddingBytes: rest.every((byte) => byte === 0) ? rest.length : 0,
    isCutShort: rest.some((byte) => byte !== 0),
    unknownTags: facts.filter((_, index) => (fields[index]?.tag ?? 0) > highestTag),
  };
}

/** Tag, length, value; tag 00 is a field only as the first one. Ends where no whole field is. */
function parseFields(file: Uint8Array): { fields: Field[]; end: number } {
  const fields: Field[] = [];
  let end = 0;
  while (end + 2 <= file.length) {
    const [tag = 0, length = 0] = file.subarray(end, end + 2);
    const next = end + 2 + length;
    if ((tag === 0 && (end > 0 || length === 0)) || next > file.length) break;
    fields.push({ tag, value: file.subarray(end + 2, next) });
    end = next;
  }
  return { fields, end };
}

function findValue(fields: readonly Field[], wanted: number): Buffer | undefined {
  const found = fields.find(({ tag }) => tag === wanted);
  return found && Buffer.from(found.value);
}

function isHashOf(fields: readonly Field[], tag: number, content: Uint8Array): boolean | undefined {
  const value = findValue(fields, tag);
  const hash = value && HASH_BY_BYTES[value.length];
  if (!value || !hash || content.length === 0) return undefined;
  // A file may be stored with zeros behind it.
  const plain = content.subarray(0, content.findLastIndex((byte) => byte !== 0) + 1);
  return [content, plain].some((bytes) => createHash(hash).update(bytes).digest().equals(value));
}

/** RSA-1024 signs SHA-1, RSA-2048 SHA-256, P-384 SHA-384. */
function isSigned(options: {
  key: KeyObject;
  content: readonly Uint8Array[];
  signature: Uint8Array;
}): boolean {
  const { key, content } = options;
  const isEc = key.asymmetricKeyType === 'ec';
  const isShort = key.asymmetricKeyDetails?.modulusLength === 1_024;
  const hash = isEc ? 'sha384' : isShort ? 'sha1' : 'sha256';
  const signature = isEc ? signatureOf(options.signature) : options.signature;
  return verify(hash, Buffer.concat(content), key, signature);
}

function signatureOf(file: Uint8Array): Uint8Array {
  try {
    return file[0] === SEQUENCE ? derOf(file) : file;
  } catch {
    return file;
  }
}

function keyOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string {
  return `${type} ${details?.namedCurve ?? details?.modulusLength ?? ''}`.trim();
}
