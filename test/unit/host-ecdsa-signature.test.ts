import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { encodeEcdsaSignature } from '../../native-host/login/ecdsa-signature.ts';

const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
/** A P-384 number from its last bytes. */
const number = (digits: string) => digits.padStart(96, '0');

const CASES: readonly [string, string, string, string][] = [
  ['small numbers lose their leading zeros', number('01'), number('7f'), '300602010102017f'],
  ['a first bit gets a zero in front', number('80'), number('ff'), '3008020200800' + '20200ff'],
  ['a zero inside stays', number('0100'), number('01'), '30070202010002' + '0101'],
];

for (const [name, r, s, expected] of CASES) {
  test(`DER of r and s: ${name} (X.690 §8.3)`, () => {
    assert.equal(toHex(encodeEcdsaSignature(Buffer.from(r + s, 'hex'))), expected);
  });
}

test('two full numbers with the first bit are 102 bytes of content, still a short length', () => {
  const der = encodeEcdsaSignature(new Uint8Array(96).fill(0xff));
  assert.equal(der.length, 104);
  assert.equal(toHex(der.slice(0, 5)), '3066023100');
});

test('a content of 128 bytes has its length in two bytes (X.690 §10.1)', () => {
  const der = encodeEcdsaSignature(new Uint8Array(126).fill(0xff));
  assert.equal(toHex(der.slice(0, 6)), '308184024000');
});

test('a zero is the card’s mistake, another length is ours', () => {
  const one = Buffer.from(number('01'), 'hex');
  const zero = new Uint8Array(48);
  for (const raw of [Buffer.concat([one, zero]), Buffer.concat([zero, one])]) {
    assert.throws(() => encodeEcdsaSignature(raw), { code: 'CARD_ERROR' });
  }
  for (const length of [0, 1, 95, 30, 128]) {
    assert.throws(() => encodeEcdsaSignature(new Uint8Array(length).fill(1)), RangeError);
  }
});

test('what it makes of real P-384 signatures verifies as DER (RFC 3279 §2.2.3)', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  for (let round = 0; round < 40; round += 1) {
    const message = Buffer.from([round]);
    const raw = sign('sha384', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    assert.ok(verify('sha384', message, publicKey, encodeEcdsaSignature(raw)));
  }
});
