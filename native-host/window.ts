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
  /** @throws {KidsIdError} MESSAGE_MALFORMED when it was not asked for */
  takeLastTry(): void;
  cancel(): void;
  close(): void;
}

/** The events that wait for an answer; one at a time. */
type QuestionType = 'last-try' | 'pin-wanted';

interface Question<Answer> {
  readonly type: QuestionType;
  resolve(answer: Answer): void;
}

/** Creates the window of one login. A cancel aborts `controller` with USER_CANCELLED. */
export function createWindow(options: {
  id: string;
  send: (event: HostEvent) => void;
  controller: AbortController;
}): HostWindow {
  const { id, controller } = options;
  let wanted: Question<unknown> | undefined;
  let isOver = false;
  const send = (event: HostEvent) => {
    if (!isOver) options.send(event);
  };

  /** Sends an event and waits for the one message that answers it. */
  async function ask<Answer>(
    event: HostEvent & { type: QuestionType },
    signal: AbortSignal,
  ): Promise<Answer> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    wanted = { type: event.type, resolve: resolve as (answer: unknown) => void };
    send(event);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      wanted = undefined;
    }
  }

  function take(type: QuestionType, readAnswer: () => unknown): void {
    // An answer can cross the reply that ended its login.
    if (isOver) return;
    if (wanted?.type !== type) {
      throw new KidsIdError('MESSAGE_MALFORMED', 'answer to what was not asked');
    }
    wanted.resolve(readAnswer());
    wanted = undefined;
  }

  return {
    id,
    get isOver() {
      return isOver;
    },
    showStage: (stage) => send({ type: 'stage', id, stage }),
    showSite: (site, disclosure) => send({ type: 'site', id, site, disclosure }),
    askLastTry: (signal) => ask<void>({ type: 'last-try', id }, signal),
    askPin({ triesLeft, wrong, signal }) {
      const tries = triesLeft === undefined ? {} : { triesLeft };
      return ask<Uint8Array>({ type: 'pin-wanted', id, wrong, ...tries }, signal);
    },
    takePin: (digits) => take('pin-wanted', () => Uint8Array.from(digits)),
    takeLastTry: () => take('last-try', () => undefined),
    cancel: () => controller.abort(new KidsIdError('USER_CANCELLED', 'the person cancelled')),
    close() {
      isOver = true;
    },
  };
}
