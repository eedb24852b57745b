/**
 * The connection check: before a PIN is asked, the gateway signs what it exported from this very
 * connection with its connection key (ES256), and the host verifies it against the key that its own
 * list pins. A proxy between them cannot make it (docs/PROTOCOL.md, "Connection check").
 */
import { asciiBytes, concatBytes, decodeBase64url, encodeBase64url, encodeUint } from './bytes.ts';
import { KidsIdError } from './errors.ts';

/** Exporter label (RFC 5705 §4 keeps `EXPERIMENTAL` for private use); context = SHA-256 of the request. */
export const CONNECTION_CHECK_LABEL = 'EXPERIMENTAL-kids-id-connection-check';

/** Bytes exported from the connection for the check. */
export const CONNECTION_CHECK_BYTES = 32;

const SIGNED_LABEL = 'kids-id connection check v1';
const ES256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const ES256_SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** What the gateway states about a connection. */
export interface ConnectionStatement {
  /** {@link CONNECTION_CHECK_BYTES} bytes from the connection's exporter. */
  readonly exporterValue: Uint8Array;
  /** The CertificateRequest, as sent. */
  readonly request: Uint8Array;
  /** SHA-256 over the SPKI of each certificate that the web listener may show, 32 bytes each. */
  readonly webKeys: readonly Uint8Array[];
}

/** A public EC P-256 key as its two JWK coordinates (RFC 7517, base64url, 32 bytes each). */
export interface ConnectionKey {
  readonly x: string;
  readonly y: string;
}

/** A private ES256 key, by whatever name the platform's types have for it. */
export type ConnectionPrivateKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** The SHA-256 of a byte string; the exporter context is this over the request. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concatBytes(bytes)));
}

/** The key's thumbprint (RFC 7638, SHA-256), base64url: what a host's list of gateways holds. */
export async function connectionKeyThumbprint(key: ConnectionKey): Promise<string> {
  const canonical = `{"crv":"P-256","kty":"EC","x":"${key.x}","y":"${key.y}"}`;
  return encodeBase64url(await sha256(asciiBytes(canonical)));
}

/** Signs a statement. Signature: r‖s, 64 bytes (RFC 7518 §3.4). */
export async function signConnectionCheck(
  privateKey: ConnectionPrivateKey,
  statement: ConnectionStatement,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = await signedContent(statement);
  return new Uint8Array(await crypto.subtle.sign(ES256_SIGNATURE, privateKey, content));
}

/**
 * Verifies that the holder of the pinned connection key sits at the other end of this connection.
 * @throws {KidsIdError} GATEWAY_UNTRUSTED when the key is not the pinned one, CONNECTION_INTERCEPTED
 * when the signature is not over this connection.
 */
export async function verifyConnectionCheck(options: {
  statement: ConnectionStatement;
  key: ConnectionKey;
  signature: Uint8Array;
  pinnedThumbprint: string;
}): Promise<void> {
  if ((await connectionKeyThumbprint(options.key)) !== options.pinnedThumbprint) {
    throw new KidsIdError('GATEWAY_UNTRUSTED', 'connection key is not the one on the list');
  }
  const jwk = { kty: 'EC', crv: 'P-256', x: options.key.x, y: options.key.y };
  const key = await crypto.subtle.importKey('jwk', jwk, ES256, false, ['verify']);
  const content = await signedContent(options.statement);
  const signature = concatBytes(options.signature);
  if (!(await crypto.subtle.verify(ES256_SIGNATURE, key, signature, content))) {
    throw new KidsIdError('CONNECTION_INTERCEPTED', 'connection check is not of this connection');
  }
}

/** The pinned form of a thumbprint: 32 bytes in canonical base64url. */
export function isThumbprint(text: string): boolean {
  try {
    return decodeBase64url(text).length === 32;
  } catch {
    return false;
  }
}

/** label ‖ 0x00 ‖ exporter value (32) ‖ SHA-256(request) (32) ‖ count (1) ‖ web keys (32 each) */
async function signedContent(statement: ConnectionStatement): Promise<Uint8Array<ArrayBuffer>> {
  const { exporterValue, request, webKeys } = statement;
  if (
    exporterValue.length !== CONNECTION_CHECK_BYTES ||
    webKeys.some(({ length }) => length !== 32)
  ) {
    throw new RangeError('connection check of other sizes');
  }
  return concatBytes(
    asciiBytes(SIGNED_LABEL),
    Uint8Array.of(0),
    exporterValue,
    await sha256(request),
    encodeUint(webKeys.length, 1),
    ...webKeys,
  );
}
