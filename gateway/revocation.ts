/** The gateway's revocation checker, with the sources that its configuration names. */
import type { Certificate } from './certificate/certificate.ts';
import { createCrlFetch } from './certificate/crl-fetch.ts';
import { createOcspFetch } from './certificate/ocsp-fetch.ts';
import {
  createRevocationChecker,
  type RevocationChecker,
} from './certificate/revocation-checker.ts';
import type { Trust } from './certificate/trust.ts';
import type { GatewayConfig } from './config.ts';

/** Creates it. `trust` is what loadTrust made of the same configuration: it keeps its order. */
export function createRevocation(options: {
  config: GatewayConfig;
  trust: Trust;
  now: () => Date;
}): RevocationChecker {
  const { config, trust, now } = options;
  const { anchorFiles, intermediates } = config.trust;
  const { fallbackOcspUrl, crls, earlyRequestsPerMinute } = config.revocation;
  const fileOf = (issuer: Certificate) =>
    intermediates[trust.intermediates.indexOf(issuer)]?.file ??
    anchorFiles[trust.anchors.indexOf(issuer)];
  return createRevocationChecker({
    trust,
    now,
    fetchOcsp: createOcspFetch({ responders: config.ocspResponders }),
    fetchCrl: createCrlFetch(),
    ocspUrlOf: (issuer) => intermediates[trust.intermediates.indexOf(issuer)]?.ocspUrl,
    fallbackUrlOf: () => fallbackOcspUrl,
    crlUrlsOf: (issuer) => crls.find(({ caFile }) => caFile === fileOf(issuer))?.urls ?? [],
    prefetchBudget: { perMinute: earlyRequestsPerMinute },
  });
}
