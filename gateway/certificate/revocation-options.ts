/** What a revocation checker is given. */
import type { Certificate } from './certificate.ts';
import type { CrlFetch } from './crl-fetch.ts';
import type { CrlPolicy } from './crl-store.ts';
import type { OcspFetch } from './ocsp-fetch.ts';
import type { PrefetchBudget } from './ocsp-prefetch.ts';
import type { BreakerPolicy } from './revocation-breaker.ts';
import type { CachePolicy } from './revocation-cache.ts';
import type { HedgePolicy } from './revocation-hedge.ts';
import type { Trust } from './trust.ts';
import type { OcspPolicy } from './verify-ocsp-response.ts';

/** What a checker asks, and how long it waits. */
export interface RevocationOptions {
  readonly trust: Pick<Trust, 'intermediates'>;
  readonly fetchOcsp: OcspFetch;
  readonly now: () => Date;
  /**
   * Which OCSP URL an issuing CA's certificates have, from configuration; the prefetch does nothing
   * where it gives none.
   */
  readonly ocspUrlOf?: (issuer: Certificate) => string | undefined;
  /** A second responder for what this issuer issued; its host must be one that `fetchOcsp` knows. */
  readonly fallbackUrlOf?: (issuer: Certificate) => string | undefined;
  /** Where the CRLs of this issuer are; each alone is a source. */
  readonly crlUrlsOf?: (issuer: Certificate) => readonly string[];
  readonly fetchCrl?: CrlFetch;
  readonly policy?: Partial<OcspPolicy>;
  readonly hedge?: Partial<HedgePolicy>;
  readonly breaker?: Partial<BreakerPolicy>;
  readonly cache?: Partial<CachePolicy>;
  readonly crls?: Partial<CrlPolicy>;
  readonly prefetchBudget?: Partial<PrefetchBudget>;
}
