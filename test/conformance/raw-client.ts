/**
 * A client reduced to its requests: every parameter, assertion and proof is right until a test makes it
 * wrong (RFC 9126, RFC 7523, RFC 9449). It shares nothing with the relying party libraries. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWK,
  SignJWT,
} from 'jose';
import type { RawRequest, Reply } from './conformance-gateway.ts';

/** What a client keeps of a request, to redeem its answer. */
export interface Checks {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** Form fields or claims; undefined takes one away. */
export type Changes = Readonly<Record<string, unknown>>;

export interface ProofChanges {
  readonly claims?: Changes;
  readonly header?: Changes;
  readonly keys?: GenerateKeyPairResult;
  /** Not sent again with the server's nonce, when it wants one. */
  readonly hasNoNonce?: boolean;
  /** What becomes of the signed proof: one header value, or several lines. */
  readonly spoil?: (proof: string) => string | string[];
}

/** How one request differs from the right one. */
export interface Differently {
  readonly body?: Changes;
  /** Claims of the client assertion, or a whole assertion, or none. */
  readonly assertion?: Changes | string | null;
  /** null sends none. */
  readonly proof?: ProofChanges | null;
  readonly headers?: OutgoingHttpHeaders;
  /** More form fields, as they stand: a second one of the same name for instance. */
  readonly append?: string;
}

export type RawClient = Awaited<ReturnType<typeof createRawClient>>;

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Creates a client. It sends a proof with every token and resource request until told otherwise. */
export function createRawClient(options: {
  clientId: string;
  key: CryptoKey;
  issuer: string;
  metadata: Changes;
  send: (asked: RawRequest) => Promise<Reply>;
  /** Sends no assertion. */
  isPublic?: boolean;
}) {
  const { clientId, key, issuer, metadata, send, isPublic } = options;
  const redirectUri = `https://${clientId}.localhost/callback`;
  const proofKeys = generateKeyPair('ES256', { extractable: true });
  const endpoint = (name: string) => {
    const url = metadata[name];
    assert.ok(typeof url === 'string', `metadata has no ${name}`);
    return url;
  };

  function assertion(claims: Changes = {}): Promise<string> {
    const iat = seconds();
    const right = { iss: clientId, sub: clientId, aud: issuer, iat, exp: iat + 60 };
    return new SignJWT({ ...right, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .sign(key);
  }

  async function proof(
    at: { method: string; url: string; accessToken?: string; nonce?: string },
    { claims, header, keys }: ProofChanges = {},
  ): Promise<string> {
    const { publicKey, privateKey } = keys ?? (await proofKeys);
    const { method: htm, url: htu, accessToken, nonce } = at;
    const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url');
    const right = { htm, htu, iat: seconds(), jti: randomUUID(), ...(ath && { ath }) };
    return new SignJWT({ ...right, ...(nonce && { nonce }), ...claims })
      .setProtectedHeader({
        alg: 'ES256',
        typ: 'dpop+jwt',
        jwk: await exportJWK(publicKey),
        ...header,
      })
      .sign(privateKey);
  }

  /** Sends with a proof, and again with the server's nonce when it wants one (RFC 9449 §8). */
  async function sendProved(
    asked: RawRequest,
    changes: ProofChanges | null | undefined,
    accessToken?: string,
  ): Promise<Reply> {
    if (!changes) return send(asked);
    const once = async (nonce?: string) => {
      const at = { method: asked.method, url: asked.url.split(/[?#]/)[0] ?? '' };
      const signed = await proof(
        { ...at, ...(accessToken && { accessToken }), ...(nonce && { nonce }) },
        changes,
      );
      const dpop = changes.spoil?.(signed) ?? signed;
      return send({ ...asked, headers: { ...asked.headers, dpop } });
    };
    const first = await once();
    return wantsNonce(first) && !changes.hasNoNonce
      ? once(String(first.headers['dpop-nonce']))
      : first;
  }

  async function postForm(url: string, right: Changes, how: Differently, proofs: boolean) {
    const form = { client_id: clientId, ...right, ...(await authenticate(how.assertion)) };
    const body = encodeForm({ ...form, ...how.body });
    const asked = {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...how.headers },
      body: `${body}${how.append ?? ''}`,
    };
    return sendProved(asked, how.proof === undefined && proofs ? {} : how.proof);
  }

  async function authenticate(changes: Differently['assertion']): Promise<Changes> {
    if (changes === null || (changes === undefined && isPublic)) return {};
    const client_assertion = typeof changes === 'string' ? changes : await assertion(changes);
    return { client_assertion_type: ASSERTION_TYPE, client_assertion };
  }

  function request(changes: Changes = {}): { parameters: Changes; checks: Checks } {
    const checks = { verifier: secret(), state: secret(), nonce: secret() };
    const parameters = {
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid age_over_9',
      code_challenge: createHash('sha256').update(checks.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: checks.state,
      nonce: checks.nonce,
      ...changes,
    };
    return { parameters, checks };
  }

  /** Pushes a request as it stands, right or wrong. */
  const push = (parameters: Changes, how: Differently = {}) =>
    postForm(endpoint('pushed_authorization_request_endpoint'), parameters, how, false);

  return {
    clientId,
    redirectUri,
    assertion,
    proof,
    request,
    push,
    /** The thumbprint of the key that proofs are signed with (RFC 9449 §6.1). */
    thumbprint: async () => calculateJwkThumbprint(await exportJWK((await proofKeys).publicKey)),
    proofKey: async (): Promise<JWK> => exportJWK((await proofKeys).privateKey),
    /** Pushes a request that must be taken; what it returns can be visited. */
    async begin(changes: Changes = {}, how: Differently = {}) {
      const { parameters, checks } = request(changes);
      const pushed = await push(parameters, how);
      assert.equal(pushed.status, 201, pushed.text);
      const requestUri = String(pushed.json['request_uri']);
      return { requestUri, checks, path: pathOf({ request_uri: requestUri }) };
    },
    /** The path of a request that is not pushed. */
    plainPath: (parameters: Changes, append = '') => `${pathOf(parameters)}${append}`,
    redeem(callback: URL, { verifier }: Pick<Checks, 'verifier'>, how: Differently = {}) {
      const right = {
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: redirectUri,
        code_verifier: verifier,
      };
      return postForm(endpoint('token_endpoint'), right, how, true);
    },
    /** Asks userinfo; `scheme` is how the token is presented, `url` where, if not as announced. */
    userinfo(
      accessToken: string,
      how: Pick<Differently, 'proof' | 'headers'> & { scheme?: string; url?: string } = {},
    ) {
      const { scheme = 'DPoP', url = endpoint('userinfo_endpoint'), headers } = how;
      const asked = {
        method: 'GET',
        url,
        headers: { authorization: `${scheme} ${accessToken}`, ...headers },
      };
      return sendProved(asked, how.proof === undefined ? {} : how.proof, accessToken);
    },
  };

  function pathOf(parameters: Changes): string {
    const query = encodeForm({ client_id: clientId, ...parameters });
    return `${new URL(endpoint('authorization_endpoint')).pathname}?${query}`;
  }
}

/** 256 random bits in base64url: state, nonce and verifier alike. */
export function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Fields as a form or a query has them; undefined and null are left out. */
export function encodeForm(fields: Changes): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null) form.append(name, String(value));
  }
  return form.toString();
}

function seconds(): number {
  return Math.floor(Date.now() / 1_000);
}

function wantsNonce({ headers, json }: Reply): boolean {
  const isAsked =
    json['error'] === 'use_dpop_nonce' ||
    String(headers['www-authenticate']).includes('error="use_dpop_nonce"');
  return isAsked && headers['dpop-nonce'] !== undefined;
}
