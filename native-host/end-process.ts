/** How a process that may have used PC/SC ends. */
import { callsReturned } from './pcsc/deadline.ts';

/** A PC/SC call that waits for another program's transaction cannot be ended, and `process.exit` waits for it. */
const EXIT_TIMEOUT_MS = 200;

/**
 * Ends this process with `process.exitCode` when what it wrote is out; with SIGKILL where PC/SC keeps a call. Readers
 * that were watched (pcsc-readers.ts) would keep it for ever.
 */
export async function endProcess(): Promise<never> {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), EXIT_TIMEOUT_MS);
  await Promise.all([flushed(process.stdout), flushed(process.stderr), callsReturned()]);
  process.exit();
}

/** Also when nobody reads any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.write('', () => resolve());
  return promise;
}
