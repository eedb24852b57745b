/**
 * Revocation with a head start: the status of the leaf is asked for as soon as the host has named
 * issuer and serial number, while the person still types the PIN (design §2 step 6, §8).
 */
import { type Certificate, isSameAuthority } from './certificate.ts';
import type { OcspFetch } from './ocsp-fetch.ts';
import { createOcspRequest } from './ocsp-request.ts';
import type { VerifiedPath } from './path.ts';
import { checkRevocation, type OcspExchange } from './revocation.ts';
import type { Trust } from './trust.ts';
import type { OcspPolicy } from './verify-ocsp-response.ts';

/** Checks revocation, and can begin early. */
export interface RevocationChecker {
  /**
   * Starts the OCSP request for the certificate of that issuer (Name, DER) and serial number
   * (big-endian). Nothing happens for an issuer that is not configured, or when too many are under
   * way: it is a hint, and never fails.
   */
  prefetch(issuerDer: Uint8Array, serial: Uint8Array): void;
  /**
   * Checks a verified path; an answer fetched early for its leaf is verified like any other, and
   * used once. Rejects with CERTIFICATE_REVOKED or REVOCATION_UNKNOWN.
   */
  check(path: VerifiedPath): Promise<void>;
}

interface Early {
  readonly issuer: Certificate;
  readonly exchange: Promise<OcspExchange | undefined>;
  readonly expiresAt: Date;
}

const EARLY_TTL_MS = 120_000;
const MAX_EARLY = 1000;
const MAX_SERIAL_BYTES = 20;

/**
 * Creates a checker. `ocspUrlOf` says, from configuration, which OCSP URL an issuing CA's
 * certificates have; the prefetch does nothing where it gives none.
 */
export function createRevocationChecker(options: {
  trust: Trust;
  fetchOcsp: OcspFetch;
  now: () => Date;
  ocspUrlOf?: (issuer: Certificate) => string | undefined;
  policy?: Partial<OcspPolicy>;
}): RevocationChecker {
  const { trust, fetchOcsp, now, ocspUrlOf, policy = {} } = options;
  const early = new Map<string, Early>();
  return {
    prefetch(issuerDer, givenSerial) {
      const serial = Uint8Array.from(givenSerial[0] === 0 ? givenSerial.subarray(1) : givenSerial);
      const issuer = findIssuer(trust, issuerDer);
      const url = issuer && ocspUrlOf?.(issuer);
      if (issuer === undefined || url === undefined) return;
      if (serial.length === 0 || serial.length > MAX_SERIAL_BYTES) return;
      dropExpired(early, now());
      const key = keyOf(issuerDer, serial);
      if (early.has(key) || early.size >= MAX_EARLY) return;
      const request = createOcspRequest(issuer, serial);
      const exchange = fetchOcsp({ url, body: request.der }).then(
        (der) => ({ request, der }),
        // The check asks again: an early failure decides nothing
        () => undefined,
      );
      early.set(key, { issuer, exchange, expiresAt: new Date(now().getTime() + EARLY_TTL_MS) });
    },
    check(path) {
      const key = keyOf(path.leaf.issuerDer, path.leaf.serial);
      const found = early.get(key);
      early.delete(key);
      const isUsable =
        found !== undefined &&
        isSameAuthority(found.issuer, path.issuers[0]) &&
        found.expiresAt > now();
      return checkRevocation({
        path,
        now,
        fetchOcsp,
        policy,
        early: isUsable ? found.exchange : undefined,
      });
    },
  };
}

/** The one CA of that name; none where two have it, because the request names the issuer's key. */
function findIssuer(trust: Trust, issuerDer: Uint8Array): Certificate | undefined {
  const [issuer, ...more] = trust.intermediates.filter(
    ({ subjectDer }) => Buffer.compare(subjectDer, issuerDer) === 0,
  );
  return more.length === 0 ? issuer : undefined;
}

function dropExpired(early: Map<string, Early>, now: Date): void {
  for (const [key, { expiresAt }] of early) if (expiresAt <= now) early.delete(key);
}

function keyOf(issuerDer: Uint8Array, serial: Uint8Array): string {
  return `${Buffer.from(issuerDer).toString('hex')}:${Buffer.from(serial).toString('hex')}`;
}
