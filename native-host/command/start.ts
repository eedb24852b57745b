/** What a start of the host asks for, by its arguments: serve a browser's extension, or do a command. */
import { isAbsolute } from 'node:path';

/** What Chromium calls our extension: computed from the key in its manifest, pinned here. */
export const CHROMIUM_EXTENSION_ID = 'aagnbjhjhpjcpmccjeiojogicnednone';
/** What Firefox calls it: the add-on id of its manifest (`browser_specific_settings.gecko.id`). */
export const FIREFOX_EXTENSION_ID = 'kids-id@kids-id.org';

/** `browser`: our extension asked a browser for the host. `unknown-caller`: some other extension did. */
export type Start = 'browser' | 'unknown-caller' | 'command';

const CHROMIUM_SCHEME = 'chrome-extension://';

/**
 * Tells who started the host. Chromium passes `chrome-extension://ID/`, Firefox the absolute path of the host's
 * manifest and the add-on id ("Native messaging" of either); what follows, such as `--parent-window=…` on
 * Windows, is the browser's own and is not read. Everything else, and no argument at all, is a command.
 *
 * This keeps out other extensions, which cannot choose what the browser writes here. It does not keep out local
 * programs: they can start the host with any argument, and could speak to the card without it.
 */
export function parseStart(words: readonly string[]): Start {
  const [first = '', second] = words;
  if (first.startsWith(CHROMIUM_SCHEME)) {
    return first === `${CHROMIUM_SCHEME}${CHROMIUM_EXTENSION_ID}/` ? 'browser' : 'unknown-caller';
  }
  if (isAbsolute(first)) return second === FIREFOX_EXTENSION_ID ? 'browser' : 'unknown-caller';
  return 'command';
}
