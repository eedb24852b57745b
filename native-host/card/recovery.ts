/**
 * Working with a card that is not ready yet or whose reader fails: reset, select the applet, and do the work again,
 * with a pause that only an error or a status word calls for (test kids cards do so just after insertion, card
 * facts §1.8). From the moment a PIN is presented nothing is tried again, whatever fails: this module sees every
 * command and decides that by itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodeOf, KidsIdError } from '../../gateway/protocol/errors.ts';
import { splitAnswer } from './exchange.ts';
import type { CardConnection, CardTransaction, ReaderKeypad } from './readers.ts';
import { trySelectApplet } from './select-applet.ts';

/** Pauses before the second attempt and each one after it. */
const BACK_OFF_MS: readonly number[] = [50, 100, 200, 400];
/** No attempt begins later than this: who fails slowly was waited for long enough. Reading takes 1 to 3 seconds. */
const LAST_START_MS = 5_000;

/** "Instruction unknown", which a card also says that is spoken to too early. */
const NOT_READY = 0x6d00;
const VERIFY = 0x20;
const CHANGE_REFERENCE_DATA = 0x24;
/** VERIFY without data presents nothing. */
const HEADER_BYTES = 5;

/** One go at the work. */
interface Attempt {
  /** The last one believes a 6D00; the others take it for "not ready". */
  readonly isLast: boolean;
  isPinPresented: boolean;
}

/** The time, so that a test need not take any. */
export interface RecoveryClock {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Waits; throws when the signal is aborted, before or meanwhile. */
  pause(pauseMs: number, signal: AbortSignal): Promise<void>;
}

const REAL_CLOCK: RecoveryClock = {
  now: () => performance.now(),
  async pause(pauseMs, signal) {
    await sleep(pauseMs, undefined, { signal });
  },
};

/**
 * Runs `work` in a transaction; after a CARD_ERROR or a status of 6D00 again in a new one, at most five times in
 * all and none begun after five seconds. `work` must begin with SELECT and be able to begin anew.
 * @param work Is told whether it is a repetition.
 * @throws {KidsIdError} CARD_ERROR when no attempt goes well, CARD_REMOVED; what else `work` throws, at once
 */
export async function withRecovery<Result>(
  connection: CardConnection,
  work: (transaction: CardTransaction, told: { isRepeated: boolean }) => Promise<Result>,
  clock: RecoveryClock = REAL_CLOCK,
): Promise<Result> {
  const startedMs = clock.now();
  for (const [index, pauseMs] of [...BACK_OFF_MS, undefined].entries()) {
    const attempt: Attempt = { isLast: pauseMs === undefined, isPinPresented: false };
    const isRepeated = index > 0;
    try {
      if (isRepeated) await connection.recover();
      return await connection.withTransaction(async (transaction) => {
        const watched = watchTransaction(transaction, attempt);
        if (isRepeated) await trySelectApplet(watched);
        return await work(watched, { isRepeated });
      });
    } catch (error) {
      if (pauseMs === undefined || attempt.isPinPresented) throw error;
      if (errorCodeOf(error) !== 'CARD_ERROR') throw error;
      if (clock.now() - startedMs > LAST_START_MS) throw error;
      await pauseWhileCardIsIn(clock, pauseMs, connection.removed);
    }
  }
  throw new TypeError('the last attempt returns or throws');
}

async function pauseWhileCardIsIn(
  clock: RecoveryClock,
  pauseMs: number,
  removed: AbortSignal,
): Promise<void> {
  try {
    await clock.pause(pauseMs, removed);
  } catch (cause) {
    throw new KidsIdError('CARD_REMOVED', 'card was taken out while it was not ready', { cause });
  }
}

function watchTransaction(transaction: CardTransaction, attempt: Attempt): CardTransaction {
  return {
    keypad: transaction.keypad && watchKeypad(transaction.keypad, attempt),
    setEnd: (end) => transaction.setEnd(end),
    async transmit(command) {
      if (presentsPin(command)) attempt.isPinPresented = true;
      const answer = await transaction.transmit(command);
      const { status } = splitAnswer(answer);
      if (!attempt.isLast && status.kind === 'error' && status.sw === NOT_READY) {
        throw new KidsIdError('CARD_ERROR', 'card is not ready');
      }
      return answer;
    },
  };
}

function watchKeypad(keypad: ReaderKeypad, attempt: Attempt): ReaderKeypad {
  const { verifyPin, changePin } = keypad;
  const watch =
    (press: ReaderKeypad['verifyPin']): ReaderKeypad['verifyPin'] =>
    (command, language) => {
      attempt.isPinPresented = true;
      return press(command, language);
    };
  return { verifyPin: watch(verifyPin), changePin: changePin && watch(changePin) };
}

function presentsPin(command: Uint8Array): boolean {
  const [, instruction] = command;
  if (instruction === CHANGE_REFERENCE_DATA) return true;
  return instruction === VERIFY && command.length > HEADER_BYTES;
}
