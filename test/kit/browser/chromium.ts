/**
 * Starts Debian's Chromium with the extension, in a profile of its own: its own HOME (so that a test
 * CA is trusted there and nowhere else), its own native host manifest, and nothing that phones out.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright';
import { EXTENSION_ID } from '../../../extension/package/extension-id.ts';
import { HOST_NAME } from '../../../gateway/protocol/host-messages.ts';

const EXECUTABLE = '/usr/bin/chromium';
const COMMAND_TIMEOUT_MS = 20_000;
const LAUNCH_TIMEOUT_MS = 60_000;

const QUIET_FLAGS = [
  '--disable-background-networking',
  '--disable-client-side-phishing-detection',
  '--disable-component-extensions-with-background-pages',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-field-trial-config',
  '--disable-search-engine-choice-screen',
  '--disable-sync',
  '--metrics-recording-only',
  '--no-default-browser-check',
  '--no-first-run',
  '--no-pings',
  '--password-store=basic',
  '--use-mock-keychain',
  '--disable-features=MediaRouter,OptimizationHints,Translate,AutofillServerCommunication,CertificateTransparencyComponentUpdater,DialMediaRouteProvider',
];

const run = promisify(execFile);

export interface ChromiumOptions {
  /** Folder for everything that the browser writes; made when it is not there. */
  readonly profileDir: string;
  /** Folder of an unpacked extension, or none for a browser without it. */
  readonly extensionDir?: string;
  /** Absolute path of the executable that starts the native host, or none for a computer without it. */
  readonly hostLauncher?: string;
  /** PEM file of the authority to trust for web sites. */
  readonly caFile: string;
  /** Added to the environment of the browser, and so of the host. */
  readonly env?: Readonly<Record<string, string>>;
  readonly headless: boolean;
  /** Size of pages; without it, whatever their windows are. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Lets {@link installExtension} install one later. */
  readonly installable?: boolean;
  /** Where names lead that the system does not know, as `--host-resolver-rules` takes them. */
  readonly hostRules?: string;
}

/** Launches the browser and resolves when the extension's worker, if there is one, runs. */
export async function launchChromium(options: ChromiumOptions): Promise<BrowserContext> {
  const { profileDir, extensionDir, hostLauncher, caFile, env, headless, viewport } = options;
  const home = join(profileDir, 'home');
  const userData = join(profileDir, 'chromium');
  await trustAuthority(home, caFile);
  if (hostLauncher !== undefined) await registerHost(userData, hostLauncher);
  const context = await chromium.launchPersistentContext(userData, {
    executablePath: EXECUTABLE,
    headless,
    // Chromium refuses its sandbox to root.
    chromiumSandbox: process.getuid?.() !== 0,
    viewport: viewport ?? null,
    // Playwright's own flag would leave an extension that is installed later switched off.
    ignoreDefaultArgs: options.installable ? ['--disable-extensions'] : [],
    timeout: LAUNCH_TIMEOUT_MS,
    env: { ...browserEnvironment(home), ...env },
    args: [
      ...QUIET_FLAGS,
      // Headless windows are 780 pixels wide else, which nobody has.
      '--window-size=1100,900',
      ...(options.installable ? ['--enable-unsafe-extension-debugging'] : []),
      ...(options.hostRules === undefined ? [] : [`--host-resolver-rules=${options.hostRules}`]),
      ...(extensionDir === undefined
        ? []
        : [`--disable-extensions-except=${extensionDir}`, `--load-extension=${extensionDir}`]),
    ],
  });
  if (extensionDir !== undefined && context.serviceWorkers().length === 0) {
    await context.waitForEvent('serviceworker', { timeout: LAUNCH_TIMEOUT_MS });
  }
  return context;
}

/** The PIN window of this extension: the one open now, or the next one to open. */
export async function waitForPinWindow(context: BrowserContext): Promise<Page> {
  const isPinWindow = (page: Page) => page.url().startsWith(`chrome-extension://${EXTENSION_ID}/`);
  const open = context.pages().find(isPinWindow);
  if (open !== undefined) return open;
  return context.waitForEvent('page', { predicate: isPinWindow, timeout: 15_000 });
}

/** Installs an unpacked extension while the browser runs, as a person does. */
export async function installExtension(context: BrowserContext, dir: string): Promise<void> {
  const session = await context.browser()?.newBrowserCDPSession();
  if (session === undefined) throw new TypeError('the browser cannot be reached');
  // The method is too new for Playwright's types.
  const send = session.send as (method: string, params: object) => Promise<unknown>;
  await send.call(session, 'Extensions.loadUnpacked', { path: dir });
}

/** What is missing on this machine to run {@link launchChromium}; empty when nothing is. */
export async function findChromiumProblems(): Promise<readonly string[]> {
  const problems: string[] = [];
  if (!(await isThere(EXECUTABLE))) problems.push(`no ${EXECUTABLE} (Debian package chromium)`);
  if (!(await isThere('/usr/bin/certutil'))) {
    problems.push('no /usr/bin/certutil (Debian package libnss3-tools)');
  }
  return problems;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The test authority goes into the throw-away HOME's NSS store, where Chromium on Linux looks. */
async function trustAuthority(home: string, caFile: string): Promise<void> {
  const folder = join(home, '.pki/nssdb');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const store = `sql:${folder}`;
  const timeout = COMMAND_TIMEOUT_MS;
  if (!(await isThere(join(folder, 'cert9.db')))) {
    await run('certutil', ['-d', store, '-N', '--empty-password'], { timeout });
  }
  const name = 'TEST ONLY authority';
  await run('certutil', ['-d', store, '-A', '-t', 'C,,', '-n', name, '-i', caFile], { timeout });
}

async function registerHost(userData: string, launcher: string): Promise<void> {
  const folder = join(userData, 'NativeMessagingHosts');
  await mkdir(folder, { recursive: true });
  const manifest = {
    name: HOST_NAME,
    description: 'Kids-ID native host',
    path: launcher,
    type: 'stdio',
    allowed_origins: [`chrome-extension://${EXTENSION_ID}/`],
  };
  await writeFile(join(folder, `${HOST_NAME}.json`), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** HOME is thrown away, but the display's key stays where the real one is. */
function browserEnvironment(home: string): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) inherited[name] = value;
  }
  return {
    ...inherited,
    HOME: home,
    XAUTHORITY: inherited['XAUTHORITY'] ?? join(homedir(), '.Xauthority'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
  };
}
