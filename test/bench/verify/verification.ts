/**
 * The verification of one login, as a gateway does it: authenticator, certificate, path, revocation,
 * person. What it needs is made before; nothing of it is cut short. TEST ONLY.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyExportedAuthenticator } from '../../../gateway/authenticator/exported-authenticator.ts';
import { NODE_HASHING } from '../../../gateway/authenticator/node-hashing.ts';
import { OFFERED_SCHEMES, verifySignature } from '../../../gateway/authenticator/signature.ts';
import { parseCertificate } from '../../../gateway/certificate/certificate.ts';
import { checkCertificate } from '../../../gateway/certificate/check-certificate.ts';
import { createOcspFetch } from '../../../gateway/certificate/ocsp-fetch.ts';
import type { VerifiedPath } from '../../../gateway/certificate/path.ts';
import { createRevocationChecker } from '../../../gateway/certificate/revocation-checker.ts';
import { loadTrust } from '../../../gateway/certificate/trust.ts';
import { ageOver, brusselsDate } from '../../../gateway/identity/age.ts';
import { personFromCertificate } from '../../../gateway/identity/person.ts';
import { decodeBase64url } from '../../../gateway/protocol/bytes.ts';
import {
  type AuthenticatorKeys,
  certificateVerifyContent,
  decodeAuthenticator,
  verifyFinished,
} from '../../../gateway/protocol/exported-authenticator.ts';
import {
  type CertificateRequest,
  decodeCertificateRequest,
  encodeCertificateRequest,
  SIGNATURE_SCHEME,
} from '../../../gateway/protocol/handshake.ts';
import { entryOf, forgeAuthenticator } from '../../kit/attack/forge-authenticator.ts';
import { findPerson } from '../../kit/persons.ts';
import { OCSP_URL } from '../../kit/pki/certificate-profiles.ts';
import { startOcspResponder } from '../../kit/pki/ocsp-responder.ts';
import { personalise } from '../../kit/pki/personalise.ts';
import { openTestPki, type TestPki } from '../../kit/pki/test-pki.ts';

/** One login that can be verified again and again. */
export interface Verification {
  /** The whole, from the authenticator's bytes to an age. */
  readonly verify: () => Promise<void>;
  /** Fetches the OCSP answer of the leaf early, as while the PIN is typed; `verify` uses it once. */
  readonly prefetch: () => Promise<void>;
  /** What the whole is made of, each by itself and with its own signature checks. */
  readonly parts: readonly { readonly name: string; readonly run: () => void | Promise<void> }[];
  readonly close: () => Promise<void>;
}

/** Emma's card has EC keys (applet 1.8), Lotte's RSA keys (1.7). */
export type CardKind = 'ec' | 'rsa';

const NOW = new Date('2026-11-22T12:00:00Z');
const PERSON: Readonly<Record<CardKind, string>> = { ec: 'emma', rsa: 'lotte' };

/**
 * Makes a card, an authenticator over it, and a gateway's judge. Its OCSP answers come from a
 * responder over HTTP.
 * @param options `isLeafCached`: the first call of `verify` fills the cache, and later ones find the
 *   leaf there; else only the CA's, and `prefetch` must come before each
 */
export async function createVerification(options: {
  kind: CardKind;
  isLeafCached: boolean;
}): Promise<Verification> {
  const { kind, isLeafCached } = options;
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-bench-'));
  const pki = await openTestPki({ dir, now: NOW });
  const responder = await startOcspResponder({ pki, now: () => NOW });
  const login = await createLogin(kind, pki);
  const judge = createJudge(kind === 'ec' ? pki : pki.rsa(), responder.url);
  const verify = async () => {
    const certificate = await verifyExportedAuthenticator({
      ...login,
      judge: (unverified) => judge.check(judge.checkPath(unverified)),
    });
    readAge(certificate);
  };
  const leaf = parseCertificate(leafOf(login.bytes));
  const prefetch = () => judge.prefetch(leaf);
  if (!isLeafCached) await prefetch();
  await verify();
  return {
    verify,
    prefetch,
    parts: await createParts(login, judge),
    async close() {
      await responder.stop();
      rmSync(dir, { recursive: true });
    },
  };
}

type Certificate = ReturnType<typeof parseCertificate>;
type Judge = ReturnType<typeof createJudge>;

