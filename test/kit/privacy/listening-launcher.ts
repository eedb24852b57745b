/**
 * Puts itself in the place of the native host's launcher: the same host runs, and every byte that it
 * reads and writes is kept. TEST ONLY.
 */
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HostTap {
  /** Window → host. The PIN is in it, and nowhere else. */
  received(): Buffer;
  /** Host → window. */
  sent(): Buffer;
  /** The host's standard error. */
  errors(): Buffer;
}

/** Replaces a launcher; what it hears goes into files of `dir`. POSIX only. */
export function listenToHost(options: { launcher: string; dir: string }): HostTap {
  const { launcher } = options;
  renameSync(launcher, `${launcher}.real`);
  const [received, sent, errors] = ['received', 'sent', 'errors'].map((name) =>
    join(options.dir, `host-${name}`),
  ) as [string, string, string];
  const command = `tee -a '${received}' | '${launcher}.real' "$@" 2>>'${errors}' | tee -a '${sent}'`;
  writeFileSync(launcher, `#!/bin/sh\n${command}\n`);
  chmodSync(launcher, 0o755);
  const read = (file: string) => (existsSync(file) ? readFileSync(file) : Buffer.alloc(0));
  return {
    received: () => read(received),
    sent: () => read(sent),
    errors: () => read(errors),
  };
}
