import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddressFile } from '../../gateway/identity/address-file.ts';
import { getBytes, getText, parseCardFile } from '../../gateway/identity/card-file.ts';
import { type CardField, encodeAddressFile, encodeCardFields } from '../kit/pki/identity-file.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const LIMITS = {
  maxBytes: 64,
  maxBytesOf: new Map([
    [1, 4],
    [2, 4],
  ]),
};
const parse = (...fields: CardField[]) => parseCardFile(encodeCardFields(fields), LIMITS);
const parseBytes = (...bytes: number[]) => parseCardFile(Uint8Array.from(bytes), LIMITS);

test('reads known fields and skips unknown ones (card facts §3.1)', () => {
  const fields = parse([1, 'ab'], [0x77, 'unknown'], [2, Uint8Array.of(0, 0)]);
  assert.deepEqual([...fields.keys()], [1, 2]);
  assert.equal(getText(fields, 1), 'ab');
  assert.deepEqual(getBytes(fields, 2), Uint8Array.of(0, 0));
});

test('takes fields in any order, which no source fixes', () => {
  assert.equal(getText(parse([2, 'b'], [1, 'a']), 1), 'a');
});

test('takes tag 00 as the version in front only, and as the end anywhere else (card facts §3.1)', () => {
  assert.deepEqual([...parse([0, Uint8Array.of(0, 5)], [1, 'a']).keys()], [1]);
  assert.deepEqual([...parseBytes(1, 1, 0x61, 0).keys()], [1]);
  assert.deepEqual([...parseBytes(1, 1, 0x61, 0, 0, 0).keys()], [1]);
  assert.deepEqual([...parseBytes().keys()], []);
});

const MALFORMED: readonly [why: string, bytes: readonly number[]][] = [
  ['whose version has another length', [0, 1, 5, 1, 1, 0x61]],
  ['of zeros', [0, 0, 0, 0]],
  ['with a second version', [0, 2, 0, 5, 0, 2, 0, 5]],
  ['with a field after the end of the data', [1, 1, 0x61, 0, 0, 2, 1, 0x62]],
  ['with the same tag twice', [1, 1, 0x61, 1, 1, 0x62]],
  ['with the same unknown tag twice', [0x77, 1, 0x61, 0x77, 1, 0x61]],
  ['that ends after a tag', [1, 1, 0x61, 2]],
  ['that ends inside a field', [1, 3, 0x61, 0x62]],
  ['with a field longer than its limit (card facts §3.2)', [1, 5, 1, 1, 1, 1, 1]],
  ['longer than its limit', [1, 1, 0x61, ...new Array<number>(62).fill(0)]],
];

for (const [why, bytes] of MALFORMED) {
  test(`rejects a card file ${why}`, () => {
    throwsWithCode('IDENTITY_INVALID', () => parseCardFile(Uint8Array.from(bytes), LIMITS));
  });
}

test('rejects a length of 128 and more, which readers do not agree on (card facts §3.1)', () => {
  const limits = { ...LIMITS, maxBytes: 1024 };
  const field = (bytes: number) => Buffer.of(0x77, bytes, ...new Array<number>(bytes).fill(1));
  assert.deepEqual([...parseCardFile(field(127), limits).keys()], []);
  for (const bytes of [128, 129, 254, 255]) {
    throwsWithCode('IDENTITY_INVALID', () => parseCardFile(field(bytes), limits));
  }
});

test('reads text as UTF-8 without the blanks around it', () => {
  assert.equal(getText(parse([1, ' é ']), 1), 'é');
});

for (const [why, content] of [
  ['that is not UTF-8', Uint8Array.of(0xe9)],
  ['in an overlong form of UTF-8', Uint8Array.of(0xc1, 0xa1)],
  ['that is half of a surrogate pair', Uint8Array.of(0xed, 0xa0, 0x80)],
  ['with a line feed', Uint8Array.of(0x61, 0x0a)],
  ['with a zero', Uint8Array.of(0x61, 0x00)],
  ['with a control character of ISO 8859', Uint8Array.of(0xc2, 0x85)],
] as const) {
  test(`rejects text ${why}`, () => {
    throwsWithCode('IDENTITY_INVALID', () => getText(parse([1, content]), 1));
  });
}

test('rejects a file without a field that it must have', () => {
  throwsWithCode('IDENTITY_INVALID', () => getBytes(parse([1, 'a']), 2));
});

test('reads an address with zeros behind it and without (card facts §2)', () => {
  const expected = { street: 'Teststraat 1', postalCode: '1000', municipality: 'Brussel' };
  for (const applet of ['1.7', '1.8'] as const) {
    const file = encodeAddressFile(applet);
    assert.deepEqual(parseAddressFile(file), expected);
    assert.deepEqual(parseAddressFile(Buffer.concat([file, Buffer.alloc(60)])), expected);
  }
});

test('reads an address of which a part is empty', () => {
  const file = encodeCardFields([
    [1, ''],
    [2, '1000'],
    [3, 'Brussel'],
  ]);
  assert.equal(parseAddressFile(file).street, '');
});

test('rejects an address file cut at any byte, and one with a byte more', () => {
  const file = encodeAddressFile('1.8');
  for (let length = 0; length < file.length; length++) {
    throwsWithCode('IDENTITY_INVALID', () => parseAddressFile(file.subarray(0, length)));
  }
  throwsWithCode('IDENTITY_INVALID', () => parseAddressFile(Buffer.concat([file, Buffer.of(4)])));
});

test('rejects an address file above 512 bytes, even of zeros', () => {
  const file = encodeAddressFile('1.8');
  const padded = Buffer.concat([file, Buffer.alloc(513 - file.length)]);
  throwsWithCode('IDENTITY_INVALID', () => parseAddressFile(padded));
});
