/** The thread in which a target runs: it can hang or fill its heap, and the one that watches sees it. TEST ONLY. */
import { parentPort, workerData } from 'node:worker_threads';
import { caseRunner, GrowthError, runBlind, runGuided } from './campaign.ts';
import { openCaseSlot } from './case-slot.ts';
import { startCoverage } from './coverage.ts';
import { shrink } from './shrink.ts';
import type { FuzzTarget } from './target.ts';
import type { FuzzWork, WorkerReport } from './watch.ts';

const work = workerData as FuzzWork;
const slot = openCaseSlot(work.memory);
// Not awaited at the top: a case that never settles is for the watching thread to report.
void perform().then((report) => parentPort?.postMessage(report));

async function perform(): Promise<WorkerReport> {
  try {
    return await performPhase();
  } catch (error) {
    if (error instanceof GrowthError) return { kind: 'grows', detail: error.message };
    const { caseNumber, input } = slot.current();
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'throws', detail, caseNumber, input: await shrinkFound(input) };
  }
}

/** What failed in the course of a campaign, and does so alone too, is made short. */
async function shrinkFound(input: Uint8Array): Promise<Uint8Array> {
  if (work.phase.kind === 'replay') return input;
  const run = caseRunner({ target: await loadTarget(), progress: slot });
  return shrink(input, async (shorter) => {
    try {
      await run(shorter);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
}

async function performPhase(): Promise<WorkerReport> {
  const { phase, plan } = work;
  switch (phase.kind) {
    case 'replay': {
      await caseRunner({ target: await loadTarget(), progress: slot })(phase.input);
      return { kind: 'replayed' };
    }
    case 'blind': {
      const target = await loadTarget();
      return { kind: 'blind', report: await runBlind({ target, plan, progress: slot }) };
    }
    case 'guided': {
      const coverage = startCoverage(work.root);
      const target = await loadTarget();
      coverage.watch(target.files);
      return {
        kind: 'guided',
        report: await runGuided({ target, plan, progress: slot, coverage }),
      };
    }
  }
}

async function loadTarget(): Promise<FuzzTarget> {
  const { target } = (await import(work.module)) as { target: FuzzTarget };
  return target;
}
