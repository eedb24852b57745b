/**
 * An issuer on this machine that plays the gateway for one site under test: discovery, keys, pushed
 * requests and tokens are real, and wrong where a case says so. Nobody logs in at it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { RegisteredClient } from '../../oidc/clients.ts';
import {
  type AuthorizationRequest,
  RequestRefused,
  readAuthorizationRequest,
} from './authorization-request.ts';
import {
  type Claims,
  encodeIdToken,
  type IssuerKey,
  rightClaims,
  type TokenChange,
} from './id-token.ts';
import { describeIssuer } from './issuer-metadata.ts';
import { verifySite } from './site-authentication.ts';

const MAX_BODY_BYTES = 65_536;
const DEADLINE_MS = 10_000;

export interface TestIssuer {
  readonly origin: string;
  /** What the site got wrong at /par and /token, oldest first. */
  readonly complaints: readonly string[];
  /** Tells whether an address is the issuer's own authorization endpoint. */
  isAuthorizationUrl(url: URL): boolean;
  /** The request behind an authorization URL. @throws {RequestRefused} */
  takeRequest(url: URL): AuthorizationRequest;
  /** A code that the site can redeem once, for these tokens. */
  issueCode(request: AuthorizationRequest, change?: TokenChange): string;
  /** How often the site came with this code. */
  countRedemptions(code: string): number;
  /** An ID token as it would come from /token, for a case that sends it by another way. */
  createIdToken(request: AuthorizationRequest): string;
  close(): Promise<void>;
}

interface Code {
  readonly request: AuthorizationRequest;
  readonly change: TokenChange;
  redemptions: number;
}

interface Reply {
  readonly status: number;
  readonly body: object | string;
}

export interface TestIssuerOptions {
  readonly client: RegisteredClient;
  readonly tls: { readonly keyPem: string; readonly certificatePem: string };
  readonly key: IssuerKey;
  /** 0 lets the system choose. */
  readonly port: number;
  /** How old the person is who signs in. */
  readonly age: number;
  readonly now: () => Date;
}

