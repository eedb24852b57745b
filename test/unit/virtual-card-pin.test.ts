/** The PIN of the virtual card: tries, rights, changes (card facts §1.5). */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestContents, send, toHex } from '../kit/card/card-fixture.ts';
import { encodePinBlock } from '../kit/card/pin-commands.ts';
import {
  createVirtualCard,
  type VirtualCard,
  type VirtualCardOptions,
} from '../kit/card/virtual-card.ts';

const VERIFY = '0020000108241234FFFFFFFFFF';
const WRONG = '0020000108249999FFFFFFFFFF';
const STATUS = '0020000100';
const MSE_AND_PSO = ['00A4080C02DF00', '002241B6050480028482', `002A9E9A30${'5A'.repeat(48)}`];

describe('the PIN of the virtual card', () => {
  let contents: CardContents;

  before(async () => {
    contents = await createTestContents('emma');
  });

  function powered(options?: VirtualCardOptions): VirtualCard {
    const card = createVirtualCard(contents, options);
    card.powerOn();
    return card;
  }

  it('encodes the PIN block as length, digits and F (§1.5)', () => {
    assert.equal(toHex(encodePinBlock('1234')), '241234ffffffffff');
    assert.equal(toHex(encodePinBlock('12345')), '2512345fffffffff');
    assert.equal(toHex(encodePinBlock('123456789012')), '2c123456789012ff');
    for (const pin of ['123', '1234567890123', '12a4', '']) {
      assert.throws(() => encodePinBlock(pin), RangeError);
    }
  });

  it('keeps the tries over reset, power off and on (§6.3)', () => {
    const card = powered();
    assert.equal(send(card, WRONG), '63c2');
    card.reset();
    assert.equal(send(card, STATUS), '63c2');
    card.powerOff();
    card.powerOn();
    assert.equal(send(card, WRONG), '63c1');
  });

  it('blocks at the third wrong PIN with 6983 and stays blocked (§1.5)', () => {
    const card = powered();
    assert.equal(send(card, WRONG, WRONG, WRONG), '6983');
    assert.equal(send(card, VERIFY), '6983');
    card.reset();
    assert.equal(send(card, STATUS), '6983');
    assert.equal(send(card, '80E400011F').slice(56, 58), '00');
    assert.equal(send(card, '0024000110241234FFFFFFFFFF245678FFFFFFFFFF'), '6983');
  });

  it('answers 63C0 to the try that blocks where cards do so (§1.5)', () => {
    const card = powered({ exhaustedStatus: 0x63c0 });
    assert.equal(send(card, WRONG, WRONG, WRONG), '63c0');
    assert.equal(send(card, WRONG), '6983');
  });

  it('starts with the tries it is given', () => {
    assert.equal(send(powered({ pinTriesLeft: 1 }), STATUS), '63c1');
    assert.equal(send(powered({ pinTriesLeft: 0 }), VERIFY), '6983');
  });

  it('has three tries again after the right PIN (§1.5)', () => {
    const card = powered();
    assert.equal(send(card, WRONG, WRONG, VERIFY), '9000');
    card.reset();
    assert.equal(send(card, STATUS), '63c3');
  });

  it('does not count a status query (§1.5)', () => {
    const card = powered();
    for (let count = 0; count < 5; count++) assert.equal(send(card, STATUS), '63c3');
  });

  it('drops the right at reset and at power off (§1.8)', () => {
    const card = powered();
    assert.equal(send(card, VERIFY, ...MSE_AND_PSO), '6160');
    card.reset();
    assert.equal(send(card, ...MSE_AND_PSO), '6982');
    assert.equal(send(card, VERIFY, ...MSE_AND_PSO), '6160');
    card.powerOff();
    card.powerOn();
    assert.equal(send(card, ...MSE_AND_PSO), '6982');
  });

  it('drops the selection and the response at reset', () => {
    const card = powered();
    assert.equal(send(card, '00A4080C022F00', '00B0000025').slice(-4), '9000');
    card.reset();
    assert.equal(send(card, '00B0000025'), '6986');
    assert.equal(send(card, VERIFY, ...MSE_AND_PSO), '6160');
    card.reset();
    assert.equal(send(card, '00C0000060'), '6985');
  });

  it('takes a malformed block as a wrong PIN (§1.5)', () => {
    assert.equal(send(powered(), '00200001080000000000000000'), '63c2');
    assert.equal(send(powered(), '0020000108241234FFFFFFFF00'), '63c2');
  });

  it('changes the PIN, which gives the right and outlives a reset (§1.5)', () => {
    const card = powered();
    assert.equal(send(card, '0024000110241234FFFFFFFFFF26567890FFFFFFFF'), '9000');
    assert.equal(send(card, ...MSE_AND_PSO), '6160');
    card.reset();
    assert.equal(send(card, VERIFY), '63c2');
    assert.equal(send(card, '002000010826567890FFFFFFFF'), '9000');
  });

  it('counts a wrong old PIN of a change and drops the right (§1.5)', () => {
    const card = powered();
    assert.equal(send(card, VERIFY, '0024000110249999FFFFFFFFFF245678FFFFFFFFFF'), '63c2');
    assert.equal(send(card, ...MSE_AND_PSO), '6982');
    assert.equal(send(card, VERIFY), '9000');
  });

  it('does not count a change whose new PIN is malformed (§1.5)', () => {
    const card = powered();
    assert.equal(send(card, '0024000110249999FFFFFFFFFF245678FFFFFFFFF0'), '6a80');
    assert.equal(send(card, STATUS), '63c3');
  });
});
