import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { COMPLETION_CODE, SITE, startCardGateway } from '../kit/host/card-gateway.ts';
import {
  eventsOf,
  type HostPki,
  listEntry,
  openHostPki,
  startHost,
} from '../kit/host/host-bench.ts';
import { endsWith, pinWanted, sendPin, startLogin } from '../kit/host/login-scene.ts';
import { createVirtualReaders } from '../kit/host/virtual-readers.ts';

let bench: HostPki;

before(async () => {
  bench = await openHostPki();
});
after(() => bench.close());

test('a child logs in: proofs first, then site, card, PIN, and one authenticator (design §2)', async (context) => {
  const scene = await startLogin(context, bench);
  const { gateway, host, id, readers } = scene;
  assert.deepEqual(await pinWanted(host), { type: 'pin-wanted', id, wrong: false, triesLeft: 3 });
  sendPin(scene, '1234');
  const reply = { type: 'login', id, ok: true, completionCode: COMPLETION_CODE };
  assert.deepEqual(await host.findReply(), reply);
  const paths = ['/card/start', '/card/ticket', '/card/certificate', '/card/authenticator'];
  assert.deepEqual(gateway.paths, paths);
  assert.deepEqual(gateway.verdicts, ['ok']);
  assert.deepEqual(gateway.connections, ['kids-id-card/1', 'http/1.1']);
  const events = ['connecting', 'site', 'reading', 'pin-wanted', 'signing', 'verifying'];
  assert.deepEqual(eventsOf(host), events);
  assert.ok(host.messages.some((message) => message.type === 'site' && message['site']));
  const site = await host.find(({ type }) => type === 'site');
  assert.deepEqual(site, { type: 'site', id, ...SITE });
  assert.ok(readers.commands.length <= 15, `${readers.commands.length} commands`);
  assert.deepEqual(readers.ends, ['leave', 'leave']);
  assert.deepEqual(host.logged, []);
});

test('everything is closed when a login has ended, and a second one is LOGIN_BUSY', async (context) => {
  const scene = await startLogin(context, bench);
  const { gateway, host, readers } = scene;
  await pinWanted(host);
  sendPin(scene, '1234');
  await host.findReply();
  assert.equal(readers.isOpen, false);
  host.send({
    type: 'login',
    id: 'second',
    origin: gateway.origin,
    ticket: 'A'.repeat(43),
    language: 'fr',
  });
  const second = await host.find((message) => message['id'] === 'second');
  assert.deepEqual(second, { type: 'login', id: 'second', ok: false, code: 'LOGIN_BUSY' });
  assert.equal(gateway.connections.length, 2);
});

test('the authenticator holds the certificate of the card, and issuer and serial were named before', async (context) => {
  const contents = await bench.contentsOf('karel');
  const certificate = bench.pki.issueWebCertificate(['gateway.localhost']);
  const gateway = await startCardGateway({ certificate });
  context.after(() => gateway.stop());
  const readers = createVirtualReaders();
  readers.insert(createVirtualCard(contents));
  const host = startHost(context, {
    gateways: [listEntry(gateway, bench.certificateAuthority)],
    openReaders: readers.open,
  });
  const id = host.startLogin(gateway.origin);
  await pinWanted(host);
  assert.equal(gateway.named.length, 1);
  const der = Buffer.from(contents.authenticationCertificate ?? []);
  assert.ok(der.includes(Buffer.from(gateway.named[0]?.issuer ?? '', 'base64url')));
  assert.ok(der.includes(Buffer.from(gateway.named[0]?.serial ?? '', 'base64url')));
  host.send({ type: 'pin', id, digits: [4, 5, 6, 7, 8, 9] });
  await host.findReply();
  assert.deepEqual(
    gateway.certificates.map((bytes) => Buffer.from(bytes)),
    [der],
  );
});

test('a card that is pulled while the PIN is awaited is CARD_REMOVED', async (context) => {
  const scene = await startLogin(context, bench);
  await pinWanted(scene.host);
  scene.readers.remove();
  await endsWith(scene, 'CARD_REMOVED');
  assert.deepEqual(scene.gateway.verdicts, ['USER_CANCELLED']);
});

test('a card that was exchanged unseen is CARD_CHANGED, and gets no PIN', async (context) => {
  let powered = 'emma';
  const [emma, lina] = await Promise.all(
    ['emma', 'lina'].map(async (name) => createVirtualCard(await bench.contentsOf(name))),
  );
  assert.ok(emma && lina);
  const scene = await startLogin(context, bench, { person: undefined });
  lina.powerOn();
  scene.readers.insert({
    ...emma,
    transmit: (command) => (powered === 'emma' ? emma : lina).transmit(command),
  });
  await pinWanted(scene.host);
  powered = 'lina';
  sendPin(scene, '1234');
  await endsWith(scene, 'CARD_CHANGED');
  assert.ok(!scene.readers.commands.some((command) => command.startsWith('0020000108')));
});

