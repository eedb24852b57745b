/** Asking for a PIN while the card is in: on the computer, or on the reader's keypad where it has one. */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { CardConnection } from '../card/readers.ts';
import type { PersonWindow } from './person-window.ts';

/**
 * Runs `ask`, which ends when the card is taken out.
 * @throws {KidsIdError} CARD_REMOVED; what `ask` throws
 */
export async function whileCardIsIn<Answer>(
  options: { connection: CardConnection; signal: AbortSignal },
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const { connection, signal } = options;
  const { removed } = connection;
  try {
    return await ask(AbortSignal.any([signal, removed]));
  } catch (cause) {
    if (signal.aborted || !removed.aborted) throw cause;
    throw new KidsIdError('CARD_REMOVED', 'card was taken out while its PIN was asked', { cause });
  }
}

/** The gate before the last try; it opens by a grown-up's yes, which counts for one card. */
export interface LastTry {
  readonly isAllowed: boolean;
  /** Lets a question for the PIN pass; where one try is left only after that yes. */
  pass(triesLeft: number | undefined, signal: AbortSignal): Promise<void>;
}

/** Creates the gate, closed. */
export function createLastTry(window: PersonWindow): LastTry {
  let isAllowed = false;
  return {
    get isAllowed() {
      return isAllowed;
    },
    async pass(triesLeft, signal) {
      if (triesLeft !== 1 || isAllowed) return;
      await window.askLastTry(signal);
      isAllowed = true;
    },
  };
}
