import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import type { RawCard } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

let gateway: TestGateway;
let steps: LoginSteps;
let emma: RawCard;

before(async () => {
  gateway = await startTestGateway();
  steps = await createLoginSteps(gateway);
  emma = await steps.cardOf('emma');
});

after(() => gateway.stop());

test('a card becomes an ID token that says the ages asked for, a pseudonym, and nothing more', async () => {
  const login = await steps.openLogin();
  const completionCode = await steps.proveCard(await steps.ticketOf(login), emma);
  const claims = await steps.finish(login, completionCode);
  assert.deepEqual(Object.keys(claims).sort(), [
    ...['acr', 'age_over_13', 'age_over_6', 'age_over_9', 'amr', 'aud', 'auth_time'],
    ...['exp', 'iat', 'iss', 'nonce', 'sub'],
  ]);
  const { acr, amr, age_over_6, age_over_9, age_over_13, exp, iat, iss, aud } = claims;
  assert.deepEqual(
    { acr, amr, age_over_6, age_over_9, age_over_13, iss, aud },
    {
      acr: 'urn:kids-id:acr:card-pin',
      amr: ['sc', 'pin', 'hwk'],
      age_over_6: true,
      age_over_9: false,
      age_over_13: false,
      iss: gateway.origin,
      aud: 'chat',
    },
  );
  assert.equal(Number(exp) - Number(iat), 120);
});

test('the same card gives the same pseudonym at the same site, another card another (design §5)', async () => {
  const subs: unknown[] = [];
  for (const card of [emma, emma, await steps.cardOf('noah')]) {
    const login = await steps.openLogin();
    const code = await steps.proveCard(await steps.ticketOf(login), card);
    subs.push((await steps.finish(login, code))['sub']);
  }
  assert.equal(subs[0], subs[1]);
  assert.notEqual(subs[0], subs[2]);
});

test('completion needs the cookie of the browser that started: none or another is LOGIN_OTHER_BROWSER', async () => {
  for (const cookie of [undefined, 'B'.repeat(43)]) {
    const login = await steps.openLogin();
    const { browser, page } = login;
    const completionCode = await steps.proveCard(await steps.ticketOf(login), emma);
    if (cookie) browser.cookies.set('__Host-kids-id', cookie);
    else browser.cookies.delete('__Host-kids-id');
    const reply = await browser.postJson(`${page}/complete`, { completionCode });
    assert.deepEqual([reply.status, reply.text], [403, '{"code":"LOGIN_OTHER_BROWSER"}']);
    assert.equal((await browser.get(page)).status, 403);
    assert.equal((await browser.postJson(`${page}/ticket`, {})).status, 403);
  }
});

test('resume checks the cookie again: with another one there is no authorization code', async () => {
  const login = await steps.openLogin();
  const { browser, page } = login;
  const completionCode = await steps.proveCard(await steps.ticketOf(login), emma);
  const reply = await browser.postJson(`${page}/complete`, { completionCode });
  const { location } = JSON.parse(reply.text) as { location: string };
  browser.cookies.set('__Host-kids-id', 'B'.repeat(43));
  const resumed = await browser.get(location);
  assert.equal(resumed.status, 403);
  assert.equal(resumed.headers['location'], undefined);
});

test('completion code of one interaction is worthless in another of the same browser', async () => {
  const first = await steps.openLogin();
  const code = await steps.proveCard(await steps.ticketOf(first), emma);
  const second = await steps.openLogin(first.browser);
  const reply = await first.browser.postJson(`${second.page}/complete`, { completionCode: code });
  assert.deepEqual([reply.status, reply.text], [410, '{"code":"LOGIN_EXPIRED"}']);
});

test('the page requests are same-origin: another Origin is refused, and so is a form', async () => {
  const login = await steps.openLogin();
  const { browser, page } = login;
  for (const headers of [
    { origin: 'https://evil.example' },
    { 'content-type': 'application/x-www-form-urlencoded' },
  ]) {
    const reply = await browser.postJson(`${page}/ticket`, {}, headers as Record<string, string>);
    assert.deepEqual([reply.status, reply.text], [400, '{"code":"MESSAGE_MALFORMED"}']);
  }
});

test('cancelling sends the site access_denied and nothing else', async () => {
  const login = await steps.openLogin();
  const { browser, page } = login;
  const reply = await browser.postJson(`${page}/cancel`, {});
  const { location } = JSON.parse(reply.text) as { location: string };
  const resumed = await browser.get(location);
  const answer = new URL(String(resumed.headers['location'])).searchParams;
  assert.deepEqual([...answer.keys()].sort(), ['error', 'iss', 'state']);
  assert.equal(answer.get('error'), 'access_denied');
});

test('every page and answer carries the strict policy, and no page carries a script of its own', async () => {
  const login = await steps.openLogin();
  const { browser, page } = login;
  for (const path of [page, '/assets/login-page.js', '/.well-known/openid-configuration', '/x']) {
    const { headers } = await browser.get(path);
    assert.match(
      String(headers['content-security-policy']),
      /default-src 'none'; script-src 'self'/,
    );
    assert.match(String(headers['content-security-policy']), /require-trusted-types-for 'script'/);
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['x-powered-by'], undefined);
  }
  const { text } = await browser.get(page);
  assert.doesNotMatch(text, /<script(?![^>]* src=)|<style|\son\w+=|style=/);
});

test('a second /auth in the same browser asks for the card again: no session is kept (design §4)', async () => {
  const login = await steps.openLogin();
  const { browser } = login;
  const code = await steps.proveCard(await steps.ticketOf(login), emma);
  await steps.finish(login, code);
  const again = await browser.get(await steps.relyingParty.start());
  assert.match(String(again.headers['location']), /^\/login\//);
});
