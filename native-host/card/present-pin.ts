/**
 * Presenting PINs: one command, sent once, from digits or from the reader's own keypad, to the very card that was
 * read; whatever happens then, the right that a PIN gives is dropped before anybody else can use it.
 */
import { equalBytes } from '../../gateway/protocol/bytes.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { Language } from '../../gateway/protocol/fields.ts';
import { type CommandApdu, FILE, logOff, selectPath } from '../apdu/command-apdu.ts';
import type { StatusWord } from '../apdu/status-word.ts';
import type { BelgianCard } from './belgian-card.ts';
import { readCardData } from './card-data.ts';
import { closePin } from './close-pin.ts';
import { exchange, exchangeOk, splitAnswer } from './exchange.ts';
import type { CardChannel, CardTransaction, ReaderKeypad } from './readers.ts';
import { selectAppletAgain } from './select-applet.ts';

/** How a PIN was taken. A blocked PIN is an error, not an answer. */
export type PinAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'pin-wrong'; readonly triesLeft: number | undefined }
  /** Keypad only, here and below: fewer digits than a PIN has. Nothing was presented. */
  | { readonly kind: 'pin-length' }
  /** The new PIN and its repetition. Nothing was presented. */
  | { readonly kind: 'pins-different' };

/** PINs ready to be presented to the card. */
export interface PinPresentation {
  /**
   * Presents them. Called once: no PIN is ever sent twice.
   * @throws {KidsIdError} PIN_BLOCKED, CARD_REMOVED, CARD_ERROR; of a keypad also TIMED_OUT, USER_CANCELLED
   */
  present(): Promise<PinAnswer>;
  /** Overwrites every byte of them that was made here. */
  wipe(): void;
}

/** What a reader's keypad says by itself (PC/SC part 10). */
const KEYPAD = { timeout: 0x6400, cancelled: 0x6401, different: 0x6402, length: 0x6403 } as const;

/**
 * Selects the PKCS#15 directory, where the keys are, and makes sure that this is the card that was read.
 * @returns the PIN tries left now, since another program may have used some up: of the card data, else by asking
 * @throws {KidsIdError} CARD_CHANGED, PIN_BLOCKED when its counter says so, CARD_REMOVED, CARD_ERROR
 */
export async function openSameCard(
  channel: CardChannel,
  card: BelgianCard,
): Promise<number | undefined> {
  await selectKeyDirectory(channel);
  const { serial, triesLeft } = await readCardData(channel, { withTries: card.applet.tellsTries });
  if (!equalBytes(serial, card.serial)) {
    throw new KidsIdError('CARD_CHANGED', 'not the card that was read');
  }
  const left = triesLeft ?? (await closePin(channel));
  if (left === 0) throw new KidsIdError('PIN_BLOCKED', 'no PIN tries left');
  return left;
}

/**
 * Runs `work`, which presents a PIN first. The transaction ends with a reset, unless LOG OFF says that it need not.
 * @throws what `work` throws
 */
export async function withPinRight<Result>(
  transaction: CardTransaction,
  work: () => Promise<Result>,
): Promise<Result> {
  transaction.setEnd('reset');
  try {
    return await work();
  } finally {
    await dropPinRight(transaction);
  }
}

/**
 * PINs from the window. Nothing is sent yet.
 * @param options.command Holds the PIN blocks.
 */
export function prepareDigits(options: {
  channel: CardChannel;
  command: CommandApdu;
  blocks: readonly Uint8Array[];
}): PinPresentation {
  const { channel, command, blocks } = options;
  return {
    present: async () => judgePin((await exchange(channel, command)).status),
    wipe() {
      for (const bytes of [command, ...blocks]) bytes.fill(0);
    },
  };
}

/**
 * PINs from the reader's own keypad. Nothing is sent yet.
 * @param options.press VERIFY or CHANGE REFERENCE DATA of that keypad.
 * @param options.command The command with empty PIN blocks.
 */
export function prepareKeypad(options: {
  press: ReaderKeypad['verifyPin'];
  command: CommandApdu;
  language: Language;
}): PinPresentation {
  const { press, command, language } = options;
  return {
    present: async () => judgeKeypad(splitAnswer(await press(command, language)).status),
    wipe: () => undefined,
  };
}

function judgeKeypad(status: StatusWord): PinAnswer {
  switch (status.kind === 'error' ? status.sw : undefined) {
    case KEYPAD.timeout:
      throw new KidsIdError('TIMED_OUT', 'nobody typed on the keypad in time');
    case KEYPAD.cancelled:
      throw new KidsIdError('USER_CANCELLED', 'cancelled on the keypad');
    case KEYPAD.different:
      return { kind: 'pins-different' };
    case KEYPAD.length:
      return { kind: 'pin-length' };
    default:
      return judgePin(status);
  }
}

function judgePin(status: StatusWord): PinAnswer {
  switch (status.kind) {
    case 'ok':
      return { kind: 'accepted' };
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
async function selectKeyDirectory(channel: CardChannel): Promise<void> {
  const directory = selectPath([FILE.master, FILE.belpic]);
  const first = await exchange(channel, directory);
  if (first.status.kind === 'ok') return;
  await selectAppletAgain(channel);
  await exchangeOk(channel, directory);
}
