/** Messages between page, content script, background and PIN window. TEST ONLY. */
import { toExtension, toPage } from '../../../gateway/protocol/page-messages.ts';
import { windowJob, windowMessage } from '../../../gateway/protocol/window-messages.ts';
import { checkJsonMessage, MESSAGE_FILES } from '../json-round-trip.ts';
import { json, text } from '../samples.ts';
import type { FuzzTarget } from '../target.ts';

const secret = `${'S'.repeat(42)}A`;
const MAX_BYTES = 4_096;

export const target: FuzzTarget = {
  files: [
    'gateway/protocol/page-messages.ts',
    'gateway/protocol/window-messages.ts',
    ...MESSAGE_FILES,
  ],
  samples: [
    { kidsId: 'extension', message: { type: 'hello', id: '1' } },
    { kidsId: 'extension', message: { type: 'login', id: '2', ticket: secret, language: 'fr' } },
    { kidsId: 'extension', message: { type: 'cancel', id: '3' } },
    { kidsId: 'page', message: { type: 'hello', id: '1', ok: true, extensionVersion: '1.2.3' } },
    { kidsId: 'page', message: { type: 'login', id: '2', ok: true, completionCode: secret } },
    { kidsId: 'page', message: { type: 'login', id: '2', ok: false, code: 'CARD_REMOVED' } },
    { type: 'job', origin: 'https://a.example', ticket: secret, language: 'de' },
    { type: 'alive' },
    { type: 'done', completionCode: secret },
    { type: 'failed', code: 'TIMED_OUT' },
  ].map(json),
  dictionary: ['"__proto__":{}', 'https://a.example', 'https://[::1]', '"kidsId"', '[]', 'null']
    .map(text)
    .concat(text('"https://b\\u0000.example"')),
  maxBytes: MAX_BYTES + 100,
  run(input) {
    for (const schema of [toExtension, toPage, windowJob, windowMessage]) {
      checkJsonMessage(schema, input, MAX_BYTES);
    }
  },
};
