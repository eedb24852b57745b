/**
 * An OpenID Provider over real TLS on loopback, with the login page played by two requests, and
 * openid-client as the relying party. TEST ONLY.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import express, { type Response } from 'express';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as relyingParty from 'openid-client';
import { createCivilDate } from '../../gateway/identity/civil-date.ts';
import { browserSecretOf } from '../../gateway/login/browser-cookie.ts';
import { admit, type LoginOutcome } from '../../gateway/oidc/admission.ts';
import { createRegistry, parseClientFile } from '../../gateway/oidc/clients.ts';
import { createOpenId, type OpenId, type OpenIdOptions } from '../../gateway/oidc/provider.ts';
import { createSubjectKey } from '../../gateway/oidc/subject.ts';
import { errorCodeOf } from '../../gateway/protocol/errors.ts';
import { openSqliteStore } from '../../gateway/store/sqlite-store.ts';
import type { Store } from '../../gateway/store/store.ts';
import type { Person } from './openid-browser.ts';
import { createFetch } from './openid-exchange.ts';

export const CALLBACK = 'https://chat.example/callback';
export const SECOND_CALLBACK = 'https://www.chat.example/callback';

export interface Server {
  readonly issuer: string;
  readonly store: Store;
  readonly path: string;
  readonly clock: { aheadMs: number };
  readonly log: object[];
  readonly agent: Agent;
  readonly clientKeys: relyingParty.CryptoKeyPair;
  /** Every port that serves this issuer: the first is the one it is named after. */
  readonly ports: readonly number[];
  /** The provider of the first port. */
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

const subjectKey = createSubjectKey({ version: 'v1', secret: new Uint8Array(32).fill(5) });

/** Starts `listeners` providers that share one SQLite file, each with a connection of its own. */
export async function startServer(
  options: {
    listeners?: number;
    wrapStore?: (store: Store) => Store;
    changeOptions?: (options: OpenIdOptions) => OpenIdOptions;
    /** Gives the provider of each listener. */
    onOpenId?: (openId: OpenId) => void;
    /** Registers more clients: files like that of `chat`, with other fields in them. */
    moreClients?: (chat: Readonly<Record<string, unknown>>) => readonly object[];
  } = {},
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'kids-id-openid-'));
  const tls = createCertificate(folder);
  const agent = new Agent({ ca: tls.cert, keepAlive: true });
  const clientKeys = await generateKeyPair('ES256', { extractable: true });
  const signingKey = await exportJWK(
    (await generateKeyPair('ES256', { extractable: true })).privateKey,
  );
  const clock = { aheadMs: 0 };
  const now = () => new Date(Date.now() + clock.aheadMs);
  const path = join(folder, 'store.sqlite');
  const log: object[] = [];
  const stores: Store[] = [];
  const servers = Array.from({ length: options.listeners ?? 1 }, () => createServer(tls));
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A test that fails while it starts must still come to its end.
    server.unref();
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  const issuer = `https://127.0.0.1:${ports[0]}`;
  const publicKey = await exportJWK(clientKeys.publicKey);
  const clients = createClients(publicKey, options.moreClients ?? (() => []));
  const note = (fields: object, message: string) => void log.push({ ...fields, message });

  for (const server of servers) {
    const plain = openSqliteStore({ path, now });
    stores.push(plain);
    const store = options.wrapStore?.(plain) ?? plain;
    const openIdOptions: OpenIdOptions = {
      issuer,
      clients,
      store,
      now,
      signingKeys: { keys: [{ ...signingKey, kid: 'signing', alg: 'ES256', use: 'sig' }] },
      cookieKeys: ['TEST ONLY cookie key'],
      logger: { info: note, warn: note, error: note },
      onInteraction: async () => {},
      browserSecretOf,
      renderError(context, out) {
        context.type = 'text';
        context.body = `message page: ${out.error}`;
      },
      renderLoggedOut: (page) => `logged out: ${JSON.stringify(page)}`,
    };
    const finalOptions = options.changeOptions?.(openIdOptions) ?? openIdOptions;
    const openId = createOpenId(finalOptions);
    options.onOpenId?.(openId);
    server.on('request', createApp(openId));
  }

  return {
    issuer,
    store: stores[0] as Store,
    path,
    clock,
    log,
    agent,
    clientKeys,
    ports,
    fetch: createFetch(agent),
    async close() {
      agent.destroy();
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      for (const store of stores) await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The relying party `clientId`, as openid-client configures itself from discovery. */
export async function createRelyingParty(
  server: Server,
  clientId = 'chat',
  authentication?: relyingParty.ClientAuth,
) {
  const usual =
    clientId === 'public'
      ? relyingParty.None()
      : relyingParty.PrivateKeyJwt({ key: server.clientKeys.privateKey, kid: 'k1' });
  return relyingParty.discovery(new URL(server.issuer), clientId, {}, authentication ?? usual, {
    [relyingParty.customFetch]: server.fetch as relyingParty.CustomFetch,
  });
}

/** A request to log in, pushed; and what is needed to check the answer. */
export async function startLogin(
  config: relyingParty.Configuration,
  parameters: Record<string, string> = {},
) {
  const checks = {
    pkceCodeVerifier: relyingParty.randomPKCECodeVerifier(),
    expectedState: relyingParty.randomState(),
    expectedNonce: relyingParty.randomNonce(),
  };
  const url = await relyingParty.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: CALLBACK,
    scope: 'openid age_over_6 age_over_13',
    code_challenge: await relyingParty.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...parameters,
  });
  return { url, checks };
}

