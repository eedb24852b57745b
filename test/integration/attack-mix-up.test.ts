/** A login for one site answered at another, and codes injected into another callback (design §7, RFC 9700 §4.5). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { libraryCookiesOf, plantCookies } from '../kit/attack/planted-cookies.ts';
import {
  chatOf,
  createSecondSite,
  openSite,
  type Site,
  type SiteChecks,
} from '../kit/attack/site.ts';
import { createLoginSteps, type LoginSteps, type OpenLogin } from '../kit/gateway/login-steps.ts';
import { openRawBrowser, type RawBrowser } from '../kit/gateway/raw-browser.ts';
import type { RawCard } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

let gateway: TestGateway;
let steps: LoginSteps;
let chat: Site;
let evil: Site;
let emma: RawCard;

before(async () => {
  const second = await createSecondSite();
  gateway = await startTestGateway({ clients: [second.registration] });
  steps = await createLoginSteps(gateway);
  chat = await openSite(gateway, chatOf(gateway));
  evil = await openSite(gateway, second);
  emma = await steps.cardOf('emma');
});

after(() => gateway.stop());

test('a card shown for one site completes no other site’s login of the same browser, either way round (design §2, chain)', async () => {
  for (const [shown, taken] of [
    [evil, chat],
    [chat, evil],
  ] as const) {
    const browser = openRawBrowser(gateway);
    const victim = await openAt(taken, browser);
    const cookies = libraryCookiesOf(browser);
    const other = await openAt(shown, browser);
    const completionCode = await steps.proveCard(await steps.ticketOf(other), emma);
    plantCookies(browser, cookies);
    const reply = await browser.postJson(`${victim.page}/complete`, { completionCode });
    assert.deepEqual([reply.status, reply.text], [410, '{"code":"LOGIN_EXPIRED"}']);
  }
});

test('the person is told the site that the ticket was issued for, whatever page asked last (design §2, what the person sees)', async () => {
  const browser = openRawBrowser(gateway);
  const ticket = await steps.ticketOf(await openAt(evil, browser));
  await openAt(chat, browser);
  const host = await steps.connect();
  await steps.start(host);
  const { body } = await host.post('/card/ticket', { ticket });
  assert.equal((body['site'] as { name: string }).name, 'Evil TEST ONLY');
  host.close();
});

test('the page of one login is not shown, and gives no ticket, for the cookie of another in the same browser (design §2)', async () => {
  const browser = openRawBrowser(gateway);
  const { page } = await openAt(chat, browser);
  await openAt(evil, browser);
  assert.equal((await browser.get(page)).status, 403);
  for (const path of ['ticket', 'cancel']) {
    const reply = await browser.postJson(`${page}/${path}`, {});
    assert.deepEqual([reply.status, reply.text], [410, '{"code":"LOGIN_EXPIRED"}']);
  }
});

test('a code of a malicious site injected into the chat’s callback gives the chat no token (RFC 9700 §4.5)', async () => {
  const stolen = await logInAt(evil);
  const session = await chat.start();
  const injected = injectCode({ from: stolen.callback, state: session.checks.expectedState });
  await assert.rejects(chat.redeem(injected, session.checks), { error: 'invalid_grant' });
  // Even who knows the other login's verifier and nonce is not its client.
  const known = { ...stolen.checks, expectedState: session.checks.expectedState };
  await assert.rejects(chat.redeem(injected, known), { error: 'invalid_grant' });
});

test('a code of the chat redeemed by a malicious site that knows everything about it gives it no token (RFC 6749 §5.2)', async () => {
  const victim = await logInAt(chat);
  await assert.rejects(evil.redeem(victim.callback, victim.checks), { error: 'invalid_grant' });
});

test('a victim’s code in the attacker’s own session at the chat fails by PKCE at the gateway (RFC 7636 §4.6, RFC 9700 §4.5.3.1)', async () => {
  const victim = await logInAt(chat);
  const attacker = await chat.start();
  const injected = injectCode({ from: victim.callback, state: attacker.checks.expectedState });
  await assert.rejects(chat.redeem(injected, attacker.checks), { error: 'invalid_grant' });
});

test('with the same PKCE pair in both sessions the nonce still tells them apart (OpenID Connect Core §3.1.3.7)', async () => {
  const victim = await logInAt(chat);
  const attacker = await chat.start();
  const { pkceCodeVerifier } = victim.checks;
  const injected = injectCode({ from: victim.callback, state: attacker.checks.expectedState });
  await assert.rejects(chat.redeem(injected, { ...attacker.checks, pkceCodeVerifier }), {
    code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  });
});

test('an answer of the gateway names itself, so that a client of two providers is not mixed up (RFC 9207)', async () => {
  const { callback } = await logInAt(chat);
  assert.equal(new URL(callback).searchParams.get('iss'), gateway.origin);
});

test('two sites never see the same pseudonym of one card (design §5)', async () => {
  const subs: unknown[] = [];
  for (const site of [chat, evil]) {
    const { callback, checks } = await logInAt(site);
    subs.push((await site.redeem(callback, checks))['sub']);
  }
  assert.notEqual(subs[0], subs[1]);
});

async function openAt(
  site: Site,
  browser: RawBrowser,
): Promise<OpenLogin & { checks: SiteChecks }> {
  const { path, checks } = await site.start();
  const page = String((await browser.get(path)).headers['location']);
  assert.equal((await browser.get(page)).status, 200);
  return { browser, page, checks };
}

/** A whole login of emma up to the callback, which nobody has visited yet. */
async function logInAt(site: Site): Promise<{ callback: string; checks: SiteChecks }> {
  const login = await openAt(site, openRawBrowser(gateway));
  const { browser, page, checks } = login;
  const completionCode = await steps.proveCard(await steps.ticketOf(login), emma);
  const reply = await browser.postJson(`${page}/complete`, { completionCode });
  const { location } = JSON.parse(reply.text) as { location: string };
  return { callback: String((await browser.get(location)).headers['location']), checks };
}

/** The callback of one session with the code of another. */
function injectCode({ from, state }: { from: string; state: string }): string {
  const url = new URL(from);
  url.searchParams.set('state', state);
  return url.href;
}
