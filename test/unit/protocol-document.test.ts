/** Holds docs/PROTOCOL.md against the code: examples, limits, bytes, commands and codes are read out of the document. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as v from 'valibot';
import { OFFERED_SCHEMES } from '../../gateway/authenticator/signature.ts';
import { HTTP_STATUS } from '../../gateway/login/http-status.ts';
import { encodeBase64url } from '../../gateway/protocol/bytes.ts';
import * as channel from '../../gateway/protocol/card-channel.ts';
import * as connection from '../../gateway/protocol/connection-check.ts';
import * as diagnosis from '../../gateway/protocol/diagnosis.ts';
import { canTryAgain, ERROR_CODES, isErrorCode } from '../../gateway/protocol/errors.ts';
import * as exported from '../../gateway/protocol/exported-authenticator.ts';
import * as fields from '../../gateway/protocol/fields.ts';
import * as handshake from '../../gateway/protocol/handshake.ts';
import * as hostMessages from '../../gateway/protocol/host-messages.ts';
import * as loginRequests from '../../gateway/protocol/login-requests.ts';
import { parseMessage } from '../../gateway/protocol/message.ts';
import * as pageMessages from '../../gateway/protocol/page-messages.ts';
import * as windowMessages from '../../gateway/protocol/window-messages.ts';
import { CARD_SCHEMES } from '../../native-host/card/applets.ts';
import { readBelgianCard } from '../../native-host/card/belgian-card.ts';
import { signWithPin } from '../../native-host/card/sign-with-pin.ts';
import { createTestContents } from '../kit/card/card-fixture.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { createVirtualReaders } from '../kit/host/virtual-readers.ts';
import { examples, hex, readSource, tables, text } from '../kit/protocol-document.ts';

const envelope = v.looseObject({ message: v.unknown() });
const messages = {
  ...pageMessages,
  ...windowMessages,
  ...hostMessages,
  ...loginRequests,
  ...diagnosis,
};
const others = { error: channel.cardError, emptyBody: v.strictObject({}) };
const onChannel = Object.entries(channel.CARD_CHANNEL).flatMap(([path, { request, reply }]) => [
  [`${path}:request`, request],
  [`${path}:reply`, reply],
]);
const schemas: Readonly<Record<string, unknown>> = {
  ...messages,
  ...others,
  ...Object.fromEntries(onChannel),
};

test('every example of the document is a message of the schema that it names', () => {
  assert.equal(examples.length, text.match(/^ *```json/gm)?.length);
  for (const { schema: name, values } of examples) {
    const schema = schemas[name];
    assert.ok(isSchema(schema), name);
    for (const value of values) assert.deepEqual(parseMessage(schema, value), value);
  }
});

test('every schema of every hop, down to each variant, has an example', () => {
  const shown = new Set<unknown>();
  for (const { schema, values } of examples) {
    const said = values.map((value) => (v.is(envelope, value) ? value.message : value));
    for (const variant of variantsOf(schemas[schema])) {
      assert.ok(
        said.some((value) => v.is(variant, value)),
        schema,
      );
      shown.add(variant);
    }
  }
  for (const [name, schema] of Object.entries(schemas)) {
    for (const variant of variantsOf(schema)) assert.ok(shown.has(variant), name);
  }
  for (const stage of hostMessages.HOST_STAGES) assert.ok(text.includes(`\n| \`${stage}\` |`));
});

const started = channel.CARD_CHANNEL['/card/start'].reply.entries;
const claimed = channel.CARD_CHANNEL['/card/ticket'].reply.entries;
const files = channel.identityFiles.entries;
const named = channel.CARD_CHANNEL['/card/certificate'].request.entries;
const proved = channel.CARD_CHANNEL['/card/authenticator'].request.entries;
const label = { firstName: 'a', reader: 'b' };
const pinWanted = { type: 'pin-wanted', id: 'a', wrong: false };

/** Fields with a limit, and how to make a value of so many characters, bytes or entries. */
const LIMITED: Readonly<Record<string, readonly [v.GenericSchema, (size: number) => unknown]>> = {
  id: [fields.messageId, letters],
  ticket: [loginRequests.ticketReply.entries.ticket, letters],
  completionCode: [loginRequests.completeRequest.entries.completionCode, letters],
  origin: [fields.origin, (size) => 'https://'.padEnd(size, 'a')],
  'digits, newDigits, repeatedDigits': [fields.pinDigits, (size) => Array(size).fill(1)],
  cards: [
    hostMessages.hostEvent,
    (size) => ({ type: 'card-choice-wanted', id: 'a', cards: Array(size).fill(label) }),
  ],
  firstName: [fields.cardLabel.entries.firstName, letters],
  reader: [fields.cardLabel.entries.reader, letters],
  index: [hostMessages.cardChoiceMessage.entries.index, (size) => size],
  triesLeft: [hostMessages.hostEvent, (size) => ({ ...pinWanted, triesLeft: size })],
  'site.name': [fields.site.entries.name, letters],
  'site.picture': [
    fields.site.entries.picture,
    (size) => 'data:image/png;base64,'.padEnd(size, 'A'),
  ],
  'disclosure.ageOver': [fields.disclosure.entries.ageOver, (size) => Array(size).fill(6)],
  'disclosure.identity': [
    fields.disclosure.entries.identity,
    (size) => Array(size).fill('profile'),
  ],
  years: [fields.years, (size) => size],
  location: [
    loginRequests.locationReply.entries.location,
    (size) => (size ? '/'.padEnd(size, 'a') : ''),
  ],
  request: [started.request, bytes],
  'check.signature': [started.check.entries.signature, bytes],
  'check.webKeys': [started.check.entries.webKeys, (size) => Array(size).fill(letters(43))],
  issuer: [named.issuer, bytes],
  serial: [named.serial, bytes],
  authenticator: [proved.authenticator, bytes],
  'files of the ticket’s reply': [claimed.files, (size) => Array(size).fill('photo')],
  'files.identity': [files.identity, bytes],
  'files.identitySignature': [files.identitySignature, bytes],
  'files.registerCertificate': [files.registerCertificate, bytes],
  'files.address.file': [files.address.wrapped.entries.file, bytes],
  'files.address.signature': [files.address.wrapped.entries.signature, bytes],
  'files.photo': [files.photo, bytes],
};

