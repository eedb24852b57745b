/**
 * A native host reduced to its protocol, which a test drives step by step and can make misbehave: one
 * TLS connection, raw requests, an authenticator over any key. It shares nothing with native-host/. TEST ONLY.
 */
import { type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { encodeBase64url } from '../../../gateway/protocol/bytes.ts';
import {
  type AuthenticatorKeys,
  certificateVerifyContent,
  createFinished,
  EXPORTER_LABEL,
  emptyTranscript,
} from '../../../gateway/protocol/exported-authenticator.ts';
import {
  decodeCertificateRequest,
  encodeCertificate,
  encodeCertificateVerify,
  SIGNATURE_SCHEME,
} from '../../../gateway/protocol/handshake.ts';

/** A key and its certificate (DER), as a card has them. */
export interface RawCard {
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
}

export interface RawHost {
  readonly socket: TLSSocket;
  /** Posts JSON (or text as it is) and returns status and parsed body. */
  post(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  /** The authenticator's keys of this connection. */
  keys(): AuthenticatorKeys;
  close(): void;
}

/** Connects to a gateway's card channel; `tls` overrides how. Rejects when the handshake fails. */
export async function connectRawHost(options: {
  port: number;
  webCa: string;
  tls?: ConnectionOptions;
}): Promise<RawHost> {
  const socket = connect({
    host: '127.0.0.1',
    port: options.port,
    servername: 'gateway.localhost',
    ca: options.webCa,
    ALPNProtocols: ['kids-id-card/1'],
    ...options.tls,
  });
  await once(socket, 'secureConnect');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => socket;
  return {
    socket,
    post: (path, body) => postOver(agent, path, body),
    keys() {
      const hash = socket.getCipher().standardName.endsWith('SHA384') ? 'SHA-384' : 'SHA-256';
      const exported = (label: string) =>
        socket.exportKeyingMaterial(hash === 'SHA-384' ? 48 : 32, label, Buffer.alloc(0));
      return {
        hash,
        handshakeContext: exported(EXPORTER_LABEL.handshakeContext),
        finishedKey: exported(EXPORTER_LABEL.finishedKey),
      };
    },
    close: () => socket.destroy(),
  };
}

/** Makes the authenticator of a card over a request, as base64url (RFC 9261 §5.2). */
export async function makeAuthenticator(options: {
  keys: AuthenticatorKeys;
  request: Uint8Array;
  card: RawCard;
}): Promise<string> {
  const { keys, request: octets, card } = options;
  const { context } = decodeCertificateRequest(octets);
  const certificate = encodeCertificate({
    context,
    entries: [{ certificate: card.certificate, extensions: [] }],
  });
  const content = await certificateVerifyContent(keys, octets, certificate);
  const certificateVerify = encodeCertificateVerify({
    scheme: SIGNATURE_SCHEME.ecdsa_secp384r1_sha384,
    signature: sign('sha384', content, { key: card.key, dsaEncoding: 'der' }),
  });
  const finished = await createFinished(keys, [octets, certificate, certificateVerify]);
  return encodeBase64url(Buffer.concat([certificate, certificateVerify, finished]));
}

/** Makes an empty authenticator, as base64url (RFC 9261 §6). */
export async function makeEmptyAuthenticator(
  keys: AuthenticatorKeys,
  octets: Uint8Array,
): Promise<string> {
  const { context } = decodeCertificateRequest(octets);
  return encodeBase64url(await createFinished(keys, emptyTranscript(octets, context)));
}

function postOver(
  agent: Agent,
  path: string,
  body: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        method: 'POST',
        path,
        host: 'gateway.localhost',
        headers: { 'content-type': 'application/json' },
        timeout: 10_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text || '{}') });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}
