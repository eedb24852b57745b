/**
 * A gateway, a browser without an extension, and sites to log in to: for tests of the gateway's pages.
 * The clock is the test's; cards are proved by a raw host. TEST ONLY.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { renderMessagePage } from '../../../gateway/login/message-page.ts';
import { type ErrorCode, isErrorCode } from '../../../gateway/protocol/errors.ts';
import type { Language } from '../../../gateway/protocol/fields.ts';
import { chatOf, createSecondSite, openSite, type Site } from '../attack/site.ts';
import { createLoginSteps, type LoginSteps } from '../gateway/login-steps.ts';
import { openRawBrowser } from '../gateway/raw-browser.ts';
import { startTestGateway, type TestGateway } from '../gateway/test-gateway.ts';
import { launchChromium } from './chromium.ts';
import { giveExtension, type LoginPart } from './scripted-extension.ts';

const STEP_MS = 45_000;
const SITE_PAGE =
  '<!doctype html><html lang="en"><title>A site</title><main><h1>A site TEST ONLY</h1></main></html>';
const SITE_HOSTS = ['chat.localhost', 'evil.localhost', 'club.localhost'] as const;
/** Everything about a child that a site can ask for. */
const IDENTITY = ['profile', 'birthdate', 'address', 'picture'];

/** The chat, a second site of another organisation, and one that asks who somebody is. */
export type SiteName = 'chat' | 'second' | 'club';

export interface PageStage {
  readonly gateway: TestGateway;
  readonly steps: LoginSteps;
  readonly browser: BrowserContext;
  /** Each return to a site's callback, the latest last. */
  readonly callbacks: readonly URL[];
  /** Moves the gateway's clock. */
  letTimePass(milliseconds: number): void;
  /** A part that proves the card of a test person, as a host would. */
  cardOf(person: string): LoginPart;
  /** A new tab, with an extension if there is a part for it. */
  openPage(options?: { extension?: LoginPart; browser?: BrowserContext }): Promise<Page>;
  /** From a site to its login page (or agreement page), in a new tab unless there is one. */
  openLoginPage(options?: {
    site?: SiteName;
    language?: Language;
    extension?: LoginPart;
    browser?: BrowserContext;
    page?: Page;
    parameters?: Record<string, string>;
  }): Promise<Page>;
  /** A message page as the gateway renders it, at an address of its own. */
  openMessagePage(code: ErrorCode, language: Language): Promise<Page>;
  /** Another browser, without cookies; on another device if the options say so. */
  openBrowser(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** Closes every tab but the browser's first, and other browsers. */
  closeTabs(): Promise<void>;
  stop(): Promise<void>;
}

/** Opens the stage; `stop` takes it down and removes its folder. */
export async function openPageStage(): Promise<PageStage> {
  let aheadMs = 0;
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-pages-'));
  const second = await createSecondSite();
  const club = await createSecondSite();
  const clubUri = 'https://club.localhost/callback';
  const gateway = await startTestGateway({
    now: () => new Date(Date.now() + aheadMs),
    clients: [
      { ...second.registration, site: { name: 'Bibliotheek Zonnebloem' } },
      {
        ...club.registration,
        clientId: 'club',
        site: { name: 'Judoclub De Beer' },
        organisation: 'Club TEST ONLY vzw',
        sector: 'club.localhost',
        redirectUris: [clubUri],
        ageThresholds: [],
        identity: { scopes: IDENTITY },
      },
    ],
  });
  const sites: Record<SiteName, Site> = {
    chat: await openSite(gateway, chatOf(gateway)),
    second: await openSite(gateway, second),
    club: await openSite(gateway, { ...club, clientId: 'club', redirectUri: clubUri }),
  };
  const steps = await createLoginSteps(gateway);
  const caFile = join(dir, 'web-ca.pem');
  writeFileSync(caFile, gateway.webCa);
  const callbacks: URL[] = [];
  const siteServer = await startSites(gateway, callbacks);
  const browser = await launchChromium({
    profileDir: join(dir, 'profile'),
    caFile,
    headless: true,
    viewport: { width: 1100, height: 900 },
    hostRules: siteServer.hostRules,
  });
  await prepareBrowser(browser, gateway);

  const others: BrowserContext[] = [];
  const openPage: PageStage['openPage'] = async (options = {}) => {
    const page = await (options.browser ?? browser).newPage();
    if (options.extension) await giveExtension(page, options.extension);
    return page;
  };

  return {
    gateway,
    steps,
    browser,
    callbacks,
    letTimePass: (milliseconds) => {
      aheadMs += milliseconds;
    },
    cardOf: (person) => async (ticket) => {
      const { status, body } = await steps.prove(ticket, await steps.cardOf(person));
      if (status === 200) return { completionCode: String(body['completionCode']) };
      return isErrorCode(body['code']) ? body['code'] : 'INTERNAL';
    },
    openPage,
    async openLoginPage(options = {}) {
      const { site = 'chat', language = 'en', parameters = {} } = options;
      const page = options.page ?? (await openPage(options));
      const scope = site === 'club' ? `openid ${IDENTITY.join(' ')}` : 'openid age_over_9';
      const asked = { scope, ui_locales: language, ...parameters };
      const { path } = await sites[site].start(asked);
      await page.goto(gateway.origin + path);
      return page;
    },
    async openMessagePage(code, language) {
      const page = await openPage();
      await page.goto(`${gateway.origin}/message/${code}/${language}`);
      return page;
    },
    async openBrowser(options = {}) {
      const context = await browser.browser()?.newContext(options);
      if (!context) throw new TypeError('the browser cannot be reached');
      await prepareBrowser(context, gateway);
      others.push(context);
      return context;
    },
    async closeTabs() {
      const [, ...tabs] = browser.pages();
      for (const tab of [...tabs, ...others.splice(0)]) await tab.close();
    },
    async stop() {
      await browser.close();
      siteServer.stop();
      await gateway.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The sites' own server: a page for every address, and a note of each callback. */
async function startSites(gateway: TestGateway, callbacks: URL[]) {
  const { certificatePem: cert, privateKeyPem: key } = gateway.pki.issueWebCertificate(SITE_HOSTS);
  const server = createServer({ cert, key }, ({ url = '/', headers }, response) => {
    const address = new URL(url, `https://${headers.host}`);
    if (address.pathname === '/callback') callbacks.push(address);
    response.setHeader('content-type', 'text/html').end(SITE_PAGE);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    hostRules: SITE_HOSTS.map((host) => `MAP ${host} 127.0.0.1:${port}`).join(),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Most codes end on a page of their own only when something else went wrong: rendered for an address. */
async function prepareBrowser(context: BrowserContext, gateway: TestGateway): Promise<void> {
  context.setDefaultTimeout(STEP_MS);
  await context.route(`${gateway.origin}/message/**`, async (route) => {
    const [, , code, language] = new URL(route.request().url()).pathname.split('/');
    const { headers } = await openRawBrowser(gateway).get('/login/none');
    const policy = String(headers['content-security-policy']);
    const body = renderMessagePage({
      language: language as Language,
      code: code as ErrorCode,
      backUrl: 'https://chat.localhost',
      siteName: 'Coucou',
      languageLinks: true,
      ...(code?.startsWith('SITE_') && { protocolName: 'invalid_redirect_uri' }),
    });
    await route.fulfill({
      contentType: 'text/html; charset=utf-8',
      headers: { 'content-security-policy': policy },
      body,
    });
  });
}
