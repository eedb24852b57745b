/**
 * PIN window ⇄ native host, over native messaging (4-byte length in the machine's byte order, then
 * JSON). One login per process: `hello`, then `login`; while it runs the host reports and asks, the
 * window answers `pin` or `cancel`; the reply to `login` ends it.
 */
import * as v from 'valibot';
import {
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

/** The PIN, for the pin event just received. `id` is the login's. */
export const pinMessage = v.strictObject({
  type: v.literal('pin'),
  id: messageId,
  digits: pinDigits,
});
/** A grown-up said yes to the last try, for the `last-try` event just received. `id` is the login's. */
export const lastTryMessage = v.strictObject({
  type: v.literal('last-try-allowed'),
  id: messageId,
});
export const cancelMessage = v.strictObject({ type: v.literal('cancel'), id: messageId });

/** Everything that a window may say. */
export const toHost = v.variant('type', [
  hostHelloRequest,
  hostLoginRequest,
  pinMessage,
  lastTryMessage,
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

/** Host → window while a login runs; `id` is the login's. */
export const hostEvent = v.variant('type', [
  v.strictObject({ type: v.literal('stage'), id: messageId, stage: v.picklist(HOST_STAGES) }),
  v.strictObject({ type: v.literal('site'), id: messageId, site, disclosure }),
  /** One PIN try is left: asks for a grown-up's explicit yes, before the PIN. */
  v.strictObject({ type: v.literal('last-try'), id: messageId }),
  /**
   * Asks for the PIN. `triesLeft`: what the card says, `undefined` where it does not.
   * `wrong`: the last PIN was not right.
   */
  v.strictObject({
    type: v.literal('pin-wanted'),
    id: messageId,
    triesLeft: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(15))),
    wrong: v.boolean(),
  }),
]);
export type HostEvent = v.InferOutput<typeof hostEvent>;

/** Everything that a host may say. */
export const fromHost = v.union([hostHelloReply, hostLoginReply, hostEvent]);
export type FromHost = v.InferOutput<typeof fromHost>;
