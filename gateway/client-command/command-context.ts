/** What a `client` command is given of the process that it runs in, and how it ends. */

export interface CommandContext {
  /** Writes to the standard output. */
  readonly out: (text: string) => void;
  /** Writes to the standard error. */
  readonly err: (text: string) => void;
}

/** Done, and all is well. */
export const EXIT_OK = 0;
/** Not done, or something is not well: said in words. */
export const EXIT_FAILED = 1;
/** Not a command: its usage was printed. */
export const EXIT_USAGE = 2;

/** A command that cannot be done, with the sentences that say why and what to do next. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** A command of another form than the usage says. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Text that came from a file, without what would move a terminal's cursor or turn its direction. */
export function toPrintable(text: string): string {
  return text.replaceAll(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, '\u{fffd}');
}
