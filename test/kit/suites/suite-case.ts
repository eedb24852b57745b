/** One case of a public suite of certification paths, and the score of many. TEST ONLY. */
import { type ErrorCode, KidsIdError } from '../../../gateway/protocol/errors.ts';

/** What our rules say: the code of the rule that refused. */
export type Verdict = 'accepted' | ErrorCode;

export interface SuiteCase {
  readonly id: string;
  /** What the suite expects. */
  readonly accept: boolean;
  judge(): Verdict;
}

/** What came of a whole suite. */
export interface Score {
  readonly right: number;
  /** Cases whose answer differs from the suite's, with ours. */
  readonly different: ReadonlyMap<string, Verdict>;
  readonly slowest: { readonly id: string; readonly ms: number };
}

/** The code a call throws, or 'accepted'; anything but a KidsIdError goes on. */
export function verdictOf(call: () => void): Verdict {
  try {
    call();
    return 'accepted';
  } catch (error) {
    if (error instanceof KidsIdError) return error.code;
    throw error;
  }
}

/** Judges all cases and compares. */
export function scoreOf(cases: readonly SuiteCase[]): Score {
  const different = new Map<string, Verdict>();
  let slowest = { id: '', ms: 0 };
  for (const { id, accept, judge } of cases) {
    const startedAt = performance.now();
    const verdict = judge();
    const ms = performance.now() - startedAt;
    if (ms > slowest.ms) slowest = { id, ms };
    if ((verdict === 'accepted') !== accept) different.set(id, verdict);
  }
  return { right: cases.length - different.size, different, slowest };
}
