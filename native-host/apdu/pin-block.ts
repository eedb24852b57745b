/** The PIN block of the Belgian eID applet (GlobalPlatform format). Holds a PIN: whoever asked for it wipes it. */

/** Fewest and most digits of a PIN (applet 1.8 reference manual). */
export const PIN_DIGITS = { min: 4, max: 12 } as const;

/**
 * Encodes a PIN as 8 bytes: `2L`, the digits two to a byte, `F` for each nibble left over.
 * 1234 is `24 12 34 FF FF FF FF FF`.
 * @param digits 4 to 12 numbers from 0 to 9, not characters.
 * @throws {RangeError} When there are fewer or more, or one is no digit.
 */
export function encodePinBlock(digits: Uint8Array): Uint8Array<ArrayBuffer> {
  if (digits.length < PIN_DIGITS.min || digits.length > PIN_DIGITS.max) {
    throw new RangeError('PIN of other than 4 to 12 digits');
  }
  if (digits.some((digit) => digit > 9))
    throw new RangeError('PIN with something else than digits');
  const block = new Uint8Array(8).fill(0xff);
  block[0] = 0x20 | digits.length;
  for (const [index, digit] of digits.entries()) {
    const position = 1 + (index >> 1);
    block[position] =
      index % 2 === 0 ? (digit << 4) | 0x0f : ((block[position] ?? 0) & 0xf0) | digit;
  }
  return block;
}

/** The PIN block without digits, which a reader's own keypad fills in: 20 FF FF FF FF FF FF FF (PC/SC part 10). */
export function createEmptyPinBlock(): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(8).fill(0xff);
  block[0] = 0x20;
  return block;
}
