/**
 * What verified CRLs say about a certificate (RFC 5280 §6.3.3), as one list of rules. Indirect CRLs
 * are refused. A complete CRL, or several that cover all reasons together, is needed; a delta CRL
 * beside it may revoke, and never clears.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { type Crl, createCrlReader } from './crl-reader.ts';
import { ALL_REASONS, reasonsCovered } from './crl-scope.ts';
import { isSameName } from './distinguished-name.ts';
import { checkAuthorityKey } from './key-policy.ts';
import { isValidAt, type VerifiedPath } from './path.ts';
import { checkVerdict, type RevocationVerdict } from './revocation-verdict.ts';

/** How far the clock of whoever issues CRLs may be ahead. */
const DEFAULT_CRL_SKEW_MS = 300_000;

const KNOWN_CRITICAL: ReadonlySet<string> = new Set([
  '2.5.29.20', // cRLNumber
  '2.5.29.27', // deltaCRLIndicator
  '2.5.29.28', // issuingDistributionPoint
  '2.5.29.35', // authorityKeyIdentifier
]);
const DELTA_CRL_INDICATOR = '2.5.29.27';

/** A CRL and the moment it is held against. */
interface Evidence {
  readonly crl: Crl;
  readonly now: Date;
  readonly skewMs: number;
}

const CRL_CHECKS: readonly ((evidence: Evidence) => void)[] = [
  checkSigner,
  checkThisUpdate,
  checkNextUpdate,
  checkRemovals,
  checkCriticalExtensions,
];

/**
 * Checks that a CRL is complete (§5.2.4: a delta CRL says only what changed) and may be used at
 * `now`, whatever certificate is asked about.
 * @throws {KidsIdError} REVOCATION_UNKNOWN
 */
export function checkCompleteCrl(options: { crl: Crl; now: Date; skewMs?: number }): void {
  checkCrl(options);
  if (isDelta(options.crl)) throw unusable('delta CRL');
}

/**
 * Judges a certificate by CRLs of its issuer; those of no use at `now` are left out. `unknown`
 * where they do not cover it for all reasons.
 */
export function judgeByCrls(options: {
  subject: Certificate;
  crls: readonly Crl[];
  now: Date;
  skewMs?: number;
}): RevocationVerdict {
  const { subject, now } = options;
  let covered = 0;
  let expiresAt = Number.POSITIVE_INFINITY;
  for (const crl of options.crls) {
    const reasons = findReasons({ ...options, crl });
    if (reasons === 0 || crl.nextUpdate === undefined) continue;
    if (crl.revoked.has(subject.serial)) return { status: 'revoked', expiresAt: crl.nextUpdate };
    if (isDelta(crl)) continue;
    covered |= reasons;
    expiresAt = Math.min(expiresAt, crl.nextUpdate.getTime());
  }
  if (covered !== ALL_REASONS) return { status: 'unknown', expiresAt: now };
  return { status: 'good', expiresAt: new Date(expiresAt) };
}

/**
 * Checks a verified path by CRLs (DER) alone: the leaf and every CA below the anchor. A function of
 * its arguments. `authorities` are other verified CA certificates that may have signed a CRL under
 * the name of an issuer (after a change of keys); none when absent. CRLs that cannot be read, or are
 * of others, are passed over.
 * @throws {KidsIdError} CERTIFICATE_REVOKED, REVOCATION_UNKNOWN
 */
export function checkCrls(options: {
  path: VerifiedPath;
  crls: readonly Uint8Array[];
  now: Date;
  authorities?: readonly Certificate[];
  skewMs?: number;
}): void {
  const { path, crls, authorities = [] } = options;
  const read: Crl[] = [];
  // From the anchor down, so that the CRLs of whoever issued a signer are read before its own
  for (const [index, issuer] of [...path.issuers.entries()].reverse()) {
    const subject = index === 0 ? path.leaf : (path.issuers[index - 1] ?? path.leaf);
    const others = authorities.filter(
      (other) => other !== issuer && isSameName(other.subjectName, issuer.subjectName),
    );
    read.push(...readCrls(crls, [issuer, ...others]));
    const trusted = read.filter(({ signer }) => signer === issuer || !isListed(signer, read));
    checkVerdict(judgeByCrls({ ...options, subject, crls: trusted }));
  }
}

function readCrls(
  crls: readonly Uint8Array[],
  authorities: readonly [Certificate, ...Certificate[]],
): Crl[] {
  return crls.flatMap((der) => {
    try {
      const reader = createCrlReader({ authorities });
      reader.write(der);
      return [reader.end()];
    } catch (error) {
      if (error instanceof KidsIdError) return [];
      throw error;
    }
  });
}

/** Another key of the issuer's name is not believed once a CRL of its own issuer lists it. */
function isListed(signer: Certificate, crls: readonly Crl[]): boolean {
  return crls.some(
    ({ issuerName, revoked }) =>
      isSameName(issuerName, signer.issuerName) && revoked.has(signer.serial),
  );
}

function findReasons(options: {
  crl: Crl;
  subject: Certificate;
  now: Date;
  skewMs?: number;
}): number {
  const { crl, subject } = options;
  if (!isSameName(crl.issuerName, subject.issuerName)) return 0;
  try {
    checkCrl(options);
    return reasonsCovered(crl.extensions, subject);
  } catch (error) {
    if (error instanceof KidsIdError) return 0;
    throw error;
  }
}

function checkCrl(options: { crl: Crl; now: Date; skewMs?: number }): void {
  const evidence = { skewMs: DEFAULT_CRL_SKEW_MS, ...options };
  for (const check of CRL_CHECKS) check(evidence);
}

function isDelta({ extensions }: Crl): boolean {
  return extensions.some(({ oid }) => oid === DELTA_CRL_INDICATOR);
}

/** §6.3.3 (f): a key that is taken, of a CA that is valid and may sign CRLs. */
function checkSigner({ crl: { signer }, now }: Evidence): void {
  checkAuthorityKey(signer);
  if (!isValidAt(signer, now)) throw unusable('issuer of the CRL is not valid at this time');
  if (signer.basicConstraints?.isCa !== true && signer.keyUsage === undefined) {
    throw unusable('CRL is not of a CA');
  }
  if (signer.keyUsage !== undefined && !signer.keyUsage.includes('cRLSign')) {
    throw unusable('issuer may not sign CRLs');
  }
}

function checkThisUpdate({ crl, now, skewMs }: Evidence): void {
  if (crl.thisUpdate.getTime() > now.getTime() + skewMs) throw unusable('CRL from the future');
}

/** §5.1.2.5 wants nextUpdate; a stale CRL is never used, without any grace. */
function checkNextUpdate({ crl: { thisUpdate, nextUpdate }, now }: Evidence): void {
  if (nextUpdate === undefined) throw unusable('CRL without an end');
  if (nextUpdate <= thisUpdate) throw unusable('CRL ends before it begins');
  if (nextUpdate < now) throw unusable('CRL is out of date');
}

/** §5.3.1: only a delta CRL removes. */
function checkRemovals({ crl }: Evidence): void {
  if (crl.hasRemovals && !isDelta(crl)) throw unusable('removal in a complete CRL');
}

/** §5.2: an unknown critical extension forbids any use of the CRL. */
function checkCriticalExtensions({ crl: { extensions } }: Evidence): void {
  if (extensions.some(({ oid, critical }) => critical && !KNOWN_CRITICAL.has(oid))) {
    throw unusable('CRL with an unknown critical extension');
  }
}

function unusable(message: string): KidsIdError {
  return new KidsIdError('REVOCATION_UNKNOWN', message);
}
