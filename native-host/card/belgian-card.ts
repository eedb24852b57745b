/**
 * The Belgian eID and kids-ID card: reading what a login needs and signing with the authentication key.
 * Two scopes, each one transaction; the order of commands is that of the applet manuals (select the
 * PKCS#15 directory, MSE, VERIFY, PSO). No PC/SC, no TLS, no person here.
 */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { Language } from '../../gateway/protocol/fields.ts';
import {
  computeDigitalSignature,
  setSignatureEnvironment,
  verifyPin,
} from '../apdu/command-apdu.ts';
import { createEmptyPinBlock, encodePinBlock } from '../apdu/pin-block.ts';
import { type Applet, getApplet } from './applets.ts';
import { readAuthenticationCertificate } from './card-certificate.ts';
import { readCardData } from './card-data.ts';
import { closePin } from './close-pin.ts';
import { exchangeOk } from './exchange.ts';
import { createFileReader } from './file-reader.ts';
import {
  openSameCard,
  type PinPresentation,
  prepareDigits,
  prepareKeypad,
  withPinRight,
} from './present-pin.ts';
import type { CardChannel, CardTransaction } from './readers.ts';
import { trySelectApplet } from './select-applet.ts';

/** What was read of a card before a PIN is asked. */
export interface BelgianCard {
  /** 16 bytes of the chip; never leaves the host. */
  readonly serial: Uint8Array;
  readonly applet: Applet;
  /** 1 to 15; `undefined` where the card does not say. */
  readonly triesLeft: number | undefined;
  /** DER of the authentication certificate, as yet unverified. */
  readonly unverifiedCertificate: Uint8Array;
}

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
 * Reads a card, `undefined` when the Belgian applet is not on it. A card that another program left open is logged
 * off. Nothing but SELECT and GET CARD DATA is sent to an applet that is too old: it would count the question for
 * the tries left as a wrong PIN.
 * @param options.blockBytes Bytes of a block of a file, 256 unless told.
 * @throws {KidsIdError} APPLET_TOO_OLD, CARD_UNSUPPORTED, CERTIFICATE_ABSENT, CERTIFICATE_MALFORMED,
 * PIN_BLOCKED, CARD_REMOVED, CARD_ERROR
 */
export async function readBelgianCard(
  channel: CardChannel,
  options: { blockBytes?: number } = {},
): Promise<BelgianCard | undefined> {
  if (!(await trySelectApplet(channel))) return undefined;
  const data = await readCardData(channel, { withTries: true });
  const applet = getApplet(data.appletVersion);
  const files = createFileReader(channel, options);
  const unverifiedCertificate = await readAuthenticationCertificate(channel, files);
  const triesLeft = fewest(data.triesLeft, await closePin(channel));
  if (triesLeft === 0) throw new KidsIdError('PIN_BLOCKED', 'no PIN tries left');
  return { serial: data.serial, applet, triesLeft, unverifiedCertificate };
}

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

/** What two askings told; the careful one is believed. */
function fewest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
