/** Opens and closes the browser window that shows the PIN page. */
import browser from 'webextension-polyfill';
import { PIN_WINDOW_PATH } from './sender.ts';

const WIDTH = 460;
const HEIGHT = 760;

export interface PinWindow {
  readonly windowId: number;
  readonly tabId: number;
}

/** Opens the window over the middle of another one, or where the browser likes. */
export async function openPinWindow(browserWindowId: number | undefined): Promise<PinWindow> {
  const opened = await browser.windows.create({
    type: 'popup',
    url: browser.runtime.getURL(PIN_WINDOW_PATH),
    width: WIDTH,
    height: HEIGHT,
    focused: true,
    ...(await findPlace(browserWindowId)),
  });
  const tabId = opened.tabs?.[0]?.id;
  if (opened.id === undefined || tabId === undefined) throw new Error('window without a tab');
  return { windowId: opened.id, tabId };
}

/** Closes the window; one that is gone already is no error. */
export async function closePinWindow({ windowId }: PinWindow): Promise<void> {
  await browser.windows.remove(windowId).catch(() => undefined);
}

/** Brings the window to the front. */
export async function showPinWindow({ windowId }: PinWindow): Promise<void> {
  await browser.windows.update(windowId, { focused: true }).catch(() => undefined);
}

async function findPlace(windowId: number | undefined): Promise<{ left?: number; top?: number }> {
  if (windowId === undefined) return {};
  const parent = await browser.windows.get(windowId).catch(() => undefined);
  if (parent?.left === undefined || parent.top === undefined) return {};
  if (parent.width === undefined || parent.height === undefined) return {};
  return {
    left: Math.max(0, Math.round(parent.left + (parent.width - WIDTH) / 2)),
    top: Math.max(0, Math.round(parent.top + (parent.height - HEIGHT) / 3)),
  };
}
