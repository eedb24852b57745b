/** The fault switches of the virtual card (card facts §6.3 point 9), and key 83 of an adult's card (§1.6). */
import assert from 'node:assert/strict';
import { createHash, verify, X509Certificate } from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestCards, fromHex, readFile, send } from '../kit/card/card-fixture.ts';
import { FAULTS, findFault } from '../kit/card/faults.ts';
import {
  createVirtualCard,
  type VirtualCard,
  type VirtualCardOptions,
} from '../kit/card/virtual-card.ts';

const APPLET = '00A404000FA00000003029057000AD13100101FF';
const BELPIC = '00A4020C02DF00';
const CARD_DATA = '80E400001C';
const EXTENDED = '80E400011F';
const VERIFY = '0020000108241234FFFFFFFFFF';
const WRONG = '0020000108244321FFFFFFFFFF';
const PSO = `002A9E9A30${'5A'.repeat(48)}`;
const SIGN = [BELPIC, '002241B6050480028482', VERIFY, PSO];

let child: CardContents;
let adult: CardContents;

before(async () => {
  const [emma, karel] = await createTestCards([{ name: 'emma' }, { name: 'karel' }]);
  assert.ok(emma && karel);
  child = emma;
  adult = { ...karel, pin: '1234' };
});

function powered(contents: CardContents, options?: VirtualCardOptions): VirtualCard {
  const card = createVirtualCard(contents, options);
  card.powerOn();
  return card;
}

describe('a card that is asked too soon', () => {
  it('answers 6D00 to so many commands after power-on, then as always (§1.8)', () => {
    const card = powered(child, { tooSoonCommands: 2 });
    assert.deepEqual(
      [APPLET, APPLET, APPLET].map((command) => send(card, command)),
      ['6d00', '6d00', '9000'],
    );
  });

  it('does so again after each power-on, not after a reset (§1.8)', () => {
    const card = powered(child, { tooSoonCommands: 1 });
    assert.equal(send(card, APPLET, APPLET), '9000');
    card.reset();
    assert.equal(send(card, APPLET), '9000');
    card.powerOff();
    card.powerOn();
    assert.equal(send(card, APPLET), '6d00');
  });

  it('counts no PIN that it did not take (§1.8)', () => {
    const card = powered(child, { tooSoonCommands: 1 });
    assert.equal(send(card, WRONG), '6d00');
    assert.equal(send(card, EXTENDED).slice(56), '03ffff9000');
  });
});

describe('a silent card', () => {
  it('leaves its first commands ever without an answer and without effect (§1.8)', () => {
    const card = powered(child, { silentCommands: 2 });
    assert.equal(card.transmit(fromHex(WRONG)).length, 0);
    card.powerOff();
    card.powerOn();
    assert.equal(card.transmit(fromHex(WRONG)).length, 0);
    assert.equal(send(card, EXTENDED).slice(56), '03ffff9000');
    card.powerOff();
    card.powerOn();
    assert.equal(send(card, CARD_DATA).slice(-4), '9000');
  });
});

describe('a card that is pulled out', () => {
  it('has done the command that it never answered, once (§6.3)', () => {
    const card = powered(child, { pulledAtInstruction: 0x20 });
    assert.equal(send(card, APPLET), '9000');
    assert.throws(() => send(card, WRONG), /pulled out/);
    assert.throws(() => send(card, APPLET), /no power/);
    card.powerOn();
    assert.equal(send(card, EXTENDED).slice(56), '02ffff9000');
    assert.equal(send(card, VERIFY), '9000');
  });

  it('has lost the right of the PIN when it is back (§1.8)', () => {
    const card = powered(child, { pulledAtInstruction: 0x2a });
    assert.throws(() => send(card, ...SIGN), /pulled out/);
    card.powerOn();
    assert.equal(send(card, BELPIC, '002241B6050480028482', PSO), '6982');
    assert.equal(send(card, ...SIGN), '6160');
  });
});

describe('the named faults', () => {
  it('have names of their own, and one thing wrong each', () => {
    assert.equal(new Set(FAULTS.map(({ name }) => name)).size, FAULTS.length);
    for (const { card, forgery } of FAULTS) {
      assert.equal([card, forgery].filter((wrong) => wrong !== undefined).length, 1);
    }
    assert.equal(findFault('nothing'), undefined);
  });

  for (const [name, status] of [
    ['blocked', '6983'],
    ['last-try', '6983'],
    ['last-try-63c0', '63c0'],
  ] as const) {
    it(`answer ${status} to a wrong PIN: ${name} (§1.5)`, () => {
      assert.equal(send(powered(child, findFault(name)?.card), WRONG), status);
    });
  }

  it('give no certificate before activation (§7)', () => {
    const card = powered(child, findFault('not-activated')?.card);
    assert.equal(send(card, '00A4080C04DF005038'), '6985');
  });

  for (const [name, commands] of [
    ['pulled-reading', ['00A4080C022F00', '00B0000025']],
    ['pulled-verifying', [VERIFY]],
    ['pulled-signing', SIGN],
  ] as const) {
    it(`take the card out: ${name} (§6.3)`, () => {
      const card = powered(child, findFault(name)?.card);
      assert.throws(() => send(card, ...commands), /pulled out/);
    });
  }
});

describe('key 83 of an adult’s card of applet 1.8', () => {
  const MSE = '002241B6050480028483';

  for (const [status, commands, rule] of [
    ['6160', [BELPIC, MSE, VERIFY, PSO], 'signs straight after VERIFY'],
    ['6160', [BELPIC, VERIFY, MSE, PSO], 'bears one command after VERIFY'],
    ['6982', [BELPIC, VERIFY, BELPIC, MSE, PSO], 'does not bear two commands after VERIFY'],
    ['6982', [BELPIC, MSE, VERIFY, PSO, '00C0000060', PSO], 'signs once after one VERIFY'],
    [
      '6982',
      [BELPIC, MSE, VERIFY, PSO, '002241B6050480028482', PSO],
      'takes the right of key 82 with its signature',
    ],
    ['6982', [BELPIC, MSE, PSO], 'does not sign without the PIN'],
    ['6a88', ['00A4020C02DF01', MSE], 'is known in DF(BELPIC) only'],
  ] as const) {
    it(`${rule} (§1.6)`, () => {
      assert.equal(send(powered(adult), ...commands), status);
    });
  }

  it('signs what its own certificate verifies, and the other does not (§1.6)', () => {
    const card = powered(adult);
    const digest = createHash('sha384').update('message').digest('hex');
    assert.equal(send(card, BELPIC, MSE, VERIFY, `002A9E9A30${digest}`), '6160');
    const signature = fromHex(send(card, '00C0000060').slice(0, -4));
    const isSignedBy = (path: string): boolean => {
      const key = new X509Certificate(readFile(card, path)).publicKey;
      return verify(
        'sha384',
        Buffer.from('message'),
        { key, dsaEncoding: 'ieee-p1363' },
        signature,
      );
    };
    assert.ok(isSignedBy('DF005039'));
    assert.ok(!isSignedBy('DF005038'));
  });

  it('is not on the card of a child (§4.6)', () => {
    assert.equal(send(powered(child), BELPIC, MSE), '6a88');
  });
});
