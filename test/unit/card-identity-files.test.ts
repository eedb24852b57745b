import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBelgianCard } from '../../native-host/card/belgian-card.ts';
import { findIdentityField, readFirstName } from '../../native-host/card/first-name.ts';
import { readIdentityFiles } from '../../native-host/card/identity-files.ts';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestCards, readFile } from '../kit/card/card-fixture.ts';
import { createVirtualCard, type VirtualCard } from '../kit/card/virtual-card.ts';
import { SELECT_AID, scriptedCard } from '../kit/host/card-script.ts';
import { createScriptChannel, type ScriptStep } from '../kit/host/script-channel.ts';

const [emma, lotte] = await createTestCards([{ name: 'emma' }, { name: 'lotte' }]);
assert.ok(emma && lotte);

const SELECT_IDENTITY: ScriptStep = ['00A4080C063F00DF014031', '9000'];
const READ_NAME = '80B2080800';

interface Desk {
  readonly card: VirtualCard;
  readonly commands: string[];
  transmit(command: Uint8Array): Promise<Uint8Array>;
}

function insertCard(contents: CardContents): Desk {
  const card = createVirtualCard(contents);
  card.powerOn();
  const commands: string[] = [];
  return {
    card,
    commands,
    async transmit(command) {
      commands.push(Buffer.from(command).toString('hex').toUpperCase());
      return card.transmit(command);
    },
  };
}

for (const contents of [emma, lotte]) {
  test(`applet ${contents.applet}: identity, signature and register certificate are read as stored, and nothing else`, async () => {
    const desk = insertCard(contents);
    const files = await readIdentityFiles(desk, { address: false, photo: false });
    assert.deepEqual(Object.keys(files).sort(), [
      'identity',
      'identitySignature',
      'registerCertificate',
    ]);
    const stored = (path: string) => Buffer.from(readFile(desk.card, `3F00${path}`));
    assert.deepEqual(Buffer.from(files.identity), stored('DF014031'));
    assert.deepEqual(Buffer.from(files.identitySignature), stored('DF014032'));
    assert.deepEqual(
      Buffer.from(files.registerCertificate),
      Buffer.from(contents.nationalRegisterCertificate),
    );
    for (const file of ['4033', '4034', '4035']) {
      assert.ok(!desk.commands.some((command) => command.endsWith(`DF01${file}`)));
    }
  });

  test(`applet ${contents.applet}: address and photo are read where they are wanted, padding included`, async () => {
    const desk = insertCard(contents);
    const files = await readIdentityFiles(desk, { address: true, photo: true });
    const stored = (path: string) => Buffer.from(readFile(desk.card, `3F00${path}`));
    assert.deepEqual(Buffer.from(files.address ?? []), stored('DF014033'));
    assert.deepEqual(Buffer.from(files.addressSignature ?? []), stored('DF014034'));
    assert.deepEqual(Buffer.from(files.photo ?? []), stored('DF014035'));
  });

  test(`applet ${contents.applet}: the first name is that of the identity file`, async () => {
    const desk = insertCard(contents);
    const card = await readBelgianCard(desk);
    assert.ok(card);
    desk.commands.length = 0;
    const expected = contents === emma ? 'Emma' : 'Lotte';
    assert.equal(await readFirstName(desk, card), expected);
    const isRecord = desk.commands.some((command) => command.startsWith('80B20808'));
    assert.equal(isRecord, contents === emma);
    if (isRecord) assert.ok(!desk.commands.some((command) => command.startsWith('00B0')));
  });
}

test('a wanted address or photo that the card has not is left out', async () => {
  const zeros = { address: new Uint8Array(121), photo: new Uint8Array(300) };
  const desk = insertCard({ ...emma, ...zeros });
  const files = await readIdentityFiles(desk, { address: true, photo: true });
  assert.ok(!('address' in files) && !('addressSignature' in files) && !('photo' in files));
});

test('a card without an identity file, its signature or the register certificate is IDENTITY_INVALID', async () => {
  const wanted = { address: false, photo: false };
  for (const absent of [
    { identity: new Uint8Array(200) },
    { identitySignature: new Uint8Array(0) },
    { nationalRegisterCertificate: new Uint8Array(900) },
  ]) {
    const reading = readIdentityFiles(insertCard({ ...emma, ...absent }), wanted);
    await assert.rejects(reading, { code: 'IDENTITY_INVALID' });
  }
});

