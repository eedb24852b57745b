/**
 * The test PKI: CAs in the Belgian profiles, kept in a folder, and what they issue at each start.
 * TEST ONLY: every subject says so, and a production gateway refuses to load any of it.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import {
  createEcKey,
  openAuthorities,
  openRsaAuthorities,
  type RsaTestAuthorities,
  type TestAuthorities,
  type TestAuthority,
} from './authorities.ts';
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

/** The RSA authorities and the delegated OCSP responders of their Citizen CA and root. */
export interface RsaTestPki extends RsaTestAuthorities {
  readonly ocspResponder: TestIdentity;
  readonly rootOcspResponder: TestIdentity;
}

/** The authorities and what they issued at this start. */
export interface TestPki extends TestAuthorities {
  /** The instant the PKI was opened for. */
  readonly now: Date;
  readonly nationalRegister: TestIdentity;
  /** Delegated OCSP responders: of the Citizen CA, of the Foreigner CA, of the root. */
  readonly ocspResponder: TestIdentity;
  readonly foreignerOcspResponder: TestIdentity;
  readonly rootOcspResponder: TestIdentity;
  readonly issued: IssuedRegister;
  /** The same for cards with RSA keys. Their CAs are made at the first call, unless the folder has them. */
  rsa(): RsaTestPki;
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
  const { root, citizenCa, foreignerCa, webCa } = authorities;
  const issued = openIssuedRegister(join(dir, 'issued'));
  const validity = validityAround(now, 1, 90);
  const nationalRegister = issueIdentity(nationalRegisterOptions, root, validity);
  recordAsGood(issued, root, [citizenCa, foreignerCa, nationalRegister]);
  let rsa: RsaTestPki | undefined;
  return {
    ...authorities,
    now,
    issued,
    nationalRegister,
    ocspResponder: issueIdentity(ocspResponderOptions, citizenCa, validity),
    foreignerOcspResponder: issueIdentity(ocspResponderOptions, foreignerCa, validity),
    rootOcspResponder: issueIdentity(ocspResponderOptions, root, validity),
    rsa() {
      rsa ??= openRsaPki({ dir, now, issued, validity });
      return rsa;
    },
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

function openRsaPki(options: {
  dir: string;
  now: Date;
  issued: IssuedRegister;
  validity: Validity;
}): RsaTestPki {
  const { issued, validity } = options;
  const authorities = openRsaAuthorities(options);
  const { root, citizenCa, nationalRegister } = authorities;
  recordAsGood(issued, root, [citizenCa, nationalRegister]);
  return {
    ...authorities,
    ocspResponder: issueIdentity(ocspResponderOptions, citizenCa, validity),
    rootOcspResponder: issueIdentity(ocspResponderOptions, root, validity),
  };
}

/** Enters what an earlier start may have entered, and somebody revoked since. */
function recordAsGood(
  issued: IssuedRegister,
  issuer: TestAuthority,
  identities: readonly TestIdentity[],
): void {
  for (const { certificate } of identities) {
    const serial = serialOf(certificate);
    if (issued.find(issuer.certificate, serial) === undefined) {
      issued.record(issuer.certificate, serial, { kind: 'good' });
    }
  }
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
