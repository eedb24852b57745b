/**
 * The TLV encoding of the identity and address files of a Belgian card (card facts §3.1): one byte
 * of tag, one of length, zeros at the end. It knows no field; a signature is not its business.
 */
import { KidsIdError } from '../protocol/errors.ts';

/** Contents by tag; views of the file. */
export type CardFields = ReadonlyMap<number, Uint8Array>;

/** First element of files since applet 1.8; anywhere later the same byte ends the data. */
const VERSION_TAG = 0x00;
const VERSION_BYTES = 2;

/** From here on the readers in the field disagree on what a length byte means (card facts §3.1). */
const FIRST_DOUBTFUL_LENGTH = 0x80;

const CONTROL_CHARACTER = /\p{Cc}/u;

/**
 * Parses a file to the fields in `maxBytesOf` (tag → longest content). Others are skipped as the
 * format wants it, but not without a look: no tag may stand twice, known or not, and after the end
 * of the data there may be zeros only. Their order is free: no source fixes it.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function parseCardFile(
  file: Uint8Array,
  options: { maxBytes: number; maxBytesOf: ReadonlyMap<number, number> },
): CardFields {
  if (file.length > options.maxBytes) throw invalid('card file too large');
  const seen = new Set<number>();
  const fields = new Map<number, Uint8Array>();
  for (let offset = skipVersion(file); offset < file.length; ) {
    const tag = byteAt(file, offset);
    if (tag === VERSION_TAG) {
      checkPadding(file.subarray(offset));
      break;
    }
    if (seen.has(tag)) throw invalid('field of a card file stands twice');
    seen.add(tag);
    const content = readContent(file, offset + 1);
    const maxBytes = options.maxBytesOf.get(tag);
    if (maxBytes !== undefined) {
      if (content.length > maxBytes) throw invalid('field of a card file too long');
      fields.set(tag, content);
    }
    offset += 2 + content.length;
  }
  return fields;
}

/**
 * The bytes of a field that must be there.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function getBytes(fields: CardFields, tag: number): Uint8Array {
  const content = fields.get(tag);
  if (content === undefined) throw invalid('card file without a field that it must have');
  return content;
}

/**
 * The text of a field that must be there: UTF-8, no control characters; blanks around it are left
 * out.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function getText(fields: CardFields, tag: number): string {
  const text = decodeUtf8(getBytes(fields, tag));
  if (CONTROL_CHARACTER.test(text)) throw invalid('control character in a card file');
  return text.trim();
}

function skipVersion(file: Uint8Array): number {
  if (file[0] !== VERSION_TAG) return 0;
  const content = readContent(file, 1);
  if (content.length !== VERSION_BYTES) throw invalid('version of a card file is no version');
  return 2 + content.length;
}

/** @param start Where the length byte stands. */
function readContent(file: Uint8Array, start: number): Uint8Array {
  const length = byteAt(file, start);
  const end = start + 1 + length;
  if (length >= FIRST_DOUBTFUL_LENGTH) throw invalid('length of a field that is not taken');
  if (end > file.length) throw invalid('card file ends early');
  return file.subarray(start + 1, end);
}

function checkPadding(rest: Uint8Array): void {
  if (rest.some((byte) => byte !== 0)) throw invalid('data after the end of a card file');
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // No cause: the decoder's error is no help, and could quote what it read
    throw invalid('text of a card file is not UTF-8');
  }
}

function byteAt(file: Uint8Array, offset: number): number {
  const byte = file[offset];
  if (byte === undefined) throw invalid('card file ends early');
  return byte;
}

function invalid(message: string): KidsIdError {
  return new KidsIdError('IDENTITY_INVALID', message);
}
