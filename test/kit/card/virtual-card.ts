/**
 * A Belgian eID card of applet 1.8 in software (card facts §1, §2 and §6.3): takes commands, gives responses,
 * knows nothing of readers. It shares no code with what it is used to test. TEST ONLY.
 */
import type { CardContents } from './card-contents.ts';
import {
  type CardState,
  type CommandHandler,
  createSession,
  MAX_BASIC_KEY_USES,
  MAX_PIN_TRIES,
} from './card-state.ts';
import { type Command, findCommand, findCommandWithData } from './command.ts';
import { checkP384PrivateKey } from './ecdsa.ts';
import { getCardData, readBinary, readRecord, select } from './file-commands.ts';
import { createFileSystem } from './file-system.ts';
import {
  computeDigitalSignature,
  getResponse,
  internalAuthenticate,
  manageSecurityEnvironment,
} from './key-commands.ts';
import { changeReferenceData, encodePinBlock, logOff, verify } from './pin-commands.ts';
import { CLASS_UNKNOWN, INSTRUCTION_UNKNOWN, status, WRONG_LENGTH } from './status-words.ts';

/** A card as a reader holds it. PIN tries and a changed PIN outlive every reset. */
export interface VirtualCard {
  /** Answer to reset, 20 bytes (§1.1). */
  readonly atr: Uint8Array;
  powerOn(): void;
  /** Drops the PIN right, the security environment and the selection. */
  reset(): void;
  powerOff(): void;
  /**
   * Answers one command: data ‖ SW1 ‖ SW2. Never throws for what the command holds.
   * @throws Error when the card has no power
   */
  transmit(command: Uint8Array): Uint8Array;
}

/** Cards that are not in the best of health. */
export interface VirtualCardOptions {
  /** 0 is a blocked PIN. Default 3. */
  readonly pinTriesLeft?: number;
  /** The answer to the try that uses up the counter (§1.5). Default 6983. */
  readonly exhaustedStatus?: 0x6983 | 0x63c0;
  /** `false`: user certificates cannot be selected and the key does not sign, 6985 (§7). Default true. */
  readonly activated?: boolean;
  /** INTERNAL AUTHENTICATE calls left until a correct PIN. Default 5000 (§1.7). */
  readonly basicKeyUsesLeft?: number;
  /** Sees each command first; what it returns is the answer, `undefined` leaves it to the card. */
  readonly intercept?: (command: Uint8Array) => Uint8Array | undefined;
}

interface Instruction {
  readonly cla: number;
  readonly ins: number;
  /** Whether P3 is the length of data that follow; else it is Le. */
  readonly takesData: boolean;
  readonly run: CommandHandler;
}

const INSTRUCTIONS: readonly Instruction[] = [
  { cla: 0x00, ins: 0xa4, takesData: true, run: select },
  { cla: 0x00, ins: 0xb0, takesData: false, run: readBinary },
  { cla: 0x80, ins: 0xb2, takesData: false, run: readRecord },
  { cla: 0x80, ins: 0xe4, takesData: false, run: getCardData },
  { cla: 0x00, ins: 0x20, takesData: true, run: verify },
  { cla: 0x00, ins: 0x24, takesData: true, run: changeReferenceData },
  { cla: 0x80, ins: 0xe6, takesData: false, run: logOff },
  { cla: 0x00, ins: 0x22, takesData: true, run: manageSecurityEnvironment },
  { cla: 0x00, ins: 0x2a, takesData: true, run: computeDigitalSignature },
  { cla: 0x00, ins: 0x88, takesData: true, run: internalAuthenticate },
  { cla: 0x00, ins: 0xc0, takesData: false, run: getResponse },
];

const GET_RESPONSE = 0xc0;
const ATR = Uint8Array.from(Buffer.from('3B7F96000080318065B085040120120FFF829000', 'hex'));

/**
 * Creates a card with these contents, without power.
 * @throws TypeError for keys that are not EC P-384, RangeError for a PIN or chip serial of the wrong form
 */
export function createVirtualCard(
  contents: CardContents,
  options: VirtualCardOptions = {},
): VirtualCard {
  const card = createCardState(contents, options);
  let powered = false;
  const start = (on: boolean) => {
    powered = on;
    card.session = createSession(card.chip.root);
  };
  return {
    atr: ATR.slice(),
    powerOn: () => start(true),
    reset: () => start(powered),
    powerOff: () => start(false),
    transmit(command) {
      if (!powered) throw new Error('the virtual card has no power');
      return options.intercept?.(command) ?? runCommand(card, command);
    },
  };
}

function createCardState(contents: CardContents, options: VirtualCardOptions): CardState {
  if (contents.chipSerial.length !== 16) throw new RangeError('a chip serial has 16 bytes');
  checkP384PrivateKey(contents.basicKey);
  if (contents.authenticationKey !== undefined) checkP384PrivateKey(contents.authenticationKey);
  const root = createFileSystem(contents);
  return {
    chip: {
      serial: contents.chipSerial.slice(),
      root,
      authenticationKey: contents.authenticationKey,
      basicKey: contents.basicKey,
      activated: options.activated ?? true,
      exhaustedStatus: options.exhaustedStatus ?? 0x6983,
      pinBlock: contents.pin === undefined ? undefined : encodePinBlock(contents.pin),
      pinTriesLeft: options.pinTriesLeft ?? MAX_PIN_TRIES,
      basicKeyUsesLeft: options.basicKeyUsesLeft ?? MAX_BASIC_KEY_USES,
    },
    session: createSession(root),
  };
}

function runCommand(card: CardState, bytes: Uint8Array): Uint8Array {
  const command = findCommand(bytes);
  if (command === undefined) return status(WRONG_LENGTH);
  if (command.ins !== GET_RESPONSE) card.session.pending = new Uint8Array(0);
  if (command.cla !== 0x00 && command.cla !== 0x80) return status(CLASS_UNKNOWN);
  const instruction = INSTRUCTIONS.find(({ ins }) => ins === command.ins);
  if (instruction === undefined) return status(INSTRUCTION_UNKNOWN);
  if (instruction.cla !== command.cla) return status(CLASS_UNKNOWN);
  const shaped = withDataChecked(command, instruction);
  return shaped === undefined ? status(WRONG_LENGTH) : instruction.run(card, shaped);
}

function withDataChecked(command: Command, { takesData }: Instruction): Command | undefined {
  if (takesData) return findCommandWithData(command);
  return command.data.length === 0 ? command : undefined;
}
