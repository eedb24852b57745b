/** The PIN window as a login sees it: events go out, a PIN or a cancel comes back. */
import { KidsIdError } from '../gateway/protocol/errors.ts';
import type { HostEvent } from '../gateway/protocol/host-messages.ts';
import type { LoginWindow } from './login/login.ts';

/** A login's window, with the side that messages arrive at. */
export interface HostWindow extends LoginWindow {
  /** The login's id. */
  readonly id: string;
  /** After {@link close} nothing is shown and what the window says is ignored. */
  readonly isOver: boolean;
  /** @throws {KidsIdError} MESSAGE_MALFORMED when no PIN was asked for */
  takePin(digits: readonly number[]): void;
  cancel(): void;
  close(): void;
}

/** Creates the window of one login. A cancel aborts `controller` with USER_CANCELLED. */
export function createWindow(options: {
  id: string;
  send: (event: HostEvent) => void;
  controller: AbortController;
}): HostWindow {
  const { id, controller } = options;
  let wanted: PromiseWithResolvers<Uint8Array> | undefined;
  let isOver = false;
  const send = (event: HostEvent) => {
    if (!isOver) options.send(event);
  };
  return {
    id,
    get isOver() {
      return isOver;
    },
    showStage: (stage) => send({ type: 'stage', id, stage }),
    showSite: (site, disclosure) => send({ type: 'site', id, site, disclosure }),
    async askPin({ triesLeft, wrong, signal }) {
      signal.throwIfAborted();
      const pin = Promise.withResolvers<Uint8Array>();
      const onAbort = () => pin.reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      wanted = pin;
      send({ type: 'pin-wanted', id, wrong, ...(triesLeft === undefined ? {} : { triesLeft }) });
      try {
        return await pin.promise;
      } finally {
        signal.removeEventListener('abort', onAbort);
        wanted = undefined;
      }
    },
    takePin(digits) {
      // A PIN can cross the reply that ended its login.
      if (isOver) return;
      if (!wanted) throw new KidsIdError('MESSAGE_MALFORMED', 'PIN that was not asked for');
      wanted.resolve(Uint8Array.from(digits));
      wanted = undefined;
    },
    cancel: () => controller.abort(new KidsIdError('USER_CANCELLED', 'the person cancelled')),
    close() {
      isOver = true;
    },
  };
}
