/**
 * A circuit breaker for one source: after some failures in a row nobody waits for it, until one
 * probe has shown that it answers again. It knows neither sources nor timers.
 */

/** How many failures in a row open it, and for how long. */
export interface BreakerPolicy {
  readonly maxFailures: number;
  readonly openMs: number;
}

export interface Breaker {
  /** Tells whether the source may be asked now; half-open, only the first caller is let through. */
  tryEnter(): boolean;
  /** The end of what {@link tryEnter} let through. */
  settle(outcome: 'answered' | 'failed'): void;
  readonly isUp: boolean;
  /** When `isUp` last changed. */
  readonly since: Date;
}

/** Five failures in a row; a probe every half minute. */
export const DEFAULT_BREAKER_POLICY: BreakerPolicy = { maxFailures: 5, openMs: 30_000 };

/** Creates a breaker that lets everything through. */
export function createBreaker(options: { now: () => Date; policy: BreakerPolicy }): Breaker {
  const { now, policy } = options;
  let failures = 0;
  let isUp = true;
  let since = now();
  let probeAt = since;
  return {
    get isUp() {
      return isUp;
    },
    get since() {
      return since;
    },
    tryEnter() {
      if (isUp) return true;
      if (now() < probeAt) return false;
      // The next probe waits its turn even when this one never ends
      probeAt = new Date(now().getTime() + policy.openMs);
      return true;
    },
    settle(outcome) {
      failures = outcome === 'answered' ? 0 : failures + 1;
      const wasUp = isUp;
      isUp = failures < policy.maxFailures;
      if (wasUp !== isUp) since = now();
      if (wasUp && !isUp) probeAt = new Date(since.getTime() + policy.openMs);
    },
  };
}
