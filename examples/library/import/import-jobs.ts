/** The imports under way: one for each of the staff, each in a thread of its own (import-worker.ts). In memory only. */
import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { ImportReply, ImportRequest, ImportWorkerData } from './import-worker.ts';
import type { ImportKind, ImportReport } from './importer.ts';
import type { ImportCounts } from './staging.ts';

/** Where an import is. Nothing is changed in the library before `applied`. */
export type ImportState =
  | {
      readonly kind: 'reading';
      /** Read by the importer, not only received. */
      readonly bytes: number;
      readonly rows: number;
      readonly problemCount: number;
    }
  | { readonly kind: 'checked'; readonly report: ImportReport }
  | { readonly kind: 'applying'; readonly done: number; readonly total: number }
  | { readonly kind: 'applied'; readonly counts: ImportCounts }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed' };

/** One import. */
export interface ImportJob {
  readonly id: string;
  readonly fileKind: ImportKind;
  readonly staffId: number;
  readonly totalBytes: number;
  readonly state: ImportState;
  /**
   * Reads the bytes of the file from `offset` on; with the last of them the file is checked. Resolves when they are read.
   * False when these are not the next bytes, or the file is complete.
   */
  write(offset: number, bytes: Uint8Array): Promise<boolean>;
  /** Does it, if it was checked and is right; resolves when it is done, cancelled or failed. Asked twice, it is done once. */
  apply(): Promise<void>;
  /** Ends it; nothing of it stays. When it is done already, it stays done. */
  cancel(): Promise<void>;
}

/** All imports. */
export interface ImportJobs {
  /** Begins one; the earlier one of the same librarian ends. Undefined while there are too many, or that one is being written. */
  start(options: {
    readonly fileKind: ImportKind;
    readonly totalBytes: number;
    readonly staffId: number;
  }): ImportJob | undefined;
  /** An import of this librarian. */
  find(options: { readonly id: string; readonly staffId: number }): ImportJob | undefined;
  /**
   * Resolves when no import is being written. SQLite lets one connection write at a time, and a write of the server that
   * has to wait makes everything wait: wait here before it, and only the one request does.
   */
  whenWritten(): Promise<void>;
}

const MAX_JOBS = 4;

/** As the session: an import that nobody looks at for so long is forgotten. */
const IDLE_MS = 15 * 60_000;

/** Creates an empty set of imports into the database in `file`. */
export function createImportJobs(options: {
  readonly file: string;
  readonly now: () => Date;
}): ImportJobs {
  const jobs = new Map<string, { readonly job: ImportJob; readonly idle: NodeJS.Timeout }>();
  // Two imports write one after the other: the second would wait for SQLite's lock, and not for long enough.
  let lastWrite = Promise.resolve();
  const inTurn = (write: () => Promise<void>) => {
    lastWrite = lastWrite.then(write);
    return lastWrite;
  };
  const forget = (id: string) => {
    const entry = jobs.get(id);
    if (!entry) return;
    clearTimeout(entry.idle);
    jobs.delete(id);
    void entry.job.cancel();
  };

  return {
    start({ fileKind, totalBytes, staffId }) {
      const own = [...jobs.values()].find(({ job }) => job.staffId === staffId);
      if (own?.job.state.kind === 'applying') return undefined;
      if (own) forget(own.job.id);
      if (jobs.size >= MAX_JOBS) return undefined;
      const id = randomBytes(16).toString('base64url');
      const job = startJob({ ...options, id, fileKind, totalBytes, staffId, inTurn });
      const idle = setTimeout(() => forget(id), IDLE_MS).unref();
      jobs.set(id, { job, idle });
      return job;
    },
    find({ id, staffId }) {
      const entry = jobs.get(id);
      if (entry?.job.staffId !== staffId) return undefined;
      entry.idle.refresh();
      return entry.job;
    },
    async whenWritten() {
      const writing = () => [...jobs.values()].find(({ job }) => job.state.kind === 'applying');
      // One after the other: the next may have begun meanwhile.
      for (let entry = writing(); entry; entry = writing()) await entry.job.apply();
    },
  };
}

