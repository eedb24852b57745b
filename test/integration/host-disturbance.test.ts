/** The host on a real PC/SC daemon while other programs, hands and crashes get in its way. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findPcscdProblems } from '../kit/card/pcscd.ts';
import {
  createVirtualCard,
  type VirtualCard,
  type VirtualCardOptions,
} from '../kit/card/virtual-card.ts';
import { COMPLETION_CODE } from '../kit/host/card-gateway.ts';
import {
  type DisturbanceBench,
  type HostProcess,
  insertCard,
  type OtherProgram,
  openDisturbanceBench,
  startOtherProgram,
} from './host-disturbance-setup.ts';

const problems = findPcscdProblems();
const withReader = { skip: problems.length > 0 ? problems.join('; ') : false, timeout: 120_000 };

const SELECT_DIRECTORY = '00A4080C043F00DF00';
const SET_ENVIRONMENT = '002241B6050480028482';
const SIGN = `002A9E9A30${'5A'.repeat(48)}`;
const SIGNED = '6160';
const NO_RIGHT = '6982';
/** Emma's PIN. */
const VERIFY = '0020000108241234FFFFFFFFFF';
const CARD_DATA = '80E400011F';
const STUCK_MONITOR = fileURLToPath(new URL('../kit/host/stuck-monitor.ts', import.meta.url));

const isVerify = (command: Uint8Array) => command[1] === 0x20 && command.length > 5;
const isSign = (command: Uint8Array) => command[1] === 0x2a;

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
 * A card in a reader that bears a command without power, and that gives power at a reset, as drivers of real readers
 * do. vpcd takes an empty answer for a card that was taken out: half a status word is the communication error.
 */
function inSturdyReader(card: VirtualCard): VirtualCard {
  let isOn = false;
  const powerOn = () => {
    isOn = true;
    card.powerOn();
  };
  return {
    ...card,
    powerOn,
    reset: powerOn,
    powerOff() {
      isOn = false;
      card.powerOff();
    },
    transmit: (command) => (isOn ? card.transmit(command) : Uint8Array.of(0x6f)),
  };
}

/** What another program is told when it has this card sign. */
async function trySigning(other: OtherProgram): Promise<string> {
  assert.equal(await other.ask(`transmit ${SELECT_DIRECTORY}`), '9000');
  assert.equal(await other.ask(`transmit ${SET_ENVIRONMENT}`), '9000');
  return other.ask(`transmit ${SIGN}`);
}

/** What a connection is told of a reset; ProtoMismatch where pcscd 1.9.9 is in the middle of it. */
const RESETS = ['ResetCard', 'ProtoMismatch'];

/**
 * As {@link trySigning}, for a program that waited for a transaction of one that was killed: pcscd resets the card, and
 * says so when the transaction begins or, as it does not look at both at once, at the first command.
 */
async function trySigningAfterReset(other: OtherProgram, begun: string): Promise<string> {
  const isReset =
    RESETS.includes(begun) || RESETS.includes(await other.ask(`transmit ${SELECT_DIRECTORY}`));
  if (isReset) assert.equal(await other.ask('reconnect leave'), 'ok');
  return trySigning(other);
}

/** PIN tries left, as the card says it to another program. */
async function triesLeft(other: OtherProgram): Promise<number> {
  const data = await other.ask(`transmit ${CARD_DATA}`);
  assert.match(data, /FFFF9000$/);
  return Number.parseInt(data.slice(56, 58), 16);
}

async function logsIn(host: HostProcess): Promise<void> {
  const { ok, completionCode } = await host.findReply();
  assert.deepEqual([ok, completionCode], [true, COMPLETION_CODE]);
  await host.end();
}

async function endsWith(host: HostProcess, ...codes: readonly string[]): Promise<void> {
  const { ok, code } = await host.findReply();
  assert.equal(ok, false);
  assert.ok(codes.includes(String(code)), String(code));
  await host.end();
}

test(
  'a PIN that a program verified outside a transaction stays open when it is killed (what the next test is against)',
  withReader,
  async (context) => {
    const pcscd = await getBench().startReader(context);
    await insertCard(context, pcscd, await makeCard('emma'));
    const careless = startOtherProgram(context, pcscd);
    assert.equal(await careless.ask('connect shared'), 'ok');
    assert.equal(await careless.ask(`transmit ${VERIFY}`), '9000');
    const next = startOtherProgram(context, pcscd);
    assert.equal(await next.ask('connect shared'), 'ok');
    await careless.kill();
    assert.equal(await trySigning(next), SIGNED);
  },
);

