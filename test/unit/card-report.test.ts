import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { reportCard } from '../../native-host/report/card-report.ts';
import { type CardSurvey, surveyCard } from '../../native-host/report/survey-card.ts';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createVirtualCard, type VirtualCardOptions } from '../kit/card/virtual-card.ts';
import { type HostPki, openHostPki } from '../kit/host/host-bench.ts';
import { createVirtualReaders } from '../kit/host/virtual-readers.ts';
import { findPerson, type Person } from '../kit/persons.ts';
import { personalise } from '../kit/pki/personalise.ts';
import { type Needle, needlesOfText } from '../kit/privacy/needle.ts';
import { needlesFor } from '../kit/privacy/needles-for.ts';
import { assertNothingIn, searchHaystack } from '../kit/privacy/search-haystack.ts';

const CARD_NUMBER = 0x01;

let bench: HostPki;
before(async () => {
  bench = await openHostPki();
});
after(() => bench.close());

interface Holder {
  readonly contents: CardContents;
  readonly needles: readonly Needle[];
}

/** A test person under names that stand nowhere else. */
async function holderOf(name: string): Promise<Holder> {
  const known = findPerson(name);
  assert.ok(known, `no person ${name}`);
  const now = new Date();
  const pin = known.pin && Array.from({ length: 12 }, () => randomInt(10)).join('');
  const names = { givenNames: 'Quirinëlle Emmalotta', surname: 'Proefkindszoon' };
  const person: Person = { ...known, ...names, pin };
  const contents = await personalise({ person, pki: bench.pki, now });
  // A foreigner's card number has letters, which are no BCD.
  const number = cardNumberOf(contents.identity);
  const digits = Buffer.from(number.toString().replaceAll(/\D/g, '0').padEnd(12, '0'));
  const identity = Uint8Array.of(CARD_NUMBER, digits.length, ...digits);
  const needles = needlesFor({ person, contents: { ...contents, identity }, now });
  return { contents, needles: [...needles, ...needlesOfText('card number', number.toString())] };
}

/** Value of tag 01, behind the number of the format where there is one (card facts §3.2). */
function cardNumberOf(identity: Uint8Array): Buffer {
  const start = identity[0] === 0 ? 2 + (identity[1] ?? 0) : 0;
  assert.equal(identity[start], CARD_NUMBER);
  return Buffer.from(identity.subarray(start + 2, start + 2 + (identity[start + 1] ?? 0)));
}

async function report(
  contents: CardContents,
  options: { card?: VirtualCardOptions; json?: boolean } = {},
) {
  const readers = createVirtualReaders();
  readers.insert(createVirtualCard(contents, options.card));
  const { openReaders, json } = { openReaders: readers.open, json: options.json };
  const outcome = await reportCard({ openReaders, json, waitMs: 0 });
  return { ...outcome, commands: readers.commands, ends: readers.ends };
}

function survey(contents: CardContents, options?: VirtualCardOptions): Promise<CardSurvey> {
  const card = createVirtualCard(contents, options);
  card.powerOn();
  return surveyCard({ transmit: async (command) => card.transmit(command) });
}