interface Login {
  readonly bytes: Uint8Array;
  readonly request: CertificateRequest;
  readonly keys: AuthenticatorKeys;
}

async function createLogin(kind: CardKind, pki: TestPki): Promise<Login> {
  const person = findPerson(PERSON[kind]);
  if (person === undefined) throw new RangeError('no such person');
  const card = await personalise({ person, pki, now: NOW });
  if (!card.authenticationKey || !card.authenticationCertificate) {
    throw new RangeError('a person without a certificate');
  }
  const request = encodeCertificateRequest({
    context: randomBytes(32),
    signatureSchemes: OFFERED_SCHEMES,
  });
  const keys: AuthenticatorKeys = {
    hash: 'SHA-384',
    handshakeContext: randomBytes(48),
    finishedKey: randomBytes(48),
  };
  const authenticator = await forgeAuthenticator({
    keys,
    request,
    key: card.authenticationKey,
    entries: [entryOf(card.authenticationCertificate)],
    ...(kind === 'rsa' && {
      scheme: SIGNATURE_SCHEME.rsa_pss_rsae_sha256,
      hash: 'sha256',
      padding: 'pss',
    }),
  });
  const bytes = decodeBase64url(authenticator);
  return { bytes, request: decodeCertificateRequest(request), keys };
}

function createJudge(pki: Pick<TestPki, 'root' | 'citizenCa'>, responderUrl: string) {
  const trust = loadTrust({
    anchors: [pki.root.certificate],
    intermediates: [pki.citizenCa.certificate],
    mode: 'test',
  });
  const fetchFromResponder = createOcspFetch({
    responders: { [new URL(OCSP_URL).hostname]: responderUrl },
  });
  let fetched: Promise<unknown> = Promise.resolve();
  const revocation = createRevocationChecker({
    trust,
    now: () => NOW,
    ocspUrlOf: () => OCSP_URL,
    prefetchBudget: { perMinute: Number.POSITIVE_INFINITY },
    fetchOcsp(request) {
      const answer = fetchFromResponder(request);
      fetched = answer;
      return answer;
    },
  });
  return {
    checkPath: (certificate: Certificate): VerifiedPath =>
      checkCertificate({ certificate, trust, now: NOW }),
    check: (path: VerifiedPath) => revocation.check(path),
    async prefetch({ issuerDer, serial }: Certificate): Promise<void> {
      revocation.prefetch(issuerDer, serial);
      await fetched;
    },
  };
}

async function createParts(login: Login, judge: Judge): Promise<Verification['parts']> {
  const { bytes, request, keys } = login;
  const decode = () => {
    const authenticator = decodeAuthenticator(bytes);
    if (authenticator.kind !== 'full') throw new TypeError('an empty authenticator');
    return authenticator;
  };
  const { certificate: message, certificateVerify, finished } = decode();
  const der = leafOf(bytes);
  const certificate = parseCertificate(der);
  const content = await certificateVerifyContent(keys, request.bytes, message.bytes, NODE_HASHING);
  const path = judge.checkPath(certificate);
  return [
    { name: 'decode the authenticator', run: () => void decode() },
    { name: 'parse the certificate', run: () => void parseCertificate(der) },
    {
      name: 'hash the transcript',
      run: async () =>
        void (await certificateVerifyContent(keys, request.bytes, message.bytes, NODE_HASHING)),
    },
    {
      name: 'CertificateVerify',
      run: () =>
        verifySignature({ ...certificateVerify, publicKey: certificate.publicKey, content }),
    },
    {
      name: 'Finished',
      run: () =>
        verifyFinished(
          keys,
          [request.bytes, message.bytes, certificateVerify.bytes],
          finished,
          NODE_HASHING,
        ),
    },
    { name: 'profile and path', run: () => void judge.checkPath(certificate) },
    { name: 'revocation', run: () => judge.check(path) },
    { name: 'person and age', run: () => readAge(certificate) },
  ];
}

function leafOf(bytes: Uint8Array): Uint8Array {
  const authenticator = decodeAuthenticator(bytes);
  const [entry] = authenticator.kind === 'full' ? authenticator.certificate.entries : [];
  if (entry === undefined) throw new TypeError('an authenticator without a certificate');
  return entry.certificate;
}

function readAge(certificate: Certificate): void {
  const { birth } = personFromCertificate(certificate);
  if (ageOver(birth, 6, brusselsDate(NOW)) !== true) throw new TypeError('another age');
}
