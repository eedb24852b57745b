/** Selecting the Belgian applet by its identifier, the only thing that tells a Belgian card from others. */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { APPLET_AID, selectApplication } from '../apdu/command-apdu.ts';
import { exchange } from './exchange.ts';
import type { CardChannel } from './readers.ts';

/**
 * Selects the applet of a card that nobody has looked at yet.
 * @returns whether it is there
 * @throws {KidsIdError} CARD_REMOVED, CARD_ERROR
 */
export async function trySelectApplet(channel: CardChannel): Promise<boolean> {
  const { status } = await exchange(channel, selectApplication(APPLET_AID));
  return status.kind === 'ok';
}

/**
 * Selects the applet of a card that was read before.
 * @throws {KidsIdError} CARD_CHANGED when it is not there any more, CARD_REMOVED, CARD_ERROR
 */
export async function selectAppletAgain(channel: CardChannel): Promise<void> {
  if (await trySelectApplet(channel)) return;
  throw new KidsIdError('CARD_CHANGED', 'the applet is not there any more');
}
