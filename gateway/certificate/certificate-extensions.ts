/**
 * The certificate extensions that the rules of this folder look at (RFC 5280 §4.2), decoded
 * strictly. Unknown ones are kept by name, so that a critical one can be refused.
 */
import { KidsIdError } from '../protocol/errors.ts';
import { DER_TAG, type DerNode, DerReader, decodeObjectIdentifier, parseDer } from './der.ts';
import { decodeAlternativeNames, type GeneralName } from './general-name.ts';
import { decodeNameConstraints, type NameConstraints } from './name-constraints.ts';

/** One extension; `value` is the DER inside the OCTET STRING. */
export interface CertificateExtension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Names of the KeyUsage bits, in order (RFC 5280 §4.2.1.3). */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof KEY_USAGES)[number];

/** What the extensions say; `undefined` where the extension is not there. */
export interface ExtensionValues {
  readonly keyUsage: readonly KeyUsage[] | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly policies: readonly string[] | undefined;
  readonly policyConstraints: PolicyConstraints | undefined;
  /** Certificates that may follow before anyPolicy says nothing any more. */
  readonly inhibitAnyPolicy: number | undefined;
  readonly basicConstraints: BasicConstraints | undefined;
  readonly nameConstraints: NameConstraints | undefined;
  readonly alternativeNames: readonly GeneralName[] | undefined;
  readonly subjectKeyId: Uint8Array | undefined;
  readonly authorityKeyId: Uint8Array | undefined;
  /** OCSP addresses of AuthorityInfoAccess, in order. */
  readonly ocspUrls: readonly string[];
}

export interface BasicConstraints {
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
}

/** Numbers of certificates that may follow before the constraint holds (RFC 5280 §4.2.1.11). */
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined;
  readonly inhibitPolicyMapping: number | undefined;
}

/** Object identifiers of extensions and of key purposes. */
export const EXTENSION_OID = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  policies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyId: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
} as const;

const PROCESSED: ReadonlySet<string> = new Set([
  EXTENSION_OID.keyUsage,
  EXTENSION_OID.alternativeNames,
  EXTENSION_OID.basicConstraints,
  EXTENSION_OID.nameConstraints,
  EXTENSION_OID.policies,
  EXTENSION_OID.policyMappings,
  EXTENSION_OID.policyConstraints,
  EXTENSION_OID.extendedKeyUsage,
  EXTENSION_OID.inhibitAnyPolicy,
]);

const OCSP_ACCESS_METHOD = '1.3.6.1.5.5.7.48.1';
const MAX_EXTENSIONS = 32;

/** Tells whether a certificate has this extension, marked critical. */
export function isCritical(
  { extensions }: { readonly extensions: readonly CertificateExtension[] },
  oid: string,
): boolean {
  return extensions.some((extension) => extension.oid === oid && extension.critical);
}

/** Finds a critical extension that no rule of this folder reads (RFC 5280 §4.2). */
export function findUnknownCritical({
  extensions,
}: {
  readonly extensions: readonly CertificateExtension[];
}): CertificateExtension | undefined {
  return extensions.find(({ oid, critical }) => critical && !PROCESSED.has(oid));
}

/**
 * Decodes the `[3] EXPLICIT Extensions` of a certificate. The same extension twice is an error.
 * @throws {KidsIdError} CERTIFICATE_MALFORMED
 */
export function decodeExtensions(
  node: DerNode | undefined,
): ExtensionValues & { extensions: CertificateExtension[] } {
  const extensions = node === undefined ? [] : decodeList(node);
  const find = <T>(oid: string, decode: (value: DerNode) => T): T | undefined => {
    const found = extensions.find((extension) => extension.oid === oid);
    return found && decode(parseDer(found.value));
  };
  return {
    extensions,
    keyUsage: find(EXTENSION_OID.keyUsage, decodeKeyUsage),
    extendedKeyUsage: find(EXTENSION_OID.extendedKeyUsage, decodeExtendedKeyUsage),
    policies: find(EXTENSION_OID.policies, decodePolicies),
    policyConstraints: find(EXTENSION_OID.policyConstraints, decodePolicyConstraints),
    inhibitAnyPolicy: find(EXTENSION_OID.inhibitAnyPolicy, decodeSkips),
    basicConstraints: find(EXTENSION_OID.basicConstraints, decodeBasicConstraints),
    nameConstraints: find(EXTENSION_OID.nameConstraints, decodeNameConstraints),
    alternativeNames: find(EXTENSION_OID.alternativeNames, decodeAlternativeNames),
    subjectKeyId: find(EXTENSION_OID.subjectKeyId, decodeSubjectKeyId),
    authorityKeyId: find(EXTENSION_OID.authorityKeyId, decodeAuthorityKeyId),
    ocspUrls: find(EXTENSION_OID.authorityInfoAccess, decodeOcspUrls) ?? [],
  };
}

