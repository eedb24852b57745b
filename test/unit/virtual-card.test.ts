/** Status words of the virtual card of applet 1.8, one line a rule; § is a section of the card facts. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestContents, fromHex, send, toHex } from '../kit/card/card-fixture.ts';
import { readStatusTable } from '../kit/card/status-table.ts';
import { createVirtualCard, type VirtualCard } from '../kit/card/virtual-card.ts';

const HASH = '5A'.repeat(48);

/** Commands that the table calls by name. */
const COMMANDS = {
  APPLET: '00A404000FA00000003029057000AD13100101FF',
  BELPIC: '00A4020C02DF00',
  DIR: '00A4080C022F00',
  IDENTITY: '00A4080C04DF014031',
  CERTIFICATE: '00A4080C04DF005038',
  VERIFY: '0020000108241234FFFFFFFFFF',
  WRONG: '0020000108244321FFFFFFFFFF',
  MSE: '002241B6050480028482',
  PSO: `002A9E9A30${HASH}`,
  AUTHENTICATE: `00880281329430${HASH}`,
};

/** Status that the last command ends in, commands separated by commas, rule. */
const RULES = `
# Class and instruction
6e00 A0A4000C00 refuses a class other than 00 and 80 (§1.2)
6e00 00E400001C refuses a known instruction in the other class (§1.2)
6d00 00FE000000 refuses an unknown instruction (§1.2)
6d00 0084000008 knows no GET CHALLENGE (§1.5)
6d00 002C000108FFFFFFFFFFFFFFFF knows no RESET RETRY COUNTER (§1.5)
6700 00A400 refuses a header of three bytes (ISO 7816-3)
6700 00A4020C023F refuses less data than Lc says (ISO 7816-3)
6700 00A4020C023F000000 refuses more data than Lc and Le (ISO 7816-3)
9000 00A4020C023F0000 lets the Le of a case 4 command pass (ISO 7816-3)
6700 DIR,00B000000101 refuses data where only Le may stand (ISO 7816-3)

# SELECT
9000 APPLET selects the applet with P2 00 (§1.2)
9000 00A4040C0FA00000003029057000AD13100101FF selects the applet with P2 0C (§1.2)
9000 00A4040C0CA000000177504B43532D3135,00A4020C025038 selects DF(BELPIC) by name (§1.2)
9000 00A4040C0CA000000177496446696C6573,00A4020C024031 selects DF(ID) by name (§1.2)
6a82 00A4040C06A00000000101 refuses an unknown name (§1.2)
6a82 00A4040C0EA00000003029057000AD13100101 refuses part of a name (§1.2)
6a87 00A4040C04A0000000 refuses a name of four bytes (§1.2)
9000 IDENTITY,00A4020C023F00 selects the master file by its identifier from anywhere (§1.2)
9000 BELPIC,00A4020C025031 selects a child of the current directory (§1.2)
6a82 BELPIC,00A4020C024031 does not find a file of another directory (§1.2)
6a82 BELPIC,00A4020C02DF01 does not find a sibling directory from below (§1.2)
9000 BELPIC,00A4020C023F00,00A4020C02DF01,00A4020C024031 walks 3F00, directory, file as Fedict does (§1.2)
6a87 00A4020C033F0000 refuses an identifier of three bytes (§1.2)
9000 00A4080C063F00DF005038 selects a path with 3F00 (§1.2)
9000 CERTIFICATE selects a path without 3F00 (§1.2)
9000 00A4080C023F00 selects the path that is only 3F00 (§6.1)
6a82 00A4080C04DF003F00 takes 3F00 at the start of a path only (§1.2)
6a82 00A4080C042F005038 does not find a path through a file (§1.2)
6a87 00A4080C033F00DF refuses a path of odd length (§1.2)
6a87 00A4080C00 refuses an empty path (§1.2)
6a86 00A4030C00 refuses another P1 of SELECT (§1.2)
6a86 00A40800022F00 refuses P2 00 for a path (§1.2)
9000 DIR,00A4020C02FFFF,00B0000025 keeps the current file when SELECT fails (§1.2)

# READ BINARY
6986 00B0000001 reads nothing without a current file (§1.4)
6986 DIR,BELPIC,00B0000001 loses the current file with SELECT of a directory (§1.2)
9000 CERTIFICATE,00B0000000 reads 256 bytes for Le 00 (§1.4)
6c25 DIR,00B0000000 answers 6Cxx when Le is more than what remains (§1.4)
6c05 DIR,00B0002006 counts what remains from the offset (§1.4)
6b00 DIR,00B0002501 refuses an offset at the end (§1.4)
6b00 DIR,00B0810001 refuses an offset with the SFI bit (§1.4)

# READ RECORD
6986 80B20C0C00 reads no record without a current file (§1.4)
6c03 IDENTITY,80B20D0D00 answers 6Cxx for a record with Le 00 on T=0 (§1.4)
9000 IDENTITY,80B20D0D03 reads one record (§1.4)
6981 DIR,80B2616100 refuses a record of a file without structure (§1.4)
6a83 IDENTITY,80B27F7F00 does not find an absent record (§1.4)
6a86 IDENTITY,80B20C0D00 refuses a record when P1 is not P2 (§1.4)

# GET CARD DATA
9000 80E400001C gives card data for the exact Le (§1.3)
6c1c 80E4000000 answers 6C1C for another Le (§1.3)
9000 80E400011F gives extended card data for the exact Le (§1.3)
6c1f 80E400011C answers 6C1F for another Le of the extended form (§1.3)
6b00 80E400021C refuses other parameters of GET CARD DATA (§1.3)

# PIN
9000 VERIFY accepts the PIN (§1.5)
63c2 WRONG counts a wrong PIN (§1.5)
6700 0020000107241234FFFFFFFF refuses a PIN block of seven bytes (§1.5)
6a88 0020000208241234FFFFFFFFFF refuses another PIN reference (§1.5)
6a86 0020010108241234FFFFFFFFFF refuses another P1 of VERIFY (§1.5)
63c3 00200001,0020000100 tells the tries left for Lc 0 (§1.5)
9000 VERIFY,0020000100 tells that the right is held for Lc 0 (§1.5)
6700 002400010F241234FFFFFFFFFF245678FFFFFFFF refuses a change of 15 bytes (§1.5)
6a80 0024000110241234FFFFFFFFFF23567FFFFFFFFFFF refuses a new PIN of three digits (§1.5)
6a80 0024000110241234FFFFFFFFFF255678FFFFFFFFFF refuses a new PIN whose length is wrong (§1.5)
6a88 0024000310241234FFFFFFFFFF241234FFFFFFFFFF refuses to change another reference (§1.5)
63c3 VERIFY,80E60000,0020000100 logs off (§1.5)
9000 80E6000000 logs off with the 00 that Fedict appends (§1.5)
6700 80E6000001 refuses data of LOG OFF (§1.5)
6b00 80E60001 refuses parameters of LOG OFF (§1.5)

# MSE
9000 BELPIC,MSE sets the environment (§1.6)
6b00 BELPIC,002241A4050480028482 refuses parameters of MSE (§1.6)
6700 BELPIC,002241B60404800284 refuses an MSE of four bytes (§1.6)
6a80 BELPIC,002241B6050481028482 refuses wrong tags of MSE (§1.6)
6a80 BELPIC,002241B6050480038482 refuses an unknown algorithm (§1.6)
6a88 BELPIC,002241B6050480028485 refuses an unknown key (§1.6)
6a88 BELPIC,002241B6050480028483 has no signature key on the card of a child (§4.6)
6a88 00A4020C02DF01,MSE knows the authentication key in DF(BELPIC) only (§1.6)
9000 002241B6050480028481 knows the basic key everywhere (§1.7)

# PSO
6160 BELPIC,MSE,VERIFY,PSO signs (§1.6)
6160 VERIFY,BELPIC,MSE,PSO signs when VERIFY comes before SELECT and MSE (§1.6)
6160 BELPIC,MSE,VERIFY,PSO,00C0000060,PSO signs many times after one VERIFY (§1.6)
6982 BELPIC,MSE,PSO does not sign without the PIN (§1.6)
6985 BELPIC,VERIFY,PSO does not sign without an environment (§1.6)
6985 BELPIC,MSE,VERIFY,002241B6050480038482,PSO does not sign after an MSE that failed (§1.6)
6985 002241B6050480028481,VERIFY,PSO does not sign with the basic key (§1.7)
6982 BELPIC,MSE,VERIFY,80E60000,PSO does not sign after LOG OFF (§1.5)
6982 BELPIC,MSE,VERIFY,WRONG,PSO does not sign after a wrong PIN (§1.5)
6982 BELPIC,MSE,VERIFY,APPLET,BELPIC,MSE,PSO does not sign after the applet is selected anew (§1.2)
6b00 BELPIC,MSE,VERIFY,002A9E9B30${HASH} refuses parameters of PSO (§1.6)
6700 BELPIC,MSE,VERIFY,002A9E9A20${HASH.slice(32)} refuses 32 bytes for SHA-384 (§1.6)

# INTERNAL AUTHENTICATE
6160 AUTHENTICATE authenticates the chip without PIN (§1.7)
6b00 00880282329430${HASH} refuses parameters of INTERNAL AUTHENTICATE (§1.7)
6700 0088028131942F${HASH.slice(2)} refuses a challenge of 47 bytes (§1.7)
6a80 00880281329530${HASH} refuses another tag of the challenge (§1.7)
6985 BELPIC,MSE,VERIFY,AUTHENTICATE,PSO loses the environment with INTERNAL AUTHENTICATE (§1.7)

# GET RESPONSE
6985 00C0000000 has no response before a signature (ISO 7816-4)
6b00 AUTHENTICATE,00C0000160 refuses parameters of GET RESPONSE (ISO 7816-4)
6c60 AUTHENTICATE,00C0000000 answers 6C60 when GET RESPONSE asks for too much (§6.3)
9000 AUTHENTICATE,00C0000000,00C0000060 keeps the response after 6C60 (§6.3)
6101 AUTHENTICATE,00C000005F says how much is left of a response (§6.3)
9000 AUTHENTICATE,00C000005F,00C0000001 gives the rest of a response (§6.3)
6985 AUTHENTICATE,00C0000060,00C0000060 gives a response once (§6.3)
6985 AUTHENTICATE,DIR,00C0000060 drops the response at another command (ISO 7816-4)
`;

