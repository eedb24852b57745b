import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { eventsOf, type HostPki, openHostPki } from '../kit/host/host-bench.ts';
import { endsWith, lastTry, pinWanted, sendPin, startLogin } from '../kit/host/login-scene.ts';

let bench: HostPki;

before(async () => {
  bench = await openHostPki();
});
after(() => bench.close());

const CHOICE = 'card-choice-wanted';

test('two Belgian cards: asked which by first name, and the chosen one signs (issue: several cards)', async (context) => {
  const scene = await startLogin(context, bench, { persons: ['emma', 'noah'] });
  const { host, id, gateway } = scene;
  const wanted = await host.find(({ type }) => type === CHOICE);
  const labels = [
    { firstName: 'Emma', reader: 'Virtual reader 0' },
    { firstName: 'Noah', reader: 'Virtual reader 1' },
  ];
  assert.deepEqual(wanted, { type: CHOICE, id, cards: labels });
  host.send({ type: 'card-choice', id, index: 1 });
  await pinWanted(host);
  const { pin } = await bench.contentsOf('noah');
  sendPin(scene, pin ?? '');
  assert.equal((await host.findReply())['ok'], true);
  const [certificate] = gateway.certificates;
  assert.match(new X509Certificate(certificate ?? '').subject, /GN=Noah/);
});

test('of two cards only the one that can log in counts: nobody is asked which (card facts §4.6)', async (context) => {
  const scene = await startLogin(context, bench, { persons: ['arthur', 'emma'] });
  await pinWanted(scene.host);
  assert.ok(!eventsOf(scene.host).includes(CHOICE));
  sendPin(scene, '1234');
  assert.equal((await scene.host.findReply())['ok'], true);
});

test('a choice that is not on the list is MESSAGE_MALFORMED', async (context) => {
  const scene = await startLogin(context, bench, { persons: ['emma', 'noah'] });
  await scene.host.find(({ type }) => type === CHOICE);
  scene.host.send({ type: 'card-choice', id: scene.id, index: 2 });
  await endsWith(scene, 'MESSAGE_MALFORMED');
});

test('a reader whose card does not answer does not stop the login with another', async (context) => {
  const scene = await startLogin(context, bench, { person: undefined, readers: 2 });
  const { readers, host } = scene;
  await host.find(({ type, stage }) => type === 'stage' && stage === 'card-absent');
  const intercept = () => Uint8Array.of(0x6d, 0x00);
  const emma = createVirtualCard(await bench.contentsOf('emma'));
  readers.insert(createVirtualCard(await bench.contentsOf('noah'), { intercept }), 0);
  readers.insert(emma, 1);
  await pinWanted(host);
  sendPin(scene, '1234');
  assert.equal((await host.findReply())['ok'], true);
});

test('an RSA card of applet 1.7 logs in by rsa_pss_rsae_sha256 (RFC 8446 §4.2.3)', async (context) => {
  const scene = await startLogin(context, bench, { person: 'lotte' });
  await pinWanted(scene.host);
  const { pin } = await bench.contentsOf('lotte');
  sendPin(scene, pin ?? '');
  assert.equal((await scene.host.findReply())['ok'], true);
  assert.deepEqual(scene.gateway.verdicts, ['ok']);
});

test('a card of applet 1.1 is APPLET_TOO_OLD, and no PIN is asked', async (context) => {
  const scene = await startLogin(context, bench, { person: 'maria' });
  await endsWith(scene, 'APPLET_TOO_OLD');
  assert.ok(!scene.readers.commands.some((command) => command.startsWith('0020000108')));
});

test('a reader with keys: the window is told, the PIN goes from the reader to the card (PC/SC part 10)', async (context) => {
  const scene = await startLogin(context, bench, { keypad: () => ['1234'] });
  assert.equal((await scene.host.findReply())['ok'], true);
  const { host, id } = scene;
  const told = await host.find(({ type }) => type === 'pin-on-reader');
  assert.deepEqual(told, { type: 'pin-on-reader', id, wrong: false, triesLeft: 3 });
  assert.ok(!eventsOf(host).includes('pin-wanted'));
});

