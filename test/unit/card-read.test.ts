import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { type BelgianCard, readBelgianCard } from '../../native-host/card/belgian-card.ts';
import { createTestContents } from '../kit/card/card-fixture.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { createScriptChannel, type ScriptStep } from '../kit/host/script-channel.ts';

const SERIAL = '534C4790000102030405060708090A0B';
const SELECT_AID: ScriptStep = ['00A4040C0FA00000003029057000AD13100101FF', '9000'];
const CARD_DATA: ScriptStep = ['80E400011F', `${cardData('18')}03FFFF9000`];
const SELECT_CERTIFICATE: ScriptStep = ['00A4080C063F00DF005038', '9000'];

/** 300 bytes: SEQUENCE of 296. */
const CERTIFICATE = `30820128${'C3'.repeat(296)}`;
const BLOCK_1: ScriptStep = ['00B0000000', `${CERTIFICATE.slice(0, 512)}9000`];
const BLOCK_2: ScriptStep = ['00B001002C', `${CERTIFICATE.slice(512)}9000`];
const QUERY: ScriptStep = ['0020000100', '63C3'];
const FILE_READ = [SELECT_CERTIFICATE, BLOCK_1, BLOCK_2];
const WHOLE = [SELECT_AID, CARD_DATA, ...FILE_READ, QUERY];

/** 28 bytes; the applet version is the one at offset 21. */
function cardData(version: string): string {
  return `${SERIAL}0000000000${version}00010000020F`;
}

async function read(steps: readonly ScriptStep[]): Promise<BelgianCard | undefined> {
  const channel = createScriptChannel(steps);
  const card = await readBelgianCard(channel);
  channel.checkDone();
  assert.equal(channel.end, 'leave');
  return card;
}

async function refuses(steps: readonly ScriptStep[], code: string): Promise<void> {
  const channel = createScriptChannel(steps);
  await assert.rejects(readBelgianCard(channel), { code });
  channel.checkDone();
  assert.equal(channel.end, 'leave');
}

test('reads serial, tries and certificate of applet 1.8 with exactly the commands it needs', async () => {
  const card = await read(WHOLE);
  assert.equal(
    Buffer.from(card?.serial ?? [])
      .toString('hex')
      .toUpperCase(),
    SERIAL,
  );
  assert.equal(card?.triesLeft, 3);
  assert.equal(card?.applet.version, 0x18);
  const certificate = Buffer.from(card?.unverifiedCertificate ?? []);
  assert.equal(certificate.toString('hex').toUpperCase(), CERTIFICATE);
});

test('a card without the Belgian applet is not ours, whatever it answers (ISO/IEC 7816-4)', async () => {
  for (const answer of ['6A82', '6D00', '6E00', '6985', '6283', '6700']) {
    assert.equal(await read([[SELECT_AID[0], answer]]), undefined);
  }
});

test('takes up 61xx after SELECT with GET RESPONSE', async () => {
  const steps: ScriptStep[] = [
    [SELECT_AID[0], '6102'],
    ['00C0000002', 'AABB9000'],
  ];
  assert.ok(await read([...steps, ...WHOLE.slice(1)]));
});

test('repeats a command with the Le of 6Cxx, once as the card says', async () => {
  const again: ScriptStep[] = [['80E400011F', '6C1F'], CARD_DATA];
  assert.ok(await read([SELECT_AID, ...again, ...FILE_READ, QUERY]));
  const short = `3014${'C3'.repeat(20)}`;
  await refuses(
    [
      SELECT_AID,
      CARD_DATA,
      SELECT_CERTIFICATE,
      ['00B0000000', '6C16'],
      ['00B0000016', `${short}9000`],
    ],
    'CERTIFICATE_MALFORMED',
  );
});

test('a card that never ends its 61xx or 6Cxx is an error, not a loop', async () => {
  for (const sw of ['6C1F', '611F']) {
    const channel = createScriptChannel([SELECT_AID]);
    let count = 0;
    const endless = {
      async transmit(command: Uint8Array) {
        if (command[1] === 0xa4) return channel.transmit(command);
        count += 1;
        return Uint8Array.from(Buffer.from(sw, 'hex'));
      },
    };
    await assert.rejects(readBelgianCard(endless), { code: 'CARD_ERROR' });
    assert.ok(count <= 5);
  }
});

for (const refusal of ['6B00', '6C1C', '6A86', '6700', '6D00', '6E00', '6985']) {
  test(`falls back to GET CARD DATA of 28 bytes after ${refusal} (applet 1.7 manual §6.9)`, async () => {
    const repeated: ScriptStep[] = refusal === '6C1C' ? [['80E400011C', '6B00']] : [];
    const short: ScriptStep = ['80E400001C', `${cardData('18')}9000`];
    const asked: ScriptStep[] = [['80E400011F', refusal], ...repeated, short];
    assert.equal((await read([SELECT_AID, ...asked, ...FILE_READ, QUERY]))?.triesLeft, 3);
  });
}

