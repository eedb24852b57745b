/** What of an unforeseen error may be written into a log: where it came from, and not what it says. */

/** `frames`: where it was thrown, innermost first; none where they cannot be told from its message. */
export interface Fault {
  readonly name: string;
  readonly frames: readonly string[];
  readonly cause?: Fault;
}

const MAX_FRAMES = 12;
const MAX_CAUSES = 4;

/**
 * Describes any thrown value without its message: a parser's message may quote what it read, and that may be
 * a person's.
 */
export function describeFault(error: unknown, causesLeft = MAX_CAUSES): Fault {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const { cause } = error;
  return {
    name: error.constructor.name,
    frames: framesOf(error),
    ...(cause !== undefined && causesLeft > 0 && { cause: describeFault(cause, causesLeft - 1) }),
  };
}

/** The lines after the message, so that no line of a message passes for a frame. */
function framesOf({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message);
  if (start === -1) return [];
  const lines = stack.slice(start + message.length).split('\n');
  const frames = lines.filter((line) => /^ {4}at /.test(line)).map((line) => line.trim());
  return frames.slice(0, MAX_FRAMES);
}
