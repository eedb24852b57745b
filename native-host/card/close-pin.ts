/**
 * Asking a card about its PIN without presenting one, by VERIFY without data; a card that another program left
 * open is logged off. Never for applet 1.1, which counts the question as a wrong PIN.
 */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { logOff, queryPinTries } from '../apdu/command-apdu.ts';
import type { StatusWord } from '../apdu/status-word.ts';
import { exchange, exchangeOnce } from './exchange.ts';
import type { CardChannel } from './readers.ts';

/**
 * Makes sure that no PIN's right is held, and tells the tries left.
 * @returns 0 when the PIN is blocked; `undefined` when the card does not say
 * @throws {KidsIdError} CARD_ERROR when an open card does not close, CARD_REMOVED
 */
export async function closePin(channel: CardChannel): Promise<number | undefined> {
  const found = await queryStatus(channel);
  if (found.kind !== 'ok') return triesOf(found);
  const { status } = await exchange(channel, logOff());
  if (status.kind !== 'ok') throw new KidsIdError('CARD_ERROR', 'open card does not log off');
  const closed = await queryStatus(channel);
  if (closed.kind === 'ok') throw new KidsIdError('CARD_ERROR', 'card stays open');
  return triesOf(closed);
}

async function queryStatus(channel: CardChannel): Promise<StatusWord> {
  return (await exchangeOnce(channel, queryPinTries())).status;
}

function triesOf(status: StatusWord): number | undefined {
  if (status.kind === 'pinBlocked') return 0;
  return status.kind === 'pinWrong' ? status.triesLeft : undefined;
}