test('takes 28 bytes in answer to the long form: P2 was not looked at', async () => {
  const asked: ScriptStep[] = [
    ['80E400011F', '6C1C'],
    ['80E400011C', `${cardData('18')}9000`],
  ];
  assert.equal((await read([SELECT_AID, ...asked, ...FILE_READ, QUERY]))?.triesLeft, 3);
});

for (const [version, code] of [
  ['11', 'APPLET_TOO_OLD'],
  ['10', 'APPLET_TOO_OLD'],
  ['16', 'APPLET_TOO_OLD'],
  ['19', 'CARD_UNSUPPORTED'],
] as const) {
  test(`applet version ${version} of byte 21 is ${code}, before any other command`, async () => {
    const short: ScriptStep = ['80E400001C', `${cardData(version)}9000`];
    await refuses([SELECT_AID, ['80E400011F', '6B00'], short], code);
  });
}

test('card data of another length, or refused, are CARD_ERROR', async () => {
  await refuses([SELECT_AID, ['80E400011F', `${cardData('18')}03FF9000`]], 'CARD_ERROR');
  const long: ScriptStep = ['80E400001C', `${cardData('18')}03FFFF9000`];
  await refuses([SELECT_AID, ['80E400011F', '6B00'], long], 'CARD_ERROR');
  await refuses([SELECT_AID, ['80E400011F', '9000']], 'CARD_ERROR');
  await refuses([SELECT_AID, ['80E400011F', '6D00'], ['80E400001C', '6D00']], 'CARD_ERROR');
  await refuses([SELECT_AID, ['80E400011F', '6B00'], ['80E400001C', '5300009000']], 'CARD_ERROR');
});

test('an answer without a status word is CARD_ERROR', async () => {
  await refuses([[SELECT_AID[0], '90']], 'CARD_ERROR');
  await refuses([[SELECT_AID[0], '']], 'CARD_ERROR');
});

test('a blocked PIN is said before anybody is asked for it', async () => {
  const blocked: ScriptStep = ['80E400011F', `${cardData('18')}00FFFF9000`];
  for (const answer of ['63C0', '6983', '63C3', '6A88']) {
    const steps: ScriptStep[] = [SELECT_AID, blocked, ...FILE_READ, [QUERY[0], answer]];
    await refuses(steps, 'PIN_BLOCKED');
  }
});

test('63C0 and 6983 to VERIFY without data are both PIN_BLOCKED (applet 1.8 manual, table 29)', async () => {
  for (const answer of ['63C0', '6983']) {
    await refuses([SELECT_AID, CARD_DATA, ...FILE_READ, [QUERY[0], answer]], 'PIN_BLOCKED');
  }
});

test('of two counters of tries the lower one is believed', async () => {
  const query: ScriptStep = [QUERY[0], '63C1'];
  assert.equal((await read([SELECT_AID, CARD_DATA, ...FILE_READ, query]))?.triesLeft, 1);
  const low: ScriptStep = ['80E400011F', `${cardData('18')}01FFFF9000`];
  assert.equal((await read([SELECT_AID, low, ...FILE_READ, QUERY]))?.triesLeft, 1);
});

test('VERIFY without data is asked once, whatever the card says to it', async () => {
  for (const answer of ['6C08', '6108', '6700', '6A86', '6A88', '6D00', '6985']) {
    const card = await read([SELECT_AID, CARD_DATA, ...FILE_READ, [QUERY[0], answer]]);
    assert.equal(card?.triesLeft, 3);
  }
});

test('a card that is found open is logged off and asked again', async () => {
  const open: ScriptStep = [QUERY[0], '9000'];
  const closing: ScriptStep[] = [open, ['80E60000', '9000'], [QUERY[0], '63C2']];
  const card = await read([SELECT_AID, CARD_DATA, ...FILE_READ, ...closing]);
  assert.equal(card?.triesLeft, 2);
});

test('an open card that cannot be closed is CARD_ERROR', async () => {
  const open: ScriptStep = [QUERY[0], '9000'];
  const opened = [SELECT_AID, CARD_DATA, ...FILE_READ, open];
  for (const answer of ['6D00', '6700', '6B00']) {
    await refuses([...opened, ['80E60000', answer]], 'CARD_ERROR');
  }
  await refuses([...opened, ['80E60000', '9000'], open], 'CARD_ERROR');
});

