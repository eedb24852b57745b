/** The messages of a diagnosis on each of its hops: nothing but codes and versions fits into them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GenericSchema } from 'valibot';
import { diagnosisReference, diagnosisReport } from '../../gateway/protocol/diagnosis.ts';
import { fromHost, fromHostInDiagnosis, toHost } from '../../gateway/protocol/host-messages.ts';
import { parseMessage } from '../../gateway/protocol/message.ts';
import { pageReply, pageRequest } from '../../gateway/protocol/page-messages.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const id = 'd1';
const found = { type: 'diagnose', id, ok: true, reader: 'ready', card: 'ready' };
const ready = { device: 'ready', extension: 'ready', host: 'ready', reader: 'ready' };

/** Hop, schema, a good message, and what of it may be left out. */
const GOOD: readonly (readonly [string, GenericSchema, object, readonly string[]])[] = [
  ['page → extension', pageRequest, { type: 'diagnose', id }, []],
  [
    'extension → page',
    pageReply,
    { ...found, hostVersion: '0.1.0', applet: '1.8', isLastTry: true },
    ['applet', 'isLastTry'],
  ],
  ['extension → page', pageReply, { type: 'diagnose', id, ok: false, code: 'HOST_ABSENT' }, []],
  ['background → host', toHost, { type: 'diagnose', id, origin: 'https://a.example' }, []],
  ['host → background', fromHostInDiagnosis, { ...found, applet: '1.7' }, ['applet']],
  [
    'host → background',
    fromHost,
    { ...found, reader: 'READER_SERVICE_ABSENT', card: 'waiting' },
    [],
  ],
  [
    'page → gateway',
    diagnosisReport,
    {
      ...ready,
      card: 'PIN_BLOCKED',
      applet: '1.8',
      extensionVersion: '0.1.0',
      hostVersion: '1.2.3',
    },
    ['applet', 'extensionVersion', 'hostVersion'],
  ],
  ['gateway → page', diagnosisReference, { reference: 'K7F3-9QXM' }, []],
];

for (const [hop, schema, message, optional] of GOOD) {
  test(`${hop} ${JSON.stringify(message)}: taken as it is; a missing or unknown field is MESSAGE_MALFORMED`, () => {
    assert.deepEqual(parseMessage(schema, message), message);
    throwsWithCode('MESSAGE_MALFORMED', () => parseMessage(schema, { ...message, extra: 1 }));
    for (const left of Object.keys(message)) {
      const others = Object.fromEntries(Object.entries(message).filter(([name]) => name !== left));
      if (optional.includes(left)) assert.deepEqual(parseMessage(schema, others), others);
      else throwsWithCode('MESSAGE_MALFORMED', () => parseMessage(schema, others));
    }
  });
}

const REFUSED: readonly (readonly [string, GenericSchema, object])[] = [
  ['an event of a login', fromHostInDiagnosis, { type: 'stage', id, stage: 'reading' }],
  ['a code of another hop', fromHostInDiagnosis, { ...found, reader: 'CARD_ABSENT' }],
  ['how many tries are left', fromHostInDiagnosis, { ...found, isLastTry: 1 }],
  ['a number for an applet', fromHostInDiagnosis, { ...found, applet: '85073003328' }],
  ['an origin of http', toHost, { type: 'diagnose', id, origin: 'http://a.example' }],
  ['words in a report', diagnosisReport, { ...ready, card: 'Emma’s card' }],
  ['a version of any length', diagnosisReport, { ...ready, card: 'ready', hostVersion: '1.2.3-x' }],
  ['a reference of letters that look alike', diagnosisReference, { reference: 'K7F0-9QXO' }],
];

for (const [name, schema, message] of REFUSED) {
  test(`refuses ${name}`, () => {
    throwsWithCode('MESSAGE_MALFORMED', () => parseMessage(schema, message));
  });
}