/** Starts it on 127.0.0.1. */
export async function startTestIssuer(options: TestIssuerOptions): Promise<TestIssuer> {
  const { tls } = options;
  const server = createServer({ key: tls.keyPem, cert: tls.certificatePem });
  server.requestTimeout = DEADLINE_MS;
  await once(server.listen(options.port, '127.0.0.1'), 'listening');
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const complaints: string[] = [];
  const { routes, ...calls } = createEndpoints(origin, options);

  server.on('request', (request, response) => {
    const path = (request.url ?? '').split('?')[0];
    const route = routes[`${request.method} ${path}`];
    if (!route) return send(response, { status: 404, body: 'TEST ONLY: nothing is here' });
    void answer(route, request, (why) => complaints.push(`${path}: ${why}`)).then((reply) =>
      send(response, reply),
    );
  });

  return {
    origin,
    complaints,
    ...calls,
    isAuthorizationUrl: (url) => url.origin === origin && url.pathname === '/auth',
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

type Route = (request: IncomingMessage) => Promise<Reply> | Reply;
type Calls = Pick<TestIssuer, 'takeRequest' | 'issueCode' | 'countRedemptions' | 'createIdToken'>;

/** Never rejects: what the site got wrong goes to `complain`. */
async function answer(
  route: Route,
  request: IncomingMessage,
  complain: (why: string) => void,
): Promise<Reply> {
  try {
    return await route(request);
  } catch (error) {
    complain(error instanceof Error ? error.message : 'unknown');
    const isRequest = error instanceof RequestRefused;
    const body = { error: isRequest ? 'invalid_request' : 'invalid_client' };
    return { status: isRequest ? 400 : 401, body };
  }
}

function createEndpoints(
  origin: string,
  options: TestIssuerOptions,
): Calls & { routes: Readonly<Record<string, Route>> } {
  const { client, key, now } = options;
  const pushed = new Map<string, AuthorizationRequest>();
  const codes = new Map<string, Code>();
  const desk = createTokenDesk(origin, options);

  async function readSiteRequest(request: IncomingMessage): Promise<URLSearchParams> {
    const body = new URLSearchParams(await readBody(request));
    const { authorization } = request.headers;
    await verifySite({ client, authorization, body, issuer: origin, now: now() });
    return body;
  }

  async function push(request: IncomingMessage): Promise<Reply> {
    const parameters = await readSiteRequest(request);
    const requestUri = `urn:ietf:params:oauth:request_uri:${randomBytes(16).toString('base64url')}`;
    parameters.set('client_id', client.clientId);
    pushed.set(requestUri, readAuthorizationRequest(parameters, client, { isPushed: true }));
    return { status: 201, body: { request_uri: requestUri, expires_in: 60 } };
  }

  async function redeem(request: IncomingMessage): Promise<Reply> {
    const body = await readSiteRequest(request);
    const code = codes.get(body.get('code') ?? '');
    if (code) code.redemptions += 1;
    if (!code || !isRedeemable(code, body)) {
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    return desk.giveTokens(code, { isBound: request.headers['dpop'] !== undefined });
  }

  return {
    routes: {
      'GET /.well-known/openid-configuration': () => ({
        status: 200,
        body: describeIssuer(origin, client),
      }),
      'GET /jwks': () => ({ status: 200, body: { keys: [publicJwk(key)] } }),
      'POST /par': push,
      'POST /token': redeem,
      'GET /userinfo': ({ headers }) => desk.tell(headers.authorization),
    },
    takeRequest(url) {
      const requestUri = url.searchParams.get('request_uri');
      if (requestUri === null) {
        return readAuthorizationRequest(url.searchParams, client, { isPushed: false });
      }
      const request = pushed.get(requestUri);
      pushed.delete(requestUri);
      if (!request) throw new RequestRefused('its request_uri is unknown or was used before');
      return request;
    },
    issueCode(request, change = {}) {
      const code = randomBytes(32).toString('base64url');
      codes.set(code, { request, change, redemptions: 0 });
      return code;
    },
    countRedemptions: (code) => codes.get(code)?.redemptions ?? 0,
    createIdToken: (request) => encodeIdToken(desk.claimsFor(request), key),
  };
}

/** Once, with the verifier and the address of the request (RFC 7636 §4.6, RFC 6749 §4.1.3). */
function isRedeemable({ request, redemptions }: Code, body: URLSearchParams): boolean {
  const challenge = createHash('sha256').update(body.get('code_verifier') ?? '');
  return (
    redemptions === 1 &&
    challenge.digest('base64url') === request.codeChallenge &&
    body.get('redirect_uri') === request.redirectUri.href
  );
}

function createTokenDesk(issuer: string, { client, key, age, now }: TestIssuerOptions) {
  const sub = randomBytes(32).toString('base64url');
  const userinfos = new Map<string, Claims>();
  const claimsFor = (request: AuthorizationRequest) =>
    rightClaims({ issuer, client, request, age, sub, now: now() });
  return {
    claimsFor,
    giveTokens({ request, change }: Code, { isBound }: { isBound: boolean }): Reply {
      const claims = claimsFor(request);
      change.claims?.(claims);
      const accessToken = randomBytes(32).toString('base64url');
      const userinfo = describePerson(client, request, sub);
      change.userinfo?.(userinfo);
      userinfos.set(accessToken, userinfo);
      const response = {
        access_token: accessToken,
        token_type: isBound ? 'DPoP' : 'Bearer',
        expires_in: 60,
        scope: request.scopes.join(' '),
        id_token: encodeIdToken(claims, key, change.signature),
      };
      return change.response?.(response) ?? { status: 200, body: response };
    },
    tell(authorization: string | undefined): Reply {
      const [, token = ''] = /^(?:Bearer|DPoP) (\S+)$/i.exec(authorization ?? '') ?? [];
      const claims = userinfos.get(token);
      return claims ? { status: 200, body: claims } : { status: 401, body: {} };
    },
  };
}

/** What userinfo tells of a person who does not exist. */
function describePerson(
  client: RegisteredClient,
  { scopes }: AuthorizationRequest,
  sub: string,
): Claims {
  const all: Readonly<Record<string, Claims>> = {
    profile: { given_name: 'Test', family_name: 'Only', gender: 'female' },
    birthdate: { birthdate: '2020-01-01' },
    address: {
      address: { street_address: 'Teststraat 1', postal_code: '1000', locality: 'Brussel' },
    },
    'address:postcode': { address: { postal_code: '1000' } },
    picture: { picture: 'data:image/jpeg;base64,/9j/2Q==' },
  };
  const granted = (client.identity?.scopes ?? []).filter((scope) => scopes.includes(scope));
  return Object.assign({ sub }, ...granted.map((scope) => all[scope] ?? {}));
}

function publicJwk({ publicKey, kid }: IssuerKey): object {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const data = Buffer.from(chunk);
    bytes += data.length;
    if (bytes > MAX_BODY_BYTES) throw new RequestRefused('its request is larger than 64 KiB');
    chunks.push(data);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain' : 'application/json',
    'cache-control': 'no-store',
  });
  response.end(isText ? body : JSON.stringify(body));
}
