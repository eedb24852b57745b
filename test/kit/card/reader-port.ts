/**
 * The port of 127.0.0.1 at which cards reach a vpcd that lives in a network of its own. Each card gets one
 * relay process inside that network, which ends with the connection and with this process. TEST ONLY.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { VPCD_PORT } from './vpcd-client.ts';

export interface ReaderPort {
  readonly port: number;
  /** Closes the port and every connection, and waits for their relays to end. Safe to call twice. */
  close(): Promise<void>;
}

const RELAY = fileURLToPath(new URL('vpcd-relay.ts', import.meta.url));

/** Opens the port (0: a free one) in front of the vpcd whose process is `pid`. `path` is the PATH to use. */
export async function openReaderPort(options: {
  readonly pid: number;
  readonly port: number;
  readonly path: string;
}): Promise<ReaderPort> {
  const relays = new Map<Socket, Promise<void>>();
  const server = createServer((socket) => {
    const ended = relay(socket, options).then(() => void relays.delete(socket));
    relays.set(socket, ended);
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      server.close();
      for (const socket of relays.keys()) socket.destroy();
      await Promise.all(relays.values());
    },
  };
}

/** Joins the socket with a relay; resolves when both have ended. */
async function relay(socket: Socket, options: { pid: number; path: string }): Promise<void> {
  const network = ['nsenter', `--net=/proc/${options.pid}/ns/net`];
  const program = [process.execPath, RELAY, String(VPCD_PORT)];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...network, ...program], {
    env: { PATH: options.path },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  socket.setNoDelay(true);
  // Either end may go first; what matters is that the other one follows.
  for (const stream of [socket, child.stdin, child.stdout]) stream.on('error', () => undefined);
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
  socket.once('close', () => child.kill('SIGKILL'));
  await exited;
  socket.destroy();
}
