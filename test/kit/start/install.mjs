/**
 * Runs before every npm script, on whatever Node the machine has (20 or newer): installs the npm packages when something changed, and makes sure that what follows runs on
 * Node 24 or newer. Plain JavaScript, because an older Node cannot read TypeScript. TEST ONLY.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const shell = process.platform === 'win32';

if (isStale()) {
  process.stderr.write('Installing npm packages (about 400 MB in node_modules, once) …\n');
  // Not `npm ci`: it fails where a registry lacks optional packages of other platforms.
  const flags = ['install', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  const { status } = spawnSync('npm', flags, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell,
  });
  if (status !== 0) stop('npm install failed; its message stands above.');
}

// npm puts node_modules/.bin first on the PATH of the script that follows: ask that Node.
const { stdout } = spawnSync('node', ['--version'], { encoding: 'utf8', shell });
if (!(Number.parseInt(stdout.slice(1), 10) >= OLDEST_NODE)) {
  stop(
    `This needs Node ${OLDEST_NODE} or newer; here is ${stdout.trim()}, and npm had none for ` +
      `${process.platform}-${process.arch}. Install Node ${OLDEST_NODE} LTS and try again.`,
  );
}

/** Whether the lock file, or the manifest, changed after the last install. */
function isStale() {
  const changedAt = (file) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const installed = changedAt('node_modules/.package-lock.json');
  return installed < changedAt('package-lock.json') || installed < changedAt('package.json');
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
