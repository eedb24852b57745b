/**
 * The example library as an operator runs it: copied to a folder of its own, started as a program, against an OpenID
 * Provider that is not ours and that knows its two clients; and ended.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Provider } from 'oidc-provider';
import { configureStandIn, letIn } from '../kit/examples/stand-in-provider.ts';
import { encodeCertificatePem } from '../kit/pki/build-certificate.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ORIGIN = 'https://library.localhost:8446';
const CARD_PIN = 'urn:kids-id:acr:card-pin';

describe('the library as a program', { timeout: 120_000 }, () => {
  let folder: string;
  let provider: Server;
  let library: ChildProcess;
  let port: number;
  const lines: string[] = [];
  /** What the provider does with the next sign-in, and what it was asked by the last. */
  const gateway = {
    acr: CARD_PIN,
    claims: {} as Record<string, boolean>,
    lastRequest: {} as Record<string, unknown>,
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kids-id-library-'));
    const pki = await openTestPki({ dir: join(folder, 'pki'), now: new Date() });
    const web = pki.issueWebCertificate(['127.0.0.1', 'library.localhost']);
    const caPem = encodeCertificatePem(pki.webCa.certificate);
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), caPem]);
    const [readerKey, deskKey] = await Promise.all([makeKey('library-1'), makeKey('desk-1')]);
    provider = createServer({ key: web.privateKeyPem, cert: web.certificatePem });
    await once(provider.listen(0, '127.0.0.1'), 'listening');
    await serveProvider(provider, gateway, { library: readerKey, 'library-desk': deskKey });

    await cp(join(ROOT, 'examples/library'), join(folder, 'site'), {
      recursive: true,
      filter: (source) => !source.includes('node_modules'),
    });
    await symlink(join(ROOT, 'node_modules'), join(folder, 'site/node_modules'));
    await writeFile(join(folder, 'ca.pem'), caPem);
    await writeFile(join(folder, 'reader.jwk'), JSON.stringify(readerKey));
    await writeFile(join(folder, 'desk.jwk'), JSON.stringify(deskKey));
    await writeFile(join(folder, 'tls.key'), web.privateKeyPem);
    await writeFile(join(folder, 'tls.pem'), web.certificatePem);
    await startLibrary();
  });
  after(async () => {
    if (library.exitCode === null) {
      library.kill('SIGKILL');
      await once(library, 'close');
    }
    provider.close();
    provider.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });

  async function startLibrary(): Promise<void> {
    lines.length = 0;
    library = spawn(process.execPath, ['server.ts'], {
      cwd: join(folder, 'site'),
      env: {
        NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
        PORT: '0',
        PUBLIC_URL: ORIGIN,
        ISSUER: `https://127.0.0.1:${(provider.address() as AddressInfo).port}`,
        CLIENT_ID: 'library',
        CLIENT_KEY_FILE: join(folder, 'reader.jwk'),
        DESK_CLIENT_ID: 'library-desk',
        DESK_CLIENT_KEY_FILE: join(folder, 'desk.jwk'),
        LIBRARY_DB: join(folder, 'library.sqlite'),
        TLS_KEY_FILE: join(folder, 'tls.key'),
        TLS_CERT_FILE: join(folder, 'tls.pem'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = library;
    assert.ok(stdout && stderr);
    createInterface(stderr).on('line', (line) => lines.push(line));
    for await (const line of createInterface(stdout)) {
      lines.push(line);
      port = Number(/listening on port (\d+)/.exec(line)?.[1]);
      if (port > 0) return;
    }
    assert.fail(lines.join('\n'));
  }

  /** Follows redirects with the cookies of a new browser until a page; returns its address and its text. */
  async function visit(path: string): Promise<{ path: string; text: string; status: number }> {
    const cookies = new Map<string, Map<string, string>>();
    let url = new URL(path, ORIGIN);
    for (let hops = 0; hops < 12; hops += 1) {
      const jar = cookies.get(url.origin) ?? new Map<string, string>();
      cookies.set(url.origin, jar);
      const address = new URL(url);
      if (url.origin === ORIGIN) address.host = `127.0.0.1:${port}`;
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(address, { headers: { cookie }, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        jar.set(name, value);
      }
      const location = response.headers.get('location');
      const text = await response.text();
      if (location === null) return { path: url.pathname, text, status: response.status };
      url = new URL(location, url);
    }
    throw new Error('too many redirects');
  }

  it('asks for nothing but sub, for readers and for the desk', async () => {
    await visit('/login');
    const { scope, claims, acr_values, client_id, code_challenge_method } = gateway.lastRequest;
    assert.deepEqual([client_id, scope, claims], ['library', 'openid', undefined]);
    assert.deepEqual([acr_values, code_challenge_method], [CARD_PIN, 'S256']);
    gateway.claims = { age_over_18: true };
    await visit('/desk/login');
    assert.equal(gateway.lastRequest['client_id'], 'library-desk');
    assert.equal(gateway.lastRequest['scope'], 'openid');
  });

  it('lets an adult up to the desk, where a code waits and nothing else', async () => {
    gateway.claims = { age_over_18: true };
    const { text, status } = await visit('/desk/login');
    assert.ok(status < 500);
    assert.match(text, /[2-9A-Z]{4}-[2-9A-Z]{4}/);
  });

  it('lets nobody to the desk whom the gateway let through by mistake, and says so in the log', async () => {
    for (const claims of [{ age_over_18: false }, {}]) {
      gateway.claims = claims;
      const { text } = await visit('/desk/login');
      assert.doesNotMatch(text, /[2-9A-Z]{4}-[2-9A-Z]{4}/);
    }
    assert.ok(
      lines.some((line) => /registration/.test(line)),
      lines.join('\n'),
    );
  });

  it('ends in order at SIGTERM, and starts again with the same database', async () => {
    const file = join(folder, 'library.sqlite');
    assert.ok(existsSync(`${file}-wal`));
    library.kill('SIGTERM');
    const [code] = await once(library, 'close');
    assert.equal(code, 0, lines.join('\n'));
    assert.ok(existsSync(file));
    assert.equal(existsSync(`${file}-wal`), false, 'the database was closed');
    await startLibrary();
    assert.equal((await visit('/')).status, 200);
  });
});

async function makeKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid };
}

/** A provider that lets everybody in with the claims of the test. */
async function serveProvider(
  server: Server,
  gateway: { acr: string; claims: Record<string, boolean>; lastRequest: Record<string, unknown> },
  keys: Readonly<Record<string, JWK>>,
): Promise<void> {
  const redirectUris = { library: `${ORIGIN}/callback`, 'library-desk': `${ORIGIN}/desk/callback` };
  const clients = Object.entries(redirectUris).map(([id, redirectUri]) => {
    const key = keys[id];
    assert.ok(key);
    return { id, key, redirectUri };
  });
  const { port } = server.address() as AddressInfo;
  const configuration = await configureStandIn(clients, {
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...gateway.claims }) }),
  });
  const provider = new Provider(`https://127.0.0.1:${port}`, configuration);
  const handle = provider.callback();
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    if (!req.url?.startsWith('/interaction/')) return handle(req, res);
    const { params } = await provider.interactionDetails(req, res);
    gateway.lastRequest = params;
    await letIn(provider, [req, res], { accountId: 'a', acr: gateway.acr });
  };
  server.on('request', (req, res) => {
    answer(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
  });
}
