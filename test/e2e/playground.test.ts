/** The playground in a real browser, with the virtual card, as somebody who builds a site uses it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { BrowserContext, Page } from 'playwright';
import { findViolations } from '../kit/browser/axe.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { adapt, readGuideBlock } from '../kit/interop/guide-block.ts';
import { openExampleFolder } from '../kit/interop/run-example.ts';
import { openPinWindow } from '../kit/start/journey.ts';
import { claimPort } from '../kit/start/ports.ts';
import { startWorld, type World } from '../kit/start/world.ts';
import { getPerson, typePin } from '../kit/start/wrong-turns.ts';

const ROOT = join(import.meta.dirname, '../..');
const STEP_MS = 30_000;

describe('the playground', {
  skip: (await findChromiumProblems()).join('; ') || false,
  timeout: 290_000,
}, () => {
  let dir: string;
  let world: World;
  let browser: BrowserContext;
  const complaints: string[] = [];

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kids-id-play-'));
    world = await startWorld({ dir, ports: { gateway: 0, chat: 0, ocsp: 0 }, slot: 'socket' });
    await world.insertCardOf(getPerson('emma'));
    browser = await world.openBrowser({ headless: true });
    browser.setDefaultTimeout(STEP_MS);
    // A strict policy that is broken says so in the console (CSP, Trusted Types).
    browser.on('console', (message) => {
      if (/policy|TrustedHTML/i.test(message.text())) complaints.push(message.text());
    });
    browser.on('weberror', (error) => complaints.push(error.error().message));
  });

  after(async () => {
    await world?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('shows every message of a login, and what each claim means', async () => {
    const page = await open();
    await page.locator('input[name=age][value="12"]').check();
    await page.locator('#start').click();
    await proveAs(page, 'emma');
    assert.deepEqual(await titlesOf(page), [
      'Discovery',
      'Registration',
      'Pushed request',
      'To the gateway, and the card',
      'The answer',
      'Token request',
      'ID token',
    ]);
    assert.match(await claimOf(page, 'age_over_9'), /false.*9th birthday has not come yet/);
    assert.match(await claimOf(page, 'age_over_12'), /false.*12th birthday has not come yet/);
    assert.match(await claimOf(page, 'acr'), /urn:kids-id:acr:card-pin.*How sure/);
    assert.equal(await page.locator('[data-problem]').count(), 0);
    assert.equal(new URL(page.url()).search, '', 'the code stays in the address');
    await shoot(page, 'id-token');
    await page.close();
  });

  it('uses the client again for the same choice, so that sub can be compared', async () => {
    const page = await open();
    await page.locator('input[name=subject][value=pairwise]').check();
    await page.locator('input[name=client][value=none]').check();
    const subs: string[] = [];
    for (let login = 1; login <= 2; login += 1) {
      await page.locator('#start').click();
      await proveAs(page, 'emma');
      subs.push(await claimOf(page, 'sub'));
    }
    assert.equal(subs[0], subs[1]);
    await page.close();
  });

  it('shows what a child agreed to tell, from userinfo, for a client with a private key', async () => {
    const page = await open();
    await page.locator('input[name=identity][value=profile]').check();
    await page.locator('input[name=identity][value=picture]').check();
    await page.locator('input[name=child-basis]').check();
    await page.locator('input[name=client][value=private_key_jwt]').check();
    await shoot(page, 'choices');
    await page.locator('#start').click();
    await page.waitForURL(/\/agreement/);
    for (const box of await page.locator('main form input[type=checkbox]').all()) await box.check();
    await page.locator('main form button[type=submit]').first().click();
    await proveAs(page, 'emma');
    assert.equal((await titlesOf(page)).at(-1), 'Userinfo');
    assert.match(await claimOf(page, 'given_name'), /Emma Louise/);
    assert.deepEqual(await findViolations(page), []);
    assert.match((await page.locator('img.photo').getAttribute('src')) ?? '', /^data:image\//);
    await shoot(page, 'userinfo');
    await page.close();
  });

  it('says in words what went wrong: ages too close, and a card that is turned away', async () => {
    const page = await open();
    for (const age of ['12', '13']) await page.locator(`input[name=age][value="${age}"]`).check();
    await page.locator('#start').click();
    const problem = page.locator('[data-problem]');
    await problem.waitFor();
    assert.equal(await problem.getAttribute('data-problem'), 'invalid_client_metadata');
    assert.match((await problem.textContent()) ?? '', /three years apart/);

    for (const age of ['9', '12', '13']) {
      await page.locator(`input[name=age][value="${age}"]`).uncheck();
    }
    await page.locator('select[name=min]').selectOption('13');
    await page.locator('#start').click();
    await page.locator('#log-in').waitFor();
    const pinWindow = await openPinWindow(browser, page);
    await typePin(pinWindow, getPerson('emma').pin);
    await page.locator('#status [data-code=AGE_OUTSIDE]').waitFor();
    await page.locator('#status [data-action=back]').click();
    await problem.waitFor();
    assert.equal(await problem.getAttribute('data-problem'), 'access_denied');
    assert.deepEqual(await findViolations(page), []);
    await shoot(page, 'refused');
    await page.setViewportSize({ width: 390, height: 800 });
    const scrollWidth = await page.evaluate('document.documentElement.scrollWidth');
    assert.ok(Number(scrollWidth) <= 390, 'wider than a telephone');
    await shoot(page, 'narrow');
    await page.close();
  });

  it('hands out the program of the guide, which logs in as it stands', async () => {
    await browser.grantPermissions(['clipboard-read', 'clipboard-write'], {
      origin: world.gatewayOrigin,
    });
    const page = await open();
    await page.locator('#copy').click();
    await page.locator('#copied').filter({ hasText: 'Copied.' }).waitFor();
    const program = String(await page.evaluate('navigator.clipboard.readText()'));
    assert.equal(
      program,
      adapt(await readGuideBlock('first-login.mjs'), {
        'https://gateway.localhost:8443': world.gatewayOrigin,
      }),
    );
    const port = await claimPort(0);
    const site = `http://127.0.0.1:${port}`;
    const folder = await openExampleFolder();
    const file = await folder.write(
      'first-login.mjs',
      adapt(program, { 'http://127.0.0.1:3000': site, 'listen(3000': `listen(${port}` }),
    );
    const preload = join(ROOT, 'test/kit/start/localhost.ts');
    const child = spawn(process.execPath, ['--import', preload, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: join(dir, 'web-ca.pem') },
    });
    try {
      await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
      assert.equal(child.exitCode, null, 'the program ended');
      await page.goto(site);
      await page.locator('#log-in').waitFor();
      await typePin(await openPinWindow(browser, page), getPerson('emma').pin);
      await page.waitForURL(`${site}/callback?**`);
      const claims = JSON.parse((await page.locator('body').textContent()) ?? '');
      assert.equal(claims.age_over_9, false);
      assert.equal(claims.acr, 'urn:kids-id:acr:card-pin');
    } finally {
      child.kill();
      await folder.remove();
    }
    await page.close();
  });

  it('breaks no rule of the page: CSP and Trusted Types', () => {
    assert.deepEqual(complaints, []);
  });

  it('is not there outside development', async () => {
    const config = join(dir, 'gateway/config.json');
    await world.gateway.stop();
    const { development: _, ...rest } = JSON.parse(readFileSync(config, 'utf8'));
    writeFileSync(config, JSON.stringify(rest));
    await world.startGatewayAgain();
    for (const path of ['/playground', '/playground/callback', '/reg']) {
      assert.equal(await statusOf(path), 404, path);
    }
  });

  async function open(): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`${world.gatewayOrigin}/playground`);
    await page.locator('#start:enabled').waitFor();
    return page;
  }

  /** From the login page back to the playground. */
  async function proveAs(page: Page, name: string): Promise<void> {
    await page.locator('#log-in').waitFor();
    await typePin(await openPinWindow(browser, page), getPerson(name).pin);
    await page.waitForURL(`${world.gatewayOrigin}/playground`);
    await page.locator('#story:visible').waitFor();
  }

  async function statusOf(path: string): Promise<number | undefined> {
    const [response] = await once(
      get({
        host: '127.0.0.1',
        port: world.ports.gateway,
        path,
        servername: 'gateway.localhost',
        headers: { host: new URL(world.gatewayOrigin).host },
        ca: readFileSync(join(dir, 'web-ca.pem')),
        agent: false,
      }),
      'response',
    );
    response.resume();
    return response.statusCode;
  }
});

function titlesOf(page: Page): Promise<string[]> {
  return page.locator('#steps h3').allTextContents();
}

async function claimOf(page: Page, name: string): Promise<string> {
  const cells = await page.locator(`[data-claim="${name}"]`).locator('th, td').allTextContents();
  return cells.join(' ');
}

/** Screens go to the folder KIDS_ID_SHOTS, where that is set. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['KIDS_ID_SHOTS'];
  if (folder)
    await page.screenshot({ path: join(folder, `playground-${name}.png`), fullPage: true });
}
