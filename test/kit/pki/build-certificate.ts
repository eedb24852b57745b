/**
 * Builds and signs one X.509 certificate (RFC 5280 §4.1). TEST ONLY. It checks nothing on purpose:
 * every rule of the gateway has a certificate made here that breaks it.
 */
import { type KeyObject, randomBytes, sign } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { type CertificateExtension, toArrayBuffer } from './certificate-extensions.ts';

/** One attribute of a distinguished name, a RDN of its own. */
export interface NameAttribute {
  readonly type: 'C' | 'L' | 'O' | 'OU' | 'CN' | 'SN' | 'GN' | 'serialNumber';
  readonly value: string;
}

export type DistinguishedName = readonly NameAttribute[];

export type SignatureHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Everything that goes into a certificate. */
export interface CertificateOptions {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** EC or RSA private key of the issuer. */
  readonly signingKey: KeyObject;
  readonly publicKey: KeyObject;
  /**
   * Big-endian, first byte below 80; 16 random bytes that begin 10 00 when absent (card facts
   * §4.1).
   */
  readonly serial?: Uint8Array | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly CertificateExtension[];
  /** 3 when absent. */
  readonly version?: 1 | 2 | 3;
  /** SHA-384 when absent. */
  readonly hash?: SignatureHash;
  /** Says EC or RSA whatever the signing key is: a forgery. */
  readonly claimedKind?: 'ec' | 'rsa';
  /** Another algorithm inside the signed part than outside it: a forgery. */
  readonly innerHash?: SignatureHash;
}

const NAME_OIDS: Record<NameAttribute['type'], string> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  GN: '2.5.4.42',
};

const SIGNATURE_OIDS: Record<'ec' | 'rsa', Record<SignatureHash, string>> = {
  ec: {
    sha1: '1.2.840.10045.4.1',
    sha256: '1.2.840.10045.4.3.2',
    sha384: '1.2.840.10045.4.3.3',
    sha512: '1.2.840.10045.4.3.4',
  },
  rsa: {
    sha1: '1.2.840.113549.1.1.5',
    sha256: '1.2.840.113549.1.1.11',
    sha384: '1.2.840.113549.1.1.12',
    sha512: '1.2.840.113549.1.1.13',
  },
};

/** Builds a certificate; returns its DER. */
export function buildCertificate(options: CertificateOptions): Uint8Array {
  const hash = options.hash ?? 'sha384';
  const certificate = new pkijs.Certificate();
  certificate.version = (options.version ?? 3) - 1;
  certificate.serialNumber = new asn1js.Integer({
    valueHex: toArrayBuffer(options.serial ?? createSerial()),
  });
  certificate.subject = encodeName(options.subject);
  certificate.issuer = encodeName(options.issuer);
  certificate.notBefore = encodeTime(options.notBefore);
  certificate.notAfter = encodeTime(options.notAfter);
  certificate.subjectPublicKeyInfo = pkijs.PublicKeyInfo.fromBER(
    toArrayBuffer(options.publicKey.export({ type: 'spki', format: 'der' })),
  );
  if (options.extensions.length > 0) {
    certificate.extensions = options.extensions.map(
      ({ oid, critical, value }) =>
        new pkijs.Extension({ extnID: oid, critical, extnValue: toArrayBuffer(value) }),
    );
  }
  const kind = options.claimedKind ?? kindOf(options.signingKey);
  certificate.signature = signatureAlgorithm(kind, options.innerHash ?? hash);
  certificate.signatureAlgorithm = signatureAlgorithm(kind, hash);
  const tbs = new Uint8Array(certificate.encodeTBS().toBER(false));
  certificate.signatureValue = new asn1js.BitString({
    valueHex: toArrayBuffer(sign(hash, tbs, options.signingKey)),
  });
  return new Uint8Array(certificate.toSchema(true).toBER(false));
}

/** A serial number as Belgian cards have them: 16 bytes that begin 10 00. */
export function createSerial(): Uint8Array {
  return Uint8Array.from([0x10, 0x00, ...randomBytes(14)]);
}

/**
 * The pkijs form of a name: each attribute a RDN of its own, which pkijs alone would not do.
 * Country and serial number are PrintableString, the rest UTF8String.
 */
export function encodeName(name: DistinguishedName): pkijs.RelativeDistinguishedNames {
  const sets = name.map(({ type, value }) => {
    const isPrintable = type === 'C' || type === 'serialNumber';
    const attribute = [
      new asn1js.ObjectIdentifier({ value: NAME_OIDS[type] }),
      isPrintable ? new asn1js.PrintableString({ value }) : new asn1js.Utf8String({ value }),
    ];
    return new asn1js.Set({ value: [new asn1js.Sequence({ value: attribute })] });
  });
  const der = new asn1js.Sequence({ value: sets }).toBER(false);
  return pkijs.RelativeDistinguishedNames.fromBER(der);
}

/** The AlgorithmIdentifier of ECDSA or RSA PKCS#1 v1.5 with this hash. */
export function signatureAlgorithm(
  kind: 'ec' | 'rsa',
  hash: SignatureHash,
): pkijs.AlgorithmIdentifier {
  return new pkijs.AlgorithmIdentifier({
    algorithmId: SIGNATURE_OIDS[kind][hash],
    ...(kind === 'ec' ? {} : { algorithmParams: new asn1js.Null() }),
  });
}

/** The kind of a key as {@link signatureAlgorithm} takes it. */
export function kindOf(key: KeyObject): 'ec' | 'rsa' {
  return key.asymmetricKeyType === 'ec' ? 'ec' : 'rsa';
}

/** PEM of a certificate. */
export function encodeCertificatePem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function encodeTime(instant: Date): pkijs.Time {
  const value = new Date(Math.floor(instant.getTime() / 1000) * 1000);
  const isLate = value.getUTCFullYear() >= 2050;
  return new pkijs.Time({
    type: isLate ? pkijs.TimeType.GeneralizedTime : pkijs.TimeType.UTCTime,
    value,
  });
}
