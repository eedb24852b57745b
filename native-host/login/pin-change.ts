/** Changing the PIN of a card: no gateway and no network take part. */

import { equalBytes } from '../../gateway/protocol/bytes.ts';
import type { Language } from '../../gateway/protocol/fields.ts';
import { type ChangeOutcome, changePin, type PinChange } from '../card/change-pin.ts';
import type { OpenCardReaders } from '../card/readers.ts';
import { withRecovery } from '../card/recovery.ts';
import { abortable } from './abortable.ts';
import { createLastTry, whileCardIsIn } from './ask-pin.ts';
import { type FoundCard, watchReaders } from './find-card.ts';
import type { NewPinQuestion, PersonWindow } from './person-window.ts';
import { pickCard } from './pick-card.ts';

/** What a change of the PIN needs. */
export interface PinChangeOptions {
  readonly language: Language;
  readonly openReaders: OpenCardReaders;
  readonly window: PersonWindow;
  readonly timing: { readonly cardTimeoutMs: number };
  /** Aborted, with a KidsIdError, when the person cancels or the window is gone. */
  readonly signal: AbortSignal;
}

/**
 * Asks for the PIN, a new one and that again, until the card takes them; everything that was opened is closed when it
 * ends.
 * @throws {KidsIdError} every code of a reader or a card; the signal's reason
 */
export async function runPinChange(options: PinChangeOptions): Promise<void> {
  const { window, timing, signal } = options;
  const readers = await watchReaders(options.openReaders);
  try {
    const timeoutMs = timing.cardTimeoutMs;
    const found = await pickCard({ readers, window, timeoutMs, signal });
    try {
      await changeOnCard({ ...options, found });
    } finally {
      await found.connection.close();
    }
  } finally {
    await readers.close();
  }
}

type Asking = PinChangeOptions & { readonly found: FoundCard };

async function changeOnCard(options: Asking): Promise<void> {
  const { found, window } = options;
  const { connection, card } = found;
  const lastTry = createLastTry(window);
  let canUseKeypad = connection.hasKeypad;
  let question: NewPinQuestion = { triesLeft: card.triesLeft, wrong: false, different: false };
  for (;;) {
    const { triesLeft } = question;
    await whileCardIsIn({ ...options, connection }, (signal) => lastTry.pass(triesLeft, signal));
    const round = { ...options, question, isLastTryAllowed: lastTry.isAllowed };
    const outcome = await (canUseKeypad ? changeByKeypad(round) : changeByWindow(round));
    switch (outcome.kind) {
      case 'changed':
        return;
      case 'pin-wrong':
        question = { triesLeft: outcome.triesLeft, wrong: true, different: false };
        break;
      case 'last-try':
        question = { triesLeft: 1, wrong: false, different: false };
        break;
      case 'pins-different':
        question = { triesLeft, wrong: false, different: true };
        break;
      case 'pin-length':
        question = { triesLeft, wrong: false, different: false };
        break;
      case 'keypad-cannot':
        canUseKeypad = false;
    }
  }
}

type Round = Asking & {
  readonly question: NewPinQuestion;
  readonly isLastTryAllowed: boolean;
};

async function changeByWindow(round: Round): Promise<ChangeOutcome> {
  const { found, window, question, signal } = round;
  const { connection } = found;
  const pins = await whileCardIsIn({ connection, signal }, (ended) =>
    window.askNewPin(question, ended),
  );
  const { pin, newPin, repeated } = pins;
  try {
    if (!equalBytes(newPin, repeated)) return { kind: 'pins-different' };
    window.showStage('signing');
    return await change(round, { pin, newPin });
  } finally {
    for (const digits of [pin, newPin, repeated]) digits.fill(0);
  }
}

function changeByKeypad(round: Round): Promise<ChangeOutcome> {
  const { window, question, language, signal } = round;
  window.showNewPinOnReader(question);
  return abortable(change(round, { keypad: language }), signal);
}

function change({ found, isLastTryAllowed }: Round, pins: PinChange): Promise<ChangeOutcome> {
  const { card, connection } = found;
  const options = { card, pins, isLastTryAllowed };
  return withRecovery(connection, (transaction) => changePin(transaction, options));
}
