/**
 * Revocation of a verified path: the leaf and every CA below the anchor, each by the OCSP responder
 * that it names, a configured fallback responder, or the CRL of its issuer. What cannot be known is
 * refused; what was known is kept a while, so that a source may fail.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { createOcspPrefetch, DEFAULT_PREFETCH_BUDGET, type OcspPrefetch } from './ocsp-prefetch.ts';
import { createCertificateId } from './ocsp-request.ts';
import type { VerifiedPath } from './path.ts';
import { createAsks, ocspSource, type PathLink } from './revocation-asks.ts';
import { DEFAULT_BREAKER_POLICY } from './revocation-breaker.ts';
import {
  createCertificateNamer,
  createRevocationCache,
  DEFAULT_CACHE_POLICY,
} from './revocation-cache.ts';
import { askInTurn, DEFAULT_HEDGE_POLICY } from './revocation-hedge.ts';
import type { RevocationOptions } from './revocation-options.ts';
import {
  createRevocationSources,
  type RevocationHealth,
  type RevocationSources,
} from './revocation-sources.ts';
import { checkVerdict, type RevocationVerdict } from './revocation-verdict.ts';
import type { Trust } from './trust.ts';

/** Checks revocation, and can begin early. */
export interface RevocationChecker {
  /**
   * Starts the OCSP request for the certificate of that issuer (Name, DER) and serial number
   * (big-endian). Nothing happens for an issuer that is not configured, or past the budget: it is a
   * hint, and never fails.
   */
  prefetch(issuerDer: Uint8Array, serial: Uint8Array): void;
  /**
   * Checks a verified path; an answer fetched early for its leaf is verified like any other, and
   * used once. Rejects with CERTIFICATE_REVOKED or REVOCATION_UNKNOWN.
   */
  check(path: VerifiedPath): Promise<void>;
  /** How the sources do: for a banner and for metrics. */
  health(): RevocationHealth;
}

const MAX_SERIAL_BYTES = 20;

/** Creates a checker with empty caches, every source taken to be up. */
export function createRevocationChecker(options: RevocationOptions): RevocationChecker {
  const { now } = options;
  const sources = createRevocationSources({
    now,
    policy: { ...DEFAULT_BREAKER_POLICY, ...options.breaker },
  });
  const cache = createRevocationCache({
    now,
    policy: { ...DEFAULT_CACHE_POLICY, ...options.cache },
  });
  const nameCertificate = createCertificateNamer();
  const early = createOcspPrefetch({
    now,
    nameOf: nameCertificate,
    budget: { ...DEFAULT_PREFETCH_BUDGET, ...options.prefetchBudget },
    fetch: async (issuer, { der }) =>
      options.fetchOcsp({ url: options.ocspUrlOf?.(issuer) ?? '', body: der }),
  });
  const asksOf = createAsks(options, sources);
  const hedge = { ...DEFAULT_HEDGE_POLICY, ...options.hedge };
  const underWay = new Map<string, Promise<RevocationVerdict>>();

  const judge = async (link: PathLink): Promise<RevocationVerdict> => {
    const name = nameCertificate(createCertificateId(link.issuer, link.subject.serial, 'sha1'));
    const exchange = early.take(name);
    const known = cache.find(name);
    if (known !== undefined) {
      sources.count('cacheHits');
      return known;
    }
    const asking = underWay.get(name);
    if (asking !== undefined) return asking;
    const asks = asksOf(link, exchange).map((ask) => async () => {
      const { verdict, isShared } = await ask();
      // Also where it came too late for whoever asked
      if (isShared) cache.keep(name, verdict);
      return verdict;
    });
    const started = askInTurn(asks, hedge).finally(() => underWay.delete(name));
    underWay.set(name, started);
    return started;
  };
  return {
    prefetch: createAnnouncement({ options, sources, early }),
    health: () => sources.health(),
    async check(path) {
      const checks = linksOf(path).map(async (link) => checkVerdict(await judge(link)));
      await settleAll(checks, sources);
    },
  };
}

function createAnnouncement(parts: {
  options: RevocationOptions;
  sources: RevocationSources;
  early: OcspPrefetch;
}): RevocationChecker['prefetch'] {
  const { options, sources, early } = parts;
  return (issuerDer, givenSerial) => {
    const serial = Uint8Array.from(givenSerial[0] === 0 ? givenSerial.subarray(1) : givenSerial);
    const issuer = findIssuer(options.trust, issuerDer);
    const url = issuer && options.ocspUrlOf?.(issuer);
    if (issuer === undefined || url === undefined) return;
    if (serial.length === 0 || serial.length > MAX_SERIAL_BYTES) return;
    if (sources.isDown(ocspSource(url))) return;
    const outcome = early.start(issuer, serial);
    if (outcome === 'asked') sources.count('prefetchAsked');
    if (outcome === 'past-budget') sources.count('prefetchPastBudget');
  };
}

/** The one CA of that name; none where two have it, because the request names the issuer's key. */
function findIssuer(
  { intermediates }: Pick<Trust, 'intermediates'>,
  issuerDer: Uint8Array,
): Certificate | undefined {
  const [issuer, ...more] = intermediates.filter(
    ({ subjectDer }) => Buffer.compare(subjectDer, issuerDer) === 0,
  );
  return more.length === 0 ? issuer : undefined;
}

/** The leaf and every CA below the anchor, each with its issuer. */
function linksOf({ leaf, issuers }: VerifiedPath): PathLink[] {
  const subjects = [leaf, ...issuers.slice(0, -1)];
  return issuers.map((issuer, index) => ({ subject: subjects[index] ?? leaf, issuer }));
}

/** Waits for all; "revoked" outweighs "unknown", whichever came first. */
async function settleAll(
  checks: readonly Promise<void>[],
  sources: RevocationSources,
): Promise<void> {
  const settled = await Promise.allSettled(checks);
  const failures = settled.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  const revoked = failures.find(
    (error) => error instanceof KidsIdError && error.code === 'CERTIFICATE_REVOKED',
  );
  if (failures.length === 0) sources.count('good');
  else sources.count(revoked === undefined ? 'unknown' : 'revoked');
  if (failures.length > 0) throw revoked ?? failures[0];
}
