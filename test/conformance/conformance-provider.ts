/**
 * The provider that the conformance modules look at, its clients, and a person with a card: the card
 * is said in one request, everything before and after it is the protocol itself. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mock } from 'node:test';
import { exportJWK, generateKeyPair, type JWTPayload } from 'jose';
import { browserSecretOf } from '../../gateway/login/browser-cookie.ts';
import { createRegistry, parseClientFile } from '../../gateway/oidc/clients.ts';
import type { OpenIdOptions } from '../../gateway/oidc/provider.ts';
import { type Server, startServer } from '../integration/openid-setup.ts';
import {
  checkCallback,
  checkIdToken,
  checkTokens,
  type Tokens,
} from '../kit/openid/check-answers.ts';
import {
  type ClientAuthentication,
  createRelyingParty,
  type Parameters,
  type RelyingParty,
  type SentRequest,
} from '../kit/openid/relying-party.ts';
import { openUserAgent, redirectOf, type UserAgent } from '../kit/openid/user-agent.ts';

const SITE = 'https://rp.example';
export const CALLBACK = `${SITE}/callback`;
export const POST_LOGOUT = `${SITE}/post_logout_redirect`;

const SECRET = 'TEST-ONLY secret of a relying party: 43 chars';

/** How the plans' requests are made: as the suite makes them, and as this profile prefers. */
export const VARIANTS = {
  'client_secret_basic, not pushed': 'secret',
  'private_key_jwt, pushed': 'key',
} as const;

export type ClientId = 'secret' | 'key' | 'public' | 'identity' | 'other' | 'logout';

/** What the card of these tests says of its holder, claim by claim of OpenID Connect Core §5.1. */
export const IDENTITY = {
  profile: { given_name: 'Test', family_name: 'Only', gender: 'female' },
  address: {
    address: { street_address: 'Teststraat 1', postal_code: '1000', locality: 'Brussel' },
  },
} as const;

/** What a person who agrees to everything grants the client `identity`. */
const GRANTED: readonly string[] = ['openid', ...Object.keys(IDENTITY)];

export interface ConformanceProvider {
  readonly server: Server;
  readonly issuer: string;
  party(clientId: ClientId, method?: 'client_secret_post'): RelyingParty;
  openUserAgent(): UserAgent;
  close(): Promise<void>;
}

/** Starts the provider. `options` is for what a plan needs beside its clients. */
export async function startConformanceProvider(
  options: {
    changeOptions?: (options: OpenIdOptions) => OpenIdOptions;
    backchannelLogoutUri?: string;
  } = {},
): Promise<ConformanceProvider> {
  const keys = await generateKeyPair('ES256', { extractable: true });
  const files = createClientFiles(await exportJWK(keys.publicKey), options.backchannelLogoutUri);
  const clients = createRegistry(files.map((file) => parseClientFile(file)));
  const { changeOptions = (unchanged) => unchanged } = options;
  const server = await startServer({
    changeOptions: (given) =>
      changeOptions({
        ...given,
        clients,
        browserSecretOf,
        renderLoggedOut: () => '<!doctype html><title>TEST ONLY</title><p>You are logged out.</p>',
      }),
  });
  const { issuer, agent } = server;
  const authentication = (clientId: ClientId, method?: 'client_secret_post') => {
    if (clientId === 'public') return { method: 'none' } as const;
    if (clientId === 'key')
      return { method: 'private_key_jwt', key: keys.privateKey, kid: 'k1' } as const;
    return { method: method ?? 'client_secret_basic', secret: SECRET } as ClientAuthentication;
  };
  return {
    server,
    issuer,
    party: (clientId, method) =>
      createRelyingParty({
        issuer,
        agent,
        clientId,
        redirectUri: CALLBACK,
        authentication: authentication(clientId, method),
        isPushing: clientId === 'key',
      }),
    openUserAgent() {
      const userAgent = openUserAgent({ issuer, agent });
      // What the gateway sets at /auth, in front of the provider (design §2).
      const cookie = { name: '__Host-kids-id', value: randomBytes(32).toString('base64url') };
      userAgent.cookies.set('own', { ...cookie, path: '/' });
      return userAgent;
    },
    close: () => server.close(),
  };
}

