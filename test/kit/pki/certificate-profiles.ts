/**
 * What each kind of certificate looks like in the Belgian EC profile (card facts §4.1 to §4.4).
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
  subjectAltName,
  subjectKeyIdentifier,
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

/** Citizen authentication under BRCA6 (card facts §4.3). */
export const CITIZEN_AUTHENTICATION_POLICY = '2.16.56.13.6.1.1.1000';

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
): CertificateOptions {
  return {
    ...validity,
    ...issuedBy(issuer),
    subject,
    publicKey,
    extensions: [
      keyUsage(KEY_USAGE.digitalSignature),
      extendedKeyUsage(OID.clientAuth),
      certificatePolicies(CITIZEN_AUTHENTICATION_POLICY),
      authorityInfoAccess({ ocsp: OCSP_URL, caIssuers: `${CERTIFICATES_URL}/eidc.crt` }),
      crlDistributionPoint(`${CRL_URL}/eidc.crl`),
      ...keyIdentifiers(publicKey, issuer),
    ],
  };
}

/** The subject of an authentication certificate, in the Belgian layout and one OU more. */
export function authenticationSubject(person: {
  readonly givenNames: string;
  readonly surname: string;
  readonly nationalNumber: string;
}): DistinguishedName {
  const [firstName = ''] = person.givenNames.split(' ');
  return [
    { type: 'C', value: 'BE' },
    { type: 'OU', value: 'TEST ONLY' },
    { type: 'CN', value: `${firstName} ${person.surname} (Authentication)` },
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
      certificatePolicies('2.16.56.13.6.0.1'),
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
