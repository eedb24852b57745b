/**
 * SELECT, READ BINARY, READ RECORD and GET CARD DATA (card facts §1.2 to §1.4). TEST ONLY.
 */
import { type CardState, createSession } from './card-state.ts';
import { type Command, expectedLengthOf, parametersOf } from './command.ts';
import {
  type Directory,
  type ElementaryFile,
  findByFileId,
  findByName,
  findByPath,
  findField,
} from './file-system.ts';
import {
  answer,
  exactLength,
  FILE_NOT_FOUND,
  FILE_NOT_STRUCTURED,
  LENGTH_CONTRADICTS_P1_P2,
  NO_CURRENT_FILE,
  RECORD_NOT_FOUND,
  SUCCESS,
  status,
  WRONG_OFFSET_OR_P1_P2,
  WRONG_P1_P2,
} from './status-words.ts';

/** SELECT `00 A4 P1 P2 Lc data`: by name (04), by file identifier (02), by path (08). Answers no FCI. */
export function select(card: CardState, command: Command): Uint8Array {
  const parameters = parametersOf(command);
  if (parameters === 0x0400 || parameters === 0x040c) return selectByName(card, command.data);
  if (parameters === 0x020c) return selectByFileId(card, command.data);
  if (parameters === 0x080c) return selectByPath(card, command.data);
  return status(WRONG_P1_P2);
}

/** READ BINARY `00 B0 offset offset Le`. P1 with its high bit is an offset past every file, not an SFI. */
export function readBinary(card: CardState, command: Command): Uint8Array {
  const { file } = card.session;
  if (file === undefined) return status(NO_CURRENT_FILE);
  const offset = parametersOf(command);
  if (offset >= file.bytes.length) return status(WRONG_OFFSET_OR_P1_P2);
  const remaining = file.bytes.length - offset;
  const length = expectedLengthOf(command);
  if (length > remaining) return exactLength(remaining);
  return answer(file.bytes.slice(offset, offset + length));
}

/** READ RECORD `80 B2 tag tag Le`, applet 1.8: one field of the identity or address file as tag ‖ length ‖ value. */
export function readRecord(card: CardState, command: Command): Uint8Array {
  const { file } = card.session;
  if (file === undefined) return status(NO_CURRENT_FILE);
  if (command.p1 !== command.p2) return status(WRONG_P1_P2);
  if (!file.structured) return status(FILE_NOT_STRUCTURED);
  const field = findField(file.bytes, command.p1);
  if (field === undefined) return status(RECORD_NOT_FOUND);
  if (expectedLengthOf(command) !== field.length) return exactLength(field.length);
  return answer(field);
}

/** GET CARD DATA `80 E4 00 00 1C`; on applet 1.8 also `80 E4 00 01 1F` with PIN tries left, FF FF after it. */
export function getCardData(card: CardState, command: Command): Uint8Array {
  const parameters = parametersOf(command);
  const { applet, serial, pinBlock, pinTriesLeft } = card.chip;
  if (parameters > (applet.hasBasicKey ? 1 : 0)) return status(WRONG_OFFSET_OR_P1_P2);
  const triesLeft = pinBlock === undefined ? 0 : pinTriesLeft;
  const extension = parameters === 1 ? [triesLeft, 0xff, 0xff] : [];
  const data = Uint8Array.of(...serial, ...applet.cardDataTail, ...extension);
  if (expectedLengthOf(command) !== data.length) return exactLength(data.length);
  return answer(data);
}

function selectByName(card: CardState, name: Uint8Array): Uint8Array {
  if (name.length < 5 || name.length > 16) return status(LENGTH_CONTRADICTS_P1_P2);
  const found = findByName(card.chip.root, name);
  if (found === undefined) return status(FILE_NOT_FOUND);
  if (found === card.chip.root) {
    // A Java Card applet that is selected anew starts anew: no PIN right, no security environment.
    card.session = createSession(card.chip.root);
    return status(SUCCESS);
  }
  return makeCurrent(card, found, found);
}

function selectByFileId(card: CardState, data: Uint8Array): Uint8Array {
  const [high, low] = data;
  if (high === undefined || low === undefined || data.length !== 2) {
    return status(LENGTH_CONTRADICTS_P1_P2);
  }
  const { directory } = card.session;
  const found = findByFileId(card.chip.root, directory, (high << 8) | low);
  return found === undefined ? status(FILE_NOT_FOUND) : makeCurrent(card, directory, found);
}

function selectByPath(card: CardState, path: Uint8Array): Uint8Array {
  if (path.length === 0 || path.length % 2 !== 0) return status(LENGTH_CONTRADICTS_P1_P2);
  const result = findByPath(card.chip.root, path);
  return result === undefined
    ? status(FILE_NOT_FOUND)
    : makeCurrent(card, result.parent, result.found);
}

function makeCurrent(
  card: CardState,
  parent: Directory,
  found: Directory | ElementaryFile,
): Uint8Array {
  if (found.kind === 'directory') {
    card.session.directory = found;
    card.session.file = undefined;
    return status(SUCCESS);
  }
  if (found.needsActivation && !card.chip.activated) {
    card.session.file = undefined;
    return status(card.chip.applet.notActivatedStatus);
  }
  card.session.directory = parent;
  card.session.file = found;
  return status(SUCCESS);
}
