/** Builds the unpacked extension: three bundles, the window's page, the shared look, manifest, names. */
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { LANGUAGES } from '../../gateway/protocol/fields.ts';
import { textsFor } from '../../gateway/texts/texts.ts';
import { createManifest, ICON_SIZES } from '../manifest/manifest.ts';

const EXTENSION = join(import.meta.dirname, '..');
const DESIGN = join(EXTENSION, '../gateway/design');
const SCRIPTS = ['content/content', 'background/background', 'pin-window/pin-window'];

/** Writes the extension into `outDir`, for exactly these gateways (https origins). */
export async function buildExtension(options: {
  outDir: string;
  gateways: readonly string[];
}): Promise<void> {
  const { outDir, gateways } = options;
  const manifest = createManifest({ gateways, target: 'chromium' });
  await mkdir(outDir, { recursive: true });
  await build({
    entryPoints: SCRIPTS.map((name) => ({ in: join(EXTENSION, `${name}.ts`), out: name })),
    outdir: outDir,
    bundle: true,
    format: 'iife',
    target: 'chrome120',
    define: { KIDS_ID_GATEWAYS: JSON.stringify(gateways) },
    legalComments: 'inline',
    logLevel: 'silent',
  });
  await copyFiles(outDir);
  await writeJson(join(outDir, 'manifest.json'), manifest);
  for (const language of LANGUAGES) {
    const { name, description } = textsFor(language).extension;
    await mkdir(join(outDir, '_locales', language), { recursive: true });
    await writeJson(join(outDir, '_locales', language, 'messages.json'), {
      name: { message: name },
      description: { message: description },
    });
  }
}

async function copyFiles(outDir: string): Promise<void> {
  for (const file of ['pin-window.html', 'pin-window.css']) {
    await cp(join(EXTENSION, 'pin-window', file), join(outDir, 'pin-window', file));
  }
  for (const size of ICON_SIZES) {
    const file = `icon-${size}.png`;
    await cp(join(EXTENSION, 'manifest/icons', file), join(outDir, 'icons', file));
  }
  const pictures = (await readdir(DESIGN)).filter((name) => name.endsWith('.svg'));
  for (const file of ['base.css', ...pictures]) {
    await cp(join(DESIGN, file), join(outDir, 'design', file));
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
