import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { eventsOf, type HostPki, openHostPki } from '../kit/host/host-bench.ts';
import { endsWith, lastTry, pinWanted, sendPin, startLogin } from '../kit/host/login-scene.ts';

let bench: HostPki;

before(async () => {
  bench = await openHostPki();
});
after(() => bench.close());

test('a wrong PIN is asked again with the tries left, and the right one then logs in', async (context) => {
  const scene = await startLogin(context, bench);
  const { gateway, host, id } = scene;
  await pinWanted(host);
  sendPin(scene, '9999');
  assert.deepEqual(await pinWanted(host, true), {
    type: 'pin-wanted',
    id,
    wrong: true,
    triesLeft: 2,
  });
  sendPin(scene, '1234');
  assert.equal((await host.findReply())['ok'], true);
  assert.deepEqual(gateway.verdicts, ['ok']);
});

test('the last try waits for an adult’s yes, and the host asks no PIN before it (card facts §7)', async (context) => {
  const scene = await startLogin(context, bench, { card: { pinTriesLeft: 2 } });
  await pinWanted(scene.host);
  sendPin(scene, '9999');
  const { host, id } = scene;
  assert.deepEqual(await lastTry(host), { type: 'last-try', id });
  host.send({ type: 'last-try-allowed', id });
  const asked = await pinWanted(host, true);
  assert.deepEqual(asked, { type: 'pin-wanted', id, wrong: true, triesLeft: 1 });
  sendPin(scene, '1234');
  assert.equal((await host.findReply())['ok'], true);
});

test('a PIN in place of the adult’s yes ends the login: no last try without it (card facts §7)', async (context) => {
  const scene = await startLogin(context, bench, { card: { pinTriesLeft: 1 } });
  await lastTry(scene.host);
  sendPin(scene, '1234');
  await endsWith(scene, 'MESSAGE_MALFORMED');
  assert.ok(!scene.readers.commands.some((command) => command.startsWith('0020000108')));
});

test('tries that another program used up meanwhile: no last try without the adult’s yes (card facts §7)', async (context) => {
  const scene = await startLogin(context, bench, { person: undefined });
  const card = createVirtualCard(await bench.contentsOf('emma'));
  scene.readers.insert(card);
  await pinWanted(scene.host);
  const wrongPin = Buffer.from('0020000108249999FFFFFFFFFF', 'hex');
  for (let time = 0; time < 2; time += 1) card.transmit(wrongPin);
  sendPin(scene, '1234');
  assert.deepEqual(await lastTry(scene.host), { type: 'last-try', id: scene.id });
  assert.ok(!scene.readers.commands.some((command) => command.startsWith('0020000108')));
  scene.host.send({ type: 'last-try-allowed', id: scene.id });
  await scene.host.find(({ type, triesLeft }) => type === 'pin-wanted' && triesLeft === 1);
  sendPin(scene, '1234');
  assert.equal((await scene.host.findReply())['ok'], true);
});

test('the third wrong PIN is PIN_BLOCKED, and the gateway is told no (RFC 9261 §6)', async (context) => {
  const scene = await startLogin(context, bench, { card: { pinTriesLeft: 1 } });
  await lastTry(scene.host);
  scene.host.send({ type: 'last-try-allowed', id: scene.id });
  await pinWanted(scene.host);
  sendPin(scene, '9999');
  await endsWith(scene, 'PIN_BLOCKED');
  assert.deepEqual(scene.gateway.verdicts, ['USER_CANCELLED']);
});

test('a PIN that is blocked already is never asked for', async (context) => {
  const scene = await startLogin(context, bench, { card: { pinTriesLeft: 0 } });
  await endsWith(scene, 'PIN_BLOCKED');
  assert.ok(!eventsOf(scene.host).includes('pin-wanted'));
  assert.ok(!scene.readers.commands.some((command) => command.startsWith('0020000108')));
});

test('cancel while the PIN is awaited sends an empty authenticator, then USER_CANCELLED (RFC 9261 §6)', async (context) => {
  const scene = await startLogin(context, bench);
  await pinWanted(scene.host);
  scene.host.send({ type: 'cancel', id: scene.id });
  await endsWith(scene, 'USER_CANCELLED');
  assert.deepEqual(scene.gateway.verdicts, ['USER_CANCELLED']);
  assert.ok(!scene.readers.commands.some((command) => command.startsWith('0020000108')));
});

test('cancel while the card signs lets the card finish and sends no signature', async (context) => {
  const scene = await startLogin(context, bench, {
    card: {
      intercept(command) {
        // VERIFY: the cancel is there before the card answers.
        if (command[1] === 0x20 && command.length > 5)
          scene.host.send({ type: 'cancel', id: scene.id });
        return undefined;
      },
    },
  });
  await pinWanted(scene.host);
  sendPin(scene, '1234');
  await endsWith(scene, 'USER_CANCELLED');
  assert.deepEqual(scene.gateway.verdicts, ['USER_CANCELLED']);
  assert.equal(scene.readers.commands.at(-1), '80E60000');
});
