import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ByteReader,
  decodeBase64url,
  encodeBase64url,
  encodeUint,
  encodeVector,
  equalBytes,
} from '../../gateway/protocol/bytes.ts';
import { throwsWithCode } from '../kit/rejects.ts';

test('base64url: encodes without padding and decodes back (RFC 4648 §5)', () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 89 + length * 7) % 256);
    const text = encodeBase64url(bytes);
    assert.equal(text, Buffer.from(bytes).toString('base64url'));
    assert.deepEqual(decodeBase64url(text), bytes);
  }
});

test('base64url: refuses padding, other alphabets, impossible lengths and stray bits (RFC 4648 §3.5)', () => {
  for (const text of ['AA==', 'A+', 'A/', 'A', 'AB', 'AAB', ' AA', 'AA\n', 'ä']) {
    throwsWithCode('MESSAGE_MALFORMED', () => decodeBase64url(text));
  }
});

test('vectors: length in front, read back whole, and an error when cut or followed by bytes (RFC 8446 §3.4)', () => {
  for (const width of [1, 2, 3] as const) {
    const encoded = encodeVector(Uint8Array.of(1, 2, 3), width);
    const reader = new ByteReader(encoded);
    assert.deepEqual(reader.vector(width), Uint8Array.of(1, 2, 3));
    reader.end();
    for (let length = 0; length < encoded.length; length += 1) {
      throwsWithCode('MESSAGE_MALFORMED', () =>
        new ByteReader(encoded.subarray(0, length)).vector(width),
      );
    }
    const longer = new ByteReader(Uint8Array.of(...encoded, 0));
    longer.vector(width);
    throwsWithCode('MESSAGE_MALFORMED', () => longer.end());
  }
});

test('numbers: big-endian, and a RangeError when they do not fit (RFC 8446 §3.3)', () => {
  assert.deepEqual(encodeUint(0x010203, 3), Uint8Array.of(1, 2, 3));
  for (const [value, width] of [
    [256, 1],
    [65_536, 2],
    [-1, 1],
    [1.5, 2],
  ] as const) {
    assert.throws(() => encodeUint(value, width), RangeError);
  }
});

test('comparison: equal only when every byte is', () => {
  assert.equal(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), true);
  assert.equal(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false);
  assert.equal(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0)), false);
});
