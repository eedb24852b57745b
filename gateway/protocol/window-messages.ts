/**
 * Background ⇄ PIN window, on a runtime port named {@link WINDOW_PORT}: the background hands the
 * window its login; the window hands back how it ended. PINs and host messages never pass here.
 */
import * as v from 'valibot';
import { errorCode, language, origin, secret } from './fields.ts';

/** Port from a content script to the background, one per login. */
export const PAGE_PORT = 'kids-id-page';

/** Port from a content script to the background, one per diagnosis. */
export const DIAGNOSIS_PORT = 'kids-id-diagnosis';

/** Port from the PIN window to the background. */
export const WINDOW_PORT = 'kids-id-window';

/** Background → window, once, at connect. `origin` is the browser's word, not the page's. */
export const windowJob = v.strictObject({
  type: v.literal('job'),
  origin,
  ticket: secret,
  language,
});
export type WindowJob = v.InferOutput<typeof windowJob>;

/** Window → background. `alive` every 20 s keeps the service worker from being put to sleep. */
export const windowMessage = v.variant('type', [
  v.strictObject({ type: v.literal('alive') }),
  v.strictObject({ type: v.literal('done'), completionCode: secret }),
  v.strictObject({ type: v.literal('failed'), code: errorCode }),
]);
export type WindowMessage = v.InferOutput<typeof windowMessage>;