for (const [moment, isMoment] of [
  ['the card looks at the PIN', isVerify],
  ['the card signs', isSign],
] as const) {
  test(
    `kill -9 while ${moment}: the next program's signature is refused with 6982 (PC/SC part 5)`,
    withReader,
    async (context) => {
      const pcscd = await getBench().startReader(context);
      const killed = Promise.withResolvers<void>();
      const card = await makeCard('emma', {
        intercept(command) {
          if (!isMoment(command)) return undefined;
          host.child.kill('SIGKILL');
          killed.resolve();
          return undefined;
        },
      });
      await insertCard(context, pcscd, card);
      const waiting = startOtherProgram(context, pcscd);
      assert.equal(await waiting.ask('connect shared'), 'ok');
      const host = getBench().startLogin(context, pcscd);
      await host.pinWanted();
      host.sendPin('1234');
      await killed.promise;
      const begun = waiting.ask('begin');
      await host.exited;
      const next = startOtherProgram(context, pcscd);
      assert.equal(await trySigningAfterReset(waiting, await begun), NO_RIGHT);
      assert.equal(await waiting.ask('disconnect leave'), 'ok');
      assert.equal(await next.ask('connect shared'), 'ok');
      assert.equal(await trySigning(next), NO_RIGHT);
    },
  );
}

for (const mode of ['shared', 'exclusive']) {
  test(
    `a card that another program holds (${mode}) is CARD_BUSY: its PIN right stays, and a later login works`,
    withReader,
    async (context) => {
      const pcscd = await getBench().startReader(context);
      await insertCard(context, pcscd, await makeCard('emma'));
      const holder = startOtherProgram(context, pcscd);
      assert.equal(await holder.ask(`connect ${mode}`), 'ok');
      assert.equal(await holder.ask('begin'), 'ok');
      assert.equal(await holder.ask(`transmit ${VERIFY}`), '9000');
      await endsWith(getBench().startLogin(context, pcscd), 'CARD_BUSY');
      assert.equal(await trySigning(holder), SIGNED);
      assert.equal(await holder.ask('end leave'), 'ok');
      assert.equal(await holder.ask('disconnect leave'), 'ok');
      const host = getBench().startLogin(context, pcscd);
      assert.equal((await host.pinWanted())['triesLeft'], 3);
      host.sendPin('1234');
      await logsIn(host);
    },
  );
}

test(
  'a card that another program takes while the PIN is typed is CARD_BUSY, and the PIN is not presented',
  withReader,
  async (context) => {
    const pcscd = await getBench().startReader(context);
    let presented = 0;
    const intercept = (command: Uint8Array) => {
      if (isVerify(command)) presented += 1;
      return undefined;
    };
    await insertCard(context, pcscd, await makeCard('emma', { intercept }));
    const host = getBench().startLogin(context, pcscd);
    await host.pinWanted();
    const holder = startOtherProgram(context, pcscd);
    assert.equal(await holder.ask('connect shared'), 'ok');
    assert.equal(await holder.ask('begin'), 'ok');
    host.sendPin('1234');
    await endsWith(host, 'CARD_BUSY');
    assert.equal(await holder.ask('end leave'), 'ok');
    assert.equal(await triesLeft(holder), 3);
    assert.equal(presented, 0);
  },
);

for (const how of ['reset', 'unpower']) {
  test(
    `another program's ${how} of the card, before the PIN and before the next one, does not break the login`,
    withReader,
    async (context) => {
      const pcscd = await getBench().startReader(context);
      await insertCard(context, pcscd, inSturdyReader(await makeCard('emma')));
      const host = getBench().startLogin(context, pcscd);
      await host.pinWanted();
      const other = startOtherProgram(context, pcscd);
      for (const pin of ['9999', '1234']) {
        assert.equal(await other.ask('connect shared'), 'ok');
        assert.equal(await other.ask(`disconnect ${how}`), 'ok');
        host.sendPin(pin);
        if (pin === '9999') assert.equal((await host.pinWanted(true))['triesLeft'], 2);
      }
      await logsIn(host);
      assert.equal(await other.ask('connect shared'), 'ok');
      assert.equal(await triesLeft(other), 3);
      assert.equal(await trySigning(other), NO_RIGHT);
    },
  );
}

test(
  'a card whose PIN another program left open is logged off before the PIN is asked',
  withReader,
  async (context) => {
    const pcscd = await getBench().startReader(context);
    await insertCard(context, pcscd, await makeCard('emma'));
    const other = startOtherProgram(context, pcscd);
    assert.equal(await other.ask('connect shared'), 'ok');
    assert.equal(await other.ask(`transmit ${VERIFY}`), '9000');
    assert.equal(await trySigning(other), SIGNED);
    const host = getBench().startLogin(context, pcscd);
    assert.equal((await host.pinWanted())['triesLeft'], 3);
    assert.equal(await trySigning(other), NO_RIGHT);
    host.sendPin('1234');
    await logsIn(host);
    assert.equal(await trySigning(other), NO_RIGHT);
  },
);

test(
  'a monitor of the readers that cannot be stopped keeps neither the reply nor the end of the process',
  withReader,
  async (context) => {
    const pcscd = await getBench().startReader(context);
    await insertCard(context, pcscd, await makeCard('emma'));
    const host = getBench().startLogin(context, pcscd, STUCK_MONITOR);
    await host.pinWanted();
    host.sendPin('1234');
    await logsIn(host);
    assert.deepEqual(await host.exited, [0, null]);
  },
);