for (const name of ['emma', 'arthur', 'karel', 'yara', 'lotte', 'hugo', 'maria']) {
  test(`the report on ${name}'s card says nothing personal, as text and as JSON (design §8)`, async () => {
    const { contents, needles } = await holderOf(name);
    const identity = Buffer.from(contents.identity);
    for (const form of [identity, identity.toString('hex'), identity.toString('base64')]) {
      const found = searchHaystack(Buffer.from(form), needles).length;
      assert.ok(found >= 4, `the needles find ${found} things in the identity file itself`);
    }
    const text = await report(contents);
    const json = await report(contents, { json: true });
    assert.equal(text.exitCode, 0);
    assert.equal(json.exitCode, 0);
    assertNothingIn({ text: text.text, json: json.text }, needles);
    assert.ok(text.text.length > 2_000);
    assert.equal(JSON.parse(json.text).survey.applet.lifeCycle, '0F');
  });

  test(`${name}'s card is only read: no PIN, nothing written, and 1.1 is never asked about its PIN`, async () => {
    const { contents } = await holderOf(name);
    const { commands, ends, text } = await report(contents);
    const version = /applet: (\S+)/.exec(text)?.[1];
    const kinds = new Set(commands.map((command) => command.slice(0, 4)));
    const allowed = ['00A4', '80E4', '00B0', '80B2', '00C0'];
    const asks = commands.filter((command) => command.startsWith('0020'));
    assert.deepEqual(asks, version === '1.1' ? [] : ['0020000100']);
    kinds.delete('0020');
    assert.deepEqual(
      [...kinds].filter((kind) => !allowed.includes(kind)),
      [],
    );
    assert.deepEqual(ends, ['leave']);
  });
}

test('a kids-ID of applet 1.8: certificate, signatures and bindings are told', async () => {
  const { contents } = await holderOf('emma');
  const { applet, certificate, identity, pinQuestion, files, readRecord } = await survey(contents);
  assert.equal(applet.version, '1.8');
  assert.equal(applet.triesLeft, 3);
  assert.equal(pinQuestion, '63C3');
  assert.equal(readRecord, '9000');
  assert.ok(certificate !== undefined && certificate !== 'malformed');
  assert.deepEqual(certificate.policies, ['2.16.56.13.6.1.1.1000']);
  assert.equal(certificate.key, 'ec secp384r1');
  assert.equal(certificate.caKey, 'ec secp384r1');
  assert.equal(certificate.signatureAlgorithm, '1.2.840.10045.4.3.3');
  assert.equal(certificate.keyUsage, '80');
  assert.equal(certificate.extendedKeyUsage, 'clientAuth');
  assert.equal(certificate.derBytes, contents.authenticationCertificate?.length);
  assert.ok(certificate.isSignedByCa && certificate.isCaSignedByRoot);
  assert.equal(certificate.root, 'another');
  assert.equal(identity.identity.format, '0005');
  assert.deepEqual(identity.identity.unknownTags, []);
  assert.equal(identity.identitySignatureBytes, contents.identitySignature.length);
  assert.equal(identity.isIdentitySigned, true);
  assert.equal(identity.addressCovers, 'padded signature');
  assert.equal(identity.isRegisterSignedByRoot, true);
  assert.ok(identity.isPhotoBound && identity.isChipBound && identity.isBasicKeyBound);
  const signature = files.find(({ name }) => name === 'signatureCertificate');
  assert.equal(signature?.state, 'zeros');
  assert.equal(signature?.sizeBytes, 2_500);
});

test('an RSA card whose certificates an EC authority issued anew is told as such', async () => {
  const { contents } = await holderOf('hugo');
  const { applet, certificate, identity } = await survey(contents);
  assert.equal(applet.version, '1.7');
  assert.ok(certificate !== undefined && certificate !== 'malformed');
  assert.equal(certificate.key, 'rsa 2048');
  assert.match(certificate.caKey, /^ec /);
  assert.ok(certificate.isSignedByCa);
  assert.equal(identity.isIdentitySigned, true);
  assert.equal(identity.addressCovers, 'padded signature');
});

test('a card made before the sixth birthday has a certificate file of zeros', async () => {
  const { contents } = await holderOf('arthur');
  const { certificate, files } = await survey(contents);
  assert.equal(certificate, undefined);
  assert.equal(files.find(({ name }) => name === 'authenticationCertificate')?.state, 'zeros');
});

