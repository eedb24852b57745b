/** A limit for all callers together: it needs to know nobody, so nothing about anybody is kept. */

export interface TokenBucket {
  /** Takes one; false when there is none left just now. */
  take(): boolean;
}

/** Creates a full bucket of `burst`, which gets one back every `refillSeconds`. */
export function createTokenBucket(options: {
  burst: number;
  refillSeconds: number;
  now: () => Date;
}): TokenBucket {
  const { burst, refillSeconds, now } = options;
  let left = burst;
  let countedAtMs = now().getTime();
  return {
    take() {
      const nowMs = now().getTime();
      // A clock that was put back gives nothing.
      left = Math.min(burst, left + Math.max(0, nowMs - countedAtMs) / (refillSeconds * 1_000));
      countedAtMs = nowMs;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
