/**
 * A gateway's card channel on a real listener, made from the protocol alone: it keeps no logins, judges no
 * certificate, and can be told to be wrong. TEST ONLY.
 */
import { createHash, createPublicKey, type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureVersion, TLSSocket } from 'node:tls';
import { verifyExportedAuthenticator } from '../../../gateway/authenticator/exported-authenticator.ts';
import { decodeBase64url, encodeBase64url } from '../../../gateway/protocol/bytes.ts';
import {
  CARD_CHANNEL,
  CARD_CHANNEL_ALPN,
  CARD_CHANNEL_MAX_BYTES,
  type CardPath,
  type IDENTITY_FILES,
  type IdentityFilesMessage,
} from '../../../gateway/protocol/card-channel.ts';
import {
  CONNECTION_CHECK_BYTES,
  CONNECTION_CHECK_LABEL,
  connectionKeyThumbprint,
  sha256,
  signConnectionCheck,
} from '../../../gateway/protocol/connection-check.ts';
import { type ErrorCode, errorCodeOf } from '../../../gateway/protocol/errors.ts';
import {
  EXPORTER_LABEL,
  HASH_BYTES,
  hashOfCipherSuite,
} from '../../../gateway/protocol/exported-authenticator.ts';
import {
  type CertificateRequest,
  decodeCertificateRequest,
  encodeCertificateRequest,
  SIGNATURE_SCHEME,
} from '../../../gateway/protocol/handshake.ts';
import { parseJsonMessage } from '../../../gateway/protocol/message.ts';
import type { WebCertificate } from '../pki/test-pki.ts';

/** How a gateway can be other than it should be. */
export interface CardGatewayOptions {
  readonly certificate: WebCertificate;
  readonly alpn?: readonly string[];
  readonly maxVersion?: SecureVersion;
  readonly signatureSchemes?: readonly number[];
  /** The keys that the connection check names; the listener's own by default. */
  readonly webKeys?: readonly Uint8Array[];
  /** What it asks to see of the card; nothing by default. */
  readonly files?: readonly (typeof IDENTITY_FILES)[number][];
  /** Answers in place of the ordinary reply. */
  readonly intercept?: (path: CardPath, response: ServerResponse) => boolean;
}

/** A running gateway. */
export interface CardGateway {
  readonly port: number;
  readonly origin: string;
  /** Thumbprint of its connection key. */
  readonly connectionKey: string;
  /** Paths in the order they were asked for. */
  readonly paths: string[];
  /** TLS connections, by their ALPN protocol. */
  readonly connections: string[];
  /** How each authenticator was judged: 'ok' or a code. */
  readonly verdicts: ('ok' | ErrorCode)[];
  /** The certificate that each verified authenticator held. */
  readonly certificates: Uint8Array[];
  /** The files that came with each authenticator. */
  readonly files: (IdentityFilesMessage | undefined)[];
  /** What `/card/certificate` named. */
  readonly named: { issuer: string; serial: string }[];
  /** Closes every connection to it. */
  dropConnections(): void;
  stop(): Promise<void>;
}

/** What the site is and learns, in every login. */
export const SITE = {
  site: { name: 'Chat TEST ONLY' },
  disclosure: { ageOver: [9], requireAge: { min: 6, below: 13 }, pseudonym: true },
};
export const TICKET = `${'T'.repeat(42)}A`;
export const COMPLETION_CODE = `${'C'.repeat(42)}A`;

const ES256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

interface Connection {
  readonly socket: TLSSocket;
  request?: CertificateRequest;
}

