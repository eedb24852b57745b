/**
 * Certification paths (RFC 5280 §6): from a certificate over configured intermediates to a pinned
 * anchor. The anchor is checked like every CA above the leaf. Name constraints and policy mapping
 * are not implemented: a CA certificate that has them as critical is refused.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { EXTENSION_OID } from './certificate-extensions.ts';
import { checkAuthorityKey } from './key-policy.ts';
import { CLIENT_AUTH } from './profile.ts';
import { checkSignatureAlgorithm, isSignedBy } from './signature.ts';
import type { Trust } from './trust.ts';

/** A path whose every rule held. */
export interface VerifiedPath {
  readonly leaf: Certificate;
  /** The issuing CA first, the anchor last. */
  readonly issuers: readonly [Certificate, ...Certificate[]];
}

type Path = { readonly leaf: Certificate; readonly issuers: readonly Certificate[]; now: Date };
type Check = (path: Path) => void;

const DEFAULT_MAX_INTERMEDIATES = 4;
/** The search ends after so many candidates, whatever the configuration looks like. */
const MAX_STEPS = 256;
const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';

const KNOWN_CRITICAL: ReadonlySet<string> = new Set([
  EXTENSION_OID.keyUsage,
  EXTENSION_OID.basicConstraints,
  EXTENSION_OID.policies,
  EXTENSION_OID.extendedKeyUsage,
]);

/**
 * RFC 5280 §6.1.3 and §6.1.4. Names and signatures hold by construction: paths are made of verified
 * links only.
 */
const PATH_CHECKS: readonly Check[] = [
  checkAuthorityValidity,
  checkAuthorities,
  checkKeyIdentifiers,
  checkAnchorKeyIdentifier,
  checkKeyCertSign,
  checkPathLengths,
  checkCriticalExtensions,
  checkPurposes,
  checkAuthorityKeys,
];

/**
 * Finds a path that holds at `now`, or says why the first candidate does not.
 * @throws {KidsIdError} CERTIFICATE_EXPIRED (the leaf), CERTIFICATE_ISSUER_UNKNOWN,
 *   CERTIFICATE_PATH, CERTIFICATE_KEY
 */
