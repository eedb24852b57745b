/**
 * Reading files of the card in blocks, as large as the reader bears: 256 bytes, and from a first block that fails
 * onwards the 248 that the Belgian middleware uses where readers are worst. What files hold is not known here.
 */
import { concatBytes } from '../../gateway/protocol/bytes.ts';
import { errorCodeOf, KidsIdError } from '../../gateway/protocol/errors.ts';
import { READ_BINARY_MAX_BYTES, readBinary, selectPath } from '../apdu/command-apdu.ts';
import type { StatusWord } from '../apdu/status-word.ts';
import { type Answer, exchange } from './exchange.ts';
import type { CardChannel } from './readers.ts';

/** The block for readers that fail at 256 bytes. */
export const SMALL_BLOCK_BYTES = 248;

const WRONG_LENGTH = 0x6700;

/** Reads files one after the other; what it learned of the reader at the first block holds for all. */
export interface FileReader {
  /**
   * Selects a file.
   * @returns whether it is there: `false` for one that is missing or not activated
   * @throws {KidsIdError} CARD_ERROR, CARD_REMOVED
   */
  select(path: readonly number[]): Promise<boolean>;
  /**
   * One block of the selected file, no longer than `maxBytes`. `isShort`: the card gave less than it was asked for.
   * @throws {KidsIdError} CARD_ERROR, CARD_REMOVED
   */
  readBlock(options: {
    offset: number;
    maxBytes: number;
  }): Promise<Answer & { readonly isShort: boolean }>;
}

/**
 * Creates a reader of files.
 * @param options.blockBytes What to begin with, 256 unless told.
 */
export function createFileReader(
  channel: CardChannel,
  options: { blockBytes?: number } = {},
): FileReader {
  let blockBytes = options.blockBytes ?? READ_BINARY_MAX_BYTES;
  let isProven = blockBytes <= SMALL_BLOCK_BYTES;
  const read = async (offset: number, maxBytes: number) => {
    const length = Math.min(blockBytes, maxBytes);
    const answer = await exchange(channel, readBinary({ offset, length }));
    return { ...answer, isShort: answer.data.length < length };
  };
  return {
    async select(path) {
      return isThere((await exchange(channel, selectPath(path))).status);
    },
    async readBlock({ offset, maxBytes }) {
      if (isProven) return read(offset, maxBytes);
      isProven = true;
      const first = await read(offset, maxBytes).catch(ignoreCardError);
      if (first !== undefined && !isStatus(first.status, WRONG_LENGTH)) return first;
      blockBytes = SMALL_BLOCK_BYTES;
      return read(offset, maxBytes);
    },
  };
}

/**
 * Reads a file to its end, exactly as it is stored.
 * @returns `undefined` when it is missing, not activated, empty or all zeros
 * @throws {KidsIdError} CARD_ERROR when it is longer than `maxBytes` or refused, CARD_REMOVED
 */
export async function readWholeFile(
  files: FileReader,
  options: { path: readonly number[]; maxBytes: number },
): Promise<Uint8Array | undefined> {
  const { path, maxBytes } = options;
  if (!(await files.select(path))) return undefined;
  let content = new Uint8Array(0);
  for (;;) {
    const offset = content.length;
    const block = await files.readBlock({ offset, maxBytes: READ_BINARY_MAX_BYTES });
    if (!isThere(block.status)) {
      const isEnd = offset === 0 || block.status.kind === 'wrongParameters';
      if (isEnd) break;
      throw new KidsIdError('CARD_ERROR', 'card stopped in the middle of a file');
    }
    content = concatBytes(content, block.data);
    if (content.length > maxBytes) throw new KidsIdError('CARD_ERROR', 'file longer than any');
    if (block.isShort) break;
  }
  return content.some((byte) => byte !== 0) ? content : undefined;
}

/**
 * Tells whether a file, or a byte of it, is there; 6B00 is an offset at or after its end.
 * @throws {KidsIdError} CARD_ERROR for an answer that says neither
 */
export function isThere(status: StatusWord): boolean {
  switch (status.kind) {
    case 'ok':
      return true;
    case 'notFound':
    case 'notActivated':
    case 'wrongParameters':
      return false;
    case 'moreData':
    case 'wrongLength':
    case 'pinWrong':
    case 'pinBlocked':
    case 'error':
      throw new KidsIdError('CARD_ERROR', 'card refused a file');
  }
}

function isStatus(status: StatusWord, sw: number): boolean {
  return status.kind === 'error' && status.sw === sw;
}

/** Some readers fail in their own way at a block that is too long for them. */
function ignoreCardError(error: unknown): undefined {
  if (errorCodeOf(error) !== 'CARD_ERROR') throw error;
}
