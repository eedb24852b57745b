import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { readAuthenticationCertificate } from '../../native-host/card/card-certificate.ts';
import { createFileReader, readWholeFile } from '../../native-host/card/file-reader.ts';
import { createScriptChannel, type ScriptStep } from '../kit/host/script-channel.ts';

const PATH = [0x3f00, 0xdf01, 0x4031];
const SELECT: ScriptStep = ['00A4080C063F00DF014031', '9000'];
const MAX_BYTES = 1_024;
const BROKEN = new KidsIdError('CARD_ERROR', 'reader failed');

/** So many bytes, none of them zero. */
const content = (length: number, start = 0) =>
  Array.from({ length }, (_, index) => (((start + index) % 255) + 1).toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();

async function readFile(
  steps: readonly ScriptStep[],
  options: { blockBytes?: number } = {},
): Promise<string | undefined> {
  const channel = createScriptChannel(steps);
  try {
    const files = createFileReader(channel, options);
    const bytes = await readWholeFile(files, { path: PATH, maxBytes: MAX_BYTES });
    return bytes && Buffer.from(bytes).toString('hex').toUpperCase();
  } finally {
    channel.checkDone();
  }
}

test('a file ends at its short block, told by 6Cxx or cut by the reader (ISO/IEC 7816-4)', async () => {
  const first: ScriptStep = ['00B0000000', `${content(256)}9000`];
  const told: ScriptStep[] = [
    ['00B0010000', '6C10'],
    ['00B0010010', `${content(16, 256)}9000`],
  ];
  assert.equal(await readFile([SELECT, first, ...told]), content(272));
  const cut: ScriptStep = ['00B0010000', `${content(16, 256)}9000`];
  assert.equal(await readFile([SELECT, first, cut]), content(272));
});

test('a file of a whole number of blocks ends at 6B00, or at an empty answer', async () => {
  const first: ScriptStep = ['00B0000000', `${content(256)}9000`];
  for (const answer of ['6B00', '9000']) {
    assert.equal(await readFile([SELECT, first, ['00B0010000', answer]]), content(256));
  }
});

test('a block whose rest waits behind 61xx is fetched', async () => {
  const steps: ScriptStep[] = [
    SELECT,
    ['00B0000000', `${content(200)}6120`],
    ['00C0000020', `${content(32, 200)}9000`],
  ];
  assert.equal(await readFile(steps), content(232));
});

test('a file that is missing, not activated, empty or all zeros is absent', async () => {
  for (const answer of ['6A82', '6283', '6985']) {
    assert.equal(await readFile([[SELECT[0], answer]]), undefined);
  }
  for (const answer of ['6B00', '6985', '9000', `${'00'.repeat(40)}9000`]) {
    assert.equal(await readFile([SELECT, ['00B0000000', answer]]), undefined);
  }
});

test('a file that is refused, or stops in the middle, is CARD_ERROR', async () => {
  await assert.rejects(readFile([[SELECT[0], '6982']]), { code: 'CARD_ERROR' });
  await assert.rejects(readFile([SELECT, ['00B0000000', '6982']]), { code: 'CARD_ERROR' });
  const first: ScriptStep = ['00B0000000', `${content(256)}9000`];
  for (const answer of ['6982', '6A82', '6985', '6700', '6D00', BROKEN]) {
    const reading = readFile([SELECT, first, ['00B0010000', answer]]);
    await assert.rejects(reading, { code: 'CARD_ERROR' });
  }
});

test('a file that is longer than any is CARD_ERROR, also when it never ends', async () => {
  const blocks = Array.from({ length: 5 }, (_, index): ScriptStep => {
    const offset = index.toString(16).padStart(2, '0').toUpperCase();
    return [`00B0${offset}0000`, `${content(256, 256 * index)}9000`];
  });
  await assert.rejects(readFile([SELECT, ...blocks]), { code: 'CARD_ERROR' });
  const exact: ScriptStep = ['00B0040000', '6B00'];
  assert.equal(await readFile([SELECT, ...blocks.slice(0, 4), exact]), content(1_024));
});

for (const failure of ['6700', BROKEN] as const) {
  const name = failure === BROKEN ? 'a failure of communication' : failure;
  test(`after ${name} at the first block all blocks are of 248 bytes`, async () => {
    const steps: ScriptStep[] = [
      SELECT,
      ['00B0000000', failure],
      ['00B00000F8', `${content(248)}9000`],
      ['00B000F8F8', `${content(100, 248)}9000`],
    ];
    assert.equal(await readFile(steps), content(348));
  });

  test(`${name} at a small block too is CARD_ERROR: blocks become smaller once`, async () => {
    const twice: ScriptStep[] = [SELECT, ['00B0000000', failure], ['00B00000F8', failure]];
    await assert.rejects(readFile(twice), { code: 'CARD_ERROR' });
    const small: ScriptStep[] = [SELECT, ['00B00000F8', failure]];
    await assert.rejects(readFile(small, { blockBytes: 248 }), { code: 'CARD_ERROR' });
  });
}

test('a card that is pulled at the first block is CARD_REMOVED, not asked for a smaller one', async () => {
  const removed = new KidsIdError('CARD_REMOVED', 'pulled');
  const reading = readFile([SELECT, ['00B0000000', removed]]);
  await assert.rejects(reading, { code: 'CARD_REMOVED' });
});

test('what was learned of the reader at the first file holds for the next', async () => {
  const channel = createScriptChannel([
    SELECT,
    ['00B0000000', '6700'],
    ['00B00000F8', `${content(10)}9000`],
    SELECT,
    ['00B00000F8', `${content(20)}9000`],
    SELECT,
    ['00B00000F8', '6700'],
  ]);
  const files = createFileReader(channel);
  const options = { path: PATH, maxBytes: MAX_BYTES };
  assert.equal((await readWholeFile(files, options))?.length, 10);
  assert.equal((await readWholeFile(files, options))?.length, 20);
  await assert.rejects(readWholeFile(files, options), { code: 'CARD_ERROR' });
  channel.checkDone();
});

test('a certificate is read in 248-byte blocks by a reader that does not bear 256', async () => {
  const certificate = `30820128${'C3'.repeat(296)}`;
  const channel = createScriptChannel([
    ['00A4080C063F00DF005038', '9000'],
    ['00B0000000', '6700'],
    ['00B00000F8', `${certificate.slice(0, 496)}9000`],
    ['00B000F834', `${certificate.slice(496)}9000`],
  ]);
  const bytes = await readAuthenticationCertificate(channel);
  assert.equal(Buffer.from(bytes).toString('hex').toUpperCase(), certificate);
  channel.checkDone();
});
