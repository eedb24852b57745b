/**
 * What a card says of itself without a PIN, and without anything of a person being read: of its certificate only
 * the first bytes, which say that there is one.
 */
import { type ErrorCode, errorCodeOf } from '../../gateway/protocol/errors.ts';
import { getApplet } from './applets.ts';
import { checkCertificateThere } from './card-certificate.ts';
import { readCardData } from './card-data.ts';
import { closePin } from './close-pin.ts';
import type { CardChannel } from './readers.ts';
import { trySelectApplet } from './select-applet.ts';

/** What a Belgian card is. */
export interface CardState {
  /** Byte 21 of GET CARD DATA. */
  readonly appletVersion: number;
  /** Why it cannot log in; `undefined` where it can. */
  readonly code: ErrorCode | undefined;
  /** 0 where the PIN is blocked; `undefined` where the card does not say. */
  readonly triesLeft: number | undefined;
}

/** What is wrong with the card itself; anything else went wrong on the way to it. */
const OF_THE_CARD: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'APPLET_TOO_OLD',
  'CARD_UNSUPPORTED',
  'CERTIFICATE_ABSENT',
  'CERTIFICATE_MALFORMED',
]);

/**
 * Reads the state of a card, `undefined` when the Belgian applet is not on it. A card that another program left open
 * is logged off. An applet that is too old is sent SELECT and GET CARD DATA only: it would count the question for the
 * tries left as a wrong PIN.
 * @throws {KidsIdError} CARD_REMOVED, CARD_ERROR
 */
export async function readCardState(channel: CardChannel): Promise<CardState | undefined> {
  if (!(await trySelectApplet(channel))) return undefined;
  const { appletVersion, triesLeft: told } = await readCardData(channel, { withTries: true });
  try {
    getApplet(appletVersion);
    await checkCertificateThere(channel);
    const triesLeft = fewest(told, await closePin(channel));
    return { appletVersion, triesLeft, code: triesLeft === 0 ? 'PIN_BLOCKED' : undefined };
  } catch (error) {
    const code = errorCodeOf(error);
    if (!OF_THE_CARD.has(code)) throw error;
    return { appletVersion, triesLeft: told, code };
  }
}

/** What two askings told; the careful one is believed. */
export function fewest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

/** An applet's version as people write it: `1.8`. */
export function formatAppletVersion(version: number): string {
  return `${version >> 4}.${version & 0x0f}`;
}
