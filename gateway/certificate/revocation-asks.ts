/**
 * Whom to ask about one certificate, in this order: what was asked early, the responder that the
 * certificate names, the fallback responder, the CRLs of its issuer.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { judgeByCrls } from './crl-check.ts';
import { createCrlFetch } from './crl-fetch.ts';
import { createCrlStore, DEFAULT_CRL_POLICY } from './crl-store.ts';
import type { OcspExchange } from './ocsp-prefetch.ts';
import { createOcspRequest } from './ocsp-request.ts';
import type { RevocationOptions } from './revocation-checker.ts';
import type { RevocationSources, Source } from './revocation-sources.ts';
import type { RevocationVerdict } from './revocation-verdict.ts';
import { DEFAULT_OCSP_POLICY, readOcspVerdict } from './verify-ocsp-response.ts';

/** A certificate below the anchor and whoever issued it. */
export interface PathLink {
  readonly subject: Certificate;
  readonly issuer: Certificate;
}

/** One way to a verdict. */
export interface RevocationAsk {
  /** Rejects with REVOCATION_UNKNOWN where the source is of no use. */
  readonly ask: () => Promise<RevocationVerdict>;
  /** Whether others may be given its answer. */
  readonly isShared: boolean;
}

type AsksOf = (
  link: PathLink,
  early: Promise<OcspExchange | undefined> | undefined,
) => RevocationAsk[];

/** Creates the list for each certificate; `sources` decides who is worth asking. */
export function createAsks(options: RevocationOptions, sources: RevocationSources): AsksOf {
  const { fetchOcsp, now, fallbackUrlOf, crlUrlsOf } = options;
  const policy = { ...DEFAULT_OCSP_POLICY, ...options.policy };
  const crls = createCrlStore({
    now,
    sources,
    fetchCrl: options.fetchCrl ?? createCrlFetch(),
    policy: { ...DEFAULT_CRL_POLICY, ...options.crls },
  });
  const askEarly = async (
    issuer: Certificate,
    early: Promise<OcspExchange | undefined>,
  ): Promise<RevocationVerdict> => {
    const exchange = await early;
    if (exchange === undefined) throw unknown('nothing was answered early');
    const verdict = readOcspVerdict({ ...exchange, issuer, now: now(), policy });
    sources.count('prefetchUsed');
    return verdict;
  };
  const askOcsp = ({ subject, issuer }: PathLink, url: string): Promise<RevocationVerdict> =>
    sources.ask(ocspSource(url), async () => {
      const request = createOcspRequest(issuer, subject.serial);
      const der = await fetchOcsp({ url, body: request.der });
      return readOcspVerdict({ der, request, issuer, now: now(), policy });
    });
  const askCrl = async ({ subject, issuer }: PathLink, url: string): Promise<RevocationVerdict> => {
    const crl = await crls.find(url, issuer);
    const verdict = judgeByCrls({ subject, crls: [crl], now: now() });
    if (verdict.status === 'unknown') throw unknown('CRL does not cover the certificate');
    return verdict;
  };
  return (link, early) => {
    const { subject, issuer } = link;
    const named = subject.ocspUrls.find((url) => fetchOcsp.isConfigured?.(url) ?? true);
    const fallback = fallbackUrlOf?.(issuer);
    const responders = [named, fallback].filter((url) => url !== undefined);
    const shared = [
      ...responders.map((url) => () => askOcsp(link, url)),
      ...(crlUrlsOf?.(issuer) ?? []).map((url) => () => askCrl(link, url)),
    ].map((ask) => ({ ask, isShared: true }));
    if (early === undefined) return shared;
    return [{ ask: () => askEarly(issuer, early), isShared: false }, ...shared];
  };
}

/** The name under which a responder's breaker stands. */
export function ocspSource(url: string): Source {
  return { kind: 'ocsp', name: URL.parse(url)?.hostname ?? '' };
}

function unknown(message: string): KidsIdError {
  return new KidsIdError('REVOCATION_UNKNOWN', message);
}