/** A person with a card: nine years old, and shy unless `identity` says what is told. */
export interface Person {
  readonly card: string;
  readonly age: number;
  readonly identity?: object;
}
export const CHILD: Person = { card: 'fox', age: 9 };

/** Goes from the request to the callback; the card is asked for on the way, or the test fails. */
export async function logIn(
  userAgent: UserAgent,
  party: RelyingParty,
  sent: SentRequest,
  person: Person = CHILD,
): Promise<URL> {
  const login = redirectOf(await userAgent.send(sent.url), party.issuer);
  assert.match(login.href, new RegExp(`^${party.issuer}/login/[A-Za-z0-9_-]+$`), 'no card asked');
  const { card, age, identity } = person;
  const outcome = identity && {
    sub: createHash('sha256').update(card).digest('base64url'),
    claims: {},
    scopes: (sent.parameters['scope'] ?? '').split(' ').filter((scope) => GRANTED.includes(scope)),
    identity,
    cardIndex: createHash('sha256').update(`TEST ONLY ${card}`).digest('base64url'),
  };
  const done = await userAgent.send(`${login.pathname}/complete`, {
    json: { card, age, ...(outcome && { outcome }) },
  });
  assert.equal(done.status, 200, done.text);
  return redirectOf(await userAgent.send(JSON.parse(done.text).location), party.issuer);
}

/** A whole login, with every check that a careful relying party makes. */
export interface Login {
  readonly sent: SentRequest;
  readonly callback: URL;
  readonly tokens: Tokens;
  readonly claims: JWTPayload & { readonly sub: string };
}

/** Logs in from request to ID token. */
export async function completeLogin(
  provider: ConformanceProvider,
  party: RelyingParty,
  options: { changes?: Parameters; person?: Person; userAgent?: UserAgent } = {},
): Promise<Login> {
  const { changes = {}, person = CHILD, userAgent = provider.openUserAgent() } = options;
  const sent = await party.makeRequest(changes);
  const callback = await logIn(userAgent, party, sent, person);
  checkCallback(party, sent, callback);
  const tokens = checkTokens(await party.redeem(sent, callback));
  const claims = await checkIdToken({
    party,
    agent: provider.server.agent,
    idToken: tokens.id_token,
    nonce: sent.parameters['nonce'],
  });
  return { sent, callback, tokens, claims: { ...claims, sub: claims.sub ?? '' } };
}

/** Does something later: every clock of this process stands `ms` ahead, the library's own too. */
export async function atLater<T>(ms: number, work: () => Promise<T>): Promise<T> {
  mock.timers.enable({ apis: ['Date'], now: Date.now() + ms });
  try {
    return await work();
  } finally {
    mock.timers.reset();
  }
}

/** The clients: one for each way of showing who they are, and what single modules need. */
function createClientFiles(publicKey: object, backchannelLogoutUri?: string): object[] {
  const { kty, crv, x, y } = publicKey as Record<string, string>;
  const secret = {
    clientId: 'secret',
    site: { name: 'TEST ONLY relying party' },
    organisation: 'TEST ONLY',
    sector: 'rp.example',
    subjectMode: 'pairwise',
    ageThresholds: [6, 13],
    redirectUris: [CALLBACK],
    postLogoutRedirectUris: [POST_LOGOUT],
    par: 'optional',
    authentication: {
      method: 'client_secret',
      secretHashes: [createHash('sha256').update(SECRET).digest('base64url')],
    },
  };
  const jwks = { keys: [{ kty, crv, x, y, kid: 'k1' }] };
  return [
    secret,
    { ...secret, clientId: 'other' },
    { ...secret, clientId: 'identity', identity: { scopes: ['profile', 'address'] } },
    { ...secret, clientId: 'public', authentication: { method: 'none' } },
    {
      ...secret,
      clientId: 'key',
      par: 'required',
      authentication: { method: 'private_key_jwt', jwks },
    },
    ...(backchannelLogoutUri ? [{ ...secret, clientId: 'logout', backchannelLogoutUri }] : []),
  ];
}
