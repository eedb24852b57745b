import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEmptyPinBlock, encodePinBlock } from '../../native-host/apdu/pin-block.ts';

const block = (pin: string) =>
  Buffer.from(encodePinBlock(Uint8Array.from(pin, Number)))
    .toString('hex')
    .toUpperCase();

const BLOCKS: readonly [string, string][] = [
  ['1234', '241234FFFFFFFFFF'],
  ['0000', '240000FFFFFFFFFF'],
  ['12345', '2512345FFFFFFFFF'],
  ['123456', '26123456FFFFFFFF'],
  ['12345678901', '2B12345678901FFF'],
  ['123456789012', '2C123456789012FF'],
];

for (const [pin, expected] of BLOCKS) {
  test(`a PIN of ${pin.length} digits is 2L, BCD and F padding (applet 1.8 manual, VERIFY)`, () => {
    assert.equal(block(pin), expected);
  });
}

test('refuses PINs of 3 and of 13 digits, and what is no digit', () => {
  for (const digits of [[1, 2, 3], new Array(13).fill(1), [1, 2, 3, 10], [1, 2, 3, 255]]) {
    assert.throws(() => encodePinBlock(Uint8Array.from(digits)), RangeError);
  }
});

test('the block without digits, for a keypad to fill in, is 20 and F padding (PC/SC part 10)', () => {
  assert.equal(
    Buffer.from(createEmptyPinBlock()).toString('hex').toUpperCase(),
    '20FFFFFFFFFFFFFF',
  );
});
