/** Cards that are pulled and swapped in a real PC/SC reader, at moments that hurt. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { findPcscdProblems } from '../kit/card/pcscd.ts';
import { createVirtualCard, type VirtualCardOptions } from '../kit/card/virtual-card.ts';
import {
  type DisturbanceBench,
  insertCard,
  openDisturbanceBench,
  startOtherProgram,
} from './host-disturbance-setup.ts';

const problems = findPcscdProblems();
const withReader = { skip: problems.length > 0 ? problems.join('; ') : false, timeout: 120_000 };

let bench: DisturbanceBench | undefined;

before(async () => {
  if (withReader.skip === false) bench = await openDisturbanceBench();
});
after(() => bench?.close());

function getBench(): DisturbanceBench {
  assert.ok(bench);
  return bench;
}

const makeCard = async (name: string, options?: VirtualCardOptions) =>
  createVirtualCard(await getBench().pki.contentsOf(name), options);

/**
 * Three turns of the daemon's polling (0.4 s). It calls a reader empty as soon as a command fails, and yet misses a
 * card that is back before it has polled; nothing tells of that.
 */
const READER_POLLS_MS = 1_200;

const isVerify = (command: Uint8Array) => command[1] === 0x20 && command.length > 5;

for (const [moment, isMoment] of [
  ['looks at the PIN', isVerify],
  ['signs', (command: Uint8Array) => command[1] === 0x2a],
  ['hands over its signature', (command: Uint8Array) => command[1] === 0xc0],
  ['logs off', (command: Uint8Array) => command[1] === 0xe6],
] as const) {
  test(
    `a card that is pulled while it ${moment} ends the login with a clean code, and the host exits`,
    withReader,
    async (context) => {
      const pcscd = await getBench().startReader(context);
      let isTyped = false;
      const card = await makeCard('emma', {
        intercept(command) {
          if (isTyped && isMoment(command)) void inserted.remove();
          return undefined;
        },
      });
      const inserted = await insertCard(context, pcscd, card);
      const host = getBench().startLogin(context, pcscd);
      await host.pinWanted();
      isTyped = true;
      host.sendPin('1234');
      const { ok, code } = await host.findReply();
      // A signature that came before the card went is good.
      if (moment === 'logs off' && ok === true) return;
      assert.ok(code === 'CARD_REMOVED' || code === 'CARD_ERROR', String(code));
      await host.end();
    },
  );
}

test(
  'a card that is pulled while it is read is waited for, and logs in when it is back',
  withReader,
  async (context) => {
    const pcscd = await getBench().startReader(context);
    const contents = await getBench().pki.contentsOf('emma');
    const first = createVirtualCard(contents, {
      intercept(command) {
        if (command[1] === 0xb0) void inserted.remove();
        return undefined;
      },
    });
    const inserted = await insertCard(context, pcscd, first);
    const host = getBench().startLogin(context, pcscd);
    await host.find((message) => message['stage'] === 'card-absent');
    await delay(READER_POLLS_MS);
    await insertCard(context, pcscd, createVirtualCard(contents));
    await host.pinWanted();
    host.sendPin('1234');
    assert.equal((await host.findReply())['ok'], true);
    await host.end();
  },
);

test(
  'a card that is swapped faster than the host looks is CARD_REMOVED, with no PIN typed',
  withReader,
  async (context) => {
    const pcscd = await getBench().startReader(context);
    const emma = await insertCard(context, pcscd, await makeCard('emma'));
    const host = getBench().startLogin(context, pcscd);
    await host.pinWanted();
    host.child.kill('SIGSTOP');
    await emma.remove();
    assert.equal(await startOtherProgram(context, pcscd).ask('see-empty'), 'ok');
    await insertCard(context, pcscd, await makeCard('lina'));
    host.child.kill('SIGCONT');
    assert.equal((await host.findReply())['code'], 'CARD_REMOVED');
    await host.end();
  },
);

test(
  'a card that is swapped for another one unseen gets no PIN, and keeps its tries',
  withReader,
  async (context) => {
    const pcscd = await getBench().startReader(context);
    const emma = await insertCard(context, pcscd, await makeCard('emma'));
    const host = getBench().startLogin(context, pcscd);
    await host.pinWanted();
    // The host sees neither hand nor keys until it goes on.
    host.child.kill('SIGSTOP');
    host.sendPin('1234');
    await emma.remove();
    const other = startOtherProgram(context, pcscd);
    assert.equal(await other.ask('see-empty'), 'ok');
    let presented = 0;
    const lina = await makeCard('lina', {
      intercept(command) {
        if (isVerify(command)) presented += 1;
        return undefined;
      },
    });
    await insertCard(context, pcscd, lina);
    host.child.kill('SIGCONT');
    const { code } = await host.findReply();
    assert.ok(code === 'CARD_REMOVED' || code === 'CARD_CHANGED', String(code));
    await host.end();
    assert.equal(await other.ask('connect shared'), 'ok');
    assert.match(await other.ask('transmit 80E400011F'), /03FFFF9000$/);
    assert.equal(presented, 0);
  },
);