test('files that are longer than any are CARD_ERROR', async () => {
  const wanted = { address: true, photo: true };
  for (const long of [
    { identity: new Uint8Array(1_025).fill(1) },
    { identitySignature: new Uint8Array(513).fill(1) },
    { address: new Uint8Array(513).fill(1) },
    { addressSignature: new Uint8Array(513).fill(1) },
    { photo: new Uint8Array(8_193).fill(1) },
  ]) {
    const reading = readIdentityFiles(insertCard({ ...emma, ...long }), wanted);
    await assert.rejects(reading, { code: 'CARD_ERROR' });
  }
  const long = { nationalRegisterCertificate: Uint8Array.of(0x30, 0x82, 0x10, 0x00, 1) };
  const reading = readIdentityFiles(insertCard({ ...emma, ...long }), wanted);
  await assert.rejects(reading, { code: 'CERTIFICATE_MALFORMED' });
});

test('a card whose applet is gone is CARD_CHANGED before any file is read', async () => {
  const gone: ScriptStep[] = [[SELECT_AID[0], '6A82']];
  const reading = readIdentityFiles(createScriptChannel(gone), { address: true, photo: true });
  await assert.rejects(reading, { code: 'CARD_CHANGED' });
  const naming = readFirstName(createScriptChannel(gone), scriptedCard(0x18));
  await assert.rejects(naming, { code: 'CARD_CHANGED' });
});

const hexOf = (text: string) => Buffer.from(text).toString('hex').toUpperCase();
const field = (text: string) =>
  `08${Buffer.byteLength(text).toString(16).padStart(2, '0').toUpperCase()}${hexOf(text)}`;

async function nameIn(steps: readonly ScriptStep[], version: 0x17 | 0x18 = 0x18): Promise<string> {
  const channel = createScriptChannel(steps);
  const name = await readFirstName(channel, scriptedCard(version));
  channel.checkDone();
  return name;
}

for (const [stored, shown] of [
  ['Emma Marie', 'Emma'],
  ['Jean-Pierre Luc', 'Jean-Pierre'],
  ['  Zoë  ', 'Zoë'],
  ['\u202eamme\u0007 X', 'amme'],
  ['É'.repeat(45), 'É'.repeat(40)],
  ['', ''],
] as const) {
  test(`of the given names ${JSON.stringify(stored)} ${JSON.stringify(shown)} is shown`, async () => {
    const record: ScriptStep = [READ_NAME, `${field(stored)}9000`];
    assert.equal(await nameIn([SELECT_AID, SELECT_IDENTITY, record]), shown);
  });
}

test('bytes that are no UTF-8 are replaced, not thrown', async () => {
  const record: ScriptStep = [READ_NAME, '0802C3289000'];
  assert.equal(await nameIn([SELECT_AID, SELECT_IDENTITY, record]), '\ufffd(');
});

test('where the record cannot be had the identity file is read (6981, 6A83)', async () => {
  const file: ScriptStep[] = [SELECT_IDENTITY, ['00B0000000', `0001${'05'}${field('Noor')}9000`]];
  for (const answer of ['6981', '6A83', '6D00', '6700']) {
    const steps: ScriptStep[] = [SELECT_AID, SELECT_IDENTITY, [READ_NAME, answer], ...file];
    assert.equal(await nameIn(steps), 'Noor');
  }
  assert.equal(await nameIn([SELECT_AID, ...file], 0x17), 'Noor');
});

test('a card without a given name, or without an identity file, has an empty one', async () => {
  const nameless: ScriptStep = ['00B0000000', '01034142430702414200009000'];
  assert.equal(await nameIn([SELECT_AID, SELECT_IDENTITY, nameless], 0x17), '');
  assert.equal(await nameIn([SELECT_AID, [SELECT_IDENTITY[0], '6A82']], 0x17), '');
});

test('fields are found up to the padding; tag 00 is one only in front (identity file, version 5)', () => {
  const fields = Buffer.from('00020102' + '0801AA' + '0702BBCC' + '0000' + '0A01DD', 'hex');
  const find = (tag: number) => findIdentityField(fields, tag);
  assert.deepEqual(find(0x00), Buffer.from('0102', 'hex'));
  assert.deepEqual(find(0x07), Buffer.from('BBCC', 'hex'));
  assert.equal(find(0x0a), undefined);
  assert.equal(find(0x1f), undefined);
});

test('a field that is cut short at any byte is CARD_ERROR, unless what is wanted stands before it', () => {
  const fields = Buffer.from('0801AA0702BBCC', 'hex');
  for (const length of [4, 5, 6]) {
    const cut = fields.subarray(0, length);
    assert.throws(() => findIdentityField(cut, 0x07), { code: 'CARD_ERROR' });
    assert.deepEqual(findIdentityField(cut, 0x08), Buffer.from('AA', 'hex'));
  }
  const endless = Uint8Array.of(0x08, 0xff, ...new Uint8Array(300));
  assert.throws(() => findIdentityField(endless, 0x08), { code: 'CARD_ERROR' });
});
