/**
 * Making an exported authenticator (RFC 9261) on this host's connection. The one thing that the authentication
 * key ever signs for us is the content made here.
 */
import type { TLSSocket } from 'node:tls';
import { concatBytes } from '../../gateway/protocol/bytes.ts';
import {
  type AuthenticatorKeys,
  certificateVerifyContent,
  createFinished,
  EXPORTER_LABEL,
  emptyTranscript,
  HASH_BYTES,
  hashOfCipherSuite,
} from '../../gateway/protocol/exported-authenticator.ts';
import {
  type CertificateRequest,
  encodeCertificate,
  encodeCertificateVerify,
} from '../../gateway/protocol/handshake.ts';
import type { Applet } from '../card/applets.ts';
import type { BelgianCard } from '../card/belgian-card.ts';
import { encodeEcdsaSignature } from './ecdsa-signature.ts';

/** An authenticator that waits for the card's signature. */
export interface UnsignedAuthenticator {
  /** What the card signs: the hash, of its applet's kind, over the content of CertificateVerify. */
  readonly hash: Uint8Array;
  /** Puts the card's signature, in the form of its applet's row, in: Certificate ‖ CertificateVerify ‖ Finished. */
  finish(signature: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Exports the authenticator's keys from a TLS 1.3 connection (RFC 9261 §5.1); both ends hold the same.
 * @throws {KidsIdError} MESSAGE_MALFORMED for a cipher suite that is not TLS 1.3's
 */
export function exportAuthenticatorKeys(socket: TLSSocket): AuthenticatorKeys {
  const hash = hashOfCipherSuite(socket.getCipher().standardName);
  const context = Buffer.alloc(0);
  const exportKey = (label: string) =>
    socket.exportKeyingMaterial(HASH_BYTES[hash], label, context);
  return {
    hash,
    handshakeContext: exportKey(EXPORTER_LABEL.handshakeContext),
    finishedKey: exportKey(EXPORTER_LABEL.finishedKey),
  };
}

/** Prepares the authenticator for a card, all but the signature (RFC 9261 §5.2). */
export async function createAuthenticator(options: {
  keys: AuthenticatorKeys;
  request: CertificateRequest;
  card: BelgianCard;
}): Promise<UnsignedAuthenticator> {
  const { keys, request, card } = options;
  const certificate = encodeCertificate({
    context: request.context,
    entries: [{ certificate: card.unverifiedCertificate, extensions: [] }],
  });
  const content = await certificateVerifyContent(keys, request.bytes, certificate);
  return {
    hash: new Uint8Array(await crypto.subtle.digest(card.applet.hash, content)),
    async finish(signature) {
      const certificateVerify = encodeCertificateVerify({
        scheme: card.applet.scheme,
        signature: encodeSignature(card.applet, signature),
      });
      const messages = [request.bytes, certificate, certificateVerify];
      return concatBytes(certificate, certificateVerify, await createFinished(keys, messages));
    },
  };
}

/** RFC 8446 §4.2.3: ECDSA in DER, RSA as it is. */
function encodeSignature({ signatureForm }: Applet, signature: Uint8Array): Uint8Array {
  return signatureForm === 'ecdsa-raw' ? encodeEcdsaSignature(signature) : signature;
}

/** Makes the empty authenticator: an authenticated "no" (RFC 9261 §6). */
export function createEmptyAuthenticator(
  keys: AuthenticatorKeys,
  request: CertificateRequest,
): Promise<Uint8Array<ArrayBuffer>> {
  return createFinished(keys, emptyTranscript(request.bytes, request.context));
}
