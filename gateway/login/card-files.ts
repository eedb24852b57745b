/**
 * The files of a card as a host sends them, held against what the gateway asked for. What they say, and
 * who signed them, is not judged here.
 */
import type { IdentityFiles } from '../identity/verify-identity-files.ts';
import { decodeBase64url } from '../protocol/bytes.ts';
import type { IDENTITY_FILES, IdentityFilesMessage } from '../protocol/card-channel.ts';
import { KidsIdError } from '../protocol/errors.ts';

/** What a gateway may ask to see of a card. */
export type WantedFile = (typeof IDENTITY_FILES)[number];

/** The files as they are stored, and the National Register's certificate (DER) beside them. */
export interface CardFiles extends IdentityFiles {
  readonly registerCertificate: Uint8Array;
}

/**
 * Refuses what nobody asked for, before anything of it is read.
 * @throws {KidsIdError} MESSAGE_MALFORMED
 */
export function readCardFiles(
  wanted: readonly WantedFile[],
  sent: IdentityFilesMessage | undefined,
): CardFiles | undefined {
  if (!sent) return undefined;
  const { address, photo } = sent;
  const isUnasked =
    wanted.length === 0 ||
    (address && !wanted.includes('address')) ||
    (photo && !wanted.includes('photo'));
  if (isUnasked) throw new KidsIdError('MESSAGE_MALFORMED', 'files that nobody asked for');
  return {
    identity: decodeBase64url(sent.identity),
    identitySignature: decodeBase64url(sent.identitySignature),
    registerCertificate: decodeBase64url(sent.registerCertificate),
    ...(address && {
      address: {
        file: decodeBase64url(address.file),
        signature: decodeBase64url(address.signature),
      },
    }),
    ...(photo && { photo: decodeBase64url(photo) }),
  };
}

/**
 * Checks that everything is there. A card can be without a photo; and for `birth-date` the host sends
 * the identity file only of a card that needs it.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function checkComplete(wanted: readonly WantedFile[], files: CardFiles | undefined): void {
  const isMissing =
    (wanted.includes('identity') && !files) || (wanted.includes('address') && !files?.address);
  if (isMissing) throw new KidsIdError('IDENTITY_INVALID', 'files that were asked for are missing');
}
