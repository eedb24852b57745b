/** PIN and PIN change on a reader's keys, from the card model through PC/SC part 10 to a virtual card. */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { LANGUAGES } from '../../gateway/protocol/fields.ts';
import { readBelgianCard } from '../../native-host/card/belgian-card.ts';
import { changePin } from '../../native-host/card/change-pin.ts';
import { signWithPin } from '../../native-host/card/sign-with-pin.ts';
import { createTestContents } from '../kit/card/card-fixture.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { createKeypadReader, type Fingers } from '../kit/host/pcsc-double-keypad.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

/** The binding loads the PC/SC library of the system, which need not be there. */
const pcsc = await import('../../native-host/pcsc/connect-card.ts').catch(() => undefined);
const skip = pcsc ? false : 'no PC/SC library on this computer';

const DATA = Buffer.from('TEST ONLY');
const HASH = createHash('sha384').update(DATA).digest();

/** Emma's card, read, in a reader at whose keys these fingers are. */
async function readAtKeys(fingers: Fingers) {
  assert.ok(pcsc);
  const contents = await createTestContents('emma');
  const virtual = createVirtualCard(contents);
  virtual.powerOn();
  const { reader, languages, commands } = createKeypadReader(virtual, fingers);
  const connection = await pcsc.connectCard(reader, {
    removed: new AbortController().signal,
    onGone: () => undefined,
  });
  assert.equal(connection.hasKeypad, true);
  const card = await connection.withTransaction((transaction) => readBelgianCard(transaction));
  assert.ok(card);
  return {
    languages,
    commands,
    contents,
    sign: (keypad: (typeof LANGUAGES)[number] = 'nl') =>
      connection.withTransaction((transaction) =>
        signWithPin(transaction, { card, pin: { keypad }, hash: HASH }),
      ),
    change: () =>
      connection.withTransaction((transaction) =>
        changePin(transaction, { card, pins: { keypad: 'fr' } }),
      ),
  };
}

test('a PIN typed on the keys signs, and no command of the computer holds it', {
  skip,
}, async () => {
  const { sign, languages, commands, contents } = await readAtKeys(() => ['1234']);
  for (const language of LANGUAGES) {
    const outcome = await sign(language);
    assert.ok(outcome.kind === 'signed');
    const key = createPublicKey(contents.authenticationKey ?? '');
    const options = { key, dsaEncoding: 'ieee-p1363' } as const;
    assert.ok(verify('sha384', DATA, options, outcome.signature));
  }
  assert.deepEqual(languages, ['0813', '080c', '0407', '0409']);
  assert.ok(!commands.some((command) => command.startsWith('00200001') && command.length > 10));
  assert.ok(commands.at(-1)?.startsWith('80e60000'));
});

test('a wrong PIN on the keys costs one try, and one that is too short none (card facts §1.9)', {
  skip,
}, async () => {
  const typed = ['9999', '123', '1234'];
  const { sign } = await readAtKeys(() => [typed.shift() ?? '']);
  assert.deepEqual(await sign(), { kind: 'pin-wrong', triesLeft: 2 });
  assert.deepEqual(await sign(), { kind: 'pin-length' });
  assert.equal((await sign()).kind, 'signed');
});

test('the cancel key is USER_CANCELLED, keys that nobody touches are TIMED_OUT (card facts §1.9)', {
  skip,
}, async () => {
  const ends = [0x6401, 0x6400] as const;
  let index = 0;
  const { sign, commands } = await readAtKeys(() => ends[index++] ?? []);
  await rejectsWithCode('USER_CANCELLED', sign());
  await rejectsWithCode('TIMED_OUT', sign());
  assert.ok(commands.at(-1)?.startsWith('80e60000'));
});

test('a PIN is changed on the keys: repeated wrongly nothing happens, then the new one counts', {
  skip,
}, async () => {
  const typed = [['1234', '4321', '4322'], ['1234', '4321', '4321'], ['1234'], ['4321']];
  const { change, sign, languages } = await readAtKeys(() => typed.shift() ?? []);
  assert.deepEqual(await change(), { kind: 'pins-different' });
  assert.deepEqual(await change(), { kind: 'changed' });
  assert.deepEqual(await sign(), { kind: 'pin-wrong', triesLeft: 2 });
  assert.equal((await sign()).kind, 'signed');
  assert.deepEqual(languages, ['080c', '080c', '0813', '0813']);
});
