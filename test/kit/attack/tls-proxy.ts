/**
 * A proxy that the machine trusts: it ends TLS with a certificate of the web's own CA, reads
 * everything, and forwards it over connections of its own. TEST ONLY.
 */
import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { TestGateway } from '../gateway/test-gateway.ts';

/** One request that the proxy read. */
export interface ReadRequest {
  /** The ALPN protocol it came over. */
  readonly alpn: string;
  readonly method: string;
  readonly path: string;
  readonly cookie: string;
  readonly body: string;
}

export interface ProxyReply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

export interface TlsProxy {
  readonly port: number;
  /** Every request in the order in which it was read. */
  readonly requests: readonly ReadRequest[];
  stop(): Promise<void>;
}

export interface TlsProxyOptions {
  readonly gateway: TestGateway;
  /** Leaves connections alone whose ClientHello offers this ALPN protocol. */
  readonly passesAlpn?: string;
  /** Answers in the gateway's place, or changes its answer, which `forward` fetches. */
  readonly answer?: (
    read: ReadRequest,
    forward: () => Promise<ProxyReply>,
    near: TLSSocket,
  ) => Promise<ProxyReply>;
}

/** Starts a proxy in front of a gateway, on a port of its own. */
export async function startTlsProxy(options: TlsProxyOptions): Promise<TlsProxy> {
  const { gateway, passesAlpn, answer = (_read, forward) => forward() } = options;
  const requests: ReadRequest[] = [];
  const { certificatePem, privateKeyPem } = gateway.pki.issueWebCertificate(['gateway.localhost']);
  const terminator = createServer(
    { cert: certificatePem, key: privateKeyPem, ALPNProtocols: ['kids-id-card/1', 'http/1.1'] },
    (incoming, outgoing) => {
      void (async () => {
        const near = incoming.socket as TLSSocket;
        const chunks: Buffer[] = await incoming.toArray();
        const read: ReadRequest = {
          // A client that names none is taken for a browser, as the gateway does.
          alpn: near.alpnProtocol || 'http/1.1',
          method: incoming.method ?? '',
          path: incoming.url ?? '',
          cookie: incoming.headers.cookie ?? '',
          body: Buffer.concat(chunks).toString(),
        };
        requests.push(read);
        const send = () => forward({ gateway, near, read, headers: incoming.headers });
        const reply = await answer(read, send, near);
        outgoing.writeHead(reply.status, reply.headers).end(reply.body);
      })().catch(() => outgoing.destroy());
    },
  );
  const listener = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (hello: Buffer) => {
      socket.pause();
      socket.unshift(hello);
      if (passesAlpn === undefined || !hello.includes(passesAlpn)) {
        terminator.emit('connection', socket);
        return;
      }
      const far = connectTcp(gateway.port, '127.0.0.1');
      far.on('error', () => socket.destroy());
      socket.pipe(far).pipe(socket);
      socket.on('close', () => far.destroy());
    });
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    requests,
    async stop() {
      terminator.closeAllConnections();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** One connection to the gateway for each connection to the proxy. */
const farAgents = new WeakMap<TLSSocket, Agent>();

function forward(options: {
  gateway: TestGateway;
  near: TLSSocket;
  read: ReadRequest;
  headers: OutgoingHttpHeaders;
}): Promise<ProxyReply> {
  const { gateway, near, read, headers } = options;
  const agent = farAgents.get(near) ?? openFarAgent(gateway, near, read.alpn);
  farAgents.set(near, agent);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, method: read.method, path: read.path, headers, timeout: 10_000 },
      (incoming) => {
        incoming.toArray().then((chunks: Buffer[]) => {
          const { 'transfer-encoding': _, ...kept } = incoming.headers;
          const body = Buffer.concat(chunks).toString();
          resolve({ status: incoming.statusCode ?? 0, headers: kept, body });
        }, reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(read.body);
  });
}

function openFarAgent(gateway: TestGateway, near: TLSSocket, alpn: string): Agent {
  const far = connect({
    host: '127.0.0.1',
    port: gateway.port,
    servername: 'gateway.localhost',
    ca: gateway.webCa,
    ALPNProtocols: [alpn],
  });
  far.on('error', () => near.destroy());
  near.on('close', () => far.destroy());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => far;
  return agent;
}
