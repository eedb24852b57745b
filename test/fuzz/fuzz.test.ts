/** Every parser of untrusted bytes, 20,000 blind cases and 2,000 that coverage guides: the same ones every time. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { listTargets } from './targets.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const SEED = process.env['KIDS_ID_FUZZ_SEED'] ?? 'kids-id';

/** A process each, because processor time is counted by process. */
describe('parsers of untrusted bytes', { concurrency: 2 }, () => {
  for (const name of listTargets()) {
    test(`${name}: no crash, no hang, no growth`, async (context) => {
      const args = ['--target', name, '--seed', SEED, '--cases', '20000', '--guided', '2000'];
      const child = spawn(process.execPath, [MAIN, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      const said = await text(child.stdout);
      const [code] = await exited;
      context.diagnostic(said.trim());
      assert.equal(code, 0, said);
    });
  }
});
