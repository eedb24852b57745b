/** The PIN while it is typed: digits in one array of numbers, which is overwritten after use. */

/** Bounds of a PIN (card facts: 4 to 12 digits). */
export const PIN_MIN_DIGITS = 4;
export const PIN_MAX_DIGITS = 12;

export interface PinEntry {
  /** How many digits were typed. */
  count(): number;
  /** Adds a digit, 0 to 9; a thirteenth is ignored. */
  add(digit: number): void;
  /** Takes the last digit away. */
  erase(): void;
  /** True from four digits on. */
  isComplete(): boolean;
  /** Lends the digits to `use`, then overwrites them. `use` may not keep them. */
  spend(use: (digits: readonly number[]) => void): void;
  /** Overwrites the digits. */
  clear(): void;
}

/** Creates an empty entry. */
export function createPinEntry(): PinEntry {
  const digits: number[] = [];

  function clear(): void {
    digits.fill(0);
    digits.length = 0;
  }

  return {
    count: () => digits.length,
    add(digit) {
      if (digits.length < PIN_MAX_DIGITS) digits.push(digit);
    },
    erase() {
      if (digits.length === 0) return;
      digits[digits.length - 1] = 0;
      digits.pop();
    },
    isComplete: () => digits.length >= PIN_MIN_DIGITS,
    spend(use) {
      try {
        use(digits);
      } finally {
        clear();
      }
    },
    clear,
  };
}
