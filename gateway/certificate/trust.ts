/**
 * The CAs that a gateway knows: pinned anchors and the intermediates below them. Signatures between
 * them are verified once, here; validity is judged at each login. Nothing that a client sends is
 * ever added.
 */
import { createHash } from 'node:crypto';
import { KidsIdError } from '../protocol/errors.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
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
 * Loads anchors and intermediates from their DER. `anchorPins` are SHA-256 of SubjectPublicKeyInfo,
 * hex: where they are given, every anchor must be one of them. In production nothing marked TEST
 * ONLY is loaded, in test mode nothing else; an intermediate that leads to no anchor is an error.
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
  if (options.anchorPins) checkPins(anchors, options.anchorPins);
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
  const authorities = [...anchors, ...options.intermediates];
  const links = new Map<Certificate, readonly Certificate[]>(
    options.intermediates.map((child) => [child, authorities.filter((ca) => isIssuer(ca, child))]),
  );
  const reached = new Set<Certificate>(anchors);
  for (let grew = true; grew; ) {
    const found = options.intermediates.filter(
      (child) => !reached.has(child) && links.get(child)?.some((issuer) => reached.has(issuer)),
    );
    for (const child of found) reached.add(child);
    grew = found.length > 0;
  }
  const intermediates = options.intermediates.filter((child) => reached.has(child));
  const issuersOf = new Map(
    intermediates.map((child) => [
      child,
      (links.get(child) ?? []).filter((issuer) => reached.has(issuer)),
    ]),
  );
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
    Buffer.compare(authority.subjectDer, child.issuerDer) === 0 &&
    isSignedBy(child, authority)
  );
}

function checkPins(anchors: readonly Certificate[], pins: readonly string[]): void {
  const known = new Set(pins.map((pin) => pin.toLowerCase()));
  for (const { spki } of anchors) {
    if (!known.has(createHash('sha256').update(spki).digest('hex'))) {
      throw new KidsIdError('CERTIFICATE_ISSUER_UNKNOWN', 'trust anchor is not pinned');
    }
  }
}
