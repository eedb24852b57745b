/**
 * Cookies planted into a real Chromium, from a sibling subdomain and from plain http (design §2 "A
 * cookie of our own", §7). No extension and no host: cards are proved by raw clients. What the gateway
 * does with cookies that no browser sends stands in attack-cookie.test.ts.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright';
import { BROWSER_COOKIE, resumePathOf } from '../kit/attack/planted-cookies.ts';
import {
  type Attack,
  assertPlanted,
  assertUnknown,
  encodeForHeader,
  floodLines,
  lookAlikeLines,
  lookAlikesOf,
  type PlantingServer,
  plantByScript,
  startAttack,
  startPlantingServer,
} from '../kit/attack/planting-server.ts';
import { findChromiumProblems, launchChromium } from '../kit/browser/chromium.ts';
import { createLoginSteps, type LoginSteps, type OpenLogin } from '../kit/gateway/login-steps.ts';
import type { RawCard } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

const SITE = 'kids-id.test';
const GATEWAY = `gateway.${SITE}`;
const STEP_MS = 45_000;
const FLOOD_PATH = '/flood';
const FLOOD_SCOPE = `Domain=${SITE}; Path=${FLOOD_PATH}`;

const skip = (await findChromiumProblems()).join('; ') || false;

let dir: string;
let gateway: TestGateway;
let steps: LoginSteps;
let emma: RawCard;
let planter: PlantingServer;
let victim: BrowserContext;
let page: Page;

before(async () => {
  if (skip) return;
  dir = mkdtempSync(join(tmpdir(), 'kids-id-planted-'));
  gateway = await startTestGateway({ hostname: GATEWAY });
  steps = await createLoginSteps(gateway);
  emma = await steps.cardOf('emma');
  const { hostname: chat } = new URL(gateway.redirectUri);
  planter = await startPlantingServer({
    pki: gateway.pki,
    gateway: GATEWAY,
    sibling: `evil.${SITE}`,
    others: [chat],
  });
  const caFile = join(dir, 'web-ca.pem');
  writeFileSync(caFile, gateway.webCa);
  victim = await launchChromium({
    profileDir: join(dir, 'profile'),
    caFile,
    headless: true,
    hostRules: `MAP *.${SITE} 127.0.0.1, MAP ${chat} 127.0.0.1:${planter.httpsPort}`,
  });
  victim.setDefaultTimeout(STEP_MS);
  page = await victim.newPage();
});

beforeEach(() => victim?.clearCookies());

after(async () => {
  await victim?.close();
  await planter?.stop();
  await gateway?.stop();
  if (dir) rmSync(dir, { recursive: true, force: true });
});

test('a sibling subdomain plants a login into a browser that never was here: Chromium takes it, the gateway refuses page, ticket, completion, cancel and resume, and the planter gets no code (design §7)', {
  skip,
}, async () => {
  const attack = await startAttack(gateway, SITE);
  await assertUnknown(page, gateway.origin + attack.page);
  await plantFromSibling(attack.lines);
  await assertTaken(attack);
  assert.equal(await ownCookie(), undefined);
  await assertShut(attack);
  await assertNoCode(attack);
});

test('a sibling subdomain plants a login beside one of the victim’s own: refused, also with the victim’s completion code, while the own one ends with its code (design §7)', {
  skip,
}, async () => {
  const attack = await startAttack(gateway, SITE);
  const own = await openOwnLogin();
  await plantFromSibling(attack.lines);
  await assertTaken(attack);
  const completionCode = await proveOwnCard(own);
  await assertShut(attack, completionCode);
  await finishOwnLogin(own, completionCode);
  await assertNoCode(attack);
});

test('cookies planted for every path of the gateway neither take over the victim’s own login nor stop it (RFC 6265 §5.4)', {
  skip,
}, async () => {
  const attack = await startAttack(gateway, SITE);
  const planted = ['/', '/login', '/auth'].flatMap((path) =>
    attack.lines.map((line) => line.replace(/path=[^;]*/, `path=${path}`)),
  );
  await plantFromSibling(planted);
  await assertShut(attack);
  const own = await openOwnLogin();
  await plantFromSibling(planted);
  assert.equal((await victim.cookies()).filter(({ domain }) => domain === `.${SITE}`).length, 12);
  await assertShut(attack);
  await finishOwnLogin(own, await proveOwnCard(own));
  await assertNoCode(attack);
});

