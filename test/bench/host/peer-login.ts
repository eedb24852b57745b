/**
 * BeIDConnect's login, from a recording that the project does not carry: its commands and its sleeps, sent to a
 * virtual card again. TEST ONLY.
 */

import { encodePinBlock } from '../../kit/card/pin-commands.ts';
import type { VirtualCard } from '../../kit/card/virtual-card.ts';
import { readVectors, type Vectors } from '../../kit/vectors.ts';
import type { RecordedExchange } from './t0-model.ts';

/** One command of the recording. */
export interface PeerCommand {
  /** Hexadecimal, with `<PIN block>` and `<48-byte hash>` in place of what differs. */
  readonly command: string;
  readonly sleepBeforeMs: number;
}

const SELECT_FILE = '00A4020C02';
const READ_BINARY = '00B0';
const BLOCK_BYTES = 250;

/** The recording, or why it is not there. */
export function readPeerLogin(): { readonly commands: readonly PeerCommand[] } | { skip: string } {
  const vectors: Vectors = readVectors(
    'beidconnect-apdus.json',
    'a recording of BOSA BeIDConnect (2025-04-28) on a virtual card',
  );
  if ('skip' in vectors) return vectors;
  return { commands: (vectors.content as { apdus: PeerCommand[] }).apdus };
}

/**
 * The same program on a card whose certificate is of another length: it reads 250 bytes at a time until the
 * certificate ends. The first file it reads is the signature certificate, of which it takes one block.
 */
export function fitToCertificate(
  commands: readonly PeerCommand[],
  certificateBytes: number,
): PeerCommand[] {
  return commands.flatMap((item, index) => {
    if (!item.command.startsWith(READ_BINARY)) return [item];
    const file = commands
      .slice(0, index)
      .findLast(({ command }) => command.startsWith(SELECT_FILE));
    if (!file?.command.endsWith('5038')) return [item];
    return item.command.startsWith(`${READ_BINARY}0000`)
      ? blocksOf(certificateBytes).map((command) => ({ ...item, command }))
      : [];
  });
}

/** Sends the commands to the card. */
export function replayPeerLogin(options: {
  card: VirtualCard;
  commands: readonly PeerCommand[];
  pin: string;
}): RecordedExchange[] {
  const { card, commands, pin } = options;
  return commands.map(({ command: text, sleepBeforeMs }) => {
    const filled = text
      .replace('<PIN block>', Buffer.from(encodePinBlock(pin)).toString('hex'))
      .replace('<48-byte hash>', 'ab'.repeat(48));
    const command = Uint8Array.from(Buffer.from(filled, 'hex'));
    return { command, answer: Uint8Array.from(card.transmit(command)), sleepBeforeMs };
  });
}

function blocksOf(certificateBytes: number): string[] {
  const count = Math.ceil(certificateBytes / BLOCK_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const offset = index * BLOCK_BYTES;
    const length = Math.min(BLOCK_BYTES, certificateBytes - offset);
    const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
    return `${READ_BINARY}${hex(offset, 4)}${hex(length, 2)}`.toUpperCase();
  });
}
