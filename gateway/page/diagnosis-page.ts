/**
 * The diagnosis page's script: after a press of the button it walks from this device to the card, again and again, so
 * that what is plugged in or installed is seen at once. It learns codes and versions, and nothing of a person.
 */
import {
  type DiagnosisReport,
  diagnosisReference,
  HOP_OUTCOMES,
  HOPS,
  type Hop,
} from '../protocol/diagnosis.ts';
import { type ErrorCode, errorCodeOf } from '../protocol/errors.ts';
import { LANGUAGES } from '../protocol/fields.ts';
import { textsFor } from '../texts/texts.ts';
import { type DeviceKind, findDeviceKind } from './device.ts';
import { createDiagnosisView, type Walk } from './diagnosis-view.ts';
import { createExtensionClient, type ExtensionClient } from './extension-client.ts';
import { postJson } from './gateway-client.ts';

const HELLO_TIMEOUT_MS = 1_000;
const PAUSE_MS = 1_000;

/** Nothing has been looked at. */
const UNKNOWN: DiagnosisReport = {
  device: 'waiting',
  extension: 'waiting',
  host: 'waiting',
  reader: 'waiting',
  card: 'waiting',
};

start();

function start(): void {
  const main = getElement('diagnosis');
  const language = LANGUAGES.find((known) => known === main.dataset['language']) ?? 'nl';
  const extension = createExtensionClient(window);
  const device = findDeviceKind(navigator, matchMedia('(any-pointer: fine)').matches);
  const view = createDiagnosisView({
    main,
    texts: textsFor(language),
    onStart: () => void look(),
    onStop: stop,
    onReport: () => void report(),
    ...(history.length > 1 && { onBack: () => history.back() }),
  });
  let walk: Walk = { report: UNKNOWN, isLastTry: false };
  let looking = new AbortController();

  async function look(): Promise<void> {
    looking.abort();
    looking = new AbortController();
    const { signal } = looking;
    view.show({ report: UNKNOWN, isLastTry: false });
    for (;;) {
      const walked = await walkHops(extension, device);
      // Stopped meanwhile: what was on the screen stays there.
      if (signal.aborted) return;
      walk = walked;
      view.show(walk);
      const { device: own, extension: answer } = walk.report;
      // A device stays what it is, and a click has to be waited for.
      if (own !== 'ready' || answer === 'CLICK_REQUIRED') return;
      await pause(PAUSE_MS);
      if (signal.aborted) return;
    }
  }

  function stop(): void {
    looking.abort();
    void extension.cancel().catch(() => undefined);
    view.showStopped();
  }

  async function report(): Promise<void> {
    try {
      const reply = await postJson('/diagnosis/report', diagnosisReference, walk.report);
      view.showReference(reply.reference);
    } catch (error) {
      view.showReportProblem(errorCodeOf(error));
    }
  }

  view.enable();
}

/** Walks as far as it can; the hops behind the one that is wrong are `waiting`. */
async function walkHops(extension: ExtensionClient, device: DeviceKind): Promise<Walk> {
  const end = (report: DiagnosisReport): Walk => ({ report, isLastTry: false });
  if (device === 'handheld') return end(endAt('DEVICE_UNSUPPORTED'));
  let extensionVersion: string;
  try {
    extensionVersion = await extension.hello(HELLO_TIMEOUT_MS);
  } catch {
    return end(endAt(device === 'computer' ? 'EXTENSION_ABSENT' : 'DEVICE_UNSUPPORTED'));
  }
  try {
    const { hostVersion, reader, card, applet, isLastTry = false } = await extension.diagnose();
    const report: DiagnosisReport = {
      device: 'ready',
      extension: 'ready',
      host: 'ready',
      reader,
      card,
      extensionVersion,
      hostVersion,
      ...(applet !== undefined && { applet }),
    };
    return { report, isLastTry };
  } catch (error) {
    return end({ ...endAt(errorCodeOf(error)), extensionVersion });
  }
}

/** Every hop before the one that can say this is ready. What no hop foresees went wrong on the way to the host. */
function endAt(code: ErrorCode): DiagnosisReport {
  const canSay = (hop: Hop) => (HOP_OUTCOMES[hop] as readonly string[]).includes(code);
  const end = HOPS.find(canSay);
  if (end === undefined) return endAt('INTERNAL');
  const before = HOPS.slice(0, HOPS.indexOf(end)).map((hop) => [hop, 'ready']);
  return { ...UNKNOWN, ...Object.fromEntries(before), [end]: code };
}

function pause(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms);
  return promise;
}

function getElement(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new TypeError('the page has another shape');
  return element;
}
