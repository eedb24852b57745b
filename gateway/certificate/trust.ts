/**
 * The CAs that a gateway knows: pinned anchors and the intermediates below them. Signatures between
 * them are verified once, here; validity is judged at each login. Nothing that a client sends is
 * ever added.
 */
import { createHash } from 'node:crypto';
import { KidsIdError } from '../protocol/errors.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { isSameName } from './distinguished-name.ts';
import { isSignedBy } from './signature.ts';

/** CAs of the real cards, or of the test PKI; never both. */
export type TrustMode = 'production' | 'test';

/** What {@link loadTrust} made of the configuration. */
export interface Trust {
  readonly mode: TrustMode;
  readonly anchors: readonly Certificate[];
  /** Intermediates that lead to an anchor. */
  readonly intermediates: readonly Certificate[];
  /** The anchors and intermediates whose key signed this intermediate. */
  readonly issuersOf: ReadonlyMap<Certificate, readonly Certificate[]>;
}

/**
 * Roots of real cards, by SHA-256 of the certificate, in hex (card facts §4.2). Of the older roots
 * the fingerprints are not known whole: an operator who takes them pins their keys.
 */
const KNOWN_ROOTS: ReadonlySet<string> = new Set([
  // Belgium Root CA6
  '9c872bc979a7c09a58d4a274c199e5cb16cfa9b9618d98bc9a9988e984b8495c',
]);

/**
 * Loads anchors and intermediates from their DER. In production nothing marked TEST ONLY is loaded,
 * in test mode nothing else; an intermediate that leads to no anchor is an error. `anchorPins` are
 * SHA-256 of SubjectPublicKeyInfo, hex, upper or lower case: where they are given, every anchor must
 * be one of them; in production it must be one of them or a known Belgium Root CA in any case.
 * @throws {KidsIdError} CERTIFICATE_MALFORMED, CERTIFICATE_PROFILE (wrong mode),
 *   CERTIFICATE_ISSUER_UNKNOWN (not pinned, no anchor), CERTIFICATE_PATH (an intermediate that
 *   leads nowhere)
 */
export function loadTrust(options: {
  anchors: readonly Uint8Array[];
  intermediates: readonly Uint8Array[];
  mode: TrustMode;
  anchorPins?: readonly string[];
}): Trust {
  const anchors = options.anchors.map(parseCertificate);
  const intermediates = options.intermediates.map(parseCertificate);
  for (const certificate of [...anchors, ...intermediates]) {
    checkMode(certificate, options.mode);
  }
  if (anchors.length === 0) throw new KidsIdError('CERTIFICATE_ISSUER_UNKNOWN', 'no trust anchor');
  checkPins(anchors, options);
  const trust = linkTrust({ anchors, intermediates, mode: options.mode });
  if (trust.intermediates.length < intermediates.length) {
    throw new KidsIdError('CERTIFICATE_PATH', 'an intermediate leads to no trust anchor');
  }
  return trust;
}

/**
 * Links certificates that are parsed already. Intermediates that lead to no anchor are left out.
 */
export function linkTrust(options: {
  anchors: readonly Certificate[];
  intermediates: readonly Certificate[];
  mode: TrustMode;
}): Trust {
  const { anchors, mode } = options;
  const issuersOf = new Map<Certificate, Certificate[]>();
  const reached = [...anchors];
  // From the anchors down: what is not below one costs no signature check
  for (const authority of reached) {
    for (const child of options.intermediates) {
      if (!isIssuer(authority, child)) continue;
      const issuers = issuersOf.get(child);
      if (issuers) issuers.push(authority);
      else {
        issuersOf.set(child, [authority]);
        reached.push(child);
      }
    }
  }
  const intermediates = options.intermediates.filter((child) => issuersOf.has(child));
  return { mode, anchors, intermediates, issuersOf };
}

/**
 * Checks that a certificate is marked TEST ONLY in test mode and is not in production.
 * @throws {KidsIdError} CERTIFICATE_PROFILE
 */
export function checkMode(certificate: Certificate, mode: TrustMode): void {
  const isTest = certificate.subject.some(({ value }) => value.includes('TEST ONLY'));
  if (isTest !== (mode === 'test')) {
    throw new KidsIdError(
      'CERTIFICATE_PROFILE',
      isTest ? 'TEST ONLY certificate in production' : 'real certificate in test mode',
    );
  }
}

function isIssuer(authority: Certificate, child: Certificate): boolean {
  return (
    authority !== child &&
    isSameName(authority.subjectName, child.issuerName) &&
    isSignedBy(child, authority)
  );
}

function checkPins(
  anchors: readonly Certificate[],
  { mode, anchorPins }: { mode: TrustMode; anchorPins?: readonly string[] },
): void {
  if (mode === 'test' && anchorPins === undefined) return;
  const pins = new Set(anchorPins?.map((pin) => pin.toLowerCase()));
  for (const { der, spki } of anchors) {
    const isKnown = mode === 'production' && KNOWN_ROOTS.has(sha256(der));
    if (!isKnown && !pins.has(sha256(spki))) {
      throw new KidsIdError('CERTIFICATE_ISSUER_UNKNOWN', 'trust anchor is not pinned');
    }
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
