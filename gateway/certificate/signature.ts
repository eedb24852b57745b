/**
 * Verifies the signatures that certificates and OCSP answers carry, by node:crypto alone. Which
 * algorithms are taken stands in one table; SHA-1 and RSA-PSS are not in it.
 */
import { verify } from 'node:crypto';
import { KidsIdError } from '../protocol/errors.ts';
import type { AlgorithmIdentifier, Certificate } from './certificate.ts';

type SignatureAlgorithm = { readonly kind: 'ec' | 'rsa'; readonly hash: string };

/** RFC 5758 §3.2 (no parameters) and RFC 4055 §5 (parameters NULL). */
const ALGORITHMS: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.10045.4.3.2': { kind: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { kind: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { kind: 'ec', hash: 'sha512' },
  '1.2.840.113549.1.1.11': { kind: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { kind: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { kind: 'rsa', hash: 'sha512' },
};

const DER_NULL = Uint8Array.of(0x05, 0x00);

/** Signed bytes, as they stand in a certificate or an OCSP answer. */
export interface SignedBytes {
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/**
 * Checks that a certificate names one signature algorithm, the same inside and outside the signed
 * bytes, and that it is one that is taken (RFC 5280 §4.1.1.2).
 * @throws {KidsIdError} CERTIFICATE_KEY
 */
export function checkSignatureAlgorithm(certificate: Certificate): void {
  const { signatureAlgorithm, tbsSignatureAlgorithm } = certificate;
  if (Buffer.compare(signatureAlgorithm.encoded, tbsSignatureAlgorithm.encoded) !== 0) {
    throw new KidsIdError('CERTIFICATE_KEY', 'two signature algorithms');
  }
  if (findAlgorithm(signatureAlgorithm) === undefined) {
    throw new KidsIdError('CERTIFICATE_KEY', 'signature algorithm that is not taken');
  }
}

/** Tells whether the issuer's key made this signature, with an algorithm that fits the key. */
export function isSignedBy(
  signed: SignedBytes,
  issuer: Pick<Certificate, 'key' | 'publicKey'>,
): boolean {
  const algorithm = findAlgorithm(signed.signatureAlgorithm);
  if (algorithm === undefined || algorithm.kind !== issuer.key.kind) return false;
  const key = { key: issuer.publicKey, dsaEncoding: 'der' as const };
  return verify(algorithm.hash, signed.tbs, key, signed.signature);
}

/** The hash and key of a signature algorithm, `undefined` for one that is not taken or has wrong parameters. */
export function findAlgorithm(identifier: AlgorithmIdentifier): SignatureAlgorithm | undefined {
  const algorithm = ALGORITHMS[identifier.oid];
  const isRight =
    algorithm?.kind === 'ec'
      ? identifier.parameters === undefined
      : identifier.parameters !== undefined &&
        Buffer.compare(identifier.parameters, DER_NULL) === 0;
  return isRight ? algorithm : undefined;
}
