/** Starts the host as a browser does, and measures it: time to the first reply, memory while it waits. TEST ONLY. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CHROMIUM_EXTENSION_ID } from '../../../native-host/command/start.ts';
import { createHostTalk } from '../../kit/host/frame-stream.ts';

/** What was measured. */
export interface StartMeasure {
  readonly starts: number;
  readonly medianMs: number;
  readonly fastestMs: number;
  readonly slowestMs: number;
  /** The same for a program of Node's that does nothing but write: what no host can be faster than. */
  readonly emptyMedianMs: number;
  /** Resident memory of a host that waits for its window, in MB of 2^20; absent where there is no /proc. */
  readonly idleMemoryMb: number | undefined;
}

const MAIN = join(import.meta.dirname, '../../../native-host/main.ts');
/** By then what the start left to be collected has been, or stays. */
const IDLE_MS = 1_000;

/**
 * Starts the host so many times, one after another, each beside an empty program.
 * @param options.entry What Node runs: a bundle; the source by default.
 */
export async function measureStarts(options: {
  starts: number;
  entry?: string;
}): Promise<StartMeasure> {
  const { starts, entry = MAIN } = options;
  await startOnce({ entry, isIdleMeasured: false });
  const times: number[] = [];
  const emptyTimes: number[] = [];
  let idleMemoryMb: number | undefined;
  for (let left = starts; left > 0; left -= 1) {
    const { replyMs, memoryMb } = await startOnce({ entry, isIdleMeasured: left === 1 });
    times.push(replyMs);
    idleMemoryMb = memoryMb;
    emptyTimes.push(await startEmpty());
  }
  return {
    starts,
    medianMs: medianOf(times),
    fastestMs: Math.min(...times),
    slowestMs: Math.max(...times),
    emptyMedianMs: medianOf(emptyTimes),
    idleMemoryMb,
  };
}

function medianOf(times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? 0;
}

async function startEmpty(): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("x")'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  const afterMs = performance.now() - startedAt;
  await exited;
  return afterMs;
}

async function startOnce(options: {
  entry: string;
  isIdleMeasured: boolean;
}): Promise<{ replyMs: number; memoryMb: number | undefined }> {
  const startedAt = performance.now();
  const caller = `chrome-extension://${CHROMIUM_EXTENSION_ID}/`;
  const child = spawn(process.execPath, [options.entry, caller], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  try {
    const host = createHostTalk({ input: child.stdin, output: child.stdout });
    host.send({ type: 'hello', id: 'h' });
    await host.find(({ type }) => type === 'hello');
    const replyMs = performance.now() - startedAt;
    if (!options.isIdleMeasured) return { replyMs, memoryMb: undefined };
    await delay(IDLE_MS);
    return { replyMs, memoryMb: await residentMb(child.pid) };
  } finally {
    child.stdin.end();
    await exited;
  }
}

/** VmRSS (proc(5)). */
async function residentMb(pid: number | undefined): Promise<number | undefined> {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return undefined;
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(path, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}
