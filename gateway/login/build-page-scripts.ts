/** Bundles the scripts of the gateway's pages for the browser. Runs once, when the gateway starts. */
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Each is an entry of `page/` and is served as `/assets/NAME.js`. */
const SCRIPTS = ['login-page', 'diagnosis-page', 'playground-page'] as const;

/** The scripts by file name: classic scripts without imports. */
export async function buildPageScripts(): Promise<ReadonlyMap<string, string>> {
  const folder = join(import.meta.dirname, '../page');
  const result = await build({
    entryPoints: SCRIPTS.map((name) => join(folder, `${name}.ts`)),
    outdir: folder,
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'inline',
    logLevel: 'silent',
  });
  return new Map(result.outputFiles.map(({ path, text }) => [basename(path), text]));
}