test('a counter of tries over 15 is none', async () => {
  const odd: ScriptStep = ['80E400011F', `${cardData('18')}FFFFFF9000`];
  const silent: ScriptStep = [QUERY[0], '6A88'];
  const card = await read([SELECT_AID, odd, ...FILE_READ, silent]);
  assert.equal(card?.triesLeft, undefined);
});

test('a certificate file that is missing, not activated, empty or all zeros is CERTIFICATE_ABSENT', async () => {
  for (const answer of ['6A82', '6985', '6283']) {
    await refuses([SELECT_AID, CARD_DATA, [SELECT_CERTIFICATE[0], answer]], 'CERTIFICATE_ABSENT');
  }
  const selected = [SELECT_AID, CARD_DATA, SELECT_CERTIFICATE];
  for (const answer of ['6B00', '9000', '6985', `${'00'.repeat(256)}9000`]) {
    await refuses([...selected, ['00B0000000', answer]], 'CERTIFICATE_ABSENT');
  }
});

test('a card without a certificate is told so even when its PIN counter says blocked', async () => {
  const blocked: ScriptStep = ['80E400011F', `${cardData('18')}00FFFF9000`];
  await refuses([SELECT_AID, blocked, [SELECT_CERTIFICATE[0], '6A82']], 'CERTIFICATE_ABSENT');
});

test('a refused certificate file is CARD_ERROR', async () => {
  await refuses([SELECT_AID, CARD_DATA, [SELECT_CERTIFICATE[0], '6982']], 'CARD_ERROR');
  const selected = [SELECT_AID, CARD_DATA, SELECT_CERTIFICATE];
  await refuses([...selected, ['00B0000000', '6982']], 'CARD_ERROR');
  for (const answer of ['6B00', '6982', '9000']) {
    await refuses([...selected, BLOCK_1, ['00B001002C', answer]], 'CARD_ERROR');
  }
});

test('a file that does not begin as a certificate is CERTIFICATE_MALFORMED (X.690 §10.1)', async () => {
  const starts = [
    '31820128',
    '30800128',
    '30830001',
    '3081',
    '308200',
    '30820042',
    '30817F',
    '3082FFFF',
  ];
  for (const start of starts) {
    await refuses(
      [SELECT_AID, CARD_DATA, SELECT_CERTIFICATE, ['00B0000000', `${start}9000`]],
      'CERTIFICATE_MALFORMED',
    );
  }
});

test('blocks that are shorter than asked are gone on with; bytes behind the certificate are left', async () => {
  const card = await read([
    SELECT_AID,
    CARD_DATA,
    SELECT_CERTIFICATE,
    ['00B0000000', `${CERTIFICATE.slice(0, 20)}9000`],
    ['00B0000A00', `${CERTIFICATE.slice(20, 532)}9000`],
    ['00B0010A22', `${CERTIFICATE.slice(532)}00009000`],
    QUERY,
  ]);
  const certificate = Buffer.from(card?.unverifiedCertificate ?? []);
  assert.equal(certificate.toString('hex').toUpperCase(), CERTIFICATE);
});

test('a card that is pulled in the middle is CARD_REMOVED', async () => {
  const removed = new KidsIdError('CARD_REMOVED', 'pulled');
  for (const [index, step] of WHOLE.entries()) {
    await refuses([...WHOLE.slice(0, index), [step[0], removed]], 'CARD_REMOVED');
  }
});

test('reads the virtual card of a child, and not that of a child under six', async () => {
  const contents = await createTestContents('emma');
  const card = createVirtualCard(contents);
  card.powerOn();
  const read = await readBelgianCard({ transmit: async (command) => card.transmit(command) });
  assert.deepEqual(read?.unverifiedCertificate, contents.authenticationCertificate);
  assert.deepEqual(read?.serial, contents.chipSerial);
  const small = createVirtualCard(await createTestContents('arthur'));
  small.powerOn();
  const reading = readBelgianCard({ transmit: async (command) => small.transmit(command) });
  await assert.rejects(reading, { code: 'CERTIFICATE_ABSENT' });
});

test('a virtual card that was never activated is CERTIFICATE_ABSENT, one with a blocked PIN PIN_BLOCKED', async () => {
  const contents = await createTestContents('emma');
  for (const [options, code] of [
    [{ activated: false }, 'CERTIFICATE_ABSENT'],
    [{ pinTriesLeft: 0 }, 'PIN_BLOCKED'],
  ] as const) {
    const card = createVirtualCard(contents, options);
    card.powerOn();
    const reading = readBelgianCard({ transmit: async (command) => card.transmit(command) });
    await assert.rejects(reading, { code });
  }
});
