/** Messages between page, content script, background and PIN window, and a page's report of a diagnosis. TEST ONLY. */
import { diagnosisReference, diagnosisReport } from '../../../gateway/protocol/diagnosis.ts';
import { toExtension, toPage } from '../../../gateway/protocol/page-messages.ts';
import { windowJob, windowMessage } from '../../../gateway/protocol/window-messages.ts';
import { checkJsonMessage, MESSAGE_FILES } from '../json-round-trip.ts';
import { json, text } from '../samples.ts';
import type { FuzzTarget } from '../target.ts';

const secret = `${'S'.repeat(42)}A`;
const MAX_BYTES = 4_096;
const SCHEMAS = [
  toExtension,
  toPage,
  windowJob,
  windowMessage,
  diagnosisReport,
  diagnosisReference,
];

export const target: FuzzTarget = {
  files: [
    'gateway/protocol/page-messages.ts',
    'gateway/protocol/window-messages.ts',
    'gateway/protocol/diagnosis.ts',
    ...MESSAGE_FILES,
  ],
  samples: [
    { kidsId: 'extension', message: { type: 'hello', id: '1' } },
    { kidsId: 'extension', message: { type: 'login', id: '2', ticket: secret, language: 'fr' } },
    { kidsId: 'extension', message: { type: 'cancel', id: '3' } },
    { kidsId: 'page', message: { type: 'hello', id: '1', ok: true, extensionVersion: '1.2.3' } },
    { kidsId: 'page', message: { type: 'login', id: '2', ok: true, completionCode: secret } },
    { kidsId: 'page', message: { type: 'login', id: '2', ok: false, code: 'CARD_REMOVED' } },
    { kidsId: 'extension', message: { type: 'diagnose', id: '4' } },
    {
      kidsId: 'page',
      message: {
        type: 'diagnose',
        id: '4',
        ok: true,
        hostVersion: '0.1.0',
        reader: 'ready',
        card: 'ready',
        applet: '1.7',
        isLastTry: true,
      },
    },
    {
      device: 'ready',
      extension: 'EXTENSION_ABSENT',
      host: 'waiting',
      reader: 'waiting',
      card: 'waiting',
      extensionVersion: '0.1.0',
    },
    { reference: 'K7F3-9QXM' },
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
    for (const schema of SCHEMAS) {
      checkJsonMessage(schema, input, MAX_BYTES);
    }
  },
};
