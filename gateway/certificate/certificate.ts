/**
 * X.509 certificates as typed values (RFC 5280 §4.1). Parsing judges the encoding only: what a
 * certificate may say is the business of the profile and of the path.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { KidsIdError } from '../protocol/errors.ts';
import {
  type CertificateExtension,
  decodeExtensions,
  type ExtensionValues,
} from './certificate-extensions.ts';
import {
  DER_TAG,
  type DerNode,
  DerReader,
  decodeObjectIdentifier,
  decodeTime,
  parseDer,
} from './der.ts';
import {
  type ComparableName,
  decodeName,
  isSameName,
  type NameAttribute,
} from './distinguished-name.ts';

export type { NameAttribute } from './distinguished-name.ts';

/** AlgorithmIdentifier: `parameters` is DER, absent where there are none. */
export interface AlgorithmIdentifier {
  readonly oid: string;
  readonly parameters: Uint8Array | undefined;
  readonly encoded: Uint8Array;
}

/** What kind of key a certificate is for. `other` is everything that no Belgian card has. */
export type KeyKind =
  | { readonly kind: 'ec'; readonly curve: string }
  | { readonly kind: 'rsa'; readonly modulusBits: number; readonly exponent: bigint }
  | { readonly kind: 'other' };

/** A certificate. All byte strings are views of, or decoded from, `der`. */
export interface Certificate extends ExtensionValues {
  readonly der: Uint8Array;
  /** TBSCertificate, the signed bytes. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Big-endian, without a leading zero byte; 1 to 20 bytes. */
  readonly serial: Uint8Array;
  readonly issuerDer: Uint8Array;
  readonly subjectDer: Uint8Array;
  readonly subject: readonly NameAttribute[];
  /** Issuer and subject to compare by (RFC 5280 §7.1). */
  readonly issuerName: ComparableName;
  readonly subjectName: ComparableName;
  /** Issuer and subject are one name: a CA that renewed its key, or a root. */
  readonly isSelfIssued: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly publicKey: KeyObject;
  readonly key: KeyKind;
  /** Inside the signed bytes, and outside them. */
  readonly tbsSignatureAlgorithm: AlgorithmIdentifier;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly extensions: readonly CertificateExtension[];
}

/** A Belgian certificate has about 1 KiB (EC) to 2 KiB (RSA). */
const MAX_CERTIFICATE_BYTES = 8192;

/** RFC 5280 §4.1.2.2. */
const MAX_SERIAL_BYTES = 20;

const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const CURVES: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
};

/**
 * Parses one certificate: exactly one DER structure of at most 8 KiB.
 * @throws {KidsIdError} CERTIFICATE_MALFORMED
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) throw malformed('certificate too large');
  const own = Uint8Array.from(der);
  const outer = new DerReader(parseDer(own));
  const tbs = outer.next(DER_TAG.sequence);
  const signatureAlgorithm = decodeAlgorithm(outer.next(DER_TAG.sequence));
  const signature = decodeBitString(outer.next(DER_TAG.bitString));
  outer.end();
  return { der: own, tbs: tbs.encoded, ...decodeTbs(tbs), signatureAlgorithm, signature };
}

/** Decodes an AlgorithmIdentifier (RFC 5280 §4.1.1.2). */
export function decodeAlgorithm(node: DerNode): AlgorithmIdentifier {
  const reader = new DerReader(node);
  const oid = decodeObjectIdentifier(reader.next());
  const parameters = node.children.length > 1 ? reader.next().encoded : undefined;
  reader.end();
  return { oid, parameters, encoded: node.encoded };
}

/** The bytes of a BIT STRING that ends on a whole byte, as keys and signatures do. */
export function decodeBitString(node: DerNode): Uint8Array {
  if (node.tag !== DER_TAG.bitString || node.content[0] !== 0) throw malformed('not whole bytes');
  return node.content.subarray(1);
}

type TbsFields = Omit<Certificate, 'der' | 'tbs' | 'signatureAlgorithm' | 'signature'>;

function decodeTbs(node: DerNode): TbsFields {
  const reader = new DerReader(node);
  const version = decodeVersion(reader.optional(0xa0));
  const serial = decodeSerial(reader.next(DER_TAG.integer));
  const tbsSignatureAlgorithm = decodeAlgorithm(reader.next(DER_TAG.sequence));
  const issuer = reader.next(DER_TAG.sequence);
  const validity = new DerReader(reader.next(DER_TAG.sequence));
  const notBefore = decodeTime(validity.next());
  const notAfter = decodeTime(validity.next());
  validity.end();
  const subject = reader.next(DER_TAG.sequence);
  const spki = reader.next(DER_TAG.sequence);
  // issuerUniqueID and subjectUniqueID: allowed, and of no meaning here
  reader.optional(0x81);
  reader.optional(0x82);
  const extensions = reader.optional(0xa3);
  reader.end();
  const issuerName = decodeName(issuer).comparable;
  const subjectName = decodeName(subject);
  return {
    version,
    serial,
    tbsSignatureAlgorithm,
    issuerDer: issuer.encoded,
    subjectDer: subject.encoded,
    subject: subjectName.attributes,
    issuerName,
    subjectName: subjectName.comparable,
    isSelfIssued: isSameName(issuerName, subjectName.comparable),
    notBefore,
    notAfter,
    spki: spki.encoded,
    ...decodeKey(spki),
    ...decodeExtensions(extensions),
  };
}

function decodeVersion(node: DerNode | undefined): 1 | 2 | 3 {
  if (node === undefined) return 1;
  const reader = new DerReader(node, 0xa0);
  const { content } = reader.next(DER_TAG.integer);
  reader.end();
  const version = (content[0] ?? 0) + 1;
  // 0 is the default, which DER leaves out
  if (content.length !== 1 || (version !== 2 && version !== 3)) throw malformed('no such version');
  return version;
}

function decodeSerial(node: DerNode): Uint8Array {
  const { content } = node;
  if ((content[0] ?? 0x80) >= 0x80) throw malformed('negative serial number');
  const serial = content[0] === 0 ? content.subarray(1) : content;
  if (serial.length === 0 || content.length > MAX_SERIAL_BYTES) {
    throw malformed('serial number out of range');
  }
  return serial;
}

function decodeKey(node: DerNode): Pick<Certificate, 'publicKey' | 'key'> {
  const reader = new DerReader(node);
  const algorithm = decodeAlgorithm(reader.next(DER_TAG.sequence));
  decodeBitString(reader.next(DER_TAG.bitString));
  reader.end();
  const publicKey = createKey(node.encoded);
  return { publicKey, key: keyKind(algorithm, publicKey) };
}

function createKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch (error) {
    throw new KidsIdError('CERTIFICATE_MALFORMED', 'not a public key', { cause: error });
  }
}

/** The curve must be named in the key: parameters written out are `other` (CVE-2020-0601). */
function keyKind(algorithm: AlgorithmIdentifier, publicKey: KeyObject): KeyKind {
  const { parameters } = algorithm;
  if (algorithm.oid === EC_PUBLIC_KEY && parameters?.[0] === DER_TAG.objectIdentifier) {
    const curve = CURVES[decodeObjectIdentifier(parseDer(parameters))];
    return curve === undefined ? { kind: 'other' } : { kind: 'ec', curve };
  }
  const details = publicKey.asymmetricKeyDetails;
  if (algorithm.oid === RSA_ENCRYPTION && details?.modulusLength && details.publicExponent) {
    return { kind: 'rsa', modulusBits: details.modulusLength, exponent: details.publicExponent };
  }
  return { kind: 'other' };
}

function malformed(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_MALFORMED', message);
}
