/**
 * A checker of revocation with two OCSP responders and a CRL server, each over real HTTP on loopback
 * and each with faults of its own. TEST ONLY.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, parseCertificate } from '../../gateway/certificate/certificate.ts';
import { checkCertificate } from '../../gateway/certificate/check-certificate.ts';
import { createCrlFetch } from '../../gateway/certificate/crl-fetch.ts';
import { createOcspFetch } from '../../gateway/certificate/ocsp-fetch.ts';
import type { VerifiedPath } from '../../gateway/certificate/path.ts';
import {
  createRevocationChecker,
  type RevocationChecker,
} from '../../gateway/certificate/revocation-checker.ts';
import type { RevocationOptions } from '../../gateway/certificate/revocation-options.ts';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import { buildCrl, type CrlOptions } from '../kit/pki/crl-builder.ts';
import { type FaultServer, forwardTo, startFaultServer } from '../kit/pki/fault-server.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { type OcspResponder, startOcspResponder } from '../kit/pki/ocsp-responder.ts';
import { openTestPki, serialOf, type TestPki } from '../kit/pki/test-pki.ts';

/** What the CRLs say: each field changes the CRL of every issuer. */
export type CrlChange = Partial<CrlOptions>;

/** Two responders and a CRL server, whose clock is the test's. */
export interface RevocationStage {
  readonly pki: TestPki;
  readonly responder: OcspResponder;
  /** The responder that certificates name, the second one, and the CRLs. */
  readonly aia: FaultServer;
  readonly fallback: FaultServer;
  readonly crls: FaultServer;
  now: Date;
  crlChange: CrlChange;
  /** A verified path of a fresh leaf that nobody has revoked. */
  createPath(): VerifiedPath;
  createChecker(
    sources: { fallback?: boolean; crls?: boolean },
    change?: Partial<RevocationOptions>,
  ): RevocationChecker;
  stop(): Promise<void>;
}

/** The next source is asked when one has failed, and never because it is slow. */
export const PATIENT = { hedgeMs: 60_000, totalMs: 60_000 };
/** The next source is asked soon. */
export const HEDGED = { hedgeMs: 50, totalMs: 10_000 };

/** The end of each request: long for a machine under load, short for whoever waits for it. */
const REQUEST_TIMEOUT_MS = 2500;
const FALLBACK_URL = 'http://fallback.kids-id.test/';
const HOUR_MS = 3_600_000;

/** Starts everything on free ports, without a fault. */
export async function startRevocationStage(): Promise<RevocationStage> {
  const startedAt = new Date('2026-11-22T12:00:00Z');
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-revocation-'));
  const pki = await openTestPki({ dir, now: startedAt });
  const responder = await startOcspResponder({ pki, now: () => stage.now });
  const [root, ca] = [pki.root, pki.citizenCa].map(({ certificate }) => certificate);
  if (root === undefined || ca === undefined) throw new TypeError('a PKI has a root and a CA');
  const trust = loadTrust({ anchors: [root], intermediates: [ca], mode: 'test' });
  const crls = await startFaultServer(async ({ path }) => {
    const authority = path === '/root.crl' ? pki.root : pki.citizenCa;
    const body = buildCrl({
      issuer: authority.name,
      signingKey: authority.privateKey,
      thisUpdate: new Date(stage.now.getTime() - HOUR_MS),
      nextUpdate: new Date(stage.now.getTime() + HOUR_MS),
      ...stage.crlChange,
    });
    return { contentType: 'application/pkix-crl', body };
  });
  const [aia, fallback] = await Promise.all([
    startFaultServer(forwardTo(responder.url)),
    startFaultServer(forwardTo(responder.url)),
  ]);
  const stage: RevocationStage = {
    pki,
    responder,
    aia,
    fallback,
    crls,
    now: startedAt,
    crlChange: {},
    createPath() {
      const { certificate } = forgeCertificate(pki);
      pki.issued.record(ca, serialOf(certificate), { kind: 'good' });
      return checkCertificate({
        certificate: parseCertificate(certificate),
        trust,
        now: startedAt,
      });
    },
    createChecker(sources, change = {}) {
      const crlUrlsOf = (issuer: Certificate) => [
        `${crls.url}${issuer === trust.anchors[0] ? 'root' : 'ca'}.crl`,
      ];
      return createRevocationChecker({
        trust,
        now: () => stage.now,
        fetchOcsp: createOcspFetch({
          responders: { 'ocsp.kids-id.test': aia.url, 'fallback.kids-id.test': fallback.url },
          timeoutMs: REQUEST_TIMEOUT_MS,
        }),
        fetchCrl: createCrlFetch({ timeoutMs: REQUEST_TIMEOUT_MS, maxBytes: 1_000_000 }),
        hedge: PATIENT,
        ...(sources.fallback && { fallbackUrlOf: () => FALLBACK_URL }),
        ...(sources.crls && { crlUrlsOf }),
        ...change,
      });
    },
    async stop() {
      await Promise.all([aia, fallback, crls].map((server) => server.stop()));
      await responder.stop();
      rmSync(dir, { recursive: true });
    },
  };
  return stage;
}
