/** Counts what each of many does within a sliding window of time. In memory: a restart forgets it, which harms nobody. */

export interface Rate<K> {
  /** Counts one for this key. False when that is one too many; it is not counted then. */
  take(key: K): boolean;
  /** Forgets the keys that have nothing left in the window. */
  sweep(): void;
}

/**
 * Creates a rate limit.
 *
 * @param options.max How many each key may take within `windowMs`.
 */
export function createRate<K>(options: {
  readonly max: number;
  readonly windowMs: number;
  readonly now: () => Date;
}): Rate<K> {
  const { max, windowMs, now } = options;
  const taken = new Map<K, number[]>();
  const recent = (key: K) => {
    const since = now().getTime() - windowMs;
    return (taken.get(key) ?? []).filter((at) => at > since);
  };
  return {
    take(key) {
      const times = recent(key);
      const isFree = times.length < max;
      if (isFree) times.push(now().getTime());
      taken.set(key, times);
      return isFree;
    },
    sweep() {
      for (const key of taken.keys()) if (recent(key).length === 0) taken.delete(key);
    },
  };
}
