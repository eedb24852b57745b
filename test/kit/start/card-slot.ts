/**
 * Where the virtual card goes: a real pcscd with a virtual reader where that can be had, else a local
 * socket that only the development host reads. TEST ONLY.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { InsertedCard } from '../card/answer-reader.ts';
import { serveCardSocket } from '../card/card-socket.ts';
import { findPcscdProblems, startPcscd } from '../card/pcscd.ts';
import type { VirtualCard } from '../card/virtual-card.ts';
import { connectVpcd } from '../card/vpcd-client.ts';

export interface CardSlot {
  /** `pcsc`: the release host reads it. `socket`: the development host does. */
  readonly kind: 'pcsc' | 'socket';
  /** For the person at the terminal: why there is no real reader. */
  readonly problems: readonly string[];
  /** For the host's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts a card in; one that is there is taken out first. */
  insert(card: VirtualCard): Promise<void>;
  remove(): Promise<void>;
  stop(): Promise<void>;
}

/** Opens a slot in `dir`. `kind` forces one of the two; by default the real reader is preferred. */
export async function openCardSlot(options: {
  dir: string;
  kind?: CardSlot['kind'];
}): Promise<CardSlot> {
  const problems = findPcscdProblems();
  const usePcsc = options.kind ? options.kind === 'pcsc' : problems.length === 0;
  return usePcsc ? openPcscSlot(options.dir) : openSocketSlot(options.dir, problems);
}

async function openPcscSlot(dir: string): Promise<CardSlot> {
  const pcscd = await startPcscd({ dir: join(dir, 'pcscd') });
  const holder = createHolder(async (card, isSwap) => {
    if (isSwap) await delay(READER_POLLS_MS);
    return connectVpcd({ card, port: pcscd.port });
  });
  return {
    kind: 'pcsc',
    problems: [],
    env: pcscd.env,
    ...holder,
    async stop() {
      await holder.remove();
      await pcscd.stop();
    },
  };
}

function openSocketSlot(dir: string, problems: readonly string[]): CardSlot {
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\kids-id-${process.pid}` : join(dir, 'card.sock');
  const holder = createHolder((card) => serveCardSocket({ card, path }));
  return {
    kind: 'socket',
    problems,
    env: { KIDS_ID_CARD_SOCKET: path },
    ...holder,
    stop: holder.remove,
  };
}

/**
 * Two turns of the daemon's polling (0.4 s): it misses a card that takes another one's place faster, as no hand can,
 * and nothing tells that it has polled.
 */
const READER_POLLS_MS = 900;

/** One card at a time, whatever the reader. `isSwap`: another one was taken out just now. */
function createHolder(put: (card: VirtualCard, isSwap: boolean) => Promise<InsertedCard>) {
  let inserted: InsertedCard | undefined;
  async function remove(): Promise<void> {
    await inserted?.remove();
    inserted = undefined;
  }
  return {
    remove,
    async insert(card: VirtualCard): Promise<void> {
      const isSwap = inserted !== undefined;
      await remove();
      inserted = await put(card, isSwap);
    },
  };
}
