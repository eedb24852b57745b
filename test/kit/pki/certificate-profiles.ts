/**
 * What each kind of certificate looks like in the Belgian profiles (card facts §4.1 to §4.4).
 * TEST ONLY. Every function returns options for {@link buildCertificate}, so that a test can change
 * one thing and build a forgery.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { CertificateOptions, DistinguishedName } from './build-certificate.ts';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoint,
  extendedKeyUsage,
  KEY_USAGE,
  keyUsage,
  OID,
  ocspNoCheck,
  qualifiedStatements,
  subjectAltName,
  subjectKeyIdentifier,
  withExtensions,
  withoutExtension,
} from './certificate-extensions.ts';

/** Whoever signs certificates: a name and its private key. */
export interface Signer {
  readonly name: DistinguishedName;
  readonly privateKey: KeyObject;
}

/** A period of validity. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Where certificates of the test PKI say their responder is; configuration maps the host to a port.
 */
export const OCSP_URL = 'http://ocsp.kids-id.test/';

/** Certificate policies under one root (card facts §4.3). */
export interface PolicySet {
  readonly citizenAuthentication: string;
  readonly citizenSignature: string;
  readonly foreignerAuthentication: string;
  readonly foreignerSignature: string;
  readonly nationalRegister: string;
}

/** As under BRCA6. */
export const EC_POLICIES: PolicySet = {
  citizenAuthentication: '2.16.56.13.6.1.1.1000',
  citizenSignature: '2.16.56.13.6.1.2.1000',
  foreignerAuthentication: '2.16.56.13.6.2.1.1000',
  foreignerSignature: '2.16.56.13.6.2.2.1000',
  nationalRegister: '2.16.56.13.6.0.1',
};

/** As under BRCA4. */
export const RSA_POLICIES: PolicySet = {
  citizenAuthentication: '2.16.56.12.1.1.2.2',
  citizenSignature: '2.16.56.12.1.1.2.1',
  foreignerAuthentication: '2.16.56.12.1.1.7.2',
  foreignerSignature: '2.16.56.12.1.1.7.1',
  nationalRegister: '2.16.56.12.1.1.4',
};

const CERTIFICATES_URL = 'http://crt.kids-id.test/eid';
const CRL_URL = 'http://crl.kids-id.test/eid';

const DAY_MS = 86_400_000;

/** From so many days before an instant until so many days after it. */
export function validityAround(now: Date, daysBefore: number, daysAfter: number): Validity {
  return {
    notBefore: new Date(now.getTime() - daysBefore * DAY_MS),
    notAfter: new Date(now.getTime() + daysAfter * DAY_MS),
  };
}

/** A self-signed root: pathlen as given, keyCertSign and cRLSign. */
export function rootOptions(
  root: Signer,
  validity: Validity,
  pathLength: number,
): CertificateOptions {
  const publicKey = createPublicKey(root.privateKey);
  return {
    ...validity,
    subject: root.name,
    issuer: root.name,
    signingKey: root.privateKey,
    publicKey,
    extensions: [
      basicConstraints({ ca: true, pathLength }),
      keyUsage(KEY_USAGE.keyCertSign, KEY_USAGE.cRLSign),
      certificatePolicies(OID.anyPolicy),
      subjectKeyIdentifier(publicKey),
      authorityKeyIdentifier(publicKey),
    ],
  };
}

/** A Citizen CA: pathlen 0, with an OCSP address of its own. */
export function citizenCaOptions(
  ca: Signer,
  issuer: Signer,
  validity: Validity,
): CertificateOptions {
  const publicKey = createPublicKey(ca.privateKey);
  return {
    ...validity,
    ...issuedBy(issuer),
    subject: ca.name,
    publicKey,
    extensions: [
      basicConstraints({ ca: true, pathLength: 0 }),
      keyUsage(KEY_USAGE.keyCertSign, KEY_USAGE.cRLSign),
      certificatePolicies(OID.anyPolicy),
      authorityInfoAccess({ ocsp: OCSP_URL, caIssuers: `${CERTIFICATES_URL}/brca6.crt` }),
      crlDistributionPoint(`${CRL_URL}/brca6.crl`),
      ...keyIdentifiers(publicKey, issuer),
    ],
  };
}

