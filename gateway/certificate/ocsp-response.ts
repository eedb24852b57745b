/**
 * OCSP responses as typed values (RFC 6960 §4.2). pkijs parses them after a strict look at their
 * DER; nothing is verified here, and no pkijs type leaves.
 */
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { KidsIdError } from '../protocol/errors.ts';
import { type AlgorithmIdentifier, type Certificate, parseCertificate } from './certificate.ts';
import { parseDer } from './der.ts';
import {
  CERTIFICATE_ID_HASH,
  type CertificateId,
  OCSP_NONCE,
  toArrayBuffer,
} from './ocsp-request.ts';

export type OcspStatus = 'good' | 'revoked' | 'unknown';

/** What a response says about one certificate. */
export interface OcspStatement {
  /** `undefined` where another hash than SHA-1 was used: it cannot be what was asked. */
  readonly certificateId: CertificateId | undefined;
  readonly status: OcspStatus;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
}

/** A basic response, nothing of it verified. */
export interface UnverifiedOcspResponse {
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly responderId:
    | { readonly kind: 'name'; readonly nameDer: Uint8Array }
    | { readonly kind: 'key'; readonly keyHash: Uint8Array };
  readonly producedAt: Date;
  readonly statements: readonly OcspStatement[];
  readonly nonce: Uint8Array | undefined;
  readonly certificates: readonly Certificate[];
}

const MAX_RESPONSE_BYTES = 65_536;
const MAX_STATEMENTS = 16;
const MAX_CERTIFICATES = 4;
const ID_PKIX_OCSP_BASIC = '1.3.6.1.5.5.7.48.1.1';

/**
 * Parses a successful basic response of at most 64 KiB: one DER structure, no critical extension.
 * @throws {KidsIdError} REVOCATION_UNKNOWN
 */
export function parseOcspResponse(der: Uint8Array): UnverifiedOcspResponse {
  if (der.length > MAX_RESPONSE_BYTES) throw unknown('OCSP response too large');
  try {
    parseDer(der);
    const response = pkijs.OCSPResponse.fromBER(toArrayBuffer(der));
    if (response.responseStatus.valueBlock.valueDec !== 0) {
      throw unknown('OCSP responder gives no answer');
    }
    if (response.responseBytes?.responseType !== ID_PKIX_OCSP_BASIC) {
      throw unknown('OCSP response of another type');
    }
    const basicDer = Uint8Array.from(response.responseBytes.response.valueBlock.valueHexView);
    parseDer(basicDer);
    return decodeBasic(pkijs.BasicOCSPResponse.fromBER(toArrayBuffer(basicDer)));
  } catch (error) {
    if (error instanceof KidsIdError && error.code === 'REVOCATION_UNKNOWN') throw error;
    throw new KidsIdError('REVOCATION_UNKNOWN', 'OCSP response malformed', { cause: error });
  }
}

function decodeBasic(basic: pkijs.BasicOCSPResponse): UnverifiedOcspResponse {
  const { tbsResponseData: data, signature, signatureAlgorithm, certs = [] } = basic;
  const extensions = data.responseExtensions ?? [];
  const singleExtensions = data.responses.flatMap((single) => single.singleExtensions ?? []);
  if ([...extensions, ...singleExtensions].some(({ critical }) => critical)) {
    throw unknown('OCSP response with a critical extension');
  }
  if (data.responses.length > MAX_STATEMENTS || certs.length > MAX_CERTIFICATES) {
    throw unknown('OCSP response with too much in it');
  }
  return {
    tbs: data.tbsView,
    signatureAlgorithm: decodeAlgorithm(signatureAlgorithm),
    signature: decodeSignature(signature),
    responderId: decodeResponderId(data.responderID),
    producedAt: data.producedAt,
    statements: data.responses.map(decodeStatement),
    nonce: decodeNonce(extensions),
    certificates: certs.map((certificate) =>
      parseCertificate(new Uint8Array(certificate.toSchema().toBER(false))),
    ),
  };
}

function decodeAlgorithm(algorithm: pkijs.AlgorithmIdentifier): AlgorithmIdentifier {
  const parameters = algorithm.algorithmParams as asn1js.AsnType | undefined;
  return {
    oid: algorithm.algorithmId,
    parameters: parameters && new Uint8Array(parameters.toBER(false)),
    encoded: new Uint8Array(algorithm.toSchema().toBER(false)),
  };
}

function decodeSignature(signature: asn1js.BitString): Uint8Array {
  if (signature.valueBlock.unusedBits !== 0) throw unknown('OCSP signature is not whole bytes');
  return Uint8Array.from(signature.valueBlock.valueHexView);
}

function decodeResponderId(id: unknown): UnverifiedOcspResponse['responderId'] {
  if (id instanceof pkijs.RelativeDistinguishedNames) {
    return { kind: 'name', nameDer: new Uint8Array(id.valueBeforeDecode) };
  }
  if (id instanceof asn1js.OctetString) {
    return { kind: 'key', keyHash: Uint8Array.from(id.valueBlock.valueHexView) };
  }
  throw unknown('OCSP responder has no name');
}

function decodeStatement(single: pkijs.SingleResponse): OcspStatement {
  return {
    certificateId: decodeCertificateId(single.certID),
    status: decodeStatus(single.certStatus),
    thisUpdate: single.thisUpdate,
    nextUpdate: single.nextUpdate,
  };
}

function decodeCertificateId(id: pkijs.CertID): CertificateId | undefined {
  if (id.hashAlgorithm.algorithmId !== CERTIFICATE_ID_HASH) return undefined;
  const serial = id.serialNumber.valueBlock.valueHexView;
  return {
    issuerNameHash: Uint8Array.from(id.issuerNameHash.valueBlock.valueHexView),
    issuerKeyHash: Uint8Array.from(id.issuerKeyHash.valueBlock.valueHexView),
    serial: Uint8Array.from(serial[0] === 0 ? serial.subarray(1) : serial),
  };
}

/** CertStatus is a CHOICE by context tag: 0 good, 1 revoked, 2 unknown. */
function decodeStatus(status: unknown): OcspStatus {
  const tag = status instanceof asn1js.BaseBlock ? status.idBlock.tagNumber : -1;
  const name = (['good', 'revoked', 'unknown'] as const)[tag];
  if (name === undefined) throw unknown('OCSP response without a status');
  return name;
}

/** RFC 9654 §2.1: the nonce is an OCTET STRING inside the extension's OCTET STRING. */
function decodeNonce(extensions: readonly pkijs.Extension[]): Uint8Array | undefined {
  const found = extensions.filter(({ extnID }) => extnID === OCSP_NONCE);
  if (found.length > 1) throw unknown('OCSP response with two nonces');
  const value = found[0]?.extnValue.valueBlock.valueHexView;
  return value && parseDer(Uint8Array.from(value)).content;
}

function unknown(message: string): KidsIdError {
  return new KidsIdError('REVOCATION_UNKNOWN', message);
}
