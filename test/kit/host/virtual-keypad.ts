/**
 * The keypad of a reader in this process: builds the PIN blocks from what a person types and sends them to the
 * card, as a part 10 reader does. It shares no code with the host. TEST ONLY.
 */
import assert from 'node:assert/strict';
import type { Language } from '../../../gateway/protocol/fields.ts';
import type { ReaderKeypad } from '../../../native-host/card/readers.ts';

/** What the person types: a PIN for each prompt; or the reader's own status in place of that (6401 cancelled). */
export type KeypadFingers = (prompt: {
  readonly kind: 'verify' | 'change';
  readonly language: Language;
}) => readonly string[] | number;

const EMPTY_BLOCK = '20FFFFFFFFFFFFFF';
const DIFFERENT = 0x6402;
const WRONG_LENGTH = 0x6403;

/** Creates a keypad whose commands go to the card by `transmit`. */
export function createVirtualKeypad(
  fingers: KeypadFingers,
  transmit: (command: Uint8Array) => Promise<Uint8Array>,
): ReaderKeypad {
  const send = (header: string, pins: readonly string[]) => {
    if (pins.some((pin) => !/^\d{4,12}$/.test(pin))) return statusOf(WRONG_LENGTH);
    return transmit(Uint8Array.from(Buffer.from(header + pins.map(blockOf).join(''), 'hex')));
  };
  return {
    async verifyPin(command, language) {
      assert.equal(toHex(command), `0020000108${EMPTY_BLOCK}`);
      const typed = fingers({ kind: 'verify', language });
      if (typeof typed === 'number') return statusOf(typed);
      assert.equal(typed.length, 1);
      return send('0020000108', typed);
    },
    async changePin(command, language) {
      assert.equal(toHex(command), `0024000110${EMPTY_BLOCK}${EMPTY_BLOCK}`);
      const typed = fingers({ kind: 'change', language });
      if (typeof typed === 'number') return statusOf(typed);
      const [pin = '', newPin = '', repeated = ''] = typed;
      return newPin === repeated ? send('0024000110', [pin, newPin]) : statusOf(DIFFERENT);
    },
  };
}

function blockOf(pin: string): string {
  return `2${pin.length.toString(16)}${pin}`.padEnd(16, 'F');
}

function statusOf(status: number): Uint8Array {
  return Uint8Array.of(status >> 8, status & 0xff);
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