/** A card's authentication certificate. */
export function authenticationOptions(
  subject: DistinguishedName,
  publicKey: KeyObject,
  issuer: Signer,
  validity: Validity,
  policy: string = EC_POLICIES.citizenAuthentication,
): CertificateOptions {
  return {
    ...validity,
    ...issuedBy(issuer),
    subject,
    publicKey,
    extensions: [
      keyUsage(KEY_USAGE.digitalSignature),
      extendedKeyUsage(OID.clientAuth),
      certificatePolicies(policy),
      authorityInfoAccess({ ocsp: OCSP_URL, caIssuers: `${CERTIFICATES_URL}/eidc.crt` }),
      crlDistributionPoint(`${CRL_URL}/eidc.crl`),
      ...keyIdentifiers(publicKey, issuer),
    ],
  };
}

/** A card's certificate for qualified signatures: no login may take it. */
export function signatureOptions(
  subject: DistinguishedName,
  publicKey: KeyObject,
  issuer: Signer,
  validity: Validity,
  policy: string,
): CertificateOptions {
  const options = authenticationOptions(subject, publicKey, issuer, validity, policy);
  return {
    ...options,
    extensions: [
      ...withoutExtension(
        withExtensions(options.extensions, keyUsage(KEY_USAGE.nonRepudiation)),
        OID.extendedKeyUsage,
      ),
      qualifiedStatements(),
    ],
  };
}

/** The subject of a card's certificate, in the Belgian layout and one OU more. */
export function cardSubject(
  person: {
    readonly givenNames: string;
    readonly surname: string;
    readonly nationalNumber: string;
  },
  use: 'Authentication' | 'Signature',
): DistinguishedName {
  const [firstName = ''] = person.givenNames.split(' ');
  return [
    { type: 'C', value: 'BE' },
    { type: 'OU', value: 'TEST ONLY' },
    { type: 'CN', value: `${firstName} ${person.surname} (${use})` },
    { type: 'SN', value: person.surname },
    { type: 'GN', value: person.givenNames },
    { type: 'serialNumber', value: person.nationalNumber },
  ];
}

/** The National Register's certificate: it signs identity and address files. */
export function nationalRegisterOptions(
  publicKey: KeyObject,
  issuer: Signer,
  validity: Validity,
  policy: string = EC_POLICIES.nationalRegister,
): CertificateOptions {
  return {
    ...validity,
    ...issuedBy(issuer),
    subject: [
      { type: 'C', value: 'BE' },
      { type: 'OU', value: 'TEST ONLY' },
      { type: 'O', value: 'RRN' },
      { type: 'CN', value: 'RRN' },
    ],
    publicKey,
    extensions: [
      keyUsage(KEY_USAGE.digitalSignature, KEY_USAGE.nonRepudiation),
      certificatePolicies(policy),
      crlDistributionPoint(`${CRL_URL}/brca6.crl`),
      ...keyIdentifiers(publicKey, issuer),
    ],
  };
}

/** A delegated OCSP responder of one CA (RFC 6960 §4.2.2.2). */
export function ocspResponderOptions(
  publicKey: KeyObject,
  issuer: Signer,
  validity: Validity,
): CertificateOptions {
  return {
    ...validity,
    ...issuedBy(issuer),
    subject: [
      { type: 'C', value: 'BE' },
      { type: 'OU', value: 'TEST ONLY' },
      { type: 'CN', value: 'TEST ONLY Belgium OCSP Responder' },
    ],
    publicKey,
    extensions: [
      keyUsage(KEY_USAGE.digitalSignature),
      extendedKeyUsage(OID.ocspSigning),
      ocspNoCheck(),
      ...keyIdentifiers(publicKey, issuer),
    ],
  };
}

/** A web server's certificate, for host names and IPv4 addresses. */
export function webOptions(
  names: readonly [string, ...string[]],
  publicKey: KeyObject,
  issuer: Signer,
  validity: Validity,
): CertificateOptions {
  return {
    ...validity,
    ...issuedBy(issuer),
    hash: 'sha256',
    subject: [
      { type: 'O', value: 'TEST ONLY' },
      { type: 'CN', value: names[0] },
    ],
    publicKey,
    extensions: [
      basicConstraints({ ca: false }),
      keyUsage(KEY_USAGE.digitalSignature),
      extendedKeyUsage(OID.serverAuth),
      subjectAltName(names),
      ...keyIdentifiers(publicKey, issuer),
    ],
  };
}

function issuedBy(issuer: Signer): Pick<CertificateOptions, 'issuer' | 'signingKey'> {
  return { issuer: issuer.name, signingKey: issuer.privateKey };
}

function keyIdentifiers(publicKey: KeyObject, issuer: Signer) {
  const issuerKey = createPublicKey(issuer.privateKey);
  return [subjectKeyIdentifier(publicKey), authorityKeyIdentifier(issuerKey)];
}