test('a reader with keys: a wrong PIN and too few digits are asked again, the last try after an adult’s yes', async (context) => {
  const typed = [['999'], ['9999'], ['8888'], ['1234']];
  const scene = await startLogin(context, bench, { keypad: () => typed.shift() ?? 0x6401 });
  const { host, id } = scene;
  assert.deepEqual(await lastTry(host), { type: 'last-try', id });
  assert.equal(typed.length, 1, 'the keypad waits for the yes');
  host.send({ type: 'last-try-allowed', id });
  assert.equal((await host.findReply())['ok'], true);
  const told = host.messages.filter(({ type }) => type === 'pin-on-reader');
  assert.deepEqual(
    told.map(({ triesLeft, wrong }) => [triesLeft, wrong]),
    [
      [3, false],
      [3, false],
      [2, true],
      [1, true],
    ],
  );
});

for (const [status, code] of [
  [0x6400, 'TIMED_OUT'],
  [0x6401, 'USER_CANCELLED'],
] as const) {
  test(`the reader’s own ${status.toString(16)} is ${code} (PC/SC part 10)`, async (context) => {
    const scene = await startLogin(context, bench, { keypad: () => status });
    await endsWith(scene, code);
  });
}

test('files are read and sent as stored when the gateway asks, signatures in full (card facts §3.6)', async (context) => {
  const files = ['identity', 'address', 'photo'] as const;
  const contents = await bench.contentsOf('emma');
  const scene = await startLogin(context, bench, { person: undefined, gateway: { files } });
  scene.readers.insert(createVirtualCard(contents));
  await pinWanted(scene.host);
  sendPin(scene, '1234');
  assert.equal((await scene.host.findReply())['ok'], true);
  const [sent] = scene.gateway.files;
  const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  assert.deepEqual(bytes(sent?.identity), Buffer.from(contents.identity));
  assert.deepEqual(bytes(sent?.photo), Buffer.from(contents.photo));
  assert.deepEqual(
    bytes(sent?.registerCertificate),
    Buffer.from(contents.nationalRegisterCertificate),
  );
  assert.deepEqual(
    bytes(sent?.address?.file).subarray(0, contents.address.length),
    Buffer.from(contents.address),
  );
  assert.ok(bytes(sent?.identitySignature).includes(Buffer.from(contents.identitySignature)));
});

test('without a wish no file but the certificate is read, and none is sent (design §5)', async (context) => {
  const scene = await startLogin(context, bench);
  await pinWanted(scene.host);
  sendPin(scene, '1234');
  await scene.host.findReply();
  assert.deepEqual(scene.gateway.files, [undefined]);
  assert.ok(!scene.readers.commands.some((command) => command.includes('DF01')));
});

test('a gateway that asks for birth-date: a card with a whole date sends no file, and takes 15 commands', async (context) => {
  const scene = await startLogin(context, bench, { gateway: { files: ['birth-date'] } });
  await pinWanted(scene.host);
  sendPin(scene, '1234');
  assert.equal((await scene.host.findReply())['ok'], true);
  assert.deepEqual(scene.gateway.files, [undefined]);
  assert.equal(scene.readers.commands.length, 15);
});

test('a gateway that asks for birth-date: a card that says the year only sends its identity file, and no other', async (context) => {
  const contents = await bench.contentsOf('amal');
  const options = { person: undefined, gateway: { files: ['birth-date'] as const } };
  const scene = await startLogin(context, bench, options);
  scene.readers.insert(createVirtualCard(contents));
  await pinWanted(scene.host);
  sendPin(scene, contents.pin ?? '');
  assert.equal((await scene.host.findReply())['ok'], true);
  const [sent] = scene.gateway.files;
  const names = ['identity', 'identitySignature', 'registerCertificate'];
  assert.deepEqual(Object.keys(sent ?? {}), names);
  assert.deepEqual(Buffer.from(sent?.identity ?? '', 'base64url'), Buffer.from(contents.identity));
});
