/**
 * A relying party made of raw requests and jose: it sends what a test says, also what is wrong, and
 * hides no answer. The checks of its answers are in check-answers.ts. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Agent } from 'node:https';
import { type CryptoKey, SignJWT } from 'jose';
import { exchangeHttps, type HttpsAnswer } from './https-exchange.ts';

/** How a relying party shows who it is (OpenID Connect Core §9). */
export type ClientAuthentication =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly key: CryptoKey; readonly kid: string };

/** Form or query parameters; what is undefined is left out. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** What a relying party keeps of a request, to check the answer with. */
export interface SentRequest {
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface RelyingParty {
  readonly clientId: string;
  readonly issuer: string;
  readonly redirectUri: string;
  /** The discovery document; fetched once. */
  metadata(): Promise<Readonly<Record<string, unknown>>>;
  /** An endpoint that the discovery document names; fails where it names none. */
  endpoint(name: string): Promise<URL>;
  /** Makes an authorization request, pushed if this relying party pushes. `changes` come last. */
  makeRequest(changes?: Parameters): Promise<SentRequest>;
  /** Pushes parameters (RFC 9126 §2.1). */
  push(parameters: Parameters): Promise<HttpsAnswer>;
  /** Sends a token request with this client's authentication. */
  token(parameters: Parameters): Promise<HttpsAnswer>;
  /** The token request of a code (OpenID Connect Core §3.1.3.1). `changes` come last. */
  redeem(sent: SentRequest, callback: URL, changes?: Parameters): Promise<HttpsAnswer>;
  /** Asks userinfo; the access token goes into the header, or into a form. */
  userinfo(token: string, how?: 'get' | 'post-header' | 'post-body'): Promise<HttpsAnswer>;
}

/** Creates a relying party of the provider at `issuer`. */
export function createRelyingParty(options: {
  issuer: string;
  agent: Agent;
  clientId: string;
  redirectUri: string;
  authentication: ClientAuthentication;
  /** Whether it pushes its requests. */
  isPushing: boolean;
}): RelyingParty {
  const { issuer, agent, clientId, redirectUri, authentication, isPushing } = options;
  let document: Promise<Readonly<Record<string, unknown>>> | undefined;
  const metadata = () => {
    document ??= fetchMetadata(agent, issuer);
    return document;
  };

  async function endpoint(name: string): Promise<URL> {
    const value = (await metadata())[name];
    assert.equal(typeof value, 'string', `the discovery document has no ${name}`);
    return new URL(String(value));
  }

  async function sendAsClient(url: URL, parameters: Parameters): Promise<HttpsAnswer> {
    const shown = await authenticate({ issuer, clientId, authentication });
    const form = encodeParameters({ ...shown.fields, ...parameters });
    return exchangeHttps(agent, url, { form, headers: shown.headers });
  }

  const push = async (parameters: Parameters) =>
    sendAsClient(await endpoint('pushed_authorization_request_endpoint'), parameters);
  const token = async (parameters: Parameters) =>
    sendAsClient(await endpoint('token_endpoint'), parameters);

  return {
    clientId,
    issuer,
    redirectUri,
    metadata,
    endpoint,
    push,
    token,
    async makeRequest(changes = {}) {
      const made = composeRequest({ clientId, redirectUri }, changes);
      const url = await endpoint('authorization_endpoint');
      let query = made.parameters;
      if (isPushing) {
        const pushed = await push(made.parameters);
        assert.equal(pushed.status, 201, `the request was not taken: ${pushed.text}`);
        query = { client_id: clientId, request_uri: String(JSON.parse(pushed.text).request_uri) };
      }
      url.search = encodeParameters(query).toString();
      return { ...made, url };
    },
    redeem: (sent, callback, changes = {}) =>
      token({
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? undefined,
        redirect_uri: redirectUri,
        code_verifier: sent.verifier,
        ...changes,
      }),
    async userinfo(accessToken, how = 'get') {
      const url = await endpoint('userinfo_endpoint');
      if (how === 'post-body') {
        return exchangeHttps(agent, url, {
          form: new URLSearchParams({ access_token: accessToken }),
        });
      }
      const headers = { authorization: `Bearer ${accessToken}` };
      return exchangeHttps(agent, url, { method: how === 'get' ? 'GET' : 'POST', headers });
    },
  };
}

/** A query or a form of the parameters that are there, in their order. */
export function encodeParameters(parameters: Parameters): URLSearchParams {
  const entries = Object.entries(parameters).filter((pair) => pair[1] !== undefined);
  return new URLSearchParams(entries as [string, string][]);
}

/** The parameters of an authorization request (OpenID Connect Core §3.1.2.1), with PKCE. */
export function composeRequest(
  client: Pick<RelyingParty, 'clientId' | 'redirectUri'>,
  changes: Parameters,
): Omit<SentRequest, 'url'> {
  const verifier = randomBytes(32).toString('base64url');
  const nonce = randomBytes(16).toString('base64url');
  // 128 characters, as long as the suite makes it where it looks for a state that was cut.
  const state = changes['state'] ?? randomBytes(96).toString('base64url');
  const parameters = encodeParameters({
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    scope: 'openid',
    state,
    nonce,
    response_type: 'code',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  });
  return { state, nonce, verifier, parameters: Object.fromEntries(parameters) };
}

async function fetchMetadata(agent: Agent, issuer: string) {
  const url = new URL('/.well-known/openid-configuration', issuer);
  const answer = await exchangeHttps(agent, url);
  assert.equal(answer.status, 200);
  return JSON.parse(answer.text) as Readonly<Record<string, unknown>>;
}

async function authenticate(options: {
  issuer: string;
  clientId: string;
  authentication: ClientAuthentication;
}): Promise<{ fields: Parameters; headers: Record<string, string> }> {
  const { issuer, clientId, authentication: shown } = options;
  if (shown.method === 'client_secret_basic') {
    const pair = [clientId, shown.secret].map(encodeURIComponent).join(':');
    const basic = Buffer.from(pair).toString('base64');
    return { fields: {}, headers: { authorization: `Basic ${basic}` } };
  }
  if (shown.method === 'none') return { fields: { client_id: clientId }, headers: {} };
  if (shown.method !== 'private_key_jwt') {
    return { fields: { client_id: clientId, client_secret: shown.secret }, headers: {} };
  }
  const issuedAt = Math.floor(Date.now() / 1_000);
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: shown.kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 60)
    .sign(shown.key);
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  return { fields: { client_assertion_type: type, client_assertion: assertion }, headers: {} };
}
