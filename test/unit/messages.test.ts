import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GenericSchema } from 'valibot';
import { CARD_CHANNEL, cardError } from '../../gateway/protocol/card-channel.ts';
import { ERROR_CODES, errorCodeOf, KidsIdError } from '../../gateway/protocol/errors.ts';
import { fromHost, fromHostInLogin, toHost } from '../../gateway/protocol/host-messages.ts';
import {
  completeRequest,
  locationReply,
  ticketReply,
} from '../../gateway/protocol/login-requests.ts';
import { failure, parseJsonMessage, parseMessage } from '../../gateway/protocol/message.ts';
import { toExtension, toPage } from '../../gateway/protocol/page-messages.ts';
import { windowJob, windowMessage } from '../../gateway/protocol/window-messages.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const secret = 'A'.repeat(43);
const id = 'a1';
const origin = 'https://gateway.localhost:8443';
const site = { name: 'Chat' };
const disclosure = { ageOver: [9], requireAge: { min: 6, below: 13 }, pseudonym: true };

/** One good message per type and hop: the examples of docs/PROTOCOL.md. */
const GOOD: readonly (readonly [string, GenericSchema, object])[] = [
  ['page → extension', toExtension, { kidsId: 'extension', message: { type: 'hello', id } }],
  [
    'page → extension',
    toExtension,
    { kidsId: 'extension', message: { type: 'login', id, ticket: secret, language: 'nl' } },
  ],
  ['page → extension', toExtension, { kidsId: 'extension', message: { type: 'cancel', id } }],
  [
    'extension → page',
    toPage,
    { kidsId: 'page', message: { type: 'hello', id, ok: true, extensionVersion: '0.1.0' } },
  ],
  [
    'extension → page',
    toPage,
    { kidsId: 'page', message: { type: 'login', id, ok: true, completionCode: secret } },
  ],
  [
    'extension → page',
    toPage,
    { kidsId: 'page', message: { type: 'login', id, ok: false, code: 'USER_CANCELLED' } },
  ],
  ['background → window', windowJob, { type: 'job', origin, ticket: secret, language: 'fr' }],
  ['window → background', windowMessage, { type: 'alive' }],
  ['window → background', windowMessage, { type: 'done', completionCode: secret }],
  ['window → background', windowMessage, { type: 'failed', code: 'CARD_REMOVED' }],
  ['window → host', toHost, { type: 'hello', id }],
  ['window → host', toHost, { type: 'login', id, origin, ticket: secret, language: 'de' }],
  ['window → host', toHost, { type: 'pin', id, digits: [1, 2, 3, 4] }],
  ['window → host', toHost, { type: 'change-pin', id, language: 'nl' }],
  [
    'window → host',
    toHost,
    {
      type: 'new-pin',
      id,
      digits: [1, 2, 3, 4],
      newDigits: [5, 6, 7, 8],
      repeatedDigits: [5, 6, 7, 8],
    },
  ],
  ['window → host', toHost, { type: 'card-choice', id, index: 1 }],
  ['window → host', toHost, { type: 'last-try-allowed', id }],
  ['window → host', toHost, { type: 'cancel', id }],
  ['host → window', fromHost, { type: 'hello', id, ok: true, hostVersion: '0.1.0', protocol: 1 }],
  ['host → window', fromHost, { type: 'stage', id, stage: 'card-absent' }],
  ['host → window', fromHost, { type: 'site', id, site, disclosure }],
  [
    'host → window',
    fromHost,
    {
      type: 'card-choice-wanted',
      id,
      cards: [
        { firstName: 'Emma', reader: 'Reader 0' },
        { firstName: '', reader: 'Reader 1' },
      ],
    },
  ],
  ['host → window', fromHost, { type: 'pin-on-reader', id, triesLeft: 2, wrong: true }],
  [
    'host → window',
    fromHost,
    { type: 'new-pin-wanted', id, triesLeft: 3, wrong: false, different: true },
  ],
  [
    'host → window',
    fromHost,
    { type: 'new-pin-on-reader', id, triesLeft: 3, wrong: false, different: false },
  ],
  ['host → window', fromHost, { type: 'change-pin', id, ok: true }],
  ['host → window', fromHost, { type: 'change-pin', id, ok: false, code: 'CARD_ABSENT' }],
  ['host → window', fromHost, { type: 'last-try', id }],
  ['host → window', fromHost, { type: 'pin-wanted', id, triesLeft: 3, wrong: false }],
  ['host → window', fromHost, { type: 'login', id, ok: true, completionCode: secret }],
  ['host → window', fromHost, { type: 'login', id, ok: false, code: 'PIN_BLOCKED' }],
  ['/card/start', CARD_CHANNEL['/card/start'].request, { protocol: 1, hostVersion: '0.1.0' }],
  [
    '/card/start reply',
    CARD_CHANNEL['/card/start'].reply,
    {
      request: 'DQAAAA',
      check: { key: { x: secret, y: secret }, signature: 'AAAA', webKeys: [secret] },
    },
  ],
  ['/card/ticket', CARD_CHANNEL['/card/ticket'].request, { ticket: secret }],
  [
    '/card/ticket reply',
    CARD_CHANNEL['/card/ticket'].reply,
    { site, disclosure, files: ['photo'] },
  ],
  [
    '/card/certificate',
    CARD_CHANNEL['/card/certificate'].request,
    { issuer: 'MAAA', serial: 'EAA' },
  ],
  ['/card/wait', CARD_CHANNEL['/card/wait'].request, {}],
  ['/card/authenticator', CARD_CHANNEL['/card/authenticator'].request, { authenticator: 'FAAA' }],
  [
    '/card/authenticator with files',
    CARD_CHANNEL['/card/authenticator'].request,
    {
      authenticator: 'FAAA',
      files: {
        identity: 'AAAA',
        identitySignature: 'AAAA',
        registerCertificate: 'AAAA',
        address: { file: 'AAAA', signature: 'AAAA' },
        photo: 'AAAA',
      },
    },
  ],
  [
    '/card/authenticator reply',
    CARD_CHANNEL['/card/authenticator'].reply,
    { completionCode: secret },
  ],
  ['card error', cardError, { code: 'LOGIN_EXPIRED' }],
  ['ticket reply', ticketReply, { ticket: secret }],
  ['complete', completeRequest, { completionCode: secret }],
  ['location', locationReply, { location: '/auth/abc' }],
];

