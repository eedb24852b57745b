/** A relay on loopback that keeps every byte which passes through it, TLS taken off. TEST ONLY. */
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer as createTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createServer as createTls } from 'node:tls';

export interface Tap {
  readonly port: number;
  /** Everything that clients sent, connection after connection. */
  sent(): Buffer;
  /** Everything that the server answered. */
  answered(): Buffer;
  stop(): Promise<void>;
}

/** Starts a relay to a port. With `tls` it shows that certificate and trusts that CA behind it. */
export async function startTap(options: {
  targetPort: number;
  tls?: { key: string; cert: string; ca: string; servername: string };
}): Promise<Tap> {
  const { targetPort: port, tls } = options;
  const connections: { sent: Buffer[]; answered: Buffer[] }[] = [];
  const open = new Set<Duplex>();
  const relay = (client: Duplex) => {
    const server = tls
      ? connectTls({ ...tls, host: '127.0.0.1', port, ALPNProtocols: ['http/1.1'] })
      : connectTcp(port, '127.0.0.1');
    const kept = { sent: [] as Buffer[], answered: [] as Buffer[] };
    connections.push(kept);
    client.on('data', (chunk: Buffer) => kept.sent.push(chunk));
    server.on('data', (chunk: Buffer) => kept.answered.push(chunk));
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  };
  const listener = tls
    ? createTls({ key: tls.key, cert: tls.cert, ALPNProtocols: ['http/1.1'] }, relay)
    : createTcp(relay);
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    sent: () => Buffer.concat(connections.flatMap(({ sent }) => sent)),
    answered: () => Buffer.concat(connections.flatMap(({ answered }) => answered)),
    async stop() {
      const closed = once(listener, 'close');
      listener.close();
      for (const stream of open) stream.destroy();
      await closed;
    },
  };
}
