/** Files of a card as they are stored, padding included, and what may be said of them. */
import { concatBytes } from '../../gateway/protocol/bytes.ts';
import { errorCodeOf } from '../../gateway/protocol/errors.ts';
import { FILE, READ_BINARY_MAX_BYTES } from '../apdu/command-apdu.ts';
import { createFileReader, type FileReader } from '../card/file-reader.ts';
import type { RecordingChannel } from './record-steps.ts';

/** What may be said of a file. */
export interface FileFact {
  readonly name: string;
  /** Its path below the master file, in hexadecimal. */
  readonly path: string;
  readonly state: 'content' | 'zeros' | 'empty' | 'absent' | 'unreadable';
  /** The last status word, or the code of what failed. */
  readonly status: string;
  readonly sizeBytes: number;
  /** Up to the last byte that is not zero. */
  readonly contentBytes: number;
}

/** A file: what may be said of it, and the bytes, which nobody may see. */
export interface StoredFile {
  readonly fact: FileFact;
  readonly bytes: Uint8Array;
}

const IDENTITY_DIRECTORY = FILE.identityDirectory;

/** Every file of the applets 1.1 to 1.8, by the name that the manuals give it. */
export const CARD_FILES = {
  'EF(DIR)': [FILE.master, 0x2f00],
  'EF(ODF)': [FILE.master, FILE.belpic, 0x5031],
  'EF(TokenInfo)': [FILE.master, FILE.belpic, 0x5032],
  'EF(AODF)': [FILE.master, FILE.belpic, 0x5034],
  'EF(PrKDF)': [FILE.master, FILE.belpic, 0x5035],
  'EF(CDF)': [FILE.master, FILE.belpic, 0x5037],
  authenticationCertificate: [FILE.master, FILE.belpic, FILE.authenticationCertificate],
  signatureCertificate: [FILE.master, FILE.belpic, 0x5039],
  caCertificate: [FILE.master, FILE.belpic, 0x503a],
  rootCertificate: [FILE.master, FILE.belpic, 0x503b],
  registerCertificate: [FILE.master, FILE.belpic, FILE.registerCertificate],
  identity: [FILE.master, IDENTITY_DIRECTORY, FILE.identity],
  identitySignature: [FILE.master, IDENTITY_DIRECTORY, FILE.identitySignature],
  address: [FILE.master, IDENTITY_DIRECTORY, FILE.address],
  addressSignature: [FILE.master, IDENTITY_DIRECTORY, FILE.addressSignature],
  photo: [FILE.master, IDENTITY_DIRECTORY, FILE.photo],
  caRoleKey: [FILE.master, IDENTITY_DIRECTORY, 0x4038],
  preferences: [FILE.master, IDENTITY_DIRECTORY, 0x4039],
  basicKey: [FILE.master, IDENTITY_DIRECTORY, 0x4040],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type CardFileName = keyof typeof CARD_FILES;
export type StoredFiles = Readonly<Record<CardFileName, StoredFile>>;

/** No file of the applet comes near. */
const FILE_MAX_BYTES = 16_384;

/** Reads every file. A file that cannot be read is a fact like any other; never throws for a card's answer. */
export async function readStoredFiles(channel: RecordingChannel): Promise<StoredFiles> {
  const files = createFileReader(channel);
  const read: Partial<Record<CardFileName, StoredFile>> = {};
  for (const name of Object.keys(CARD_FILES) as CardFileName[]) {
    read[name] = await readStoredFile({ channel, files, name });
  }
  return read as StoredFiles;
}

async function readStoredFile(options: {
  channel: RecordingChannel;
  files: FileReader;
  name: CardFileName;
}): Promise<StoredFile> {
  const { channel, files, name } = options;
  let bytes = new Uint8Array(0);
  const end = (state?: FileFact['state'], status = channel.steps.at(-1)?.status ?? '') => {
    const contentBytes = bytes.findLastIndex((byte) => byte !== 0) + 1;
    const found = contentBytes > 0 ? 'content' : bytes.length > 0 ? 'zeros' : 'empty';
    const path = CARD_FILES[name].map((part) => part.toString(16).toUpperCase()).join('/');
    const sizeBytes = bytes.length;
    return { fact: { name, path, state: state ?? found, status, sizeBytes, contentBytes }, bytes };
  };
  try {
    if (!(await files.select(CARD_FILES[name]))) return end('absent');
    while (bytes.length < FILE_MAX_BYTES) {
      const block = await files.readBlock({
        offset: bytes.length,
        maxBytes: READ_BINARY_MAX_BYTES,
      });
      bytes = concatBytes(bytes, block.data);
      if (block.status.kind !== 'ok' || block.isShort) break;
    }
    return end();
  } catch (error) {
    const answered = channel.steps.at(-1)?.status;
    return end('unreadable', answered ?? errorCodeOf(error));
  }
}
