/** The tokens of the test issuer: right as the gateway's are, or wrong in the way that a case says. */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { ageClaim } from '../../oidc/age-claims.ts';
import type { RegisteredClient } from '../../oidc/clients.ts';
import type { AuthorizationRequest } from './authorization-request.ts';

export type Claims = Record<string, unknown>;

/** What is wrong with an ID token, and with the answers around it. */
export interface TokenChange {
  readonly claims?: (claims: Claims) => void;
  readonly signature?: 'other-key' | 'unknown-key' | 'none' | 'hmac-public-key' | 'broken';
  /** The whole token response (OpenID Connect Core §3.1.3.3). */
  readonly response?: (body: Claims) => TokenResponse;
  readonly userinfo?: (claims: Claims) => void;
}

export interface TokenResponse {
  readonly status: number;
  /** Sent as JSON; a string as it is. */
  readonly body: Claims | string;
}

/** The key that the issuer publishes. */
export interface IssuerKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly kid: string;
}

/** A key as the issuer's file has it, PKCS #8 in PEM. */
export function readIssuerKey(pem: string): IssuerKey {
  const privateKey = createPrivateKey(pem);
  return toIssuerKey(privateKey);
}

/** A fresh key. */
export function createIssuerKey(): IssuerKey {
  return toIssuerKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

function toIssuerKey(privateKey: KeyObject): IssuerKey {
  const { x = '' } = privateKey.export({ format: 'jwk' });
  return {
    privateKey,
    publicKey: createPublicKey(privateKey),
    kid: x.slice(0, 12),
  };
}

/** The claims of a right answer: as the gateway gives them to this client, for somebody of this age. */
export function rightClaims(options: {
  issuer: string;
  client: RegisteredClient;
  request: AuthorizationRequest;
  age: number;
  sub: string;
  now: Date;
}): Claims {
  const { issuer, client, request, age, sub, now } = options;
  const iat = Math.floor(now.getTime() / 1_000);
  const asked = client.ageThresholds.filter((threshold) =>
    request.scopes.includes(ageClaim(threshold)),
  );
  const { min, below } = client.requireAge ?? {};
  const ages = [...asked, min, below].filter((threshold) => threshold !== undefined);
  return {
    iss: issuer,
    sub,
    aud: client.clientId,
    iat,
    exp: iat + 120,
    auth_time: iat,
    acr: 'urn:kids-id:acr:card-pin',
    amr: ['sc', 'pin', 'hwk'],
    ...(request.nonce !== undefined && { nonce: request.nonce }),
    ...Object.fromEntries(ages.map((threshold) => [ageClaim(threshold), age >= threshold])),
  };
}

/** Signs claims as a JWT, in the right way or the wrong one (RFC 7515 §3.1). */
export function encodeIdToken(
  claims: Claims,
  key: IssuerKey,
  signature?: TokenChange['signature'],
): string {
  const header = { alg: 'ES256', kid: key.kid, typ: 'JWT' };
  switch (signature) {
    case undefined:
      return signEs256(header, claims, key.privateKey);
    case 'other-key':
      return signEs256(header, claims, createIssuerKey().privateKey);
    case 'unknown-key': {
      const stranger = createIssuerKey();
      return signEs256({ ...header, kid: stranger.kid }, claims, stranger.privateKey);
    }
    case 'broken': {
      const [head, body] = signEs256(header, claims, key.privateKey).split('.');
      return `${head}.${body}.${randomBytes(64).toString('base64url')}`;
    }
    case 'none':
      return `${encodePart({ alg: 'none', typ: 'JWT' })}.${encodePart(claims)}.`;
    case 'hmac-public-key': {
      // RFC 8725 §2.1: a verifier that takes the algorithm from the token takes the public key for a secret.
      const input = `${encodePart({ ...header, alg: 'HS256' })}.${encodePart(claims)}`;
      const secret = key.publicKey.export({ type: 'spki', format: 'pem' });
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    }
  }
}

function signEs256(header: object, claims: object, privateKey: KeyObject): string {
  const input = `${encodePart(header)}.${encodePart(claims)}`;
  const signature = sign('sha256', Buffer.from(input), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${input}.${signature.toString('base64url')}`;
}

function encodePart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
