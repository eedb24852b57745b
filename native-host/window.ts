/** The PIN window as a login sees it: events go out, an answer or a cancel comes back. */
import { KidsIdError } from '../gateway/protocol/errors.ts';
import type { HostEvent, ToHost } from '../gateway/protocol/host-messages.ts';
import type { LogEvent } from './log.ts';
import type { NewPins, PersonWindow, PinQuestion } from './login/person-window.ts';

/** What a window may say to an event that asks. */
export type WindowAnswer = Extract<
  ToHost,
  { type: 'pin' | 'new-pin' | 'last-try-allowed' | 'card-choice' }
>;

/** The window of a login or PIN change, with the side that messages arrive at. */
export interface HostWindow extends PersonWindow {
  /** The request's id. */
  readonly id: string;
  /** After {@link close} nothing is shown and what the window says is ignored. */
  readonly isOver: boolean;
  /**
   * Takes an answer. The caller wipes its digits afterwards.
   * @throws {KidsIdError} MESSAGE_MALFORMED when it was not asked for
   */
  takeAnswer(answer: WindowAnswer): void;
  cancel(): void;
  close(): void;
}

/** A question that waits: which message answers it, and what to do with that. */
interface Question {
  readonly answeredBy: WindowAnswer['type'];
  take(answer: WindowAnswer): void;
}

/** Creates the window of one request. A cancel aborts `controller` with USER_CANCELLED. */
export function createWindow(options: {
  id: string;
  send: (event: HostEvent) => void;
  controller: AbortController;
  note: (event: LogEvent) => void;
}): HostWindow {
  const { id, controller, note } = options;
  let waiting: Question | undefined;
  let isOver = false;
  const send = (event: HostEvent) => {
    if (isOver) return;
    if (event.type === 'stage') note({ event: 'stage', stage: event.stage });
    if ('wrong' in event) note({ event: 'pin-asked', tries: event.triesLeft });
    options.send(event);
  };

  /** Sends an event and waits for the one message that answers it; `read` copies what it needs. */
  async function ask<Type extends WindowAnswer['type'], Result>(options: {
    event: HostEvent;
    answeredBy: Type;
    read: (answer: Extract<WindowAnswer, { type: Type }>) => Result;
    signal: AbortSignal;
  }): Promise<Result> {
    const { event, answeredBy, read, signal } = options;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    waiting = {
      answeredBy,
      take: (answer) => resolve(read(answer as Extract<WindowAnswer, { type: Type }>)),
    };
    send(event);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      waiting = undefined;
    }
  }

  return {
    id,
    get isOver() {
      return isOver;
    },
    showStage: (stage) => send({ type: 'stage', id, stage }),
    showSite: (site, disclosure) => send({ type: 'site', id, site, disclosure }),
    chooseCard(cards, signal) {
      const event: HostEvent = { type: 'card-choice-wanted', id, cards: [...cards] };
      const read = ({ index }: { index: number }) => checkIndex(index, cards.length);
      return ask({ event, answeredBy: 'card-choice', read, signal });
    },
    askLastTry(signal) {
      const event = { type: 'last-try', id } as const;
      return ask({ event, answeredBy: 'last-try-allowed', read: () => undefined, signal });
    },
    askPin(question, signal) {
      const event = { type: 'pin-wanted', id, ...said(question) } as const;
      const read = ({ digits }: { digits: number[] }) => Uint8Array.from(digits);
      return ask({ event, answeredBy: 'pin', read, signal });
    },
    showPinOnReader: (question) => send({ type: 'pin-on-reader', id, ...said(question) }),
    askNewPin({ different, ...question }, signal) {
      const event = { type: 'new-pin-wanted', id, ...said(question), different } as const;
      return ask({ event, answeredBy: 'new-pin', read: readNewPins, signal });
    },
    showNewPinOnReader: ({ different, ...question }) =>
      send({ type: 'new-pin-on-reader', id, ...said(question), different }),
    takeAnswer(answer) {
      // An answer can cross the reply that ended its request.
      if (isOver) return;
      if (waiting?.answeredBy !== answer.type) {
        throw new KidsIdError('MESSAGE_MALFORMED', 'answer to what was not asked');
      }
      waiting.take(answer);
      waiting = undefined;
    },
    cancel: () => controller.abort(new KidsIdError('USER_CANCELLED', 'the person cancelled')),
    close() {
      isOver = true;
    },
  };
}

/** A question as its event has it. */
function said({ triesLeft, wrong }: PinQuestion): { wrong: boolean; triesLeft?: number } {
  return { wrong, ...(triesLeft === undefined ? {} : { triesLeft }) };
}

function readNewPins(answer: Extract<WindowAnswer, { type: 'new-pin' }>): NewPins {
  return {
    pin: Uint8Array.from(answer.digits),
    newPin: Uint8Array.from(answer.newDigits),
    repeated: Uint8Array.from(answer.repeatedDigits),
  };
}

function checkIndex(index: number, count: number): number {
  if (index < count) return index;
  throw new KidsIdError('MESSAGE_MALFORMED', 'no such card');
}