/** Starts a gateway on a free port of 127.0.0.1. */
export async function startCardGateway(options: CardGatewayOptions): Promise<CardGateway> {
  const key = (await webcrypto.subtle.generateKey(ES256, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const { x = '', y = '' } = await webcrypto.subtle.exportKey('jwk', key.publicKey);
  const connections = new Map<TLSSocket, Connection>();
  const log = {
    paths: [],
    connections: [],
    verdicts: [],
    certificates: [],
    files: [],
    named: [],
  } as Pick<CardGateway, 'paths' | 'connections' | 'verdicts' | 'certificates' | 'files' | 'named'>;
  const webKeys = options.webKeys ?? [webKeyOf(options.certificate.privateKey)];

  const handlers: { [Path in CardPath]: (connection: Connection, body: never) => Promise<object> } =
    {
      async '/card/start'(connection) {
        const context = randomBytes(32);
        const signatureSchemes = options.signatureSchemes ?? Object.values(SIGNATURE_SCHEME);
        const request = decodeCertificateRequest(
          encodeCertificateRequest({ context, signatureSchemes }),
        );
        connection.request = request;
        const exporterValue = connection.socket.exportKeyingMaterial(
          CONNECTION_CHECK_BYTES,
          CONNECTION_CHECK_LABEL,
          Buffer.from(await sha256(request.bytes)),
        );
        const statement = { exporterValue, request: request.bytes, webKeys };
        const signature = await signConnectionCheck(key.privateKey, statement);
        return {
          request: encodeBase64url(request.bytes),
          check: {
            key: { x, y },
            signature: encodeBase64url(signature),
            webKeys: webKeys.map(encodeBase64url),
          },
        };
      },
      '/card/ticket': async () => ({ ...SITE, files: [...(options.files ?? [])] }),
      async '/card/certificate'(_, body: { issuer: string; serial: string }) {
        log.named.push(body);
        return {};
      },
      '/card/wait': async () => ({}),
      async '/card/authenticator'(
        { socket, request },
        body: { authenticator: string; files?: IdentityFilesMessage },
      ) {
        if (!request) throw new Error('authenticator before start');
        log.files.push(body.files);
        const bytes = decodeBase64url(body.authenticator);
        const keys = exportKeys(socket);
        const judge = async () => undefined;
        try {
          const { der } = await verifyExportedAuthenticator({ bytes, request, keys, judge });
          log.certificates.push(der);
          log.verdicts.push('ok');
          return { completionCode: COMPLETION_CODE };
        } catch (error) {
          log.verdicts.push(errorCodeOf(error));
          throw error;
        }
      },
    };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url as CardPath;
    log.paths.push(path);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (options.intercept?.(path, response)) return;
    const connection = connections.get(request.socket as TLSSocket);
    if (!connection) throw new Error('request on an unknown connection');
    const body = parseJsonMessage(
      CARD_CHANNEL[path].request,
      Buffer.concat(chunks),
      CARD_CHANNEL_MAX_BYTES,
    );
    reply(response, 200, await handlers[path](connection, body as never));
  }

  const server = createServer(
    {
      cert: options.certificate.certificatePem,
      key: options.certificate.privateKeyPem,
      ALPNProtocols: [...(options.alpn ?? [CARD_CHANNEL_ALPN, 'http/1.1'])],
      minVersion: 'TLSv1.2',
      maxVersion: options.maxVersion ?? 'TLSv1.3',
      keepAliveTimeout: 30_000,
    },
    (request, response) => {
      answer(request, response).catch((error) =>
        reply(response, 400, { code: errorCodeOf(error) }),
      );
    },
  );
  server.on('secureConnection', (socket) => {
    log.connections.push(String(socket.alpnProtocol));
    connections.set(socket, { socket });
    socket.on('error', () => undefined);
    socket.once('close', () => connections.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dropConnections = () => {
    for (const socket of connections.keys()) socket.destroy();
  };
  return {
    ...log,
    port,
    origin: `https://gateway.localhost:${port}`,
    connectionKey: await connectionKeyThumbprint({ x, y }),
    dropConnections,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      dropConnections();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** SHA-256 of the SPKI of a private key's public half. */
export function webKeyOf(privateKey: KeyObject): Uint8Array {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest();
}

function exportKeys(socket: TLSSocket) {
  const hash = hashOfCipherSuite(socket.getCipher().standardName);
  const exported = (label: string) =>
    socket.exportKeyingMaterial(HASH_BYTES[hash], label, Buffer.alloc(0));
  return {
    hash,
    handshakeContext: exported(EXPORTER_LABEL.handshakeContext),
    finishedKey: exported(EXPORTER_LABEL.finishedKey),
  };
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
