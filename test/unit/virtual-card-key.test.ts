/** What the keys of the virtual card sign, judged by node:crypto (card facts §1.6 and §1.7). */
import assert from 'node:assert/strict';
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  verify,
  X509Certificate,
} from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestContents, fromHex, readFile, send, toHex } from '../kit/card/card-fixture.ts';
import { signDigest } from '../kit/card/ecdsa.ts';
import {
  createVirtualCard,
  type VirtualCard,
  type VirtualCardOptions,
} from '../kit/card/virtual-card.ts';

const VERIFY = '0020000108241234FFFFFFFFFF';

describe('the keys of the virtual card', () => {
  let contents: CardContents;

  before(async () => {
    contents = await createTestContents('emma');
  });

  function powered(options?: VirtualCardOptions): VirtualCard {
    const card = createVirtualCard(contents, options);
    card.powerOn();
    return card;
  }

  function isSignature(key: KeyObject, hash: string, message: Uint8Array, signature: Uint8Array) {
    return verify(hash, message, { key, dsaEncoding: 'ieee-p1363' }, signature);
  }

  function signOnCard(card: VirtualCard, algorithm: string, digest: Uint8Array): Uint8Array {
    const mse = `002241B6050480${algorithm}8482`;
    const pso = `002A9E9A${digest.length.toString(16)}${toHex(digest)}`;
    assert.equal(send(card, '00A4080C02DF00', mse, VERIFY, pso), '6160');
    const response = send(card, '00C0000060');
    assert.equal(response.slice(-4), '9000');
    return fromHex(response.slice(0, -4));
  }

  it('signs 96 bytes r ‖ s that verify under the certificate on the card (§1.6)', () => {
    const card = powered();
    const key = new X509Certificate(readFile(card, 'DF005038')).publicKey;
    const message = randomBytes(100);
    const signature = signOnCard(card, '02', createHash('sha384').update(message).digest());
    assert.equal(signature.length, 96);
    assert.ok(isSignature(key, 'sha384', message, signature));
    assert.ok(!isSignature(key, 'sha384', randomBytes(100), signature));
  });

  for (const [algorithm, hash] of [
    ['01', 'sha256'],
    ['02', 'sha384'],
    ['04', 'sha512'],
    ['08', 'sha3-256'],
    ['10', 'sha3-384'],
    ['20', 'sha3-512'],
    ['40', 'sha1'],
    ['40', 'sha224'],
    ['40', 'sha256'],
    ['40', 'sha384'],
    ['40', 'sha512'],
  ] as const) {
    it(`signs a ${hash} digest with algorithm ${algorithm} (§1.6)`, () => {
      const card = powered();
      const key = new X509Certificate(readFile(card, 'DF005038')).publicKey;
      const message = randomBytes(64);
      const signature = signOnCard(card, algorithm, createHash(hash).update(message).digest());
      assert.ok(isSignature(key, hash, message, signature));
    });
  }

  it('refuses each digest length that the algorithm does not take (§1.6)', () => {
    const taken = new Map([
      ['01', [32]],
      ['02', [48]],
      ['04', [64]],
      ['40', [20, 28, 32, 48, 64]],
    ]);
    const card = powered();
    for (const [algorithm, lengths] of taken) {
      send(card, '00A4080C02DF00', `002241B6050480${algorithm}8482`, VERIFY);
      for (let length = 0; length <= 80; length++) {
        const lc = length.toString(16).padStart(2, '0');
        const expected = lengths.includes(length) ? '6160' : '6700';
        assert.equal(send(card, `002A9E9A${lc}${'5A'.repeat(length)}`), expected);
      }
    }
  });

  it('gives a signature in parts that add up (§6.3)', () => {
    const card = powered();
    const key = new X509Certificate(readFile(card, 'DF005038')).publicKey;
    const digest = createHash('sha384').update('message').digest();
    send(card, '00A4080C02DF00', '002241B6050480028482', VERIFY, `002A9E9A30${toHex(digest)}`);
    const first = send(card, '00C0000040');
    const second = send(card, '00C0000020');
    assert.equal(first.slice(-4), '6120');
    assert.equal(second.slice(-4), '9000');
    const signature = fromHex(first.slice(0, -4) + second.slice(0, -4));
    assert.ok(isSignature(key, 'sha384', Buffer.from('message'), signature));
  });

  it('proves the chip under EF(4040), whose hash the identity file holds (§1.7)', () => {
    const card = powered();
    const spki = Buffer.from(readFile(card, 'DF014040'));
    assert.equal(spki.length, 120);
    const challenge = randomBytes(40);
    const digest = createHash('sha384').update(challenge).digest();
    assert.equal(send(card, `00880281329430${toHex(digest)}`), '6160');
    const signature = fromHex(send(card, '00C0000060').slice(0, -4));
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    assert.ok(isSignature(key, 'sha384', challenge, signature));
    const record = send(card, '00A4080C04DF014031', '80B21A1A32');
    assert.equal(record, `1a30${createHash('sha384').update(spki).digest('hex')}9000`);
  });

  it('limits chip authentication until the next right PIN (§1.7)', () => {
    const card = powered({ basicKeyUsesLeft: 1 });
    const authenticate = `00880281329430${'5A'.repeat(48)}`;
    assert.equal(send(card, authenticate), '6160');
    card.reset();
    assert.equal(send(card, authenticate), '6985');
    assert.equal(send(card, VERIFY, authenticate), '6160');
  });

  it('does not sign and gives no user certificate before activation (§7)', () => {
    const card = powered({ activated: false });
    assert.equal(send(card, '00A4080C04DF005038'), '6985');
    assert.equal(send(card, '00A4080C04DF00503A'), '9000');
    const pso = `002A9E9A30${'5A'.repeat(48)}`;
    assert.equal(send(card, '00A4080C02DF00', '002241B6050480028482', VERIFY, pso), '6985');
    assert.equal(send(card, `00880281329430${'5A'.repeat(48)}`), '6985');
  });

  it('signs digests of every kind of value under fresh keys (FIPS 186-5 §6.4.1)', () => {
    for (let count = 0; count < 20; count++) {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
      const message = randomBytes(count);
      const digest = createHash('sha384').update(message).digest();
      assert.ok(isSignature(publicKey, 'sha384', message, signDigest(privateKey, digest)));
    }
  });

  it('never gives the same signature twice (FIPS 186-5 §6.4.1, fresh k)', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const digest = new Uint8Array(48);
    assert.notEqual(toHex(signDigest(privateKey, digest)), toHex(signDigest(privateKey, digest)));
  });

  it('signs with P-384 private keys only', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    assert.throws(() => signDigest(privateKey, new Uint8Array(48)), TypeError);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    assert.throws(() => signDigest(publicKey, new Uint8Array(48)), TypeError);
  });
});
