/**
 * Builds and signs CRLs (RFC 5280 §5), right or forged, whole or as a stream. TEST ONLY. It encodes
 * DER itself, so that it shares no code with what reads it.
 */
import { createSign, type KeyObject, sign } from 'node:crypto';
import type { DistinguishedName, SignatureHash } from './build-certificate.ts';
import { encodeName, kindOf, signatureAlgorithm } from './build-certificate.ts';
import type { CertificateExtension } from './certificate-extensions.ts';
import { bitString, booleanTrue, derHeader, integer, oid, tlv, utcTime } from './crl-der.ts';

/** One entry; extensions as they are told. */
export interface CrlEntry {
  /** Big-endian, without a leading zero byte. */
  readonly serial: Uint8Array;
  readonly revokedAt?: Date;
  readonly extensions?: readonly CertificateExtension[];
}

/** Everything that goes into a CRL. */
export interface CrlOptions {
  readonly issuer: DistinguishedName;
  readonly signingKey: KeyObject;
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date | undefined;
  readonly entries?: readonly CrlEntry[];
  /** CRL number 1 when absent. */
  readonly extensions?: readonly CertificateExtension[];
  /** 2 when absent; 1 leaves the version out. */
  readonly version?: 1 | 2 | 3;
  readonly hash?: SignatureHash;
  /** Another algorithm inside the signed part than outside it: a forgery. */
  readonly innerHash?: SignatureHash;
  /** DER of the list of entries, instead of `entries`. */
  readonly rawEntries?: Uint8Array;
}

/** OIDs of the extensions of CRLs and of their entries. */
export const CRL_OID = {
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  freshestCrl: '2.5.29.46',
} as const;

/** Builds a CRL; returns its DER. */
export function buildCrl(options: CrlOptions): Uint8Array {
  const hash = options.hash ?? 'sha384';
  const tbs = encodeTbs(options);
  const algorithm = encodeAlgorithm(options.signingKey, hash);
  return tlv(0x30, tbs, algorithm, bitString(sign(hash, tbs, options.signingKey)));
}

/**
 * The pieces of a CRL with so many entries, each with a reason, made as they are read: no more than
 * one piece is held. The serial numbers are those of {@link numberedSerial}.
 */
export function* streamCrl(options: CrlOptions & { count: number }): Generator<Uint8Array> {
  const { count, signingKey, hash = 'sha384' } = options;
  const sample = { serial: numberedSerial(0), extensions: [reasonCode(1)] };
  const entry = encodeEntry(sample, options.thisUpdate);
  const listHeader = derHeader(0x30, entry.length * count);
  const { head, tail } = encodeTbsParts(options);
  const tbsLength = head.length + listHeader.length + entry.length * count + tail.length;
  const tbsHeader = derHeader(0x30, tbsLength);
  const algorithm = encodeAlgorithm(signingKey, hash);
  function* signed(): Generator<Uint8Array> {
    yield Buffer.concat([tbsHeader, head, listHeader]);
    for (let index = 0; index < count; index += 1000) {
      const length = Math.min(1000, count - index);
      const piece = Buffer.alloc(length * entry.length);
      for (let step = 0; step < length; step++) {
        piece.set(entry, step * entry.length);
        // Behind the tags and lengths of SEQUENCE and INTEGER
        piece.set(numberedSerial(index + step), step * entry.length + 4);
      }
      yield piece;
    }
    yield tail;
  }
  const signer = createSign(hash);
  for (const piece of signed()) signer.update(piece);
  const end = Buffer.concat([algorithm, bitString(signer.sign(signingKey))]);
  yield derHeader(0x30, tbsHeader.length + tbsLength + end.length);
  yield* signed();
  yield end;
}

/** The serial number of entry `index` of {@link streamCrl}: 16 bytes, as on Belgian cards. */
export function numberedSerial(index: number): Uint8Array {
  const serial = Buffer.alloc(16);
  serial[0] = 0x10;
  serial.writeUInt32BE(Math.imul(index, 0x9e3779b1) >>> 0, 4);
  serial.writeUInt32BE(index, 12);
  return Uint8Array.from(serial);
}

