/**
 * OCSP answers asked for before the card has proved anything, while the person types the PIN (design
 * §2 step 6). Issuer and serial number are only named by then: personal data, kept in memory for a
 * minute, logged nowhere; and anybody can name any, so a small budget bounds what is asked.
 */
import type { Certificate } from './certificate.ts';
import { type CertificateId, createOcspRequest, type OcspRequest } from './ocsp-request.ts';

/** A request that was sent and the answer that came, not verified. */
export interface OcspExchange {
  readonly request: OcspRequest;
  readonly der: Uint8Array;
}

/** How much is asked early, for the whole gateway. */
export interface PrefetchBudget {
  readonly perMinute: number;
  readonly inFlight: number;
}

export interface OcspPrefetch {
  /** Asks, unless it has, or the budget is used up; tells which. It never fails. */
  start(issuer: Certificate, serial: Uint8Array): 'asked' | 'known' | 'past-budget';
  /**
   * Takes out what was asked about the certificate of that name, which must come from the
   * authenticated certificate. The promise never rejects: `undefined` is a failure.
   */
  take(name: string): Promise<OcspExchange | undefined> | undefined;
}

/** Twenty a minute, four at once. */
export const DEFAULT_PREFETCH_BUDGET: PrefetchBudget = { perMinute: 20, inFlight: 4 };

const MINUTE_MS = 60_000;
const TTL_MS = 60_000;

interface Early {
  readonly exchange: Promise<OcspExchange | undefined>;
  readonly expiresAt: Date;
}

/** Creates a prefetch that asks by `fetch` and names CertIDs by `nameOf`. */
export function createOcspPrefetch(options: {
  fetch: (issuer: Certificate, request: OcspRequest) => Promise<Uint8Array>;
  nameOf: (id: CertificateId) => string;
  now: () => Date;
  budget: PrefetchBudget;
}): OcspPrefetch {
  const { nameOf, now, budget } = options;
  const early = new Map<string, Early>();
  let asked: Date[] = [];
  let inFlight = 0;
  const dropExpired = (): void => {
    for (const [name, { expiresAt }] of early) if (expiresAt <= now()) early.delete(name);
  };
  return {
    start(issuer, serial) {
      dropExpired();
      const request = createOcspRequest(issuer, serial);
      const name = nameOf(request.certificateId);
      if (early.has(name)) return 'known';
      asked = asked.filter((at) => now().getTime() - at.getTime() < MINUTE_MS);
      if (asked.length >= budget.perMinute || inFlight >= budget.inFlight) return 'past-budget';
      asked.push(now());
      inFlight += 1;
      const exchange = options
        .fetch(issuer, request)
        .then(
          (der) => ({ request, der }),
          // Whoever needs the answer asks again: an early failure decides nothing
          () => undefined,
        )
        .finally(() => {
          inFlight -= 1;
        });
      early.set(name, { exchange, expiresAt: new Date(now().getTime() + TTL_MS) });
      // Forgotten in time though nobody calls again
      setTimeout(dropExpired, TTL_MS + 1).unref();
      return 'asked';
    },
    take(name) {
      dropExpired();
      const found = early.get(name);
      early.delete(name);
      return found?.exchange;
    },
  };
}
