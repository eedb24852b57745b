/**
 * A browser reduced to cookies and requests, and the relying party beside it: drives the gateway's web
 * channel without a page. The relying party is openid-client 6. TEST ONLY.
 */
import { request } from 'node:https';
import * as oidc from 'openid-client';
import type { TestGateway } from './test-gateway.ts';

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface RawBrowser {
  /** Cookies by name, whatever their path; a test may read, set and delete them. */
  readonly cookies: Map<string, string>;
  get(path: string): Promise<RawResponse>;
  /** Same-origin JSON, as the login page sends it. */
  postJson(path: string, body: unknown, headers?: Record<string, string>): Promise<RawResponse>;
  /** Same-origin form, as a page without a script sends it. */
  postForm(
    path: string,
    fields: readonly (readonly [string, string])[],
    headers?: Record<string, string>,
  ): Promise<RawResponse>;
}

/** Opens a browser without cookies. */
export function openRawBrowser(gateway: TestGateway): RawBrowser {
  const cookies = new Map<string, string>();
  const send = async (method: string, path: string, body?: string, extra = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await exchange(gateway, {
      method,
      path,
      headers: { ...(cookie && { cookie }), 'accept-language': 'en', ...extra },
      ...(body !== undefined && { body }),
    });
    keepCookies(cookies, response);
    return response;
  };
  return {
    cookies,
    get: (path) => send('GET', path),
    postJson: (path, body, headers = {}) =>
      send('POST', path, JSON.stringify(body), {
        'content-type': 'application/json',
        origin: gateway.origin,
        ...headers,
      }),
    postForm: (path, fields, headers = {}) =>
      send('POST', path, new URLSearchParams(fields.map(([...field]) => field)).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        origin: gateway.origin,
        ...headers,
      }),
  };
}

/** A relying party: what it sends the browser to, and what it makes of the answer. */
export interface RawRelyingParty {
  /** Pushes an authorization request and returns the path at the gateway to visit. */
  start(parameters?: Record<string, string>): Promise<string>;
  /** Redeems the callback's URL and returns the ID token's claims. */
  finish(callback: string): Promise<Record<string, unknown>>;
  /** The same, and what userinfo says then. */
  finishWithUserInfo(callback: string): Promise<RawLogin>;
  /** Asks userinfo again. */
  userInfo(login: RawLogin): Promise<Record<string, unknown>>;
}

/** What a relying party has at the end of a login. */
export interface RawLogin {
  readonly claims: Readonly<Record<string, unknown>>;
  /** The token response as it came. */
  readonly tokens: Readonly<Record<string, unknown>>;
  readonly userInfo: Readonly<Record<string, unknown>>;
}

/** Who a relying party is: its identifier and private key (JWK). */
export interface RawClient {
  readonly clientId: string;
  readonly key: Readonly<Record<string, string>>;
}

/** Opens a relying party: the chat, or another one with the same callback. */
export async function openRawRelyingParty(
  gateway: TestGateway,
  client: RawClient = { clientId: 'chat', key: gateway.clientKey },
): Promise<RawRelyingParty> {
  const { kid, ...jwk } = client.key;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
  const configuration = await oidc.discovery(
    new URL(gateway.origin),
    client.clientId,
    { id_token_signed_response_alg: 'ES256' },
    oidc.PrivateKeyJwt({ key, ...(kid && { kid }) }),
    { [oidc.customFetch]: fetchOver(gateway) },
  );
  let checks: { pkceCodeVerifier: string; expectedState: string; expectedNonce: string };
  return {
    async start(parameters = {}) {
      checks = {
        pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
        expectedState: oidc.randomState(),
        expectedNonce: oidc.randomNonce(),
      };
      const url = await oidc.buildAuthorizationUrlWithPAR(configuration, {
        redirect_uri: gateway.redirectUri,
        scope: 'openid age_over_9',
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: checks.expectedState,
        nonce: checks.expectedNonce,
        ...parameters,
      });
      return url.pathname + url.search;
    },
    async finish(callback) {
      const tokens = await oidc.authorizationCodeGrant(configuration, new URL(callback), checks);
      return { ...tokens.claims() };
    },
    async finishWithUserInfo(callback) {
      const tokens = await oidc.authorizationCodeGrant(configuration, new URL(callback), checks);
      const claims = { ...tokens.claims() };
      const userInfo = await oidc.fetchUserInfo(
        configuration,
        tokens.access_token,
        String(claims['sub']),
      );
      return { claims, tokens: { ...tokens }, userInfo: { ...userInfo } };
    },
    async userInfo({ tokens, claims }) {
      const token = String(tokens['access_token']);
      return { ...(await oidc.fetchUserInfo(configuration, token, String(claims['sub']))) };
    },
  };
}

function fetchOver(gateway: TestGateway): oidc.CustomFetch {
  return async (url, { method, headers, body }) => {
    const { pathname, search } = new URL(url);
    const response = await exchange(gateway, {
      method,
      path: pathname + search,
      headers: headers as Record<string, string>,
      ...(body && { body: String(body) }),
    });
    const init = { status: response.status, headers: response.headers as Record<string, string> };
    return new Response(response.text || null, init);
  };
}

function exchange(
  gateway: TestGateway,
  options: { method: string; path: string; headers: Record<string, string>; body?: string },
): Promise<RawResponse> {
  const { method, path, headers, body } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: gateway.port,
        servername: 'gateway.localhost',
        ca: gateway.webCa,
        agent: false,
        method,
        path,
        headers: { host: new URL(gateway.origin).host, ...headers },
        timeout: 10_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function keepCookies(cookies: Map<string, string>, response: RawResponse): void {
  const lines = [response.headers['set-cookie'] ?? []].flat();
  for (const line of lines) {
    const [pair = '', ...attributes] = line.split(';');
    const separator = pair.indexOf('=');
    const name = pair.slice(0, separator);
    const value = pair.slice(separator + 1);
    const isGone = attributes.some((attribute) => /expires=thu, 01 jan 1970/i.test(attribute));
    if (value === '' || isGone) cookies.delete(name);
    else cookies.set(name, value);
  }
}
