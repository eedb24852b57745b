/**
 * Verified answers about certificates, in memory, for as long as they may be used. Certificates are
 * named by a keyed hash of their CertID, so that no serial number stays behind.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { CertificateId } from './ocsp-request.ts';
import type { RevocationVerdict } from './revocation-verdict.ts';

/** How long and how many answers are kept. */
export interface CachePolicy {
  readonly maxAgeMs: number;
  readonly maxEntries: number;
}

export interface RevocationCache {
  /** The answer for that name of {@link createCertificateNamer}, while it may be used. */
  find(name: string): RevocationVerdict | undefined;
  /** Keeps `good` and `revoked`; `revoked` is not replaced before its time. */
  keep(name: string, verdict: RevocationVerdict): void;
}

/** Five minutes, whatever nextUpdate allows beyond them. */
export const DEFAULT_CACHE_POLICY: CachePolicy = { maxAgeMs: 300_000, maxEntries: 10_000 };

/** Creates an empty cache. */
export function createRevocationCache(options: {
  now: () => Date;
  policy: CachePolicy;
}): RevocationCache {
  const { now, policy } = options;
  const entries = new Map<string, RevocationVerdict>();
  const find = (name: string): RevocationVerdict | undefined => {
    const found = entries.get(name);
    if (found === undefined || now() < found.expiresAt) return found;
    entries.delete(name);
    return undefined;
  };
  return {
    find,
    keep(name, verdict) {
      if (verdict.status === 'unknown' || find(name)?.status === 'revoked') return;
      const latest = now().getTime() + policy.maxAgeMs;
      const expiresAt = new Date(Math.min(verdict.expiresAt.getTime(), latest));
      entries.delete(name);
      entries.set(name, { ...verdict, expiresAt });
      const [oldest] = entries.keys();
      if (entries.size > policy.maxEntries && oldest !== undefined) entries.delete(oldest);
    },
  };
}

/** Creates a function that names CertIDs under a key of its own: equal names, equal CertIDs. */
export function createCertificateNamer(): (id: CertificateId) => string {
  const key = randomBytes(32);
  return ({ issuerNameHash, issuerKeyHash, serial }) =>
    createHmac('sha256', key)
      .update(issuerNameHash)
      .update(issuerKeyHash)
      .update(serial)
      .digest('base64');
}
