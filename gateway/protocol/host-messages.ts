/**
 * PIN window ⇄ native host, over native messaging (4-byte length in the machine's byte order, then
 * JSON). One login or PIN change per process: `hello`, then the request; while it runs the host reports
 * and asks, the window answers or cancels; the reply to the request ends it. A process that diagnoses does
 * nothing else: it has the background at its other end, and no PIN ever passes.
 */
import * as v from 'valibot';
import { hostFindings } from './diagnosis.ts';
import {
  cardLabel,
  disclosure,
  language,
  messageId,
  origin,
  pinDigits,
  protocolVersion,
  secret,
  site,
  softwareVersion,
} from './fields.ts';
import { reply, request } from './message.ts';

/** The name under which browsers find the host. */
export const HOST_NAME = 'org.kids_id.host';

/** Bytes of JSON in one message, both ways (browsers allow more; we never need it). */
export const HOST_MESSAGE_MAX_BYTES = 32_768;

export const hostHelloRequest = request('hello', {});
/** `protocol` other than the window's own is HOST_TOO_OLD or EXTENSION_TOO_OLD: the window decides. */
export const hostHelloReply = reply('hello', {
  hostVersion: softwareVersion,
  protocol: protocolVersion,
});

export const hostLoginRequest = request('login', { origin, ticket: secret, language });
export const hostLoginReply = reply('login', { completionCode: secret });

/** Changes the PIN of the card in the reader: no gateway and no network take part. */
export const hostChangePinRequest = request('change-pin', { language });
export const hostChangePinReply = reply('change-pin', {});

/**
 * What is there: reader, card? Needs no PIN and asks for none; may be repeated, and goes on watching in between. An
 * origin that is not on the host's list is GATEWAY_UNTRUSTED, before any reader is looked at.
 */
export const hostDiagnoseRequest = request('diagnose', { origin });
export const hostDiagnoseReply = reply('diagnose', hostFindings);

/** The PIN, for the `pin-wanted` event just received. `id` is that of the login or change, here and below. */
export const pinMessage = v.strictObject({
  type: v.literal('pin'),
  id: messageId,
  digits: pinDigits,
});
/** The PIN, a new one, and that again, for the `new-pin-wanted` event just received. */
export const newPinMessage = v.strictObject({
  type: v.literal('new-pin'),
  id: messageId,
  digits: pinDigits,
  newDigits: pinDigits,
  repeatedDigits: pinDigits,
});
/** A grown-up said yes to the last try, for the `last-try` event just received. */
export const lastTryMessage = v.strictObject({
  type: v.literal('last-try-allowed'),
  id: messageId,
});
/** Which card, for the `card-choice-wanted` event just received: `index` in its list. */
export const cardChoiceMessage = v.strictObject({
  type: v.literal('card-choice'),
  id: messageId,
  index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(7)),
});
export const cancelMessage = v.strictObject({ type: v.literal('cancel'), id: messageId });

/** Everything that a window may say. */
export const toHost = v.variant('type', [
  hostHelloRequest,
  hostLoginRequest,
  hostChangePinRequest,
  hostDiagnoseRequest,
  pinMessage,
  newPinMessage,
  lastTryMessage,
  cardChoiceMessage,
  cancelMessage,
]);
export type ToHost = v.InferOutput<typeof toHost>;

/** Where a login stands; `reader-absent` and `card-absent` ask the person to do something. */
export const HOST_STAGES = [
  'connecting',
  'reader-absent',
  'card-absent',
  'reading',
  'signing',
  'verifying',
] as const;
export type HostStage = (typeof HOST_STAGES)[number];

/** What is said with each question for a PIN. */
const pinQuestion = {
  id: messageId,
  /** What the card says; left out where it does not. */
  triesLeft: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(15))),
  /** The last PIN was not right. */
  wrong: v.boolean(),
};
const newPinQuestion = {
  ...pinQuestion,
  /** The new PIN and its repetition were not the same. Nothing was presented to the card. */
  different: v.boolean(),
};

/** Host → window while a login runs; `id` is the request's. */
export const loginEvent = v.variant('type', [
  v.strictObject({ type: v.literal('stage'), id: messageId, stage: v.picklist(HOST_STAGES) }),
  v.strictObject({ type: v.literal('site'), id: messageId, site, disclosure }),
  /** More than one card could be meant: asks which. */
  v.strictObject({
    type: v.literal('card-choice-wanted'),
    id: messageId,
    cards: v.pipe(v.array(cardLabel), v.minLength(2), v.maxLength(8)),
  }),
  /** One PIN try is left: asks for a grown-up's explicit yes, before the PIN. */
  v.strictObject({ type: v.literal('last-try'), id: messageId }),
  /** Asks for the PIN. */
  v.strictObject({ type: v.literal('pin-wanted'), ...pinQuestion }),
  /** The PIN is to be typed on the reader's own keypad; the window answers nothing. */
  v.strictObject({ type: v.literal('pin-on-reader'), ...pinQuestion }),
]);
export type LoginEvent = v.InferOutput<typeof loginEvent>;

/** Host → window while a login or a change of the PIN runs. */
export const hostEvent = v.variant('type', [
  loginEvent,
  /** Asks for the PIN, a new one, and that again. */
  v.strictObject({ type: v.literal('new-pin-wanted'), ...newPinQuestion }),
  /** The same on the reader's own keypad; the window answers nothing. */
  v.strictObject({ type: v.literal('new-pin-on-reader'), ...newPinQuestion }),
]);
export type HostEvent = v.InferOutput<typeof hostEvent>;

/** What a host may say to a window that logs in. */
export const fromHostInLogin = v.union([hostHelloReply, hostLoginReply, loginEvent]);
export type FromHostInLogin = v.InferOutput<typeof fromHostInLogin>;

/** What a host may say to a background that diagnoses. */
export const fromHostInDiagnosis = v.union([hostHelloReply, hostDiagnoseReply]);

/** Everything that a host may say. */
export const fromHost = v.union([
  hostHelloReply,
  hostLoginReply,
  hostChangePinReply,
  hostDiagnoseReply,
  hostEvent,
]);
export type FromHost = v.InferOutput<typeof fromHost>;