export function verifyPath(options: {
  certificate: Certificate;
  trust: Trust;
  now: Date;
  /** CAs between leaf and anchor; 4 when absent. */
  maxIntermediates?: number;
}): VerifiedPath {
  const { certificate: leaf, trust, now } = options;
  const maxLength = (options.maxIntermediates ?? DEFAULT_MAX_INTERMEDIATES) + 1;
  if (!isValidAt(leaf, now)) {
    throw new KidsIdError('CERTIFICATE_EXPIRED', 'certificate is not valid at this time');
  }
  let refusal: unknown;
  for (const issuers of candidatePaths(trust, findIssuers(leaf, trust), maxLength)) {
    try {
      for (const check of PATH_CHECKS) check({ leaf, issuers, now });
      return { leaf, issuers };
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal ?? new KidsIdError('CERTIFICATE_PATH', 'no path to a trust anchor');
}

/** Tells whether an instant lies in the validity of a certificate, both ends included. */
export function isValidAt(certificate: Certificate, now: Date): boolean {
  // Both ends are whole seconds: the last second is valid to its end
  const seconds = Math.floor(now.getTime() / 1000) * 1000;
  return certificate.notBefore.getTime() <= seconds && seconds <= certificate.notAfter.getTime();
}

function findIssuers(leaf: Certificate, trust: Trust): Certificate[] {
  const named = [...trust.anchors, ...trust.intermediates].filter(
    ({ subjectDer }) => Buffer.compare(subjectDer, leaf.issuerDer) === 0,
  );
  if (named.length === 0) {
    throw new KidsIdError('CERTIFICATE_ISSUER_UNKNOWN', 'no configured CA of that name');
  }
  const issuers = named.filter((issuer) => isSignedBy(leaf, issuer));
  if (issuers.length === 0) {
    throw new KidsIdError('CERTIFICATE_PATH', 'signature is not of the CA that it names');
  }
  return issuers;
}

/** Paths from each of these CAs to an anchor, shortest first, no CA twice. */
function* candidatePaths(
  trust: Trust,
  first: readonly Certificate[],
  maxLength: number,
): Generator<readonly [Certificate, ...Certificate[]]> {
  const anchors = new Set(trust.anchors);
  const queue: [Certificate, ...Certificate[]][] = first.map((issuer) => [issuer]);
  for (let step = 0; step < MAX_STEPS; step++) {
    const path = queue.shift();
    const last = path?.at(-1);
    if (path === undefined || last === undefined) return;
    if (anchors.has(last)) yield path;
    else if (path.length < maxLength) {
      const next = trust.issuersOf.get(last) ?? [];
      for (const issuer of next) if (!path.includes(issuer)) queue.push([...path, issuer]);
    }
  }
}

function checkAuthorityValidity({ issuers, now }: Path): void {
  for (const issuer of issuers) {
    if (!isValidAt(issuer, now)) throw broken('a CA certificate is not valid at this time');
  }
}

/** RFC 5280 §6.1.4 (k): version 3 and cA true. */
function checkAuthorities({ issuers }: Path): void {
  for (const { version, basicConstraints, extensions } of issuers) {
    const isCritical = extensions.find(
      ({ oid }) => oid === EXTENSION_OID.basicConstraints,
    )?.critical;
    if (version !== 3 || !basicConstraints?.isCa || !isCritical) {
      throw broken('an issuer is not a CA');
    }
  }
}

/**
 * RFC 5280 §4.1.2.6, §4.2.1.1 and §4.2.1.2: a CA has a name and a subject key identifier, and what
 * it issued names that identifier.
 */
function checkKeyIdentifiers({ leaf, issuers }: Path): void {
  for (const [index, issuer] of issuers.entries()) {
    const { authorityKeyId } = index === 0 ? leaf : (issuers[index - 1] ?? leaf);
    const { subjectKeyId, subject } = issuer;
    if (subject.length === 0 || subjectKeyId === undefined || authorityKeyId === undefined) {
      throw broken('a CA without a name or a key identifier');
    }
    if (Buffer.compare(subjectKeyId, authorityKeyId) !== 0) {
      throw broken('key identifiers of issuer and issued differ');
    }
  }
}

/** §4.2.1.1: an anchor that issued itself may leave out its issuer's identifier, or has its own. */
function checkAnchorKeyIdentifier({ issuers }: Path): void {
  const anchor = issuers.at(-1);
  if (anchor === undefined) return;
  const { authorityKeyId, subjectKeyId = new Uint8Array(0) } = anchor;
  const isSelfIssued = Buffer.compare(anchor.subjectDer, anchor.issuerDer) === 0;
  const isRight =
    authorityKeyId === undefined
      ? isSelfIssued
      : !isSelfIssued || Buffer.compare(subjectKeyId, authorityKeyId) === 0;
  if (!isRight) throw broken('key identifier of an anchor is wrong');
}

/** §6.1.4 (n); Belgian CAs all have the extension, so its absence is an error too. */
function checkKeyCertSign({ issuers }: Path): void {
  for (const { keyUsage } of issuers) {
    if (!keyUsage?.includes('keyCertSign')) throw broken('a CA may not sign certificates');
  }
}

/** §6.1.4 (l) and (m): self-issued intermediates do not count. */
function checkPathLengths({ issuers }: Path): void {
  let below = 0;
  for (const { basicConstraints, subjectDer, issuerDer } of issuers) {
    const { pathLength } = basicConstraints ?? {};
    if (pathLength !== undefined && below > pathLength) throw broken('path longer than allowed');
    if (Buffer.compare(subjectDer, issuerDer) !== 0) below += 1;
  }
}

function checkCriticalExtensions({ issuers }: Path): void {
  for (const { extensions } of issuers) {
    if (extensions.some(({ oid, critical }) => critical && !KNOWN_CRITICAL.has(oid))) {
      throw broken('a CA has a critical extension that is not implemented');
    }
  }
}

/** A CA that is limited to some purposes must be allowed to issue for logins. */
function checkPurposes({ issuers }: Path): void {
  for (const { extendedKeyUsage } of issuers) {
    const isAllowed =
      extendedKeyUsage === undefined ||
      extendedKeyUsage.includes(CLIENT_AUTH) ||
      extendedKeyUsage.includes(ANY_EXTENDED_KEY_USAGE);
    if (!isAllowed) throw broken('a CA may not issue for logins');
  }
}

/**
 * An anchor's signature over itself says nothing, so its algorithm is not looked at (BRCA3 has
 * SHA-1).
 */
function checkAuthorityKeys({ issuers }: Path): void {
  for (const issuer of issuers) {
    checkAuthorityKey(issuer);
    if (issuer !== issuers.at(-1)) checkSignatureAlgorithm(issuer);
  }
}

function broken(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_PATH', message);
}