for (const [hop, schema, message] of GOOD) {
  const name = `${hop} ${JSON.stringify(message).slice(0, 60)}`;
  test(`${name}: taken as it is; a missing or unknown field at any depth is MESSAGE_MALFORMED`, () => {
    assert.deepEqual(parseMessage(schema, message), message);
    for (const broken of broaden(message)) {
      throwsWithCode('MESSAGE_MALFORMED', () => parseMessage(schema, broken));
    }
    for (const other of [null, [], 'text', 1, undefined]) {
      throwsWithCode('MESSAGE_MALFORMED', () => parseMessage(schema, other));
    }
  });
}

const REFUSED: readonly (readonly [string, GenericSchema, object])[] = [
  ['a PIN of 3 digits', toHost, { type: 'pin', id, digits: [1, 2, 3] }],
  ['a PIN of 13 digits', toHost, { type: 'pin', id, digits: Array(13).fill(1) }],
  ['a PIN digit of 10', toHost, { type: 'pin', id, digits: [1, 2, 3, 10] }],
  ['a PIN digit as text', toHost, { type: 'pin', id, digits: ['1', '2', '3', '4'] }],
  [
    'an origin with a path',
    windowJob,
    { type: 'job', origin: `${origin}/`, ticket: secret, language: 'fr' },
  ],
  [
    'an http origin',
    windowJob,
    { type: 'job', origin: 'http://a.example', ticket: secret, language: 'fr' },
  ],
  [
    'an origin with a wildcard',
    toHost,
    { type: 'login', id, origin: 'https://*.example.be', ticket: secret, language: 'nl' },
  ],
  [
    'an origin with a user',
    windowJob,
    { type: 'job', origin: 'https://a@b.example', ticket: secret, language: 'fr' },
  ],
  [
    'an origin in capitals',
    windowJob,
    { type: 'job', origin: 'https://A.example', ticket: secret, language: 'fr' },
  ],
  ['a ticket of 42 characters', CARD_CHANNEL['/card/ticket'].request, { ticket: 'A'.repeat(42) }],
  ['a ticket with stray bits', CARD_CHANNEL['/card/ticket'].request, { ticket: 'B'.repeat(43) }],
  [
    'a protocol version of 0',
    CARD_CHANNEL['/card/start'].request,
    { protocol: 0, hostVersion: '0.1.0' },
  ],
  [
    'an authenticator over its limit',
    CARD_CHANNEL['/card/authenticator'].request,
    { authenticator: 'A'.repeat(10_924) },
  ],
  [
    'a picture from elsewhere',
    CARD_CHANNEL['/card/ticket'].reply,
    { site: { name: 'x', picture: 'https://a.example/x.png' }, disclosure, files: [] },
  ],
  [
    'a name that turns the words beside it',
    CARD_CHANNEL['/card/ticket'].reply,
    { site: { name: 'Chat \u202egro.live' }, disclosure, files: [] },
  ],
  [
    'a name with a control character',
    CARD_CHANNEL['/card/ticket'].reply,
    { site: { name: 'Chat\u0000' }, disclosure, files: [] },
  ],
  ['a ticket reply without files', CARD_CHANNEL['/card/ticket'].reply, { site, disclosure }],
  [
    'one card to choose from',
    fromHost,
    { type: 'card-choice-wanted', id, cards: [{ firstName: 'Emma', reader: 'Reader 0' }] },
  ],
  ['a card that is not in any list', toHost, { type: 'card-choice', id, index: 8 }],
  [
    'a new PIN of three digits',
    toHost,
    { type: 'new-pin', id, digits: [1, 2, 3, 4], newDigits: [1, 2, 3], repeatedDigits: [1, 2, 3] },
  ],
  [
    'an event of a PIN change in a login',
    fromHostInLogin,
    { type: 'new-pin-wanted', id, wrong: false, different: false },
  ],
  [
    'a file that nobody may ask for',
    CARD_CHANNEL['/card/ticket'].reply,
    { site, disclosure, files: ['certificate'] },
  ],
  ['a location of another origin', locationReply, { location: '//evil' }],
  ['a location with a scheme', locationReply, { location: 'https://evil.example' }],
  ['an unknown code', cardError, { code: 'NO_SUCH_CODE' }],
];

