/**
 * One command and its whole answer over T=0: 61xx is followed by GET RESPONSE, 6Cxx by the same command
 * with the right Le. Some readers do both by themselves; then neither is seen here.
 */
import { concatBytes } from '../../gateway/protocol/bytes.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { type CommandApdu, getResponse } from '../apdu/command-apdu.ts';
import { classifyStatus, type StatusWord } from '../apdu/status-word.ts';
import type { CardChannel } from './readers.ts';

/** What the card said. After {@link exchange} never `moreData`; `wrongLength` only for a command with data. */
export interface Answer {
  readonly status: StatusWord;
  readonly data: Uint8Array;
}

/** A signature is 96 or 256 bytes, a block of a file 256: one round each, two where a reader fetches 255 at a time. */
const MAX_ROUNDS = 4;
/** Bytes of a command of case 2: header and Le. Only such a one is ever sent again. */
const CASE_2_BYTES = 5;

/**
 * Transmits a command and collects its answer. A command with data, such as VERIFY, is sent exactly once.
 * @throws {KidsIdError} CARD_REMOVED, CARD_ERROR
 */
export async function exchange(channel: CardChannel, command: CommandApdu): Promise<Answer> {
  let sent = command;
  let data = new Uint8Array(0);
  for (let round = 0; round <= MAX_ROUNDS; round += 1) {
    const answer = splitAnswer(await channel.transmit(sent));
    data = concatBytes(data, answer.data);
    switch (answer.status.kind) {
      case 'moreData':
        sent = getResponse(answer.status.length);
        break;
      case 'wrongLength':
        if (sent.length !== CASE_2_BYTES) return { status: answer.status, data };
        sent = sent.slice();
        sent[CASE_2_BYTES - 1] = answer.status.length & 0xff;
        break;
      default:
        return { status: answer.status, data };
    }
  }
  throw new KidsIdError('CARD_ERROR', 'card does not finish its answer');
}

/**
 * Transmits a command exactly once and takes what comes: for VERIFY without data, which must not be sent again
 * with another length.
 * @throws {KidsIdError} CARD_REMOVED, CARD_ERROR
 */
export async function exchangeOnce(channel: CardChannel, command: CommandApdu): Promise<Answer> {
  return splitAnswer(await channel.transmit(command));
}

/**
 * Transmits a command that has to succeed, and returns its data.
 * @throws {KidsIdError} CARD_ERROR for any status but 9000, CARD_REMOVED
 */
export async function exchangeOk(channel: CardChannel, command: CommandApdu): Promise<Uint8Array> {
  const { status, data } = await exchange(channel, command);
  if (status.kind !== 'ok') throw new KidsIdError('CARD_ERROR', 'card refused a command');
  return data;
}

/**
 * Splits an answer into its data and its status.
 * @throws {KidsIdError} CARD_ERROR when it has no status word
 */
export function splitAnswer(answer: Uint8Array): Answer {
  const [sw1, sw2] = answer.slice(-2);
  if (sw1 === undefined || sw2 === undefined) {
    throw new KidsIdError('CARD_ERROR', 'answer without a status word');
  }
  return { status: classifyStatus((sw1 << 8) | sw2), data: answer.slice(0, -2) };
}
