import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  encodePinModifyStructure,
  encodePinVerifyStructure,
  FORMAT_STRING,
  FORMAT_STRING_WITHOUT_POSITION,
} from '../../native-host/pcsc/pin-structures.ts';
import { parseReaderFeatures } from '../../native-host/pcsc/reader-features.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex').toUpperCase();

const VERIFY = bytes('00 20 00 01 08 20 FFFFFFFFFFFFFF');
const CHANGE = bytes('00 24 00 01 10 20 FFFFFFFFFFFFFF 20 FFFFFFFFFFFFFF');
const LANGUAGES = [
  ['nl', '0813'],
  ['fr', '080C'],
  ['de', '0407'],
  ['en', '0409'],
] as const;

test('PIN_VERIFY_STRUCTURE is the one of the card facts, in four languages (§1.9)', () => {
  for (const [language, id] of LANGUAGES) {
    const made = encodePinVerifyStructure({
      command: VERIFY,
      language,
      formatString: FORMAT_STRING,
    });
    const expected = `1E1E894704 0C04 02 01 ${id} 00 000000 0D000000 ${hex(VERIFY)}`;
    assert.equal(hex(made), expected.replaceAll(' ', ''));
  }
});

test('PIN_MODIFY_STRUCTURE is the one of the card facts, in four languages (§1.9)', () => {
  for (const [language, id] of LANGUAGES) {
    const made = encodePinModifyStructure({
      command: CHANGE,
      language,
      formatString: FORMAT_STRING,
    });
    const expected = `1E1E894704 0008 0C04 03 02 03 ${id} 000102 000000 15000000 ${hex(CHANGE)}`;
    assert.equal(hex(made), expected.replaceAll(' ', ''));
  }
});

test('a reader that counts the length byte by itself gets bmFormatString 01 (§1.9)', () => {
  const options = { language: 'nl', formatString: FORMAT_STRING_WITHOUT_POSITION } as const;
  const verify = encodePinVerifyStructure({ ...options, command: VERIFY });
  const modify = encodePinModifyStructure({ ...options, command: CHANGE });
  assert.deepEqual([verify[2], modify[2]], [0x01, 0x01]);
});

test('a command with digits in its block, or of another length, makes no structure', () => {
  const options = { language: 'nl', formatString: FORMAT_STRING } as const;
  const typed = VERIFY.with(5, 0x24).with(6, 0x12).with(7, 0x34);
  const second = CHANGE.with(14, 0x12);
  for (const command of [typed, VERIFY.slice(0, -1), CHANGE, VERIFY.with(4, 0x10)]) {
    assert.throws(() => encodePinVerifyStructure({ ...options, command }), RangeError);
  }
  for (const command of [second, CHANGE.with(6, 0x11), VERIFY, CHANGE.with(4, 0x08)]) {
    assert.throws(() => encodePinModifyStructure({ ...options, command }), RangeError);
  }
});

test('a feature list gives the control code of each tag, big-endian (PC/SC part 10 §2.2)', () => {
  const features = parseReaderFeatures(bytes('06 04 42330006  07 04 FF330007  80 04 00000001'));
  assert.deepEqual(
    [...features],
    [
      [0x06, 0x42330006],
      [0x07, 0xff330007],
      [0x80, 1],
    ],
  );
});

test('an empty feature list is a list, the first code of a tag counts, and the code 0 is none', () => {
  assert.equal(parseReaderFeatures(new Uint8Array(0)).size, 0);
  const features = parseReaderFeatures(bytes('06 04 00000000  06 04 00000001  06 04 00000002'));
  assert.deepEqual([...features], [[0x06, 1]]);
});

test('a feature list that is cut off at any byte, or holds another length, is refused', () => {
  const list = bytes('06 04 42330006 07 04 42330007');
  for (let length = 1; length < list.length; length += 1) {
    const cut = list.slice(0, length);
    if (length === 6) assert.equal(parseReaderFeatures(cut).size, 1);
    else throwsWithCode('CARD_ERROR', () => parseReaderFeatures(cut));
  }
  for (const wrong of [0x00, 0x02, 0x03, 0x05, 0x08, 0xff]) {
    throwsWithCode('CARD_ERROR', () => parseReaderFeatures(list.with(1, wrong)));
    throwsWithCode('CARD_ERROR', () => parseReaderFeatures(list.with(7, wrong)));
  }
  throwsWithCode('CARD_ERROR', () => parseReaderFeatures(Uint8Array.of(...list, 0x00)));
});
