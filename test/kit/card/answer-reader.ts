/**
 * The card's end of one connection with a reader: frames in, answers out. TEST ONLY.
 */
import type { Socket } from 'node:net';
import {
  CONTROL_ATR,
  CONTROL_OFF,
  CONTROL_ON,
  CONTROL_RESET,
  createFrameDecoder,
  encodeFrame,
} from './frames.ts';
import type { VirtualCard } from './virtual-card.ts';

/** A card that is in a reader. */
export interface InsertedCard {
  /** Resolves when the connection has ended, by either side; the card has lost its power then. */
  readonly removed: Promise<void>;
  /** Takes the card out: an answer that is being computed is not sent. Safe to call twice. */
  remove(): Promise<void>;
}

/** A card that is in a reader over one connection. */
export interface ReaderSession extends InsertedCard {
  /** The connection ended because the card stayed silent: it is still there, with its power. */
  readonly endedInSilence: boolean;
}

/**
 * Lets the card answer on this socket until it closes. A frame that makes no sense ends the connection, and so does
 * a card that stays silent: the protocol has no other word for it.
 * @param onFirstFrame is called once, when the reader first speaks to the card
 */
export function answerReader(
  socket: Socket,
  card: VirtualCard,
  onFirstFrame: () => void = () => undefined,
): ReaderSession {
  const decode = createFrameDecoder();
  let heard = false;
  let isSilent = false;
  socket.setNoDelay(true);
  socket.on('data', (chunk: Uint8Array) => {
    try {
      for (const payload of decode(chunk)) {
        isSilent ||= !answerFrame(socket, card, payload);
        if (isSilent) socket.destroy();
      }
    } catch {
      // The reader is not one, or the card has no power: the connection is of no use any more.
      socket.destroy();
      return;
    }
    if (!heard) onFirstFrame();
    heard = true;
  });
  // 'close' follows every 'error', and a connection that broke is a card that was pulled out.
  socket.on('error', () => undefined);
  const removed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      if (!isSilent) card.powerOff();
      resolve();
    });
  });
  return {
    removed,
    get endedInSilence() {
      return isSilent;
    },
    remove() {
      socket.destroy();
      return removed;
    },
  };
}

/** `false` when the card stayed silent where an answer was due. */
function answerFrame(socket: Socket, card: VirtualCard, payload: Uint8Array): boolean {
  const reply = replyTo(card, payload);
  if (reply?.length === 0) return false;
  if (reply !== undefined && !socket.destroyed) socket.write(encodeFrame(reply));
  return true;
}

function replyTo(card: VirtualCard, payload: Uint8Array): Uint8Array | undefined {
  if (payload.length > 1) return card.transmit(payload);
  switch (payload[0]) {
    case CONTROL_OFF:
      card.powerOff();
      return undefined;
    case CONTROL_ON:
      card.powerOn();
      return undefined;
    case CONTROL_RESET:
      card.reset();
      return undefined;
    case CONTROL_ATR:
      return card.atr;
    default:
      throw new RangeError('unknown control of the reader');
  }
}
