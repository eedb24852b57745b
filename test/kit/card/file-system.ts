/**
 * The files of one card and how SELECT finds them (card facts §1.2 and §2). Every file may be read by
 * anyone; nothing is ever written. TEST ONLY.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Applet, getApplet } from './applets.ts';
import type { CardContents } from './card-contents.ts';
import {
  AUTHENTICATION_OBJECT_DIRECTORY_FILE,
  DIRECTORY_FILE,
  encodeCertificateDirectory,
  encodePrivateKeyDirectory,
  encodeTokenInfo,
  OBJECT_DIRECTORY_FILE,
} from './pkcs15-files.ts';

export interface ElementaryFile {
  readonly kind: 'file';
  readonly id: number;
  readonly bytes: Uint8Array;
  /** READ RECORD works on it: identity and address. */
  readonly structured: boolean;
  /** Two certificates wait for the activation of the card at the municipality. */
  readonly needsActivation: boolean;
}

export interface Directory {
  readonly kind: 'directory';
  readonly id: number;
  /** Application identifier; of the master file it is the applet's own. */
  readonly name: Uint8Array;
  readonly children: readonly (Directory | ElementaryFile)[];
}

const MASTER_FILE_ID = 0x3f00;
/** DF(BELPIC), where the keys are. */
export const BELPIC_ID = 0xdf00;

/** EF(PuK#7 ID) and EF(Preferences), of applets 1.1 and 1.7: nothing under test reads what is in them. */
const CA_KEY_ID_BYTES = 20;
const PREFERENCES_BYTES = 100;

/** Builds the whole tree of a card, padded as real ones of its applet are. */
export function createFileSystem(contents: CardContents): Directory {
  const applet = getApplet(contents.applet);
  return directory(MASTER_FILE_ID, 'A00000003029057000AD13100101FF', [
    file(0x2f00, DIRECTORY_FILE),
    directory(BELPIC_ID, 'A000000177504B43532D3135', pkcs15Files(contents, applet)),
    directory(0xdf01, 'A000000177496446696C6573', identityFiles(contents, applet)),
  ]);
}

/** Finds what SELECT by file identifier means: the master file, or a child of the current directory. */
export function findByFileId(
  root: Directory,
  current: Directory,
  fileId: number,
): Directory | ElementaryFile | undefined {
  if (fileId === MASTER_FILE_ID) return root;
  return current.children.find((child) => child.id === fileId);
}

/** Finds a file by its path from the master file, of two bytes a step, with or without the leading 3F00. */
export function findByPath(
  root: Directory,
  path: Uint8Array,
): { parent: Directory; found: Directory | ElementaryFile } | undefined {
  let parent = root;
  let found: Directory | ElementaryFile = root;
  for (let index = 0; index < path.length; index += 2) {
    const fileId = ((path[index] ?? 0) << 8) | (path[index + 1] ?? 0);
    if (index === 0 && fileId === MASTER_FILE_ID) continue;
    if (found.kind === 'file') return undefined;
    parent = found;
    const child = parent.children.find((candidate) => candidate.id === fileId);
    if (child === undefined) return undefined;
    found = child;
  }
  return { parent, found };
}

/** Finds a directory by its full application identifier, wherever it is. */
export function findByName(directory: Directory, name: Uint8Array): Directory | undefined {
  if (Buffer.compare(directory.name, name) === 0) return directory;
  for (const child of directory.children) {
    const found = child.kind === 'directory' ? findByName(child, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Finds one field of a structured file as tag ‖ length ‖ value; tag 00 counts as the first field only. */
export function findField(bytes: Uint8Array, tag: number): Uint8Array | undefined {
  for (let offset = 0; offset + 1 < bytes.length; ) {
    if (bytes[offset] === 0 && offset > 0) return undefined;
    const end = offset + 2 + (bytes[offset + 1] ?? 0);
    if (end > bytes.length) return undefined;
    if (bytes[offset] === tag) return bytes.slice(offset, end);
    offset = end;
  }
  return undefined;
}

function pkcs15Files(contents: CardContents, applet: Applet): ElementaryFile[] {
  const certificateDirectory = encodeCertificateDirectory(applet, {
    authentication: contents.authenticationCertificate !== undefined,
    signature: contents.signatureCertificate !== undefined,
  });
  const holderFile = (id: number, der: Uint8Array | undefined): ElementaryFile => ({
    ...file(id, padCertificate(der, applet)),
    needsActivation: true,
  });
  const authorityFile = (id: number, der: Uint8Array): ElementaryFile =>
    file(id, padTo(der, der.length + applet.authorityPaddingBytes));
  return [
    file(0x5031, OBJECT_DIRECTORY_FILE),
    file(0x5032, encodeTokenInfo(applet, contents.chipSerial)),
    file(0x5034, AUTHENTICATION_OBJECT_DIRECTORY_FILE),
    file(0x5035, encodePrivateKeyDirectory(applet)),
    file(0x5037, certificateDirectory),
    holderFile(0x5038, contents.authenticationCertificate),
    holderFile(0x5039, contents.signatureCertificate),
    authorityFile(0x503a, contents.citizenCaCertificate),
    authorityFile(0x503b, contents.rootCertificate),
    authorityFile(0x503c, contents.nationalRegisterCertificate),
  ];
}

function identityFiles(contents: CardContents, applet: Applet): ElementaryFile[] {
  const structured = applet.hasBasicKey;
  return [
    { ...file(0x4031, contents.identity), structured },
    file(0x4032, padTo(contents.identitySignature, applet.signatureFileBytes)),
    { ...file(0x4033, padTo(contents.address, applet.addressFileBytes)), structured },
    file(0x4034, padTo(contents.addressSignature, applet.signatureFileBytes)),
    file(0x4035, contents.photo),
    ...(contents.basicKey === undefined
      ? [
          file(0x4038, new Uint8Array(CA_KEY_ID_BYTES)),
          file(0x4039, new Uint8Array(PREFERENCES_BYTES)),
        ]
      : [file(0x4040, publicKeyOf(contents.basicKey))]),
  ];
}

function padCertificate(der: Uint8Array | undefined, applet: Applet): Uint8Array {
  if (der === undefined) return new Uint8Array(applet.absentCertificateBytes);
  return padTo(der, der.length + applet.certificatePaddingBytes);
}

function publicKeyOf(privateKey: KeyObject): Uint8Array {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
}

function file(id: number, bytes: Uint8Array): ElementaryFile {
  return { kind: 'file', id, bytes, structured: false, needsActivation: false };
}

function directory(
  id: number,
  name: string,
  children: readonly (Directory | ElementaryFile)[],
): Directory {
  return { kind: 'directory', id, name: Buffer.from(name, 'hex'), children };
}

function padTo(bytes: Uint8Array, length: number): Uint8Array {
  const padded = new Uint8Array(Math.max(bytes.length, length));
  padded.set(bytes);
  return padded;
}