describe('the virtual card of applet 1.8', () => {
  let contents: CardContents;
  let card: VirtualCard;

  before(async () => {
    contents = await createTestContents('emma');
  });

  for (const { status, commands, rule } of readStatusTable(RULES, COMMANDS)) {
    it(rule, () => {
      card = createVirtualCard(contents);
      card.powerOn();
      assert.equal(send(card, ...commands).slice(-4), status);
    });
  }

  it('answers to reset as applet 1.8 (§1.1)', () => {
    card = createVirtualCard(contents);
    assert.equal(toHex(card.atr), '3b7f96000080318065b085040120120fff829000');
  });

  it('gives its serial, applet version 18 and life cycle 0F (§1.3)', () => {
    card = createVirtualCard(contents);
    card.powerOn();
    const data = fromHex(send(card, '80E400001C'));
    assert.deepEqual(data.slice(0, 16), contents.chipSerial);
    assert.equal(toHex(data.slice(21, 28)), '1800010000020f');
  });

  it('tells the tries left, FF FF in the extended card data (§1.3)', () => {
    card = createVirtualCard(contents);
    card.powerOn();
    const data = fromHex(send(card, COMMANDS.WRONG, '80E400011F'));
    assert.equal(toHex(data.slice(28, 31)), '02ffff');
  });

  it('answers nothing without power (ISO 7816-3)', () => {
    card = createVirtualCard(contents);
    assert.throws(() => send(card, '80E400001C'), /no power/);
    card.powerOn();
    card.powerOff();
    assert.throws(() => send(card, '80E400001C'), /no power/);
    card.reset();
    assert.throws(() => send(card, '80E400001C'), /no power/);
  });

  it('never throws and always ends in a status word, whatever is sent', () => {
    card = createVirtualCard(contents);
    card.powerOn();
    for (let ins = 0; ins < 256; ins++) {
      for (const length of [0, 1, 4, 5, 6, 13, 260]) {
        const command = new Uint8Array(length).fill(ins);
        command.set([0x00, ins].slice(0, length));
        assert.ok(card.transmit(command).length >= 2);
      }
    }
  });

  it('lets an interceptor answer in its place (§6.3, fault switches)', () => {
    const intercept = (command: Uint8Array) =>
      command[1] === 0xb0 ? Uint8Array.of(0x6d, 0x00) : undefined;
    card = createVirtualCard(contents, { intercept });
    card.powerOn();
    assert.equal(send(card, '00A4080C022F00'), '9000');
    assert.equal(send(card, '00B0000025'), '6d00');
  });

  it('refuses keys and PINs that no such card has', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    assert.throws(
      () => createVirtualCard({ ...contents, authenticationKey: privateKey }),
      TypeError,
    );
    assert.throws(() => createVirtualCard({ ...contents, basicKey: privateKey }), TypeError);
    assert.throws(() => createVirtualCard({ ...contents, pin: '123' }), RangeError);
    assert.throws(
      () => createVirtualCard({ ...contents, chipSerial: new Uint8Array(15) }),
      RangeError,
    );
    assert.throws(() => createVirtualCard({ ...contents, basicKey: undefined }), TypeError);
    assert.throws(() => createVirtualCard({ ...contents, applet: '1.7' }), TypeError);
  });
});
