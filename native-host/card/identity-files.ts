/**
 * The files that say who the holder is, with the National Register's signatures and certificate, as bytes. Nothing
 * is verified here: the gateway does, and asks for them only where a login needs them.
 */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { FILE } from '../apdu/command-apdu.ts';
import { readCertificate } from './card-certificate.ts';
import { createFileReader, type FileReader, readWholeFile } from './file-reader.ts';
import type { CardChannel } from './readers.ts';
import { selectAppletAgain } from './select-applet.ts';

/** What was read, exactly as stored: signatures are over the stored bytes, padding included. */
export interface IdentityFiles {
  readonly identity: Uint8Array;
  /** In full, padding included: the address's signature covers that too. */
  readonly identitySignature: Uint8Array;
  /** DER of the National Register's certificate, without the zeros behind it. */
  readonly registerCertificate: Uint8Array;
  /** Absent, here and below, where they were not wanted and where the card has none. */
  readonly address?: Uint8Array;
  readonly addressSignature?: Uint8Array;
  /** JPEG. */
  readonly photo?: Uint8Array;
}

/** The longest that such a file is; a card with a longer one is broken, or none of ours. */
export const IDENTITY_FILE_MAX_BYTES = {
  identity: 1_024,
  address: 512,
  signature: 512,
  photo: 8_192,
} as const;

/** EF(ID#RN). */
export const IDENTITY_PATH: readonly number[] = inIdentityDirectory(FILE.identity);

/**
 * Reads the identity file, and what else is wanted.
 * @throws {KidsIdError} IDENTITY_INVALID when the identity file, its signature or the certificate is missing, not
 * activated or zero-filled; CERTIFICATE_MALFORMED; CARD_CHANGED, CARD_ERROR, CARD_REMOVED
 */
export async function readIdentityFiles(
  channel: CardChannel,
  wanted: { address: boolean; photo: boolean },
  options: { blockBytes?: number } = {},
): Promise<IdentityFiles> {
  await selectAppletAgain(channel);
  const files = createFileReader(channel, options);
  const maxBytes = IDENTITY_FILE_MAX_BYTES;
  const identity = await readWholeFile(files, { path: IDENTITY_PATH, maxBytes: maxBytes.identity });
  const identitySignature = await readSignature(files, FILE.identitySignature);
  const certificatePath = [FILE.master, FILE.belpic, FILE.registerCertificate];
  const registerCertificate = await readCertificate(files, certificatePath);
  if (!identity || !identitySignature || !registerCertificate) {
    throw new KidsIdError('IDENTITY_INVALID', 'card without a signed identity file');
  }
  const addressFiles = wanted.address ? await readAddress(files) : {};
  const path = inIdentityDirectory(FILE.photo);
  const photo = wanted.photo
    ? await readWholeFile(files, { path, maxBytes: maxBytes.photo })
    : undefined;
  return {
    identity,
    identitySignature,
    registerCertificate,
    ...addressFiles,
    ...(photo && { photo }),
  };
}

async function readAddress(
  files: FileReader,
): Promise<Pick<IdentityFiles, 'address' | 'addressSignature'>> {
  const path = inIdentityDirectory(FILE.address);
  const maxBytes = IDENTITY_FILE_MAX_BYTES.address;
  const address = await readWholeFile(files, { path, maxBytes });
  const addressSignature = await readSignature(files, FILE.addressSignature);
  return address && addressSignature ? { address, addressSignature } : {};
}

function readSignature(files: FileReader, file: number): Promise<Uint8Array | undefined> {
  const path = inIdentityDirectory(file);
  return readWholeFile(files, { path, maxBytes: IDENTITY_FILE_MAX_BYTES.signature });
}

function inIdentityDirectory(file: number): readonly number[] {
  return [FILE.master, FILE.identityDirectory, file];
}
