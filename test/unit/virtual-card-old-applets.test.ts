/** Status words of applets 1.7 and 1.1, where they differ from 1.8; § is a section of the card facts. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestCards, send, toHex } from '../kit/card/card-fixture.ts';
import { readStatusTable } from '../kit/card/status-table.ts';
import { createVirtualCard, type VirtualCard } from '../kit/card/virtual-card.ts';

const HASH = '5A'.repeat(32);
const OLD_ATR = '3b9813400aa503010101ad1311';

/** Commands that the tables call by name. Both cards are of adults with PIN 1234. */
const COMMANDS = {
  BELPIC: '00A4020C02DF00',
  IDENTITY: '00A4080C04DF014031',
  VERIFY: '0020000108241234FFFFFFFFFF',
  WRONG: '0020000108244321FFFFFFFFFF',
  ASK: '00200001',
  PSS: '002241B6050480208482',
  PKCS1: '002241B6050480018482',
  SIGN83: '002241B6050480018483',
  PSO: `002A9E9A20${HASH}`,
};

/** True of both. */
const COMMON_RULES = `
6c1c 80E4000000 answers 6C1C for another Le (§1.3)
6b00 80E400011F has no extended card data (§1.3)
6d00 IDENTITY,80B20C0C00 has no READ RECORD (§1.4)
6d00 00880281329430${HASH}${HASH.slice(32)} has no INTERNAL AUTHENTICATE (§1.7)
6a88 BELPIC,002241B6050480018481 has no basic key (§1.6)
6a82 00A4080C04DF014040 has no EF(4040) (§2)
9000 00A4080C04DF014038,00B0000014 has EF(4038) of 20 bytes (§2)
6b00 00A4080C04DF014038,00B0001401 has no more than 20 bytes in EF(4038) (§2)
9000 00A4080C04DF014039,00B0000064 has EF(4039) of 100 bytes (§2)
6b00 00A4080C04DF014039,00B0006401 has no more than 100 bytes in EF(4039) (§2)
9000 00A404000FA00000003029057000AD13100101FF selects the applet (§1.2)
9000 00A4080C063F00DF005038 selects a path with 3F00 (§1.2)
6a82 BELPIC,00A4020C024031 does not find a file of another directory (§1.2)
6982 BELPIC,PKCS1,PSO does not sign without the PIN (§1.6)
6985 BELPIC,VERIFY,PSO does not sign without an environment (§1.6)
6700 BELPIC,PKCS1,VERIFY,002A9E9A00 signs no empty data (§1.6)
6985 BELPIC,VERIFY,PKCS1,002241B6050480408482,PSO does not sign after an MSE that failed (§1.6)
6982 BELPIC,PKCS1,VERIFY,80E60000,PSO does not sign after LOG OFF (§1.5)
6982 BELPIC,PKCS1,VERIFY,WRONG,PSO does not sign after a wrong PIN (§1.5)
6982 BELPIC,SIGN83,VERIFY,BELPIC,PSO wants VERIFY to be the command before a signature of key 83 (§1.6)
6982 BELPIC,SIGN83,WRONG,PSO does not sign with key 83 after a wrong PIN (§1.6)
6985 BELPIC,PKCS1,VERIFY,PSO,BELPIC,00C0000000 drops a signature at another command (ISO 7816-4)
`;

const RULES_1_7 = `
6100 BELPIC,PSS,VERIFY,PSO signs 256 bytes, which T=0 calls 61 00 (§1.6)
6100 VERIFY,BELPIC,PSS,PSO signs when VERIFY comes first (§1.6)
6100 BELPIC,PSS,VERIFY,PSO,00C0000000,PSO signs many times after one VERIFY (§1.6)
9000 BELPIC,PSS,VERIFY,PSO,00C0000000 gives 256 bytes for Le 00 (§6.3)
6101 BELPIC,PSS,VERIFY,PSO,00C00000FF says that one byte is left of 256 (§6.3)
9000 BELPIC,PSS,VERIFY,PSO,00C00000FF,00C0000001 gives the last byte (§6.3)
6c01 BELPIC,PSS,VERIFY,PSO,00C00000FF,00C0000000 answers 6C01 when GET RESPONSE asks for more (§6.3)
6a88 PSS knows the key in DF(BELPIC) only (§1.6)
6a80 BELPIC,002241B6050480408482 refuses the algorithms of 1.8 (§1.6)
6700 BELPIC,PSS,VERIFY,002A9E9A1F${HASH.slice(2)} refuses 31 bytes for SHA-256 (§1.6)
6700 BELPIC,PSS,VERIFY,002A9E9A30${HASH}${HASH.slice(32)} refuses 48 bytes for SHA-256 (§1.6)
6100 BELPIC,PKCS1,VERIFY,002A9E9AF5${'5A'.repeat(245)} signs 245 bytes as they are (§1.6)
6700 BELPIC,PKCS1,VERIFY,002A9E9AF6${'5A'.repeat(246)} refuses 246 bytes (§1.6)
63c3 ASK tells the tries left for VERIFY of four bytes (§1.5)
63c3 ASK,ASK,ASK,0020000100 tells the tries left for VERIFY of five bytes, and counts none (§1.5)
63c2 WRONG,ASK tells the tries left after a wrong PIN (§1.5)
9000 VERIFY,ASK tells that the right is held (§1.5)
6983 WRONG,WRONG,WRONG,ASK tells that the PIN is blocked (§1.5)
6100 BELPIC,SIGN83,VERIFY,PSO signs with key 83 straight after VERIFY (§1.6)
6982 BELPIC,SIGN83,VERIFY,PSO,00C0000000,PSO signs once with key 83 (§1.6)
6982 BELPIC,SIGN83,VERIFY,PSO,00C0000000,PSS,PSO takes the right of key 82 with a signature of key 83 (§1.6)
6d00 0084000008 knows no GET CHALLENGE (§1.5)
`;

