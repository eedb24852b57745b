/** Cards pulled, swapped and mixed at every point of a login, in readers of this process. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { CardReader } from '../../native-host/card/readers.ts';
import { createVirtualCard, type VirtualCard } from '../kit/card/virtual-card.ts';
import { startCardGateway } from '../kit/host/card-gateway.ts';
import { type HostPki, listEntry, openHostPki, startHost } from '../kit/host/host-bench.ts';
import { endsWith, pinWanted, type Scene, sendPin, startLogin } from '../kit/host/login-scene.ts';
import { createVirtualReaders, type ReaderCard } from '../kit/host/virtual-readers.ts';

let bench: HostPki;

before(async () => {
  bench = await openHostPki();
});
after(() => bench.close());

const makeCard = async (name: string) => createVirtualCard(await bench.contentsOf(name));
const isPin = (command: string) => command.startsWith('0020') && command.length > 10;
const timing = { heartbeatMs: 10_000, cardTimeoutMs: 30_000 };

/** Commands of a login that nothing disturbs. */
async function countCommands(context: TestContext): Promise<number> {
  const scene = await startLogin(context, bench);
  await pinWanted(scene.host);
  sendPin(scene, '1234');
  assert.equal((await scene.host.findReply())['ok'], true);
  return scene.readers.commands.length;
}

/** PIN tries left, as applet 1.8 says them. */
function triesLeft(card: VirtualCard): number | undefined {
  card.powerOn();
  return card.transmit(Uint8Array.of(0x80, 0xe4, 0x00, 0x01, 0x1f))[28];
}

for (const [noticed, code] of [
  ['at once', 'CARD_REMOVED'],
  ['later', 'CARD_ERROR'],
] as const) {
  test(`a card that is pulled at any command, noticed ${noticed}: waited for while read, else a clean end`, async (context) => {
    const count = await countCommands(context);
    for (let at = 0; at < count; at += 1) await pullAt(context, { at, noticed, code });
  });
}

async function pullAt(
  context: TestContext,
  options: { at: number; noticed: 'at once' | 'later'; code: 'CARD_REMOVED' | 'CARD_ERROR' },
): Promise<void> {
  const { at, noticed, code } = options;
  let sent = 0;
  const intercept = (): undefined => {
    sent += 1;
    if (sent <= at) return;
    if (noticed === 'at once') scene.readers.remove();
    else if (sent === at + 1) setImmediate(() => scene.readers.remove());
    throw new KidsIdError(code, 'card of a test that was pulled');
  };
  const scene: Scene = await startLogin(context, bench, { card: { intercept }, timing });
  const { host, readers } = scene;
  const isDecided = (message: Record<string, unknown>) =>
    message['stage'] === 'card-absent' || message['type'] === 'pin-wanted';
  if ((await host.find(isDecided)).type === 'stage') {
    readers.insert(await makeCard('emma'));
    await pinWanted(host);
    sendPin(scene, '1234');
    assert.equal((await host.findReply())['ok'], true, `command ${at}`);
  } else {
    sendPin(scene, '1234');
    const reply = await host.findReply();
    const isClean = ['CARD_REMOVED', 'CARD_ERROR'].includes(String(reply['code']));
    const isLogOff = readers.commands[at]?.startsWith('80E6') === true;
    assert.ok(isClean || (isLogOff && reply['ok'] === true), `command ${at}: ${reply['code']}`);
  }
  assert.ok(readers.commands.filter(isPin).length <= 1, `command ${at}: one VERIFY`);
  host.closeWindow();
  await host.ended;
  assert.equal(readers.isOpen, false);
}

test('a card that is swapped for another one, unseen by the reader, is CARD_CHANGED and the other keeps its tries', async (context) => {
  const [emma, lina] = [await makeCard('emma'), await makeCard('lina')];
  // While the PIN is typed, and between the chip's serial and its certificate.
  for (const at of [undefined, 2]) {
    lina.powerOn();
    let sent = 0;
    let current = emma;
    const scene = await startLogin(context, bench, { person: undefined, timing });
    scene.readers.insert({
      ...emma,
      transmit(command) {
        if (sent === at) current = lina;
        sent += 1;
        return current.transmit(command);
      },
    });
    await pinWanted(scene.host);
    current = lina;
    sendPin(scene, '1234');
    await endsWith(scene, 'CARD_CHANGED');
    assert.equal(scene.readers.commands.filter(isPin).length, 0);
    assert.equal(triesLeft(lina), 3);
  }
});

test('a card that is pulled and another put in while the PIN is typed ends the login, and the other gets no PIN', async (context) => {
  const scene = await startLogin(context, bench);
  await pinWanted(scene.host);
  const lina = await makeCard('lina');
  scene.readers.remove();
  scene.readers.insert(lina);
  sendPin(scene, '1234');
  await endsWith(scene, 'CARD_REMOVED');
  assert.equal(scene.readers.commands.filter(isPin).length, 0);
  assert.equal(triesLeft(lina), 3);
});

const foreignCard = (status: readonly [number, number]): ReaderCard => ({
  powerOn: () => undefined,
  powerOff: () => undefined,
  reset: () => undefined,
  transmit: () => Uint8Array.from(status),
});

test('bank cards and health cards, empty readers, and readers that fail never break a login beside them', async (context) => {
  const gateway = await startCardGateway({
    certificate: bench.pki.issueWebCertificate(['gateway.localhost']),
  });
  context.after(() => gateway.stop());
  const readers = createVirtualReaders({ readers: 5 });
  readers.insert(foreignCard([0x6a, 0x82]), 0);
  readers.insert(foreignCard([0x6d, 0x00]), 1);
  readers.insert(foreignCard([0x6e, 0x00]), 3);
  readers.insert(await makeCard('emma'), 4);
  const host = startHost(context, {
    gateways: [listEntry(gateway, bench.certificateAuthority)],
    timing,
    async openReaders(onChange) {
      const opened = await readers.open(onChange);
      const failing = (['CARD_ERROR', 'CARD_BUSY', 'CARD_REMOVED'] as const).map(failingReader);
      return { ...opened, list: () => [...failing, ...opened.list(), emptyReader] };
    },
  });
  const id = host.startLogin(gateway.origin);
  await pinWanted(host);
  host.send({ type: 'pin', id, digits: [1, 2, 3, 4] });
  assert.equal((await host.findReply())['ok'], true);
});

const emptyReader: CardReader = {
  name: 'Virtual smart card of the system',
  hasCard: false,
  connect: () => assert.fail('a reader without a card'),
};

const failingReader = (code: 'CARD_ERROR' | 'CARD_BUSY' | 'CARD_REMOVED'): CardReader => ({
  name: `Reader that is ${code}`,
  hasCard: true,
  async connect() {
    throw new KidsIdError(code, 'reader of a test that fails');
  },
});

test('a bank card put in and pulled while a reader is waited for leaves the wait as it was', async (context) => {
  const scene = await startLogin(context, bench, { person: undefined, readers: 2, timing });
  const { host, readers } = scene;
  await host.find((message) => message['stage'] === 'card-absent');
  readers.insert(
    {
      ...foreignCard([0x6a, 0x82]),
      transmit() {
        readers.remove();
        throw new KidsIdError('CARD_REMOVED', 'card of a test that was pulled');
      },
    },
    0,
  );
  await host.find((message) => message['stage'] === 'reading');
  readers.insert(await makeCard('emma'), 1);
  await pinWanted(host);
  sendPin(scene, '1234');
  assert.equal((await host.findReply())['ok'], true);
});
