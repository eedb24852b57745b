/**
 * Everything that a test of the extension needs, set up once: the login site, the built extension, a
 * Chromium with it, and a scripted host whose part each test writes.
 */
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { buildExtension } from '../../../extension/package/build-extension.ts';
import { HOST_NAME } from '../../../gateway/protocol/host-messages.ts';
import { launchChromium, waitForPinWindow } from './chromium.ts';
import { type LoginSite, makeWebCertificate, startLoginSite } from './login-site.ts';
import type { HostPart } from './scripted-host.ts';

/** The part of a host that asks for the PIN at once and takes 4862. */
const PLAIN_PART: HostPart = {
  protocol: 1,
  stages: ['connecting', 'reading'],
  stopAfterStages: false,
  site: { name: 'Chat for Kids' },
  disclosure: { ageOver: [], requireAge: { min: 6, below: 13 }, pseudonym: true },
  pin: [4, 8, 6, 2],
  cards: [],
  onReader: false,
  triesLeft: 3,
  completionCode: `${'C'.repeat(42)}A`,
};

export interface ExtensionStage {
  readonly context: BrowserContext;
  readonly site: LoginSite;
  /** The origin that the extension lists. */
  readonly origin: string;
  /** The same server under a name that the extension does not list. */
  readonly otherOrigin: string;
  readonly completionCode: string;
  readonly caFile: string;
  readonly extensionDir: string;
  readonly dir: string;
  /** Writes the host's next part: the plain one with changes. */
  setPart(changes?: Partial<HostPart>): Promise<void>;
  /** What the host has heard since the last part was set. PINs are noted as right or wrong only. */
  readHeard(): Promise<readonly { type: string; right?: boolean; index?: number }[]>;
  /** Runs `act` while the browser cannot find a host. */
  withoutHost(act: () => Promise<void>): Promise<void>;
  /** Opens the login page and presses the button. */
  openLogin(language?: string): Promise<{ page: Page; pinWindow: Page }>;
  stop(): Promise<void>;
}

/** Builds the stage; `stop` takes it down and removes its folder. */
export async function openExtensionStage(): Promise<ExtensionStage> {
  const dir = await mkdtemp(join(tmpdir(), 'kids-id-stage-'));
  const certificate = await makeWebCertificate(dir, ['gateway.localhost', 'other.localhost']);
  const { site: shownSite, disclosure } = PLAIN_PART;
  const site = await startLoginSite({ certificate, site: shownSite, disclosure });
  const origin = `https://gateway.localhost:${site.port}`;
  const extensionDir = join(dir, 'extension');
  await buildExtension({ outDir: extensionDir, gateways: [origin] });

  const partFile = join(dir, 'part.json');
  const logFile = join(dir, 'heard.jsonl');
  const hostLauncher = join(dir, 'host');
  const host = join(import.meta.dirname, 'scripted-host.ts');
  const command = [process.execPath, host, partFile, logFile].map((word) => `'${word}'`).join(' ');
  await writeFile(hostLauncher, `#!/bin/sh\nexec ${command}\n`, { mode: 0o755 });

  const profileDir = join(dir, 'profile');
  const { caFile } = certificate;
  const browser = { profileDir, extensionDir, hostLauncher, caFile, headless: true };
  const context = await launchChromium(browser);
  context.setDefaultTimeout(15_000);
  const hostManifest = join(profileDir, `chromium/NativeMessagingHosts/${HOST_NAME}.json`);

  return {
    context,
    site,
    origin,
    otherOrigin: `https://other.localhost:${site.port}`,
    completionCode: PLAIN_PART.completionCode,
    caFile,
    extensionDir,
    dir,
    async setPart(changes = {}) {
      await writeFile(partFile, JSON.stringify({ ...PLAIN_PART, ...changes }));
      await writeFile(logFile, '');
    },
    async readHeard() {
      const lines = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line));
    },
    async withoutHost(act) {
      await rename(hostManifest, `${hostManifest}.away`);
      try {
        await act();
      } finally {
        await rename(`${hostManifest}.away`, hostManifest);
      }
    },
    async openLogin(language = 'en') {
      const page = await context.newPage();
      await page.goto(`${origin}/login/abc?lang=${language}`);
      await page.click('#log-in');
      return { page, pinWindow: await waitForPinWindow(context) };
    },
    async stop() {
      await context.close();
      await site.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * A script for a bare page: sends messages to the extension in order and resolves with what came
 * back within `waitMs`. Given as text, since it runs in the page.
 */
export function askExtension(messages: readonly object[], waitMs: number): string {
  return `new Promise((resolve) => {
    const replies = [];
    addEventListener('message', ({ data }) => data?.kidsId === 'page' && replies.push(data.message));
    for (const message of ${JSON.stringify(messages)}) {
      postMessage({ kidsId: 'extension', message }, location.origin);
    }
    setTimeout(() => resolve(replies), ${waitMs});
  })`;
}
