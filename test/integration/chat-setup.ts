/**
 * For the tests of the example chat: the chat as an integrator would run it (copied to a folder of its own, started as
 * a program), a small OpenID Provider that answers what the test says, and a browser without a screen. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';
import { configureStandIn, letIn } from '../kit/examples/stand-in-provider.ts';
import { encodeCertificatePem } from '../kit/pki/build-certificate.ts';
import { openTestPki, type WebCertificate } from '../kit/pki/test-pki.ts';

/** What the provider does with the next sign-ins: lets one in with these claims, or ends it with an error. */
export type Answer =
  | { readonly acr: string; readonly sub: string; readonly claims: Record<string, boolean> }
  | { readonly error: string };

/** The provider, and what it saw. */
export interface TestProvider {
  readonly issuer: string;
  answer: Answer;
  /** The parameters of the sign-in seen last. */
  lastRequest: Readonly<Record<string, unknown>>;
  tokenRequests: number;
  pushedRequests: number;
  close(): Promise<void>;
}

/** Certificates, keys and folders that all tests of one file share. */
export interface ChatSetup {
  readonly web: WebCertificate;
  readonly clientKey: JWK;
  readonly chatFolder: string;
  readonly caFile: string;
  remove(): Promise<void>;
}

/** The origin under which the chat is known; its real port is found by {@link createTestBrowser}. */
export const CHAT_ORIGIN = 'https://chat.localhost:8444';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Makes keys and certificates, trusts them in this process, and copies the chat to a folder of its own. */
export async function prepareChat(): Promise<ChatSetup> {
  const folder = await mkdtemp(join(tmpdir(), 'kids-id-chat-'));
  const pki = await openTestPki({ dir: join(folder, 'pki'), now: new Date() });
  const web = pki.issueWebCertificate(['127.0.0.1', 'chat.localhost']);
  const caPem = encodeCertificatePem(pki.webCa.certificate);
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), caPem]);

  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const clientKey = { ...(await exportJWK(privateKey)), kid: 'chat-1' };
  const chatFolder = join(folder, 'chat');
  await cp(join(ROOT, 'examples/chat'), chatFolder, {
    recursive: true,
    filter: (source) => !source.includes('node_modules'),
  });
  await symlink(join(ROOT, 'node_modules'), join(chatFolder, 'node_modules'));
  const caFile = join(folder, 'ca.pem');
  await Promise.all([
    writeFile(caFile, caPem),
    writeFile(join(chatFolder, 'client.jwk'), JSON.stringify(clientKey), { mode: 0o600 }),
    writeFile(join(chatFolder, 'tls.key'), web.privateKeyPem, { mode: 0o600 }),
    writeFile(join(chatFolder, 'tls.pem'), web.certificatePem),
  ]);
  const remove = () => rm(dirname(caFile), { recursive: true, force: true });
  return { web, clientKey, chatFolder, caFile, remove };
}

