/**
 * A Belgian eID card of applet 1.1, 1.7 or 1.8 in software (card facts §1, §2 and §6.3): takes commands, gives
 * responses, knows nothing of readers. It shares no code with what it is used to test. TEST ONLY.
 */
import { getApplet } from './applets.ts';
import type { CardContents } from './card-contents.ts';
import { type CardState, createSession, MAX_BASIC_KEY_USES, MAX_PIN_TRIES } from './card-state.ts';
import { checkP384PrivateKey } from './ecdsa.ts';
import { createFileSystem } from './file-system.ts';
import { encodePinBlock } from './pin-commands.ts';
import { runCommand } from './run-command.ts';
import { INSTRUCTION_UNKNOWN, status } from './status-words.ts';

/** A card as a reader holds it. PIN tries and a changed PIN outlive every reset. */
export interface VirtualCard {
  /** Answer to reset: 20 bytes of applet 1.8, 13 of the older ones (§1.1). */
  readonly atr: Uint8Array;
  powerOn(): void;
  /** Drops the PIN right, the security environment and the selection. */
  reset(): void;
  powerOff(): void;
  /**
   * Answers one command: data ‖ SW1 ‖ SW2. Never throws for what the command holds. No bytes at all mean that
   * the card stayed silent ({@link VirtualCardOptions.silentCommands}): a communication error to the reader.
   * @throws Error when the card has no power, or loses it over this command
   */
  transmit(command: Uint8Array): Uint8Array;
}

/** Cards that are not in the best of health. */
export interface VirtualCardOptions {
  /** 0 is a blocked PIN. Default 3. */
  readonly pinTriesLeft?: number;
  /** The answer to the try that uses up the counter (§1.5). Default 6983. */
  readonly exhaustedStatus?: 0x6983 | 0x63c0;
  /**
   * `false`: the holder's certificates cannot be selected (6985, on applets 1.1 and 1.7 6283) and no key signs, 6985
   * (§7). Default true.
   */
  readonly activated?: boolean;
  /** INTERNAL AUTHENTICATE calls left until a correct PIN. Default 5000 (§1.7). */
  readonly basicKeyUsesLeft?: number;
  /** So many commands after each time the power came are answered 6D00, as cards that are asked too soon do (§1.8). */
  readonly tooSoonCommands?: number;
  /** So many commands, the card's first ones ever, stay without an answer and without effect (§1.8). */
  readonly silentCommands?: number;
  /** The card is pulled out while it works on the first command of this instruction: done, but never answered. */
  readonly pulledAtInstruction?: number;
  /** Sees each command first; what it returns is the answer, `undefined` leaves it to the card. */
  readonly intercept?: (command: Uint8Array) => Uint8Array | undefined;
}

/**
 * Creates a card with these contents, without power.
 * @throws TypeError for keys that its applet does not have, RangeError for a PIN or chip serial of the wrong form
 */
export function createVirtualCard(
  contents: CardContents,
  options: VirtualCardOptions = {},
): VirtualCard {
  const card = createCardState(contents, options);
  let powered = false;
  let silentCommands = options.silentCommands ?? 0;
  let tooSoonCommands = 0;
  let pulledAt = options.pulledAtInstruction;
  const start = (on: boolean) => {
    powered = on;
    card.session = createSession(card.chip.root);
  };
  return {
    atr: card.chip.applet.atr.slice(),
    powerOn() {
      tooSoonCommands = options.tooSoonCommands ?? 0;
      start(true);
    },
    reset: () => start(powered),
    powerOff: () => start(false),
    transmit(command) {
      if (!powered) throw new Error('the virtual card has no power');
      if (silentCommands-- > 0) return new Uint8Array(0);
      if (tooSoonCommands-- > 0) return status(INSTRUCTION_UNKNOWN);
      const response = options.intercept?.(command) ?? runCommand(card, command);
      if (pulledAt !== undefined && command[1] === pulledAt) {
        pulledAt = undefined;
        start(false);
        throw new Error('the virtual card was pulled out');
      }
      return response;
    },
  };
}

function createCardState(contents: CardContents, options: VirtualCardOptions): CardState {
  if (contents.chipSerial.length !== 16) throw new RangeError('a chip serial has 16 bytes');
  const applet = getApplet(contents.applet);
  for (const key of [contents.authenticationKey, contents.signatureKey]) {
    if (key !== undefined) applet.checkKey(key);
  }
  if ((contents.basicKey !== undefined) !== applet.hasBasicKey) {
    throw new TypeError('applet 1.8 has a basic key, and no other has');
  }
  if (contents.basicKey !== undefined) checkP384PrivateKey(contents.basicKey);
  const root = createFileSystem(contents);
  return {
    chip: {
      applet,
      serial: contents.chipSerial.slice(),
      root,
      authenticationKey: contents.authenticationKey,
      signatureKey: contents.signatureKey,
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