const RULES_1_1 = `
6180 BELPIC,PKCS1,VERIFY,PSO signs 128 bytes (§1.6)
6180 PKCS1,VERIFY,PSO knows its keys everywhere (§1.6)
9000 PKCS1,VERIFY,PSO,00C0000080 gives 128 bytes (§6.3)
6c80 PKCS1,VERIFY,PSO,00C0000000 answers 6C80 for Le 00 (§6.3)
9484 PSS has no PSS and calls its reference 9484 (§1.6)
9484 002241B6050480088482 has no SHA-256 (§1.6)
6180 PKCS1,VERIFY,002A9E9A75${'5A'.repeat(117)} signs 117 bytes as they are (§1.6)
6700 PKCS1,VERIFY,002A9E9A76${'5A'.repeat(118)} refuses 118 bytes (§1.6)
63c2 ASK takes VERIFY of four bytes for a wrong try (§1.5)
63c1 ASK,0020000100 takes VERIFY of five bytes for a wrong try (§1.5)
6983 ASK,ASK,ASK blocks the PIN when it is asked three times (§1.5)
6982 PKCS1,VERIFY,ASK,PSO takes the right away when it is asked (§1.5)
9000 0084000008 gives a challenge (§1.5)
6180 SIGN83,VERIFY,PSO signs with key 83 straight after VERIFY (§1.6)
`;

for (const [version, rules] of [
  ['1.7', RULES_1_7],
  ['1.1', RULES_1_1],
] as const) {
  describe(`the virtual card of applet ${version}`, () => {
    let contents: CardContents;

    before(async () => {
      const [adult] = await createTestCards([{ name: 'karel', applet: version }]);
      assert.ok(adult);
      contents = { ...adult, pin: '1234' };
    });

    function powered(options?: { activated: boolean }): VirtualCard {
      const card = createVirtualCard(contents, options);
      card.powerOn();
      return card;
    }

    for (const { status, commands, rule } of readStatusTable(COMMON_RULES + rules, COMMANDS)) {
      it(rule, () => {
        assert.equal(send(powered(), ...commands).slice(-4), status);
      });
    }

    it('answers to reset as both old applets do (§1.1)', () => {
      assert.equal(toHex(powered().atr), OLD_ATR);
    });

    it('gives its serial and the known bytes of GET CARD DATA (§1.3)', () => {
      const tails = { '1.1': 'a5030101011100020001010f', '1.7': 'f3360122011700030021010f' };
      const data = send(powered(), '80E400001C');
      assert.equal(data, `${toHex(contents.chipSerial)}${tails[version]}9000`);
    });

    it('selects no certificate of its holder before activation, 6283, and does not sign (§1.2, §7)', () => {
      const card = powered({ activated: false });
      assert.equal(send(card, '00A4080C04DF005038'), '6283');
      assert.equal(send(card, '00B0000001'), '6986');
      assert.equal(send(card, '00A4080C04DF005039'), '6283');
      assert.equal(send(card, '00A4080C04DF00503A'), '9000');
      const { BELPIC, PKCS1, VERIFY, PSO } = COMMANDS;
      assert.equal(send(card, BELPIC, PKCS1, VERIFY, PSO), '6985');
    });

    it('has keys of its own kind and size only (§1.6)', async () => {
      const other = version === '1.7' ? '1.1' : '1.7';
      assert.throws(() => createVirtualCard({ ...contents, applet: other }), TypeError);
      assert.throws(() => createVirtualCard({ ...contents, applet: '1.8' }), TypeError);
      const [elliptic] = await createTestCards([{ name: 'karel' }]);
      assert.ok(elliptic);
      const { authenticationKey, signatureKey, basicKey } = elliptic;
      for (const wrong of [{ authenticationKey }, { signatureKey }, { basicKey }]) {
        assert.throws(() => createVirtualCard({ ...contents, ...wrong }), TypeError);
      }
    });
  });
}
