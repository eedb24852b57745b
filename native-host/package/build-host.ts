/**
 * Bundles the host as it is installed: one entry, and chunks for what is loaded only when a login or a command needs
 * it. The PC/SC binding stays outside, since it has a native part.
 */
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Writes the bundle into `outDir`, from where `pcsc-mini` must be found as a package.
 * @returns the path of its entry, for Node
 */
export async function buildHost(outDir: string): Promise<string> {
  await build({
    entryPoints: [{ in: join(import.meta.dirname, '../main.ts'), out: 'kids-id-host' }],
    outdir: outDir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['pcsc-mini'],
    outExtension: { '.js': '.mjs' },
    legalComments: 'inline',
    logLevel: 'silent',
  });
  return join(outDir, 'kids-id-host.mjs');
}