/** CRLReason of an entry. */
export function reasonCode(reason: number): CertificateExtension {
  const value = Uint8Array.of(0x0a, 1, reason);
  return { oid: CRL_OID.reasonCode, critical: false, value };
}

/** CRLNumber, or with `deltaCrlIndicator` the number of the base. */
export function crlNumber(
  number: number,
  name: 'crlNumber' | 'deltaCrlIndicator' = 'crlNumber',
): CertificateExtension {
  const value = integer(Uint8Array.of(number));
  return { oid: CRL_OID[name], critical: name === 'deltaCrlIndicator', value };
}

/** IssuingDistributionPoint, critical. `reasons` are the bytes of ReasonFlags, none unused. */
export function issuingDistributionPoint(scope: {
  url?: string;
  onlyUserCertificates?: boolean;
  onlyAuthorities?: boolean;
  reasons?: Uint8Array;
  indirect?: boolean;
  onlyAttributeCertificates?: boolean;
}): CertificateExtension {
  const flag = (tag: number, isSet: boolean | undefined) =>
    isSet ? [tlv(tag, Uint8Array.of(0xff))] : [];
  const name = (url: string) => tlv(0xa0, tlv(0xa0, tlv(0x86, Buffer.from(url, 'ascii'))));
  const value = tlv(
    0x30,
    ...(scope.url === undefined ? [] : [name(scope.url)]),
    ...flag(0x81, scope.onlyUserCertificates),
    ...flag(0x82, scope.onlyAuthorities),
    ...(scope.reasons === undefined ? [] : [tlv(0x83, Uint8Array.of(0), scope.reasons)]),
    ...flag(0x84, scope.indirect),
    ...flag(0x85, scope.onlyAttributeCertificates),
  );
  return { oid: CRL_OID.issuingDistributionPoint, critical: true, value };
}

function encodeTbs(options: CrlOptions): Uint8Array {
  const { entries = [], rawEntries, thisUpdate } = options;
  const { head, tail } = encodeTbsParts(options);
  const list = entries.map((entry) => encodeEntry(entry, thisUpdate));
  const encoded = rawEntries ?? (list.length > 0 ? tlv(0x30, ...list) : new Uint8Array(0));
  return tlv(0x30, head, encoded, tail);
}

/** What stands before and after the entries. */
function encodeTbsParts(options: CrlOptions): { head: Uint8Array; tail: Uint8Array } {
  const { version = 2, nextUpdate, extensions = [crlNumber(1)] } = options;
  const head = Buffer.concat([
    ...(version === 1 ? [] : [integer(Uint8Array.of(version - 1))]),
    encodeAlgorithm(options.signingKey, options.innerHash ?? options.hash ?? 'sha384'),
    new Uint8Array(encodeName(options.issuer).toSchema().toBER(false)),
    utcTime(options.thisUpdate),
    ...(nextUpdate === undefined ? [] : [utcTime(nextUpdate)]),
  ]);
  const tail = extensions.length === 0 ? [] : [tlv(0xa0, encodeExtensions(extensions))];
  return { head, tail: Buffer.concat(tail) };
}

function encodeEntry({ serial, revokedAt, extensions = [] }: CrlEntry, fallback: Date): Uint8Array {
  return tlv(
    0x30,
    integer(serial),
    utcTime(revokedAt ?? fallback),
    ...(extensions.length > 0 ? [encodeExtensions(extensions)] : []),
  );
}

function encodeExtensions(extensions: readonly CertificateExtension[]): Uint8Array {
  const list = extensions.map(({ oid: name, critical, value }) =>
    tlv(0x30, oid(name), ...(critical ? [booleanTrue()] : []), tlv(0x04, value)),
  );
  return tlv(0x30, ...list);
}

function encodeAlgorithm(key: KeyObject, hash: SignatureHash): Uint8Array {
  return new Uint8Array(signatureAlgorithm(kindOf(key), hash).toSchema().toBER(false));
}
