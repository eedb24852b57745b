/**
 * What one virtual card remembers: for ever (the chip) and until the next reset (the session). TEST ONLY.
 */
import type { KeyObject } from 'node:crypto';
import type { Applet } from './applets.ts';
import type { Command } from './command.ts';
import type { Directory, ElementaryFile } from './file-system.ts';

/** Authentication, signature and basic key (card facts §1.6, §1.7). */
export type KeyReference = typeof AUTHENTICATION_KEY | typeof SIGNATURE_KEY | typeof BASIC_KEY;

export const BASIC_KEY = 0x81;
export const AUTHENTICATION_KEY = 0x82;
export const SIGNATURE_KEY = 0x83;

/** What MANAGE SECURITY ENVIRONMENT chose. */
export interface SecurityEnvironment {
  readonly algorithm: number;
  readonly key: KeyReference;
}

/** The chip: survives resets and removals. */
export interface Chip {
  readonly applet: Applet;
  readonly serial: Uint8Array;
  readonly root: Directory;
  readonly authenticationKey: KeyObject | undefined;
  readonly signatureKey: KeyObject | undefined;
  readonly basicKey: KeyObject | undefined;
  /** `false` on a card that its holder has not yet had activated. */
  readonly activated: boolean;
  /** The answer to the try that uses up the counter: 6983 on real cards, 63C0 on others (§1.5). */
  readonly exhaustedStatus: 0x6983 | 0x63c0;
  /** The stored PIN block, 8 bytes; `undefined` where the card has no PIN. */
  pinBlock: Uint8Array | undefined;
  pinTriesLeft: number;
  /** INTERNAL AUTHENTICATE calls left until the next correct PIN (§1.7). */
  basicKeyUsesLeft: number;
}

/** The session: gone with the power, with a reset, and when the applet is selected anew. */
export interface Session {
  directory: Directory;
  file: ElementaryFile | undefined;
  pinVerified: boolean;
  /** 1 for the command that follows a right VERIFY; infinite when there was none. */
  commandsSinceVerify: number;
  environment: SecurityEnvironment | undefined;
  /** What GET RESPONSE will fetch; any other command drops it. */
  pending: Uint8Array;
}

export interface CardState {
  readonly chip: Chip;
  session: Session;
}

/** One command of the applet: takes a command of the right shape, returns data and status word. */
export type CommandHandler = (card: CardState, command: Command) => Uint8Array;

export const MAX_PIN_TRIES = 3;
export const MAX_BASIC_KEY_USES = 5000;

/** The state after a reset: master file selected, no rights. */
export function createSession(root: Directory): Session {
  return {
    directory: root,
    file: undefined,
    pinVerified: false,
    commandsSinceVerify: Number.POSITIVE_INFINITY,
    environment: undefined,
    pending: new Uint8Array(0),
  };
}

/** Keeps an answer for GET RESPONSE and says how long it is: 61xx (T=0 never sends it at once). */
export function keepForGetResponse(card: CardState, data: Uint8Array): Uint8Array {
  card.session.pending = data;
  return Uint8Array.of(0x61, data.length >= 256 ? 0 : data.length);
}
