/**
 * What tests of the diagnosis page have in common: a gateway, a Chromium with the extension, and a host whose reader
 * comes and goes. No site and no login take part. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { buildExtension } from '../../extension/package/build-extension.ts';
import { HOPS } from '../../gateway/protocol/diagnosis.ts';
import type { Language } from '../../gateway/protocol/fields.ts';
import { launchChromium } from '../kit/browser/chromium.ts';
import type { VirtualCardOptions } from '../kit/card/virtual-card.ts';
import { createVirtualCard, type VirtualCard } from '../kit/card/virtual-card.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { personalise } from '../kit/pki/personalise.ts';
import { writeHostFiles } from '../kit/start/host-files.ts';
import { getPerson } from '../kit/start/wrong-turns.ts';

export interface DiagnosisStage {
  readonly gateway: TestGateway;
  readonly dir: string;
  readonly caFile: string;
  readonly extensionDir: string;
  readonly browser: BrowserContext;
  /** What the browser starts as the host. */
  readonly hostLauncher: string;
  cardOf(name: string, options?: VirtualCardOptions): Promise<VirtualCard>;
  /** Opens the page in a tab of its own. */
  openPage(language?: Language): Promise<Page>;
  stop(): Promise<void>;
}

const STEP_MS = 45_000;

/** `pcsc`: the host as it is released; `socket`: with a card on a local socket in place of PC/SC. */
export async function openDiagnosisStage(host: {
  kind: 'pcsc' | 'socket';
  env: Readonly<Record<string, string>>;
}): Promise<DiagnosisStage> {
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-diagnosis-'));
  const gateway = await startTestGateway();
  const caFile = join(dir, 'web-ca.pem');
  writeFileSync(caFile, gateway.webCa);
  const { origin } = gateway;
  const extensionDir = join(dir, 'extension');
  await buildExtension({ outDir: extensionDir, gateways: [origin] });
  const connectionKey = gateway.connectionKeyThumbprint;
  const hostLauncher = writeHostFiles({
    home: join(dir, 'home'),
    slot: host,
    gateways: [{ origin, connectionKey, certificateAuthority: caFile }],
  });
  const profileDir = join(dir, 'profile');
  const options = { profileDir, extensionDir, hostLauncher, caFile, headless: true };
  const browser = await launchChromium(options);
  browser.setDefaultTimeout(STEP_MS);
  return {
    gateway,
    dir,
    caFile,
    extensionDir,
    browser,
    hostLauncher,
    async cardOf(name, cardOptions) {
      const { pki } = gateway;
      const contents = await personalise({ person: getPerson(name), pki, now: new Date() });
      return createVirtualCard(contents, cardOptions);
    },
    async openPage(language = 'en') {
      const page = await browser.newPage();
      await page.goto(`${origin}/diagnosis?lang=${language}`);
      return page;
    },
    async stop() {
      await browser.close();
      await gateway.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/**
 * Waits until the hops say this, in their order: `ready`, `waiting` or a code each. Screens go to the folder
 * KIDS_ID_SHOTS, where that is set.
 */
export async function expectHops(page: Page, ...outcomes: readonly string[]): Promise<void> {
  const wanted = HOPS.map((hop, at) => `[data-hop="${hop}"][data-outcome="${outcomes[at]}"]`);
  try {
    for (const selector of wanted) await page.locator(selector).waitFor();
  } catch (cause) {
    const shown = page.locator('[data-hop]');
    const said = await shown.evaluateAll((hops) => hops.map((hop) => hop.dataset['outcome']));
    throw new Error(`the page shows ${said.join()}`, { cause });
  }
  assert.equal(await page.locator('[data-hop]').count(), HOPS.length);
  const shots = process.env['KIDS_ID_SHOTS'];
  if (!shots) return;
  const language = await page.locator('html').getAttribute('lang');
  const end = outcomes.find((outcome) => outcome !== 'ready') ?? 'ready';
  for (const [name, width] of [
    ['wide', 1100],
    ['narrow', 360],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({
      path: join(shots, `diagnosis-${end}-${language}-${name}.png`),
      fullPage: true,
    });
  }
}
