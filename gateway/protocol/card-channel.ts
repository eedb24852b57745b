/**
 * Native host ⇄ gateway: the card channel (design §8). JSON over HTTP/1.1 on one TLS 1.3 connection
 * with an ALPN of its own; POST only; an error is an HTTP status with `{ code }`.
 */
import * as v from 'valibot';
import {
  binary,
  digest,
  disclosure,
  errorCode,
  protocolVersion,
  secret,
  site,
  softwareVersion,
} from './fields.ts';

/** ALPN protocol name; both ends refuse any other on the card channel, and it elsewhere. */
export const CARD_CHANNEL_ALPN = 'kids-id-card/1';

/** Bytes of a body, both ways. */
export const CARD_CHANNEL_MAX_BYTES = 24_576;

/** How often the host says that a person is still typing. */
export const CARD_CHANNEL_HEARTBEAT_MS = 10_000;

const coordinate = digest;

/**
 * What a gateway may ask to see of a card beside its certificate, for claims that need it. `birth-date`
 * is the identity file too, but only of a card whose national number leaves the birth date open.
 */
export const IDENTITY_FILES = ['identity', 'birth-date', 'address', 'photo'] as const;

/** Files as they stand on the card, signatures with their padding (card facts §3.6); unverified. */
export const identityFiles = v.strictObject({
  identity: binary(1_024),
  identitySignature: binary(512),
  /** The National Register's certificate, DER. */
  registerCertificate: binary(4_096),
  address: v.optional(v.strictObject({ file: binary(512), signature: binary(512) })),
  photo: v.optional(binary(8_192)),
});
export type IdentityFilesMessage = v.InferOutput<typeof identityFiles>;

/** Each path, its request and its reply, in the order of a login. */
export const CARD_CHANNEL = {
  /** Opens the login on this connection: the gateway shows who it is and asks for an authenticator. */
  '/card/start': {
    request: v.strictObject({
      /** The host's; another than the gateway's is HOST_TOO_OLD. */
      protocol: protocolVersion,
      hostVersion: softwareVersion,
    }),
    reply: v.strictObject({
      /** CertificateRequest with its handshake header. */
      request: binary(1_024),
      check: v.strictObject({
        key: v.strictObject({ x: coordinate, y: coordinate }),
        /** r‖s, 64 bytes. */
        signature: binary(64),
        /** SHA-256 of the SPKI of each key that the web listener may show. */
        webKeys: v.pipe(v.array(digest), v.minLength(1), v.maxLength(8)),
      }),
    }),
  },
  /** Spends the login ticket on this connection. */
  '/card/ticket': {
    request: v.strictObject({ ticket: secret }),
    reply: v.strictObject({
      site,
      disclosure,
      /** Read and sent with the authenticator; mostly none. */
      files: v.pipe(v.array(v.picklist(IDENTITY_FILES)), v.maxLength(IDENTITY_FILES.length)),
    }),
  },
  /** Names the certificate (DER Name, DER INTEGER content), so that OCSP can start while the PIN is typed. */
  '/card/certificate': {
    request: v.strictObject({ issuer: binary(1_024), serial: binary(20) }),
    reply: v.strictObject({}),
  },
  /** Heartbeat while the person types. */
  '/card/wait': { request: v.strictObject({}), reply: v.strictObject({}) },
  /** The authenticator, whole or empty. An empty one is answered with USER_CANCELLED. */
  '/card/authenticator': {
    request: v.strictObject({
      authenticator: binary(8_192),
      /** When some were asked for. */
      files: v.optional(identityFiles),
    }),
    reply: v.strictObject({ completionCode: secret }),
  },
} as const;

export type CardPath = keyof typeof CARD_CHANNEL;
export type CardRequest<Path extends CardPath> = v.InferOutput<
  (typeof CARD_CHANNEL)[Path]['request']
>;
export type CardReply<Path extends CardPath> = v.InferOutput<(typeof CARD_CHANNEL)[Path]['reply']>;

/** The body of every error. */
export const cardError = v.strictObject({ code: errorCode });
