/**
 * Reading a certificate of the card: as many blocks as its DER length says, since the file goes on with zeros
 * (1,100 of them on applet 1.8). The certificate is not judged here.
 */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { FILE } from '../apdu/command-apdu.ts';
import type { Answer } from './exchange.ts';
import { createFileReader, type FileReader, isThere } from './file-reader.ts';
import type { CardChannel } from './readers.ts';

/** Tag and length of a certificate. */
const HEADER_BYTES = 4;

const AUTHENTICATION_PATH = [FILE.master, FILE.belpic, FILE.authenticationCertificate];

/** A certificate on a Belgian card is 1 to 2 KiB; the authenticator around it has to stay below 8. */
export const CERTIFICATE_MAX_BYTES = 4_096;

/**
 * Reads the authentication certificate's DER, EF(Cert#2).
 * @throws {KidsIdError} CERTIFICATE_ABSENT when the file is empty, all zeros, missing or not activated (a kids-ID
 * made before the sixth birthday, a card never activated), CERTIFICATE_MALFORMED, CARD_REMOVED, CARD_ERROR
 */
export async function readAuthenticationCertificate(
  channel: CardChannel,
  files: FileReader = createFileReader(channel),
): Promise<Uint8Array> {
  const certificate = await readCertificate(files, AUTHENTICATION_PATH);
  if (certificate) return certificate;
  throw certificateAbsent();
}

/**
 * Checks that there is an authentication certificate, by its first four bytes: nothing of its holder is read.
 * @throws {KidsIdError} as {@link readAuthenticationCertificate}
 */
export async function checkCertificateThere(channel: CardChannel): Promise<void> {
  const files = createFileReader(channel);
  if (!(await files.select(AUTHENTICATION_PATH))) throw certificateAbsent();
  const start = await files.readBlock({ offset: 0, maxBytes: HEADER_BYTES });
  if (!isThere(start.status) || derLength(start.data) === undefined) throw certificateAbsent();
}

function certificateAbsent(): KidsIdError {
  return new KidsIdError('CERTIFICATE_ABSENT', 'card has no authentication certificate');
}

/**
 * Reads the DER of the certificate in a file, without the zeros behind it.
 * @returns `undefined` when the file is empty, begins with zero, is missing or not activated
 * @throws {KidsIdError} CERTIFICATE_MALFORMED, CARD_REMOVED, CARD_ERROR
 */
export async function readCertificate(
  files: FileReader,
  path: readonly number[],
): Promise<Uint8Array | undefined> {
  if (!(await files.select(path))) return undefined;
  const first = await files.readBlock({ offset: 0, maxBytes: CERTIFICATE_MAX_BYTES });
  if (!isThere(first.status)) return undefined;
  const totalBytes = derLength(first.data);
  if (totalBytes === undefined) return undefined;
  const certificate = new Uint8Array(totalBytes);
  let offset = takeBlock(certificate, 0, first);
  while (offset < totalBytes) {
    const block = await files.readBlock({ offset, maxBytes: totalBytes - offset });
    offset += takeBlock(certificate, offset, block);
  }
  return certificate;
}

/** Copies a block to its place and returns how many of its bytes belonged to the certificate. */
function takeBlock(certificate: Uint8Array, offset: number, { status, data }: Answer): number {
  if (status.kind !== 'ok' || data.length === 0) {
    throw new KidsIdError('CARD_ERROR', 'card stopped in the middle of its certificate');
  }
  const block = data.subarray(0, certificate.length - offset);
  certificate.set(block, offset);
  return block.length;
}

/** Total bytes of a DER SEQUENCE from its header (X.690 §8.1.3, §10.1); a certificate needs 2 or 3 length bytes. */
function derLength(start: Uint8Array): number | undefined {
  const [tag, form, ...length] = start;
  if (tag === undefined || tag === 0x00) return undefined;
  const lengthBytes = form === 0x81 ? 1 : form === 0x82 ? 2 : undefined;
  if (tag !== 0x30 || lengthBytes === undefined || length.length < lengthBytes) {
    throw new KidsIdError('CERTIFICATE_MALFORMED', 'certificate file does not begin as one');
  }
  const content = length.slice(0, lengthBytes).reduce((value, byte) => value * 256 + byte, 0);
  const total = 2 + lengthBytes + content;
  const isShortest = content >= (lengthBytes === 1 ? 0x80 : 0x100);
  if (!isShortest || total > CERTIFICATE_MAX_BYTES) {
    throw new KidsIdError('CERTIFICATE_MALFORMED', 'certificate of an impossible length');
  }
  return total;
}
