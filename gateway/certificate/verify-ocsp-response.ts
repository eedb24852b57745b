/**
 * Decides whether an OCSP response may be believed, and what it then says (RFC 6960 §3.2, §4.2.2).
 * One ordered list of rules; whatever does not hold leaves the status unknown, which is a refusal.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { EXTENSION_OID } from './certificate-extensions.ts';
import { checkAuthorityKey } from './key-policy.ts';
import {
  type CertificateId,
  createCertificateId,
  issuerKeyHash,
  type OcspRequest,
} from './ocsp-request.ts';
import {
  type OcspStatement,
  parseOcspResponse,
  type UnverifiedOcspResponse,
} from './ocsp-response.ts';
import { isValidAt } from './path.ts';
import type { RevocationVerdict } from './revocation-verdict.ts';
import { checkSignatureAlgorithm, isSignedBy } from './signature.ts';

/** How strictly responses are judged. */
export interface OcspPolicy {
  /** How far the responder's clock may be from ours. */
  readonly skewMs: number;
  /** How old a response without nextUpdate may be. */
  readonly maxAgeMs: number;
  /** Whether a response must repeat the nonce. One that differs is always refused. */
  readonly requireNonce: boolean;
}

/**
 * Clocks may differ by 5 minutes; a status without end is good for 15; a nonce is repeated or left
 * out.
 */
export const DEFAULT_OCSP_POLICY: OcspPolicy = {
  skewMs: 300_000,
  maxAgeMs: 900_000,
  requireNonce: false,
};

/** An answer and what it is held against. */
export interface OcspEvidence {
  readonly der: Uint8Array;
  readonly request: OcspRequest;
  readonly issuer: Certificate;
  readonly now: Date;
  readonly policy: OcspPolicy;
}

interface Evidence {
  readonly response: UnverifiedOcspResponse;
  readonly request: OcspRequest;
  readonly issuer: Certificate;
  readonly now: Date;
  readonly policy: OcspPolicy;
}

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

const RESPONSE_CHECKS: readonly ((evidence: Evidence) => void)[] = [
  verifyResponder,
  checkNonce,
  checkProducedAt,
  checkFreshness,
];

/**
 * Verifies a response to `request`, signed by `issuer` itself or by a delegate that this very
 * issuer certified; returns the status that it may be believed in, and until when.
 * @throws {KidsIdError} REVOCATION_UNKNOWN
 */
export function readOcspVerdict(options: OcspEvidence): RevocationVerdict {
  const response = parseOcspResponse(options.der);
  const evidence = { ...options, response };
  for (const check of RESPONSE_CHECKS) check(evidence);
  const statement = findStatement(evidence);
  return { status: statement.status, expiresAt: endOf(statement, options.policy) };
}

/**
 * RFC 6960 §4.2.2.2: the issuer, or a certificate with id-kp-OCSPSigning that the issuer itself
 * issued.
 */
function verifyResponder(evidence: Evidence): void {
  const { response, issuer } = evidence;
  const candidates = [issuer, ...response.certificates].filter((candidate) =>
    isNamed(candidate, response),
  );
  const isVerified = candidates.some(
    (candidate) =>
      (candidate === issuer || isDelegate(candidate, evidence)) && isSignedBy(response, candidate),
  );
  if (!isVerified) throw unknown('OCSP response is not of an authorised responder');
}

function isNamed(candidate: Certificate, { responderId }: UnverifiedOcspResponse): boolean {
  return responderId.kind === 'name'
    ? Buffer.compare(candidate.subjectDer, responderId.nameDer) === 0
    : Buffer.compare(issuerKeyHash(candidate), responderId.keyHash) === 0;
}

function isDelegate(candidate: Certificate, { issuer, now }: Evidence): boolean {
  try {
    checkAuthorityKey(candidate);
    checkSignatureAlgorithm(candidate);
  } catch {
    return false;
  }
  const { extensions, keyUsage = ['digitalSignature'] } = candidate;
  return (
    candidate.version === 3 &&
    Buffer.compare(candidate.issuerDer, issuer.subjectDer) === 0 &&
    isSignedBy(candidate, issuer) &&
    isValidAt(candidate, now) &&
    candidate.extendedKeyUsage?.includes(OCSP_SIGNING) === true &&
    keyUsage.includes('digitalSignature') &&
    // Without it the delegate's own revocation would have to be asked for, of itself (§4.2.2.2.1)
    extensions.some(({ oid }) => oid === EXTENSION_OID.ocspNoCheck) &&
    extensions.every(({ oid, critical }) => !critical || DELEGATE_CRITICAL.has(oid))
  );
}

const DELEGATE_CRITICAL: ReadonlySet<string> = new Set([
  EXTENSION_OID.keyUsage,
  EXTENSION_OID.extendedKeyUsage,
  EXTENSION_OID.basicConstraints,
  EXTENSION_OID.policies,
]);

/** RFC 9654 §2.1. */
function checkNonce({ response, request, policy }: Evidence): void {
  if (response.nonce === undefined) {
    if (policy.requireNonce) throw unknown('OCSP response without the nonce');
    return;
  }
  if (Buffer.compare(response.nonce, request.nonce) !== 0) {
    throw unknown('OCSP response with another nonce');
  }
}

/** RFC 6960 §2.4: an answer is signed after what it says was known, and not in the future. */
function checkProducedAt(evidence: Evidence): void {
  const { response, now, policy } = evidence;
  const producedAt = response.producedAt.getTime();
  if (producedAt > now.getTime() + policy.skewMs) throw unknown('OCSP response from the future');
  if (producedAt < findStatement(evidence).thisUpdate.getTime() - policy.skewMs) {
    throw unknown('OCSP response older than what it says');
  }
}

/** RFC 6960 §4.2.2.1: thisUpdate is past, nextUpdate is not. */
function checkFreshness(evidence: Evidence): void {
  const { now, policy } = evidence;
  const statement = findStatement(evidence);
  const { thisUpdate } = statement;
  const end = endOf(statement, policy);
  if (thisUpdate.getTime() > now.getTime() + policy.skewMs) throw unknown('status from the future');
  if (end.getTime() < thisUpdate.getTime()) throw unknown('status ends before it begins');
  if (end.getTime() < now.getTime() - policy.skewMs) throw unknown('status is out of date');
}

function endOf({ thisUpdate, nextUpdate }: OcspStatement, { maxAgeMs }: OcspPolicy): Date {
  return nextUpdate ?? new Date(thisUpdate.getTime() + maxAgeMs);
}

/** Exactly one statement must be about the certificate that was asked for, by either hash. */
function findStatement({ response, request, issuer }: Evidence): OcspStatement {
  const [statement, ...more] = response.statements.filter(
    ({ certificateId: id }) =>
      id !== undefined &&
      isSameId(id, createCertificateId(issuer, request.certificateId.serial, id.hash)),
  );
  if (statement === undefined || more.length > 0) {
    throw unknown('OCSP response is not about the one certificate');
  }
  return statement;
}

function isSameId(left: CertificateId, right: CertificateId): boolean {
  return (
    Buffer.compare(left.issuerNameHash, right.issuerNameHash) === 0 &&
    Buffer.compare(left.issuerKeyHash, right.issuerKeyHash) === 0 &&
    Buffer.compare(left.serial, right.serial) === 0
  );
}

function unknown(message: string): KidsIdError {
  return new KidsIdError('REVOCATION_UNKNOWN', message);
}
