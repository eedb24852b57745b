/**
 * What RFC 5280 asks of any certificate that somebody shows for themselves, whoever issued it. What
 * one kind of certificate must say besides is the business of its profile.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { EXTENSION_OID, findUnknownCritical, isCritical } from './certificate-extensions.ts';

/** One rule about a certificate by itself; throws the code of what it breaks. */
export type CertificateRule = (certificate: Certificate) => void;

/** anyExtendedKeyUsage (RFC 5280 §4.2.1.12). */
const ANY_PURPOSE = '2.5.29.37.0';

/** The rules in order. All throw CERTIFICATE_PROFILE. */
export const END_ENTITY_RULES: readonly CertificateRule[] = [
  checkVersion,
  checkNamed,
  checkCriticalExtensions,
  checkNotAuthority,
  checkNoAuthorityExtension,
];

/**
 * Checks all of {@link END_ENTITY_RULES}.
 * @throws {KidsIdError} CERTIFICATE_PROFILE
 */
export function checkEndEntity(certificate: Certificate): void {
  for (const rule of END_ENTITY_RULES) rule(certificate);
}

/** Version 3: without extensions nothing limits what a certificate is for. */
export function checkVersion({ version }: Certificate): void {
  if (version !== 3) throw profile('not a version 3 certificate');
}

/** §4.1.2.6: a subject, or a critical alternative name in its stead. */
export function checkNamed(certificate: Certificate): void {
  const { subject } = certificate;
  if (subject.length === 0 && !isCritical(certificate, EXTENSION_OID.alternativeNames)) {
    throw profile('certificate without a name');
  }
}

/** §4.2: a critical extension that no rule here reads. */
export function checkCriticalExtensions(certificate: Certificate): void {
  if (findUnknownCritical(certificate)) throw profile('unknown critical extension');
}

/** A CA's certificate is no login. */
export function checkNotAuthority({ basicConstraints, keyUsage }: Certificate): void {
  if (basicConstraints?.isCa || keyUsage?.includes('keyCertSign'))
    throw profile('certificate of a CA');
}

/** §4.2.1.5, §4.2.1.10, §4.2.1.11, §4.2.1.14: extensions of CA certificates only. */
export function checkNoAuthorityExtension({ extensions }: Certificate): void {
  if (extensions.some(({ oid }) => AUTHORITY_EXTENSIONS.has(oid))) {
    throw profile('extension that only a CA may have');
  }
}

/** §4.2.1.12: no extended key usage, or this purpose in it. `anyExtendedKeyUsage` is not enough. */
export function checkPurpose({ extendedKeyUsage }: Certificate, purpose: string): void {
  if (extendedKeyUsage !== undefined && !extendedKeyUsage.includes(purpose)) {
    throw profile('extended key usage without the purpose');
  }
}

/** Tells whether a CA may issue for a purpose: one that is not limited, or limited to it or to any. */
export function mayIssueFor({ extendedKeyUsage }: Certificate, purpose: string): boolean {
  return (
    extendedKeyUsage === undefined ||
    extendedKeyUsage.includes(purpose) ||
    extendedKeyUsage.includes(ANY_PURPOSE)
  );
}

const AUTHORITY_EXTENSIONS: ReadonlySet<string> = new Set([
  EXTENSION_OID.nameConstraints,
  EXTENSION_OID.policyMappings,
  EXTENSION_OID.policyConstraints,
  EXTENSION_OID.inhibitAnyPolicy,
]);

function profile(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_PROFILE', message);
}
