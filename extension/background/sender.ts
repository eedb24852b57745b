/** Who is at the other end of a port, by the browser's word alone. */
import type { Runtime } from 'webextension-polyfill';
import browser from 'webextension-polyfill';
import { isListedGateway } from '../gateways.ts';

/** Path of the PIN window's page inside the extension. */
export const PIN_WINDOW_PATH = 'pin-window/pin-window.html';

/** A gateway's login page: where its answer goes, and where its window is to appear. */
export interface PageSender {
  readonly origin: string;
  readonly browserWindowId: number | undefined;
}

/** The login page behind a content script's port; undefined when it is none that may ask. */
export function findPageSender(port: Runtime.Port): PageSender | undefined {
  const sender = port.sender;
  if (sender?.id !== browser.runtime.id || sender.frameId !== 0 || sender.tab?.id === undefined) {
    return undefined;
  }
  const origin = originOf(sender);
  if (origin === undefined || !isListedGateway(origin)) return undefined;
  return { origin, browserWindowId: sender.tab.windowId };
}

/** The tab that holds our own PIN window's page at the other end of a port; undefined for any other. */
export function findPinWindowTab(port: Runtime.Port): number | undefined {
  const sender = port.sender;
  if (sender?.id !== browser.runtime.id || sender.frameId !== 0) return undefined;
  if (sender.url !== browser.runtime.getURL(PIN_WINDOW_PATH)) return undefined;
  return sender.tab?.id;
}

/** Chromium names the origin, Firefox only the address; where both are there they must agree. */
function originOf(sender: Runtime.MessageSender): string | undefined {
  if (sender.url === undefined || !URL.canParse(sender.url)) return undefined;
  const { origin } = new URL(sender.url);
  const named = 'origin' in sender ? sender.origin : origin;
  return named === origin ? origin : undefined;
}