test('a login that the attacker answered with a card of its own does not log the victim in at its planted resume (design §7, login CSRF)', {
  skip,
}, async () => {
  const attack = await startAttack(gateway, SITE);
  const completionCode = await steps.proveCard(await steps.ticketOf(attack), emma);
  const reply = await attack.browser.postJson(`${attack.page}/complete`, { completionCode });
  assert.equal(reply.status, 200);
  for (const isKnown of [false, true]) {
    if (isKnown) await openOwnLogin();
    await plantFromSibling(attack.lines);
    await assertTaken(attack);
    await expectCode(resumePathOf(attack), 'LOGIN_OTHER_BROWSER');
  }
  // The control: there was a code to be had.
  const { headers } = await attack.browser.get(resumePathOf(attack));
  assert.match(String(headers['location']), /[?&]code=/);
});

test('plain http, under the gateway’s own name or a sibling’s, plants none of the library’s cookies and takes none away (RFC 6265bis §4.1.3.1)', {
  skip,
}, async () => {
  const attack = await startAttack(gateway, SITE);
  const bare = attack.lines.map((line) => line.replace(/; secure/i, ''));
  const hostOnly = [...attack.lines, ...bare].map((line) => line.replace(/; domain=[^;]*/i, ''));
  const lines = [...attack.lines, ...bare, ...hostOnly, ...floodLines(FLOOD_SCOPE)];
  for (const isKnown of [false, true]) {
    await victim.clearCookies();
    const own = isKnown ? await openOwnLogin() : undefined;
    const before = await cookiesForHttps();
    for (const url of planter.plainUrls(attack.page)) {
      await victim.clearCookies({ path: FLOOD_PATH });
      await planter.plant(page, url, lines);
      const sent = await victim.cookies(gateway.origin + FLOOD_PATH);
      assert.ok(sent.some(({ path }) => path === FLOOD_PATH));
    }
    assert.deepEqual(await cookiesForHttps(), before);
    await assertUnknown(page, gateway.origin + attack.page);
    if (own) await finishOwnLogin(own, await proveOwnCard(own));
  }
  await assertNoCode(attack);
});

test('what looks like the library’s cookies, from https, http or a script, opens no login (RFC 6265bis §4.1.3.1)', {
  skip,
}, async () => {
  const attack = await startAttack(gateway, SITE);
  const lookAlikes = [...attack.cookies].filter(([name]) => name.includes('interaction'));
  const reach = { domains: [SITE, GATEWAY], paths: [attack.page] };
  const lines = lookAlikes.flatMap((cookie) => lookAlikeLines(cookie, reach));
  await planter.plantFromEverywhere(page, lines);
  // By their own names a sibling's are taken: other tests see to those.
  for (const [name] of lookAlikes) await victim.clearCookies({ name });
  const sent = await victim.cookies(gateway.origin + attack.page);
  for (const [name] of lookAlikes) assert.ok(sent.some((cookie) => cookie.name === `.${name}`));
  await assertUnknown(page, gateway.origin + attack.page);
  await assertNoCode(attack);
});

