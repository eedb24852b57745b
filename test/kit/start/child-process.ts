/** A server of ours as a process of its own: started, waited for, read, stopped, never left behind. TEST ONLY. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Child {
  /** Everything it wrote so far, both streams. */
  output(): string;
  /** Asks it to end, and ends it after 5 s. */
  stop(): Promise<void>;
  /** Ends it as a power cut does: nothing of it runs any more. */
  kill(): Promise<void>;
  /** Calls back for each message on its IPC channel. */
  onMessage(listener: (message: unknown) => void): void;
}

const START_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 5_000;

/**
 * Starts a TypeScript file and resolves when its output matches `ready`.
 * @param options.preloads files of this folder, imported before the program
 * @throws Error with what the program wrote, when it ends or is silent for 20 s
 */
export function startChild(options: {
  name: string;
  script: string;
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
  preloads?: readonly string[];
  ready: RegExp;
}): Promise<Child> {
  const preloads = ['die-with-parent.ts', ...(options.preloads ?? [])];
  const imports = preloads.flatMap((file) => ['--import', join(import.meta.dirname, file)]);
  const child = spawn(process.execPath, [...imports, options.script, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...options.env },
  });
  let written = '';
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const handle: Child = {
    output: () => written,
    onMessage: (listener) => void child.on('message', listener),
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await exited;
      clearTimeout(timer);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(deadline);
      child.kill('SIGKILL');
      reject(new Error(`${options.name} ${reason}: ${written.trim() || 'it wrote nothing'}`));
    };
    const deadline = setTimeout(() => fail('did not start in time'), START_DEADLINE_MS);
    const read = (chunk: Buffer) => {
      written += chunk.toString();
      if (!options.ready.test(written)) return;
      clearTimeout(deadline);
      resolve(handle);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void exited.then(() => fail('ended'));
  });
}
