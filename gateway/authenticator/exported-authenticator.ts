/**
 * Verifies an exported authenticator of a card (RFC 9261 §5.2, §7.4): from bytes to a verified
 * certificate, in one order. Proof of possession comes before anything that asks the network.
 */
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { checkCardKey } from '../certificate/key-policy.ts';
import { equalBytes } from '../protocol/bytes.ts';
import { KidsIdError } from '../protocol/errors.ts';
import {
  type Authenticator,
  type AuthenticatorKeys,
  certificateVerifyContent,
  decodeAuthenticator,
  emptyTranscript,
  verifyFinished,
} from '../protocol/exported-authenticator.ts';
import type { CertificateRequest } from '../protocol/handshake.ts';
import { NODE_HASHING } from './node-hashing.ts';
import { verifySignature } from './signature.ts';

/** Judges the certificate itself: profile, path, revocation. Throws the code of the rule it breaks. */
export type CertificateJudge = (certificate: Certificate) => Promise<void>;

/**
 * Verifies an authenticator for the request and the connection it must belong to.
 * @throws {KidsIdError} MESSAGE_MALFORMED, CERTIFICATE_KEY, AUTHENTICATOR_INVALID, USER_CANCELLED for an empty one
 * (an authenticated "no"), CERTIFICATE_* and REVOCATION_UNKNOWN from the judge.
 */
export async function verifyExportedAuthenticator(options: {
  bytes: Uint8Array;
  request: CertificateRequest;
  keys: AuthenticatorKeys;
  judge: CertificateJudge;
}): Promise<Certificate> {
  const authenticator = decodeAuthenticator(options.bytes);
  if (authenticator.kind === 'empty') {
    const transcript = emptyTranscript(options.request.bytes, options.request.context);
    await verifyFinished(options.keys, transcript, authenticator.finished, NODE_HASHING);
    throw new KidsIdError('USER_CANCELLED', 'empty authenticator');
  }
  checkCertificateMessage(authenticator, options.request);
  const certificate = parseCertificate(leafOf(authenticator));
  checkCardKey(certificate);
  await verifyProof(authenticator, certificate, options);
  await options.judge(certificate);
  return certificate;
}

type FullAuthenticator = Extract<Authenticator, { kind: 'full' }>;

/**
 * RFC 8446 §4.2, what a CertificateRequest may have and a Certificate may not: signature_algorithms,
 * certificate_authorities, oid_filters, signature_algorithms_cert.
 */
const REQUEST_ONLY_EXTENSIONS: readonly number[] = [13, 47, 48, 50];

/** RFC 9261 §5.2.1: the request's own context, and no extension that the request did not ask for. */
function checkCertificateMessage(
  { certificate }: FullAuthenticator,
  request: CertificateRequest,
): void {
  if (!equalBytes(certificate.context, request.context)) {
    throw new KidsIdError('AUTHENTICATOR_INVALID', 'authenticator of another request');
  }
  const requested = new Set(request.extensions.map(({ type }) => type));
  for (const type of REQUEST_ONLY_EXTENSIONS) requested.delete(type);
  const sent = certificate.entries.flatMap(({ extensions }) => extensions);
  if (sent.some(({ type }) => !requested.has(type))) {
    throw new KidsIdError('AUTHENTICATOR_INVALID', 'extension that was not requested');
  }
}

/** RFC 9261 §5.2.2 and §5.2.3: the card's signature, then the connection's Finished. */
async function verifyProof(
  { certificate: message, certificateVerify, finished }: FullAuthenticator,
  certificate: Certificate,
  { request, keys }: { request: CertificateRequest; keys: AuthenticatorKeys },
): Promise<void> {
  if (!request.signatureSchemes.includes(certificateVerify.scheme)) {
    throw new KidsIdError('AUTHENTICATOR_INVALID', 'scheme was not offered');
  }
  const content = await certificateVerifyContent(keys, request.bytes, message.bytes, NODE_HASHING);
  verifySignature({ ...certificateVerify, publicKey: certificate.publicKey, content });
  const transcript = [request.bytes, message.bytes, certificateVerify.bytes];
  await verifyFinished(keys, transcript, finished, NODE_HASHING);
}

/** The first certificate is the card's; what is sent beside it is ignored (the path is built from our own CAs). */
function leafOf({ certificate }: FullAuthenticator): Uint8Array {
  const [leaf] = certificate.entries;
  if (!leaf) throw new KidsIdError('MESSAGE_MALFORMED', 'authenticator without a certificate');
  return leaf.certificate;
}
