/**
 * Runs code of the guide in this process, as a site's server would: it resolves the project's packages, and its
 * `fetch` knows the test CA and finds `*.localhost`. TEST ONLY.
 */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pathToFileURL } from 'node:url';
import '../start/localhost.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A folder of its own for the example's files, which finds the project's packages. */
export async function openExampleFolder(): Promise<{
  readonly dir: string;
  write(name: string, text: string): Promise<string>;
  /** Imports a module that was written. */
  load(name: string): Promise<Record<string, unknown>>;
  remove(): Promise<void>;
}> {
  const dir = await mkdtemp(join(tmpdir(), 'kids-id-example-'));
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  return {
    dir,
    async write(name, text) {
      await writeFile(join(dir, name), text);
      return join(dir, name);
    },
    load: (name) => import(pathToFileURL(join(dir, name)).href),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Lets every TLS client of this process trust the test CA, as NODE_EXTRA_CA_CERTS does. */
export function trustAuthority(pem: string): void {
  setDefaultCACertificates([...getCACertificates(), pem]);
}
