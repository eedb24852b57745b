/** What may be used once, used again: tickets, completion codes, authorization codes (design §7). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { libraryCookiesOf, plantCookies } from '../kit/attack/planted-cookies.ts';
import { chatOf, openSite } from '../kit/attack/site.ts';
import { assertRefused, createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { makeAuthenticator, type RawCard, type RawHost } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

const AT_ONCE = 8;
const EXPIRED = { status: 410, code: 'LOGIN_EXPIRED' } as const;

let gateway: TestGateway;
let steps: LoginSteps;
let emma: RawCard;
let noah: RawCard;

before(async () => {
  gateway = await startTestGateway();
  steps = await createLoginSteps(gateway);
  [emma, noah] = [await steps.cardOf('emma'), await steps.cardOf('noah')];
});

after(() => gateway.stop());

test('a login ticket that one connection spent is LOGIN_EXPIRED on every other (design §2, single use)', async () => {
  const ticket = await steps.ticketOf(await steps.openLogin());
  const host = await steps.connect();
  await steps.claim(host, ticket);
  const thief = await steps.connect();
  await steps.start(thief);
  await assertRefused(thief, { path: '/card/ticket', body: { ticket } }, EXPIRED);
  await assertOver(thief);
  // The one that came first is not disturbed.
  assert.equal((await host.post('/card/wait', {})).status, 200);
  host.close();
  thief.close();
});

test('of eight connections with one ticket at once exactly one gets it (design §7, store’s own atomic operation)', async () => {
  const ticket = await steps.ticketOf(await steps.openLogin());
  const hosts = await Promise.all(Array.from({ length: AT_ONCE }, () => steps.connect()));
  await Promise.all(hosts.map((host) => steps.start(host)));
  const replies = await Promise.all(hosts.map((host) => host.post('/card/ticket', { ticket })));
  const statuses = replies.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, ...Array.from({ length: AT_ONCE - 1 }, () => 410)]);
  for (const host of hosts) host.close();
});

test('what a stolen ticket and another person’s card earn completes no login of the thief’s own (design §2, step 12)', async () => {
  const victim = await steps.openLogin();
  const attacker = await steps.openLogin();
  const code = await steps.proveCard(await steps.ticketOf(victim), noah);
  const atOwnLogin = await attacker.browser.postJson(`${attacker.page}/complete`, {
    completionCode: code,
  });
  assert.deepEqual([atOwnLogin.status, atOwnLogin.text], [410, '{"code":"LOGIN_EXPIRED"}']);
  // That attempt spent the code: now it is worth nothing to the victim's page either.
  const atVictims = await victim.browser.postJson(`${victim.page}/complete`, {
    completionCode: code,
  });
  assert.deepEqual([atVictims.status, atVictims.text], [410, '{"code":"LOGIN_EXPIRED"}']);
});

test('a ticket that a newer one replaced is worth nothing, spent before or after (design §2, chain)', async () => {
  const login = await steps.openLogin();
  const [early, late] = [await steps.connect(), await steps.connect()];
  const stolen = await steps.ticketOf(login);
  const octets = await steps.claim(early, stolen);
  const unspent = await steps.ticketOf(login);
  const ticket = await steps.ticketOf(login);
  await steps.start(late);
  await assertRefused(late, { path: '/card/ticket', body: { ticket: unspent } }, EXPIRED);
  const authenticator = await makeAuthenticator({
    keys: early.keys(),
    request: octets,
    card: noah,
  });
  await assertRefused(early, { path: '/card/authenticator', body: { authenticator } }, EXPIRED);
  // What the thief did has not spoilt the login at hand.
  const claims = await steps.finish(login, await steps.proveCard(ticket, emma));
  assert.equal(claims['age_over_13'], false);
  early.close();
  late.close();
});

test('a completion code is taken once, and by no other browser afterwards (design §7)', async () => {
  const login = await steps.openLogin();
  const code = await steps.proveCard(await steps.ticketOf(login), emma);
  const cookies = new Map(login.browser.cookies);
  await steps.finish(login, code);
  plantCookies(login.browser, cookies);
  for (const { browser, page } of [login, await steps.openLogin(login.browser)]) {
    const reply = await browser.postJson(`${page}/complete`, { completionCode: code });
    assert.deepEqual([reply.status, reply.text], [410, '{"code":"LOGIN_EXPIRED"}']);
  }
});

test('a completion code posted with another browser’s cookie is LOGIN_OTHER_BROWSER, and is not spent by it (design §2, step 12)', async () => {
  const thief = await steps.openLogin();
  const victim = await steps.openLogin();
  const completionCode = await steps.proveCard(await steps.ticketOf(victim), emma);
  plantCookies(thief.browser, libraryCookiesOf(victim.browser));
  const stolen = await thief.browser.postJson(`${victim.page}/complete`, { completionCode });
  assert.deepEqual([stolen.status, stolen.text], [403, '{"code":"LOGIN_OTHER_BROWSER"}']);
  assert.equal((await steps.finish(victim, completionCode))['age_over_9'], false);
});

test('of eight completions with one code at once exactly one is taken (design §7)', async () => {
  const login = await steps.openLogin();
  const { browser, page } = login;
  const completionCode = await steps.proveCard(await steps.ticketOf(login), emma);
  const replies = await Promise.all(
    Array.from({ length: AT_ONCE }, () => browser.postJson(`${page}/complete`, { completionCode })),
  );
  const answers = replies.map(({ status, text }) => (status === 200 ? 'taken' : text)).sort();
  const losers = Array.from({ length: AT_ONCE - 1 }, () => '{"code":"LOGIN_EXPIRED"}');
  assert.deepEqual(answers, ['taken', ...losers].sort());
});

test('an authorization code of a card login gives tokens once (RFC 6749 §4.1.2)', async () => {
  const site = await openSite(gateway, chatOf(gateway));
  const { path, checks } = await site.start();
  const { browser } = await steps.openLogin();
  const page = String((await browser.get(path)).headers['location']);
  const code = await steps.proveCard(await steps.ticketOf({ browser, page }), emma);
  const completed = await browser.postJson(`${page}/complete`, { completionCode: code });
  const { location } = JSON.parse(completed.text) as { location: string };
  const callback = String((await browser.get(location)).headers['location']);
  assert.equal((await site.redeem(callback, checks))['aud'], 'chat');
  await assert.rejects(site.redeem(callback, checks), { error: 'invalid_grant' });
});

test('a connection starts one login: a second start or ticket is refused, also after the first ended (design §2)', async () => {
  const [first, second] = [await steps.openLogin(), await steps.openLogin()];
  const host = await steps.connect();
  const octets = await steps.claim(host, await steps.ticketOf(first));
  const ticket = await steps.ticketOf(second);
  await assertOver(host, ticket);
  const authenticator = await makeAuthenticator({ keys: host.keys(), request: octets, card: emma });
  const proved = await host.post('/card/authenticator', { authenticator });
  assert.equal(proved.status, 200);
  await assertOver(host, ticket);
  const { completionCode } = proved.body;
  const reply = await second.browser.postJson(`${second.page}/complete`, { completionCode });
  assert.deepEqual([reply.status, reply.text], [410, '{"code":"LOGIN_EXPIRED"}']);
  host.close();
});

test('an authenticator that was taken on one connection is AUTHENTICATOR_INVALID on another (RFC 9261 §5.2)', async () => {
  const host = await steps.connect();
  const octets = await steps.claim(host, await steps.ticketOf(await steps.openLogin()));
  const authenticator = await makeAuthenticator({ keys: host.keys(), request: octets, card: emma });
  assert.equal((await host.post('/card/authenticator', { authenticator })).status, 200);
  const replaying = await steps.connect();
  await steps.claim(replaying, await steps.ticketOf(await steps.openLogin()));
  const replayed = { path: '/card/authenticator', body: { authenticator } };
  await assertRefused(replaying, replayed, { status: 403, code: 'AUTHENTICATOR_INVALID' });
  host.close();
  replaying.close();
});

test('a connection names one certificate: it is no way to ask OCSP a thousand times (design §7)', async () => {
  const host = await steps.connect();
  await steps.claim(host, await steps.ticketOf(await steps.openLogin()));
  const name = (serial: number) =>
    host.post('/card/certificate', {
      issuer: 'MAAA',
      serial: Buffer.of(serial).toString('base64url'),
    });
  assert.equal((await name(1)).status, 200);
  assert.deepEqual(await name(2), { status: 400, body: { code: 'MESSAGE_MALFORMED' } });
  assert.equal((await host.post('/card/wait', {})).status, 200);
  host.close();
});

/** Neither a new request nor a ticket is taken any more. */
async function assertOver(host: RawHost, ticket = 'T'.repeat(43)): Promise<void> {
  for (const [path, body] of [
    ['/card/start', { protocol: 1, hostVersion: '0.1.0' }],
    ['/card/ticket', { ticket }],
  ] as const) {
    const refusal = { status: 400, code: 'MESSAGE_MALFORMED' } as const;
    await assertRefused(host, { path, body }, refusal);
  }
}
