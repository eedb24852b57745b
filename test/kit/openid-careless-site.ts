/**
 * A little site that signs people in by hand, over plain http on loopback. It checks everything, or
 * leaves out exactly what a test says. TEST ONLY: no site should be written by hand.
 */
import { createHash, createHmac, createPublicKey, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One thing that somebody could forget. */
export type Carelessness =
  | 'state'
  | 'browser'
  | 'single-use'
  | 'new-session'
  | 'iss-parameter'
  | 'redeem-first'
  | 'address-token'
  | 'doubled'
  | 'error-beside-code'
  | 'markup'
  | 'crash'
  | 'signature'
  | 'algorithm'
  | 'iss'
  | 'aud'
  | 'exp'
  | 'iat'
  | 'sub'
  | 'nonce'
  | 'acr'
  | 'auth-time'
  | 'ages'
  | 'loose-ages'
  | 'token-type'
  | 'token-status'
  | 'userinfo'
  | 'same-state'
  | 'short-nonce'
  | 'public-page'
  | 'locks-out';

export interface CarelessSite {
  readonly origin: string;
  /** Who is signed in gets 200 there. */
  readonly signedIn: string;
  readonly start: string;
  close(): Promise<void>;
}

interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

interface Session {
  pending?: Pending | undefined;
  sub?: string;
}

type Json = Record<string, unknown>;

const CARD_PIN = 'urn:kids-id:acr:card-pin';
const MAX_AGE_SECONDS = 900;

/**
 * Starts it; it is `clientId`, public, at this issuer. The issuer's certificate has to be one that this
 * process trusts.
 */
export async function startCarelessSite(options: {
  issuer: () => string;
  clientId: string;
  scope: string;
  careless: readonly Carelessness[];
}): Promise<CarelessSite> {
  const { clientId, scope } = options;
  const forgets = (what: Carelessness) => options.careless.includes(what);
  const sessions = new Map<string, Session>();
  let isLocked = false;
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const redirectUri = `${origin}/callback`;

  const refuse = (why: string): never => {
    throw new Error(why);
  };
  const check = (isRight: boolean, what: Carelessness, why: string) => {
    if (!isRight && !forgets(what)) refuse(why);
  };

  function start(session: Session, response: ServerResponse): void {
    const pending = {
      state: forgets('same-state') ? 'a-state-that-never-changes' : random(),
      nonce: forgets('short-nonce') ? random().slice(0, 8) : random(),
      verifier: random(),
    };
    session.pending = pending;
    const url = new URL(`${options.issuer()}/auth`);
    const challenge = createHash('sha256').update(pending.verifier).digest('base64url');
    for (const [name, value] of Object.entries({
      ...{ client_id: clientId, response_type: 'code', redirect_uri: redirectUri, scope },
      ...{ state: pending.state, nonce: pending.nonce, acr_values: CARD_PIN },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
      max_age: String(MAX_AGE_SECONDS),
    })) {
      url.searchParams.set(name, value);
    }
    redirect(response, url.href);
  }

  function takePending(session: Session, state: string | null): Pending {
    const owner = forgets('browser')
      ? [...sessions.values()].find(({ pending }) => pending?.state === state)
      : session;
    const pending = owner?.pending ?? refuse('nothing begun');
    if (owner && !forgets('single-use')) owner.pending = undefined;
    check(pending.state === state, 'state', 'another state');
    return pending;
  }

  async function finish(parameters: URLSearchParams, session: Session): Promise<string> {
    const get = (name: string) => {
      const values = parameters.getAll(name);
      check(values.length < 2, 'doubled', `two values of ${name}`);
      return values[0] ?? null;
    };
    const early =
      forgets('redeem-first') && session.pending
        ? await redeem(get('code'), session.pending).catch(() => undefined)
        : undefined;
    const pending = takePending(session, get('state'));
    check(get('iss') === options.issuer(), 'iss-parameter', 'another gateway');
    if (get('error') !== null) {
      if (get('code') === null) refuse('the gateway refused');
      check(false, 'error-beside-code', 'the gateway refused');
    }
    const claims =
      early ??
      (forgets('address-token') && get('id_token') !== null
        ? await readToken(String(get('id_token')), pending)
        : await redeem(get('code'), pending));
    return String(claims['sub']);
  }

  async function redeem(code: string | null, pending: Pending): Promise<Json> {
    if (code === null) return refuse('no code');
    const response = await fetch(`${options.issuer()}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
        ...{ client_id: clientId, code_verifier: pending.verifier },
      }),
    });
    if (!response.ok && forgets('token-status')) return { sub: 'anybody' };
    const tokens = (await response.json()) as Json;
    if (typeof tokens['id_token'] !== 'string') return refuse('no ID token');
    check(tokens['token_type'] === 'Bearer', 'token-type', 'another token type');
    const claims = await readToken(tokens['id_token'], pending);
    const userinfo = await fetch(`${options.issuer()}/userinfo`, {
      headers: { authorization: `Bearer ${String(tokens['access_token'])}` },
    });
    const person = (await userinfo.json()) as Json;
    check(person['sub'] === claims['sub'], 'userinfo', 'somebody else');
    return claims;
  }

  async function readToken(token: string, pending: Pending): Promise<Json> {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const { alg, kid } = decode(header);
    if (!forgets('signature')) await checkSignature({ alg, kid, header, payload, signature });
    const claims = decode(payload);
    const { iss, aud, exp, iat, sub, nonce, acr } = claims;
    const now = Date.now() / 1_000;
    check(iss === options.issuer(), 'iss', 'another issuer');
    check(aud === clientId, 'aud', 'another audience');
    check(typeof exp === 'number' && exp > now, 'exp', 'too old');
    check(typeof iat === 'number', 'iat', 'no iat');
    check(typeof sub === 'string', 'sub', 'no sub');
    check(nonce === pending.nonce, 'nonce', 'another nonce');
    check(acr === CARD_PIN, 'acr', 'no card and PIN');
    const isRecent = Number(claims['auth_time']) > now - MAX_AGE_SECONDS - 60;
    check(isRecent, 'auth-time', 'too long ago');
    checkAges(claims);
    return claims;
  }

  function checkAges({ age_over_6, age_over_13 }: Json): void {
    if (forgets('ages')) return;
    const isRight = forgets('loose-ages')
      ? Boolean(age_over_6) && !age_over_13
      : age_over_6 === true && age_over_13 === false;
    if (!isRight) refuse('outside 6 to 12');
  }

  async function checkSignature(token: Json & { header: string; payload: string }): Promise<void> {
    const { alg, kid, header, payload, signature } = token;
    const response = await fetch(`${options.issuer()}/jwks`);
    const { keys } = (await response.json()) as { keys: (Json & { kid: string })[] };
    const [first] = keys;
    if (forgets('algorithm') && alg === 'none') return;
    if (forgets('algorithm') && alg === 'HS256' && first) {
      const secret = createPublicKey({ key: first, format: 'jwk' });
      const pem = secret.export({ type: 'spki', format: 'pem' });
      const right = createHmac('sha256', pem).update(`${header}.${payload}`).digest('base64url');
      if (right === signature) return;
    }
    const jwk = keys.find((key) => key.kid === kid) ?? refuse('unknown key');
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const isRight =
      alg === 'ES256' &&
      verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(String(signature), 'base64url'),
      );
    if (!isRight) refuse('another signature');
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    const id = /(?:^|; )site=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
    const session = (id === undefined ? undefined : sessions.get(id)) ?? openSession(response);
    if (pathname === '/login') return start(session, response);
    if (pathname === '/me') {
      const isIn = session.sub !== undefined || forgets('public-page');
      return page(response, isIn ? 200 : 403, isIn ? 'Welcome back' : 'Sign in first');
    }
    try {
      if (isLocked) refuse('somebody gave a wrong answer');
      const sub = await finish(searchParams, session);
      (forgets('new-session') ? session : openSession(response)).sub = sub;
      redirect(response, '/me');
    } catch {
      isLocked = forgets('locks-out');
      const description = searchParams.get('error_description') ?? '';
      const isCrash = forgets('crash') && searchParams.has('error');
      page(response, isCrash ? 500 : 403, forgets('markup') ? description : 'That did not work');
    }
  }

  function openSession(response: ServerResponse): Session {
    const id = random();
    const session: Session = {};
    sessions.set(id, session);
    response.setHeader('set-cookie', `site=${id}; HttpOnly; SameSite=Lax; Path=/`);
    return session;
  }

  server.on('request', (request, response) => void handle(request, response));
  return {
    origin,
    start: `${origin}/login`,
    signedIn: `${origin}/me`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function decode(part: string): Json {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Json;
}

function random(): string {
  return randomBytes(32).toString('base64url');
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location }).end();
}

function page(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(`<p>${text}</p>`);
}
