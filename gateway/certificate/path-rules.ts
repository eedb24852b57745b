/**
 * The rules of a certification path (RFC 5280 §6.1), in one ordered list. Names and signatures hold
 * by construction: a path is made of verified links only. The anchor is checked like every CA.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { findUnknownCritical } from './certificate-extensions.ts';
import { type CertificateRule, checkPurpose, mayIssueFor } from './end-entity.ts';
import type { GeneralName } from './general-name.ts';
import { checkAuthorityKey } from './key-policy.ts';
import { checkNames } from './name-constraints.ts';
import { checkPolicies, type PolicyInputs } from './policy-processing.ts';
import { checkSignatureAlgorithm } from './signature.ts';

/** What one kind of leaf must be, and what its path is verified for (RFC 5280 §6.1.1). */
export interface PathProfile {
  /** In order, before the path is looked for. */
  readonly leafRules: readonly CertificateRule[];
  /** For each CA, the anchor included, beside {@link PATH_RULES}. */
  readonly authorityRules: readonly CertificateRule[];
  /** Extended key usage that leaf and CAs must allow where they have one. */
  readonly purpose?: string;
  readonly policies?: PolicyInputs;
}

/** A path to judge: the issuing CA first, the anchor last. */
export interface CandidatePath {
  readonly leaf: Certificate;
  readonly issuers: readonly [Certificate, ...Certificate[]];
  readonly now: Date;
  readonly profile: PathProfile;
}

type PathRule = (path: CandidatePath) => void;

/** RFC 5280 §6.1.3 to §6.1.5; all but the keys' and the policies' throw CERTIFICATE_PATH. */
export const PATH_RULES: readonly PathRule[] = [
  checkSignatureAlgorithms,
  checkAuthorityKeys,
  checkAuthorityValidity,
  checkAuthorities,
  checkAuthorityRules,
  checkKeyIdentifiers,
  checkAnchorKeyIdentifier,
  checkKeyCertSign,
  checkPathLengths,
  checkCriticalExtensions,
  checkPurposes,
  checkNameConstraints,
  checkPathPolicies,
];

/** emailAddress in a subject counts as a mailbox (RFC 5280 §4.2.1.10). */
const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';

/** Tells whether an instant lies in the validity of a certificate, both ends included. */
export function isValidAt(certificate: Certificate, now: Date): boolean {
  // Both ends are whole seconds: the last second is valid to its end
  const seconds = Math.floor(now.getTime() / 1000) * 1000;
  return certificate.notBefore.getTime() <= seconds && seconds <= certificate.notAfter.getTime();
}

/**
 * §4.1.1.2. An anchor's signature over itself says nothing, so its algorithm is not looked at (BRCA3
 * has SHA-1).
 */
function checkSignatureAlgorithms({ leaf, issuers }: CandidatePath): void {
  for (const certificate of [leaf, ...issuers.slice(0, -1)]) checkSignatureAlgorithm(certificate);
}

function checkAuthorityKeys({ issuers }: CandidatePath): void {
  for (const issuer of issuers) checkAuthorityKey(issuer);
}

/** §6.1.3 (a) (2). */
function checkAuthorityValidity({ issuers, now }: CandidatePath): void {
  for (const issuer of issuers) {
    if (!isValidAt(issuer, now)) throw broken('a CA certificate is not valid at this time');
  }
}

/** §6.1.4 (k): version 3 and cA true. */
function checkAuthorities({ issuers }: CandidatePath): void {
  for (const { version, basicConstraints } of issuers) {
    if (version !== 3 || !basicConstraints?.isCa) throw broken('an issuer is not a CA');
  }
}

function checkAuthorityRules({ issuers, profile: { authorityRules } }: CandidatePath): void {
  for (const issuer of issuers) for (const rule of authorityRules) rule(issuer);
}

/** §4.2.1.1 and §4.2.1.2: a CA has a subject key identifier, and what it issued names it. */
function checkKeyIdentifiers({ leaf, issuers }: CandidatePath): void {
  for (const [index, issuer] of issuers.entries()) {
    const { authorityKeyId } = index === 0 ? leaf : (issuers[index - 1] ?? leaf);
    const { subjectKeyId } = issuer;
    if (subjectKeyId === undefined || authorityKeyId === undefined) {
      throw broken('a CA without a key identifier');
    }
    if (Buffer.compare(subjectKeyId, authorityKeyId) !== 0) {
      throw broken('key identifiers of issuer and issued differ');
    }
  }
}

/** §4.2.1.1: an anchor that issued itself may leave out its issuer's identifier, or has its own. */
function checkAnchorKeyIdentifier({ issuers }: CandidatePath): void {
  const anchor = issuers.at(-1);
  if (anchor === undefined) return;
  const { authorityKeyId, subjectKeyId = new Uint8Array(0), isSelfIssued } = anchor;
  const isRight =
    authorityKeyId === undefined
      ? isSelfIssued
      : !isSelfIssued || Buffer.compare(subjectKeyId, authorityKeyId) === 0;
  if (!isRight) throw broken('key identifier of an anchor is wrong');
}

/** §6.1.4 (n). */
function checkKeyCertSign({ issuers }: CandidatePath): void {
  for (const { keyUsage } of issuers) {
    if (keyUsage && !keyUsage.includes('keyCertSign'))
      throw broken('a CA may not sign certificates');
  }
}

/** §6.1.4 (l) and (m): self-issued intermediates do not count. */
function checkPathLengths({ issuers }: CandidatePath): void {
  let below = 0;
  for (const { basicConstraints, isSelfIssued } of issuers) {
    const { pathLength } = basicConstraints ?? {};
    if (pathLength !== undefined && below > pathLength) throw broken('path longer than allowed');
    if (!isSelfIssued) below += 1;
  }
}

/** §6.1.4 (o); the leaf's are its own rules' business. */
function checkCriticalExtensions({ issuers }: CandidatePath): void {
  if (issuers.some(findUnknownCritical)) {
    throw broken('a CA has a critical extension that is not implemented');
  }
}

/** A CA that is limited to some purposes must be allowed to issue for this one. */
function checkPurposes({ leaf, issuers, profile: { purpose } }: CandidatePath): void {
  if (purpose === undefined) return;
  checkPurpose(leaf, purpose);
  if (!issuers.every((issuer) => mayIssueFor(issuer, purpose))) {
    throw broken('a CA may not issue for this purpose');
  }
}

/** §6.1.3 (b) and (c): what each CA constrains, all below it keep; renewed CAs excepted. */
function checkNameConstraints({ leaf, issuers }: CandidatePath): void {
  for (const [index, { nameConstraints }] of issuers.entries()) {
    if (nameConstraints === undefined) continue;
    const between = issuers.slice(0, index).filter(({ isSelfIssued }) => !isSelfIssued);
    for (const certificate of [leaf, ...between]) {
      checkNames(namesOf(certificate), nameConstraints);
    }
  }
}

/** All that a certificate is called by. */
function namesOf({ subject, subjectName, alternativeNames = [] }: Certificate): GeneralName[] {
  const names = [...alternativeNames];
  if (subjectName.length > 0) names.push({ kind: 'directory', name: subjectName });
  for (const { oid, value } of subject) {
    if (oid === EMAIL_ADDRESS) names.push({ kind: 'email', value });
  }
  return names;
}

/** §6.1.3 (d) to (f), §6.1.4 (a), (b), (h) to (j), §6.1.5 (g). */
function checkPathPolicies({ leaf, issuers, profile: { policies = {} } }: CandidatePath): void {
  checkPolicies([...issuers.toReversed(), leaf], policies);
}

function broken(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_PATH', message);
}
