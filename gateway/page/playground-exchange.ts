/**
 * The playground as a relying party: each message of a login by plain fetch, and all of it kept for the
 * reader. Keys and secrets are of a client that was registered for this tab a moment ago.
 */
import { decodeBase64url, encodeBase64url } from '../protocol/bytes.ts';
import { type Choice, registrationOf, scopeOf } from './playground-choice.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** A message that was sent, and what came back. JSON. */
export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Headers and fields as they were sent. */
  readonly sent: JsonObject;
  readonly status: number;
  readonly received: unknown;
}

/** The client that the playground registered. JSON. */
export interface PlaygroundClient {
  readonly clientId: string;
  readonly secret?: string;
  readonly privateKey?: JsonWebKey & { readonly kid: string };
}

/** What a site keeps in its visitor's session between request and answer. JSON. */
export interface Checks {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** The few fields of the gateway's description that a login needs (OpenID Connect Discovery §3). */
export interface Description {
  readonly issuer: string;
  readonly registration_endpoint?: string;
  readonly pushed_authorization_request_endpoint: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly userinfo_endpoint?: string;
  readonly jwks_uri: string;
}

/** An answer that ends the login; the exchange tells the rest. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly exchange: Exchange;

  constructor(exchange: Exchange) {
    super('the gateway refused');
    this.exchange = exchange;
  }
}

const CARD_PIN_ACR = 'urn:kids-id:acr:card-pin';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const REQUEST_TIMEOUT_MS = 15_000;
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };

/** Asks where everything is. @throws {ExchangeError} */
export async function discover(origin: string): Promise<[Description, Exchange]> {
  const exchange = await send('GET', `${origin}/.well-known/openid-configuration`, {});
  return [exchange.received as Description, exchange];
}

/** Registers a client for this choice (RFC 7591 §3.1). @throws {ExchangeError} */
export async function register(
  description: Description,
  choice: Choice,
  redirectUri: string,
): Promise<[PlaygroundClient, Exchange]> {
  const key = choice.clientType === 'private_key_jwt' ? await makeKey() : undefined;
  const metadata = {
    client_name: 'Playground',
    redirect_uris: [redirectUri],
    ...registrationOf(choice),
    ...(key && { jwks: { keys: [key.publicKey] } }),
  };
  const { registration_endpoint: url } = description;
  if (url === undefined) throw new TypeError('this gateway takes no registrations');
  const exchange = await send('POST', url, { json: metadata });
  const { client_id, client_secret } = exchange.received as Record<string, string>;
  const client = {
    clientId: String(client_id),
    ...(client_secret && { secret: client_secret }),
    ...(key && { privateKey: key.privateKey }),
  };
  return [client, exchange];
}

/** Pushes the request (RFC 9126 §2.1); returns the address for the browser. @throws {ExchangeError} */
export async function push(
  description: Description,
  client: PlaygroundClient,
  request: { choice: Choice; checks: Checks; redirectUri: string },
): Promise<[URL, Exchange]> {
  const { choice, checks, redirectUri } = request;
  const exchange = await send('POST', description.pushed_authorization_request_endpoint, {
    ...(await authenticate(description, client)),
    fields: {
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: scopeOf(choice),
      acr_values: CARD_PIN_ACR,
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: encodeBase64url(await sha256(checks.verifier)),
      code_challenge_method: 'S256',
    },
  });
  const { request_uri } = exchange.received as { request_uri: string };
  const url = new URL(description.authorization_endpoint);
  url.search = new URLSearchParams({ client_id: client.clientId, request_uri }).toString();
  return [url, exchange];
}

/** Redeems the code (RFC 6749 §4.1.3, RFC 7636 §4.5). @throws {ExchangeError} */
export async function redeem(
  description: Description,
  client: PlaygroundClient,
  answer: { code: string; checks: Checks; redirectUri: string },
): Promise<[{ idToken: string; accessToken: string }, Exchange]> {
  const { code, checks, redirectUri } = answer;
  const exchange = await send('POST', description.token_endpoint, {
    ...(await authenticate(description, client)),
    fields: {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: checks.verifier,
    },
  });
  const { id_token, access_token } = exchange.received as Record<string, string>;
  return [{ idToken: String(id_token), accessToken: String(access_token) }, exchange];
}

/** Asks for what does not stand in the token (OpenID Connect Core §5.3). @throws {ExchangeError} */
export function askUserinfo(description: Description, accessToken: string): Promise<Exchange> {
  const url = description.userinfo_endpoint ?? `${description.issuer}/userinfo`;
  return send('GET', url, { headers: { authorization: `Bearer ${accessToken}` } });
}

/** Verifies an ID token's signature and the claims that a library checks, and says what was found wrong. */
export async function verifyIdToken(
  description: Description,
  idToken: string,
  expected: { clientId: string; nonce: string },
): Promise<{ header: JsonObject; claims: JsonObject; faults: readonly string[] }> {
  const [headerPart = '', claimsPart = '', signaturePart = ''] = idToken.split('.');
  const [header, claims] = [decodePart(headerPart), decodePart(claimsPart)];
  const { received } = await send('GET', description.jwks_uri, {});
  const { keys } = received as { keys: readonly (JsonWebKey & { kid?: string })[] };
  const jwk = keys.find(({ kid }) => kid === header['kid']);
  const rules: Readonly<Record<string, boolean>> = {
    alg: header['alg'] === 'ES256',
    iss: claims['iss'] === description.issuer,
    aud: claims['aud'] === expected.clientId,
    nonce: claims['nonce'] === expected.nonce,
    exp: Number(claims['exp']) > Date.now() / 1_000,
    acr: claims['acr'] === CARD_PIN_ACR,
    signature: jwk !== undefined && (await verifySignature(jwk, idToken, signaturePart)),
  };
  const faults = Object.keys(rules).filter((rule) => !rules[rule]);
  return { header, claims, faults };
}

/** 256 random bits in base64url. */
export function randomText(): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(32)));
}

