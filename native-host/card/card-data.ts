/** GET CARD DATA in its two forms: who the chip is, which applet, and on applet 1.8 how many PIN tries are left. */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { getCardData, getCardDataWithTries } from '../apdu/command-apdu.ts';
import { exchange, exchangeOk } from './exchange.ts';
import type { CardChannel } from './readers.ts';

/** What a chip says of itself. */
export interface CardData {
  /** 16 bytes. */
  readonly serial: Uint8Array;
  readonly appletVersion: number;
  /** 0 to 15; `undefined` where the card does not say. */
  readonly triesLeft: number | undefined;
}

const SHORT_BYTES = 28;
const LONG_BYTES = 31;
const SERIAL_BYTES = 16;
const APPLET_VERSION_OFFSET = 21;
const TRIES_OFFSET = 28;

/**
 * Reads the card data.
 * @param options.withTries Asks for the long form first; an applet that refuses it, whatever with, or answers it
 * with the short one, is asked for the short one.
 * @throws {KidsIdError} CARD_ERROR, CARD_REMOVED
 */
export async function readCardData(
  channel: CardChannel,
  options: { withTries: boolean },
): Promise<CardData> {
  const long = options.withTries ? await exchange(channel, getCardDataWithTries()) : undefined;
  const data = long?.status.kind === 'ok' ? long.data : await exchangeOk(channel, getCardData());
  const appletVersion = data[APPLET_VERSION_OFFSET];
  const isExpected =
    data.length === SHORT_BYTES || (data.length === LONG_BYTES && data === long?.data);
  if (!isExpected || appletVersion === undefined) {
    throw new KidsIdError('CARD_ERROR', 'card data of another length');
  }
  return {
    serial: data.slice(0, SERIAL_BYTES),
    appletVersion,
    triesLeft: knownTries(data[TRIES_OFFSET]),
  };
}

/** A counter above 15 is none: 63Cx could not say it either. */
function knownTries(tries: number | undefined): number | undefined {
  return tries !== undefined && tries <= 15 ? tries : undefined;
}
