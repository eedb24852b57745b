/**
 * Every web server that is not the gateway: sibling subdomains over https, and a man in the middle who
 * answers plain http under any name, the gateway's too. What it answers plants cookies. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright';
import type { OpenLogin } from '../gateway/login-steps.ts';
import { openRawBrowser, openRawRelyingParty } from '../gateway/raw-browser.ts';
import type { TestGateway } from '../gateway/test-gateway.ts';
import type { TestPki } from '../pki/test-pki.ts';
import { BROWSER_COOKIE, libraryCookiesOf, resumePathOf } from './planted-cookies.ts';

/** Chromium keeps 180 cookies of a site and, past that, throws out the oldest. */
const FLOOD_COUNT = 400;

export interface PlantingServer {
  readonly httpsPort: number;
  /** The sibling's own page, over https. */
  readonly siblingUrl: string;
  /** The same path of the gateway and of its sibling over plain http, on a port of its own. */
  plainUrls(path: string): string[];
  /** Leads a page to an address of this server, whose answer has these `Set-Cookie` lines. */
  plant(page: Page, url: string, lines: readonly string[]): Promise<void>;
  /** Plants from the sibling and over plain http, by header and by script; characters are Unicode. */
  plantFromEverywhere(page: Page, lines: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the server on two free ports of loopback. Over https it is the sibling and the `others`, with a
 * certificate of the web's own CA.
 */
export async function startPlantingServer(options: {
  pki: TestPki;
  gateway: string;
  sibling: string;
  others: readonly string[];
}): Promise<PlantingServer> {
  const { pki, gateway, sibling, others } = options;
  let cookies: readonly string[] = [];
  const answer: RequestListener = (_request, response) => {
    response.setHeader('set-cookie', cookies);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!doctype html><title>TEST ONLY</title>');
  };
  const { certificatePem, privateKeyPem } = pki.issueWebCertificate([sibling, ...others]);
  const https = createHttpsServer({ cert: certificatePem, key: privateKeyPem }, answer);
  const http = createHttpServer(answer);
  const httpsPort = await listen(https);
  const httpPort = await listen(http);
  const siblingUrl = `https://${sibling}:${httpsPort}/`;
  const plainUrls = (path: string) =>
    [gateway, sibling].map((name) => `http://${name}:${httpPort}${path}`);
  async function plant(page: Page, url: string, lines: readonly string[]): Promise<void> {
    cookies = lines;
    await page.goto(url);
    cookies = [];
  }
  return {
    httpsPort,
    siblingUrl,
    plainUrls,
    plant,
    async plantFromEverywhere(page, lines) {
      for (const url of [siblingUrl, ...plainUrls('/')]) {
        await plant(page, url, lines.flatMap(encodeForHeader));
        await plantByScript(page, lines);
      }
    },
    async stop() {
      await Promise.all([https, http].map(close));
    },
  };
}

/** What a script of the page's own origin can plant, a cookie a line. */
export async function plantByScript(page: Page, lines: readonly string[]): Promise<void> {
  await page.evaluate((texts) => {
    const { document } = globalThis as unknown as { document: { cookie: string } };
    for (const text of texts) document.cookie = text;
  }, lines);
}

/**
 * A name, and names that look like it to one reader and not to another. Characters are Unicode, as a
 * script has them.
 */
export function lookAlikesOf(name: string): string[] {
  return [
    name,
    name.toLowerCase(),
    name.toUpperCase(),
    // Without a name of its own, a cookie goes out as its value alone.
    `=${name}`,
    ` ${name}`,
    `\t${name}`,
    `"${name}`,
    `.${name}`,
    `${name}\u00a0`,
    // Space to `trim()` and to others, not to a browser: a name after it has no prefix.
    ...['\u00a0', '\u0085', '\u2000', '\ufeff'].map((space) => `${space}${name}`),
  ];
}

/**
 * How text can go over the wire in a header, whose characters are bytes: in UTF-8, and a byte for each
 * character where that can be.
 */
export function encodeForHeader(text: string): string[] {
  const encoded = Buffer.from(text, 'utf8').toString('latin1');
  return encoded === text || /[^\0-\xff]/.test(text) ? [encoded] : [encoded, text];
}

/** `Set-Cookie` lines for all that looks like a cookie, with every way to reach a gateway's host. */
export function lookAlikeLines(
  [name, value]: readonly [string, string],
  reach: { domains: readonly string[]; paths: readonly string[] },
): string[] {
  const domains = ['', ...reach.domains.map((domain) => `; Domain=${domain}`)];
  const scopes = reach.paths.flatMap((path) =>
    domains.flatMap((domain) => ['; Secure', ''].map((secure) => `Path=${path}${domain}${secure}`)),
  );
  return lookAlikesOf(name).flatMap((each) => scopes.map((scope) => `${each}=${value}; ${scope}`));
}

/** More cookies than a browser keeps, with these attributes. */
export function floodLines(attributes: string): string[] {
  return Array.from({ length: FLOOD_COUNT }, (_, index) => `flood-${index}=1; ${attributes}`);
}

/** A login that an attacker opened in a browser of its own, and the library's cookies of it. */
export interface Attack extends OpenLogin {
  readonly cookies: ReadonlyMap<string, string>;
  /** The `Set-Cookie` lines as the gateway sent them, but for a whole site. */
  readonly lines: readonly string[];
}

/** Opens a login to plant into another browser, on every subdomain of `site`. */
export async function startAttack(gateway: TestGateway, site: string): Promise<Attack> {
  const relyingParty = await openRawRelyingParty(gateway);
  const browser = openRawBrowser(gateway);
  const { headers } = await browser.get(await relyingParty.start());
  const lines = [headers['set-cookie'] ?? []]
    .flat()
    .filter((line) => !line.startsWith(`${BROWSER_COOKIE}=`))
    .map((line) => `${line}; Domain=${site}`);
  const cookies = libraryCookiesOf(browser);
  return { browser, page: String(headers['location']), cookies, lines };
}

/**
 * The control of a planting: all four cookies lie in a browser's jar, for the whole site, under the
 * library's own paths, and would go to the gateway.
 */
export async function assertPlanted(
  victim: BrowserContext,
  { attack, origin, site }: { attack: Attack; origin: string; site: string },
): Promise<void> {
  const { page, cookies } = attack;
  const sent = await victim.cookies([origin + page, origin + resumePathOf(attack)]);
  const taken = sent
    .filter(({ name, domain }) => cookies.has(name) && domain === `.${site}`)
    .map(({ name, value, path }) => `${name}=${value} ${path}`);
  const interaction = '__Secure-kids-id-interaction';
  const resume = '__Secure-kids-id-resume';
  const wanted = [interaction, `${interaction}.sig`, resume, `${resume}.sig`].map((name) => {
    const path = name.startsWith(resume) ? resumePathOf(attack) : page;
    return `${name}=${cookies.get(name)} ${path}`;
  });
  assert.deepEqual(taken.sort(), wanted.sort());
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/**
 * Asserts that no cookie of the library's names the login of this address: its page says that it is another
 * browser's, and its tickets that there is no such login.
 */
export async function assertUnknown(page: Page, url: string): Promise<void> {
  await page.goto(url);
  const code = await page.locator('[data-code]').getAttribute('data-code');
  const reply = await page.evaluate(async (address) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(address, { method: 'POST', headers, body: '{}' })).text();
  }, `${url}/ticket`);
  assert.deepEqual([code, reply], ['LOGIN_OTHER_BROWSER', '{"code":"LOGIN_EXPIRED"}']);
  assert.equal(await page.locator('button, [data-uid]').count(), 0);
}
