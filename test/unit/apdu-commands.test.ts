import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  APPLET_AID,
  changeReferenceData,
  computeDigitalSignature,
  FILE,
  getCardData,
  getCardDataWithTries,
  getResponse,
  logOff,
  queryPinTries,
  readBinary,
  readRecord,
  selectApplication,
  selectPath,
  setSignatureEnvironment,
  verifyPin,
} from '../../native-host/apdu/command-apdu.ts';

const PIN_BLOCK = Uint8Array.from(Buffer.from('241234FFFFFFFFFF', 'hex'));
const NEW_PIN_BLOCK = Uint8Array.from(Buffer.from('26567890FFFFFFFF', 'hex'));

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();

const COMMANDS: readonly [string, Uint8Array, string][] = [
  [
    'SELECT of the applet',
    selectApplication(APPLET_AID),
    `00A4040C0FA00000003029057000AD13100101FF`,
  ],
  [
    'SELECT of the authentication certificate by path',
    selectPath([FILE.master, FILE.belpic, FILE.authenticationCertificate]),
    '00A4080C063F00DF005038',
  ],
  ['SELECT of DF00 by path', selectPath([FILE.master, FILE.belpic]), '00A4080C043F00DF00'],
  ['GET CARD DATA', getCardData(), '80E400001C'],
  ['GET CARD DATA with tries (applet 1.8)', getCardDataWithTries(), '80E400011F'],
  ['READ BINARY of 256 bytes', readBinary({ offset: 0, length: 256 }), '00B0000000'],
  [
    'READ BINARY of one byte at the far end',
    readBinary({ offset: 0x7fff, length: 1 }),
    '00B07FFF01',
  ],
  ['READ BINARY at 256', readBinary({ offset: 256, length: 255 }), '00B00100FF'],
  [
    'MSE SET for ECDSA SHA-384 with the authentication key',
    setSignatureEnvironment({ algorithm: 0x02, key: 0x82 }),
    '002241B6050480028482',
  ],
  ['VERIFY', verifyPin(PIN_BLOCK), '0020000108241234FFFFFFFFFF'],
  ['VERIFY without data, all five bytes of its T=0 header', queryPinTries(), '0020000100'],
  [
    'CHANGE REFERENCE DATA',
    changeReferenceData({ pinBlock: PIN_BLOCK, newPinBlock: NEW_PIN_BLOCK }),
    '0024000110241234FFFFFFFFFF26567890FFFFFFFF',
  ],
  [
    'MSE SET for RSA PSS SHA-256 (applet 1.7)',
    setSignatureEnvironment({ algorithm: 0x20, key: 0x82 }),
    '002241B6050480208482',
  ],
  [
    'SELECT of the identity file by path',
    selectPath([FILE.master, FILE.identityDirectory, FILE.identity]),
    '00A4080C063F00DF014031',
  ],
  ['READ RECORD of the first names (applet 1.8)', readRecord(0x08), '80B2080800'],
  [
    'PSO: COMPUTE DIGITAL SIGNATURE',
    computeDigitalSignature(new Uint8Array(48).fill(0xab)),
    `002A9E9A30${'AB'.repeat(48)}`,
  ],
  ['GET RESPONSE of 96 bytes', getResponse(96), '00C0000060'],
  ['GET RESPONSE of 256 bytes', getResponse(256), '00C0000000'],
  ['LOG OFF', logOff(), '80E60000'],
];

for (const [name, command, expected] of COMMANDS) {
  test(`${name} is ${expected.slice(0, 26)} (ISO/IEC 7816-4)`, () => {
    assert.equal(hex(command), expected);
  });
}

const REFUSED: readonly [string, () => unknown][] = [
  ['an AID of 4 bytes', () => selectApplication(new Uint8Array(4))],
  ['an AID of 17 bytes', () => selectApplication(new Uint8Array(17))],
  ['an empty path', () => selectPath([])],
  ['a path of nine files', () => selectPath(new Array<number>(9).fill(0x3f00))],
  ['a file identifier of three bytes', () => selectPath([0x10000])],
  ['an offset with bit 8 of P1', () => readBinary({ offset: 0x8000, length: 1 })],
  ['a negative offset', () => readBinary({ offset: -1, length: 1 })],
  ['reading nothing', () => readBinary({ offset: 0, length: 0 })],
  ['reading 257 bytes', () => readBinary({ offset: 0, length: 257 })],
  ['an algorithm of two bytes', () => setSignatureEnvironment({ algorithm: 256, key: 0x82 })],
  ['a negative key', () => setSignatureEnvironment({ algorithm: 2, key: -1 })],
  ['an empty PIN block', () => verifyPin(new Uint8Array(0))],
  ['a PIN block of 9 bytes', () => verifyPin(new Uint8Array(9))],
  [
    'a short old PIN block',
    () => changeReferenceData({ pinBlock: new Uint8Array(7), newPinBlock: PIN_BLOCK }),
  ],
  [
    'a long new PIN block',
    () => changeReferenceData({ pinBlock: PIN_BLOCK, newPinBlock: new Uint8Array(9) }),
  ],
  ['a record tag of two bytes', () => readRecord(0x100)],
  ['a hash of 19 bytes', () => computeDigitalSignature(new Uint8Array(19))],
  ['a hash of 65 bytes', () => computeDigitalSignature(new Uint8Array(65))],
  ['a response of no bytes', () => getResponse(0)],
  ['a response of 257 bytes', () => getResponse(257)],
];

for (const [name, build] of REFUSED) {
  test(`refuses to build a command with ${name}`, () => {
    assert.throws(build, RangeError);
  });
}
