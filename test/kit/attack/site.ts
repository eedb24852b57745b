/**
 * A relying party whose requests, checks and mistakes are the test's to make: the chat, or a second
 * site with a key of its own. TEST ONLY.
 */
import { request } from 'node:https';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import * as oidc from 'openid-client';
import type { TestGateway } from '../gateway/test-gateway.ts';

/** What a site keeps of a login that it started, to judge the answer by. */
export interface SiteChecks {
  readonly pkceCodeVerifier: string;
  readonly expectedState: string;
  readonly expectedNonce: string;
}

export interface Site {
  readonly configuration: oidc.Configuration;
  /** Pushes a request. Rejects with openid-client's ResponseBodyError when it is refused. */
  start(parameters?: Record<string, string>): Promise<{ path: string; checks: SiteChecks }>;
  /** Redeems a code and returns the ID token's claims. */
  redeem(callback: string, checks: SiteChecks): Promise<Record<string, unknown>>;
}

/** The identity of a second site, and its registration at the gateway. */
export interface SecondSite {
  readonly registration: object;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly key: JWK;
}

/** Makes a second site, of another organisation and sector than the chat. */
export async function createSecondSite(): Promise<SecondSite> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = 'evil-1';
  const redirectUri = 'https://evil.localhost/callback';
  return {
    clientId: 'evil',
    redirectUri,
    key: { ...(await exportJWK(privateKey)), kid },
    registration: {
      clientId: 'evil',
      site: { name: 'Evil TEST ONLY' },
      organisation: 'Evil TEST ONLY vzw',
      sector: 'evil.localhost',
      subjectMode: 'pairwise',
      ageThresholds: [9],
      redirectUris: [redirectUri],
      authentication: {
        method: 'private_key_jwt',
        jwks: { keys: [{ ...(await exportJWK(publicKey)), kid }] },
      },
      par: 'required',
    },
  };
}

/** The chat's own identity, for {@link openSite}. */
export function chatOf(gateway: TestGateway): Omit<SecondSite, 'registration'> {
  return { clientId: 'chat', redirectUri: gateway.redirectUri, key: gateway.clientKey };
}

/** Opens a relying party at a gateway. */
export async function openSite(
  gateway: TestGateway,
  { clientId, redirectUri, key: jwk }: Omit<SecondSite, 'registration'>,
): Promise<Site> {
  const { kid, ...material } = jwk;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('jwk', material, algorithm, false, ['sign']);
  const configuration = await oidc.discovery(
    new URL(gateway.origin),
    clientId,
    { id_token_signed_response_alg: 'ES256' },
    oidc.PrivateKeyJwt({ key, ...(kid && { kid }) }),
    { [oidc.customFetch]: createGatewayFetch(gateway) as oidc.CustomFetch },
  );
  return {
    configuration,
    async start(parameters = {}) {
      const checks = {
        pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
        expectedState: oidc.randomState(),
        expectedNonce: oidc.randomNonce(),
      };
      const url = await oidc.buildAuthorizationUrlWithPAR(configuration, {
        redirect_uri: redirectUri,
        scope: 'openid age_over_9',
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: checks.expectedState,
        nonce: checks.expectedNonce,
        ...parameters,
      });
      return { path: url.pathname + url.search, checks };
    },
    async redeem(callback, checks) {
      const tokens = await oidc.authorizationCodeGrant(configuration, new URL(callback), checks);
      return { ...tokens.claims() };
    },
  };
}

/** A `fetch` that reaches the gateway alone, with the test CA as its root. */
export function createGatewayFetch(gateway: TestGateway): typeof globalThis.fetch {
  return async (input, init) => {
    const asked = new Request(input, init);
    const { pathname, search } = new URL(asked.url);
    const body = await asked.text();
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: gateway.port,
          servername: 'gateway.localhost',
          ca: gateway.webCa,
          agent: false,
          method: asked.method,
          path: pathname + search,
          headers: { ...Object.fromEntries(asked.headers), host: new URL(gateway.origin).host },
          timeout: 10_000,
        },
        (incoming) => {
          incoming.toArray().then((chunks: Buffer[]) => {
            const { location, 'content-type': type = 'text/plain' } = incoming.headers;
            const headers = { 'content-type': type, ...(location && { location }) };
            const text = Buffer.concat(chunks).toString();
            resolve(new Response(text, { status: incoming.statusCode ?? 0, headers }));
          }, reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
}
