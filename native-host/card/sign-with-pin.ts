/**
 * Signing with the authentication key, in one transaction; the order of commands is that of the applet manuals (select
 * the PKCS#15 directory, MSE, VERIFY, PSO).
 */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { Language } from '../../gateway/protocol/fields.ts';
import {
  computeDigitalSignature,
  setSignatureEnvironment,
  verifyPin,
} from '../apdu/command-apdu.ts';
import { createEmptyPinBlock, encodePinBlock } from '../apdu/pin-block.ts';
import type { BelgianCard } from './belgian-card.ts';
import { exchangeOk } from './exchange.ts';
import {
  openSameCard,
  type PinPresentation,
  prepareDigits,
  prepareKeypad,
  withPinRight,
} from './present-pin.ts';
import type { CardChannel, CardTransaction } from './readers.ts';

/** A PIN's 4 to 12 digits as numbers, or: typed on the reader's keypad, prompted in that language. */
export type PinEntry = Uint8Array | { readonly keypad: Language };

/**
 * How an attempt to sign ended. `signature` is as the applet row says: r‖s, or RSA. After the others but
 * `pin-wrong` nothing was presented. A blocked PIN is an error, not an outcome.
 */
export type SignOutcome =
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  | { readonly kind: 'pin-wrong'; readonly triesLeft: number | undefined }
  /** One try is left, and nobody allowed it: another program used some up since the card was read. */
  | { readonly kind: 'last-try' }
  /** Of the keypad only: fewer digits than a PIN has. */
  | { readonly kind: 'pin-length' };

const AUTHENTICATION_KEY = 0x82;

/**
 * Presents the PIN once and signs a hash with the authentication key of the very card that was read.
 * However it ends, the right that the PIN gave is dropped: by LOG OFF, or by the reset at the end of the
 * transaction where LOG OFF did not answer 9000. The caller wipes `pin`.
 * @param options.hash As many bytes as the card's applet row says.
 * @param options.isLastTryAllowed A grown-up said yes; without it the last try is never spent, where the card tells.
 * @throws {KidsIdError} CARD_CHANGED before any VERIFY, PIN_BLOCKED, CARD_REMOVED, CARD_ERROR; of a keypad also
 * USER_CANCELLED, TIMED_OUT
 */
export async function signWithPin(
  transaction: CardTransaction,
  options: { card: BelgianCard; pin: PinEntry; hash: Uint8Array; isLastTryAllowed?: boolean },
): Promise<SignOutcome> {
  const { card, pin, hash } = options;
  const { applet } = card;
  if (hash.length !== applet.hashBytes) throw new RangeError('hash of another length');
  const pins = preparePin(transaction, pin);
  try {
    const triesLeft = await openSameCard(transaction, card);
    if (triesLeft === 1 && !options.isLastTryAllowed) return { kind: 'last-try' };
    const environment = { algorithm: applet.algorithm, key: AUTHENTICATION_KEY };
    await exchangeOk(transaction, setSignatureEnvironment(environment));
    return await withPinRight(transaction, async () => {
      const answer = await pins.present();
      if (answer.kind === 'pins-different') {
        throw new KidsIdError('CARD_ERROR', 'keypad compared PINs that nobody asked for');
      }
      return answer.kind === 'accepted' ? computeSignature(transaction, card, hash) : answer;
    });
  } finally {
    pins.wipe();
  }
}

async function computeSignature(
  channel: CardChannel,
  { applet }: BelgianCard,
  hash: Uint8Array,
): Promise<SignOutcome> {
  const signature = await exchangeOk(channel, computeDigitalSignature(hash));
  if (signature.length === applet.signatureBytes) return { kind: 'signed', signature };
  throw new KidsIdError('CARD_ERROR', 'signature of another length');
}

function preparePin(transaction: CardTransaction, pin: PinEntry): PinPresentation {
  if (pin instanceof Uint8Array) {
    const block = encodePinBlock(pin);
    return prepareDigits({ channel: transaction, command: verifyPin(block), blocks: [block] });
  }
  if (!transaction.keypad) throw new TypeError('this reader has no keypad');
  const press = transaction.keypad.verifyPin;
  return prepareKeypad({
    press,
    command: verifyPin(createEmptyPinBlock()),
    language: pin.keypad,
  });
}
