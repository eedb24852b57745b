/**
 * RFC 9261 exported authenticators of a client, over keys exported from one TLS 1.3 connection:
 * key schedule, transcript, signed content, Finished. The signature itself is made by a card and
 * judged by `gateway/authenticator`; this file knows neither.
 */
import { asciiBytes, concatBytes, equalBytes } from './bytes.ts';
import { KidsIdError } from './errors.ts';
import {
  type CertificateMessage,
  type CertificateVerifyMessage,
  decodeCertificate,
  decodeCertificateVerify,
  decodeFinished,
  encodeCertificate,
  encodeFinished,
  type FinishedMessage,
  HANDSHAKE_TYPE,
  splitHandshakes,
} from './handshake.ts';

/** RFC 9261 §5.1, exporter labels of an authenticator that a client makes; the context is empty. */
export const EXPORTER_LABEL = {
  handshakeContext: 'EXPORTER-client authenticator handshake context',
  finishedKey: 'EXPORTER-client authenticator finished key',
} as const;

/** The hash of the connection's cipher suite. */
export type AuthenticatorHash = 'SHA-256' | 'SHA-384';

/** What both ends export from the connection (RFC 9261 §5.1): each value as long as the hash's output. */
export interface AuthenticatorKeys {
  readonly hash: AuthenticatorHash;
  readonly handshakeContext: Uint8Array;
  readonly finishedKey: Uint8Array;
}

/** How hashes are computed. Web Crypto is everywhere, but each call of it is a thread's turn. */
export interface AuthenticatorHashing {
  digest(hash: AuthenticatorHash, data: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** HMAC (RFC 2104). */
  mac(hash: AuthenticatorHash, key: Uint8Array, data: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** By Web Crypto. */
const WEB_HASHING: AuthenticatorHashing = {
  async digest(hash, data) {
    return new Uint8Array(await crypto.subtle.digest(hash, concatBytes(data)));
  },
  async mac(hash, key, data) {
    const algorithm = { name: 'HMAC', hash };
    const raw = concatBytes(key);
    const imported = await crypto.subtle.importKey('raw', raw, algorithm, false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign('HMAC', imported, concatBytes(data)));
  },
};

/** RFC 8446 §7.1: bytes of the hash's output. */
export const HASH_BYTES: Readonly<Record<AuthenticatorHash, number>> = {
  'SHA-256': 32,
  'SHA-384': 48,
};

/** The TLS 1.3 cipher suites (RFC 8446 §B.4), by their OpenSSL and IANA name, and their hash. */
const SUITE_HASH: Readonly<Record<string, AuthenticatorHash>> = {
  TLS_AES_128_GCM_SHA256: 'SHA-256',
  TLS_AES_256_GCM_SHA384: 'SHA-384',
  TLS_CHACHA20_POLY1305_SHA256: 'SHA-256',
};

/**
 * The authenticator hash of a negotiated TLS 1.3 cipher suite (RFC 9261 §5.1).
 * @throws {KidsIdError} MESSAGE_MALFORMED for any other suite.
 */
export function hashOfCipherSuite(name: string): AuthenticatorHash {
  const hash = SUITE_HASH[name];
  if (!hash) throw new KidsIdError('MESSAGE_MALFORMED', 'not a TLS 1.3 cipher suite we know');
  return hash;
}

/** An authenticator as received: either whole, or Finished alone, an authenticated "no" (RFC 9261 §6). */
export type Authenticator =
  | {
      readonly kind: 'full';
      readonly certificate: CertificateMessage;
      readonly certificateVerify: CertificateVerifyMessage;
      readonly finished: FinishedMessage;
    }
  | { readonly kind: 'empty'; readonly finished: FinishedMessage };

/**
 * Decodes Certificate ‖ CertificateVerify ‖ Finished, or Finished alone (RFC 9261 §5.2, §6).
 * @throws {KidsIdError} MESSAGE_MALFORMED for any other sequence, and for a Certificate message
 * without entries that a CertificateVerify follows.
 */
export function decodeAuthenticator(bytes: Uint8Array): Authenticator {
  const messages = splitHandshakes(bytes);
  const types = messages.map(({ type }) => type).join();
  const [first, second, third] = messages;
  if (types === `${HANDSHAKE_TYPE.finished}` && first) {
    return { kind: 'empty', finished: decodeFinished(first.bytes) };
  }
  const whole = [
    HANDSHAKE_TYPE.certificate,
    HANDSHAKE_TYPE.certificateVerify,
    HANDSHAKE_TYPE.finished,
  ].join();
  if (types !== whole || !first || !second || !third) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'not the messages of an authenticator');
  }
  const certificate = decodeCertificate(first.bytes);
  if (certificate.entries.length === 0) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'CertificateVerify without a certificate');
  }
  const certificateVerify = decodeCertificateVerify(second.bytes);
  return { kind: 'full', certificate, certificateVerify, finished: decodeFinished(third.bytes) };
}

/**
 * The bytes that CertificateVerify signs (RFC 9261 §5.2.2): 64 spaces, the context string, a zero
 * byte, the transcript hash up to Certificate.
 * @param request The request's octets exactly as they crossed the wire.
 * @param certificate The Certificate message with its header.
 * @param hashing Web Crypto when absent.
 */
export async function certificateVerifyContent(
  keys: AuthenticatorKeys,
  request: Uint8Array,
  certificate: Uint8Array,
  hashing: AuthenticatorHashing = WEB_HASHING,
): Promise<Uint8Array<ArrayBuffer>> {
  return concatBytes(
    new Uint8Array(64).fill(0x20),
    asciiBytes('Exported Authenticator'),
    Uint8Array.of(0),
    await hashing.digest(keys.hash, transcript(keys, [request, certificate])),
  );
}

/**
 * Makes the Finished message over the given messages (RFC 9261 §5.2.3): request, Certificate,
 * CertificateVerify, each as its octets.
 */
export async function createFinished(
  keys: AuthenticatorKeys,
  messages: readonly Uint8Array[],
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeFinished(await finishedMac(keys, messages, WEB_HASHING));
}

/**
 * Verifies a Finished message in constant time.
 * @param hashing Web Crypto when absent.
 * @throws {KidsIdError} AUTHENTICATOR_INVALID
 */
export async function verifyFinished(
  keys: AuthenticatorKeys,
  messages: readonly Uint8Array[],
  finished: FinishedMessage,
  hashing: AuthenticatorHashing = WEB_HASHING,
): Promise<void> {
  if (!equalBytes(await finishedMac(keys, messages, hashing), finished.verifyData)) {
    throw new KidsIdError('AUTHENTICATOR_INVALID', 'Finished does not fit this connection');
  }
}

/**
 * The messages under the Finished of an empty authenticator (RFC 9261 §6): the request and a
 * Certificate message with the request's context and no entries.
 */
export function emptyTranscript(request: Uint8Array, context: Uint8Array): Uint8Array[] {
  return [request, encodeCertificate({ context, entries: [] })];
}

function transcript(keys: AuthenticatorKeys, messages: readonly Uint8Array[]): Uint8Array {
  return concatBytes(keys.handshakeContext, ...messages);
}

async function finishedMac(
  keys: AuthenticatorKeys,
  messages: readonly Uint8Array[],
  hashing: AuthenticatorHashing,
): Promise<Uint8Array> {
  const transcriptHash = await hashing.digest(keys.hash, transcript(keys, messages));
  return hashing.mac(keys.hash, keys.finishedKey, transcriptHash);
}
