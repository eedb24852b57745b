/**
 * The Belgian eID and kids-ID card: what a login reads of it before a PIN is asked, in one transaction. No PC/SC, no
 * TLS, no person here.
 */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { type Applet, getApplet } from './applets.ts';
import { readAuthenticationCertificate } from './card-certificate.ts';
import { readCardData } from './card-data.ts';
import { fewest } from './card-state.ts';
import { closePin } from './close-pin.ts';
import { createFileReader } from './file-reader.ts';
import type { CardChannel } from './readers.ts';
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
