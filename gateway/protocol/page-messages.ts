/**
 * Page ⇄ extension: `window.postMessage` between a page of the gateway and the content script,
 * and the same messages on the port from content script to background. Requests go to the
 * extension, replies come from it; the envelope says which, since both share one window.
 */
import * as v from 'valibot';
import { hostFindings } from './diagnosis.ts';
import { language, secret, softwareVersion } from './fields.ts';
import { reply, request } from './message.ts';

/** Is the extension there? Asked at page load; answered on listed gateways only. */
export const helloRequest = request('hello', {});
export const helloReply = reply('hello', { extensionVersion: softwareVersion });

/** Log in with the card. Only after a real click in the page, and one at a time. */
export const loginRequest = request('login', { ticket: secret, language });
export const loginReply = reply('login', { completionCode: secret });

/**
 * What is there: host, reader, card? The first one needs a real click; those that follow it closely do not, so that
 * a page can be live. Never while a login runs.
 */
export const diagnoseRequest = request('diagnose', {});
export const diagnoseReply = reply('diagnose', { hostVersion: softwareVersion, ...hostFindings });

/** Close the login's window and end it; the pending `login` answers USER_CANCELLED. Ends a diagnosis too. */
export const cancelRequest = request('cancel', {});
export const cancelReply = reply('cancel', {});

export const pageRequest = v.variant('type', [
  helloRequest,
  loginRequest,
  diagnoseRequest,
  cancelRequest,
]);
export const pageReply = v.union([helloReply, loginReply, diagnoseReply, cancelReply]);
export type PageRequest = v.InferOutput<typeof pageRequest>;
export type PageReply = v.InferOutput<typeof pageReply>;
export type LoginReply = v.InferOutput<typeof loginReply>;
export type DiagnoseReply = v.InferOutput<typeof diagnoseReply>;

/** `kidsId` names the addressee, so that neither side reads its own words. */
export const toExtension = v.strictObject({ kidsId: v.literal('extension'), message: pageRequest });
export const toPage = v.strictObject({ kidsId: v.literal('page'), message: pageReply });
