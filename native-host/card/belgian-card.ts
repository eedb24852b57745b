/**
 * The Belgian eID and kids-ID card: reading what a login needs and signing with the authentication key.
 * Two scopes, each one transaction; the order of commands is that of the applet manuals (select the
 * PKCS#15 directory, MSE, VERIFY, PSO). No PC/SC, no TLS, no person here.
 */
import { equalBytes } from '../../gateway/protocol/bytes.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import {
  APPLET_AID,
  computeDigitalSignature,
  FILE,
  getCardData,
  getCardDataWithTries,
  logOff,
  selectApplication,
  selectPath,
  setSignatureEnvironment,
  verifyPin,
} from '../apdu/command-apdu.ts';
import { encodePinBlock } from '../apdu/pin-block.ts';
import { type Applet, getApplet } from './applets.ts';
import { readAuthenticationCertificate } from './card-certificate.ts';
import { exchange, exchangeOk } from './exchange.ts';
import type { CardChannel, CardTransaction } from './readers.ts';

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

/** How an attempt to sign ended. `signature` is r‖s. A blocked PIN is an error, not an outcome. */
export type SignOutcome =
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  | { readonly kind: 'pin-wrong'; readonly triesLeft: number };

const AUTHENTICATION_KEY = 0x82;
const CARD_DATA_BYTES = 28;
const CARD_DATA_WITH_TRIES_BYTES = 31;
const SERIAL_BYTES = 16;
const APPLET_VERSION_OFFSET = 21;
const TRIES_OFFSET = 28;

/**
 * Reads a card, `undefined` when the Belgian applet is not on it.
 * @throws {KidsIdError} APPLET_TOO_OLD, CARD_UNSUPPORTED, CERTIFICATE_ABSENT, CERTIFICATE_MALFORMED,
 * PIN_BLOCKED, CARD_REMOVED, CARD_ERROR
 */
export async function readBelgianCard(channel: CardChannel): Promise<BelgianCard | undefined> {
  const selected = await exchange(channel, selectApplication(APPLET_AID));
  if (selected.status.kind !== 'ok') return undefined;
  const { serial, appletVersion, triesLeft } = await readCardData(channel);
  const applet = getApplet(appletVersion);
  const unverifiedCertificate = await readAuthenticationCertificate(channel);
  if (triesLeft === 0) throw new KidsIdError('PIN_BLOCKED', 'no PIN tries left');
  return { serial, applet, triesLeft, unverifiedCertificate };
}

/**
 * Presents the PIN once and signs a hash with the authentication key of the very card that was read.
 * However it ends, the right that the PIN gave is dropped: by LOG OFF, or by the reset at the end of the
 * transaction where LOG OFF did not answer 9000. The caller wipes `pin`.
 * @param options.pin 4 to 12 digits, as numbers.
 * @param options.hash As many bytes as the card's applet row says.
 * @throws {KidsIdError} CARD_CHANGED before any VERIFY, PIN_BLOCKED, CARD_REMOVED, CARD_ERROR
 */
export async function signWithPin(
  transaction: CardTransaction,
  options: { card: BelgianCard; pin: Uint8Array; hash: Uint8Array },
): Promise<SignOutcome> {
  const { card, pin, hash } = options;
  const { applet } = card;
  if (hash.length !== applet.hashBytes) throw new RangeError('hash of another length');
  await selectSignatureDirectory(transaction);
  const { serial, triesLeft } = await readCardData(transaction);
  if (!equalBytes(serial, card.serial)) {
    throw new KidsIdError('CARD_CHANGED', 'not the card that was read');
  }
  if (triesLeft === 0) throw new KidsIdError('PIN_BLOCKED', 'no PIN tries left');
  const environment = { algorithm: applet.algorithm, key: AUTHENTICATION_KEY };
  await exchangeOk(transaction, setSignatureEnvironment(environment));
  try {
    const wrong = await presentPin(transaction, pin);
    if (wrong) return wrong;
    const signature = await exchangeOk(transaction, computeDigitalSignature(hash));
    if (signature.length !== applet.signatureBytes) {
      throw new KidsIdError('CARD_ERROR', 'signature of another length');
    }
    return { kind: 'signed', signature };
  } finally {
    await dropPinRight(transaction);
  }
}

/** From VERIFY on the transaction ends with a reset, until LOG OFF says that it need not. */
async function presentPin(
  transaction: CardTransaction,
  pin: Uint8Array,
): Promise<SignOutcome | undefined> {
  const block = encodePinBlock(pin);
  const command = verifyPin(block);
  transaction.setEnd('reset');
  try {
    const { status } = await exchange(transaction, command);
    switch (status.kind) {
      case 'ok':
        return undefined;
      case 'pinWrong':
        return { kind: 'pin-wrong', triesLeft: status.triesLeft };
      case 'pinBlocked':
        throw new KidsIdError('PIN_BLOCKED', 'card says that the PIN is blocked');
      case 'moreData':
      case 'wrongLength':
      case 'notFound':
      case 'wrongParameters':
      case 'notActivated':
      case 'error':
        throw new KidsIdError('CARD_ERROR', 'card refused to look at the PIN');
    }
  } finally {
    block.fill(0);
    command.fill(0);
  }
}

async function dropPinRight(transaction: CardTransaction): Promise<void> {
  try {
    const { status } = await exchange(transaction, logOff());
    if (status.kind === 'ok') transaction.setEnd('leave');
  } catch {
    // The card is gone or mute: the reset at the end of the transaction does it, and what failed first is thrown.
  }
}

/** After a reset by another program the applet is selected again and the path is tried once more. */
async function selectSignatureDirectory(channel: CardChannel): Promise<void> {
  const directory = selectPath([FILE.master, FILE.belpic]);
  const first = await exchange(channel, directory);
  if (first.status.kind === 'ok') return;
  const selected = await exchange(channel, selectApplication(APPLET_AID));
  if (selected.status.kind !== 'ok') {
    throw new KidsIdError('CARD_CHANGED', 'the applet is not there any more');
  }
  await exchangeOk(channel, directory);
}

/** The long form first, since applet 1.8 is what children hold; older applets refuse it. */
async function readCardData(
  channel: CardChannel,
): Promise<{ serial: Uint8Array; appletVersion: number; triesLeft: number | undefined }> {
  const long = await exchange(channel, getCardDataWithTries());
  const isLong = long.status.kind === 'ok';
  const data = isLong ? long.data : await exchangeOk(channel, getCardData());
  const appletVersion = data[APPLET_VERSION_OFFSET];
  const expected = isLong ? CARD_DATA_WITH_TRIES_BYTES : CARD_DATA_BYTES;
  if (data.length !== expected || appletVersion === undefined) {
    throw new KidsIdError('CARD_ERROR', 'card data of another length');
  }
  return {
    serial: data.slice(0, SERIAL_BYTES),
    appletVersion,
    triesLeft: isLong ? knownTries(data[TRIES_OFFSET]) : undefined,
  };
}

/** A counter above 15 is none: 63Cx could not say it either. */
function knownTries(tries: number | undefined): number | undefined {
  return tries !== undefined && tries <= 15 ? tries : undefined;
}
