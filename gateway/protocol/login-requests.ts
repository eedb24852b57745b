/**
 * Login page ⇄ gateway: same-origin JSON over HTTP, each with the interaction's cookies.
 * `POST /login/:uid/ticket`, `…/complete`, `…/cancel`; an error is a status with `{ code }`.
 */
import * as v from 'valibot';
import { secret } from './fields.ts';

/** Bytes of a body. */
export const LOGIN_REQUEST_MAX_BYTES = 1_024;

/** A fresh login ticket: 256 random bits, 120 s, one use. */
export const ticketReply = v.strictObject({ ticket: secret });

/** The completion code that came back through the extension. */
export const completeRequest = v.strictObject({ completionCode: secret });

/** Where the page goes next: a path of this origin. */
export const locationReply = v.strictObject({
  location: v.pipe(v.string(), v.maxLength(512), v.regex(/^\/(?!\/)[A-Za-z0-9/_-]*$/)),
});
