/**
 * Authenticators with something wrong in them: certificate list, scheme, context and signature are the
 * attacker's to choose, and Finished is always right for the connection. TEST ONLY.
 */
import { constants, type KeyObject, sign } from 'node:crypto';
import { encodeBase64url } from '../../../gateway/protocol/bytes.ts';
import {
  type AuthenticatorKeys,
  certificateVerifyContent,
  createFinished,
} from '../../../gateway/protocol/exported-authenticator.ts';
import {
  type CertificateEntry,
  decodeCertificateRequest,
  encodeCertificate,
  encodeCertificateVerify,
  SIGNATURE_SCHEME,
} from '../../../gateway/protocol/handshake.ts';

/** What to make, of which only the first three are needed for a right one. */
export interface AuthenticatorForgery {
  readonly keys: AuthenticatorKeys;
  /** The request's octets under the signature. */
  readonly request: Uint8Array;
  readonly key: KeyObject;
  readonly entries: readonly CertificateEntry[];
  /** The context of the Certificate message, where it is not the request's. */
  readonly context?: Uint8Array;
  readonly scheme?: number;
  /** Node's name of the hash. */
  readonly hash?: string;
  readonly padding?: 'pkcs1' | 'pss';
}

/** One certificate without extensions, as an entry. */
export function entryOf(certificate: Uint8Array): CertificateEntry {
  return { certificate, extensions: [] };
}

/** Makes an authenticator, as base64url. */
export async function forgeAuthenticator(forgery: AuthenticatorForgery): Promise<string> {
  const { keys, request, key, entries, hash = 'sha384' } = forgery;
  const context = forgery.context ?? decodeCertificateRequest(request).context;
  const certificate = encodeCertificate({ context, entries });
  const content = await certificateVerifyContent(keys, request, certificate);
  const certificateVerify = encodeCertificateVerify({
    scheme: forgery.scheme ?? SIGNATURE_SCHEME.ecdsa_secp384r1_sha384,
    signature: sign(hash, content, { key, ...signOptions(forgery.padding) }),
  });
  const finished = await createFinished(keys, [request, certificate, certificateVerify]);
  return encodeBase64url(Buffer.concat([certificate, certificateVerify, finished]));
}

function signOptions(padding: AuthenticatorForgery['padding']): object {
  if (padding === 'pkcs1') return { padding: constants.RSA_PKCS1_PADDING };
  if (padding === 'pss') return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return { dsaEncoding: 'der' };
}
