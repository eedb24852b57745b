/**
 * The library's own numbers, as they stand under a barcode: one digit that says of what (2 a member's card, 3 a copy of
 * a book), eight digits, and a check digit (Luhn: ISO/IEC 7812-1 annex B), so that a slip of the finger is no number.
 */

/** What a number is of. */
export type NumberKind = 'member' | 'copy';

const FIRST_DIGIT: Readonly<Record<NumberKind, string>> = { member: '2', copy: '3' };

/** The number with this serial, 0 to 99 999 999: ten digits. */
export function numberFor(kind: NumberKind, serial: number): string {
  if (!Number.isInteger(serial) || serial < 0 || serial > 99_999_999) {
    throw new RangeError('A serial has at most eight digits');
  }
  const digits = FIRST_DIGIT[kind] + String(serial).padStart(8, '0');
  return digits + checkDigitOf(digits);
}

/**
 * The ten digits of what somebody typed or scanned, without spaces, dots and hyphens; undefined when it is no number of
 * this kind or its check digit is wrong.
 */
export function findNumber(kind: NumberKind, typed: string): string | undefined {
  const digits = typed.slice(0, 40).replace(/[\s.-]+/g, '');
  if (!/^[0-9]{10}$/.test(digits) || digits[0] !== FIRST_DIGIT[kind]) return undefined;
  return checkDigitOf(digits.slice(0, 9)) === digits[9] ? digits : undefined;
}

/** Luhn: from the right, every second digit doubled. */
function checkDigitOf(digits: string): string {
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = index % 2 === 0 ? Number(digit) * 2 : Number(digit);
    sum += value > 9 ? value - 9 : value;
  }
  return String((10 - (sum % 10)) % 10);
}
