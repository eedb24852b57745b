/**
 * A whole gateway and the clients that conformance tests speak for: each request is made by hand, so
 * that a test can send what no library would. TEST ONLY.
 */
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { mock } from 'node:test';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair } from 'jose';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { openRawBrowser, type RawBrowser, type RawResponse } from '../kit/gateway/raw-browser.ts';
import type { RawCard } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { createRawClient, type RawClient } from './raw-client.ts';

/** An answer, with every header. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The members of a JSON object; none when the answer is something else. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface RawRequest {
  readonly method: string;
  /** At the gateway: a path, or a whole URL of its metadata. */
  readonly url: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** What every client file of these tests can be told to have. */
type ClientFile = Readonly<Record<string, unknown>> & { readonly clientId: string };

/** A login page that waits for its card, and the browser it is open in. */
export interface WaitingLogin {
  readonly browser: RawBrowser;
  readonly page: string;
}

export interface ConformanceGateway {
  readonly gateway: TestGateway;
  readonly origin: string;
  /** The discovery document, as it was when the gateway had started. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly steps: LoginSteps;
  clientOf(clientId: string): RawClient;
  send(asked: RawRequest): Promise<Reply>;
  /** Visits an authorization request in a browser of its own. */
  visit(path: string, browser?: RawBrowser): Promise<RawResponse>;
  /** Visits a request that must lead to a login page. */
  open(path: string, browser?: RawBrowser): Promise<WaitingLogin>;
  /** Shows emma's card and goes on to the answer, which comes back unread. */
  showCard(login: WaitingLogin): Promise<RawResponse>;
  /** From a request to the callback's URL, with a card. */
  logIn(path: string): Promise<URL>;
  /** From a request to the callback's URL, by the button that ends a login. */
  cancel(path: string): Promise<URL>;
  close(): Promise<void>;
}

/**
 * Starts a gateway with the clients of `files`, each with a key of its own unless its file says how it
 * authenticates. Callbacks are `https://<clientId>.localhost/callback` and `…/second`.
 */
export async function openConformanceGateway(
  files: readonly ClientFile[],
): Promise<ConformanceGateway> {
  const keys = new Map<string, GenerateKeyPairResult>();
  for (const { clientId } of files) keys.set(clientId, await generateClientKeys());
  const clients: object[] = [];
  for (const file of files) clients.push(await completeFile(file, keys.get(file.clientId)));
  const gateway = await startTestGateway({ clients, config: { development: false } });
  const agent = new Agent({ ca: gateway.webCa, keepAlive: true });
  const send = (asked: RawRequest) => exchange(gateway, agent, asked);
  const steps = await createLoginSteps(gateway);
  const card = await steps.cardOf('emma');
  const discovery = await send({ method: 'GET', url: '/.well-known/openid-configuration' });
  const metadata = discovery.json;
  const visits = createVisits(gateway, steps, card);

  return {
    gateway,
    origin: gateway.origin,
    metadata,
    steps,
    send,
    ...visits,
    clientOf(clientId) {
      const key = keys.get(clientId)?.privateKey;
      assert.ok(key, clientId);
      const file = files.find((one) => one.clientId === clientId);
      const isPublic = Object(file?.['authentication']).method === 'none';
      return createRawClient({ clientId, key, issuer: gateway.origin, metadata, send, isPublic });
    },
    async close() {
      agent.destroy();
      await gateway.stop();
    },
  };
}

/** What `work` does, done so many seconds from now by every clock of this process. */
export async function later<Result>(seconds: number, work: () => Promise<Result>): Promise<Result> {
  mock.timers.enable({ apis: ['Date'], now: Date.now() + seconds * 1_000 });
  try {
    return await work();
  } finally {
    mock.timers.reset();
  }
}

function createVisits(gateway: TestGateway, steps: LoginSteps, card: RawCard) {
  const visit = (path: string, browser = openRawBrowser(gateway)) => browser.get(path);

  async function open(path: string, browser = openRawBrowser(gateway)): Promise<WaitingLogin> {
    const started = await visit(path, browser);
    const page = String(started.headers['location']);
    assert.match(page, /^\/login\/[A-Za-z0-9_-]+$/, `${started.status} ${started.text}`);
    return { browser, page };
  }

  async function showCard({ browser, page }: WaitingLogin): Promise<RawResponse> {
    const completionCode = await steps.proveCard(await steps.ticketOf({ browser, page }), card);
    return follow(browser, await browser.postJson(`${page}/complete`, { completionCode }));
  }

  return {
    visit,
    open,
    showCard,
    logIn: async (path: string) => callbackOf(await showCard(await open(path))),
    async cancel(path: string) {
      const { browser, page } = await open(path);
      return callbackOf(await follow(browser, await browser.postJson(`${page}/cancel`, {})));
    },
  };
}

async function follow(browser: RawBrowser, reply: RawResponse): Promise<RawResponse> {
  assert.equal(reply.status, 200, reply.text);
  const { location } = JSON.parse(reply.text) as { location: string };
  return browser.get(location);
}

/** The address that an answer redirects to, which must be one outside the gateway. */
export function callbackOf(answer: { status: number; headers: object; text: string }): URL {
  const { location = '' } = answer.headers as { location?: string };
  assert.ok(location.startsWith('https://'), `no callback: ${answer.status} ${answer.text}`);
  return new URL(location);
}

function generateClientKeys(): Promise<GenerateKeyPairResult> {
  return generateKeyPair('ES256', { extractable: true });
}

async function completeFile(
  { clientId, ...file }: ClientFile,
  keys: GenerateKeyPairResult | undefined,
): Promise<object> {
  assert.ok(keys);
  const { kty, crv, x, y } = await exportJWK(keys.publicKey);
  return {
    clientId,
    site: { name: `${clientId} TEST ONLY` },
    organisation: `${clientId} TEST ONLY vzw`,
    sector: `${clientId}.localhost`,
    subjectMode: 'pairwise',
    ageThresholds: [9],
    redirectUris: ['callback', 'second'].map((path) => `https://${clientId}.localhost/${path}`),
    authentication: {
      method: 'private_key_jwt',
      jwks: { keys: [{ kty, crv, x, y, kid: 'k1' }] },
    },
    ...file,
  };
}

function exchange(gateway: TestGateway, agent: Agent, asked: RawRequest): Promise<Reply> {
  const { pathname, search } = new URL(asked.url, gateway.origin);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        host: '127.0.0.1',
        port: gateway.port,
        servername: 'gateway.localhost',
        method: asked.method,
        path: pathname + search,
        headers: { host: new URL(gateway.origin).host, ...asked.headers },
        timeout: 10_000,
      },
      (incoming) => {
        incoming.toArray().then((chunks: Buffer[]) => {
          const text = Buffer.concat(chunks).toString();
          const { statusCode: status = 0, headers } = incoming;
          resolve({ status, headers, text, json: membersOf(text) });
        }, reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.on('error', reject);
    outgoing.end(asked.body);
  });
}

function membersOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
