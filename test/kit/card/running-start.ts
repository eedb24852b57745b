/**
 * The other end of a running `npm start`: a local socket in its data folder, by which `npm run card` puts
 * another card into its reader. One JSON object each way. TEST ONLY.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Whose card, and what is special about it; names as `npm run card -- --list` has them. */
export interface CardWish {
  readonly person: string;
  readonly applet?: string;
  readonly fault?: string;
  /** A new card in place of the person's former one. */
  readonly isRenewed?: boolean;
}

const ANSWER_TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 4_096;

/** Where an `npm start` with this data folder listens: short enough for any system. */
export function cardControlPath(dataFolder: string): string {
  const name = createHash('sha256').update(resolve(dataFolder)).digest('hex').slice(0, 16);
  return process.platform === 'win32'
    ? `\\\\.\\pipe\\kids-id-card-${name}`
    : join(tmpdir(), `kids-id-card-${name}.sock`);
}

/**
 * Asks a running `npm start` for another card.
 * @returns false when none runs on this data folder
 * @throws Error with its own words when it refuses, or when it does not answer in 20 s
 */
export async function askRunningStart(dataFolder: string, wish: CardWish): Promise<boolean> {
  const socket = connect(cardControlPath(dataFolder));
  try {
    await once(socket, 'connect');
  } catch {
    return false;
  }
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('npm start is silent')));
  socket.end(JSON.stringify(wish));
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.length > MAX_ANSWER_BYTES) throw new Error('npm start answered too much');
  }
  const answer = JSON.parse(text) as { ok: boolean; reason?: string };
  if (answer.ok) return true;
  throw new Error(answer.reason ?? 'npm start refused the card');
}