test('our own cookie cannot be planted, from https, http or a script, by its name or by one that looks like it (RFC 6265bis §4.1.3.2)', {
  skip,
}, async () => {
  const attack = await startAttack(gateway, SITE);
  const secret = attack.browser.cookies.get(BROWSER_COOKIE) ?? '';
  const reach = { domains: [SITE, GATEWAY], paths: ['/', attack.page] };
  const lines = lookAlikeLines([BROWSER_COOKIE, secret], reach);
  for (const isKnown of [false, true]) {
    await victim.clearCookies();
    const own = isKnown ? await openOwnLogin() : undefined;
    const cookie = await ownCookie();
    await plantFromSibling(attack.lines);
    await planter.plantFromEverywhere(page, lines);
    const sent = await victim.cookies(gateway.origin + attack.page);
    // The control: Chromium has taken what has no prefix to it, and sends it.
    assert.ok(sent.some(({ name, value }) => name === `.${BROWSER_COOKIE}` && value === secret));
    assert.equal(await ownCookie(), cookie);
    await assertTaken(attack);
    await assertShut(attack);
    const late = own ?? (await openOwnLogin());
    assert.notEqual(await ownCookie(), secret);
    await finishOwnLogin(late, await proveOwnCard(late));
  }
  await assertNoCode(attack);
});

test('a cookie that looks like ours is another’s also when it is the only one (RFC 6265bis §4.1.3)', {
  skip,
}, async () => {
  const attack = await startAttack(gateway, SITE);
  const secret = attack.browser.cookies.get(BROWSER_COOKIE);
  for (const name of lookAlikesOf(BROWSER_COOKIE)) {
    const line = `${name}=${secret}; Domain=${SITE}; Path=/; Secure`;
    for (const bytes of [...encodeForHeader(line), undefined]) {
      await victim.clearCookies();
      await plantFromSibling([...attack.lines, bytes ?? 'script=1']);
      if (!bytes) await plantByScript(page, [line]);
      await expectCode(attack.page, 'LOGIN_OTHER_BROWSER');
    }
  }
  await assertNoCode(attack);
});

test('a sibling that floods the jar pushes our cookie out: the open login is refused, planted ones too, and a new start works (design §2)', {
  skip,
}, async () => {
  const attack = await startAttack(gateway, SITE);
  const own = await openOwnLogin();
  await plantFromSibling([...floodLines(`${FLOOD_SCOPE}; Secure`), ...attack.lines]);
  await assertTaken(attack);
  assert.equal(await ownCookie(), undefined, 'the flood was too small');
  await assertShut(attack);
  await assertUnknown(page, gateway.origin + own.page);
  const again = await openOwnLogin();
  await finishOwnLogin(again, await proveOwnCard(again));
  await assertNoCode(attack);
});

test('a sibling that plants more than a request may carry shuts the gateway to this browser until the cookies are gone: a limit, and nothing gained (RFC 6585 §5)', {
  skip,
}, async () => {
  const attack = await startAttack(gateway, SITE);
  const own = await openOwnLogin();
  const large = Array.from({ length: 5 }, (_, index) => `large-${index}=${'x'.repeat(4_000)}`);
  await plantFromSibling(large.map((pair) => `${pair}; Domain=${SITE}; Path=/`));
  const answered = page.waitForResponse(gateway.origin + own.page);
  // An answer without a body: the person sees the browser's own words.
  await assert.rejects(page.goto(gateway.origin + own.page), /ERR_HTTP_RESPONSE_CODE_FAILURE/);
  await page.waitForURL(/^chrome-error:/);
  assert.equal((await answered).status(), 431);
  await victim.clearCookies({ name: /^large-/ });
  await finishOwnLogin(own, await proveOwnCard(own));
  await assertNoCode(attack);
});

const plantFromSibling = (lines: readonly string[]) =>
  planter.plant(page, planter.siblingUrl, lines);

const assertTaken = (attack: Attack) =>
  assertPlanted(victim, { attack, origin: gateway.origin, site: SITE });