test('the limits of the fields are those of the schemas: the last size is taken, the next is not', () => {
  const rows = tables('field').filter(([, , limit]) => limit !== '');
  const names = rows.map(([name = '']) => unquote(name));
  assert.deepEqual(names.sort(), Object.keys(LIMITED).sort());
  for (const [name = '', , limit = ''] of rows) {
    const [schema, make] = LIMITED[unquote(name)] ?? assert.fail(name);
    const numbers = limit.match(/\d[\d,]*/g)?.map(toNumber) ?? [];
    const [min = 0, max = min] = limit.startsWith('at most') ? [0, ...numbers] : numbers;
    const taken = (size: number) => v.is(schema, make(size));
    assert.ok(taken(max) && !taken(max + 1), `${name}: ${limit}`);
    assert.ok(min === 0 || (taken(min) && !taken(min - 1)), `${name}: ${limit}`);
  }
});

test('the limits and deadlines are those of the constants that the document names', () => {
  const rows = tables('limit');
  assert.ok(rows.length >= 30);
  for (const [what = '', value = '', place = ''] of rows) {
    const [path = '', name = ''] = place.replaceAll('`', '').split(' ');
    const found = new RegExp(`\\b${name}(?: =|:) ([\\d_]+)`).exec(readSource(path))?.[1];
    const isMs = /(?:_MS|Ms)$/.test(name);
    const documented = Math.round(toNumber(value.split(' ')[0] ?? '') * (isMs ? 1_000 : 1));
    assert.match(value, /BYTES$/.test(name) ? / bytes$/ : / s$/, what);
    assert.equal(documented, Number(found?.replaceAll('_', '')), `${what}: ${place}`);
  }
});

test('the names and labels of the document are those of the code', () => {
  const { PAGE_PORT, DIAGNOSIS_PORT, WINDOW_PORT } = windowMessages;
  const { handshakeContext, finishedKey } = exported.EXPORTER_LABEL;
  const labels = [connection.CONNECTION_CHECK_LABEL, handshakeContext, finishedKey];
  const ports = [PAGE_PORT, DIAGNOSIS_PORT, WINDOW_PORT];
  const names = [...ports, hostMessages.HOST_NAME, channel.CARD_CHANNEL_ALPN];
  for (const name of [...labels, ...names, ...fields.LANGUAGES]) {
    assert.ok(text.includes(`\`${name}\``), name);
  }
  assert.ok(text.includes(`protocol's version is **${fields.PROTOCOL_VERSION}**`));
  const isSilenceKept = /keepAliveTimeout: 3 \* CARD_CHANNEL_HEARTBEAT_MS/;
  assert.match(readSource('gateway/app.ts'), isSilenceKept, 'three heartbeats');
  for (const line of text.split('\n')) assert.ok(line.length <= 140, line);
});

