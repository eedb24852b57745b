/**
 * What may be said of a card's authentication certificate: its kind, and who could have signed it. Names, numbers,
 * serial and key stay inside. A walk over X.509 (RFC 5280 §4.1) that judges nothing.
 */
import { X509Certificate } from 'node:crypto';
import { ByteReader } from '../../gateway/protocol/bytes.ts';
import type { StoredFiles } from './stored-file.ts';

/** What may be said. */
export interface CertificateFacts {
  /** Dotted, in order. */
  readonly policies: readonly string[];
  /** `ec secp384r1`, `rsa 2048`. */
  readonly key: string;
  /** Of the signature on it, dotted. */
  readonly signatureAlgorithm: string;
  /** Whether extendedKeyUsage is there, and names clientAuth. */
  readonly extendedKeyUsage: 'absent' | 'clientAuth' | 'other';
  /** The bits, in hexadecimal. */
  readonly keyUsage: string;
  /** Bytes of DER, without the zeros behind it. */
  readonly derBytes: number;
  /** The key of the CA certificate on the card. */
  readonly caKey: string;
  readonly isSignedByCa: boolean;
  readonly rootKey: string;
  readonly isCaSignedByRoot: boolean;
  /** `BRCA6` is Belgium Root CA6, by its fingerprint. */
  readonly root: 'BRCA6' | 'another';
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const TAG = { objectIdentifier: 0x06, extensions: 0xa3, version: 0xa0 } as const;
const OID = {
  keyUsage: '2.5.29.15',
  policies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** SHA-256 of Belgium Root CA6 (repository.eidpki.belgium.be). */
const BRCA6_SHA256 = '9C872BC979A7C09A58D4A274C199E5CB16CFA9B9618D98BC9A9988E984B8495C';

/** The facts, `undefined` where there is no certificate, `'malformed'` where it cannot be read. */
export function readCertificateFacts(
  files: StoredFiles,
): CertificateFacts | 'malformed' | undefined {
  if (files.authenticationCertificate.fact.state !== 'content') return undefined;
  try {
    return describe(files);
  } catch {
    // What a parser says of bytes may hold some of them.
    return 'malformed';
  }
}

function describe(files: StoredFiles): CertificateFacts {
  const der = derOf(files.authenticationCertificate.bytes);
  const leaf = new X509Certificate(der);
  const ca = findCertificate(files.caCertificate.bytes);
  const root = findCertificate(files.rootCertificate.bytes);
  const [toBeSigned, algorithm] = childrenOf(elementOf(der));
  const extensions = extensionsOf(toBeSigned);
  const purposes = extensions.get(OID.extendedKeyUsage);
  const isClient = purposes && oidsOf(elementOf(purposes)).includes(OID.clientAuth);
  const usage = extensions.get(OID.keyUsage);
  const policies = extensions.get(OID.policies);
  return {
    policies: policies ? childrenOf(elementOf(policies)).flatMap((item) => oidsOf(item)) : [],
    key: keyOf(leaf),
    signatureAlgorithm: algorithm ? (oidsOf(algorithm)[0] ?? '') : '',
    extendedKeyUsage: purposes === undefined ? 'absent' : isClient ? 'clientAuth' : 'other',
    keyUsage: usage ? Buffer.from(elementOf(usage).content.slice(1)).toString('hex') : '',
    derBytes: der.length,
    caKey: ca ? keyOf(ca) : 'none',
    isSignedByCa: ca !== undefined && leaf.verify(ca.publicKey),
    rootKey: root ? keyOf(root) : 'none',
    isCaSignedByRoot: ca !== undefined && root !== undefined && ca.verify(root.publicKey),
    root: root?.fingerprint256.replaceAll(':', '') === BRCA6_SHA256 ? 'BRCA6' : 'another',
  };
}

/** The first DER structure of a file, without the zeros behind it. */
export function derOf(file: Uint8Array): Uint8Array {
  const reader = new ByteReader(file);
  readElement(reader);
  return file.slice(0, file.length - reader.remaining);
}

/** The certificate in a file, `undefined` where there is none that can be read. */
export function findCertificate(file: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(derOf(file));
  } catch {
    return undefined;
  }
}

function keyOf({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details } = publicKey;
  return `${type} ${details?.namedCurve ?? details?.modulusLength ?? ''}`.trim();
}

/** By their object identifier: the DER inside the OCTET STRING. */
function extensionsOf(toBeSigned: Element | undefined): Map<string, Uint8Array> {
  const fields = toBeSigned ? childrenOf(toBeSigned) : [];
  const wrapped = fields.find(({ tag }) => tag === TAG.extensions);
  const list = wrapped ? childrenOf(elementOf(wrapped.content)) : [];
  return new Map(
    list.map((extension) => {
      const value = childrenOf(extension).at(-1)?.content ?? new Uint8Array(0);
      return [oidsOf(extension)[0] ?? '', value] as const;
    }),
  );
}

/** The object identifiers directly inside an element, dotted. */
function oidsOf(element: Element): string[] {
  return childrenOf(element)
    .filter(({ tag }) => tag === TAG.objectIdentifier)
    .map(({ content }) => dotted(content));
}

function dotted(content: Uint8Array): string {
  const arcs = [0];
  for (const byte of content) {
    const arc = (arcs.pop() ?? 0) * 128 + (byte & 0x7f);
    arcs.push(arc, ...(byte < 0x80 ? [0] : []));
  }
  const [first = 0, ...rest] = arcs.slice(0, -1);
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...rest].join('.');
}

function elementOf(der: Uint8Array): Element {
  return readElement(new ByteReader(der));
}

function childrenOf({ content }: Element): Element[] {
  const reader = new ByteReader(content);
  const children: Element[] = [];
  while (reader.remaining > 0) children.push(readElement(reader));
  return children;
}

function readElement(reader: ByteReader): Element {
  const tag = reader.uint(1);
  const form = reader.uint(1);
  if (form < 0x80) return { tag, content: reader.bytes(form) };
  const width = form - 0x80;
  if (width !== 1 && width !== 2) throw new RangeError('length in another form');
  return { tag, content: reader.vector(width) };
}
