/**
 * The races as clients and browsers can run them: eight requests at once, half of them to each of two
 * providers over one store that answers late. Written over the Store interface: every store is held to
 * the same.
 */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type * as relyingParty from 'openid-client';
import type { Store } from '../../gateway/store/store.ts';
import { answerLogin, type Browser, createBrowser, locationOf, logIn } from './openid-browser.ts';
import { type Answer, exchange } from './openid-exchange.ts';
import { answerLate, decideByReading, type SharedStore, STORES } from './openid-races-stores.ts';
import {
  CALLBACK,
  createRelyingParty,
  type Server,
  signAssertion,
  startLogin,
  startServer,
} from './openid-setup.ts';

const ROUNDS = 4;
const AT_ONCE = 8;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Code {
  readonly code: string;
  readonly verifier: string;
}

for (const { name, open } of STORES) {
  describe(`of eight at once exactly one wins, over ${name}`, () => {
    let shared: SharedStore;
    let server: Server;
    let chat: relyingParty.Configuration;
    before(async () => {
      shared = await open();
      server = await startOver((now) => answerLate(shared.connect(now)));
      chat = await createRelyingParty(server);
    });
    after(async () => {
      await server.close();
      await shared.close();
    });

    test('with one authorization code (RFC 6749 §4.1.2)', async () => {
      await inRounds(async () => {
        assertOneOf(await redeemAtOnce(server, await getCode(server, chat)), '200', [
          '400 invalid_grant',
        ]);
      });
    });

    test('with one client assertion, at either endpoint (RFC 7523 §3)', async () => {
      await inRounds(async () => {
        const client_assertion = await signAssertion(server);
        const body = { ...(await tokenRequest(server, NO_CODE)), client_assertion };
        const answers = await atOnce(server, (port, index) =>
          index < 4
            ? post(server, '/par', { ...REQUEST, client_assertion }, { port })
            : post(server, '/token', body, { port }),
        );
        const refused = answers.filter((answer) => outcomeOf(answer) === '401 invalid_client');
        assert.equal(refused.length, AT_ONCE - 1, answers.map(outcomeOf).join());
      });
    });

    test('with one pushed request in eight browsers (RFC 9126 §4)', async () => {
      await inRounds(async () => {
        const { url } = await startLogin(chat);
        const browsers = Array.from({ length: AT_ONCE }, () => createBrowser(server));
        const paths: string[] = [];
        for (const browser of browsers) paths.push(await answerLogin(browser, url));
        const answers = await atOnce(server, (port, index) =>
          (browsers[index] as Browser).send(paths[index] ?? '', { port }),
        );
        const codes = answers.filter((answer) => locationOf(answer).searchParams.has('code'));
        assert.equal(codes.length, 1);
      });
    });

    test('with one interaction, answered by cards and by refusals', async () => {
      await inRounds(async () => {
        const browser = createBrowser(server);
        const login = locationOf(await browser.send((await startLogin(chat)).url)).pathname;
        const body = { card: 'fox', age: 9 };
        const answers = await atOnce(server, (port, index) =>
          index % 4 < 2
            ? browser.send(`${login}/complete`, { method: 'POST', body, port })
            : browser.send(`${login}/cancel`, { method: 'POST', port }),
        );
        const expired = answers.filter(({ text }) => text === '{"code":"LOGIN_EXPIRED"}');
        const done = answers.filter(({ status }) => status === 200);
        assert.deepEqual([done.length, expired.length], [1, AT_ONCE - 1]);
      });
    });

    test('with one interaction at its resume', async () => {
      await inRounds(async () => {
        const browser = createBrowser(server);
        // Not pushed, so that nothing but the interaction is single.
        const query = new URLSearchParams({ ...PLAIN_REQUEST, client_id: 'public' });
        const path = await answerLogin(browser, new URL(`/auth?${query}`, server.issuer));
        const answers = await atOnce(server, (port) => browser.send(path, { port }));
        const codes = answers.filter(({ location }) => location?.includes('code='));
        assert.equal(codes.length, 1);
      });
    });

    test('with one DPoP proof for eight codes (RFC 9449 §11.1)', async () => {
      const sign = await createProver();
      await inRounds(async () => {
        const bodies: Record<string, string>[] = [];
        for (let index = 0; index < AT_ONCE; index += 1) {
          bodies.push(await tokenRequest(server, await getCode(server, chat)));
        }
        const dpop = await sign({ htm: 'POST', htu: `${server.issuer}/token` });
        const answers = await atOnce(server, (port, index) =>
          post(server, '/token', bodies[index] ?? {}, { port, headers: { dpop } }),
        );
        assertOneOf(answers, '200', ['400 invalid_dpop_proof', '400 invalid_grant']);
      });
    });

    test('with one DPoP proof for one access token at userinfo (RFC 9449 §11.1)', async () => {
      const sign = await createProver();
      const discovery = await server.fetch(`${server.issuer}/.well-known/openid-configuration`);
      const { userinfo_endpoint: htu = '' } = (await discovery.json()) as Record<string, string>;
      await inRounds(async () => {
        const body = await tokenRequest(server, await getCode(server, chat));
        const dpop = await sign({ htm: 'POST', htu: `${server.issuer}/token` });
        const tokens = await post(server, '/token', body, { headers: { dpop } });
        const { access_token: token } = JSON.parse(tokens.text) as { access_token: string };
        const ath = createHash('sha256').update(token).digest('base64url');
        const proof = await sign({ htm: 'GET', htu, ath });
        const headers = { authorization: `DPoP ${token}`, dpop: proof, ...hostOf(server) };
        const answers = await atOnce(server, (port) =>
          exchange(server.agent, new URL(htu), { method: 'GET', port, headers }),
        );
        const statuses = answers.map(({ status }) => status);
        assert.deepEqual(statuses.sort(), [200, ...Array.from({ length: AT_ONCE - 1 }, () => 401)]);
      });
    });
  });

  test(`over ${name} a store that decides by reading does not give one code its tokens once`, async () => {
    const shared = await open();
    const server = await startOver((now) => decideByReading(answerLate(shared.connect(now)), now));
    try {
      const chat = await createRelyingParty(server);
      const answers = await redeemAtOnce(server, await getCode(server, chat));
      assert.notEqual(answers.filter(({ status }) => status === 200).length, 1);
    } finally {
      await server.close();
      await shared.close();
    }
  });
}

