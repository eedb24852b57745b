/** Whether browsers know the host: its manifest in their folders or, on Windows, their registry keys. */
import { isAbsolute, posix, win32 } from 'node:path';
import { HOST_NAME } from '../../gateway/protocol/host-messages.ts';
import type { Finding, Step } from './finding.ts';
import type { Machine } from './machine.ts';
import { CHROMIUM_EXTENSION_ID, FIREFOX_EXTENSION_ID } from './start.ts';

interface Browser {
  readonly name: string;
  /** Field of the host's manifest that has to name the extension, and how. */
  readonly field: 'allowed_origins' | 'allowed_extensions';
  readonly caller: string;
  /** Folders of host manifests, in the browser's own order; those of a user below `~`, `$CONFIG` is XDG's. */
  readonly linux: readonly string[];
  readonly darwin: readonly string[];
  /** Below HKCU and HKLM. */
  readonly windowsKey: string;
}

const CHROMIUM = {
  field: 'allowed_origins',
  caller: `chrome-extension://${CHROMIUM_EXTENSION_ID}/`,
} as const;

/** From each browser's "Native messaging" page. */
const BROWSERS: readonly Browser[] = [
  {
    ...CHROMIUM,
    name: 'Chrome',
    linux: ['$CONFIG/google-chrome/NativeMessagingHosts', '/etc/opt/chrome/native-messaging-hosts'],
    darwin: [
      '~/Library/Application Support/Google/Chrome/NativeMessagingHosts',
      '/Library/Google/Chrome/NativeMessagingHosts',
    ],
    windowsKey: 'Software\\Google\\Chrome\\NativeMessagingHosts',
  },
  {
    ...CHROMIUM,
    name: 'Chromium',
    linux: ['$CONFIG/chromium/NativeMessagingHosts', '/etc/chromium/native-messaging-hosts'],
    darwin: [
      '~/Library/Application Support/Chromium/NativeMessagingHosts',
      '/Library/Application Support/Chromium/NativeMessagingHosts',
    ],
    windowsKey: 'Software\\Chromium\\NativeMessagingHosts',
  },
  {
    ...CHROMIUM,
    name: 'Edge',
    linux: ['$CONFIG/microsoft-edge/NativeMessagingHosts', '/etc/opt/edge/native-messaging-hosts'],
    darwin: [
      '~/Library/Application Support/Microsoft Edge/NativeMessagingHosts',
      '/Library/Microsoft/Edge/NativeMessagingHosts',
    ],
    windowsKey: 'Software\\Microsoft\\Edge\\NativeMessagingHosts',
  },
  {
    name: 'Firefox',
    field: 'allowed_extensions',
    caller: FIREFOX_EXTENSION_ID,
    linux: [
      '~/.mozilla/native-messaging-hosts',
      '/usr/lib/mozilla/native-messaging-hosts',
      '/usr/lib64/mozilla/native-messaging-hosts',
      '/usr/share/mozilla/native-messaging-hosts',
    ],
    darwin: [
      '~/Library/Application Support/Mozilla/NativeMessagingHosts',
      '/Library/Application Support/Mozilla/NativeMessagingHosts',
    ],
    windowsKey: 'Software\\Mozilla\\NativeMessagingHosts',
  },
];

/** Looks at each browser, and whether there is one at all. */
export async function* checkBrowsers(machine: Machine): AsyncGenerator<Step> {
  yield {
    check: 'browser',
    title: 'Looking for browsers that know the host',
    async run() {
      const findings: Finding[] = [];
      for (const browser of BROWSERS) findings.push(await examineBrowser(browser, machine));
      if (findings.some(({ details }) => details['registered'] === true)) return findings;
      const says = 'No browser knows the host. Install it again.';
      return [...findings, { check: 'browser', state: 'failed', says, details: {} }];
    },
  };
}

/** Where a browser looks for the manifest of a host called `name`, in its own order. */
export async function listManifestPaths(
  browser: Pick<Browser, 'linux' | 'darwin' | 'windowsKey'>,
  name: string,
  machine: Pick<Machine, 'platform' | 'home' | 'env' | 'readRegistry'>,
): Promise<readonly string[]> {
  if (machine.platform === 'win32') {
    const keys = ['HKCU', 'HKLM'].map((hive) => `${hive}\\${browser.windowsKey}\\${name}`);
    const paths = await Promise.all(keys.map((key) => machine.readRegistry(key)));
    return paths.filter((path) => path !== undefined);
  }
  const folders = machine.platform === 'darwin' ? browser.darwin : browser.linux;
  const configured = machine.env['XDG_CONFIG_HOME'];
  const config =
    configured !== undefined && posix.isAbsolute(configured) ? configured : '~/.config';
  return folders.map((folder) =>
    posix.join(
      folder.replace(/^\$CONFIG/, () => config).replace(/^~/, () => machine.home),
      `${name}.json`,
    ),
  );
}

/** The folders and keys of every browser. */
export { BROWSERS };

async function examineBrowser(browser: Browser, machine: Machine): Promise<Finding> {
  const { name } = browser;
  for (const path of await listManifestPaths(browser, HOST_NAME, machine)) {
    const text = await machine.readText(path);
    if (text === undefined) continue;
    const manifest = hideHome(path, machine.home);
    const problem = await findProblem({ text, path, browser, machine });
    const details = { browser: name, registered: true, manifest, problem: problem ?? null };
    if (problem === undefined) {
      return { check: 'browser', state: 'ok', says: `${name} knows the host.`, details };
    }
    const says = `${name} has a wrong entry for the host (${manifest}): ${problem}. Install it again.`;
    return { check: 'browser', state: 'failed', says, details };
  }
  const details = { browser: name, registered: false, manifest: null, problem: null };
  return { check: 'browser', state: 'ok', says: `${name} does not know the host.`, details };
}

async function findProblem(options: {
  text: string;
  path: string;
  browser: Browser;
  machine: Machine;
}): Promise<string | undefined> {
  const { text, path, browser, machine } = options;
  const manifest = parseObject(text);
  if (!manifest) return 'it is not JSON';
  if (manifest['name'] !== HOST_NAME || manifest['type'] !== 'stdio')
    return 'it is of another host';
  const callers = manifest[browser.field];
  if (!Array.isArray(callers) || !callers.includes(browser.caller)) {
    return 'it does not name our extension';
  }
  const program = manifest['path'];
  if (typeof program !== 'string') return 'it names no program';
  const isWindows = machine.platform === 'win32';
  if (!isWindows && !isAbsolute(program)) return 'its program is not an absolute path';
  // On Windows the path may be relative to the manifest.
  const found = await machine.findFile(
    isWindows ? win32.resolve(win32.dirname(path), program) : program,
  );
  if (found === 'absent') return 'its program is not there';
  return found === 'executable' || isWindows ? undefined : 'its program cannot be run';
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** A path without the name of the person whose home folder it is in, in whatever case: a registry has its own. */
export function hideHome(path: string, home: string): string {
  const isSame = path.slice(0, home.length).toLowerCase() === home.toLowerCase();
  const isBelow = home !== '' && isSame && /^[\\/]/.test(path.slice(home.length));
  return isBelow ? `~${path.slice(home.length)}` : path;
}