function decodeList(node: DerNode): CertificateExtension[] {
  const outer = new DerReader(node, 0xa3);
  const list = outer.next(DER_TAG.sequence).children;
  outer.end();
  if (list.length === 0 || list.length > MAX_EXTENSIONS) throw malformed('extensions out of range');
  const extensions = list.map(decodeExtension);
  if (new Set(extensions.map(({ oid }) => oid)).size !== extensions.length) {
    throw malformed('an extension stands twice');
  }
  return extensions;
}

function decodeExtension(node: DerNode): CertificateExtension {
  const reader = new DerReader(node);
  const oid = decodeObjectIdentifier(reader.next());
  const critical = reader.optional(DER_TAG.boolean)?.content[0] === 0xff;
  const value = reader.next(DER_TAG.octetString).content;
  reader.end();
  return { oid, critical, value };
}

/** Bit 0 is the highest of the first byte; trailing zero bits are left out (X.690 §11.2.2). */
function decodeKeyUsage(node: DerNode): KeyUsage[] {
  if (node.tag !== DER_TAG.bitString) throw malformed('not a key usage');
  const bytes = node.content.subarray(1);
  return KEY_USAGES.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

function decodeExtendedKeyUsage(node: DerNode): string[] {
  return nonEmpty(node).map(decodeObjectIdentifier);
}

/**
 * Policy identifiers; qualifiers say nothing that a rule here needs. A policy twice is an error
 * (§4.2.1.4).
 */
function decodePolicies(node: DerNode): string[] {
  const policies = nonEmpty(node).map((policy) => {
    const reader = new DerReader(policy);
    const oid = decodeObjectIdentifier(reader.next());
    reader.optional(DER_TAG.sequence);
    reader.end();
    return oid;
  });
  if (new Set(policies).size !== policies.length) throw malformed('a policy stands twice');
  return policies;
}

function decodeBasicConstraints(node: DerNode): BasicConstraints {
  const reader = new DerReader(node);
  const isCa = reader.optional(DER_TAG.boolean)?.content[0] === 0xff;
  const length = reader.optional(DER_TAG.integer);
  reader.end();
  return { isCa, pathLength: length && readSmall(length) };
}

/** An empty sequence says nothing, and must not be (§4.2.1.11). */
function decodePolicyConstraints(node: DerNode): PolicyConstraints {
  const reader = new DerReader(node);
  const explicit = reader.optional(0x80);
  const mapping = reader.optional(0x81);
  reader.end();
  if (!explicit && !mapping) throw malformed('empty policy constraints');
  return {
    requireExplicitPolicy: explicit && readSmall(explicit),
    inhibitPolicyMapping: mapping && readSmall(mapping),
  };
}

function decodeSkips(node: DerNode): number {
  if (node.tag !== DER_TAG.integer) throw malformed('not a number of certificates');
  return readSmall(node);
}

/** A number of certificates: 0 to 127. */
function readSmall({ content }: DerNode): number {
  const [value = 0x80] = content;
  if (content.length !== 1 || value >= 0x80) throw malformed('number of certificates out of range');
  return value;
}

function decodeSubjectKeyId(node: DerNode): Uint8Array {
  if (node.tag !== DER_TAG.octetString) throw malformed('not a key identifier');
  return node.content;
}

function decodeAuthorityKeyId(node: DerNode): Uint8Array | undefined {
  const reader = new DerReader(node);
  const keyId = reader.optional(0x80)?.content;
  reader.optional(0xa1);
  reader.optional(0x82);
  reader.end();
  return keyId;
}

function decodeOcspUrls(node: DerNode): string[] {
  return nonEmpty(node).flatMap((description) => {
    const reader = new DerReader(description);
    const method = decodeObjectIdentifier(reader.next());
    const location = reader.next();
    reader.end();
    // GeneralName [6]: uniformResourceIdentifier
    const isUrl = method === OCSP_ACCESS_METHOD && location.tag === 0x86;
    return isUrl ? [Buffer.from(location.content).toString('latin1')] : [];
  });
}

function nonEmpty(node: DerNode): readonly DerNode[] {
  if (node.tag !== DER_TAG.sequence || node.children.length === 0) throw malformed('empty list');
  return node.children;
}

function malformed(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_MALFORMED', message);
}
