/** Makes a failing input shorter while it goes on failing in the same way. TEST ONLY. */

/** Runs an input; what it threw as one line, `undefined` when it threw nothing. */
export type Trial = (input: Uint8Array) => Promise<string | undefined>;

/** A reproducer need not be the shortest. */
const MAX_TRIALS = 2_000;

/** Takes pieces away, large ones first, as long as the same is thrown. */
export async function shrink(input: Uint8Array, trial: Trial): Promise<Uint8Array> {
  const wanted = await trial(input);
  let best = input;
  let trials = 0;
  for (let size = input.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.length; ) {
      if (trials === MAX_TRIALS) return best;
      trials += 1;
      const shorter = Uint8Array.of(...best.subarray(0, at), ...best.subarray(at + size));
      if (wanted !== undefined && (await trial(shorter)) === wanted) best = shorter;
      else at += size;
    }
  }
  return best;
}
