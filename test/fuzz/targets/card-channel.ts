/** Bodies of the card channel, both ways, as the gateway's server and the host's client read them. TEST ONLY. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { readJson } from '../../../gateway/login/json-exchange.ts';
import { decodeBase64url } from '../../../gateway/protocol/bytes.ts';
import {
  CARD_CHANNEL,
  CARD_CHANNEL_MAX_BYTES,
  cardError,
} from '../../../gateway/protocol/card-channel.ts';
import {
  completeRequest,
  LOGIN_REQUEST_MAX_BYTES,
} from '../../../gateway/protocol/login-requests.ts';
import { checkJsonMessage, MESSAGE_CODES, MESSAGE_FILES } from '../json-round-trip.ts';
import { json, sample, text } from '../samples.ts';
import { type FuzzTarget, insist, tryWork } from '../target.ts';

const secret = `${'S'.repeat(42)}A`;
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const start = CARD_CHANNEL['/card/start'];
const authenticator = CARD_CHANNEL['/card/authenticator'].request;

export const target: FuzzTarget = {
  files: [
    'gateway/protocol/card-channel.ts',
    'gateway/protocol/login-requests.ts',
    'gateway/login/json-exchange.ts',
    ...MESSAGE_FILES,
  ],
  samples: [
    { protocol: 1, hostVersion: '0.1.0' },
    {
      request: base64url(sample('certificateRequest')),
      check: { key: { x: secret, y: secret }, signature: secret, webKeys: [secret, secret] },
    },
    { ticket: secret },
    {
      site: { name: 'Chat' },
      disclosure: { ageOver: [9], pseudonym: false },
      files: ['identity', 'photo'],
    },
    { issuer: 'MAA', serial: 'EAA' },
    {},
    { authenticator: base64url(sample('authenticator')) },
    {
      authenticator: 'AAAA',
      files: {
        identity: 'AAAA',
        identitySignature: 'AAAA',
        registerCertificate: base64url(sample('certificateRegister')),
        address: { file: 'AAAA', signature: 'AAAA' },
        photo: 'AAAA',
      },
    },
    { completionCode: secret },
    { code: 'CERTIFICATE_REVOKED' },
  ].map(json),
  dictionary: ['"__proto__":{}', '\ufeff', '[]', '""', '"constructor"', '\\ud800'].map(text),
  maxBytes: CARD_CHANNEL_MAX_BYTES + 200,
  async run(input) {
    for (const { request, reply } of Object.values(CARD_CHANNEL)) {
      checkJsonMessage(request, input, CARD_CHANNEL_MAX_BYTES);
      checkJsonMessage(reply, input, CARD_CHANNEL_MAX_BYTES);
    }
    checkJsonMessage(cardError, input, CARD_CHANNEL_MAX_BYTES);
    checkJsonMessage(completeRequest, input, LOGIN_REQUEST_MAX_BYTES);
    const sent = checkJsonMessage(authenticator, input, CARD_CHANNEL_MAX_BYTES);
    if (sent) {
      const bytes = decodeBase64url((sent as { authenticator: string }).authenticator);
      insist(bytes.length >= 1 && bytes.length <= 8_192, 'an authenticator of at most 8 KiB');
    }
    // A stream costs more than all the rest.
    if (input.length % 16 > 0) return;
    const half = input.length >> 1;
    const streamed = await tryWork(MESSAGE_CODES, () =>
      readJson(requestOf(input.slice(0, half), input.slice(half)), start.reply, 4_096),
    );
    const whole = checkJsonMessage(start.reply, input, 4_096);
    insist(isDeepStrictEqual(streamed, whole), 'a body in pieces is the same body');
  },
};

function requestOf(...chunks: readonly Uint8Array[]): IncomingMessage {
  const body = Readable.from(chunks, { objectMode: false });
  return Object.assign(body, {
    headers: { 'content-type': 'application/json' },
  }) as unknown as IncomingMessage;
}
