/** One TLS connection to a gateway, bytes in and bytes out: for what no HTTP client would send. TEST ONLY. */
import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { TestGateway } from '../gateway/test-gateway.ts';

const DEADLINE_MS = 10_000;

export interface RawTls {
  readonly socket: TLSSocket;
  /** Resolves with all that came until the gateway closed the connection, which it must. */
  readAll(): Promise<string>;
  /** Resolves with what came as soon as it holds so many answers to HTTP requests. */
  readAnswers(count: number): Promise<string>;
}

/** Connects, with our card channel's ALPN unless told otherwise. Rejects when the handshake fails. */
export async function connectRawTls(
  gateway: TestGateway,
  options: ConnectionOptions = {},
): Promise<RawTls> {
  const socket = connect({
    host: '127.0.0.1',
    port: gateway.port,
    servername: 'gateway.localhost',
    ca: gateway.webCa,
    ALPNProtocols: ['kids-id-card/1'],
    ...options,
  });
  const signal = AbortSignal.timeout(DEADLINE_MS);
  await once(socket, 'secureConnect', { signal });
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  // A reset is one way to close.
  socket.on('error', () => socket.destroy());
  return {
    socket,
    async readAll() {
      if (!socket.closed) await once(socket, 'close', { signal });
      return text;
    },
    async readAnswers(count) {
      while (text.split('HTTP/1.1 ').length - 1 < count) await once(socket, 'data', { signal });
      return text;
    },
  };
}

/** The octets of a POST. */
export function encodePost(path: string, body: string, headers: readonly string[] = []): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: gateway.localhost',
    'content-type: application/json',
    `content-length: ${body.length}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
