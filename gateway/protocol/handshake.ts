/**
 * TLS handshake messages of RFC 9261: CertificateRequest, Certificate, CertificateVerify, Finished,
 * as bytes ⇄ values. No keys and no connection here: those are exported-authenticator.ts.
 * Each decoder takes exactly one whole message, header included, and keeps the bytes it was given,
 * because transcripts are over the octets as received.
 */
import { ByteReader, concatBytes, encodeUint, encodeVector } from './bytes.ts';
import { KidsIdError } from './errors.ts';

/** RFC 8446 §4 and §B.3, the handshake types an authenticator uses. */
export const HANDSHAKE_TYPE = {
  certificate: 11,
  certificateRequest: 13,
  certificateVerify: 15,
  finished: 20,
} as const;

/** RFC 8446 §4.2.3, the schemes a Belgian card can make. */
export const SIGNATURE_SCHEME = {
  ecdsa_secp384r1_sha384: 0x0503,
  rsa_pss_rsae_sha256: 0x0804,
} as const;

export type SignatureScheme = (typeof SIGNATURE_SCHEME)[keyof typeof SIGNATURE_SCHEME];

/** RFC 8446 §4.2: one extension, its data opaque. */
export interface TlsExtension {
  readonly type: number;
  readonly data: Uint8Array;
}

/** RFC 8446 §4.3.2. `signatureSchemes` is the content of extension 13, in order of preference. */
export interface CertificateRequest {
  readonly bytes: Uint8Array;
  readonly context: Uint8Array;
  readonly signatureSchemes: readonly number[];
  readonly extensions: readonly TlsExtension[];
}

/** RFC 8446 §4.4.2, X.509 only: the DER of one certificate and its extensions. */
export interface CertificateEntry {
  readonly certificate: Uint8Array;
  readonly extensions: readonly TlsExtension[];
}

export interface CertificateMessage {
  readonly bytes: Uint8Array;
  readonly context: Uint8Array;
  readonly entries: readonly CertificateEntry[];
}

export interface CertificateVerifyMessage {
  readonly bytes: Uint8Array;
  readonly scheme: number;
  readonly signature: Uint8Array;
}

export interface FinishedMessage {
  readonly bytes: Uint8Array;
  readonly verifyData: Uint8Array;
}

const EXTENSION_SIGNATURE_ALGORITHMS = 13;

/** Puts the 4-byte handshake header (type, 3-byte length) before a body (RFC 8446 §4). */
export function encodeHandshake(type: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(encodeUint(type, 1), encodeVector(body, 3));
}

/**
 * Splits a byte string into its handshake messages, each with its header.
 * @throws {KidsIdError} MESSAGE_MALFORMED when the last one is cut short.
 */
export function splitHandshakes(bytes: Uint8Array): { type: number; bytes: Uint8Array }[] {
  const reader = new ByteReader(bytes);
  const messages: { type: number; bytes: Uint8Array }[] = [];
  while (reader.remaining > 0) {
    const type = reader.uint(1);
    messages.push({ type, bytes: encodeHandshake(type, reader.vector(3)) });
  }
  return messages;
}

/**
 * Encodes a CertificateRequest that offers the given signature schemes.
 * @param options.context 1 to 255 unpredictable bytes, unique within the connection (RFC 9261 §4).
 */
export function encodeCertificateRequest(options: {
  context: Uint8Array;
  signatureSchemes: readonly number[];
  extensions?: readonly TlsExtension[];
}): Uint8Array<ArrayBuffer> {
  const schemes = concatBytes(...options.signatureSchemes.map((scheme) => encodeUint(scheme, 2)));
  const extensions = encodeExtensions([
    { type: EXTENSION_SIGNATURE_ALGORITHMS, data: encodeVector(schemes, 2) },
    ...(options.extensions ?? []),
  ]);
  const body = concatBytes(encodeVector(options.context, 1), extensions);
  return encodeHandshake(HANDSHAKE_TYPE.certificateRequest, body);
}

/**
 * Decodes a CertificateRequest. Unknown extensions are kept and otherwise ignored (RFC 9261 §4).
 * @throws {KidsIdError} MESSAGE_MALFORMED, also when signature_algorithms is missing (RFC 8446 §4.3.2).
 */
export function decodeCertificateRequest(bytes: Uint8Array): CertificateRequest {
  const reader = openHandshake(bytes, HANDSHAKE_TYPE.certificateRequest);
  const context = reader.vector(1);
  const extensions = decodeExtensions(reader.vector(2));
  reader.end();
  const offered = extensions.find(({ type }) => type === EXTENSION_SIGNATURE_ALGORITHMS);
  if (!offered) throw new KidsIdError('MESSAGE_MALFORMED', 'request without signature_algorithms');
  return { bytes, context, signatureSchemes: decodeSchemes(offered.data), extensions };
}

