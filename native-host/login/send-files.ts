/** Files of the card for claims that need them: read only when the gateway asked, sent as they are stored. */
import { encodeBase64url } from '../../gateway/protocol/bytes.ts';
import type { IDENTITY_FILES, IdentityFilesMessage } from '../../gateway/protocol/card-channel.ts';
import { type IdentityFiles, readIdentityFiles } from '../card/identity-files.ts';
import { withRecovery } from '../card/recovery.ts';
import type { FoundCard } from './find-card.ts';
import { isBirthDateOpen } from './open-birth-date.ts';

/** What a gateway may ask to see. */
export type WantedFiles = readonly (typeof IDENTITY_FILES)[number][];

/**
 * Reads what is wanted, in the form of the card channel; nothing when nothing is. `birth-date` is nothing for a card
 * whose national number says the whole date.
 * @throws {KidsIdError} IDENTITY_INVALID for a card without a signed identity file, CARD_REMOVED, CARD_CHANGED,
 * CARD_BUSY, CARD_ERROR
 */
export async function readWantedFiles(
  { connection, card }: FoundCard,
  wanted: WantedFiles,
): Promise<IdentityFilesMessage | undefined> {
  const isNeeded = (file: WantedFiles[number]) =>
    file !== 'birth-date' || isBirthDateOpen(card.unverifiedCertificate);
  if (!wanted.some(isNeeded)) return undefined;
  const options = { address: wanted.includes('address'), photo: wanted.includes('photo') };
  const files = await withRecovery(connection, (channel) => readIdentityFiles(channel, options));
  return encodeFiles(files);
}

function encodeFiles(files: IdentityFiles): IdentityFilesMessage {
  const { address, addressSignature, photo } = files;
  return {
    identity: encodeBase64url(files.identity),
    identitySignature: encodeBase64url(files.identitySignature),
    registerCertificate: encodeBase64url(files.registerCertificate),
    ...(address &&
      addressSignature && {
        address: {
          file: encodeBase64url(address),
          signature: encodeBase64url(addressSignature),
        },
      }),
    ...(photo && { photo: encodeBase64url(photo) }),
  };
}
