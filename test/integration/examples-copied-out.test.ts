/** Each example, copied to a folder of its own with the packages that its package.json names: all of it runs there. */
import assert from 'node:assert/strict';
import { readdirSync, realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { build } from 'esbuild';
import { cardOf } from '../kit/examples/card-issuer.ts';
import {
  type ExampleName,
  type ExampleStage,
  openExampleStage,
} from '../kit/examples/example-stage.ts';
import { openFormBrowser } from '../kit/examples/form-browser.ts';

/** Where a visitor ends who signs in, and what the example's own commands are tried with. */
const EXAMPLES: Readonly<
  Record<
    ExampleName,
    {
      readonly age: number;
      readonly end: string;
      readonly tries: readonly (readonly [script: string, args: readonly string[], says: RegExp])[];
    }
  >
> = {
  chat: {
    age: 8,
    end: '/welcome',
    tries: [
      ['moderator', ['list'], /^$/],
      ['moderator', ['add', 'AAAA-AAAA'], /Nobody was given this code/],
      ['backup', ['copy.sqlite'], /Copied to copy\.sqlite/],
    ],
  },
  library: {
    age: 40,
    end: '/link',
    tries: [
      ['staff', ['list'], /Nobody is on the list/],
      ['import', ['titles', 'data/titles.csv'], /added: 3\d\d/],
      ['invent', ['5', '.'], /invented-members\.csv/],
      ['import', ['members', 'invented-members.csv'], /added: 5/],
      ['backup', ['copy.sqlite'], /The copy is complete/],
    ],
  },
};

for (const name of ['chat', 'library'] as const) {
  describe(`the ${name}, copied out`, { timeout: 120_000 }, () => {
    it('imports nothing but its own files, Node and the packages that its package.json names', async (t) => {
      const { folder, package: manifest } = await openStage(t, name);
      const { files, others } = await findImports(folder);
      for (const file of files) {
        assert.ok(!relative(folder, file).startsWith('..'), `${file} is not in the folder`);
      }
      const packages = others.filter((module) => !isNodeModule(module));
      assert.deepEqual(packages, Object.keys(manifest.dependencies).toSorted());
    });

    it('starts, signs somebody in, and has all its commands', async (t) => {
      const stage = await openStage(t, name);
      const { age, end, tries } = EXAMPLES[name];
      const server = await stage.start();
      const browser = openFormBrowser(stage.origin);
      browser.card = cardOf('anybody', age);
      const page = await browser.go('/login');
      assert.equal(page.url.pathname, end);
      assert.equal(page.status, 200);
      for (const [script, args, says] of tries) {
        const { output } = await stage.run(script, ...args);
        assert.match(output, says, script);
      }
      const scripts = new Set(['start', ...tries.map(([script]) => script)]);
      assert.deepEqual([...scripts].toSorted(), Object.keys(stage.package.scripts).toSorted());
      assert.equal(await server.stop(), 0, server.lines.join('\n'));
    });
  });
}

async function openStage(t: TestContext, name: ExampleName): Promise<ExampleStage> {
  const stage = await openExampleStage(name);
  t.after(() => stage.remove());
  return stage;
}

/** All that its programs and scripts import, types left out as Node leaves them out; what is not there throws. */
async function findImports(folder: string): Promise<{ files: string[]; others: string[] }> {
  const programs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(?:ts|js)$/.test(file) && !file.startsWith('node_modules'),
  );
  const { metafile } = await build({
    absWorkingDir: realpathSync(folder),
    entryPoints: programs,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const others = imports.filter(({ external }) => external).map(({ path }) => path);
  return {
    files: Object.keys(metafile.inputs).map((file) => join(folder, file)),
    others: [...new Set(others)].toSorted(),
  };
}

function isNodeModule(module: string): boolean {
  return module.startsWith('node:') && isBuiltin(module);
}
