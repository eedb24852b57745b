/**
 * From the bytes of one command to the instruction that answers it: class, instruction and shape (card facts §1.2,
 * ISO/IEC 7816-3 §10.3). TEST ONLY.
 */
import type { Applet } from './applets.ts';
import type { CardState, CommandHandler } from './card-state.ts';
import { type Command, findCommand, findCommandWithData } from './command.ts';
import { getCardData, readBinary, readRecord, select } from './file-commands.ts';
import {
  computeDigitalSignature,
  getChallenge,
  getResponse,
  internalAuthenticate,
  manageSecurityEnvironment,
} from './key-commands.ts';
import { changeReferenceData, logOff, verify } from './pin-commands.ts';
import { CLASS_UNKNOWN, INSTRUCTION_UNKNOWN, status, WRONG_LENGTH } from './status-words.ts';

interface Instruction {
  readonly cla: number;
  readonly ins: number;
  /** Whether P3 is the length of data that follow; else it is Le. */
  readonly takesData: boolean;
  readonly run: CommandHandler;
  /** Which applets have it; all when absent. */
  readonly isKnownTo?: (applet: Applet) => boolean;
}

const hasBasicKey = (applet: Applet): boolean => applet.hasBasicKey;
const hasChallenge = (applet: Applet): boolean => applet.hasChallenge;

const INSTRUCTIONS: readonly Instruction[] = [
  { cla: 0x00, ins: 0xa4, takesData: true, run: select },
  { cla: 0x00, ins: 0xb0, takesData: false, run: readBinary },
  { cla: 0x80, ins: 0xb2, takesData: false, run: readRecord, isKnownTo: hasBasicKey },
  { cla: 0x80, ins: 0xe4, takesData: false, run: getCardData },
  { cla: 0x00, ins: 0x20, takesData: true, run: verify },
  { cla: 0x00, ins: 0x24, takesData: true, run: changeReferenceData },
  { cla: 0x80, ins: 0xe6, takesData: false, run: logOff },
  { cla: 0x00, ins: 0x22, takesData: true, run: manageSecurityEnvironment },
  { cla: 0x00, ins: 0x2a, takesData: true, run: computeDigitalSignature },
  { cla: 0x00, ins: 0x88, takesData: true, run: internalAuthenticate, isKnownTo: hasBasicKey },
  { cla: 0x00, ins: 0x84, takesData: false, run: getChallenge, isKnownTo: hasChallenge },
  { cla: 0x00, ins: 0xc0, takesData: false, run: getResponse },
];

const GET_RESPONSE = 0xc0;

/** Answers one command of any shape; changes the card's state as the command says. */
export function runCommand(card: CardState, bytes: Uint8Array): Uint8Array {
  const command = findCommand(bytes);
  if (command === undefined) return status(WRONG_LENGTH);
  card.session.commandsSinceVerify += 1;
  if (command.ins !== GET_RESPONSE) card.session.pending = new Uint8Array(0);
  if (command.cla !== 0x00 && command.cla !== 0x80) return status(CLASS_UNKNOWN);
  const instruction = findInstruction(command.ins, card.chip.applet);
  if (instruction === undefined) return status(INSTRUCTION_UNKNOWN);
  if (instruction.cla !== command.cla) return status(CLASS_UNKNOWN);
  const shaped = withDataChecked(command, instruction);
  return shaped === undefined ? status(WRONG_LENGTH) : instruction.run(card, shaped);
}

function findInstruction(ins: number, applet: Applet): Instruction | undefined {
  return INSTRUCTIONS.find(
    (instruction) => instruction.ins === ins && (instruction.isKnownTo?.(applet) ?? true),
  );
}

function withDataChecked(command: Command, { takesData }: Instruction): Command | undefined {
  if (takesData) return findCommandWithData(command);
  return command.data.length === 0 ? command : undefined;
}
