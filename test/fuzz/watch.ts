/**
 * Watches a campaign from another thread and says how it ended. A hang is measured in processor time that one case
 * used, so that a loaded machine makes none. TEST ONLY.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { BlindReport, CampaignPlan, GuidedReport } from './campaign.ts';
import { type CaseSlot, createCaseMemory, openCaseSlot } from './case-slot.ts';

/** How a case went wrong. */
export type FindingKind =
  /** It threw what it must not, or something that must hold did not. */
  | 'throws'
  /** It used more processor time than any input may cost. */
  | 'hangs'
  /** Its promise was left alone: nothing that could settle it was under way any more. */
  | 'never-settles'
  /** It filled the heap of its thread. */
  | 'out-of-memory'
  /** The heap is not given back: no single case is to blame. */
  | 'grows';

export interface Finding {
  readonly kind: FindingKind;
  readonly phase: Phase['kind'];
  /** Which case it was, counting from 1. */
  readonly caseNumber: number;
  /** The reproducer. */
  readonly input: Uint8Array;
  /** Stack or measure. */
  readonly detail: string;
}

/** How a campaign, or the replay of one input, ended. Reports are there for phases that were run. */
export interface CampaignResult {
  readonly finding: Finding | undefined;
  readonly blind?: BlindReport;
  readonly guided?: GuidedReport;
}

/** The parts of a campaign; a thread is given one. */
export type Phase =
  | { readonly kind: 'blind' }
  | { readonly kind: 'guided' }
  | { readonly kind: 'replay'; readonly input: Uint8Array };

/** What a thread is given. */
export interface FuzzWork {
  readonly phase: Phase;
  /** URL of the target's module. */
  readonly module: string;
  /** URL of the folder that the target's files are named from. */
  readonly root: string;
  readonly plan: CampaignPlan;
  readonly memory: SharedArrayBuffer;
}

/** What a thread says at its end. */
export type WorkerReport =
  | { readonly kind: 'blind'; readonly report: BlindReport }
  | { readonly kind: 'guided'; readonly report: GuidedReport }
  | { readonly kind: 'replayed' }
  | { readonly kind: 'grows'; readonly detail: string }
  | ({ readonly kind: 'throws'; readonly detail: string } & Pick<Finding, 'caseNumber' | 'input'>);

const ROOT = new URL('../../', import.meta.url).href;
const LOOK_MS = 100;
/** The slowest case of the slowest target takes a few hundredths of a second. */
const HANG_CPU_MS = 10_000;
/** For a case that waits on a timer or a socket instead of working. */
const STUCK_MS = 180_000;
/** What a case may take beyond what the process had: seen from outside, long before the thread's own limit. */
const CASE_MEMORY_BYTES = 768 * 1_024 * 1_024;
/** At its limit V8 can take the whole process along, and the reproducer with it. */
const HEAP_MAX_MB = 4_096;

/** What is watched. */
export interface WatchOptions {
  /** URL of the target's module. */
  readonly module: string;
  readonly plan: CampaignPlan;
  /** The processor time that one case may use. */
  readonly hangCpuMs?: number;
}

/** Runs a target's campaign; one at a time in a process, since processor time is the process's. */
export async function watchCampaign(options: WatchOptions): Promise<CampaignResult> {
  const first = await watchPhase(options, { kind: 'blind' });
  if (first.finding || options.plan.guidedCases === 0) return first;
  return { ...first, ...(await watchPhase(options, { kind: 'guided' })) };
}

/** Runs one input and nothing else. */
export function watchInput(options: WatchOptions, input: Uint8Array): Promise<CampaignResult> {
  return watchPhase(options, { kind: 'replay', input });
}

/** Each phase has a thread of its own: coverage counts only what is compiled after it began. */
async function watchPhase(options: WatchOptions, phase: Phase): Promise<CampaignResult> {
  const { module, plan, hangCpuMs = HANG_CPU_MS } = options;
  const memory = createCaseMemory();
  const slot = openCaseSlot(memory);
  const workerData: FuzzWork = { phase, module, root: ROOT, plan, memory };
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB },
  });
  const ended = new AbortController();
  const result = await Promise.race([
    endOf(worker, slot),
    watchCases({ slot, hangCpuMs, signal: ended.signal }),
  ]);
  ended.abort();
  await worker.terminate();
  switch (result.kind) {
    case 'blind':
      return { finding: undefined, blind: result.report };
    case 'guided':
      return { finding: undefined, guided: result.report };
    case 'replayed':
      return { finding: undefined };
    default:
      return { finding: { ...slot.current(), phase: phase.kind, ...result } };
  }
}

type Ending =
  | WorkerReport
  | { kind: 'hangs' | 'never-settles' | 'out-of-memory'; readonly detail: string };

function endOf(worker: Worker, slot: CaseSlot): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  worker.once('message', (report: WorkerReport) => resolve(report));
  worker.once('error', (error: Error & { code?: string }) => {
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const detail = error.stack ?? error.message;
    resolve(
      isMemory ? { kind: 'out-of-memory', detail } : { kind: 'throws', detail, ...slot.current() },
    );
  });
  // The last message comes before this; without one the thread had nothing left to do.
  worker.once('exit', () =>
    resolve({ kind: 'never-settles', detail: 'the thread ended inside the case' }),
  );
  return promise;
}

/** Resolves when one case has used up its time or memory; never after `signal`. */
async function watchCases(options: {
  slot: CaseSlot;
  hangCpuMs: number;
  signal: AbortSignal;
}): Promise<Ending> {
  const { slot, hangCpuMs, signal } = options;
  let last = slot.current().caseNumber;
  let since = { cpu: process.cpuUsage(), at: performance.now() };
  const memoryBytes = process.memoryUsage.rss();
  while (!signal.aborted) {
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    const { caseNumber } = slot.current();
    // Before the first case modules are loaded and samples made.
    if (caseNumber !== last || caseNumber === 0) {
      last = caseNumber;
      since = { cpu: process.cpuUsage(), at: performance.now() };
      continue;
    }
    const takenBytes = process.memoryUsage.rss() - memoryBytes;
    if (takenBytes > CASE_MEMORY_BYTES) {
      return { kind: 'out-of-memory', detail: `one case took ${takenBytes} bytes of memory` };
    }
    const { user, system } = process.cpuUsage(since.cpu);
    const usedMs = (user + system) / 1_000;
    if (usedMs > hangCpuMs) {
      return { kind: 'hangs', detail: `one case used ${Math.round(usedMs)} ms of processor time` };
    }
    if (performance.now() - since.at > STUCK_MS) {
      return { kind: 'never-settles', detail: 'one case waits and does not work' };
    }
  }
  return new Promise(() => undefined);
}
