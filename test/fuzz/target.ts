/** What is fuzzed: one parser of untrusted bytes, samples of what it takes, and what must hold. TEST ONLY. */
import { type ErrorCode, KidsIdError } from '../../gateway/protocol/errors.ts';

/** One target. Its module exports it as `target`; the module's file name is its name. */
export interface FuzzTarget {
  /** Source files whose blocks guide the search, from the project's root. */
  readonly files: readonly string[];
  /** Real inputs; mutations start from them. */
  readonly samples: readonly Uint8Array[];
  /** Byte strings that mean something to the parser. */
  readonly dictionary?: readonly Uint8Array[];
  /** Inputs are DER: changes are made to the tree too. */
  readonly isDer?: boolean;
  /** The longest input made; a little over the parser's own limit. */
  readonly maxBytes: number;
  /** Takes one input, which is its own to keep or wipe. Whatever it throws is a finding. */
  run(input: Uint8Array): void | Promise<void>;
}

/** What a parser made of an input, `undefined` when it refused with one of these codes; else throws on. */
export function tryParse<Value>(
  codes: readonly ErrorCode[],
  parse: () => Value,
): Value | undefined {
  try {
    return parse();
  } catch (error) {
    checkRefusal(error, codes);
    return undefined;
  }
}

/** As {@link tryParse}, for work that takes its time. */
export async function tryWork<Value>(
  codes: readonly ErrorCode[],
  work: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    checkRefusal(error, codes);
    return undefined;
  }
}

/** Something that must hold whatever the input is. */
export function insist(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

/** A refusal is a KidsIdError with a code that the parser documents. */
function checkRefusal(error: unknown, codes: readonly ErrorCode[]): void {
  if (!(error instanceof KidsIdError) || !codes.includes(error.code)) throw error;
}