/** Encodes a Certificate message (RFC 8446 §4.4.2). Without entries it is that of an empty authenticator. */
export function encodeCertificate(options: {
  context: Uint8Array;
  entries: readonly CertificateEntry[];
}): Uint8Array<ArrayBuffer> {
  const entries = options.entries.map((entry) =>
    concatBytes(encodeVector(entry.certificate, 3), encodeExtensions(entry.extensions)),
  );
  const body = concatBytes(
    encodeVector(options.context, 1),
    encodeVector(concatBytes(...entries), 3),
  );
  return encodeHandshake(HANDSHAKE_TYPE.certificate, body);
}

/** Decodes a Certificate message. @throws {KidsIdError} MESSAGE_MALFORMED */
export function decodeCertificate(bytes: Uint8Array): CertificateMessage {
  const reader = openHandshake(bytes, HANDSHAKE_TYPE.certificate);
  const context = reader.vector(1);
  const list = new ByteReader(reader.vector(3));
  reader.end();
  const entries: CertificateEntry[] = [];
  while (list.remaining > 0) {
    const certificate = list.vector(3);
    if (certificate.length === 0) {
      throw new KidsIdError('MESSAGE_MALFORMED', 'certificate of no bytes');
    }
    entries.push({ certificate, extensions: decodeExtensions(list.vector(2)) });
  }
  return { bytes, context, entries };
}

/** Encodes a CertificateVerify message (RFC 8446 §4.4.3). ECDSA signatures are DER. */
export function encodeCertificateVerify(options: {
  scheme: number;
  signature: Uint8Array;
}): Uint8Array<ArrayBuffer> {
  const body = concatBytes(encodeUint(options.scheme, 2), encodeVector(options.signature, 2));
  return encodeHandshake(HANDSHAKE_TYPE.certificateVerify, body);
}

/** Decodes a CertificateVerify message. @throws {KidsIdError} MESSAGE_MALFORMED */
export function decodeCertificateVerify(bytes: Uint8Array): CertificateVerifyMessage {
  const reader = openHandshake(bytes, HANDSHAKE_TYPE.certificateVerify);
  const scheme = reader.uint(2);
  const signature = reader.vector(2);
  reader.end();
  return { bytes, scheme, signature };
}

/** Encodes a Finished message (RFC 8446 §4.4.4). */
export function encodeFinished(verifyData: Uint8Array): Uint8Array<ArrayBuffer> {
  return encodeHandshake(HANDSHAKE_TYPE.finished, verifyData);
}

/** Decodes a Finished message. Its length is judged where the hash is known. @throws {KidsIdError} MESSAGE_MALFORMED */
export function decodeFinished(bytes: Uint8Array): FinishedMessage {
  const reader = openHandshake(bytes, HANDSHAKE_TYPE.finished);
  return { bytes, verifyData: reader.bytes(reader.remaining) };
}

/** Opens one whole handshake message of the given type and returns a reader over its body. */
function openHandshake(bytes: Uint8Array, type: number): ByteReader {
  const outer = new ByteReader(bytes);
  if (outer.uint(1) !== type) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'handshake message of another type');
  }
  const body = outer.vector(3);
  outer.end();
  return new ByteReader(body);
}

function encodeExtensions(extensions: readonly TlsExtension[]): Uint8Array<ArrayBuffer> {
  const encoded = extensions.map(({ type, data }) =>
    concatBytes(encodeUint(type, 2), encodeVector(data, 2)),
  );
  return encodeVector(concatBytes(...encoded), 2);
}

/** RFC 8446 §4.2: no extension twice in one block. */
function decodeExtensions(bytes: Uint8Array): TlsExtension[] {
  const reader = new ByteReader(bytes);
  const extensions: TlsExtension[] = [];
  while (reader.remaining > 0) {
    const type = reader.uint(2);
    if (extensions.some((extension) => extension.type === type)) {
      throw new KidsIdError('MESSAGE_MALFORMED', 'extension given twice');
    }
    extensions.push({ type, data: reader.vector(2) });
  }
  return extensions;
}

/** RFC 8446 §4.2.3: SignatureScheme supported_signature_algorithms<2..2^16-2>. */
function decodeSchemes(data: Uint8Array): number[] {
  const outer = new ByteReader(data);
  const list = new ByteReader(outer.vector(2));
  outer.end();
  const schemes: number[] = [];
  while (list.remaining > 0) schemes.push(list.uint(2));
  if (schemes.length === 0) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'signature_algorithms without a scheme');
  }
  return schemes;
}
