/**
 * Times a whole verification and the bare signature checks in it, in turns, so that whatever slows
 * the machine down slows both. TEST ONLY.
 */
import {
  recordSignatureChecks,
  repeatSignatureChecks,
  type SignatureCheck,
} from './signature-checks.ts';
import { type CardKind, createVerification } from './verification.ts';

/** One side against the other, milliseconds. */
export interface Comparison {
  readonly wholeMs: number;
  readonly bareMs: number;
  readonly ratio: number;
}

/** What was measured for one kind of card. */
export interface Measure {
  readonly kind: CardKind;
  /** `cached`: the verdict is known; `prefetched`: the answer is here, and verified at login. */
  readonly ocsp: 'cached' | 'prefetched';
  readonly rounds: number;
  readonly signatures: number;
  readonly median: Comparison;
  /** The fastest tenth: what other programs on the machine add is hardly in it. */
  readonly quiet: Comparison;
  /** What each part takes, as a median, without the signature checks in it, and how many those are. */
  readonly parts: readonly { name: string; overheadMs: number; signatures: number }[];
}

/** Rounds before the clock counts: the engine has compiled what it will by then. */
const WARM_UP_ROUNDS = 100;

const MEDIAN = 0.5;
const FASTEST_TENTH = 0.1;

/** Measures one kind of card. */
export async function measure(options: {
  kind: CardKind;
  ocsp: Measure['ocsp'];
  rounds: number;
}): Promise<Measure> {
  const { kind, ocsp, rounds } = options;
  const isLeafCached = ocsp === 'cached';
  const verification = await createVerification({ kind, isLeafCached });
  const { verify } = verification;
  const prepare = isLeafCached ? () => Promise.resolve() : verification.prefetch;
  await prepare();
  const checks = await recordSignatureChecks(verify);
  const bare = () => repeatSignatureChecks(checks);
  const times = await timeInTurns([verify, bare], rounds, prepare);
  const parts = isLeafCached ? await measureParts(verification.parts, rounds) : [];
  await verification.close();
  return {
    kind,
    ocsp,
    rounds,
    signatures: checks.length,
    median: compareAt(times, MEDIAN),
    quiet: compareAt(times, FASTEST_TENTH),
    parts,
  };
}

function compareAt(times: readonly (readonly number[])[], share: number): Comparison {
  const [wholeMs = 0, bareMs = 0] = times.map((side) => quantile(side, share));
  return { wholeMs, bareMs, ratio: wholeMs / bareMs };
}

type Run = () => void | Promise<void>;

async function measureParts(
  parts: readonly { name: string; run: Run }[],
  rounds: number,
): Promise<Measure['parts']> {
  const measured = [];
  for (const { name, run } of parts) {
    const checks: SignatureCheck[] = await recordSignatureChecks(run);
    const bare = () => repeatSignatureChecks(checks);
    const { wholeMs, bareMs } = compareAt(await timeInTurns([run, bare], rounds), MEDIAN);
    measured.push({ name, overheadMs: wholeMs - bareMs, signatures: checks.length });
  }
  return measured;
}

/** The times of each, milliseconds; `prepare` runs before each round, outside the clock. */
async function timeInTurns(
  runs: readonly Run[],
  rounds: number,
  prepare: Run = () => undefined,
): Promise<number[][]> {
  const times: number[][] = runs.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    await prepare();
    for (const [index, run] of runs.entries()) {
      const started = performance.now();
      await run();
      if (round >= 0) times[index]?.push(performance.now() - started);
    }
  }
  return times;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? 0;
}
