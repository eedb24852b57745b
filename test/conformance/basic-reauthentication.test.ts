/**
 * oidcc-basic-certification-test-plan: a second request in the same browser. No session is kept here
 * (every login is card and PIN), so what the suite wants to pass in silence ends in login_required.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkErrorCallback } from '../kit/openid/check-answers.ts';
import type { RelyingParty } from '../kit/openid/relying-party.ts';
import { redirectOf, type UserAgent } from '../kit/openid/user-agent.ts';
import {
  atLater,
  type ConformanceProvider,
  completeLogin,
  logIn,
  startConformanceProvider,
  VARIANTS,
} from './conformance-provider.ts';

let provider: ConformanceProvider;
before(async () => {
  provider = await startConformanceProvider();
});
after(() => provider.close());

/** Sends a request that may show nobody anything; returns the error that comes back at once. */
async function errorInSilence(
  userAgent: UserAgent,
  party: RelyingParty,
  changes: Record<string, string> = {},
): Promise<string> {
  const sent = await party.makeRequest({ prompt: 'none', ...changes });
  const callback = redirectOf(await userAgent.send(sent.url), party.issuer);
  return checkErrorCallback(party, sent, callback);
}

/** Logs in twice in one browser, the second time later; the card is asked for both times. */
async function logInTwice(
  party: RelyingParty,
  changes: { first?: Record<string, string>; second: Record<string, string> },
  laterMs = 2_000,
) {
  const userAgent = provider.openUserAgent();
  const first = await completeLogin(provider, party, { userAgent, changes: changes.first ?? {} });
  const second = await atLater(laterMs, () =>
    completeLogin(provider, party, { userAgent, changes: changes.second }),
  );
  return { first: first.claims, second: second.claims };
}

for (const [variant, clientId] of Object.entries(VARIANTS)) {
  test(`oidcc-prompt-login: the card is asked for again, and auth_time is later (${variant})`, async () => {
    const { first, second } = await logInTwice(provider.party(clientId), {
      second: { prompt: 'login' },
    });
    assert.equal(second.sub, first.sub);
    assert.ok(Number(second['auth_time']) > Number(first['auth_time']));
  });

  test(`oidcc-prompt-none-not-logged-in: comes back at once with an error and the whole state (${variant})`, async () => {
    const party = provider.party(clientId);
    const error = await errorInSilence(provider.openUserAgent(), party);
    assert.equal(error, 'login_required');
  });

  test(`oidcc-prompt-none-logged-in: forbidden: a login before does not let anybody in (${variant})`, async () => {
    const party = provider.party(clientId);
    const userAgent = provider.openUserAgent();
    await completeLogin(provider, party, { userAgent });
    assert.equal(await errorInSilence(userAgent, party), 'login_required');
  });

  test(`oidcc-max-age-1: the card is asked for again, and auth_time is there, later and recent (${variant})`, async () => {
    const before = Math.floor(Date.now() / 1_000);
    const { first, second } = await logInTwice(provider.party(clientId), {
      second: { max_age: '1' },
    });
    const authTime = Number(second['auth_time']);
    assert.ok(authTime > Number(first['auth_time']));
    assert.ok(authTime >= before + 2 && authTime <= Math.floor(Date.now() / 1_000) + 2);
  });

  test(`oidcc-max-age-10000: forbidden: the card is asked for again within any max_age (${variant})`, async () => {
    const { first, second } = await logInTwice(provider.party(clientId), {
      first: { max_age: '15000' },
      second: { max_age: '10000' },
    });
    assert.equal(second.sub, first.sub);
    assert.ok(Number.isInteger(first['auth_time']));
    assert.ok(Number(second['auth_time']) > Number(first['auth_time']));
    const party = provider.party(clientId);
    const error = await errorInSilence(provider.openUserAgent(), party, { max_age: '10000' });
    assert.equal(error, 'login_required');
  });

  test(`oidcc-id-token-hint: forbidden: with prompt=none a right hint lets nobody in (${variant})`, async () => {
    const party = provider.party(clientId);
    const userAgent = provider.openUserAgent();
    const { tokens } = await completeLogin(provider, party, { userAgent });
    const error = await errorInSilence(userAgent, party, { id_token_hint: tokens.id_token });
    assert.equal(error, 'login_required');
  });

  test(`oidcc-id-token-hint: with a card, the hinted person gets in and another does not (${variant})`, async () => {
    const party = provider.party(clientId);
    const { tokens, claims } = await completeLogin(provider, party);
    const changes = { id_token_hint: tokens.id_token };
    assert.equal((await completeLogin(provider, party, { changes })).claims.sub, claims.sub);
    const sent = await party.makeRequest(changes);
    const owl = { card: 'owl', age: 9 };
    const callback = await logIn(provider.openUserAgent(), party, sent, owl);
    assert.equal(checkErrorCallback(party, sent, callback), 'login_required');
  });
}
