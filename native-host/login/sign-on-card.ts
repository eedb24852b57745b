/** The PIN, asked until the card takes one, and the signature that it allows. */
import type { Language } from '../../gateway/protocol/fields.ts';
import { withRecovery } from '../card/recovery.ts';
import { type PinEntry, type SignOutcome, signWithPin } from '../card/sign-with-pin.ts';
import { abortable } from './abortable.ts';
import { createLastTry, whileCardIsIn } from './ask-pin.ts';
import type { FoundCard } from './find-card.ts';
import type { PersonWindow, PinQuestion } from './person-window.ts';

/** What asking needs. */
interface Asking {
  readonly found: FoundCard;
  readonly window: PersonWindow;
  /** Of a keypad's own prompts. */
  readonly language: Language;
  readonly signal: AbortSignal;
}

/**
 * Asks for the PIN and signs; each PIN is presented once.
 * @param options.hash As the card's applet row says.
 * @returns the signature, in the form of the applet row
 * @throws {KidsIdError} PIN_BLOCKED, CARD_REMOVED, CARD_CHANGED, CARD_BUSY, CARD_ERROR; of a keypad USER_CANCELLED,
 * TIMED_OUT; the signal's reason
 */
export async function signOnCard(options: Asking & { hash: Uint8Array }): Promise<Uint8Array> {
  const { found, window } = options;
  const lastTry = createLastTry(window);
  let question: PinQuestion = { triesLeft: found.card.triesLeft, wrong: false };
  for (;;) {
    const { triesLeft } = question;
    const { connection } = found;
    await whileCardIsIn({ ...options, connection }, (signal) => lastTry.pass(triesLeft, signal));
    const round = { ...options, question, isLastTryAllowed: lastTry.isAllowed };
    const outcome = await (connection.hasKeypad ? signByKeypad(round) : signByWindow(round));
    switch (outcome.kind) {
      case 'signed':
        return outcome.signature;
      case 'pin-wrong':
        question = { triesLeft: outcome.triesLeft, wrong: true };
        break;
      case 'last-try':
        question = { triesLeft: 1, wrong: false };
        break;
      case 'pin-length':
        question = { triesLeft, wrong: false };
    }
  }
}

type Round = Asking & {
  readonly hash: Uint8Array;
  readonly question: PinQuestion;
  readonly isLastTryAllowed: boolean;
};

async function signByWindow(round: Round): Promise<SignOutcome> {
  const { found, window, question, signal } = round;
  const { connection } = found;
  const pin = await whileCardIsIn({ connection, signal }, (ended) =>
    window.askPin(question, ended),
  );
  try {
    // A cancel that came right behind the PIN: it is not presented.
    signal.throwIfAborted();
    window.showStage('signing');
    const outcome = await sign(round, pin);
    // A person who cancelled while the card was signing said no: the signature is not sent.
    signal.throwIfAborted();
    return outcome;
  } finally {
    pin.fill(0);
  }
}

/** A keypad cannot be interrupted: a login that ends leaves it to its own time limit. */
function signByKeypad(round: Round): Promise<SignOutcome> {
  const { window, question, language, signal } = round;
  window.showPinOnReader(question);
  return abortable(sign(round, { keypad: language }), signal);
}

function sign({ found, hash, isLastTryAllowed }: Round, pin: PinEntry): Promise<SignOutcome> {
  const { card, connection } = found;
  const options = { card, pin, hash, isLastTryAllowed };
  return withRecovery(connection, (transaction) => signWithPin(transaction, options));
}
