/**
 * Which certificates a CRL speaks of, and for which reasons: IssuingDistributionPoint of the CRL
 * (RFC 5280 §5.2.5) against CRLDistributionPoints of the certificate (§4.2.1.13).
 */
import type { Certificate } from './certificate.ts';
import type { CertificateExtension } from './certificate-extensions.ts';
import { malformedCrl } from './crl-window.ts';
import { DER_TAG, type DerNode, DerReader, parseDer } from './der.ts';

/** Reasons as bits; all of them together are a complete CRL. */
export type ReasonMask = number;

/** ReasonFlags bits 1 to 8; bit 0 is unused (§4.2.1.13). */
export const ALL_REASONS: ReasonMask = 0x7f80;

const ISSUING_DISTRIBUTION_POINT = '2.5.29.28';
const CRL_DISTRIBUTION_POINTS = '2.5.29.31';

/** Context tags of IssuingDistributionPoint and DistributionPoint. */
const TAG = {
  name: 0xa0,
  onlyUserCertificates: 0x81,
  onlyAuthorities: 0x82,
  onlySomeReasons: 0x83,
  indirect: 0x84,
  onlyAttributeCertificates: 0x85,
  reasons: 0x81,
  crlIssuer: 0xa2,
  fullName: 0xa0,
  directoryName: 0xa4,
} as const;

interface Point {
  /** GeneralNames, DER in hex; none for a name relative to the CRL issuer, which is not taken. */
  readonly names: readonly string[];
  readonly reasons: ReasonMask;
}

/**
 * The reasons for which a CRL with these extensions covers a certificate of its issuer: 0 when it is
 * about others.
 * @throws {KidsIdError} REVOCATION_UNKNOWN, CERTIFICATE_MALFORMED when an extension is not right
 */
export function reasonsCovered(
  extensions: readonly CertificateExtension[],
  subject: Certificate,
): ReasonMask {
  const found = extensions.find(({ oid }) => oid === ISSUING_DISTRIBUTION_POINT);
  if (found === undefined) return ALL_REASONS;
  const scope = decodeScope(parseDer(found.value));
  const isAuthority = subject.basicConstraints?.isCa === true;
  if (isAuthority ? scope.onlyUserCertificates : scope.onlyAuthorities) return 0;
  if (scope.name === undefined) return scope.reasons;
  const names = new Set(namesOf(scope.name));
  return pointsOf(subject)
    .filter((point) => point.names.some((name) => names.has(name)))
    .reduce((mask, point) => mask | (point.reasons & scope.reasons), 0);
}

function decodeScope(node: DerNode): {
  name: DerNode | undefined;
  onlyUserCertificates: boolean;
  onlyAuthorities: boolean;
  reasons: ReasonMask;
} {
  const reader = new DerReader(node);
  const name = reader.optional(TAG.name);
  const onlyUserCertificates = isTrue(reader.optional(TAG.onlyUserCertificates));
  const onlyAuthorities = isTrue(reader.optional(TAG.onlyAuthorities));
  const reasons = decodeReasons(reader.optional(TAG.onlySomeReasons));
  const isIndirect = isTrue(reader.optional(TAG.indirect));
  const isOfAttributes = isTrue(reader.optional(TAG.onlyAttributeCertificates));
  reader.end();
  if (isIndirect) throw malformedCrl('indirect CRL');
  if (isOfAttributes) throw malformedCrl('CRL of attribute certificates');
  if (onlyUserCertificates && onlyAuthorities) throw malformedCrl('CRL of no certificates');
  return { name, onlyUserCertificates, onlyAuthorities, reasons };
}

/** §4.2.1.13: without a name, the point is the certificate's issuer; another CRL issuer is not taken. */
function pointsOf(subject: Certificate): Point[] {
  const found = subject.extensions.find(({ oid }) => oid === CRL_DISTRIBUTION_POINTS);
  if (found === undefined) {
    const name = Buffer.concat([header(TAG.directoryName, subject.issuerDer), subject.issuerDer]);
    return [{ names: [name.toString('hex')], reasons: ALL_REASONS }];
  }
  const list = parseDer(found.value);
  if (list.tag !== DER_TAG.sequence) throw malformedCrl('not distribution points');
  return list.children.flatMap((node) => {
    const reader = new DerReader(node);
    const name = reader.optional(TAG.name);
    const reasons = decodeReasons(reader.optional(TAG.reasons));
    const hasOtherIssuer = reader.optional(TAG.crlIssuer) !== undefined;
    reader.end();
    if (name === undefined || hasOtherIssuer) return [];
    return [{ names: namesOf(name), reasons }];
  });
}

/** DistributionPointName is a CHOICE, and so tagged explicitly. */
function namesOf(node: DerNode): string[] {
  const [choice, ...more] = node.children;
  if (choice === undefined || more.length > 0) throw malformedCrl('not a distribution point');
  if (choice.tag !== TAG.fullName) return [];
  return choice.children.map(({ encoded }) => Buffer.from(encoded).toString('hex'));
}

function isTrue(node: DerNode | undefined): boolean {
  if (node === undefined) return false;
  // FALSE is the default, which DER leaves out
  if (node.content.length !== 1 || node.content[0] !== 0xff) throw malformedCrl('not a BOOLEAN');
  return true;
}

function decodeReasons(node: DerNode | undefined): ReasonMask {
  if (node === undefined) return ALL_REASONS;
  const [unused = 8, high = 0, low = 0] = node.content;
  if (unused > 7 || node.content.length < 2 || node.content.length > 3) {
    throw malformedCrl('not reasons');
  }
  return ((high << 8) | low) & ALL_REASONS;
}

/** Tag and length before a content that is itself one element of at most 64 KiB. */
function header(tag: number, { length }: Uint8Array): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  if (length < 0x100) return Uint8Array.of(tag, 0x81, length);
  return Uint8Array.of(tag, 0x82, length >> 8, length & 0xff);
}
