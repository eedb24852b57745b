/**
 * What may be used once is used once, also when eight come at the same time, to two processes' worth
 * of providers over one SQLite file, behind a store that answers late.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import * as relyingParty from 'openid-client';
import type { Store } from '../../gateway/store/store.ts';
import { answerLogin, type Browser, createBrowser, locationOf, logIn } from './openid-browser.ts';
import { type Answer, exchange } from './openid-exchange.ts';
import {
  CALLBACK,
  countRows,
  createRelyingParty,
  type Server,
  signAssertion,
  startLogin,
  startServer,
} from './openid-setup.ts';

const ROUNDS = 5;
const AT_ONCE = 8;

let server: Server;
let chat: relyingParty.Configuration;
before(async () => {
  server = await startServer({ listeners: 2, wrapStore: answerLate });
  chat = await createRelyingParty(server);
});
after(() => server.close());

describe('of eight at once exactly one wins', () => {
  test('with one authorization code (RFC 6749 §4.1.2)', async () => {
    await inRounds(async () => {
      const answers = await redeemAtOnce(await getCode());
      assert.deepEqual(answers.map(outcomeOf).sort(), [
        '200',
        ...Array.from({ length: AT_ONCE - 1 }, () => '400 invalid_grant'),
      ]);
    });
  });

  test('with one client assertion (RFC 7523 §3)', async () => {
    await inRounds(async () => {
      const client_assertion = await signAssertion(server);
      const answers = await atOnce((port) => post('/par', { ...REQUEST, client_assertion }, port));
      assert.deepEqual(answers.map(outcomeOf).sort(), [
        '201',
        ...Array.from({ length: AT_ONCE - 1 }, () => '401 invalid_client'),
      ]);
    });
  });

  test('with one pushed request (RFC 9126 §4)', async () => {
    await inRounds(async () => {
      const { url } = await startLogin(chat);
      const browsers = Array.from({ length: AT_ONCE }, () => createBrowser(server));
      const paths: string[] = [];
      for (const browser of browsers) paths.push(await answerLogin(browser, url));
      const answers = await atOnce((port, index) =>
        (browsers[index] as Browser).send(paths[index] ?? '', { port }),
      );
      assertOneCode(answers, 'invalid_request_uri');
    });
  });

  test('with one interaction at its resume', async () => {
    await inRounds(async () => {
      const browser = createBrowser(server);
      const path = await answerLogin(browser, await createPlainRequest());
      const answers = await atOnce((port) => browser.send(path, { port }));
      const codes = answers.filter(({ location }) => location?.includes('code='));
      const pages = answers.filter(({ text }) => text === 'message page: invalid_request');
      assert.deepEqual([codes.length, pages.length], [1, AT_ONCE - 1]);
    });
  });

  test('with one interaction at its login page', async () => {
    await inRounds(async () => {
      const browser = createBrowser(server);
      const login = locationOf(await browser.send(await createPlainRequest())).pathname;
      const body = { card: 'fox', age: 9 };
      const answers = await atOnce((port) =>
        browser.send(`${login}/complete`, { method: 'POST', body, port }),
      );
      const expired = answers.filter(({ text }) => text === '{"code":"LOGIN_EXPIRED"}');
      const done = answers.filter(({ status }) => status === 200);
      assert.deepEqual([done.length, expired.length], [1, AT_ONCE - 1]);
    });
  });
});

describe('one after the other', () => {
  test('a code that comes again is refused and takes back what it gave (RFC 6749 §4.1.2)', async () => {
    const code = await getCode();
    const before = countRows(server);
    assert.equal(outcomeOf(await redeem(code, server.ports[0])), '200');
    assert.equal(countRows(server)['openid:AccessToken'], (before['openid:AccessToken'] ?? 0) + 1);
    assert.equal(outcomeOf(await redeem(code, server.ports[1])), '400 invalid_grant');
    const { 'openid:AccessToken': tokens, 'openid:Grant': grants } = countRows(server);
    assert.equal(tokens, before['openid:AccessToken']);
    assert.equal(grants ?? 0, (before['openid:Grant'] ?? 0) - 1);
    assert.equal(outcomeOf(await redeem(code, server.ports[0])), '400 invalid_grant');
  });

  test('a pushed request stays single when the card takes longer than its 60 s', async () => {
    const { url } = await startLogin(chat);
    const browsers = [createBrowser(server), createBrowser(server)] as const;
    const paths: string[] = [];
    for (const browser of browsers) paths.push(await answerLogin(browser, url));
    try {
      server.clock.aheadMs = 110_000;
      const answers = [
        await browsers[0].send(paths[0] ?? ''),
        await browsers[1].send(paths[1] ?? ''),
      ];
      assertOneCode(answers, 'invalid_request_uri');
    } finally {
      server.clock.aheadMs = 0;
    }
  });

  test('no code and no token can be read from the disk', async () => {
    const { url, checks } = await startLogin(chat);
    const callback = await logIn(createBrowser(server), url);
    const code = callback.searchParams.get('code') ?? '';
    const { access_token } = JSON.parse(
      (await redeem({ code, verifier: checks.pkceCodeVerifier }, server.ports[0])).text,
    );
    const disk = Buffer.concat([readFileSync(server.path), readFileSync(`${server.path}-wal`)]);
    assert.ok(disk.includes('openid:AccessToken'));
    for (const secret of [code, access_token]) {
      assert.ok(secret.length >= 20);
      assert.equal(disk.includes(secret), false);
    }
  });

  test('a pushed request that was answered starts no other login', async () => {
    const { url } = await startLogin(chat);
    await logIn(createBrowser(server), url);
    const answer = await createBrowser(server).send(url);
    assert.deepEqual([answer.status, answer.location], [400, undefined]);
  });

  test('a code and its claims are gone when their time is over (design §5)', async () => {
    for (const aheadMs of [30_000, 120_000]) {
      const code = await getCode();
      try {
        server.clock.aheadMs = aheadMs;
        assert.equal(outcomeOf(await redeem(code, server.ports[0])), '400 invalid_grant');
      } finally {
        server.clock.aheadMs = 0;
      }
    }
  });
});

const REQUEST = {
  client_id: 'chat',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid age_over_6',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

interface Code {
  readonly code: string;
  readonly verifier: string;
}

async function inRounds(play: () => Promise<void>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await play();
}

function atOnce(send: (port: number, index: number) => Promise<Answer>): Promise<Answer[]> {
  const { ports } = server;
  return Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) =>
      send(ports[index % ports.length] as number, index),
    ),
  );
}

async function getCode(): Promise<Code> {
  const { url, checks } = await startLogin(chat);
  const callback = await logIn(createBrowser(server), url);
  return {
    code: callback.searchParams.get('code') ?? '',
    verifier: checks.pkceCodeVerifier,
  };
}

async function redeemAtOnce(code: Code): Promise<Answer[]> {
  const bodies = await Promise.all(Array.from({ length: AT_ONCE }, () => tokenRequest(code)));
  return atOnce((port, index) => post('/token', bodies[index] ?? {}, port));
}

async function redeem(code: Code, port: number | undefined): Promise<Answer> {
  return post('/token', await tokenRequest(code), port);
}

async function tokenRequest({ code, verifier }: Code): Promise<Record<string, string>> {
  return {
    client_id: 'chat',
    client_assertion_type: REQUEST.client_assertion_type,
    client_assertion: await signAssertion(server),
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  };
}

function post(path: string, body: Record<string, string>, port?: number): Promise<Answer> {
  return exchange(server.agent, new URL(path, server.issuer), {
    method: 'POST',
    port,
    headers: {
      host: new URL(server.issuer).host,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(body).toString(),
  });
}

/** A request of the public client that was not pushed, so that nothing but the interaction is single. */
async function createPlainRequest(): Promise<URL> {
  const query = new URLSearchParams({
    client_id: 'public',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    code_challenge: REQUEST.code_challenge,
    code_challenge_method: 'S256',
    state: relyingParty.randomState(),
  });
  return new URL(`/auth?${query}`, server.issuer);
}

function outcomeOf({ status, text }: Answer): string {
  const { error } = JSON.parse(text) as { error?: string };
  return error ? `${status} ${error}` : String(status);
}

function assertOneCode(answers: readonly Answer[], error: string): void {
  const results = answers.map((answer) => {
    const { searchParams } = locationOf(answer);
    return searchParams.has('code') ? 'code' : searchParams.get('error');
  });
  const losers = Array.from({ length: answers.length - 1 }, () => error);
  assert.deepEqual(results.sort(), ['code', ...losers]);
}

/** The same store, some turns of the event loop later, as one over a network would be. */
function answerLate(store: Store): Store {
  const late =
    <Arguments extends unknown[], Result>(call: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      return call(...args);
    };
  return {
    put: late(store.put),
    insert: late(store.insert),
    find: late(store.find),
    take: late(store.take),
    consume: late(store.consume),
    remove: late(store.remove),
    removeGroup: late(store.removeGroup),
    close: store.close,
  };
}
