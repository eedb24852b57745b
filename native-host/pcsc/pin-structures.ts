/**
 * What a reader's keypad is told (PC/SC part 10 §2.5): PIN_VERIFY_STRUCTURE and PIN_MODIFY_STRUCTURE for the PIN
 * block of the Belgian card, `2L` and digits in BCD. Bytes only; no reader here. No PIN is ever in them.
 */
import { concatBytes, equalBytes } from '../../gateway/protocol/bytes.ts';
import type { Language } from '../../gateway/protocol/fields.ts';

/** bmFormatString: BCD, left-justified, after one byte. */
export const FORMAT_STRING = 0x89;
/** The same for readers that count the byte in front of the digits by themselves. */
export const FORMAT_STRING_WITHOUT_POSITION = 0x01;

/** How a structure is made. */
export interface PinStructureOptions {
  /** The command with an empty block in the place of each PIN. */
  readonly command: Uint8Array;
  /** Of the prompts on the reader's display. */
  readonly language: Language;
  /** {@link FORMAT_STRING}, unless the reader wants it otherwise. */
  readonly formatString: number;
}

/** A PIN block without digits: what the reader writes length and digits into. */
const EMPTY_BLOCK = Uint8Array.of(0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
const BLOCK_BYTES = EMPTY_BLOCK.length;
const HEADER_BYTES = 5;

/** Seconds until the first key, and then until the next one. */
const TIMEOUTS = [0x1e, 0x1e];
/** bmPINBlockString: the length takes 4 bits, the block 7 bytes. bmPINLengthFormat: it stands at bit 4. */
const BLOCK_FORMAT = [0x47, 0x04];
/** wPINMaxExtraDigit: 12 digits at most, 4 at least. */
const DIGITS = [0x0c, 0x04];
/** bEntryValidationCondition: the OK key. */
const OK_KEY = 0x02;
/** bTeoPrologue: T=1 only. */
const NO_PROLOGUE = [0x00, 0x00, 0x00];

/**
 * wLangId as the middleware that these readers were made for writes it: high byte first. A reader that takes it the
 * other way round shows its prompts in its own language.
 */
const LANGUAGE_ID: Readonly<Record<Language, readonly [number, number]>> = {
  nl: [0x08, 0x13],
  fr: [0x08, 0x0c],
  de: [0x04, 0x07],
  en: [0x04, 0x09],
};

/**
 * PIN_VERIFY_STRUCTURE for a VERIFY.
 *
 * | offset | field                     | bytes    | meaning                             |
 * | ------ | ------------------------- | -------- | ----------------------------------- |
 * | 0      | bTimerOut, bTimerOut2     | 1E 1E    | 30 s to the first key, 30 s after   |
 * | 2      | bmFormatString            | 89       | BCD, left, one byte in              |
 * | 3      | bmPINBlockString          | 47       | length of 4 bits, block of 7 bytes  |
 * | 4      | bmPINLengthFormat         | 04       | length at bit 4                     |
 * | 5      | wPINMaxExtraDigit         | 0C 04    | at most 12, at least 4              |
 * | 7      | bEntryValidationCondition | 02       | OK key                              |
 * | 8      | bNumberMessage            | 01       | one prompt                          |
 * | 9      | wLangId                   | 08 13    | nl; fr 08 0C, de 04 07, en 04 09    |
 * | 11     | bMsgIndex                 | 00       | "enter PIN"                         |
 * | 12     | bTeoPrologue              | 00 00 00 | not T=1                             |
 * | 15     | ulDataLength              | 0D 00 00 00 | of the command, little-endian    |
 * | 19     | abData                    | 00 20 00 01 08 20 FF×7 | the command           |
 *
 * @throws {RangeError} When the command is of another length or its block is not empty.
 * @see PC/SC part 10, PIN_VERIFY_STRUCTURE
 */
export function encodePinVerifyStructure(options: PinStructureOptions): Uint8Array<ArrayBuffer> {
  const { command, language, formatString } = options;
  checkCommand(command, 1);
  return concatBytes(
    Uint8Array.of(...TIMEOUTS, formatString, ...BLOCK_FORMAT, ...DIGITS, OK_KEY),
    Uint8Array.of(0x01, ...LANGUAGE_ID[language], 0x00, ...NO_PROLOGUE),
    encodeLength(command),
    command,
  );
}

/**
 * PIN_MODIFY_STRUCTURE for a CHANGE REFERENCE DATA: the old PIN, the new one, the new one again.
 *
 * | offset | field                     | bytes    | meaning                             |
 * | ------ | ------------------------- | -------- | ----------------------------------- |
 * | 0      | bTimerOut, bTimerOut2     | 1E 1E    | 30 s to the first key, 30 s after   |
 * | 2      | bmFormatString            | 89       | BCD, left, one byte in              |
 * | 3      | bmPINBlockString          | 47       | length of 4 bits, block of 7 bytes  |
 * | 4      | bmPINLengthFormat         | 04       | length at bit 4                     |
 * | 5      | bInsertionOffsetOld       | 00       | block of the old PIN                |
 * | 6      | bInsertionOffsetNew       | 08       | block of the new PIN                |
 * | 7      | wPINMaxExtraDigit         | 0C 04    | at most 12, at least 4              |
 * | 9      | bConfirmPIN               | 03       | old PIN asked, new PIN asked twice  |
 * | 10     | bEntryValidationCondition | 02       | OK key                              |
 * | 11     | bNumberMessage            | 03       | three prompts                       |
 * | 12     | wLangId                   | 08 13    | nl; fr 08 0C, de 04 07, en 04 09    |
 * | 14     | bMsgIndex1, 2, 3          | 00 01 02 | "PIN", "new PIN", "new PIN again"   |
 * | 17     | bTeoPrologue              | 00 00 00 | not T=1                             |
 * | 20     | ulDataLength              | 15 00 00 00 | of the command, little-endian    |
 * | 24     | abData                    | 00 24 00 01 10 20 FF×7 20 FF×7 | the command   |
 *
 * @throws {RangeError} When the command is of another length or a block is not empty.
 * @see PC/SC part 10, PIN_MODIFY_STRUCTURE
 */
export function encodePinModifyStructure(options: PinStructureOptions): Uint8Array<ArrayBuffer> {
  const { command, language, formatString } = options;
  checkCommand(command, 2);
  return concatBytes(
    Uint8Array.of(...TIMEOUTS, formatString, ...BLOCK_FORMAT, 0x00, BLOCK_BYTES, ...DIGITS),
    Uint8Array.of(0x03, OK_KEY, 0x03, ...LANGUAGE_ID[language], 0x00, 0x01, 0x02, ...NO_PROLOGUE),
    encodeLength(command),
    command,
  );
}

/** A PIN that was typed on this computer has no business in a structure for a keypad. */
function checkCommand(command: Uint8Array, blocks: number): void {
  const isShaped =
    command.length === HEADER_BYTES + blocks * BLOCK_BYTES &&
    command[HEADER_BYTES - 1] === blocks * BLOCK_BYTES;
  if (!isShaped) throw new RangeError('command of another length');
  for (let offset = HEADER_BYTES; offset < command.length; offset += BLOCK_BYTES) {
    if (!equalBytes(command.subarray(offset, offset + BLOCK_BYTES), EMPTY_BLOCK)) {
      throw new RangeError('PIN block that is not empty');
    }
  }
}

/** ulDataLength: 4 bytes, little-endian. */
function encodeLength(command: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, command.length, true);
  return bytes;
}
