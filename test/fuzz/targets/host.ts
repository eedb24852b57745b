/** A whole host on a stream of bytes: what it says is always a message of the protocol. TEST ONLY. */
import { PassThrough } from 'node:stream';
import { isErrorCode } from '../../../gateway/protocol/errors.ts';
import { fromHost } from '../../../gateway/protocol/host-messages.ts';
import { parseMessage } from '../../../gateway/protocol/message.ts';
import { createFrameDecoder, encodeFrame } from '../../../native-host/framing.ts';
import { runHost } from '../../../native-host/host.ts';
import { MESSAGE_FILES } from '../json-round-trip.ts';
import { text } from '../samples.ts';
import { type FuzzTarget, insist } from '../target.ts';

const ticket = `${'T'.repeat(42)}A`;
const frames = (...messages: readonly object[]) => Buffer.concat(messages.map(encodeFrame));
const hello = { type: 'hello', id: 'h' };
const login = { type: 'login', id: 'l', origin: 'https://a.example', ticket, language: 'nl' };
const diagnose = { type: 'diagnose', id: 'd', origin: 'https://a.example' };
const changePin = { type: 'change-pin', id: 'c', language: 'de' };
const pins = { digits: [1, 2, 3, 4], newDigits: [5, 6, 7, 8], repeatedDigits: [5, 6, 7, 8] };

export const target: FuzzTarget = {
  files: [
    'native-host/host.ts',
    'native-host/diagnosis-desk.ts',
    'native-host/framing.ts',
    'native-host/window.ts',
    ...MESSAGE_FILES,
  ],
  samples: [
    frames(hello),
    frames(hello, login, { type: 'cancel', id: 'l' }),
    frames(login, login, { type: 'pin', id: 'l', digits: [1, 2, 3, 4] }),
    frames(login, { type: 'last-try-allowed', id: 'l' }, hello),
    frames(diagnose, { ...diagnose, id: 'd2' }, login),
    frames(changePin),
    frames(changePin, { type: 'new-pin', id: 'c', ...pins }, { type: 'cancel', id: 'c' }),
    frames(changePin, { type: 'card-choice', id: 'c', index: 1 }, login),
  ],
  dictionary: ['"hello"', '"login"', '"pin"', '"cancel"', '"digits":[1,2,3,4]', '"id":"l"', '[]']
    .map(text)
    .concat(frames(hello), frames({ type: 'cancel', id: 'l' })),
  maxBytes: 33_000,
  async run(input) {
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    const logged: string[] = [];
    const ended = runHost({
      stdin,
      stdout,
      openReaders: async () => ({ list: () => [], close: async () => undefined }),
      loadGateways: async () => [],
      log: (code) => void logged.push(code),
    });
    stdin.end(input);
    await ended;
    insist(
      logged.every((code) => isErrorCode(code) && code !== 'INTERNAL'),
      'only foreseen codes are logged',
    );
    const said = stdout.read() as Uint8Array | null;
    for (const payload of said ? createFrameDecoder().push(said) : []) {
      parseMessage(fromHost, JSON.parse(new TextDecoder().decode(payload)));
    }
  },
};
