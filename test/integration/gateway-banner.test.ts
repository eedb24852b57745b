import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

/** More than the breaker takes, and longer than it waits with a probe. */
const FAILURES = 5;
const PROBE_MS = 31_000;

let aheadMs = 0;
let gateway: TestGateway;
let steps: LoginSteps;
before(async () => {
  gateway = await startTestGateway({ now: () => new Date(Date.now() + aheadMs) });
  steps = await createLoginSteps(gateway);
});
after(() => gateway.stop());

async function hasBanner(): Promise<boolean> {
  const { browser, page } = await steps.openLogin();
  const { text } = await browser.get(page);
  assert.match(text, /id="log-in"/);
  return text.includes('id="checking-hard"');
}

async function proveOnce(): Promise<number> {
  const ticket = await steps.ticketOf(await steps.openLogin());
  return (await steps.prove(ticket, await steps.cardOf('emma'))).status;
}

test('while the responder is down the login page says so before a PIN is typed, and no longer when it answers again', async () => {
  assert.equal(await hasBanner(), false);
  gateway.ocsp.setMode('dead');
  for (let count = 0; count < FAILURES; count += 1) assert.equal(await proveOnce(), 503);
  assert.equal(await hasBanner(), true);
  gateway.ocsp.setMode('normal');
  const statuses: number[] = [];
  // One probe for the leaf's question and one for its CA's, half a minute apart.
  for (let probe = 0; probe < 3; probe += 1) {
    aheadMs += PROBE_MS;
    statuses.push(await proveOnce());
  }
  assert.equal(statuses.at(-1), 200);
  assert.equal(await hasBanner(), false);
});
