/**
 * The test PKI: CAs in the Belgian EC profile, kept in a folder, and what they issue at each start.
 * TEST ONLY: every subject says so, and a production gateway refuses to load any of it.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { createEcKey, openAuthorities, type TestAuthorities } from './authorities.ts';
import {
  buildCertificate,
  type CertificateOptions,
  encodeCertificatePem,
} from './build-certificate.ts';
import {
  nationalRegisterOptions,
  ocspResponderOptions,
  type Validity,
  validityAround,
  webOptions,
} from './certificate-profiles.ts';
import { type IssuedRegister, openIssuedRegister } from './issued-register.ts';

/** A certificate (DER) and its private key. */
export interface TestIdentity {
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
}

/** A web server's certificate, also as the PEM texts that `https.createServer` takes. */
export interface WebCertificate extends TestIdentity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** The authorities and what they issued at this start. */
export interface TestPki extends TestAuthorities {
  /** The instant the PKI was opened for. */
  readonly now: Date;
  readonly nationalRegister: TestIdentity;
  /** Delegated OCSP responders: one of the Citizen CA, one of the root. */
  readonly ocspResponder: TestIdentity;
  readonly rootOcspResponder: TestIdentity;
  readonly issued: IssuedRegister;
  /** Issues a server certificate (EC P-256, 90 days) for host names and IPv4 addresses. */
  issueWebCertificate(names: readonly [string, ...string[]]): WebCertificate;
}

/**
 * Opens the test PKI in `dir` (made with mode 0700). CA keys and certificates in it are used again
 * while they last 30 days more; everything else is new each time. Refuses to run with
 * NODE_ENV=production.
 */
export async function openTestPki(options: { dir: string; now: Date }): Promise<TestPki> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error('the test PKI is TEST ONLY and does not open with NODE_ENV=production');
  }
  const { dir, now } = options;
  const authorities = openAuthorities({ dir, now });
  const { root, citizenCa, webCa } = authorities;
  const issued = openIssuedRegister(join(dir, 'issued'));
  const validity = validityAround(now, 1, 90);
  const nationalRegister = issueIdentity(nationalRegisterOptions, root, validity);
  for (const certificate of [citizenCa.certificate, nationalRegister.certificate]) {
    const serial = serialOf(certificate);
    if (issued.find(root.certificate, serial) === undefined) {
      issued.record(root.certificate, serial, { kind: 'good' });
    }
  }
  return {
    ...authorities,
    now,
    issued,
    nationalRegister,
    ocspResponder: issueIdentity(ocspResponderOptions, citizenCa, validity),
    rootOcspResponder: issueIdentity(ocspResponderOptions, root, validity),
    issueWebCertificate(names) {
      const privateKey = createEcKey('P-256');
      const certificate = buildCertificate(
        webOptions(names, createPublicKey(privateKey), webCa, validity),
      );
      return {
        certificate,
        privateKey,
        certificatePem: encodeCertificatePem(certificate),
        privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

/** The serial number of a certificate: big-endian, without a leading zero byte. */
export function serialOf(certificate: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.from(new X509Certificate(certificate).serialNumber, 'hex'));
}

/** Issues one certificate of a profile to a fresh P-384 key. */
export function issueIdentity(
  profile: (
    publicKey: KeyObject,
    issuer: TestAuthorities['root'],
    validity: Validity,
  ) => CertificateOptions,
  issuer: TestAuthorities['root'],
  validity: Validity,
): TestIdentity {
  const privateKey = createEcKey('P-384');
  const options = profile(createPublicKey(privateKey), issuer, validity);
  return { privateKey, certificate: buildCertificate(options) };
}