test('the table of schemes is what the gateway offers, in its order, and what this host makes', () => {
  const codes: Readonly<Record<string, number>> = handshake.SIGNATURE_SCHEME;
  const rows = tables('scheme').map(([name = '', code = '']) => [unquote(name), unquote(code)]);
  for (const [name = '', code = ''] of rows) assert.equal(Number.parseInt(code, 16), codes[name]);
  const documented = rows.map(([name = '']) => codes[name]);
  assert.deepEqual(documented, OFFERED_SCHEMES);
  assert.deepEqual(CARD_SCHEMES, documented);
});

test('the commands of the document are those that a login sends to the card, and so is their count', async () => {
  const contents = await createTestContents('emma');
  const readers = createVirtualReaders();
  readers.insert(createVirtualCard(contents));
  const [reader] = (await readers.open(() => undefined)).list();
  const reading = await reader?.connect();
  const card = await reading?.withTransaction(readBelgianCard);
  assert.ok(reading && card && contents.pin === '1234');
  const hash = hex('signedHash');
  const pin = Uint8Array.of(1, 2, 3, 4);
  await reading.withTransaction((transaction) => signWithPin(transaction, { card, pin, hash }));
  const { length } = card.unverifiedCertificate;
  const filled: Readonly<Record<string, string>> = {
    '<rest>': (length - 768).toString(16).padStart(2, '0'),
    '<PIN block>': /1234 is `([^`]+)`/.exec(text)?.[1] ?? '',
    '<hash>': hash.toString('hex'),
  };
  const rows = tables('#').map(([, command = '']) =>
    unquote(command).replace(/<[^>]+>/, (name) => filled[name] ?? name),
  );
  const documented = rows.map((command) => command.replaceAll(' ', '').toUpperCase());
  assert.deepEqual(readers.commands, documented);
  const counts =
    /sends (\d+) commands\. In general it sends (\d+),[^:]+: at most (\d+) for [^0-9]+([\d,]+)/;
  const [, sent, others, most, largest] = counts.exec(text.replaceAll('\n', ' ')) ?? [];
  assert.equal(Number(sent), readers.commands.length);
  assert.equal(Number(others) + Math.ceil(length / 256), readers.commands.length);
  assert.equal(Number(others) + Math.ceil(toNumber(largest ?? '') / 256), Number(most));
});

test('every error code is in the table; status and "again" are right, here and wherever a status is named', () => {
  const rows = tables('code').map(([code = '', , status, again]) => [unquote(code), status, again]);
  assert.equal(rows.map(([code]) => code).join(), ERROR_CODES.join());
  for (const [code, , again] of rows) {
    assert.equal(isErrorCode(code) && canTryAgain(code), again?.startsWith('yes'), code);
  }
  const mentions = [...text.matchAll(/`([A-Z_]{6,})` (\d{3})\b/g)].map((match) => match.slice(1));
  assert.ok(mentions.length >= 20);
  for (const [code, status] of [...rows, ...mentions]) {
    assert.ok(isErrorCode(code), code);
    assert.equal(Number(status?.replace(/[()]/g, '')), HTTP_STATUS[code], code);
  }
});

function unquote(cell: string): string {
  return cell.replaceAll('`', '');
}

function toNumber(digits: string): number {
  return Number(digits.replaceAll(',', ''));
}

function letters(size: number): string {
  return 'A'.repeat(size);
}

function bytes(size: number): string {
  return encodeBase64url(new Uint8Array(size));
}

function isSchema(value: unknown): value is v.GenericSchema {
  return v.is(v.looseObject({ kind: v.literal('schema') }), value);
}

/** The alternatives of a schema, in an envelope or not; none for what is no schema. */
function variantsOf(schema: unknown): v.GenericSchema[] {
  if (!isSchema(schema)) return [];
  if ('options' in schema && Array.isArray(schema.options))
    return schema.options.flatMap(variantsOf);
  const inside = v.is(v.looseObject({ entries: envelope }), schema) && schema.entries.message;
  return inside ? variantsOf(inside) : [schema];
}
