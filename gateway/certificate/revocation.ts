/**
 * Revocation of a verified path, by OCSP (RFC 6960). The leaf is always asked about, and so is
 * every CA certificate that names a responder. What cannot be known is refused.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import type { OcspFetch } from './ocsp-fetch.ts';
import { createOcspRequest, type OcspRequest } from './ocsp-request.ts';
import type { VerifiedPath } from './path.ts';
import { type OcspPolicy, verifyOcspResponse } from './verify-ocsp-response.ts';

/** A request that was sent and the answer that came, not verified. */
export interface OcspExchange {
  readonly request: OcspRequest;
  readonly der: Uint8Array;
}

/**
 * Clocks may differ by 5 minutes; a status without end is good for 15; a nonce is repeated or left
 * out.
 */
export const DEFAULT_OCSP_POLICY: OcspPolicy = {
  skewMs: 300_000,
  maxAgeMs: 900_000,
  requireNonce: false,
};

/**
 * Checks that no certificate of the path is revoked. A leaf without an OCSP address is unknown; a
 * CA certificate without one is not asked about (its anchor vouches for it); anchors never are. An
 * early answer for the leaf is used if it holds, and asked for again if it says nothing.
 * @throws {KidsIdError} CERTIFICATE_REVOKED, REVOCATION_UNKNOWN
 */
export async function checkRevocation(options: {
  path: VerifiedPath;
  now: () => Date;
  fetchOcsp: OcspFetch;
  policy?: Partial<OcspPolicy>;
  early?: Promise<OcspExchange | undefined> | undefined;
}): Promise<void> {
  const { path, now, fetchOcsp, early } = options;
  const policy = { ...DEFAULT_OCSP_POLICY, ...options.policy };
  const [issuingCa, ...above] = path.issuers;
  const authorities = [issuingCa, ...above].slice(0, -1);
  const ask = async (subject: Certificate, issuer: Certificate): Promise<void> => {
    const exchange = await exchangeOcsp({ subject, issuer, fetchOcsp });
    verifyOcspResponse({ ...exchange, issuer, now: now(), policy });
  };
  const askLeaf = async (): Promise<void> => {
    const exchange = await early;
    if (exchange !== undefined) {
      try {
        return verifyOcspResponse({ ...exchange, issuer: issuingCa, now: now(), policy });
      } catch (error) {
        if (!(error instanceof KidsIdError) || error.code !== 'REVOCATION_UNKNOWN') throw error;
      }
    }
    await ask(path.leaf, issuingCa);
  };
  const askAuthority = async (authority: Certificate, index: number): Promise<void> => {
    const issuer = path.issuers[index + 1];
    if (issuer !== undefined && authority.ocspUrls.length > 0) await ask(authority, issuer);
  };
  await settleAll([askLeaf(), ...authorities.map(askAuthority)]);
}

/** Sends a request about one certificate to the first OCSP address that it names. */
async function exchangeOcsp(options: {
  subject: Certificate;
  issuer: Certificate;
  fetchOcsp: OcspFetch;
}): Promise<OcspExchange> {
  const { subject, issuer, fetchOcsp } = options;
  const [url] = subject.ocspUrls;
  if (url === undefined) {
    throw new KidsIdError('REVOCATION_UNKNOWN', 'certificate names no OCSP responder');
  }
  const request = createOcspRequest(issuer, subject.serial);
  return { request, der: await fetchOcsp({ url, body: request.der }) };
}

/** Waits for all; "revoked" outweighs "unknown", whichever came first. */
async function settleAll(checks: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(checks);
  const failures = settled.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  const isRevoked = (error: unknown): boolean =>
    error instanceof KidsIdError && error.code === 'CERTIFICATE_REVOKED';
  if (failures.length > 0) throw failures.find(isRevoked) ?? failures[0];
}