test('broken signatures, a field beyond the list and a cut-off file are told', async () => {
  const { contents } = await holderOf('emma');
  const identity = Uint8Array.of(...contents.identity, 0x21, 3, 1, 2, 3);
  const told = await survey({
    ...contents,
    identity,
    addressSignature: contents.identitySignature,
  });
  assert.deepEqual(told.identity.identity.unknownTags, [{ tag: '21', bytes: 3 }]);
  assert.equal(told.identity.isIdentitySigned, false);
  assert.equal(told.identity.addressCovers, 'neither');
  const cut = contents.identity.slice(0, -5);
  assert.equal((await survey({ ...contents, identity: cut })).identity.identity.isCutShort, true);
  const certificate = contents.authenticationCertificate?.slice();
  certificate?.fill(0xff, 4, 40);
  const bad = await survey({ ...contents, authenticationCertificate: certificate });
  assert.equal(bad.certificate, 'malformed');
});

test('a card that was never activated, or says 6D00 to everything, still has a report', async () => {
  const { contents } = await holderOf('emma');
  const asleep = await survey(contents, { activated: false });
  const file = asleep.files.find(({ name }) => name === 'authenticationCertificate');
  assert.equal(file?.state, 'absent');
  assert.equal(file.status, '6985');
  const mute = await survey(contents, { intercept: () => Uint8Array.of(0x6d, 0x00) });
  assert.equal(mute.applet.version, undefined);
  assert.equal(mute.pinQuestion, undefined);
  assert.ok(mute.files.every(({ state }) => state === 'unreadable'));
});

test('of a card of another kind nothing is told, whatever its files hold (design §8)', async () => {
  const personal = Buffer.from('PROEFKIND');
  const other = (selected: readonly number[]) => ({
    powerOn: () => undefined,
    powerOff: () => undefined,
    reset: () => undefined,
    transmit([, instruction, p1, p2]: Uint8Array) {
      if (instruction === 0xa4) return Uint8Array.from(p1 === 0x04 ? selected : [0x90, 0x00]);
      const isFirst = instruction === 0xb0 && p1 === 0 && p2 === 0;
      return Uint8Array.from(isFirst ? [...personal, 0x90, 0x00] : [0x6b, 0x00]);
    },
  });
  for (const selected of [
    [0x6a, 0x82],
    [0x6d, 0x00],
  ] as const) {
    const readers = createVirtualReaders();
    readers.insert(other(selected));
    const { exitCode, text } = await reportCard({ openReaders: readers.open, waitMs: 0 });
    if (selected[0] === 0x6a) assert.deepEqual([exitCode, text], [1, 'CARD_UNSUPPORTED\n']);
    assert.ok(!text.includes(personal.toString('hex').toUpperCase()));
  }
});

test('a card that is pulled out ends in facts, and no card at all in CARD_ABSENT or READER_ABSENT', async () => {
  const told = await surveyCard({
    transmit: () => Promise.reject(new KidsIdError('CARD_REMOVED', 'pulled')),
  });
  assert.ok(told.steps.every(({ status }) => status === 'CARD_REMOVED'));
  const { open } = createVirtualReaders();
  const outcome = await reportCard({ openReaders: open, waitMs: 0 });
  assert.deepEqual(outcome, { exitCode: 1, text: 'CARD_ABSENT\n' });
  const { open: openNone } = createVirtualReaders({ readers: 0 });
  const none = await reportCard({ openReaders: openNone, waitMs: 0 });
  assert.deepEqual(none, { exitCode: 1, text: 'READER_ABSENT\n' });
});

test('the reader is named without its serial number, and another can be chosen by its name', async () => {
  const { contents } = await holderOf('emma');
  const readers = createVirtualReaders();
  readers.insert(createVirtualCard(contents));
  const openReaders: typeof readers.open = async (onChange) => {
    const opened = await readers.open(onChange);
    const name = 'ACS ACR39U ICC Reader [CCID] (00123456) 00 00';
    return { ...opened, list: () => opened.list().map((reader) => ({ ...reader, name })) };
  };
  const { text } = await reportCard({ openReaders, reader: 'ACR39U', waitMs: 0 });
  assert.match(text, /reader: ACS ACR39U ICC Reader\n/);
  const other = await reportCard({ openReaders, reader: 'Cherry', waitMs: 0 });
  assert.equal(other.exitCode, 1);
});
