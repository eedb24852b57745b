/**
 * The login page's script: a click asks the gateway for a ticket, the extension for a completion
 * code, and goes where the gateway says. It knows no card, no PIN and no cookie.
 */
import { errorCodeOf, KidsIdError } from '../protocol/errors.ts';
import { LANGUAGES } from '../protocol/fields.ts';
import { textsFor } from '../texts/texts.ts';
import { findDeviceKind } from './device.ts';
import { createExtensionClient, type ExtensionClient } from './extension-client.ts';
import { createGatewayClient } from './gateway-client.ts';
import { createStatusView } from './status-view.ts';

const KEEP_LOOKING_MS = 1_000;

start();

function start(): void {
  const { uid = '', language: wanted, site = '', siteOrigin } = getElement('login').dataset;
  const language = LANGUAGES.find((known) => known === wanted) ?? 'nl';
  const texts = textsFor(language);
  const extension = createExtensionClient(window);
  const gateway = createGatewayClient(uid);
  const view = createStatusView({
    question: getElement('ask'),
    status: getElement('status'),
    language,
    siteName: site,
  });
  const onBack = () => void leave();

  async function logIn(): Promise<void> {
    view.showProgress({ picture: 'working', title: texts.page.preparing });
    try {
      const ticket = await requestTicket();
      if (ticket === undefined) return;
      view.showProgress(
        {
          picture: 'window',
          title: texts.page.lookAtWindow,
          hint: texts.page.lookAtWindowHint,
        },
        () => void extension.cancel().catch(showProblem),
      );
      const completionCode = await extension.login({ ticket, language });
      const next = await gateway.complete(completionCode);
      view.showProgress({
        picture: 'done',
        title: texts.page.done,
        hint: texts.page.doneHint(site),
      });
      location.assign(next);
    } catch (error) {
      showProblem(error);
    }
  }

  /** A login that is gone may be over, another browser's or too old: the gateway knows, and has a page for each. */
  async function requestTicket(): Promise<string | undefined> {
    try {
      return await gateway.requestTicket();
    } catch (error) {
      const code = errorCodeOf(error);
      if (code !== 'LOGIN_EXPIRED' && code !== 'LOGIN_OTHER_BROWSER') throw error;
      location.reload();
      return undefined;
    }
  }

  async function leave(): Promise<void> {
    view.showProgress({ picture: 'working', title: texts.page.leaving(site) });
    try {
      location.assign(await gateway.cancel());
    } catch (error) {
      // The gateway knows the login no more, or is gone: the person can go back all the same.
      if (siteOrigin) location.assign(siteOrigin);
      else showProblem(error);
    }
  }

  function showProblem(error: unknown): void {
    view.showProblem(errorCodeOf(error), { onAgain: () => void logIn(), onBack });
  }

  /** A page that is open while the extension is being installed goes on by itself. */
  async function findExtension(): Promise<void> {
    const device = findDeviceKind(navigator, matchMedia('(any-pointer: fine)').matches);
    if (device === 'handheld') return showProblem(deviceUnsupported());
    if (await isThere(extension)) return;
    if (device === 'perhaps-handheld') return showProblem(deviceUnsupported());
    view.showExtensionAbsent(onBack);
    while (!(await isThere(extension, KEEP_LOOKING_MS)));
    view.showQuestion(texts.page.found);
  }

  enableButton('log-in', () => void logIn());
  enableButton('back', onBack);
  // The Back button may bring back a page that was left with its last words on it: the gateway says what is true now.
  window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
  void findExtension();
}

async function isThere(extension: ExtensionClient, timeoutMs?: number): Promise<boolean> {
  try {
    await extension.hello(timeoutMs);
    return true;
  } catch {
    return false;
  }
}

function deviceUnsupported(): KidsIdError {
  return new KidsIdError('DEVICE_UNSUPPORTED', 'no native host runs here');
}

function enableButton(id: string, onClick: () => void): void {
  const button = getElement(id);
  button.addEventListener('click', onClick);
  button.removeAttribute('disabled');
}

function getElement(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new TypeError('the page has another shape');
  return element;
}