function startJob(
  options: Pick<ImportJob, 'id' | 'fileKind' | 'staffId' | 'totalBytes'> & {
    readonly file: string;
    readonly now: () => Date;
    readonly inTurn: (write: () => Promise<void>) => Promise<void>;
  },
): ImportJob {
  const { id, file, fileKind, staffId, totalBytes, now, inTurn } = options;
  let state: ImportState = { kind: 'reading', bytes: 0, rows: 0, problemCount: 0 };
  let received = 0;
  let applying: Promise<void> | undefined;
  const thread = startThread({ file, kind: fileKind, at: now() }, (done, total) => {
    state = { kind: 'applying', done, total };
  });

  /** Takes an answer as the new state; no answer means that the thread has ended. */
  const settle = (reply: ImportReply | undefined, bytes: number) => {
    if (state.kind === 'cancelled') return;
    if (reply?.kind === 'read') {
      const { rows, problemCount } = reply;
      state = { kind: 'reading', bytes, rows, problemCount };
    } else {
      state = toState(reply);
      const isOver = state.kind !== 'checked' || !state.report.counts;
      if (isOver) thread.end();
    }
  };
  const applyOnce = () => {
    state = { kind: 'applying', done: 0, total: 0 };
    return inTurn(async () => {
      settle(await thread.ask({ kind: 'apply', staffId, at: now() }), totalBytes);
    });
  };

  return {
    id,
    fileKind,
    staffId,
    totalBytes,
    get state() {
      return state;
    },
    async write(offset, bytes) {
      const end = offset + bytes.length;
      if (state.kind !== 'reading' || offset !== received || end > totalBytes) return false;
      if (bytes.length === 0 && totalBytes > 0) return false;
      received = end;
      settle(await thread.ask({ kind: 'write', bytes }), end);
      if (end === totalBytes) settle(await thread.ask({ kind: 'check' }), end);
      return true;
    },
    async apply() {
      if (state.kind === 'checked' && state.report.counts) applying ??= applyOnce();
      await applying;
    },
    async cancel() {
      if (state.kind === 'applying') {
        thread.tell({ kind: 'cancel' });
        await applying;
      } else if (state.kind === 'reading' || state.kind === 'checked') {
        state = { kind: 'cancelled' };
        thread.end();
      }
    },
  };
}

function toState(reply: ImportReply | undefined): ImportState {
  if (reply?.kind === 'checked') return { kind: 'checked', report: reply.report };
  if (reply?.kind === 'applied') return { kind: 'applied', counts: reply.counts };
  return { kind: reply?.kind === 'cancelled' ? 'cancelled' : 'failed' };
}

interface Thread {
  /** Resolves with the answer; undefined when the thread has ended. */
  ask(request: ImportRequest): Promise<ImportReply | undefined>;
  tell(request: ImportRequest): void;
  end(): void;
}

function startThread(
  data: ImportWorkerData,
  onProgress: (done: number, total: number) => void,
): Thread {
  const worker = new Worker(new URL('./import-worker.ts', import.meta.url), { workerData: data });
  // The server may stop while an import waits for its librarian.
  worker.unref();
  const waiting: ((reply: ImportReply | undefined) => void)[] = [];
  let isOver = false;
  worker.on('message', (reply: ImportReply) => {
    if (reply.kind === 'progress') onProgress(reply.done, reply.total);
    else waiting.shift()?.(reply);
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    // Its message may quote a row; the code does not.
    console.error(`An import failed: ${error.code ?? error.name}`);
  });
  worker.on('exit', () => {
    isOver = true;
    for (const resolve of waiting.splice(0)) resolve(undefined);
  });
  return {
    ask: (request) =>
      new Promise((resolve) => {
        if (isOver) return resolve(undefined);
        waiting.push(resolve);
        worker.postMessage(request);
      }),
    tell: (request) => worker.postMessage(request),
    end: () => void worker.terminate(),
  };
}
