/** The host as it is installed, in a folder below the project, where its PC/SC binding is found. TEST ONLY. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildHost } from '../../../native-host/package/build-host.ts';

const DATA = join(import.meta.dirname, '../../../.data');

export interface BuiltHost {
  readonly dir: string;
  /** What Node runs. */
  readonly entry: string;
  remove(): Promise<void>;
}

/** Builds it; `remove` removes the folder. */
export async function openBuiltHost(): Promise<BuiltHost> {
  await mkdir(DATA, { recursive: true });
  const dir = await mkdtemp(join(DATA, 'host-'));
  const entry = await buildHost(dir);
  return { dir, entry, remove: () => rm(dir, { recursive: true }) };
}
