/**
 * A thread for one import, so that the server goes on answering while a file is read and written. import-jobs.ts starts
 * it and talks to it; requests are answered one after the other.
 */
import { parentPort, workerData } from 'node:worker_threads';
import {
  type ImportKind,
  type ImportReport,
  openImporter,
  type ReadingProgress,
} from './importer.ts';
import type { ImportCounts } from './staging.ts';

/** What the thread is given at its start. */
export interface ImportWorkerData {
  readonly file: string;
  readonly kind: ImportKind;
  /** The server's clock: this thread has none of its own. */
  readonly at: Date;
}

/** What is asked of the thread. `cancel` has no answer of its own; it counts while `apply` is under way. */
export type ImportRequest =
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  | { readonly kind: 'check' }
  | { readonly kind: 'apply'; readonly staffId: number; readonly at: Date }
  | { readonly kind: 'cancel' };

/** Its answers. `progress` comes by itself while `apply` is under way. */
export type ImportReply =
  | ({ readonly kind: 'read' } & ReadingProgress)
  | { readonly kind: 'checked'; readonly report: ImportReport }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'applied'; readonly counts: ImportCounts }
  | { readonly kind: 'cancelled' };

const port = parentPort;
if (!port) throw new Error('This is a thread of the library; it does not run by itself');

const data = workerData as ImportWorkerData;
let at = data.at;
let isCancelled = false;
const importer = openImporter({ file: data.file, kind: data.kind, now: () => at });
const reply = (message: ImportReply) => port.postMessage(message);

port.on('message', (request: ImportRequest) => {
  switch (request.kind) {
    case 'write':
      return reply({ kind: 'read', ...importer.write(request.bytes) });
    case 'check':
      return reply({ kind: 'checked', report: importer.check() });
    case 'apply':
      at = request.at;
      // What it throws ends this thread, and import-jobs.ts hears of it.
      return void apply(request.staffId);
    case 'cancel':
      isCancelled = true;
  }
});

async function apply(staffId: number): Promise<void> {
  const counts = await importer.apply({
    staffId,
    onProgress: (done, total) => reply({ kind: 'progress', done, total }),
    isCancelled: () => isCancelled,
  });
  reply(counts ? { kind: 'applied', counts } : { kind: 'cancelled' });
}
