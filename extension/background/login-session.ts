/**
 * One login: the page's port, the window opened for it, the window's port. It ends once, whichever
 * side is gone first. It carries a ticket in and a completion code out; a PIN never comes here.
 */
import type { Runtime } from 'webextension-polyfill';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import { failure, parseMessage } from '../../gateway/protocol/message.ts';
import type { LoginReply, PageRequest } from '../../gateway/protocol/page-messages.ts';
import { type WindowJob, windowMessage } from '../../gateway/protocol/window-messages.ts';
import { closePinWindow, openPinWindow, type PinWindow, showPinWindow } from './pin-window.ts';
import type { PageSender } from './sender.ts';

const WINDOW_START_TIMEOUT_MS = 15_000;

type LoginRequest = Extract<PageRequest, { type: 'login' }>;

export interface LoginSession {
  /** True until the page has its answer. */
  isRunning(): boolean;
  /** The person asked to stop, in the page. */
  cancel(): void;
  /** Ends the login and closes its window. */
  close(): void;
  /** Brings its window to the front. */
  show(): void;
  /** Takes the port of our PIN page in a tab; false when the tab is not this login's. */
  attachWindow(port: Runtime.Port, tabId: number): Promise<boolean>;
  /** A browser window was closed: perhaps it was ours. */
  onWindowRemoved(windowId: number): void;
}

/** Opens the window of a login that a page asked for. */
export function startLoginSession(options: {
  request: LoginRequest;
  pagePort: Runtime.Port;
  sender: PageSender;
}): LoginSession {
  const { request, pagePort, sender } = options;
  let running = true;
  let succeeded = false;
  let windowPort: Runtime.Port | undefined;
  const opening: Promise<PinWindow | undefined> = openPinWindow(sender.browserWindowId).catch(
    () => {
      end(failure(request, 'INTERNAL'));
      return undefined;
    },
  );
  const startTimer = setTimeout(() => {
    if (windowPort === undefined) fail('INTERNAL');
  }, WINDOW_START_TIMEOUT_MS);

  function end(reply: LoginReply): void {
    if (!running) return;
    running = false;
    clearTimeout(startTimer);
    try {
      pagePort.postMessage(reply);
    } catch {
      // The page went away at the same moment: nobody waits for the answer.
    }
  }

  /** After a success the page moves on at once, and the window says so and closes by itself. */
  function closeWindow(): void {
    if (succeeded) return;
    void opening.then((pinWindow) => pinWindow && closePinWindow(pinWindow));
  }

  function fail(code: ErrorCode): void {
    end(failure(request, code));
    closeWindow();
  }

  function takeMessage(raw: unknown): void {
    const message = parseMessage(windowMessage, raw);
    switch (message.type) {
      case 'alive':
        return;
      case 'done':
        succeeded = true;
        end({ type: 'login', id: request.id, ok: true, completionCode: message.completionCode });
        return;
      case 'failed':
        end(failure(request, message.code));
    }
  }

  return {
    isRunning: () => running,
    cancel: () => fail('USER_CANCELLED'),
    close: () => fail('USER_CANCELLED'),
    show: () => void opening.then((pinWindow) => pinWindow && showPinWindow(pinWindow)),
    async attachWindow(port, tabId) {
      const pinWindow = await opening;
      if (!running || windowPort !== undefined || pinWindow?.tabId !== tabId) return false;
      windowPort = port;
      clearTimeout(startTimer);
      port.onDisconnect.addListener(() => end(failure(request, 'USER_CANCELLED')));
      port.onMessage.addListener((raw: unknown) => {
        try {
          takeMessage(raw);
        } catch {
          fail('MESSAGE_MALFORMED');
        }
      });
      const { ticket, language } = request;
      const job: WindowJob = { type: 'job', origin: sender.origin, ticket, language };
      port.postMessage(job);
      return true;
    },
    onWindowRemoved(windowId) {
      void opening.then((pinWindow) => {
        if (pinWindow?.windowId === windowId) end(failure(request, 'USER_CANCELLED'));
      });
    },
  };
}
