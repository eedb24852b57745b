/**
 * An extension that plays a part: answers a page's messages as the content script would, from a script
 * that the test writes. For tests of pages without an extension and a host. TEST ONLY.
 */
import type { Page } from 'playwright';
import type { ErrorCode } from '../../../gateway/protocol/errors.ts';

/** What a login comes to, given its ticket; one that never resolves keeps the page waiting. */
export type LoginPart = (ticket: string) => Promise<{ completionCode: string } | ErrorCode>;

const BINDING = 'kidsIdTestLogin';
/** A child’s card in a reader, as the host would find it. */
const ALL_READY = { hostVersion: '0.1.0', reader: 'ready', card: 'ready', applet: '1.8' };

/** Runs in the page, before its own script. The function of that name is the test's. */
const CONTENT = `addEventListener('message', async ({ source, data }) => {
  if (source !== window || data?.kidsId !== 'extension') return;
  const { type, id, ticket } = data.message;
  const reply = (fields) => postMessage({ kidsId: 'page', message: { type, id, ...fields } }, location.origin);
  if (type === 'hello') reply({ ok: true, extensionVersion: '0.1.0' });
  if (type === 'cancel') reply({ ok: true });
  if (type === 'diagnose') reply({ ok: true, ...${JSON.stringify(ALL_READY)} });
  if (type !== 'login') return;
  const end = await ${BINDING}(ticket);
  if (typeof end === 'string') reply({ ok: false, code: end });
  else reply({ ok: true, completionCode: end.completionCode });
});`;

/** Gives a page that is not yet open an extension. */
export async function giveExtension(page: Page, login: LoginPart): Promise<void> {
  await page.exposeFunction(BINDING, login);
  await page.addInitScript(CONTENT);
}

/** Gives a page that is open an extension, as when a person installs it. */
export async function giveExtensionNow(page: Page, login: LoginPart): Promise<void> {
  await page.exposeFunction(BINDING, login);
  await page.evaluate(CONTENT);
}
