/**
 * What an authentication certificate of a Belgian card must say (card facts §4.1, §4.3): an
 * allow-list of policies, and nothing in it that could make it another kind of certificate.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { EXTENSION_OID } from './certificate-extensions.ts';
import { checkCardKey } from './key-policy.ts';
import { checkSignatureAlgorithm } from './signature.ts';

type Check = (certificate: Certificate) => void;

/** Numbers of the RSA roots in policy OIDs: BRCA, BRCA2, BRCA3, BRCA4 (card facts §4.3). */
const RSA_ROOTS = [1, 9, 10, 12];

/** Citizens' and foreigners' authentication certificates. Kids-ID have no policy of their own. */
export const AUTHENTICATION_POLICIES: ReadonlySet<string> = new Set([
  '2.16.56.13.6.1.1.1000',
  '2.16.56.13.6.2.1.1000',
  ...RSA_ROOTS.flatMap((root) => [`2.16.56.${root}.1.1.2.2`, `2.16.56.${root}.1.1.7.2`]),
]);

/** Certificates for qualified signatures on the same cards: never for a login. */
export const SIGNATURE_POLICIES: ReadonlySet<string> = new Set([
  '2.16.56.13.6.1.2.1000',
  '2.16.56.13.6.2.2.1000',
  ...RSA_ROOTS.flatMap((root) => [`2.16.56.${root}.1.1.2.1`, `2.16.56.${root}.1.1.7.1`]),
]);

/** id-kp-clientAuth (RFC 5280 §4.2.1.12). */
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

const KNOWN_CRITICAL: ReadonlySet<string> = new Set([
  EXTENSION_OID.keyUsage,
  EXTENSION_OID.basicConstraints,
  EXTENSION_OID.policies,
  EXTENSION_OID.extendedKeyUsage,
]);

/** What RFC 5280 asks of any certificate that a client shows for itself. */
const END_ENTITY_CHECKS: readonly Check[] = [
  checkVersion,
  checkSubject,
  checkCriticalExtensions,
  checkNotAuthority,
  checkExtendedKeyUsage,
];

const PROFILE_CHECKS: readonly Check[] = [
  checkCardKey,
  checkSignatureAlgorithm,
  checkNotForSignatures,
  checkEndEntity,
  checkKeyUsage,
  checkPolicy,
];

/**
 * Checks that a certificate is a Belgian authentication certificate. Says nothing of who issued it.
 * @throws {KidsIdError} CERTIFICATE_KEY, CERTIFICATE_PROFILE, CERTIFICATE_POLICY
 */
export function checkProfile(certificate: Certificate): void {
  for (const check of PROFILE_CHECKS) check(certificate);
}

/**
 * Checks the rules of RFC 5280 §4 for a certificate that is not a CA's and is used for client
 * authentication.
 * @throws {KidsIdError} CERTIFICATE_PROFILE
 */
export function checkEndEntity(certificate: Certificate): void {
  for (const check of END_ENTITY_CHECKS) check(certificate);
}

function checkVersion({ version }: Certificate): void {
  if (version !== 3) throw profile('not a version 3 certificate');
}

function checkNotForSignatures({ policies }: Certificate): void {
  if (policies?.some((policy) => SIGNATURE_POLICIES.has(policy))) {
    throw new KidsIdError('CERTIFICATE_POLICY', 'certificate for signatures, not for a login');
  }
}

function checkSubject({ subject }: Certificate): void {
  if (subject.length === 0) throw profile('certificate without a name');
}

function checkCriticalExtensions({ extensions }: Certificate): void {
  if (extensions.some(({ oid, critical }) => critical && !KNOWN_CRITICAL.has(oid))) {
    throw profile('unknown critical extension');
  }
}

function checkNotAuthority({ basicConstraints, keyUsage }: Certificate): void {
  if (basicConstraints?.isCa || keyUsage?.includes('keyCertSign'))
    throw profile('certificate of a CA');
}

/** Card facts §4.1: digitalSignature and nothing else, critical. */
function checkKeyUsage({ keyUsage, extensions }: Certificate): void {
  const isCritical = extensions.find(({ oid }) => oid === EXTENSION_OID.keyUsage)?.critical;
  if (!isCritical || keyUsage?.join() !== 'digitalSignature') {
    throw profile('key usage is not digitalSignature alone');
  }
}

/**
 * Older certificates have no extended key usage: absent is right, present without clientAuth is
 * not.
 */
function checkExtendedKeyUsage({ extendedKeyUsage }: Certificate): void {
  if (extendedKeyUsage !== undefined && !extendedKeyUsage.includes(CLIENT_AUTH)) {
    throw profile('extended key usage without clientAuth');
  }
}

function checkPolicy({ policies }: Certificate): void {
  if (!policies?.some((policy) => AUTHENTICATION_POLICIES.has(policy))) {
    throw new KidsIdError('CERTIFICATE_POLICY', 'no authentication policy');
  }
}

function profile(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_PROFILE', message);
}
