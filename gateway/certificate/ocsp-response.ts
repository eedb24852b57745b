/**
 * OCSP responses as typed values (RFC 6960 §4.2), read as strictly as certificates are. Nothing is
 * verified here.
 */
import { KidsIdError } from '../protocol/errors.ts';
import {
  type AlgorithmIdentifier,
  type Certificate,
  decodeAlgorithm,
  decodeBitString,
  parseCertificate,
} from './certificate.ts';
import {
  DER_TAG,
  type DerNode,
  DerReader,
  decodeObjectIdentifier,
  decodeTime,
  parseDer,
} from './der.ts';
import {
  CERTIFICATE_ID_HASHES,
  type CertificateId,
  type CertificateIdHash,
  OCSP_NONCE,
} from './ocsp-request.ts';

export type OcspStatus = 'good' | 'revoked' | 'unknown';

/** What a response says about one certificate. */
export interface OcspStatement {
  /** `undefined` where another hash than SHA-1 or SHA-256 was used: nobody asks with it. */
  readonly certificateId: CertificateId | undefined;
  readonly status: OcspStatus;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
}

/** A basic response, nothing of it verified. */
export interface UnverifiedOcspResponse {
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly responderId:
    | { readonly kind: 'name'; readonly nameDer: Uint8Array }
    | { readonly kind: 'key'; readonly keyHash: Uint8Array };
  readonly producedAt: Date;
  readonly statements: readonly OcspStatement[];
  readonly nonce: Uint8Array | undefined;
  readonly certificates: readonly Certificate[];
}

const MAX_RESPONSE_BYTES = 65_536;
const MAX_STATEMENTS = 16;
const MAX_CERTIFICATES = 4;
const MAX_EXTENSIONS = 16;
const ID_PKIX_OCSP_BASIC = '1.3.6.1.5.5.7.48.1.1';

/** Context tags: constructed ones hold another element, the other two are empty. */
const TAG = {
  context0: 0xa0,
  context1: 0xa1,
  context2: 0xa2,
  good: 0x80,
  revoked: 0xa1,
  unknown: 0x82,
} as const;

/**
 * Parses a successful basic response of at most 64 KiB: one DER structure, no critical extension.
 * @throws {KidsIdError} REVOCATION_UNKNOWN
 */
export function parseOcspResponse(der: Uint8Array): UnverifiedOcspResponse {
  if (der.length > MAX_RESPONSE_BYTES) throw unknown('OCSP response too large');
  try {
    return decodeBasic(parseDer(readBasicDer(Uint8Array.from(der))));
  } catch (error) {
    if (error instanceof KidsIdError && error.code === 'REVOCATION_UNKNOWN') throw error;
    throw new KidsIdError('REVOCATION_UNKNOWN', 'OCSP response malformed', { cause: error });
  }
}

/** OCSPResponse, to the bytes of the BasicOCSPResponse inside it (RFC 6960 §4.2.1). */
function readBasicDer(der: Uint8Array): Uint8Array {
  const outer = new DerReader(parseDer(der));
  const status = outer.next(DER_TAG.enumerated).content;
  const body = outer.optional(TAG.context0);
  outer.end();
  if (status.length !== 1 || status[0] !== 0) throw unknown('OCSP responder gives no answer');
  if (body === undefined) throw unknown('OCSP response without a body');
  const reader = new DerReader(unwrap(body));
  const type = decodeObjectIdentifier(reader.next());
  const { content } = reader.next(DER_TAG.octetString);
  reader.end();
  if (type !== ID_PKIX_OCSP_BASIC) throw unknown('OCSP response of another type');
  return content;
}

function decodeBasic(node: DerNode): UnverifiedOcspResponse {
  const reader = new DerReader(node);
  const tbs = reader.next(DER_TAG.sequence);
  const signatureAlgorithm = decodeAlgorithm(reader.next(DER_TAG.sequence));
  const signature = decodeBitString(reader.next(DER_TAG.bitString));
  const certificates = reader.optional(TAG.context0);
  reader.end();
  return {
    tbs: tbs.encoded,
    signatureAlgorithm,
    signature,
    ...decodeData(tbs),
    certificates: certificates === undefined ? [] : decodeCertificates(unwrap(certificates)),
  };
}

function decodeCertificates(node: DerNode): Certificate[] {
  return listOf(node, MAX_CERTIFICATES).map(({ encoded }) => parseCertificate(encoded));
}

/** ResponseData. Version 1 is the default, and the only one. */
function decodeData(
  node: DerNode,
): Pick<UnverifiedOcspResponse, 'responderId' | 'producedAt' | 'statements' | 'nonce'> {
  const reader = new DerReader(node);
  const version = reader.optional(TAG.context0);
  if (version !== undefined && !isVersion1(unwrap(version))) {
    throw unknown('OCSP response of another version');
  }
  const responderId = decodeResponderId(reader.next());
  const producedAt = decodeGeneralizedTime(reader.next());
  const statements = listOf(reader.next(), MAX_STATEMENTS).map(decodeStatement);
  const nonce = decodeNonce(decodeExtensions(reader.optional(TAG.context1)));
  reader.end();
  return { responderId, producedAt, statements, nonce };
}