test('waits for a reader and then for a card, and says so', async (context) => {
  const scene = await startLogin(context, bench, { person: undefined, readers: 0 });
  const { host, readers } = scene;
  await host.find((message) => message['stage'] === 'reader-absent');
  readers.addReader();
  await host.find((message) => message['stage'] === 'card-absent');
  readers.insert(createVirtualCard(await bench.contentsOf('emma')));
  await pinWanted(host);
  sendPin(scene, '1234');
  assert.equal((await host.findReply())['ok'], true);
  const stages = ['connecting', 'site', 'reader-absent', 'card-absent', 'reading', 'pin-wanted'];
  assert.deepEqual(eventsOf(host).slice(0, 6), stages);
});

test('no card in time is CARD_ABSENT', async (context) => {
  const timing = { heartbeatMs: 10_000, cardTimeoutMs: 50 };
  const scene = await startLogin(context, bench, { person: undefined, timing });
  await endsWith(scene, 'CARD_ABSENT');
  assert.deepEqual(scene.gateway.verdicts, ['USER_CANCELLED']);
});

test('a foreign card beside a Belgian one is passed over; alone it is CARD_UNSUPPORTED', async (context) => {
  const foreign = {
    powerOn: () => undefined,
    powerOff: () => undefined,
    reset: () => undefined,
    transmit: () => Uint8Array.of(0x6a, 0x82),
  };
  const alone = await startLogin(context, bench, { person: undefined });
  alone.readers.insert(foreign, 0);
  await endsWith(alone, 'CARD_UNSUPPORTED');
  const scene = await startLogin(context, bench, {
    person: undefined,
    readers: 2,
    timing: { heartbeatMs: 10_000, cardTimeoutMs: 5_000 },
  });
  scene.readers.insert(foreign, 0);
  await scene.host.find((message) => message['stage'] === 'card-absent');
  scene.readers.insert(createVirtualCard(await bench.contentsOf('emma')), 1);
  await pinWanted(scene.host);
});

test('a card of a child under six is CERTIFICATE_ABSENT', async (context) => {
  const scene = await startLogin(context, bench, { person: 'arthur' });
  await endsWith(scene, 'CERTIFICATE_ABSENT');
  assert.deepEqual(scene.gateway.verdicts, ['USER_CANCELLED']);
});

test('heartbeats go out while the PIN is awaited, on the same connection', async (context) => {
  const timing = { heartbeatMs: 20, cardTimeoutMs: 5_000 };
  let beats = 0;
  const enough = Promise.withResolvers<void>();
  const intercept = (path: string) => {
    if (path === '/card/wait') beats += 1;
    if (beats === 3) enough.resolve();
    return false;
  };
  const scene = await startLogin(context, bench, { timing, gateway: { intercept } });
  await pinWanted(scene.host);
  await enough.promise;
  sendPin(scene, '1234');
  assert.equal((await scene.host.findReply())['ok'], true);
  assert.deepEqual(scene.gateway.connections, ['kids-id-card/1', 'http/1.1']);
  assert.equal(scene.gateway.paths.at(-1), '/card/authenticator');
});

test('a heartbeat that is refused ends the login with its code', async (context) => {
  const timing = { heartbeatMs: 20, cardTimeoutMs: 5_000 };
  const scene = await startLogin(context, bench, {
    timing,
    gateway: {
      intercept(path, response) {
        if (path !== '/card/wait') return false;
        response
          .writeHead(410, { 'content-type': 'application/json' })
          .end('{"code":"LOGIN_EXPIRED"}');
        return true;
      },
    },
  });
  await endsWith(scene, 'LOGIN_EXPIRED');
  assert.deepEqual(scene.gateway.verdicts, []);
});

test('the window that closes ends the host at once: nothing stays open', async (context) => {
  const { gateway, host, readers } = await startLogin(context, bench);
  await pinWanted(host);
  const closedAt = performance.now();
  host.closeWindow();
  await host.ended;
  assert.ok(performance.now() - closedAt < 1_000);
  assert.equal(readers.isOpen, false);
  assert.ok(!host.messages.some(({ type }) => type === 'login'));
  assert.ok(!gateway.verdicts.includes('ok'));
});
