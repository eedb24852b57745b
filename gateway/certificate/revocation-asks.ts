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
import type { RevocationOptions } from './revocation-options.ts';
import type { RevocationSources, Source } from './revocation-sources.ts';
import type { RevocationVerdict } from './revocation-verdict.ts';
import { DEFAULT_OCSP_POLICY, readOcspVerdict } from './verify-ocsp-response.ts';

/** A certificate below the anchor and whoever issued it. */
export interface PathLink {
  readonly subject: Certificate;
  readonly issuer: Certificate;
}

/** A verdict, and whether others may be given it. */
export interface RevocationAnswer {
  readonly verdict: RevocationVerdict;
  readonly isShared: boolean;
}

/** One way to a verdict. Rejects with REVOCATION_UNKNOWN where the source is of no use. */
export type RevocationAsk = () => Promise<RevocationAnswer>;

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
  /** It serves several CAs: where it does not know one, whoever comes after it may. */
  const askFallback = async (link: PathLink, url: string): Promise<RevocationVerdict> => {
    const verdict = await askOcsp(link, url);
    if (verdict.status === 'unknown') throw unknown('fallback does not know the certificate');
    return verdict;
  };
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
    const askNamed = named === undefined ? [] : [once(shared(() => askOcsp(link, named)))];
    const others = [
      ...(fallback === undefined ? [] : [shared(() => askFallback(link, fallback))]),
      ...(crlUrlsOf?.(issuer) ?? []).map((url) => shared(() => askCrl(link, url))),
    ];
    if (early === undefined) return [...askNamed, ...others];
    // The same responder as the named one: while it is silent, the others come before it
    const askFirst: RevocationAsk = async () => {
      try {
        return { verdict: await askEarly(issuer, early), isShared: false };
      } catch (error) {
        const [ask] = askNamed;
        if (ask === undefined) throw error;
        return ask();
      }
    };
    return [askFirst, ...others, ...askNamed];
  };
}

function shared(ask: () => Promise<RevocationVerdict>): RevocationAsk {
  return async () => ({ verdict: await ask(), isShared: true });
}

/** Asks at the first call; every call has that answer. */
function once(ask: RevocationAsk): RevocationAsk {
  let asked: Promise<RevocationAnswer> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}

/** The name under which a responder's breaker stands. */
export function ocspSource(url: string): Source {
  return { kind: 'ocsp', name: URL.parse(url)?.hostname ?? '' };
}

function unknown(message: string): KidsIdError {
  return new KidsIdError('REVOCATION_UNKNOWN', message);
}
