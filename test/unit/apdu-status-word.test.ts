import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyStatus, type StatusWord } from '../../native-host/apdu/status-word.ts';

const CASES: readonly [number, StatusWord][] = [
  [0x9000, { kind: 'ok' }],
  [0x6160, { kind: 'moreData', length: 96 }],
  [0x6100, { kind: 'moreData', length: 256 }],
  [0x6c1f, { kind: 'wrongLength', length: 31 }],
  [0x6c00, { kind: 'wrongLength', length: 256 }],
  [0x63c1, { kind: 'pinWrong', triesLeft: 1 }],
  [0x63c2, { kind: 'pinWrong', triesLeft: 2 }],
  [0x63cf, { kind: 'pinWrong', triesLeft: 15 }],
  [0x63c0, { kind: 'pinBlocked' }],
  [0x6983, { kind: 'pinBlocked' }],
  [0x6a82, { kind: 'notFound' }],
  [0x6b00, { kind: 'wrongParameters' }],
  [0x6283, { kind: 'notActivated' }],
  [0x6985, { kind: 'notActivated' }],
  [0x6300, { kind: 'error', sw: 0x6300 }],
  [0x63d0, { kind: 'error', sw: 0x63d0 }],
  [0x6982, { kind: 'error', sw: 0x6982 }],
  [0x6d00, { kind: 'error', sw: 0x6d00 }],
  [0x9001, { kind: 'error', sw: 0x9001 }],
  [0x0000, { kind: 'error', sw: 0x0000 }],
];

for (const [sw, expected] of CASES) {
  const name = sw.toString(16).toUpperCase().padStart(4, '0');
  test(`status ${name} is ${expected.kind} (ISO/IEC 7816-4 §5.6)`, () => {
    assert.deepEqual(classifyStatus(sw), expected);
  });
}

test('only 9000 is ok, over all 65,536 status words', () => {
  for (let sw = 0; sw <= 0xffff; sw += 1) {
    assert.equal(classifyStatus(sw).kind === 'ok', sw === 0x9000);
  }
});
