/**
 * OpenSC's programs at a virtual card: a PC/SC daemon of their own, a reader, and one card in it at a time. TEST ONLY.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { InsertedCard } from './answer-reader.ts';
import type { CardContents } from './card-contents.ts';
import { findPcscdProblems, startPcscd } from './pcscd.ts';
import { createVirtualCard, type VirtualCardOptions } from './virtual-card.ts';
import { connectVpcd } from './vpcd-client.ts';

export interface OpenscBench {
  /** A folder for files of the test. */
  readonly dir: string;
  /** Puts in a fresh card with these contents; one that is there is taken out first, and seen to be out. */
  insert(contents: CardContents, options?: VirtualCardOptions): Promise<void>;
  remove(): Promise<void>;
  /** Runs a program of OpenSC and returns what it wrote. @throws Error unless it ends with 0 */
  run(program: string, ...args: string[]): Promise<string>;
  /** Runs `pkcs11-tool` with OpenSC's own module. */
  runPkcs11(...args: string[]): Promise<string>;
  /**
   * DER of the certificate with that PKCS#15 identifier, through PKCS#11. On cards with RSA keys the CDF calls
   * certificates private (§2.1), and OpenSC shows them after a login only.
   */
  readCertificate(id: string, login?: readonly string[]): Promise<Uint8Array>;
  stop(): Promise<void>;
}

const DEADLINE_MS = 30_000;
const POLL_MS = 50;

/** Tells in English what keeps {@link startOpenscBench} from working here; empty if nothing. */
export function findOpenscProblems(): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const isInstalled = folders.some((folder) => existsSync(join(folder, 'pkcs11-tool')));
  return isInstalled ? findPcscdProblems() : ['the package opensc is not installed'];
}

/** Starts the daemon. */
export async function startOpenscBench(): Promise<OpenscBench> {
  const dir = await mkdtemp(join(tmpdir(), 'kids-id-opensc-'));
  const pcscd = await startPcscd({ dir });
  let inserted: InsertedCard | undefined;
  async function run(program: string, ...args: string[]): Promise<string> {
    // Without a configuration of its own OpenSC caches in the home folder.
    const env = { PATH: process.env['PATH'], HOME: dir, ...pcscd.env };
    const { stdout } = await promisify(execFile)(program, args, { env, timeout: DEADLINE_MS });
    return stdout;
  }
  async function remove(): Promise<void> {
    if (inserted === undefined) return;
    await inserted.remove();
    inserted = undefined;
    // A card that is back before the daemon has looked is the same card to it, with the ATR of the old one.
    const deadlineMs = performance.now() + DEADLINE_MS;
    while (/ Yes /.test(await run('opensc-tool', '--list-readers'))) {
      if (performance.now() > deadlineMs) throw new Error('the reader did not see the card go');
      await delay(POLL_MS);
    }
  }
  const runPkcs11 = (...args: string[]) =>
    run('pkcs11-tool', '--module', 'opensc-pkcs11.so', ...args);
  return {
    dir,
    remove,
    run,
    runPkcs11,
    async insert(contents, options) {
      await remove();
      inserted = await connectVpcd({
        card: createVirtualCard(contents, options),
        port: pcscd.port,
      });
    },
    async readCertificate(id, login = []) {
      const file = join(dir, `${id}.der`);
      const read = ['--read-object', '--type', 'cert', '--id', id, '--output-file', file];
      await runPkcs11(...login, ...read);
      return new Uint8Array(await readFile(file));
    },
    async stop() {
      await remove();
      await pcscd.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
