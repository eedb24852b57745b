/**
 * Asks sources in their order: the next one when one has failed, or has not answered for a while;
 * the first answer counts. One deadline for all.
 */
import { KidsIdError } from '../protocol/errors.ts';

export interface HedgePolicy {
  /** After so long without an answer the next source is asked too. */
  readonly hedgeMs: number;
  /** After so long in all nobody is waited for. */
  readonly totalMs: number;
}

/** A second source after 1 s, an end after 3 s. */
export const DEFAULT_HEDGE_POLICY: HedgePolicy = { hedgeMs: 1000, totalMs: 3000 };

/**
 * Resolves with the first answer. What was asked and came second is not stopped: its own deadline
 * ends it, and whoever keeps count of it learns how it went. Rejects with REVOCATION_UNKNOWN.
 */
export function askInTurn<Answer>(
  sources: readonly (() => Promise<Answer>)[],
  { hedgeMs, totalMs }: HedgePolicy,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let asked = 0;
  let pending = 0;
  let isOver = false;
  let hedge: NodeJS.Timeout | undefined;
  const end = (settle: () => void): void => {
    isOver = true;
    clearTimeout(hedge);
    clearTimeout(deadline);
    settle();
  };
  const fail = (message: string, cause?: unknown): void =>
    end(() => reject(new KidsIdError('REVOCATION_UNKNOWN', message, { cause })));
  const deadline = setTimeout(() => fail('no source of revocation answered in time'), totalMs);
  const askNext = (cause?: unknown): void => {
    clearTimeout(hedge);
    const source = sources[asked];
    if (source === undefined) {
      if (pending === 0) fail('no source of revocation is of use', cause);
      return;
    }
    asked += 1;
    pending += 1;
    hedge = setTimeout(askNext, hedgeMs);
    source().then(
      (answer) => {
        if (!isOver) end(() => resolve(answer));
      },
      (error: unknown) => {
        pending -= 1;
        if (!isOver) askNext(error);
      },
    );
  };
  askNext();
  return promise;
}
