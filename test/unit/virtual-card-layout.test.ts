/** The files of every applet and kind of card: exact PKCS#15 bytes and sizes (card facts §2, §2.1, §3). */
import assert from 'node:assert/strict';
import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestCards, readFile, toHex } from '../kit/card/card-fixture.ts';
import { createVirtualCard, type VirtualCard } from '../kit/card/virtual-card.ts';

const APPLETS = ['1.1', '1.7', '1.8'] as const;
type Version = (typeof APPLETS)[number];

/** Sizes of EF(SGN#RN), of a certificate that is absent, of the zeros after one, of EF(ID#Address). */
const SIZES: Readonly<Record<Version, readonly [number, number, number, number]>> = {
  '1.1': [128, 1300, 50, 117],
  '1.7': [256, 1300, 50, 117],
  '1.8': [104, 2500, 1100, 121],
};
const PHOTO_HASHES = { '1.1': 'sha1', '1.7': 'sha256', '1.8': 'sha384' } as const;
const REGISTER_HASHES = { '1.1': 'sha1', '1.7': 'sha256', '1.8': 'sha384' } as const;

/** EF(CDF) of cards with RSA keys, record by record. */
const RSA_RECORDS = {
  authentication:
    '302c30170c0e41757468656e7469636174696f6e030206c00401013003040102' +
    'a10c300a300804063f00df005038',
  signature:
    '302730120c095369676e6174757265030206c00401013003040103' + 'a10c300a300804063f00df005039',
  authorities:
    '3023300b0c024341030206c004010130060401040101ffa10c300a300804063f00df00503a' +
    '3025300d0c04526f6f74030206c004010130060401060101ffa10c300a300804063f00df00503b',
};

const RSA_PRKDF = (bits: string) =>
  '303a30170c0e41757468656e7469636174696f6e030206c0040101300f04010203020520030203b802020082' +
  `a10e300c300604043f00df000202${bits}` +
  '303930150c095369676e6174757265030206c004010102010130100401030303060040030203b802020083' +
  `a10e300c300604043f00df000202${bits}`;

