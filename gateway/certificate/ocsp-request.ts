/**
 * OCSP requests (RFC 6960 §4.1) about one certificate each. Built with pkijs, whose types stay in
 * here.
 */
import { createHash, randomBytes } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { type Certificate, decodeBitString } from './certificate.ts';
import { parseDer } from './der.ts';

/** Hashes in a CertID. They identify; no signature rests on them. */
export type CertificateIdHash = 'sha1' | 'sha256';

/** Which certificate is asked about (RFC 6960 §4.1.1). */
export interface CertificateId {
  readonly hash: CertificateIdHash;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Big-endian, without a leading zero byte. */
  readonly serial: Uint8Array;
}

/** A request and what its answer must fit. */
export interface OcspRequest {
  readonly certificateId: CertificateId;
  /** 32 random bytes (RFC 9654). */
  readonly nonce: Uint8Array;
  readonly der: Uint8Array;
}

/** AlgorithmIdentifiers of the hashes in a {@link CertificateId}. */
export const CERTIFICATE_ID_HASHES: Readonly<Record<CertificateIdHash, string>> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
};

export const OCSP_NONCE = '1.3.6.1.5.5.7.48.1.2';

const NONCE_BYTES = 32;

/** The CertID of the certificate with that issuer and serial number. */
export function createCertificateId(
  issuer: Certificate,
  serial: Uint8Array,
  hash: CertificateIdHash,
): CertificateId {
  return {
    hash,
    issuerNameHash: digest(hash, issuer.subjectDer),
    issuerKeyHash: digest(hash, keyBits(issuer)),
    serial,
  };
}

/**
 * Builds a request with a fresh nonce for the certificate with that issuer and serial number. SHA-1
 * unless told otherwise: the only hash that every responder knows.
 */
export function createOcspRequest(
  issuer: Certificate,
  serial: Uint8Array,
  hash: CertificateIdHash = 'sha1',
): OcspRequest {
  const certificateId = createCertificateId(issuer, serial, hash);
  const nonce = Uint8Array.from(randomBytes(NONCE_BYTES));
  const request = new pkijs.OCSPRequest({
    tbsRequest: new pkijs.TBSRequest({
      requestList: [new pkijs.Request({ reqCert: encodeCertificateId(certificateId) })],
      requestExtensions: [
        new pkijs.Extension({
          extnID: OCSP_NONCE,
          extnValue: new asn1js.OctetString({ valueHex: toArrayBuffer(nonce) }).toBER(false),
        }),
      ],
    }),
  });
  return { certificateId, nonce, der: new Uint8Array(request.toSchema(true).toBER(false)) };
}

/**
 * SHA-1 of a certificate's key bits, without tag, length and unused bits (RFC 6960 §4.1.1, §4.2.1
 * KeyHash).
 */
export function issuerKeyHash(certificate: Certificate): Uint8Array {
  return digest('sha1', keyBits(certificate));
}

/** A copy of exactly these bytes as an ArrayBuffer, which pkijs and asn1js take. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function encodeCertificateId(id: CertificateId): pkijs.CertID {
  // A positive INTEGER: a zero byte in front where the first bit is set
  const serial = (id.serial[0] ?? 0) >= 0x80 ? [0, ...id.serial] : id.serial;
  return new pkijs.CertID({
    hashAlgorithm: new pkijs.AlgorithmIdentifier({
      algorithmId: CERTIFICATE_ID_HASHES[id.hash],
      algorithmParams: new asn1js.Null(),
    }),
    issuerNameHash: new asn1js.OctetString({ valueHex: toArrayBuffer(id.issuerNameHash) }),
    issuerKeyHash: new asn1js.OctetString({ valueHex: toArrayBuffer(id.issuerKeyHash) }),
    serialNumber: new asn1js.Integer({ valueHex: Uint8Array.from(serial).buffer }),
  });
}

function keyBits(certificate: Certificate): Uint8Array {
  const [, key] = parseDer(certificate.spki).children;
  if (key === undefined) throw new TypeError('a parsed certificate has a key');
  return decodeBitString(key);
}

function digest(hash: CertificateIdHash, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash(hash).update(bytes).digest());
}
