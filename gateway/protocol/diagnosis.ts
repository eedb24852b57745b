/**
 * What a diagnosis says of each hop on the way to the card. An outcome is a code and never words; nothing in it tells
 * one card, reader, computer or person from another.
 */
import * as v from 'valibot';
import type { ErrorCode } from './errors.ts';
import { softwareVersion } from './fields.ts';

/** The hops, in the order in which they are walked. */
export const HOPS = ['device', 'extension', 'host', 'reader', 'card'] as const;
export type Hop = (typeof HOPS)[number];

/** What can be wrong at each hop. The card service of the system is not an error of a login: it is no reader to it. */
const DEVICE_CODES = ['DEVICE_UNSUPPORTED'] as const satisfies readonly ErrorCode[];
const EXTENSION_CODES = [
  'EXTENSION_ABSENT',
  'EXTENSION_TOO_OLD',
  'LOGIN_BUSY',
  'CLICK_REQUIRED',
] as const satisfies readonly ErrorCode[];
const HOST_CODES = [
  'HOST_ABSENT',
  'HOST_TOO_OLD',
  'GATEWAY_UNTRUSTED',
  'TIMED_OUT',
  'MESSAGE_MALFORMED',
  'INTERNAL',
] as const satisfies readonly ErrorCode[];
const READER_CODES = ['READER_ABSENT'] as const satisfies readonly ErrorCode[];
const CARD_CODES = [
  'CARD_ABSENT',
  'CARD_UNSUPPORTED',
  'CARD_BUSY',
  'CARD_ERROR',
  'APPLET_TOO_OLD',
  'CERTIFICATE_ABSENT',
  'CERTIFICATE_MALFORMED',
  'PIN_BLOCKED',
] as const satisfies readonly ErrorCode[];

/** `ready`: as it should be. `waiting`: not looked at yet, or not to be seen past the hop before. */
const always = ['ready', 'waiting'] as const;

/** What each hop can say. */
export const HOP_OUTCOMES = {
  device: [...always, ...DEVICE_CODES],
  extension: [...always, ...EXTENSION_CODES],
  host: [...always, ...HOST_CODES],
  reader: [...always, ...READER_CODES, 'READER_SERVICE_ABSENT'],
  card: [...always, ...CARD_CODES],
} as const;

export type HopOutcome<Name extends Hop = Hop> = (typeof HOP_OUTCOMES)[Name][number];
export type CardOutcome = HopOutcome<'card'>;

/** `1.8`: which kind of card. */
const appletVersion = v.pipe(v.string(), v.regex(/^\d{1,2}\.\d{1,2}$/));

/** What a host says of reader and card without a PIN and without reading a person. */
export const hostFindings = {
  reader: v.picklist(HOP_OUTCOMES.reader),
  card: v.picklist(HOP_OUTCOMES.card),
  /** Of a Belgian card. */
  applet: v.optional(appletVersion),
  /** A card that is ready, and has one PIN try left: somebody grown up should know before it is spent. */
  isLastTry: v.optional(v.literal(true)),
};
const findings = v.strictObject(hostFindings);
export type HostFindings = v.InferOutput<typeof findings>;

/** Bytes of a report, both ways. */
export const DIAGNOSIS_REPORT_MAX_BYTES = 1_024;

/** `POST /diagnosis/report`: what the page has found, for whoever looks it up by its reference. No free text. */
export const diagnosisReport = v.strictObject({
  device: v.picklist(HOP_OUTCOMES.device),
  extension: v.picklist(HOP_OUTCOMES.extension),
  host: v.picklist(HOP_OUTCOMES.host),
  reader: v.picklist(HOP_OUTCOMES.reader),
  card: v.picklist(HOP_OUTCOMES.card),
  applet: v.optional(appletVersion),
  extensionVersion: v.optional(softwareVersion),
  hostVersion: v.optional(softwareVersion),
});
export type DiagnosisReport = v.InferOutput<typeof diagnosisReport>;

/** Its reply: what a person reads out to whoever helps. Letters and digits that no two people take for each other. */
export const diagnosisReference = v.strictObject({
  reference: v.pipe(v.string(), v.regex(/^[2-9CDFHJKMNPQRTVWXY]{4}-[2-9CDFHJKMNPQRTVWXY]{4}$/)),
});