/** A client assertion of `chat` (RFC 7523 §3), right unless `claims` or `key` make it wrong. */
export async function signAssertion(
  server: Server,
  claims: object = {},
  key = server.clientKeys.privateKey,
): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000);
  const right = { iss: 'chat', sub: 'chat', aud: server.issuer, iat, exp: iat + 60 };
  return new SignJWT({ ...right, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .sign(key);
}

/** How many rows each table holds, read from the file by somebody else. */
export function countRows({ path }: Server): Record<string, number> {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database
    .prepare('SELECT table_name AS name, count(*) AS count FROM entries GROUP BY table_name')
    .all();
  database.close();
  return Object.fromEntries(rows.map(({ name, count }) => [String(name), Number(count)]));
}

/** What stands for the certificate of a card in these tests. */
export function cardIndexOf(card: string): string {
  return createHash('sha256').update(card).digest('base64url');
}

function createApp(openId: OpenId) {
  const app = express();
  const answer = (response: Response, work: () => Promise<unknown>) =>
    work().then(
      (body) => response.json(body),
      (error: unknown) => response.status(400).json({ code: errorCodeOf(error) }),
    );
  app.get('/login/:uid', (req, res) =>
    answer(res, async () => {
      const { uid, client, scopes, language } = await openId.getPendingLogin(req, res);
      return { uid, clientId: client.clientId, scopes: [...scopes], language };
    }),
  );
  app.post('/login/:uid/complete', express.json(), (req, res) =>
    answer(res, async () => {
      const { client, scopes } = await openId.getPendingLogin(req, res);
      const { card, age, outcome, agreed } = req.body as Person & { outcome?: LoginOutcome };
      const admitted = await admit({
        person: {
          ageOver: (threshold) => age >= threshold,
          accountKey: new TextEncoder().encode(card),
          cardIndex: cardIndexOf(card),
          certificateUntil: createCivilDate(2100, 1, 1),
        },
        client: { ...client, identity: undefined },
        scopes,
        subjectKey,
        today: createCivilDate(2030, 1, 1),
      });
      const told = agreed && {
        scopes: [...admitted.scopes, ...agreed.scopes],
        identity: agreed.claims,
      };
      return { location: await openId.complete(req, res, outcome ?? { ...admitted, ...told }) };
    }),
  );
  app.post('/login/:uid/cancel', (req, res) =>
    answer(res, async () => ({ location: await openId.refuse(req, res) })),
  );
  app.use(openId.handler);
  return app;
}

function createClients(
  publicKey: object,
  more: (chat: Readonly<Record<string, unknown>>) => readonly object[],
) {
  const { kty, crv, x, y } = publicKey as Record<string, string>;
  const chat = {
    clientId: 'chat',
    site: { name: 'Chat' },
    organisation: 'Chat vzw',
    sector: 'chat.example',
    subjectMode: 'pairwise',
    ageThresholds: [6, 13],
    redirectUris: [CALLBACK, SECOND_CALLBACK],
    authentication: {
      method: 'private_key_jwt',
      jwks: { keys: [{ kty, crv, x, y, kid: 'k1' }] },
    },
  };
  const files = [
    chat,
    { ...chat, clientId: 'chat-admin', ageThresholds: [] },
    { ...chat, clientId: 'ruled', ageThresholds: [], requireAge: { min: 6, below: 13 } },
    { ...chat, clientId: 'public', authentication: { method: 'none' }, par: 'optional' },
    { ...chat, clientId: 'pool', organisation: 'Pool', sector: 'pool.example' },
    { ...chat, clientId: 'transient', subjectMode: 'transient' },
    ...more(chat),
  ];
  return createRegistry(files.map((raw) => parseClientFile(raw)));
}

function createCertificate(folder: string): { key: string; cert: string } {
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = `/CN=TEST ONLY openid ${randomUUID()}`;
  const usage = 'subjectAltName=IP:127.0.0.1';
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'].concat([
      '-keyout',
      keyFile,
      '-out',
      certFile,
      '-days',
      '2',
      '-subj',
      subject,
      '-addext',
      usage,
    ]),
    { stdio: 'ignore', timeout: 20_000 },
  );
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
}