const NO_CODE: Code = { code: randomUUID(), verifier: randomUUID().repeat(2) };

const PLAIN_REQUEST = {
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};
const REQUEST = { ...PLAIN_REQUEST, client_id: 'chat', client_assertion_type: ASSERTION_TYPE };

function startOver(connect: (now: () => Date) => Store): Promise<Server> {
  return startServer({
    listeners: 2,
    changeOptions: (options) => ({ ...options, store: connect(options.now) }),
  });
}

async function inRounds(play: () => Promise<void>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await play();
}

function atOnce(
  { ports }: Server,
  send: (port: number, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const indexes = Array.from({ length: AT_ONCE }, (_, index) => index);
  return Promise.all(indexes.map((index) => send(ports[index % ports.length] ?? 0, index)));
}

async function getCode(server: Server, chat: relyingParty.Configuration): Promise<Code> {
  const { url, checks } = await startLogin(chat);
  const { searchParams } = await logIn(createBrowser(server), url);
  return { code: searchParams.get('code') ?? '', verifier: checks.pkceCodeVerifier };
}

async function redeemAtOnce(server: Server, code: Code): Promise<Answer[]> {
  const bodies = await Promise.all(
    Array.from({ length: AT_ONCE }, () => tokenRequest(server, code)),
  );
  return atOnce(server, (port, index) => post(server, '/token', bodies[index] ?? {}, { port }));
}

async function tokenRequest(
  server: Server,
  { code, verifier }: Code,
): Promise<Record<string, string>> {
  return {
    client_id: 'chat',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await signAssertion(server),
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  };
}

function post(
  server: Server,
  path: string,
  body: Record<string, string>,
  options: { port?: number; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const type = 'application/x-www-form-urlencoded';
  return exchange(server.agent, new URL(path, server.issuer), {
    method: 'POST',
    port: options.port,
    headers: { ...hostOf(server), 'content-type': type, ...options.headers },
    body: new URLSearchParams(body).toString(),
  });
}

const hostOf = ({ issuer }: Server) => ({ host: new URL(issuer).host });

/** Signs DPoP proofs under one fresh key (RFC 9449 §4.2). */
async function createProver() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return (claims: object) =>
    new SignJWT({ jti: randomUUID(), iat: Math.floor(Date.now() / 1_000), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .sign(privateKey);
}

function outcomeOf({ status, text }: Answer): string {
  const { error } = JSON.parse(text) as { error?: string };
  return error ? `${status} ${error}` : String(status);
}

function assertOneOf(answers: readonly Answer[], won: string, lost: readonly string[]): void {
  const outcomes = answers.map(outcomeOf);
  assert.equal(outcomes.filter((outcome) => outcome === won).length, 1, outcomes.join());
  for (const outcome of outcomes) assert.ok(outcome === won || lost.includes(outcome), outcome);
}
