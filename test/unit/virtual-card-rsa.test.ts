/** What the RSA keys of applets 1.7 and 1.1 sign, judged by node:crypto (card facts §1.6; RFC 8017). */
import assert from 'node:assert/strict';
import {
  constants,
  createHash,
  generateKeyPairSync,
  type KeyObject,
  publicDecrypt,
  randomBytes,
  verify,
  X509Certificate,
} from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestCards, fromHex, readFile, send, toHex } from '../kit/card/card-fixture.ts';
import { signPss } from '../kit/card/rsa.ts';
import { createVirtualCard, type VirtualCard } from '../kit/card/virtual-card.ts';

const MESSAGE = randomBytes(100);
const APPLETS = [
  { version: '1.7', bytes: 256, le: '00' },
  { version: '1.1', bytes: 128, le: '80' },
] as const;

function isPss(
  key: KeyObject,
  hash: string,
  options: { signature: Uint8Array; saltLength: number },
): boolean {
  const { signature, saltLength } = options;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify(hash, MESSAGE, { key, padding, saltLength }, signature);
}

describe('the RSA keys of the virtual card', () => {
  const made = new Map<string, CardContents>();

  before(async () => {
    const cards = await createTestCards(
      APPLETS.map(({ version }) => ({ name: 'karel', applet: version })),
    );
    for (const card of cards) made.set(card.applet, { ...card, pin: '1234' });
  });

  function powered(version: string): { card: VirtualCard; key: KeyObject } {
    const contents = made.get(version);
    assert.ok(contents);
    const card = createVirtualCard(contents);
    card.powerOn();
    return { card, key: new X509Certificate(readFile(card, 'DF005038')).publicKey };
  }

  function signOnCard(
    card: VirtualCard,
    options: { algorithm: string; key?: string; data: Uint8Array; le: string },
  ): Uint8Array {
    const { algorithm, key = '82', data, le } = options;
    const lc = data.length.toString(16).padStart(2, '0');
    const pso = `002A9E9A${lc}${toHex(data)}`;
    const mse = `002241B6050480${algorithm}84${key}`;
    const verifyPin = '0020000108241234FFFFFFFFFF';
    assert.equal(send(card, '00A4020C02DF00', mse, verifyPin, pso), `61${le}`);
    const response = send(card, `00C00000${le}`);
    assert.equal(response.slice(-4), '9000');
    return fromHex(response.slice(0, -4));
  }

  for (const { version, bytes, le } of APPLETS) {
    it(`signs by PKCS#1 v1.5 data that is as it is given, on ${version} (§1.6, 01)`, () => {
      const { card, key } = powered(version);
      for (const data of [Uint8Array.of(7), randomBytes(51), randomBytes(bytes - 11)]) {
        const signature = signOnCard(card, { algorithm: '01', data, le });
        assert.equal(signature.length, bytes);
        assert.deepEqual(publicDecrypt(key, signature), Buffer.from(data));
      }
    });

    for (const [algorithm, hash] of [
      ['02', 'sha1'],
      ['04', 'md5'],
      ['08', 'sha256'],
    ] as const) {
      if (algorithm === '08' && version === '1.1') continue;
      it(`signs ${hash} with its DigestInfo on ${version} (§1.6, ${algorithm})`, () => {
        const { card, key } = powered(version);
        const data = createHash(hash).update(MESSAGE).digest();
        const signature = signOnCard(card, { algorithm, data, le });
        assert.ok(verify(hash, MESSAGE, key, signature));
        assert.ok(!verify(hash, randomBytes(100), key, signature));
      });
    }

    it(`signs with key 83 what its own certificate verifies, on ${version} (§1.6)`, () => {
      const { card, key } = powered(version);
      const data = createHash('sha1').update(MESSAGE).digest();
      const signature = signOnCard(card, { algorithm: '02', key: '83', data, le });
      const other = new X509Certificate(readFile(card, 'DF005039')).publicKey;
      assert.ok(verify('sha1', MESSAGE, other, signature));
      assert.ok(!verify('sha1', MESSAGE, key, signature));
    });
  }

  for (const [algorithm, hash, saltLength] of [
    ['20', 'sha256', 32],
    ['10', 'sha1', 20],
  ] as const) {
    it(`signs PSS with ${hash} and a salt of ${saltLength} bytes (§1.6, ${algorithm})`, () => {
      const { card, key } = powered('1.7');
      const data = createHash(hash).update(MESSAGE).digest();
      const signature = signOnCard(card, { algorithm, data, le: '00' });
      assert.equal(signature.length, 256);
      assert.ok(isPss(key, hash, { signature, saltLength }));
      assert.ok(!isPss(key, hash, { signature, saltLength: saltLength - 1 }));
    });
  }

  it('takes the lengths of data of each algorithm of 1.7, no others (§1.6)', () => {
    for (const [algorithm, length] of [
      ['02', 20],
      ['04', 16],
      ['08', 32],
      ['10', 20],
      ['20', 32],
    ] as const) {
      const { card } = powered('1.7');
      send(card, '00A4020C02DF00', `002241B6050480${algorithm}8482`, '0020000108241234FFFFFFFFFF');
      for (let count = 0; count <= 64; count++) {
        const lc = count.toString(16).padStart(2, '0');
        const expected = count === length ? '6100' : '6700';
        assert.equal(send(card, `002A9E9A${lc}${'5A'.repeat(count)}`), expected);
      }
    }
  });

  it('gives a signature of 256 bytes in parts that add up (§6.3)', () => {
    const { card, key } = powered('1.7');
    const digest = createHash('sha256').update(MESSAGE).digest('hex');
    const mse = '002241B6050480208482';
    send(card, '00A4020C02DF00', mse, '0020000108241234FFFFFFFFFF', `002A9E9A20${digest}`);
    const first = send(card, '00C0000064');
    const second = send(card, '00C000009B');
    const third = send(card, '00C0000001');
    assert.deepEqual(
      [first, second, third].map((part) => part.slice(-4)),
      ['619c', '6101', '9000'],
    );
    const signature = fromHex([first, second, third].map((part) => part.slice(0, -4)).join(''));
    assert.ok(isPss(key, 'sha256', { signature, saltLength: 32 }));
  });

  it('encodes PSS for many digests and keys, with a fresh salt each time (RFC 8017 §9.1.1)', () => {
    const digest = createHash('sha256').update(MESSAGE).digest();
    for (const modulusLength of [1024, 2048]) {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
      const seen = new Set<string>();
      for (let count = 0; count < 20; count++) {
        const signature = signPss(privateKey, 'sha256', digest);
        assert.ok(isPss(publicKey, 'sha256', { signature, saltLength: 32 }));
        seen.add(toHex(signature));
      }
      assert.equal(seen.size, 20);
    }
  });
});
