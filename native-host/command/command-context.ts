/** What a command is given of the process that it runs in. */
import type { OpenCardReaders } from '../card/readers.ts';
import type { FixedGateways, GatewayListPaths } from '../gateways.ts';

export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly openReaders: OpenCardReaders;
  /** Writes to the standard output. */
  readonly out: (text: string) => void;
  /** Writes to the standard error. */
  readonly err: (text: string) => void;
  /** Whether a person watches the standard error. */
  readonly isTerminal: boolean;
  /** What comes with the host; the real one by default. */
  readonly fixed?: FixedGateways;
  /** Where the lists of gateways are; where this system has them by default. */
  readonly gatewayPaths?: GatewayListPaths;
}

/** Done, and all is well. */
export const EXIT_OK = 0;
/** Not done, or something is not well: said in words. */
export const EXIT_FAILED = 1;
/** Not a command: the usage was printed. */
export const EXIT_USAGE = 2;

/** A command that cannot be done, with the sentence that says why. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** A command of another form than the usage says. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
