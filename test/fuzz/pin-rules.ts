/** What must hold for every PIN, however a card answers. TEST ONLY. */
import type { Exchange, FaultyCard } from './faulty-card.ts';
import { insist } from './target.ts';

const GET_CARD_DATA = 0xe4;
const VERIFY = 0x20;
const CHANGE_REFERENCE_DATA = 0x24;
const LOG_OFF = 0xe6;
const GET_RESPONSE = 0xc0;
/** A question for the tries left has no more. */
const HEADER_BYTES = 5;
const LONG_CARD_DATA_BYTES = 31 + 2;
const SHORT_CARD_DATA_BYTES = 28 + 2;

/**
 * Presented once at most, to the right chip; wiped, unless it is an empty one for a keypad; its right dropped.
 * @param serial Of the chip that was read.
 */
export function insistOnPinRules({ exchanges, end, keypad }: FaultyCard, serial: Uint8Array): void {
  const [presented, ...more] = exchanges.filter(presentsPin);
  insist(more.length === 0, 'a PIN is presented once');
  if (!presented) return;
  const block = presented.command.subarray(HEADER_BYTES);
  insist(
    block.every((byte) => byte === 0) || (keypad !== undefined && isEmptyBlock(block)),
    'a command that held a PIN is wiped',
  );
  const at = exchanges.indexOf(presented);
  insist(isSameChip(exchanges.slice(0, at), serial), 'the chip is the one that was read');
  const isLoggedOff = exchanges.some(
    ({ instruction }, index) =>
      index > at && instruction === LOG_OFF && isOk(lastOf(exchanges.slice(index))),
  );
  insist(isLoggedOff || end === 'reset', 'the right is dropped, or the card reset');
}

/** Tells whether a command carries a PIN, or asks a keypad for one. */
export function presentsPin({ instruction, length }: Exchange): boolean {
  const isPinCommand = instruction === VERIFY || instruction === CHANGE_REFERENCE_DATA;
  return isPinCommand && length > HEADER_BYTES;
}

function isEmptyBlock(block: Uint8Array): boolean {
  return block.every((byte, index) => byte === (index % 8 === 0 ? 0x20 : 0xff));
}

/** The answer to the first command, after what GET RESPONSE fetched of it. */
function lastOf([first, ...later]: readonly Exchange[]): Uint8Array | undefined {
  const fetched = later.findIndex(({ instruction }) => instruction !== GET_RESPONSE);
  return later.slice(0, fetched === -1 ? undefined : fetched).at(-1)?.answer ?? first?.answer;
}

/** Whole answers only: one that came in pieces is not put together here. */
function isSameChip(before: readonly Exchange[], serial: Uint8Array): boolean {
  const whole = before.findLast(
    ({ instruction, answer }) =>
      instruction === GET_CARD_DATA &&
      isOk(answer) &&
      (answer?.length === LONG_CARD_DATA_BYTES || answer?.length === SHORT_CARD_DATA_BYTES),
  );
  return !whole?.answer || Buffer.compare(whole.answer.subarray(0, 16), serial) === 0;
}

function isOk(answer: Uint8Array | undefined): boolean {
  return answer?.at(-2) === 0x90 && answer.at(-1) === 0x00;
}