for (const [name, schema, message] of REFUSED) {
  test(`refuses ${name}`, () => {
    throwsWithCode('MESSAGE_MALFORMED', () => parseMessage(schema, message));
  });
}

test('JSON is measured before it is read, must be UTF-8 and must be whole', () => {
  const bytes = new TextEncoder().encode(JSON.stringify({ code: 'INTERNAL' }));
  assert.deepEqual(parseJsonMessage(cardError, bytes, bytes.length), { code: 'INTERNAL' });
  throwsWithCode('MESSAGE_TOO_LARGE', () => parseJsonMessage(cardError, bytes, bytes.length - 1));
  for (let length = 0; length < bytes.length; length += 1) {
    throwsWithCode('MESSAGE_MALFORMED', () =>
      parseJsonMessage(cardError, bytes.subarray(0, length), 1_024),
    );
  }
  throwsWithCode('MESSAGE_MALFORMED', () =>
    parseJsonMessage(cardError, Uint8Array.of(0x22, 0xff, 0x22), 1_024),
  );
});

test('an error crosses a border as its code alone; what nobody foresaw is INTERNAL (design §6)', () => {
  assert.equal(errorCodeOf(new KidsIdError('PIN_WRONG', 'x')), 'PIN_WRONG');
  assert.equal(errorCodeOf(new TypeError('secret text')), 'INTERNAL');
  assert.deepEqual(failure({ type: 'login', id }, 'PIN_WRONG'), {
    type: 'login',
    id,
    ok: false,
    code: 'PIN_WRONG',
  });
  assert.equal(new Set(ERROR_CODES).size, ERROR_CODES.length);
});

/** Every variant of a message with one field more or one required field less, at each depth. */
function broaden(message: object): object[] {
  const variants: object[] = [{ ...message, extra: 1 }];
  for (const [key, value] of Object.entries(message)) {
    if (!OPTIONAL.has(key)) {
      variants.push(Object.fromEntries(Object.entries(message).filter(([name]) => name !== key)));
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const inner of broaden(value)) variants.push({ ...message, [key]: inner });
    }
  }
  return variants;
}

const OPTIONAL = new Set([
  'triesLeft',
  'requireAge',
  'below',
  'picture',
  'files',
  'address',
  'photo',
]);
