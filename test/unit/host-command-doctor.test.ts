import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runDoctor } from '../../native-host/command/doctor.ts';
import { createVirtualCard, type VirtualCardOptions } from '../kit/card/virtual-card.ts';
import { type HostPki, openHostPki } from '../kit/host/host-bench.ts';
import { createVirtualReaders, type VirtualReaders } from '../kit/host/virtual-readers.ts';
import { createCardHolder } from '../kit/privacy/card-holder.ts';
import { assertNothingIn } from '../kit/privacy/search-haystack.ts';
import {
  CHROME_MANIFEST,
  createMachine,
  examine,
  HOME,
  hostManifest,
  listed,
  PROGRAM,
  startGateway,
} from './host-command-machine.ts';

let bench: HostPki;

before(async () => {
  bench = await openHostPki();
});
after(() => bench.close());

async function readersWith(
  ...cards: readonly (readonly [person: string, options?: VirtualCardOptions])[]
): Promise<VirtualReaders> {
  const readers = createVirtualReaders({ readers: cards.length });
  for (const [index, [person, options]] of cards.entries()) {
    readers.insert(createVirtualCard(await bench.contentsOf(person), options), index);
  }
  return readers;
}

test('a computer on which all is well: exit 0, and of the gateway only the start of a login is asked', async (context) => {
  const gateway = await startGateway(context, bench);
  const report = await examine(
    createMachine({ readers: await readersWith(['emma']), gateways: [listed(gateway, bench)] }),
  );
  assert.deepEqual(
    report.findings.filter(({ state }) => state !== 'ok'),
    [],
  );
  assert.equal(report.code, 0);
  const [card] = report.of('card');
  assert.deepEqual(card?.details, {
    reader: 'Virtual reader 0',
    card: 'belgian',
    applet: '1.8',
    certificate: true,
    triesLeft: 3,
  });
  assert.deepEqual(gateway.paths, ['/card/start', '/.well-known/openid-configuration']);
  assert.deepEqual(gateway.connections, ['kids-id-card/1', 'http/1.1', 'http/1.1']);
  assert.equal(report.of('clock').length, 1);
});

test('nothing personal is said: no name, number, certificate, chip serial or home folder', async (context) => {
  const gateway = await startGateway(context, bench);
  for (const name of ['emma', 'karel']) {
    const holder = await createCardHolder(name, bench.pki);
    const readers = createVirtualReaders();
    readers.insert(createVirtualCard(holder.contents));
    const machine = createMachine({ readers, gateways: [listed(gateway, bench)] });
    const { written, of } = await examine(machine);
    assert.equal(of('card')[0]?.state, 'ok');
    assertNothingIn({ report: written }, holder.needles);
    assert.doesNotMatch(written, /proefkind/);
    assert.match(written, /~\/\.config\/google-chrome/);
  }
});

test('no card is sent a PIN, a command that changes it, or one that reads a person', async () => {
  const readers = await readersWith(['emma'], ['maria']);
  await examine(createMachine({ readers }));
  const identityFiles = /00A4080C..3F00DF01/;
  for (const command of readers.commands) {
    assert.doesNotMatch(command, /^0024|^002A|^0022|^002000..0[1-9A-F]/);
    assert.doesNotMatch(command, identityFiles);
  }
});

for (const [name, person, options, state, details] of [
  ['a card without a certificate', 'arthur', {}, 'failed', { certificate: false }],
  ['a card not yet activated', 'emma', { activated: false }, 'failed', { certificate: false }],
  ['a blocked PIN', 'emma', { pinTriesLeft: 0 }, 'failed', { certificate: true, triesLeft: 0 }],
  ['the last try', 'emma', { pinTriesLeft: 1 }, 'notice', { certificate: true, triesLeft: 1 }],
  ['applet 1.1', 'maria', {}, 'failed', { applet: '1.1', code: 'APPLET_TOO_OLD' }],
] as const) {
  test(`${name} is ${state}`, async () => {
    const readers = await readersWith([person, options]);
    const [card] = (await examine(createMachine({ readers }))).of('card');
    assert.equal(card?.state, state);
    for (const [field, value] of Object.entries(details)) {
      assert.equal(card?.details[field], value, field);
    }
  });
}

test('a foreign card beside a Belgian one is a notice; alone, there is no card to use', async () => {
  const foreign = { intercept: () => Uint8Array.of(0x6a, 0x82) };
  const both = await examine(
    createMachine({ readers: await readersWith(['emma', foreign], ['emma']) }),
  );
  assert.deepEqual(
    both.of('card').map(({ state }) => state),
    ['notice', 'ok'],
  );
  const alone = await examine(createMachine({ readers: await readersWith(['emma', foreign]) }));
  assert.deepEqual(
    alone.of('card').map(({ state }) => state),
    ['notice', 'failed'],
  );
});

test('no service, no reader, no card: each is said, and the rest is looked at all the same', async (context) => {
  const gateway = await startGateway(context, bench);
  const readers = createVirtualReaders({ readers: 0 });
  const { code, of } = await examine(
    createMachine({
      readers,
      gateways: [listed(gateway, bench)],
      changes: { hasReaderService: async () => false },
    }),
  );
  assert.equal(code, 1);
  for (const check of ['service', 'readers', 'card'] as const) {
    assert.equal(of(check)[0]?.state, 'failed', check);
  }
  assert.equal(of('gateway-key')[0]?.state, 'ok');
  assert.equal(readers.isOpen, false);
});

test('a step that hangs or fails is a finding after its deadline, and the next one is taken', async () => {
  const { of } = await examine(
    createMachine({
      changes: {
        hasReaderService: () => new Promise(() => undefined),
        readText: () => Promise.reject(new Error('secret')),
      },
    }),
    100,
  );
  assert.deepEqual(of('service')[0]?.details, { code: 'TIMED_OUT' });
  assert.deepEqual(of('browser')[0]?.details, { code: 'INTERNAL' });
  assert.doesNotMatch(JSON.stringify(of('browser')), /secret/);
  assert.equal(of('log').length, 1);
});

test('other software that signs with the card is named, and does not make a computer unwell', async (context) => {
  const gateway = await startGateway(context, bench);
  const files = {
    [PROGRAM]: true as const,
    [CHROME_MANIFEST]: hostManifest(),
    '/etc/opt/chrome/native-messaging-hosts/be.bosa.beidconnect.json': '{}',
    '/usr/lib/x86_64-linux-gnu/libbeidpkcs11.so.0': 'x',
    '/usr/lib64/pkcs11/opensc-pkcs11.so': 'x',
    [`${HOME}/.local/state/kids-id/host.log`]: 'x',
  };
  const { code, of } = await examine(
    createMachine({
      files,
      readers: await readersWith(['emma']),
      gateways: [listed(gateway, bench)],
    }),
  );
  assert.equal(code, 0);
  const names = of('other-software').map(({ details }) => details['name']);
  assert.equal(names.length, 3);
  assert.equal(names[0], 'BeIDConnect');
  assert.equal(of('log')[0]?.details['path'], '~/.local/state/kids-id/host.log');
});

test('in words: a line for each finding, progress for who watches, a last line that sums up', async () => {
  let out = '';
  let err = '';
  const code = await runDoctor(createMachine({ readers: await readersWith(['emma']) }), {
    json: false,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    isTerminal: true,
  });
  assert.equal(code, 1);
  assert.match(out, /^ok {6}The smart card service answers\.$/m);
  assert.match(out, /^FAILED {2}No gateway is trusted/m);
  assert.match(out, /\nNot all is well: see FAILED above\.\n$/);
  assert.match(err, /^… Looking for card readers$/m);
});