/** The chat as a program of its own. */
export interface RunningChat {
  /** Everything it printed so far. */
  readonly lines: readonly string[];
  /** Resolves with the first line that holds this text; rejects when the program ends before. */
  lineWith(text: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts the copied chat with https on a port that the system chooses. It may still be waiting for the provider. */
export function startChat(setup: ChatSetup, issuer: string): RunningChat {
  const child = spawn(process.execPath, ['server.ts'], {
    cwd: setup.chatFolder,
    env: {
      NODE_EXTRA_CA_CERTS: setup.caFile,
      PORT: '0',
      PUBLIC_URL: CHAT_ORIGIN,
      ISSUER: issuer,
      CLIENT_ID: 'chat',
      CLIENT_KEY_FILE: 'client.jwk',
      MODERATORS_CLIENT_ID: 'chat-moderators',
      MODERATORS_CLIENT_KEY_FILE: 'client.jwk',
      CHAT_DB: 'chat.sqlite',
      TLS_KEY_FILE: 'tls.key',
      TLS_CERT_FILE: 'tls.pem',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      for (const check of waiting) check();
    });
  }
  child.once('close', () => {
    for (const check of waiting) check();
  });
  return {
    lines,
    lineWith: (text) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const line = lines.find((candidate) => candidate.includes(text));
          if (line !== undefined) resolve(line);
          else if (child.exitCode !== null) reject(new Error(lines.join('\n')));
          else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
    close: () => endChild(child),
  };
}

/** Starts the provider on https; `port` 0 lets the system choose. */
export async function startProvider(setup: ChatSetup, port = 0): Promise<TestProvider> {
  const server = createServer({ key: setup.web.privateKeyPem, cert: setup.web.certificatePem });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: TestProvider = {
    issuer,
    answer: { error: 'access_denied' },
    lastRequest: {},
    tokenRequests: 0,
    pushedRequests: 0,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  const provider = new Provider(issuer, await providerConfiguration(setup, state));
  provider.on('pushed_authorization_request.success', () => {
    state.pushedRequests += 1;
  });
  const handle = provider.callback();
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    if (req.url === '/token') state.tokenRequests += 1;
    const answering = req.url?.startsWith('/interaction/')
      ? answerInteraction(provider, state, req, res)
      : handle(req, res);
    answering.catch((error: unknown) => {
      res.writeHead(500).end(String(error));
    });
  });
  return state;
}

function providerConfiguration(
  { clientKey: key }: ChatSetup,
  state: TestProvider,
): Promise<Configuration> {
  const clients = [
    { id: 'chat', key, redirectUri: `${CHAT_ORIGIN}/callback` },
    { id: 'chat-moderators', key, redirectUri: `${CHAT_ORIGIN}/moderate/callback` },
  ];
  return configureStandIn(clients, {
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...('claims' in state.answer && state.answer.claims) }),
    }),
  });
}

async function answerInteraction(
  provider: Provider,
  state: TestProvider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(req, res);
  state.lastRequest = params;
  const { answer } = state;
  if ('error' in answer) return provider.interactionFinished(req, res, { error: answer.error });
  await letIn(provider, [req, res], { accountId: answer.sub, acr: answer.acr });
}

/** A page or redirect as the browser got it. */
export interface Visited {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A browser: cookies per origin, redirects followed one by one. */
export interface TestBrowser {
  /** Cookies by origin and name; tests may plant and copy them. */
  readonly cookies: Map<string, Map<string, string>>;
  /** Sends one request and follows nothing. */
  visit(url: URL | string, init?: RequestInit): Promise<Visited>;
  /** Goes to the address and follows redirects until a page, or an address for which `stopAt` holds (not requested). */
  follow(url: URL | string, stopAt?: (url: URL) => boolean): Promise<Visited>;
}

/** Makes a browser that finds the chat's public origin at `chatPort` on loopback. */
export function createTestBrowser(chatPort: number): TestBrowser {
  const cookies = new Map<string, Map<string, string>>();
  const visit: TestBrowser['visit'] = async (target, init = {}) => {
    const url = new URL(target, CHAT_ORIGIN);
    const jar = cookies.get(url.origin) ?? new Map<string, string>();
    cookies.set(url.origin, jar);
    const address = new URL(url);
    if (url.origin === CHAT_ORIGIN) address.host = `127.0.0.1:${chatPort}`;
    const headers = new Headers(init.headers);
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(address, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      assert.ok(name !== undefined && value !== undefined);
      if (/expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return { url, status: response.status, headers: response.headers, text: await response.text() };
  };
  const follow: TestBrowser['follow'] = async (target, stopAt = () => false) => {
    for (let url = new URL(target, CHAT_ORIGIN), hops = 0; hops < 12; hops += 1) {
      const visited = await visit(url);
      const location = visited.headers.get('location');
      if (visited.status < 300 || visited.status > 399 || location === null) return visited;
      url = new URL(location, url);
      if (stopAt(url)) return { ...visited, url };
    }
    throw new Error('too many redirects');
  };
  return { cookies, visit, follow };
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'close');
}
