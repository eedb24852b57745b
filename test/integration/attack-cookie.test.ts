/**
 * Cookies planted, read or confused: an attacker starts a login and lets a victim finish it, or the
 * reverse (design §2 "A cookie of our own", §7). How a browser lets cookies be planted is not played
 * here: the jar is the test's own.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  BROWSER_COOKIE,
  libraryCookiesOf,
  plantCookies,
  resumePathOf,
} from '../kit/attack/planted-cookies.ts';
import { createGatewayFetch } from '../kit/attack/site.ts';
import { createLoginSteps, type LoginSteps, type OpenLogin } from '../kit/gateway/login-steps.ts';
import { openRawBrowser, type RawBrowser } from '../kit/gateway/raw-browser.ts';
import type { RawCard } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

const OTHER_BROWSER = '{"code":"LOGIN_OTHER_BROWSER"}';

let gateway: TestGateway;
let steps: LoginSteps;
let emma: RawCard;

before(async () => {
  gateway = await startTestGateway();
  steps = await createLoginSteps(gateway);
  emma = await steps.cardOf('emma');
});

after(() => gateway.stop());

test('an interaction planted into a browser that has a login of its own is refused at page, ticket, completion, cancel and resume (design §7)', async () => {
  const attacker = await steps.openLogin();
  const victim = await steps.openLogin();
  const own = new Map(victim.browser.cookies);
  const completionCode = await steps.proveCard(await steps.ticketOf(victim), emma);
  plantCookies(victim.browser, libraryCookiesOf(attacker.browser));
  await assertShut(victim.browser, attacker, completionCode);
  await assertNoCode(attacker);
  // The victim's own login is as it was.
  plantCookies(victim.browser, own);
  assert.equal((await steps.finish(victim, completionCode))['age_over_9'], false);
});

test('an interaction planted into a browser that never was here is refused the same, before a PIN (design §7)', async () => {
  const attacker = await steps.openLogin();
  const browser = openRawBrowser(gateway);
  plantCookies(browser, libraryCookiesOf(attacker.browser));
  await assertShut(browser, attacker, `${'C'.repeat(42)}A`);
  await assertNoCode(attacker);
});

test('who has read the library’s cookies of a login gets nothing of it, before the card and after (design §7, the reverse)', async () => {
  const attacker = await steps.openLogin();
  const victim = await steps.openLogin();
  const stolen = libraryCookiesOf(victim.browser);
  const completionCode = await steps.proveCard(await steps.ticketOf(victim), emma);
  plantCookies(attacker.browser, stolen);
  await assertShut(attacker.browser, victim, completionCode);
  const reply = await victim.browser.postJson(`${victim.page}/complete`, { completionCode });
  assert.equal(reply.status, 200);
  // Now a code is there to be had: at resume the thief's own cookie still decides.
  plantCookies(attacker.browser, stolen);
  const resumed = await attacker.browser.get(resumePathOf(victim));
  assert.deepEqual([resumed.status, resumed.headers['location']], [403, undefined]);
  const { searchParams } = await callbackOf(victim);
  assert.ok(searchParams.get('code'));
});

test('a login that the attacker completed with a card of its own does not log the victim in at its resume (design §7, login CSRF)', async () => {
  const victim = await steps.openLogin();
  const attacker = await steps.openLogin();
  const completionCode = await steps.proveCard(await steps.ticketOf(attacker), emma);
  await attacker.browser.postJson(`${attacker.page}/complete`, { completionCode });
  plantCookies(victim.browser, libraryCookiesOf(attacker.browser));
  for (const browser of [victim.browser, openRawBrowser(gateway)]) {
    plantCookies(browser, libraryCookiesOf(attacker.browser));
    const resumed = await browser.get(resumePathOf(attacker));
    assert.deepEqual([resumed.status, resumed.headers['location']], [403, undefined]);
  }
});

test('a resume cookie for one login and a path for another, both of the same browser, give no code (design §2, resume)', async () => {
  const first = await steps.openLogin();
  const firstCookies = libraryCookiesOf(first.browser);
  const completionCode = await steps.proveCard(await steps.ticketOf(first), emma);
  await first.browser.postJson(`${first.page}/complete`, { completionCode });
  const second = await steps.openLogin(first.browser);
  plantCookies(first.browser, firstCookies);
  const resumed = await first.browser.get(resumePathOf(second));
  assert.deepEqual([resumed.status, resumed.headers['location']], [400, undefined]);
});

test('two cookies of our name are none, in either order: nobody guesses which is right (RFC 6265 §4.2.2)', async () => {
  const login = await steps.openLogin();
  const right = login.browser.cookies.get(BROWSER_COOKIE) ?? '';
  for (const values of [
    [right, 'A'.repeat(43)],
    ['A'.repeat(43), right],
    [right, right],
    [right, ''],
  ]) {
    await assertNotOurs(login, values.map((value) => `${BROWSER_COOKIE}=${value}`).join('; '));
  }
});

test('a cookie of our name that is cut, longer, quoted, encoded or empty is none (design §2)', async () => {
  const login = await steps.openLogin();
  const right = login.browser.cookies.get(BROWSER_COOKIE) ?? '';
  const values = ['', right.slice(1), `${right}A`, `"${right}"`, ` ${right}`, `${right}%20`];
  for (const value of values) await assertNotOurs(login, `${BROWSER_COOKIE}=${value}`);
});

test('a name that is ours but for its case, or for what stands before it, is another’s: a sibling may plant it (RFC 6265bis §4.1.3)', async () => {
  const login = await steps.openLogin();
  const right = login.browser.cookies.get(BROWSER_COOKIE) ?? '';
  // To a browser a name after a no-break space or NEL has no prefix, so that it may come from anywhere.
  for (const before of ['\u00a0', '\u0085', '\u00c2\u00a0', '.', '"', '=', '\u00a0 ']) {
    await assertNotOurs(login, `${before}${BROWSER_COOKIE}=${right}`);
  }
  for (const name of ['__host-kids-id', '__HOST-KIDS-ID', 'kids-id', `${BROWSER_COOKIE} `]) {
    await assertNotOurs(login, `${name}=${right}`);
  }
  await assertNotOurs(login, `a="; ${BROWSER_COOKIE}="=${right}`);
});

test('/auth does not take over a malformed or doubled cookie but sets a new one (design §2)', async () => {
  for (const planted of ['', 'short', 'A'.repeat(44), `${'A'.repeat(43)}; ${BROWSER_COOKIE}=B`]) {
    const browser = openRawBrowser(gateway);
    browser.cookies.set(BROWSER_COOKIE, planted);
    await steps.openLogin(browser);
    assert.match(browser.cookies.get(BROWSER_COOKIE) ?? '', /^[A-Za-z0-9_-]{43}$/);
    assert.notEqual(browser.cookies.get(BROWSER_COOKIE), planted);
  }
});

test('our cookie goes to this host alone, over https, out of reach of scripts and of other sites’ posts (RFC 6265bis §4.1.3.2)', async () => {
  const response = await openRawBrowser(gateway).get(await steps.relyingParty.start());
  const lines = [response.headers['set-cookie'] ?? []].flat();
  const [line, ...more] = lines.filter((text) => text.startsWith(`${BROWSER_COOKIE}=`));
  assert.deepEqual(more, []);
  const attributes = (line ?? '').split('; ').slice(1).sort();
  assert.deepEqual(attributes, ['HttpOnly', 'Max-Age=600', 'Path=/', 'SameSite=Lax', 'Secure']);
});

/** Every door of a login is shut to this browser, which holds the library's cookies of it. */
async function assertShut(browser: RawBrowser, { page }: OpenLogin, completionCode: string) {
  const shown = await browser.get(page);
  assert.equal(shown.status, 403);
  assert.doesNotMatch(shown.text, /data-uid/);
  for (const [path, body] of [
    ['ticket', {}],
    ['complete', { completionCode }],
    ['cancel', {}],
  ] as const) {
    const reply = await browser.postJson(`${page}/${path}`, body);
    assert.deepEqual([reply.status, reply.text], [403, OTHER_BROWSER], path);
  }
  const resumed = await browser.get(resumePathOf({ page }));
  assert.deepEqual([resumed.status, resumed.headers['location']], [403, undefined]);
}

/** Nobody has answered this login: its own browser gets no code out of its resume. */
async function assertNoCode(login: OpenLogin): Promise<void> {
  const { headers } = await login.browser.get(resumePathOf(login));
  const location = String(headers['location'] ?? '');
  assert.doesNotMatch(location, /[?&]code=/);
}

async function callbackOf(login: OpenLogin): Promise<URL> {
  const { headers } = await login.browser.get(resumePathOf(login));
  return new URL(String(headers['location']));
}

/** With the library's cookies and this in place of ours, page and resume are another browser's. */
async function assertNotOurs({ browser, page }: OpenLogin, cookie: string): Promise<void> {
  const library = [...libraryCookiesOf(browser)].map(([name, value]) => `${name}=${value}`);
  const fetchPage = createGatewayFetch(gateway);
  for (const path of [page, resumePathOf({ page })]) {
    const headers = { cookie: [cookie, ...library].join('; ') };
    const { status } = await fetchPage(new URL(path, gateway.origin), { headers });
    assert.equal(status, 403, `${path} with ${JSON.stringify(cookie)}`);
  }
}
