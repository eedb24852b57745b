/** The keys of the synthetic cards: a card stays the same card until it is renewed. */
import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type CardApplet, findPerson } from '../kit/persons.ts';
import { type HolderKeys, openHolderKeys } from '../kit/pki/holder-keys.ts';

describe('the keys of a card holder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kids-id-keys-'));
  const dir = join(folder, 'cards');
  after(() => rmSync(folder, { recursive: true }));

  function open(name: string, applet: CardApplet = '1.8', isRenewed = false): HolderKeys {
    const person = findPerson(name) ?? assert.fail(name);
    return openHolderKeys({ dir, person, applet, isRenewed });
  }

  it('are kept for each person and applet, for their owner only', () => {
    for (const applet of ['1.8', '1.7'] as const) {
      const [first, again] = [open('karel', applet), open('karel', applet)];
      assert.ok(keyOf(first.authentication).equals(keyOf(again.authentication)));
      assert.ok(keyOf(first.signature).equals(keyOf(again.signature)));
      assert.ok(!keyOf(first.authentication).equals(keyOf(first.signature)));
    }
    assert.equal(keyOf(open('karel', '1.7').authentication).asymmetricKeyType, 'rsa');
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    for (const file of readdirSync(dir))
      assert.equal(statSync(join(dir, file)).mode & 0o777, 0o600);
  });

  it('are others for somebody else, and after a renewal', () => {
    const emma = keyOf(open('emma').authentication);
    assert.ok(!emma.equals(keyOf(open('noah').authentication)));
    const renewed = keyOf(open('emma', '1.8', true).authentication);
    assert.ok(!emma.equals(renewed));
    assert.ok(renewed.equals(keyOf(open('emma').authentication)));
  });

  it('are those that the card has: no signature for a child, none at all without certificates', () => {
    for (let turn = 0; turn < 2; turn += 1) {
      assert.equal(open('emma').signature, undefined);
      assert.deepEqual(open('arthur'), { authentication: undefined, signature: undefined });
    }
  });
});

function keyOf(key: KeyObject | undefined): KeyObject {
  return key ?? assert.fail('no key');
}
