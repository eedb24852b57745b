/**
 * The fuzzing of one target, in the thread that runs it: blind cases, with a look at the heap in the middle and at
 * the end; and cases that coverage guides. The same plan makes the same cases. TEST ONLY.
 */
import { setImmediate } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Coverage } from './coverage.ts';
import { mutate } from './mutate.ts';
import { createRandom, type Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** How much is tried. */
export interface CampaignPlan {
  /** Any text. */
  readonly seed: string;
  readonly blindCases: number;
  readonly guidedCases: number;
}

/** What the blind cases showed. */
export interface BlindReport {
  /** Bytes kept after a full collection, from the middle of the cases to their end. */
  readonly grownBytes: number;
}

/** What the guided cases found. */
export interface GuidedReport {
  /** Inputs that reached a block which no other had reached. */
  readonly corpus: number;
  /** Characters of source that ran, of all in the watched files. */
  readonly reached: { readonly characters: number; readonly of: number };
}

/** Where a campaign stands, for whoever watches it from outside. */
export interface Progress {
  /** Told before each case. */
  begin(input: Uint8Array): void;
}

/** The heap went on growing. */
export class GrowthError extends Error {
  override readonly name = 'GrowthError';
}

/** One look at the counters for so many cases: a look costs as much as a hundred cases. */
const BATCH_CASES = 50;
/** Compiled code and caches still come and go by so much. */
const HEAP_NOISE_BYTES = 2 * 1_024 * 1_024;
/** What lies outside the heap, such as OpenSSL's, is only seen in the whole process. */
const PROCESS_NOISE_BYTES = 160 * 1_024 * 1_024;
/** No input is worth so much memory: a length was believed. Buffers are not the heap's, and are seen at once. */
const CASE_BUFFER_BYTES = 32 * 1_024 * 1_024;
/** Fewer cases say nothing about growth. */
const MIN_CASES_FOR_GROWTH = 2_000;

/**
 * Runs the blind cases.
 * @throws what a case throws, {@link GrowthError}
 */
export async function runBlind(options: {
  target: FuzzTarget;
  plan: CampaignPlan;
  progress: Progress;
}): Promise<BlindReport> {
  const { target, plan } = options;
  const run = caseRunner(options);
  const random = createRandom(`${plan.seed}/blind`);
  const source = sourceOf(target, random);
  for (const sample of target.samples) await run(sample);
  const middle = Math.floor(plan.blindCases / 2);
  let inTheMiddle = await measure();
  for (let done = 0; done < plan.blindCases; done += 1) {
    if (done === middle) inTheMiddle = await measure();
    await run(mutate(random.pick(target.samples), source));
  }
  const atTheEnd = await measure();
  const grownBytes = atTheEnd.heapBytes - inTheMiddle.heapBytes;
  if (plan.blindCases < MIN_CASES_FOR_GROWTH) return { grownBytes };
  const allowed = Math.max(HEAP_NOISE_BYTES, inTheMiddle.heapBytes / 20);
  if (grownBytes > allowed) {
    throw new GrowthError(`the heap grew by ${grownBytes} bytes in ${middle} cases`);
  }
  const grownOutside = atTheEnd.processBytes - inTheMiddle.processBytes;
  if (grownOutside > PROCESS_NOISE_BYTES) {
    throw new GrowthError(`the process grew by ${grownOutside} bytes in ${middle} cases`);
  }
  return { grownBytes };
}

/**
 * Runs the guided cases.
 * @param options.coverage Started before the target's module was loaded: what is compiled already is not counted.
 * @throws what a case throws
 */
export async function runGuided(options: {
  target: FuzzTarget;
  plan: CampaignPlan;
  progress: Progress;
  coverage: Coverage;
}): Promise<GuidedReport> {
  const { target, plan, coverage } = options;
  const run = caseRunner(options);
  const random = createRandom(`${plan.seed}/guided`);
  const corpus = [...target.samples];
  for (const sample of target.samples) await run(sample);
  coverage.merge(coverage.look());
  const source = { ...sourceOf(target, random), others: corpus };
  for (let done = 0; done < plan.guidedCases; ) {
    const size = Math.min(BATCH_CASES, plan.guidedCases - done);
    const batch = Array.from({ length: size }, () => mutate(choose(corpus, random), source));
    for (const input of batch) await run(input);
    done += size;
    const seen = coverage.look();
    if (!coverage.isNew(seen)) continue;
    corpus.push(...(await findNew({ inputs: batch, run, coverage })));
    // What ran once only, such as a cache being filled, is not looked for again.
    coverage.merge(seen);
  }
  return { corpus: corpus.length - target.samples.length, reached: coverage.reached };
}

/** Runs one case. */
export type RunCase = (input: Uint8Array) => Promise<void>;

/** What every case is run by: an input that takes too much memory at once is a finding too. */
export function caseRunner(options: { target: FuzzTarget; progress: Progress }): RunCase {
  const { target, progress } = options;
  return async (input) => {
    progress.begin(input);
    const before = getHeapStatistics().external_memory;
    // A Buffer's own slice would be a view.
    const running = target.run(Uint8Array.from(input));
    if (running) await running;
    const bufferBytes = getHeapStatistics().external_memory - before;
    if (bufferBytes > CASE_BUFFER_BYTES) {
      throw new Error(`one case took ${bufferBytes} bytes of buffers`);
    }
  };
}

/** The inputs, of some that together reached something new, that reach it alone; found by halves. */
async function findNew(options: {
  inputs: readonly Uint8Array[];
  run: RunCase;
  coverage: Coverage;
}): Promise<Uint8Array[]> {
  const { inputs, run, coverage } = options;
  for (const input of inputs) await run(input);
  const seen = coverage.look();
  if (!coverage.isNew(seen)) return [];
  if (inputs.length === 1) {
    coverage.merge(seen);
    return [...inputs];
  }
  const half = inputs.length >> 1;
  const left = await findNew({ inputs: inputs.slice(0, half), run, coverage });
  const right = await findNew({ inputs: inputs.slice(half), run, coverage });
  return [...left, ...right];
}

/** One half comes from what was found last: that is where the way goes on. */
function choose(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  return random.pick(random.below(2) === 0 ? corpus.slice(-8) : corpus);
}

function sourceOf(
  { samples, dictionary = [], isDer = false, maxBytes }: FuzzTarget,
  random: Random,
) {
  return { random, others: samples, dictionary, isDer, maxBytes };
}

async function measure(): Promise<{ heapBytes: number; processBytes: number }> {
  for (let round = 0; round < 3; round += 1) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + arrayBuffers, processBytes: rss };
}

const collectGarbage = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();
