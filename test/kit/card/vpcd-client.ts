/**
 * Puts a virtual card into the reader of vsmartcard's vpcd, which waits for cards on a TCP port. TEST ONLY.
 */
import { connect } from 'node:net';
import { answerReader, type InsertedCard, type ReaderSession } from './answer-reader.ts';
import type { VirtualCard } from './virtual-card.ts';

/** The port of the first slot in the Debian package's reader configuration. */
export const VPCD_PORT = 35963;

const DEFAULT_TIMEOUT_MS = 5000;

interface Reader {
  readonly port: number;
  readonly host?: string;
  readonly timeoutMs?: number;
}

/**
 * Inserts the card: resolves when the reader has seen it, which takes one turn of its polling (0.4 s). A card that
 * stays silent loses the connection, because vpcd takes no empty answer, and is put in again at once.
 * @throws Error when nothing listens there (`code` ECONNREFUSED), or when the reader does not speak in time
 * (5 s by default), as when another card is in it
 */
export async function connectVpcd(
  options: Reader & { readonly card: VirtualCard },
): Promise<InsertedCard> {
  let session = await insertOnce(options);
  let isTaken = false;
  async function stay(): Promise<void> {
    for (;;) {
      await session.removed;
      if (isTaken || !session.endedInSilence) return;
      session = await insertOnce(options);
      if (isTaken) await session.remove();
    }
  }
  // A reader that is gone when the card comes back is one that the card was taken out of.
  const removed = stay().catch(() => options.card.powerOff());
  return {
    removed,
    async remove() {
      isTaken = true;
      await session.remove();
      await removed;
      options.card.powerOff();
    },
  };
}

function insertOnce(options: Reader & { readonly card: VirtualCard }): Promise<ReaderSession> {
  const { card, port, host = '127.0.0.1', timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host });
    const session = answerReader(socket, card, () => {
      clearTimeout(deadline);
      resolve(session);
    });
    const deadline = setTimeout(() => {
      socket.destroy(new Error('the virtual reader did not ask for the card in time'));
    }, timeoutMs);
    let failure: Error | undefined;
    socket.on('error', (error) => {
      failure = error;
    });
    socket.once('close', () => {
      clearTimeout(deadline);
      reject(failure ?? new Error('the virtual reader closed the connection'));
    });
  });
}
