/** Messages between PIN window and host, both ways. TEST ONLY. */
import {
  fromHost,
  HOST_MESSAGE_MAX_BYTES,
  toHost,
} from '../../../gateway/protocol/host-messages.ts';
import { checkJsonMessage, MESSAGE_FILES } from '../json-round-trip.ts';
import { json, text } from '../samples.ts';
import type { FuzzTarget } from '../target.ts';

const pin = [1, 2, 3, 4];
const ticket = `${'T'.repeat(42)}A`;

export const target: FuzzTarget = {
  files: ['gateway/protocol/host-messages.ts', 'gateway/protocol/diagnosis.ts', ...MESSAGE_FILES],
  samples: [
    { type: 'hello', id: 'h' },
    { type: 'login', id: 'l', origin: 'https://a.example:8443', ticket, language: 'nl' },
    { type: 'pin', id: 'l', digits: [1, 2, 3, 4] },
    { type: 'cancel', id: 'l' },
    { type: 'change-pin', id: 'c', language: 'fr' },
    { type: 'new-pin', id: 'c', digits: pin, newDigits: pin, repeatedDigits: pin },
    { type: 'card-choice', id: 'l', index: 1 },
    { type: 'diagnose', id: 'd', origin: 'https://a.example' },
    { type: 'diagnose', id: 'd', ok: true, reader: 'READER_ABSENT', card: 'waiting' },
    { type: 'diagnose', id: 'd', ok: true, reader: 'ready', card: 'ready', applet: '1.8' },
    { type: 'hello', id: 'h', ok: true, hostVersion: '0.1.0', protocol: 1 },
    { type: 'login', id: 'l', ok: true, completionCode: ticket },
    { type: 'login', id: 'l', ok: false, code: 'PIN_BLOCKED' },
    { type: 'stage', id: 'l', stage: 'card-absent' },
    { type: 'pin-wanted', id: 'l', triesLeft: 3, wrong: false },
    { type: 'new-pin-wanted', id: 'c', wrong: false, different: true },
    {
      type: 'card-choice-wanted',
      id: 'l',
      cards: [
        { firstName: 'Élise', reader: 'One' },
        { firstName: '', reader: 'Two' },
      ],
    },
    {
      type: 'site',
      id: 'l',
      site: { name: 'Chat', picture: 'data:image/png;base64,AAAA' },
      disclosure: { ageOver: [6, 13], requireAge: { min: 6, below: 13 }, pseudonym: true },
    },
  ].map(json),
  dictionary: ['null', '1e999', '-0', '"__proto__":{}', '"toString"', '\\u0000', '[[[[', '{"a":']
    .map(text)
    .concat(text('"type":"pin"'), text('"ok":true')),
  maxBytes: HOST_MESSAGE_MAX_BYTES + 100,
  run(input) {
    checkJsonMessage(toHost, input, HOST_MESSAGE_MAX_BYTES);
    checkJsonMessage(fromHost, input, HOST_MESSAGE_MAX_BYTES);
  },
};
