/**
 * VERIFY, CHANGE REFERENCE DATA and LOG OFF (card facts §1.5). There is no PUK here and no RESET RETRY COUNTER: on
 * applet 1.8 neither exists, and on the older ones no program under test may offer them. TEST ONLY.
 */
import { type CardState, MAX_BASIC_KEY_USES, MAX_PIN_TRIES } from './card-state.ts';
import { type Command, parametersOf } from './command.ts';
import {
  PIN_BLOCKED,
  REFERENCE_NOT_FOUND,
  SUCCESS,
  status,
  triesLeftStatus,
  WRONG_DATA,
  WRONG_LENGTH,
  WRONG_OFFSET_OR_P1_P2,
  WRONG_P1_P2,
} from './status-words.ts';

const PIN_BLOCK_BYTES = 8;
const PIN_REFERENCE = 0x01;

/**
 * Builds the PIN block `2L` ‖ digits, two a byte ‖ F to the end: 1234 is 24 12 34 FF FF FF FF FF.
 * @throws RangeError unless the PIN is 4 to 12 digits
 */
export function encodePinBlock(pin: string): Uint8Array {
  if (!/^[0-9]{4,12}$/.test(pin)) throw new RangeError('a PIN has 4 to 12 digits');
  const digits = `2${pin.length.toString(16)}${pin}`.padEnd(2 * PIN_BLOCK_BYTES, 'f');
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

/**
 * VERIFY `00 20 00 01 08 block`; with Lc = 0 it only asks: 9000 right held, 63Cx tries left, 6983. On applet 1.1 a
 * question is a wrong try.
 */
export function verify(card: CardState, command: Command): Uint8Array {
  const refusal = findReferenceRefusal(card, command);
  if (refusal !== undefined) return refusal;
  const isQuestion = command.p3 === 0;
  if (isQuestion && !card.chip.applet.questionCounts) return pinStatus(card);
  if (!isQuestion && command.data.length !== PIN_BLOCK_BYTES) return status(WRONG_LENGTH);
  const result = comparePin(card, command.data);
  if (card.session.pinVerified) card.session.commandsSinceVerify = 0;
  return result;
}

/** CHANGE REFERENCE DATA `00 24 00 01 10 old new`. Success gives the PIN right, as VERIFY does. */
export function changeReferenceData(card: CardState, command: Command): Uint8Array {
  const refusal = findReferenceRefusal(card, command);
  if (refusal !== undefined) return refusal;
  if (command.data.length !== 2 * PIN_BLOCK_BYTES) return status(WRONG_LENGTH);
  const newBlock = command.data.slice(PIN_BLOCK_BYTES);
  if (!isPinBlock(newBlock)) return status(WRONG_DATA);
  const result = comparePin(card, command.data.subarray(0, PIN_BLOCK_BYTES));
  if (card.session.pinVerified) card.chip.pinBlock = newBlock;
  return result;
}

/** LOG OFF `80 E6 00 00`: drops the PIN right. */
export function logOff(card: CardState, command: Command): Uint8Array {
  if (parametersOf(command) !== 0) return status(WRONG_OFFSET_OR_P1_P2);
  if (command.p3 !== 0) return status(WRONG_LENGTH);
  card.session.pinVerified = false;
  return status(SUCCESS);
}

function findReferenceRefusal(card: CardState, command: Command): Uint8Array | undefined {
  if (command.p1 !== 0) return status(WRONG_P1_P2);
  if (command.p2 !== PIN_REFERENCE) return status(REFERENCE_NOT_FOUND);
  // What a real card without a PIN answers is not known (§8, item 4).
  if (card.chip.pinBlock === undefined) return status(REFERENCE_NOT_FOUND);
  return undefined;
}

function pinStatus(card: CardState): Uint8Array {
  if (card.chip.pinTriesLeft === 0) return status(PIN_BLOCKED);
  if (card.session.pinVerified) return status(SUCCESS);
  return triesLeftStatus(card.chip.pinTriesLeft);
}

/** Compares whole blocks, so that a malformed block is a wrong PIN. Wrong: one try less, rights gone. */
function comparePin({ chip, session }: CardState, block: Uint8Array): Uint8Array {
  session.pinVerified = false;
  if (chip.pinTriesLeft === 0 || chip.pinBlock === undefined) return status(PIN_BLOCKED);
  if (Buffer.compare(chip.pinBlock, block) !== 0) {
    chip.pinTriesLeft -= 1;
    if (chip.pinTriesLeft === 0) return status(chip.exhaustedStatus);
    return triesLeftStatus(chip.pinTriesLeft);
  }
  chip.pinTriesLeft = MAX_PIN_TRIES;
  chip.basicKeyUsesLeft = MAX_BASIC_KEY_USES;
  session.pinVerified = true;
  return status(SUCCESS);
}

function isPinBlock(block: Uint8Array): boolean {
  const match = /^2([4-9a-c])([0-9]{4,12})f*$/.exec(Buffer.from(block).toString('hex'));
  return match !== null && Number.parseInt(match[1] ?? '', 16) === match[2]?.length;
}
