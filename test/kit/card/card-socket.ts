/**
 * A virtual card on a local socket, for machines without pcscd: what connects is the reader. TEST ONLY.
 *
 * Protocol: the frames of frames.ts, the reader speaks first. Controls 00 off, 01 on and 02 reset have no
 * answer, 04 is answered with the ATR; any longer payload is a command and is answered with its response. A
 * command without power, or a frame that is malformed, ends the connection. Connected means card in reader: the
 * end of the connection takes the power. One reader at a time: a second one is answered when the first has gone.
 */
import { once } from 'node:events';
import { chmod, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { answerReader, type InsertedCard } from './answer-reader.ts';
import type { VirtualCard } from './virtual-card.ts';

/**
 * Serves the card on a Unix socket (a path; mode 0600) or on a Windows named pipe (`\\.\pipe\name`).
 * @throws Error when something else serves that path already
 */
export async function serveCardSocket(options: {
  readonly card: VirtualCard;
  readonly path: string;
}): Promise<InsertedCard> {
  const { card, path } = options;
  const isPipe = path.startsWith('\\\\');
  if (!isPipe) await unlinkStaleSocket(path);
  const sockets = new Set<Socket>();
  let lastReader = Promise.resolve();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    lastReader = lastReader.then(() => {
      if (socket.destroyed) return undefined;
      const { removed } = answerReader(socket, card);
      socket.resume();
      return removed;
    });
  });
  await listen(server, path);
  if (!isPipe) await chmod(path, 0o600);
  const removed = once(server, 'close').then(() => undefined);
  return {
    removed,
    remove() {
      server.close();
      for (const socket of sockets) socket.destroy();
      return removed;
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
}

/** A socket that nobody serves is left over from a process that was killed. */
async function unlinkStaleSocket(path: string): Promise<void> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return;
    if (code !== 'ECONNREFUSED') throw error;
    await unlink(path);
    return;
  } finally {
    socket.destroy();
  }
  throw new Error('another virtual card is served on this path');
}
