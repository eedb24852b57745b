/**
 * `npm run nightly`: what takes too long for `npm test`. The servers of both examples are killed 50 times under load;
 * `KILLS` says how often else, `SEED` repeats the numbers of a run. Every page of the gateway is looked at in every
 * language and for every code. TEST ONLY.
 */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const TIMEOUT_MS = 3_600_000;

const { status } = spawnSync(
  process.execPath,
  [
    ...['--test', '--test-concurrency=1', `--test-timeout=${TIMEOUT_MS}`],
    ...['test/**/*-kill.test.ts', 'test/e2e/accessibility-*.test.ts'],
  ],
  {
    cwd: dirname(dirname(fileURLToPath(import.meta.url))),
    env: { KILLS: '50', NIGHTLY: '1', ...process.env },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
process.exitCode = status ?? 1;
