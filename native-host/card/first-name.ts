/**
 * The holder's first name, for one question only: which of two cards is meant. It is shown in the PIN window and
 * goes nowhere else; the signature over it is not looked at.
 */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { readRecord, selectPath } from '../apdu/command-apdu.ts';
import type { BelgianCard } from './belgian-card.ts';
import { exchange } from './exchange.ts';
import { createFileReader, isThere, readWholeFile } from './file-reader.ts';
import { IDENTITY_FILE_MAX_BYTES, IDENTITY_PATH } from './identity-files.ts';
import type { CardChannel } from './readers.ts';
import { selectAppletAgain } from './select-applet.ts';

/** Tag of the two first given names (identity file, version 5). */
const FIRST_NAMES = 0x08;
const MAX_CHARACTERS = 40;

/**
 * Reads the first given name: that one field where the applet can, else the identity file.
 * @returns at most 40 characters, none of them invisible; empty where the card has no given name
 * @throws {KidsIdError} CARD_CHANGED, CARD_ERROR, CARD_REMOVED
 */
export async function readFirstName(channel: CardChannel, card: BelgianCard): Promise<string> {
  await selectAppletAgain(channel);
  const record = card.applet.readsRecords ? await readNameRecord(channel) : undefined;
  return firstNameOf(record ?? (await readIdentity(channel)));
}

/** `undefined` where the record cannot be had: the file then says whether there is one. */
async function readNameRecord(channel: CardChannel): Promise<Uint8Array | undefined> {
  if (!isThere((await exchange(channel, selectPath(IDENTITY_PATH))).status)) return undefined;
  const { status, data } = await exchange(channel, readRecord(FIRST_NAMES));
  return status.kind === 'ok' ? data : undefined;
}

async function readIdentity(channel: CardChannel): Promise<Uint8Array> {
  const options = { path: IDENTITY_PATH, maxBytes: IDENTITY_FILE_MAX_BYTES.identity };
  const identity = await readWholeFile(createFileReader(channel), options);
  return identity ?? new Uint8Array(0);
}

function firstNameOf(fields: Uint8Array): string {
  const names = new TextDecoder().decode(findIdentityField(fields, FIRST_NAMES));
  const [first = ''] = names
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .trim()
    .split(/\s+/u);
  return cutAt(first, MAX_CHARACTERS);
}

/** At most so many UTF-16 units, as messages count them, and no half of a character. */
function cutAt(text: string, maxUnits: number): string {
  return text.slice(0, maxUnits).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * Finds the value of one field in an identity or address file: tag, length, value, one after the other. Tag 00 is a
 * field only as the first one, the version of the file; later it begins the padding.
 * @throws {KidsIdError} CARD_ERROR when a field before it is cut short or has a length of 255
 */
export function findIdentityField(fields: Uint8Array, wanted: number): Uint8Array | undefined {
  let offset = 0;
  while (offset < fields.length) {
    const [tag = 0, length] = fields.subarray(offset, offset + 2);
    if (tag === 0 && offset > 0) return undefined;
    const end = offset + 2 + (length ?? 0);
    if (length === undefined || length === 0xff || end > fields.length) {
      throw new KidsIdError('CARD_ERROR', 'field of the identity file is cut short');
    }
    if (tag === wanted) return fields.slice(offset + 2, end);
    offset = end;
  }
  return undefined;
}
