/**
 * One card reader over the local socket of a virtual card, for machines without a virtual PC/SC reader.
 * Only the development host has it; the release host does not contain this transport. TEST ONLY.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { KidsIdError } from '../../../gateway/protocol/errors.ts';
import type {
  CardConnection,
  CardReader,
  OpenCardReaders,
  TransactionEnd,
} from '../../../native-host/card/readers.ts';
import { CONTROL_ON, CONTROL_RESET, createFrameDecoder, encodeFrame } from '../card/frames.ts';

const RETRY_MS = 250;
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * Watches the socket: a card is in the reader while something answers there.
 * @param options.leavesWithCard The reader is plugged in with its card, and unplugged with it.
 */
export function openSocketReaders(
  path: string,
  options: { leavesWithCard: boolean },
): OpenCardReaders {
  return async (onChange) => {
    let link: CardLink | undefined;
    let closed = false;
    const watch = async () => {
      while (!closed) {
        link = await tryLink(path);
        if (link) {
          onChange();
          await link.ended;
          link = undefined;
          onChange();
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    };
    void watch();
    return {
      list: () => (closed || (options.leavesWithCard && !link) ? [] : [readerOf(link)]),
      async close() {
        closed = true;
        link?.socket.destroy();
      },
    };
  };
}

/** A socket with a powered card behind it. */
interface CardLink {
  readonly socket: Socket;
  readonly ended: Promise<void>;
  readonly removed: AbortSignal;
  exchange(command: Uint8Array): Promise<Uint8Array>;
}

async function tryLink(path: string): Promise<CardLink | undefined> {
  const socket = connect(path);
  const removed = new AbortController();
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => {
      removed.abort();
      resolve();
    });
  });
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'connect').catch(() => undefined), ended]);
  if (removed.signal.aborted) return undefined;
  socket.write(encodeFrame(Uint8Array.of(CONTROL_ON)));
  const decode = createFrameDecoder();
  let waiting: ((answer: Uint8Array) => void) | undefined;
  socket.on('data', (chunk: Uint8Array) => {
    for (const answer of decode(chunk)) waiting?.(answer);
  });
  return {
    socket,
    ended,
    removed: removed.signal,
    exchange: (command) =>
      new Promise((resolve, reject) => {
        const fail = () => reject(new KidsIdError('CARD_REMOVED', 'virtual card is gone'));
        if (removed.signal.aborted) return fail();
        const timer = setTimeout(() => socket.destroy(), ANSWER_TIMEOUT_MS);
        removed.signal.addEventListener('abort', fail, { once: true });
        waiting = (answer) => {
          clearTimeout(timer);
          removed.signal.removeEventListener('abort', fail);
          resolve(answer);
        };
        socket.write(encodeFrame(command));
      }),
  };
}

function readerOf(link: CardLink | undefined): CardReader {
  return {
    name: 'Virtual reader on a local socket (TEST ONLY)',
    hasCard: link !== undefined,
    async connect(): Promise<CardConnection> {
      if (!link) throw new KidsIdError('CARD_REMOVED', 'no virtual card');
      const { removed, exchange, socket } = link;
      return {
        removed,
        hasKeypad: false,
        async recover() {
          socket.write(encodeFrame(Uint8Array.of(CONTROL_RESET)));
        },
        async withTransaction(work) {
          let end = 'leave' as TransactionEnd;
          const setEnd = (wanted: TransactionEnd) => {
            end = wanted;
          };
          try {
            return await work({ transmit: exchange, setEnd, keypad: undefined });
          } finally {
            if (end === 'reset') socket.write(encodeFrame(Uint8Array.of(CONTROL_RESET)));
          }
        },
        close: async () => undefined,
      };
    },
  };
}
