/** The files of the virtual card: exact PKCS#15 bytes, padding, and the layouts of children (card facts §2). */
import assert from 'node:assert/strict';
import { createHash, verify, X509Certificate } from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestContents, readFile, send, toHex } from '../kit/card/card-fixture.ts';
import { createVirtualCard, type VirtualCard } from '../kit/card/virtual-card.ts';

const CA_AND_ROOT =
  '3026300b0c024341030206400401013009040104' +
  '0101ff830100a10c300a300804063f00df00503a' +
  '3028300d0c04526f6f7403020640040101300904' +
  '01060101ff830100a10c300a300804063f00df00503b';
const AUTHENTICATION =
  '302f30170c0e41757468656e7469636174696f6e030206400401013006040102830100' +
  'a10c300a300804063f00df005038';
const SIGNATURE =
  '302a30120c095369676e6174757265030206400401013006040103830100' + 'a10c300a300804063f00df005039';

function powered(contents: CardContents): VirtualCard {
  const card = createVirtualCard(contents);
  card.powerOn();
  return card;
}

function paddingAfter(file: Uint8Array, content: Uint8Array): number {
  assert.deepEqual(file.subarray(0, content.length), Uint8Array.from(content));
  const padding = file.subarray(content.length);
  assert.ok(padding.every((byte) => byte === 0));
  return padding.length;
}

describe('the files of the virtual card', () => {
  let child: CardContents;
  let toddler: CardContents;
  let adult: CardContents;

  before(async () => {
    child = await createTestContents('emma');
    toddler = await createTestContents('arthur');
    const { authenticationCertificate } = child;
    adult = { ...child, signatureCertificate: authenticationCertificate };
  });

  for (const [path, length, start] of [
    ['2F00', 37, '61234f0c'],
    ['DF005031', 36, 'a00a3008'],
    ['DF005032', 41, '3027020100'],
    ['DF005034', 53, '3033300f'],
    ['DF005035', 119, 'a03a3017'],
    ['DF014040', 120, '3076301006072a8648ce3d0201'],
  ] as const) {
    it(`has ${length} bytes in ${path} (§2)`, () => {
      const content = readFile(powered(child), path);
      assert.equal(content.length, length);
      assert.ok(toHex(content).startsWith(start));
    });
  }

  it('names both keys with 384 bits in EF(PrKDF) (§2.1)', () => {
    const content = toHex(readFile(powered(child), 'DF005035'));
    assert.equal(content.split('02020180').length, 3);
    assert.ok(content.includes('02020082') && content.includes('02020083'));
  });

  it('has the chip serial in EF(TokenInfo) (§2.1)', () => {
    const content = toHex(readFile(powered(child), 'DF005032'));
    assert.equal(content.slice(10, 46), `0410${toHex(child.chipSerial)}`);
  });

  it('lists four certificates of an adult in 175 bytes of EF(CDF) (§2.1)', () => {
    const content = readFile(powered(adult), 'DF005037');
    assert.equal(content.length, 175);
    assert.equal(toHex(content), AUTHENTICATION + SIGNATURE + CA_AND_ROOT);
  });

  it('omits the signature record of a minor (§2.1)', () => {
    assert.equal(toHex(readFile(powered(child), 'DF005037')), AUTHENTICATION + CA_AND_ROOT);
  });

  it('starts EF(CDF) at the CA on a card made before the sixth birthday (§2.1)', () => {
    assert.equal(toHex(readFile(powered(toddler), 'DF005037')), CA_AND_ROOT);
  });

  it('pads each certificate with 1100 zeros (§2)', () => {
    const card = powered(child);
    const files = [
      ['DF005038', child.authenticationCertificate],
      ['DF00503A', child.citizenCaCertificate],
      ['DF00503B', child.rootCertificate],
      ['DF00503C', child.nationalRegisterCertificate],
    ] as const;
    for (const [path, der] of files) {
      assert.equal(paddingAfter(readFile(card, path), der ?? new Uint8Array(0)), 1100);
    }
  });

  it('has 2500 zeros where a certificate is absent (§2.1)', () => {
    const nothing = new Uint8Array(0);
    assert.equal(paddingAfter(readFile(powered(child), 'DF005039'), nothing), 2500);
    assert.equal(paddingAfter(readFile(powered(toddler), 'DF005038'), nothing), 2500);
  });

  it('has neither PIN nor authentication key on a card without certificate (§4.6)', () => {
    const card = powered(toddler);
    assert.equal(send(card, '0020000108241234FFFFFFFFFF'), '6a88');
    assert.equal(send(card, '0020000100'), '6a88');
    assert.equal(send(card, '80E400011F').slice(56), '00ffff9000');
    assert.equal(send(card, '00A4080C02DF00', '002241B6050480028482'), '6a88');
    assert.equal(send(card, `00880281329430${'5A'.repeat(48)}`), '6160');
  });

  it('stores an identity file and photo whose signature and hash hold (§3.6)', () => {
    const card = powered(child);
    const identity = readFile(card, 'DF014031');
    const register = new X509Certificate(readFile(card, 'DF00503C')).publicKey;
    const signature = readFile(card, 'DF014032');
    const der = signature.subarray(0, (signature[1] ?? 0) + 2);
    assert.deepEqual(identity, Uint8Array.from(child.identity));
    assert.ok(verify('sha384', identity, register, der));
    const photoHash = createHash('sha384').update(readFile(card, 'DF014035')).digest('hex');
    assert.equal(send(card, '00A4080C04DF014031', '80B2111132'), `1130${photoHash}9000`);
  });

  it('stores an address whose signature holds over it and the padded signature file (§3.6)', () => {
    const card = powered(child);
    const register = new X509Certificate(readFile(card, 'DF00503C')).publicKey;
    const address = readFile(card, 'DF014033');
    const end = address.findLastIndex((byte) => byte !== 0) + 1;
    const signed = Buffer.concat([address.subarray(0, end), readFile(card, 'DF014032')]);
    const signature = readFile(card, 'DF014034');
    assert.equal(address.length, 121);
    assert.ok(verify('sha384', signed, register, signature.subarray(0, (signature[1] ?? 0) + 2)));
  });

  it('reads the fields of identity and address as records (§1.4)', () => {
    const card = powered(child);
    assert.equal(send(card, '00A4080C04DF014031', '80B20F0F03'), '0f01369000');
    assert.match(send(card, '80B2000004'), /^0002....9000$/);
    assert.equal(send(card, '00A4080C04DF014033', '80B2020206'), '0204313030309000');
    assert.equal(send(card, '80B2040400'), '6a83');
  });
});
