/**
 * Background worker: lets one login, or one diagnosis, at a time run in the whole browser, for listed gateways only,
 * and puts the newest content script into their open pages after an installation.
 */
import * as v from 'valibot';
import type { Runtime } from 'webextension-polyfill';
import browser from 'webextension-polyfill';
import { failure } from '../../gateway/protocol/message.ts';
import { pageRequest } from '../../gateway/protocol/page-messages.ts';
import { DIAGNOSIS_PORT, PAGE_PORT, WINDOW_PORT } from '../../gateway/protocol/window-messages.ts';
import { isListedGateway } from '../gateways.ts';
import { type DiagnosisSession, startDiagnosisSession } from './diagnosis-session.ts';
import { type LoginSession, startLoginSession } from './login-session.ts';
import { findPageSender, findPinWindowTab } from './sender.ts';

let current: LoginSession | undefined;
let diagnosis: DiagnosisSession | undefined;

browser.runtime.onConnect.addListener((port) => {
  if (port.name === PAGE_PORT) acceptPage(port);
  else if (port.name === DIAGNOSIS_PORT) acceptDiagnosis(port);
  else if (port.name === WINDOW_PORT) void acceptWindow(port);
  else port.disconnect();
});

browser.windows.onRemoved.addListener((windowId) => current?.onWindowRemoved(windowId));

browser.runtime.onInstalled.addListener(() => void reachOpenPages());

function acceptPage(pagePort: Runtime.Port): void {
  const sender = findPageSender(pagePort);
  if (sender === undefined) {
    pagePort.disconnect();
    return;
  }
  let session: LoginSession | undefined;
  pagePort.onMessage.addListener((raw: unknown) => {
    const request = v.safeParse(pageRequest, raw);
    if (!request.success) {
      pagePort.disconnect();
      session?.close();
      return;
    }
    if (request.output.type === 'cancel') session?.cancel();
    if (request.output.type !== 'login' || session !== undefined) return;
    if (current?.isRunning()) {
      current.show();
      pagePort.postMessage(failure(request.output, 'LOGIN_BUSY'));
      return;
    }
    // A window that still shows how the last login failed makes way.
    current?.close();
    // A diagnosis holds the card for moments only; a login shall never meet one.
    diagnosis?.pause();
    session = startLoginSession({ request: request.output, pagePort, sender });
    current = session;
  });
  pagePort.onDisconnect.addListener(() => session?.close());
}

/** The newest page is answered; an older one asks its person for a click before it can go on. */
function acceptDiagnosis(pagePort: Runtime.Port): void {
  const sender = findPageSender(pagePort);
  if (sender === undefined) {
    pagePort.disconnect();
    return;
  }
  diagnosis?.close();
  const { origin } = sender;
  const isLoginRunning = () => current?.isRunning() ?? false;
  diagnosis = startDiagnosisSession({ pagePort, origin, isLoginRunning });
}

async function acceptWindow(port: Runtime.Port): Promise<void> {
  const tabId = findPinWindowTab(port);
  const attached = tabId !== undefined && (await current?.attachWindow(port, tabId));
  if (!attached) port.disconnect();
}

async function reachOpenPages(): Promise<void> {
  const [script] = browser.runtime.getManifest().content_scripts ?? [];
  if (script?.js === undefined) return;
  const files = script.js;
  const tabs = await browser.tabs.query({ url: script.matches });
  const listed = tabs.filter(
    ({ url }) => url !== undefined && isListedGateway(new URL(url).origin),
  );
  const injections = listed.flatMap(({ id }) =>
    id === undefined ? [] : [browser.scripting.executeScript({ target: { tabId: id }, files })],
  );
  await Promise.allSettled(injections);
}