function isVersion1({ tag, content }: DerNode): boolean {
  return tag === DER_TAG.integer && content.length === 1 && content[0] === 0;
}

function decodeResponderId(node: DerNode): UnverifiedOcspResponse['responderId'] {
  if (node.tag === TAG.context1) return { kind: 'name', nameDer: unwrap(node).encoded };
  const key = node.tag === TAG.context2 ? unwrap(node) : undefined;
  if (key?.tag !== DER_TAG.octetString) throw unknown('OCSP responder has no name');
  return { kind: 'key', keyHash: key.content };
}

function decodeStatement(node: DerNode): OcspStatement {
  const reader = new DerReader(node);
  const certificateId = decodeCertificateId(reader.next(DER_TAG.sequence));
  const status = decodeStatus(reader.next());
  const thisUpdate = decodeGeneralizedTime(reader.next());
  const next = reader.optional(TAG.context0);
  decodeExtensions(reader.optional(TAG.context1));
  reader.end();
  const nextUpdate = next && decodeGeneralizedTime(unwrap(next));
  return { certificateId, status, thisUpdate, nextUpdate };
}

function decodeCertificateId(node: DerNode): CertificateId | undefined {
  const reader = new DerReader(node);
  const { oid } = decodeAlgorithm(reader.next(DER_TAG.sequence));
  const issuerNameHash = reader.next(DER_TAG.octetString).content;
  const issuerKeyHash = reader.next(DER_TAG.octetString).content;
  const serial = reader.next(DER_TAG.integer).content;
  reader.end();
  const hashes = Object.keys(CERTIFICATE_ID_HASHES) as CertificateIdHash[];
  const hash = hashes.find((name) => CERTIFICATE_ID_HASHES[name] === oid);
  if (hash === undefined) return undefined;
  return {
    hash,
    issuerNameHash,
    issuerKeyHash,
    serial: serial[0] === 0 ? serial.subarray(1) : serial,
  };
}

/** CertStatus. When and why a certificate was revoked makes no difference to a login. */
function decodeStatus({ tag, content }: DerNode): OcspStatus {
  if (tag === TAG.good && content.length === 0) return 'good';
  if (tag === TAG.revoked) return 'revoked';
  if (tag === TAG.unknown && content.length === 0) return 'unknown';
  throw unknown('OCSP response without a status');
}

/** Extensions that are not critical, by name; no name twice. */
function decodeExtensions(node: DerNode | undefined): ReadonlyMap<string, Uint8Array> {
  const extensions = new Map<string, Uint8Array>();
  if (node === undefined) return extensions;
  for (const extension of listOf(unwrap(node), MAX_EXTENSIONS)) {
    const reader = new DerReader(extension);
    const oid = decodeObjectIdentifier(reader.next());
    const isCritical = reader.optional(DER_TAG.boolean)?.content[0] === 0xff;
    const value = reader.next(DER_TAG.octetString).content;
    reader.end();
    if (isCritical) throw unknown('OCSP response with a critical extension');
    if (extensions.has(oid)) throw unknown('OCSP response with an extension twice');
    extensions.set(oid, value);
  }
  return extensions;
}

/** RFC 9654 §2.1: the nonce is an OCTET STRING inside the extension's OCTET STRING. */
function decodeNonce(extensions: ReadonlyMap<string, Uint8Array>): Uint8Array | undefined {
  const value = extensions.get(OCSP_NONCE);
  if (value === undefined) return undefined;
  const { tag, content } = parseDer(value);
  if (tag !== DER_TAG.octetString) throw unknown('OCSP nonce is no nonce');
  return content;
}

function decodeGeneralizedTime(node: DerNode): Date {
  if (node.tag !== DER_TAG.generalizedTime) throw unknown('OCSP time in another form');
  return decodeTime(node);
}

function listOf(node: DerNode, maxLength: number): readonly DerNode[] {
  const isList = node.tag === DER_TAG.sequence;
  if (!isList || node.children.length === 0) throw unknown('OCSP response without a list');
  if (node.children.length > maxLength) throw unknown('OCSP response with too much in it');
  return node.children;
}

/** The one element inside an explicit tag. */
function unwrap(node: DerNode): DerNode {
  const [inner, ...more] = node.children;
  if (inner === undefined || more.length > 0) throw unknown('OCSP response malformed');
  return inner;
}

function unknown(message: string): KidsIdError {
  return new KidsIdError('REVOCATION_UNKNOWN', message);
}
