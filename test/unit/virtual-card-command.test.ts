/** The command line of `npm run card`, as far as it goes without a reader. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FAULTS } from '../kit/card/faults.ts';
import { PERSONS } from '../kit/persons.ts';

const MAIN = fileURLToPath(new URL('../kit/card/main.ts', import.meta.url));

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runMain(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('npm run card', () => {
  it('names every test person and every fault with one line each', async () => {
    const { exitCode, stdout } = await runMain('--list');
    const names = [...stdout.matchAll(/^ {2}(\S+) {2,}\S/gm)].map(([, name]) => name);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Persons:\n.*^Faults:\n/ms);
    assert.deepEqual(
      names,
      [...PERSONS, ...FAULTS].map(({ name }) => name),
    );
  });

  it('explains itself', async () => {
    const { exitCode, stdout } = await runMain('--help');
    assert.equal(exitCode, 0);
    assert.match(stdout, /--person NAME.*--applet V.*--fault NAME.*--port N.*--list/s);
  });

  for (const [what, args, message] of [
    ['an unknown person', ['--person', 'nobody'], /Known: emma, /],
    ['no person', [], /--person is missing/],
    ['an unknown fault', ['--person', 'emma', '--fault', 'nothing'], /Known: pulled-reading, /],
    ['an unknown applet', ['--person', 'emma', '--applet', '1.9'], /1\.1, 1\.7 or 1\.8/],
    ['a port that is none', ['--person', 'emma', '--port', '70000'], /1 to 65535/],
    ['an unknown option', ['--reader'], /Unknown option/],
  ] as const) {
    it(`refuses ${what} with a clear error and exit code 1`, async () => {
      const { exitCode, stdout, stderr } = await runMain(...args);
      assert.equal(exitCode, 1);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n +at /);
    });
  }
});
