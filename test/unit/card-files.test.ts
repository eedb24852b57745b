/** Files of a card, held against what was asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkComplete, readCardFiles, type WantedFile } from '../../gateway/login/card-files.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const BARE = { identity: 'AAAA', identitySignature: 'AAAB', registerCertificate: 'AAAC' };
const ADDRESS = { file: 'AAAD', signature: 'AAAE' };
const FULL = { ...BARE, address: ADDRESS, photo: 'AAAF' };

test('decodes what was asked for, each file its own', () => {
  const files = readCardFiles(['identity', 'address', 'photo'], FULL);
  assert.deepEqual(files, {
    identity: Uint8Array.of(0, 0, 0),
    identitySignature: Uint8Array.of(0, 0, 1),
    registerCertificate: Uint8Array.of(0, 0, 2),
    address: { file: Uint8Array.of(0, 0, 3), signature: Uint8Array.of(0, 0, 4) },
    photo: Uint8Array.of(0, 0, 5),
  });
  assert.equal(readCardFiles(['identity'], undefined), undefined);
});

for (const [what, wanted, sent] of [
  ['any file', [], BARE],
  ['an address', ['identity', 'photo'], FULL],
  ['a photo', ['identity', 'address'], FULL],
  ['an address beside a birth date', ['birth-date'], { ...BARE, address: ADDRESS }],
  ['a photo beside a birth date', ['birth-date'], { ...BARE, photo: 'AAAF' }],
] as const) {
  test(`refuses ${what} that nobody asked for`, () => {
    throwsWithCode('MESSAGE_MALFORMED', () => readCardFiles(wanted, sent));
  });
}

test('misses an identity and an address that were asked for, and neither birth date nor photo', () => {
  const check = (wanted: WantedFile[], sent: typeof BARE | undefined) =>
    checkComplete(wanted, readCardFiles(wanted, sent));
  throwsWithCode('IDENTITY_INVALID', () => check(['identity'], undefined));
  throwsWithCode('IDENTITY_INVALID', () => check(['identity', 'address'], BARE));
  check(['identity', 'photo'], BARE);
  check(['birth-date'], undefined);
  check([], undefined);
});
