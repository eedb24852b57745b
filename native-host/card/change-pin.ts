/** Changing the PIN of the card that was read: old PIN, new PIN; from digits or on the reader's keypad. */
import type { Language } from '../../gateway/protocol/fields.ts';
import { changeReferenceData } from '../apdu/command-apdu.ts';
import { createEmptyPinBlock, encodePinBlock } from '../apdu/pin-block.ts';
import type { BelgianCard } from './belgian-card.ts';
import {
  openSameCard,
  type PinPresentation,
  prepareDigits,
  prepareKeypad,
  withPinRight,
} from './present-pin.ts';
import type { CardTransaction } from './readers.ts';

/** Old and new PIN, 4 to 12 digits each as numbers, or: all typed on the keypad, prompted in that language. */
export type PinChange =
  | { readonly pin: Uint8Array; readonly newPin: Uint8Array }
  | { readonly keypad: Language };

/** How an attempt to change the PIN ended. A blocked PIN is an error, not an outcome. */
export type ChangeOutcome =
  | { readonly kind: 'changed' }
  /** The old one. */
  | { readonly kind: 'pin-wrong'; readonly triesLeft: number | undefined }
  /** As in signWithPin: one try is left, and nobody allowed it. Nothing was presented. */
  | { readonly kind: 'last-try' }
  /** Of the keypad only, here and below; nothing was presented: the new PIN and its repetition. */
  | { readonly kind: 'pins-different' }
  | { readonly kind: 'pin-length' }
  /** This keypad can only verify; nothing was sent to the card. */
  | { readonly kind: 'keypad-cannot' };

/**
 * Presents the old PIN once and changes it. Success gives the PIN's right as VERIFY does (applet 1.8 manual §6.10),
 * so it ends as signing does: LOG OFF, else a reset. The caller wipes the digits.
 * @throws {KidsIdError} CARD_CHANGED before anything is presented, PIN_BLOCKED, CARD_REMOVED, CARD_ERROR; of a
 * keypad also USER_CANCELLED, TIMED_OUT
 */
export async function changePin(
  transaction: CardTransaction,
  options: { card: BelgianCard; pins: PinChange; isLastTryAllowed?: boolean },
): Promise<ChangeOutcome> {
  const pins = preparePins(transaction, options.pins);
  if (!pins) return { kind: 'keypad-cannot' };
  try {
    const triesLeft = await openSameCard(transaction, options.card);
    if (triesLeft === 1 && !options.isLastTryAllowed) return { kind: 'last-try' };
    const answer = await withPinRight(transaction, pins.present);
    return answer.kind === 'accepted' ? { kind: 'changed' } : answer;
  } finally {
    pins.wipe();
  }
}

/** `undefined` where the keypad cannot. What is a mistake of ours is found before the card hears of it. */
function preparePins(transaction: CardTransaction, pins: PinChange): PinPresentation | undefined {
  if ('keypad' in pins) {
    if (!transaction.keypad) throw new TypeError('this reader has no keypad');
    const press = transaction.keypad.changePin;
    const empty = { pinBlock: createEmptyPinBlock(), newPinBlock: createEmptyPinBlock() };
    const command = changeReferenceData(empty);
    return press && prepareKeypad({ press, command, language: pins.keypad });
  }
  const newPinBlock = encodePinBlock(pins.newPin);
  const pinBlock = encodePinBlock(pins.pin);
  const command = changeReferenceData({ pinBlock, newPinBlock });
  return prepareDigits({ channel: transaction, command, blocks: [pinBlock, newPinBlock] });
}
