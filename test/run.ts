/**
 * `npm test`: lint, type check, then every test under Node's own runner, whose summary stands last.
 * As root on Debian the packages that tests need are installed; otherwise what is missing is said
 * and the tests that need it are skipped and counted. TEST ONLY.
 */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canInstall, installPackages, TEST_PACKAGES } from './kit/start/system-packages.ts';

/** A file whose process does not end would keep the whole run: it takes a quarter of an hour on two cores. */
const STEP_TIMEOUT_MS = 45 * 60_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line: string) => process.stdout.write(`${line}\n`);

const missing = installPackages(TEST_PACKAGES, say);
if (missing.length > 0) {
  const list = missing.map(({ name }) => name).join(' ');
  if (canInstall()) fail(`apt could not install: ${list}`);
  say(`Not on this machine, so tests that need them are skipped: ${list}`);
}

const steps: readonly (readonly [string, ...string[]])[] = [
  ['biome', 'check', '--error-on-warnings', '.'],
  ['oxlint', '--type-aware', '--deny-warnings'],
  ['tsc'],
  ['tsc', '-p', 'gateway/protocol'],
  ['tsc', '-p', 'gateway/page'],
  ['tsc', '-p', 'extension'],
  ...testRuns(process.argv.slice(2)),
];
for (const [command, ...args] of steps) {
  say(`\n> ${[command.split('/').at(-1), ...args].join(' ')}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    // The runner then names the files that did not end.
    timeout: STEP_TIMEOUT_MS,
    shell: process.platform === 'win32',
  });
  if (status !== 0) fail(`${command.split('/').at(-1)} failed`);
}

/**
 * The named files in one run. Without names all of them, the fuzzers first and by themselves: they take every core
 * there is, and browsers, readers and servers have deadlines.
 */
function testRuns(files: readonly string[]): readonly (readonly [string, ...string[]])[] {
  const run = (patterns: readonly string[]) =>
    [
      process.execPath,
      '--test',
      '--test-concurrency=2',
      '--test-timeout=300000',
      ...patterns,
    ] as const;
  if (files.length > 0) return [run(files)];
  const folders = ['bench', 'conformance', 'e2e', 'integration', 'unit'];
  return [run(['test/fuzz/**/*.test.ts']), run(folders.map((name) => `test/${name}/**/*.test.ts`))];
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