/** Every door of the attacker's login is shut to the victim's browser, though the library would open. */
async function assertShut(attack: OpenLogin, completionCode = `${'C'.repeat(42)}A`) {
  await expectCode(attack.page, 'LOGIN_OTHER_BROWSER');
  const posts = { ticket: {}, complete: { completionCode }, cancel: {} };
  for (const [path, body] of Object.entries(posts)) {
    const reply = await postJson(`${attack.page}/${path}`, body);
    assert.deepEqual(reply, { status: 403, text: '{"code":"LOGIN_OTHER_BROWSER"}' }, path);
  }
  await expectCode(resumePathOf(attack), 'LOGIN_OTHER_BROWSER');
}

/** The page says this and has nothing to press but a way back. */
async function expectCode(path: string, code: string): Promise<void> {
  await page.goto(gateway.origin + path);
  assert.equal(page.url(), gateway.origin + path);
  assert.equal(await page.locator('[data-code]').getAttribute('data-code'), code);
  assert.equal(await page.locator('button, [data-uid]').count(), 0);
}

/** Nobody has answered the attacker's login: its own browser gets an error out of its resume. */
async function assertNoCode(attack: Attack): Promise<void> {
  const { headers } = await attack.browser.get(resumePathOf(attack));
  const { searchParams } = new URL(String(headers['location']));
  assert.deepEqual([searchParams.get('code'), searchParams.get('error')], [null, 'login_required']);
}

/** The victim starts a login of its own and has its page before it. */
async function openOwnLogin(): Promise<Pick<OpenLogin, 'page'>> {
  await page.goto(gateway.origin + (await steps.relyingParty.start()));
  await page.locator('#log-in').waitFor();
  assert.match((await ownCookie()) ?? '', /^[A-Za-z0-9_-]{43}$/);
  return { page: new URL(page.url()).pathname };
}

async function expectLoginPage(own: Pick<OpenLogin, 'page'>): Promise<void> {
  const response = await page.goto(gateway.origin + own.page);
  assert.equal(response?.status(), 200);
  await page.locator('#log-in').waitFor();
}

/** The victim's page asks for a ticket, and its card is proved with it. */
async function proveOwnCard(own: Pick<OpenLogin, 'page'>): Promise<string> {
  await expectLoginPage(own);
  const { status, text } = await postJson(`${own.page}/ticket`, {});
  assert.equal(status, 200, text);
  return steps.proveCard(JSON.parse(text).ticket, emma);
}

/** The victim's page completes; its browser brings a code to the site, which redeems it. */
async function finishOwnLogin(own: Pick<OpenLogin, 'page'>, completionCode: string): Promise<void> {
  await expectLoginPage(own);
  const { status, text } = await postJson(`${own.page}/complete`, { completionCode });
  assert.equal(status, 200, text);
  await page.goto(gateway.origin + JSON.parse(text).location);
  assert.ok(page.url().startsWith(`${gateway.redirectUri}?code=`), page.url());
  const claims = await steps.relyingParty.finish(page.url());
  assert.equal(claims['age_over_9'], false);
}

/** What the login page's script sends: from the gateway's own origin, with the browser's cookies. */
async function postJson(path: string, body: object): Promise<{ status: number; text: string }> {
  return page.evaluate(
    async ([url, content]) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: content });
      return { status: response.status, text: await response.text() };
    },
    [path, JSON.stringify(body)] as const,
  );
}

/** Our cookie as the browser would send it to the gateway; two of the name are a failure. */
async function ownCookie(): Promise<string | undefined> {
  const sent = await victim.cookies(`${gateway.origin}/`);
  const [cookie, ...more] = sent.filter(({ name }) => name === BROWSER_COOKIE);
  assert.deepEqual(more, []);
  return cookie?.value;
}

/** Everything in the jar that plain http has not put there. */
async function cookiesForHttps(): Promise<string[]> {
  const cookies = (await victim.cookies()).filter(({ path }) => path !== FLOOD_PATH);
  return cookies.map((cookie) => JSON.stringify(cookie)).sort();
}