describe('the files of each applet', () => {
  const made = new Map<string, CardContents>();

  before(async () => {
    const wanted = APPLETS.flatMap((applet) =>
      ['karel', 'emma', 'arthur'].map((name) => ({ name, applet })),
    );
    const cards = await createTestCards([...wanted, { name: 'hugo' }]);
    for (const [index, card] of cards.entries()) {
      const { name, applet } = wanted[index] ?? { name: 'hugo', applet: '1.7' };
      made.set(`${name} ${applet}`, card);
    }
  });

  function cardOf(name: string, applet: Version): VirtualCard {
    const contents = made.get(`${name} ${applet}`);
    assert.ok(contents);
    const card = createVirtualCard(contents);
    card.powerOn();
    return card;
  }

  for (const version of ['1.1', '1.7'] as const) {
    it(`has the CDF of RSA cards, one record for each certificate, on ${version} (§2.1)`, () => {
      const { authentication, signature, authorities } = RSA_RECORDS;
      const directoryOf = (name: string) => toHex(readFile(cardOf(name, version), 'DF005037'));
      assert.equal(directoryOf('karel'), authentication + signature + authorities);
      assert.equal(directoryOf('karel').length / 2, 163);
      assert.equal(directoryOf('emma'), authentication + authorities);
      assert.equal(directoryOf('arthur'), authorities);
    });

    it(`has the PrKDF of RSA keys of its size on ${version} (§2.1)`, () => {
      const bits = version === '1.1' ? '0400' : '0800';
      const content = readFile(cardOf('arthur', version), 'DF005035');
      assert.equal(toHex(content), RSA_PRKDF(bits));
      assert.equal(content.length, 119);
    });

    it(`begins identity and address with tag 01, and has no tag 1A, on ${version} (§3.1)`, () => {
      const card = cardOf('emma', version);
      assert.equal(readFile(card, 'DF014031')[0], 0x01);
      assert.equal(readFile(card, 'DF014033')[0], 0x01);
      assert.equal(fieldsOf(readFile(card, 'DF014031')).get(0x1a), undefined);
    });

    it(`stores the certificates of authorities as they are on ${version} (§2)`, () => {
      const card = cardOf('karel', version);
      for (const path of ['DF00503A', 'DF00503B', 'DF00503C']) {
        const file = readFile(card, path);
        assert.equal(new X509Certificate(file).raw.length, file.length);
      }
    });
  }

  for (const version of APPLETS) {
    const [signatureBytes, absentBytes, paddingBytes, addressBytes] = SIZES[version];

    it(`has TokenInfo of 41 bytes with the chip's serial on ${version} (§2.1)`, () => {
      const contents = made.get(`emma ${version}`);
      const info = toHex(readFile(cardOf('emma', version), 'DF005032'));
      assert.equal(info.length / 2, 41);
      assert.ok(info.startsWith(`30270201000410${toHex(contents?.chipSerial ?? Uint8Array.of())}`));
    });

    it(`has signature files of ${signatureBytes} and an address of ${addressBytes} bytes on ${version} (§2)`, () => {
      const card = cardOf('karel', version);
      assert.equal(readFile(card, 'DF014032').length, signatureBytes);
      assert.equal(readFile(card, 'DF014034').length, signatureBytes);
      assert.equal(readFile(card, 'DF014033').length, addressBytes);
    });

    it(`has ${absentBytes} zeros for an absent certificate on ${version} (§2.1)`, () => {
      for (const [name, path] of [
        ['emma', 'DF005039'],
        ['arthur', 'DF005038'],
        ['arthur', 'DF005039'],
      ] as const) {
        assert.deepEqual(readFile(cardOf(name, version), path), new Uint8Array(absentBytes));
      }
    });

    it(`has ${paddingBytes} zeros after the certificates of an adult on ${version} (§2)`, () => {
      for (const path of ['DF005038', 'DF005039']) {
        const file = readFile(cardOf('karel', version), path);
        const { raw } = new X509Certificate(file);
        assert.deepEqual(file.subarray(raw.length), new Uint8Array(paddingBytes));
      }
    });

    it(`has files that the National Register signed, and the hash of its photo, on ${version} (§3.6)`, () => {
      const card = cardOf('karel', version);
      const register = new X509Certificate(readFile(card, 'DF00503C')).publicKey;
      checkRegisterSignatures(card, (content, signature) =>
        verify(REGISTER_HASHES[version], content, register, unpad(signature, register)),
      );
      const hash = createHash(PHOTO_HASHES[version]).update(readFile(card, 'DF014035')).digest();
      assert.deepEqual(fieldsOf(readFile(card, 'DF014031')).get(0x11), hash);
    });
  }

  it('has ECDSA signatures padded to 256 bytes on a 1.7 card issued anew (§3.6, §4.5)', () => {
    const card = cardOf('hugo', '1.7');
    const register = new X509Certificate(readFile(card, 'DF00503C')).publicKey;
    const stored = readFile(card, 'DF014032');
    assert.equal(stored.length, 256);
    assert.equal(register.asymmetricKeyType, 'ec');
    assert.ok(stored.subarray((stored[1] ?? 0) + 2).every((byte) => byte === 0));
    checkRegisterSignatures(card, (content, signature) =>
      verify('sha384', content, register, unpad(signature, register)),
    );
    const leaf = new X509Certificate(readFile(card, 'DF005038'));
    assert.equal(leaf.publicKey.asymmetricKeyType, 'rsa');
    assert.ok(leaf.verify(new X509Certificate(readFile(card, 'DF00503A')).publicKey));
    assert.equal(new X509Certificate(readFile(card, 'DF00503A')).publicKey.asymmetricKeyType, 'ec');
  });
});

/** Identity as stored; address without its zeros, then the identity's signature file as stored. */
function checkRegisterSignatures(
  card: VirtualCard,
  isSigned: (content: Uint8Array, signature: Uint8Array) => boolean,
): void {
  const [identity, identitySignature, address, addressSignature] = [
    'DF014031',
    'DF014032',
    'DF014033',
    'DF014034',
  ].map((path) => readFile(card, path));
  assert.ok(identity && identitySignature && address && addressSignature);
  const end = address.findLastIndex((byte) => byte !== 0) + 1;
  assert.ok(isSigned(identity, identitySignature));
  assert.ok(
    isSigned(Buffer.concat([address.subarray(0, end), identitySignature]), addressSignature),
  );
  assert.ok(!isSigned(address, addressSignature));
}

function unpad(signature: Uint8Array, key: KeyObject): Uint8Array {
  return key.asymmetricKeyType === 'ec'
    ? signature.subarray(0, (signature[1] ?? 0) + 2)
    : signature;
}

function fieldsOf(file: Uint8Array): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let offset = 0; offset + 1 < file.length; ) {
    const [tag = 0, length = 0] = file.subarray(offset, offset + 2);
    fields.set(tag, Buffer.from(file.subarray(offset + 2, offset + 2 + length)));
    offset += 2 + length;
  }
  return fields;
}
