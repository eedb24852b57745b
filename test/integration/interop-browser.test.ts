/**
 * A relying party without a server: a page of another origin in a real Chromium, with oidc-client-ts set up
 * as docs/RELYING-PARTIES.md says, against the real gateway.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright';
import { findChromiumProblems, launchChromium } from '../kit/browser/chromium.ts';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { adapt, readGuideBlock } from '../kit/interop/guide-block.ts';
import { claimPort } from '../kit/start/ports.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('a page with oidc-client-ts as a public client', {
  skip: (await findChromiumProblems()).join('; ') || false,
  timeout: 90_000,
}, () => {
  let dir: string;
  let gateway: TestGateway;
  let steps: LoginSteps;
  let site: Server;
  let browser: BrowserContext;
  let origin: string;
  let strangerOrigin: string;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kids-id-interop-'));
    const port = await claimPort(0);
    origin = `https://pool.localhost:${port}`;
    strangerOrigin = `https://stranger.localhost:${port}`;
    const registration = adapt(await readGuideBlock('pool.json'), {
      'https://pool.example': origin,
    });
    gateway = await startTestGateway({ clients: [JSON.parse(registration)] });
    steps = await createLoginSteps(gateway);
    const script = await bundle(
      adapt(await readGuideBlock('pool.ts'), {
        'https://gateway.example': gateway.origin,
        'https://pool.example': origin,
      }),
    );
    const { certificatePem: cert, privateKeyPem: key } = gateway.pki.issueWebCertificate([
      'pool.localhost',
      'stranger.localhost',
    ]);
    site = createServer({ cert, key }, (request, response) => {
      const isScript = request.url === '/pool.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? script : PAGE);
    });
    await once(site.listen(port, '127.0.0.1'), 'listening');
    const caFile = join(dir, 'ca.pem');
    writeFileSync(caFile, gateway.webCa);
    browser = await launchChromium({ profileDir: join(dir, 'profile'), caFile, headless: true });
    browser.setDefaultTimeout(15_000);
  });

  after(async () => {
    await browser?.close();
    site?.close();
    site?.closeAllConnections();
    await gateway?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('signs in, and reads the token over CORS from the origin that is registered', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/`);
    await page.locator('#sign-in').click();
    await proveOn(page, 'emma');
    const answer = page.locator('#answer');
    await answer.filter({ hasText: /\S/ }).waitFor();
    assert.equal(await answer.textContent(), 'between 6 and 12');
    assert.equal(new URL(page.url()).search, '', 'the code stays in the address');
    await page.close();
  });

  it('shows a person who gives up, or is too old, a friendly refusal', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/`);
    await page.locator('#sign-in').click();
    await page.waitForURL(`${gateway.origin}/login/**`);
    const { pathname } = new URL(page.url());
    const { location } = await post(page, `${pathname}/cancel`, {});
    await page.goto(`${gateway.origin}${location}`);
    const answer = page.locator('#answer');
    await answer.filter({ hasText: /\S/ }).waitFor();
    assert.equal(await answer.textContent(), 'not this time');
    await page.close();
  });

  it('is answered on no other origin (Fetch §3.2): token endpoint and pushed requests', async () => {
    const ask = async (from: string, path: string) => {
      const page = await browser.newPage();
      await page.goto(`${from}/`);
      const outcome = await page.evaluate(
        async (url) =>
          fetch(url, { method: 'POST', body: new URLSearchParams({ client_id: 'pool' }) }).then(
            ({ status }) => status,
            () => 'refused by the browser',
          ),
        `${gateway.origin}${path}`,
      );
      await page.close();
      return outcome;
    };
    for (const path of ['/token', '/par']) {
      assert.equal(await ask(strangerOrigin, path), 'refused by the browser', path);
      assert.equal(await ask(origin, path), 400, path);
    }
  });

  /** On the gateway's login page: the card answers, and the page goes where the gateway says. */
  async function proveOn(page: Page, name: string): Promise<void> {
    await page.waitForURL(`${gateway.origin}/login/**`);
    const { pathname } = new URL(page.url());
    const { ticket } = await post(page, `${pathname}/ticket`, {});
    const completionCode = await steps.proveCard(String(ticket), await steps.cardOf(name));
    const { location } = await post(page, `${pathname}/complete`, { completionCode });
    await page.goto(`${gateway.origin}${location}`);
  }
});

/** A same-origin request of the page, as its own script makes it. */
async function post(page: Page, path: string, body: object): Promise<Record<string, unknown>> {
  return page.evaluate(
    async ({ url, text }): Promise<Record<string, unknown>> => {
      const headers = { 'content-type': 'application/json' };
      const reply = await fetch(url, { method: 'POST', headers, body: text });
      return (await reply.json()) as Record<string, unknown>;
    },
    { url: path, text: JSON.stringify(body) },
  );
}

async function bundle(source: string): Promise<string> {
  const result = await build({
    stdin: { contents: source, loader: 'ts', resolveDir: ROOT },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  return result.outputFiles[0]?.text ?? '';
}

const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>TEST ONLY pool</title>
<button id="sign-in">Sign in with your card</button><p id="answer"></p>
<script type="module" src="/pool.js"></script>`;
