/**
 * A reader that is unplugged, which no virtual PC/SC reader can be: the host's code with a card on a local socket,
 * whose reader comes and goes with it.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { serveCardSocket } from '../kit/card/card-socket.ts';
import { expectHops, openDiagnosisStage } from './diagnosis-setup.ts';

const skip = (await findChromiumProblems()).join('; ') || false;

test('unplugged, plugged in with its card, unplugged again: the page follows by itself', {
  skip,
  timeout: 90_000,
}, async (context) => {
  const path = join(tmpdir(), `kids-id-unplugged-${process.pid}.sock`);
  const env = { KIDS_ID_CARD_SOCKET: path, KIDS_ID_READER_LEAVES: '' };
  const stage = await openDiagnosisStage({ kind: 'socket', env });
  context.after(() => stage.stop());
  const page = await stage.openPage('nl');
  await page.click('#start');
  await expectHops(page, 'ready', 'ready', 'ready', 'READER_ABSENT', 'waiting');
  await page.locator('img[src$="plug-reader.svg"]').waitFor();
  const plugged = await serveCardSocket({ card: await stage.cardOf('emma'), path });
  await expectHops(page, 'ready', 'ready', 'ready', 'ready', 'ready');
  await plugged.remove();
  await expectHops(page, 'ready', 'ready', 'ready', 'READER_ABSENT', 'waiting');
});
