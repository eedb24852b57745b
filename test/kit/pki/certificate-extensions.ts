/**
 * The certificate extensions of the test PKI, one builder each (RFC 5280 §4.2). TEST ONLY. They
 * build what they are told, right or wrong: forged certificates come from here too.
 */
import { createHash, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

/** One extension; `value` is the DER inside the OCTET STRING. */
export interface CertificateExtension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Bits of KeyUsage (RFC 5280 §4.2.1.3). */
export const KEY_USAGE = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyCertSign: 5,
  cRLSign: 6,
} as const;

/** Object identifiers of the extensions built here, and of their contents. */
export const OID = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  qualifiedStatements: '1.3.6.1.5.5.7.1.3',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  anyPolicy: '2.5.29.32.0',
} as const;

/** Any extension, from its DER. */
export function extension(
  oid: string,
  value: Uint8Array,
  options: { critical: boolean },
): CertificateExtension {
  return { oid, critical: options.critical, value };
}

/** BasicConstraints, critical. `ca: false` builds the empty SEQUENCE. */
export function basicConstraints(options: {
  ca: boolean;
  pathLength?: number;
}): CertificateExtension {
  const value: asn1js.AsnType[] = options.ca ? [new asn1js.Boolean({ value: true })] : [];
  if (options.pathLength !== undefined)
    value.push(new asn1js.Integer({ value: options.pathLength }));
  return extension(OID.basicConstraints, der(new asn1js.Sequence({ value })), { critical: true });
}

/** KeyUsage, critical, from bit numbers 0 to 7. */
export function keyUsage(...bits: readonly number[]): CertificateExtension {
  const byte = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  const unusedBits = 7 - Math.max(0, ...bits);
  const content = bits.length === 0 ? [3, 1, 0] : [3, 2, unusedBits, byte];
  return extension(OID.keyUsage, Uint8Array.from(content), { critical: true });
}

/** ExtKeyUsage, not critical. */
export function extendedKeyUsage(...purposes: readonly string[]): CertificateExtension {
  const value = purposes.map((purpose) => new asn1js.ObjectIdentifier({ value: purpose }));
  return extension(OID.extendedKeyUsage, der(new asn1js.Sequence({ value })), { critical: false });
}

/** CertificatePolicies, not critical, without qualifiers. */
export function certificatePolicies(...policies: readonly string[]): CertificateExtension {
  const value = policies.map(
    (policy) => new asn1js.Sequence({ value: [new asn1js.ObjectIdentifier({ value: policy })] }),
  );
  return extension(OID.certificatePolicies, der(new asn1js.Sequence({ value })), {
    critical: false,
  });
}

/** AuthorityInfoAccess: where the OCSP responder and the issuer's certificate are. */
export function authorityInfoAccess(urls: {
  ocsp?: string;
  caIssuers?: string;
}): CertificateExtension {
  const methods = [
    ['1.3.6.1.5.5.7.48.1', urls.ocsp],
    ['1.3.6.1.5.5.7.48.2', urls.caIssuers],
  ] as const;
  const value = methods.flatMap(([oid, url]) =>
    url === undefined
      ? []
      : [new asn1js.Sequence({ value: [new asn1js.ObjectIdentifier({ value: oid }), uri(url)] })],
  );
  return extension(OID.authorityInfoAccess, der(new asn1js.Sequence({ value })), {
    critical: false,
  });
}

/** CRLDistributionPoints with one full name. */
export function crlDistributionPoint(url: string): CertificateExtension {
  const fullName = new asn1js.Constructed({
    idBlock: { tagClass: 3, tagNumber: 0 },
    value: [uri(url)],
  });
  const name = new asn1js.Constructed({
    idBlock: { tagClass: 3, tagNumber: 0 },
    value: [fullName],
  });
  const points = new asn1js.Sequence({ value: [new asn1js.Sequence({ value: [name] })] });
  return extension(OID.crlDistributionPoints, der(points), { critical: false });
}

/** SubjectKeyIdentifier: SHA-1 of the key bits (RFC 5280 §4.2.1.2 (1)). */
export function subjectKeyIdentifier(publicKey: KeyObject): CertificateExtension {
  const value = new asn1js.OctetString({ valueHex: toArrayBuffer(keyIdentifierOf(publicKey)) });
  return extension(OID.subjectKeyIdentifier, der(value), { critical: false });
}

/** AuthorityKeyIdentifier: the issuer's subject key identifier. */
export function authorityKeyIdentifier(issuerKey: KeyObject): CertificateExtension {
  const identifier = new asn1js.Primitive({
    idBlock: { tagClass: 3, tagNumber: 0 },
    valueHex: toArrayBuffer(keyIdentifierOf(issuerKey)),
  });
  return extension(OID.authorityKeyIdentifier, der(new asn1js.Sequence({ value: [identifier] })), {
    critical: false,
  });
}

/** SubjectAltName with host names and IPv4 addresses. */
export function subjectAltName(names: readonly string[]): CertificateExtension {
  const value = names.map((name) => {
    const address = isIPv4(name) ? Uint8Array.from(name.split('.').map(Number)) : undefined;
    return new asn1js.Primitive({
      idBlock: { tagClass: 3, tagNumber: address === undefined ? 2 : 7 },
      valueHex: toArrayBuffer(address ?? Buffer.from(name, 'ascii')),
    });
  });
  return extension(OID.subjectAltName, der(new asn1js.Sequence({ value })), { critical: false });
}

/** id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1). */
export function ocspNoCheck(): CertificateExtension {
  return extension(OID.ocspNoCheck, Uint8Array.of(5, 0), { critical: false });
}

/** qcStatements with QcCompliance alone (ETSI EN 319 412-5 §4.2.1). */
export function qualifiedStatements(): CertificateExtension {
  const compliance = new asn1js.ObjectIdentifier({ value: '0.4.0.1862.1.1' });
  const value = [new asn1js.Sequence({ value: [compliance] })];
  return extension(OID.qualifiedStatements, der(new asn1js.Sequence({ value })), {
    critical: false,
  });
}

/** The list with the extensions of the same kinds replaced, or added at the end. */
export function withExtensions(
  extensions: readonly CertificateExtension[],
  ...replacements: readonly CertificateExtension[]
): CertificateExtension[] {
  const replaced = new Set(replacements.map(({ oid }) => oid));
  return [...extensions.filter(({ oid }) => !replaced.has(oid)), ...replacements];
}

/** The list without the extensions of one kind. */
export function withoutExtension(
  extensions: readonly CertificateExtension[],
  oid: string,
): CertificateExtension[] {
  return extensions.filter((found) => found.oid !== oid);
}

/** SHA-1 of the BIT STRING's bytes in the SPKI: key identifiers and OCSP use it. */
export function keyIdentifierOf(publicKey: KeyObject): Uint8Array {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const info = pkijs.PublicKeyInfo.fromBER(toArrayBuffer(spki));
  return createHash('sha1').update(info.subjectPublicKey.valueBlock.valueHexView).digest();
}

/** A copy of exactly these bytes as an ArrayBuffer, which pkijs and asn1js take. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function der(value: asn1js.AsnType): Uint8Array {
  return new Uint8Array(value.toBER(false));
}

function uri(url: string): asn1js.Primitive {
  return new asn1js.Primitive({
    idBlock: { tagClass: 3, tagNumber: 6 },
    valueHex: toArrayBuffer(Buffer.from(url, 'ascii')),
  });
}
