/**
 * What an authentication certificate of a Belgian card must say (card facts §4.1, §4.3): an
 * allow-list of policies, and nothing in it that could make it another kind of certificate.
 */
import { KidsIdError } from '../protocol/errors.ts';
import { AUTHORITY_RULES } from './authority.ts';
import type { Certificate } from './certificate.ts';
import { EXTENSION_OID, isCritical } from './certificate-extensions.ts';
import { type CertificateRule, checkPurpose, END_ENTITY_RULES } from './end-entity.ts';
import { checkCardKey } from './key-policy.ts';
import type { PathProfile } from './path-rules.ts';
import { checkSignatureAlgorithm } from './signature.ts';

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

const PROFILE_RULES: readonly CertificateRule[] = [
  checkCardKey,
  checkSignatureAlgorithm,
  checkNotForSignatures,
  ...END_ENTITY_RULES,
  checkSubject,
  checkKeyUsage,
  checkClientAuth,
  checkPolicy,
];

/**
 * The path of an authentication certificate. Its CAs need no policy of their own (Citizen CAs have
 * one that its certificates do not repeat), unless one above requires it: then it must be one of the
 * allow-list, along the whole path.
 */
export const AUTHENTICATION_PROFILE: PathProfile = {
  leafRules: PROFILE_RULES,
  authorityRules: AUTHORITY_RULES,
  purpose: CLIENT_AUTH,
  policies: { acceptable: AUTHENTICATION_POLICIES },
};

/**
 * Checks that a certificate is a Belgian authentication certificate. Says nothing of who issued it.
 * @throws {KidsIdError} CERTIFICATE_KEY, CERTIFICATE_PROFILE, CERTIFICATE_POLICY
 */
export function checkProfile(certificate: Certificate): void {
  for (const rule of PROFILE_RULES) rule(certificate);
}

function checkNotForSignatures({ policies }: Certificate): void {
  if (policies?.some((policy) => SIGNATURE_POLICIES.has(policy))) {
    throw new KidsIdError('CERTIFICATE_POLICY', 'certificate for signatures, not for a login');
  }
}

/** A person's name stands in the subject, never in an alternative name alone. */
function checkSubject({ subject }: Certificate): void {
  if (subject.length === 0) throw profile('certificate without a subject');
}

/** Card facts §4.1: digitalSignature and nothing else, critical. */
function checkKeyUsage(certificate: Certificate): void {
  const isOnly = certificate.keyUsage?.join() === 'digitalSignature';
  if (!isOnly || !isCritical(certificate, EXTENSION_OID.keyUsage)) {
    throw profile('key usage is not digitalSignature alone');
  }
}

/**
 * Older certificates have no extended key usage: absent is right, present without clientAuth is
 * not.
 */
function checkClientAuth(certificate: Certificate): void {
  checkPurpose(certificate, CLIENT_AUTH);
}

function checkPolicy({ policies }: Certificate): void {
  if (!policies?.some((policy) => AUTHENTICATION_POLICIES.has(policy))) {
    throw new KidsIdError('CERTIFICATE_POLICY', 'no authentication policy');
  }
}

function profile(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_PROFILE', message);
}
