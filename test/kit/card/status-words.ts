/**
 * Status words of the virtual Belgian card, and the two shapes of a response. TEST ONLY.
 * ISO/IEC 7816-4 §5.6; the values are those of the applets' manuals (card facts §1).
 */

export const SUCCESS = 0x9000;
export const WRONG_LENGTH = 0x6700;
export const CLASS_UNKNOWN = 0x6e00;
export const INSTRUCTION_UNKNOWN = 0x6d00;
export const FILE_NOT_STRUCTURED = 0x6981;
export const SECURITY_NOT_SATISFIED = 0x6982;
export const PIN_BLOCKED = 0x6983;
export const CONDITIONS_NOT_SATISFIED = 0x6985;
export const NO_CURRENT_FILE = 0x6986;
export const WRONG_DATA = 0x6a80;
export const FILE_NOT_FOUND = 0x6a82;
export const RECORD_NOT_FOUND = 0x6a83;
export const WRONG_P1_P2 = 0x6a86;
export const LENGTH_CONTRADICTS_P1_P2 = 0x6a87;
export const REFERENCE_NOT_FOUND = 0x6a88;
export const WRONG_OFFSET_OR_P1_P2 = 0x6b00;
export const ALGORITHM_UNKNOWN = 0x9484;

/** Builds a response without data: SW1 SW2. */
export function status(statusWord: number): Uint8Array {
  return Uint8Array.of(statusWord >> 8, statusWord & 0xff);
}

/** Builds a response with data and 9000. */
export function answer(data: Uint8Array): Uint8Array {
  return Uint8Array.of(...data, 0x90, 0x00);
}

/** Builds 6Cxx: repeat with this Le (256 is written 00). No data goes with it. */
export function exactLength(length: number): Uint8Array {
  return Uint8Array.of(0x6c, length & 0xff);
}

/** Builds 63Cx: the PIN was wrong, or nobody showed it yet, and `triesLeft` tries remain. */
export function triesLeftStatus(triesLeft: number): Uint8Array {
  return Uint8Array.of(0x63, 0xc0 | triesLeft);
}
