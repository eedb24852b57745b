/**
 * Commands as a T=0 card sees them: a header of five bytes and, for one direction, data (ISO/IEC 7816-3 §10.3).
 * No extended lengths and no case 4: P3 is Lc or Le, never both. TEST ONLY.
 */

/** A header with P3 = 0 where it was left out (case 1), and the bytes after it, not yet compared with P3. */
export interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  readonly data: Uint8Array;
}

/** Splits a command into header and data; `undefined` when it is shorter than four bytes. */
export function findCommand(bytes: Uint8Array): Command | undefined {
  const [cla, ins, p1, p2, p3 = 0] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) {
    return undefined;
  }
  return { cla, ins, p1, p2, p3, data: bytes.slice(5) };
}

/**
 * Returns the command with exactly P3 bytes of data, `undefined` when they are not there. One byte more is
 * let through and dropped: some middleware adds the Le of a case 4 command, which T=0 never sends.
 */
export function findCommandWithData(command: Command): Command | undefined {
  const surplus = command.data.length - command.p3;
  if (surplus !== 0 && surplus !== 1) return undefined;
  return { ...command, data: command.data.slice(0, command.p3) };
}

/** P1 and P2 as one number, high byte first. */
export function parametersOf(command: Command): number {
  return (command.p1 << 8) | command.p2;
}

/** Le of a command without data: P3, where 00 means 256. */
export function expectedLengthOf(command: Command): number {
  return command.p3 === 0 ? 256 : command.p3;
}
