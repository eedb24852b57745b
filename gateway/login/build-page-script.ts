/** Bundles the login page's script for the browser. Runs once, when the gateway starts. */
import { join } from 'node:path';
import { build } from 'esbuild';

/** The text of `/assets/login-page.js`: one classic script without imports. */
export async function buildPageScript(): Promise<string> {
  const result = await build({
    entryPoints: [join(import.meta.dirname, '../page/login-page.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'inline',
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error('the page script was not built');
  return file.text;
}
