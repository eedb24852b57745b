/**
 * One TLS connection of a native host, from the gateway's side: what was exported from it, the
 * request made for it, and how far its one login has come. All of it lives and dies with the socket.
 */
import { randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { OFFERED_SCHEMES } from '../authenticator/signature.ts';
import { encodeBase64url } from '../protocol/bytes.ts';
import { CARD_CHANNEL_ALPN } from '../protocol/card-channel.ts';
import {
  CONNECTION_CHECK_BYTES,
  CONNECTION_CHECK_LABEL,
  sha256,
} from '../protocol/connection-check.ts';
import { KidsIdError } from '../protocol/errors.ts';
import {
  type AuthenticatorKeys,
  EXPORTER_LABEL,
  HASH_BYTES,
  hashOfCipherSuite,
} from '../protocol/exported-authenticator.ts';
import type { Disclosure, Site } from '../protocol/fields.ts';
import {
  type CertificateRequest,
  decodeCertificateRequest,
  encodeCertificateRequest,
} from '../protocol/handshake.ts';
import type { WantedFile } from './card-files.ts';
import type { Claim } from './login-chain.ts';

/** What a host was told about a ticket's site. */
export interface ShownSite {
  readonly site: Site;
  readonly disclosure: Disclosure;
  /** What is asked for beside the authenticator. */
  readonly files: WantedFile[];
}

/** How far the one login of a connection is. Each path names the state it needs. */
export type CardState =
  | { readonly at: 'fresh' }
  | { readonly at: 'started'; readonly request: CertificateRequest }
  | {
      readonly at: 'claimed';
      readonly request: CertificateRequest;
      readonly claim: Claim;
      readonly shown: ShownSite;
      /** Its certificate was named: once, because each name is a question to an OCSP responder. */
      readonly named: boolean;
    }
  | { readonly at: 'over' };

export interface CardConnection {
  /** Random, base64url: names the connection in the chain, never on the wire. */
  readonly id: string;
  readonly socket: TLSSocket;
  readonly openedAt: Date;
  state: CardState;
}

/**
 * Takes a socket for a card connection.
 * @throws {KidsIdError} CONNECTION_INTERCEPTED unless it is fresh TLS 1.3 with our ALPN (design §2).
 */
export function openCardConnection(socket: TLSSocket, now: Date): CardConnection {
  if (
    socket.alpnProtocol !== CARD_CHANNEL_ALPN ||
    socket.getProtocol() !== 'TLSv1.3' ||
    socket.isSessionReused()
  ) {
    throw new KidsIdError('CONNECTION_INTERCEPTED', 'not a fresh TLS 1.3 card channel');
  }
  const id = encodeBase64url(randomBytes(32));
  return { id, socket, openedAt: now, state: { at: 'fresh' } };
}

/** A request with 32 unpredictable bytes of context (RFC 9261 §4). */
export function createRequest(): CertificateRequest {
  const context = randomBytes(32);
  return decodeCertificateRequest(
    encodeCertificateRequest({ context, signatureSchemes: OFFERED_SCHEMES }),
  );
}

/** The exporter value that the connection check signs (docs/PROTOCOL.md). */
export async function exportCheckValue(
  socket: TLSSocket,
  request: CertificateRequest,
): Promise<Uint8Array> {
  const context = Buffer.from(await sha256(request.bytes));
  return socket.exportKeyingMaterial(CONNECTION_CHECK_BYTES, CONNECTION_CHECK_LABEL, context);
}

/** The authenticator's keys (RFC 9261 §5.1), exported with an empty context. */
export function exportAuthenticatorKeys(socket: TLSSocket): AuthenticatorKeys {
  const hash = hashOfCipherSuite(socket.getCipher().standardName);
  const exported = (label: string) =>
    socket.exportKeyingMaterial(HASH_BYTES[hash], label, Buffer.alloc(0));
  return {
    hash,
    handshakeContext: exported(EXPORTER_LABEL.handshakeContext),
    finishedKey: exported(EXPORTER_LABEL.finishedKey),
  };
}