async function verifySignature(
  jwk: JsonWebKey,
  idToken: string,
  signature: string,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('jwk', jwk, KEY_ALGORITHM, false, ['verify']);
  const signed = new TextEncoder().encode(idToken.slice(0, idToken.lastIndexOf('.')));
  const bytes = new Uint8Array(decodeBase64url(signature));
  return crypto.subtle.verify(SIGNATURE_ALGORITHM, key, bytes, signed);
}

/** How the client proves itself, as headers or as fields of the form. */
async function authenticate(
  { issuer }: Description,
  { clientId, secret, privateKey }: PlaygroundClient,
): Promise<{ headers?: Record<string, string>; proof: Record<string, string> }> {
  const proof = { client_id: clientId };
  if (secret) {
    const pair = [clientId, secret].map(encodeURIComponent).join(':');
    return { headers: { authorization: `Basic ${btoa(pair)}` }, proof };
  }
  if (!privateKey) return { proof };
  const assertion = await signAssertion(privateKey, { clientId, audience: issuer });
  return {
    proof: { ...proof, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion },
  };
}

/** A client assertion (RFC 7523 §3) that lives for a minute. */
async function signAssertion(
  jwk: JsonWebKey & { readonly kid: string },
  { clientId, audience }: { clientId: string; audience: string },
): Promise<string> {
  const key = await crypto.subtle.importKey('jwk', jwk, KEY_ALGORITHM, false, ['sign']);
  const iat = Math.floor(Date.now() / 1_000);
  const claims = { iss: clientId, sub: clientId, aud: audience, iat, exp: iat + 60 };
  const parts = [
    { alg: 'ES256', kid: jwk.kid },
    { ...claims, jti: randomText() },
  ];
  const encode = (text: string) => encodeBase64url(new TextEncoder().encode(text));
  const signed = parts.map((part) => encode(JSON.stringify(part))).join('.');
  const bytes = new TextEncoder().encode(signed);
  const signature = await crypto.subtle.sign(SIGNATURE_ALGORITHM, key, bytes);
  return `${signed}.${encodeBase64url(new Uint8Array(signature))}`;
}

async function makeKey() {
  const pair = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const { crv, d, kty, x, y } = await crypto.subtle.exportKey('jwk', pair.privateKey);
  const kid = randomText().slice(0, 8);
  const publicKey = { kty, crv, x, y, kid };
  return { publicKey, privateKey: { ...publicKey, d } as JsonWebKey & { kid: string } };
}

async function send(
  method: 'GET' | 'POST',
  url: string,
  message: {
    headers?: Record<string, string>;
    proof?: Record<string, string>;
    fields?: Record<string, string>;
    json?: JsonObject;
  },
): Promise<Exchange> {
  const { headers = {}, proof, fields, json } = message;
  const form = fields && new URLSearchParams({ ...proof, ...fields });
  const response = await fetch(url, {
    method,
    headers: { accept: 'application/json', ...headers, ...(json && JSON_TYPE) },
    ...(form && { body: form }),
    ...(json && { body: JSON.stringify(json) }),
    cache: 'no-store',
    credentials: 'omit',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const received: unknown = await response.json().catch(() => 'no JSON');
  const sent = { ...headers, ...proof, ...fields, ...json };
  const exchange: Exchange = { method, url, sent, status: response.status, received };
  if (!response.ok) throw new ExchangeError(exchange);
  return exchange;
}

const JSON_TYPE = { 'content-type': 'application/json' };

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function decodePart(part: string): JsonObject {
  return JSON.parse(new TextDecoder().decode(decodeBase64url(part))) as JsonObject;
}
