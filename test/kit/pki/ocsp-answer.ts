/**
 * Builds and signs one OCSP response (RFC 6960 §4.2), right or forged. TEST ONLY.
 */
import { createPublicKey, sign } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { kindOf, type SignatureHash, signatureAlgorithm } from './build-certificate.ts';
import { keyIdentifierOf, toArrayBuffer } from './certificate-extensions.ts';
import type { IssuedStatus } from './issued-register.ts';
import type { TestIdentity } from './test-pki.ts';

/** What is said about one certificate. */
export interface OcspStatement {
  readonly certId: pkijs.CertID;
  readonly status: IssuedStatus | { readonly kind: 'unknown' };
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date | undefined;
}

/** Everything that goes into a successful response. */
export interface OcspAnswer {
  readonly statements: readonly OcspStatement[];
  readonly producedAt: Date;
  /** Whoever signs. */
  readonly responder: TestIdentity;
  /** `key` when absent. */
  readonly responderId?: 'key' | 'name';
  /** Whoever the response says has signed it; the responder when absent. */
  readonly namedAs?: TestIdentity;
  /** Certificates sent along; the responder's own when absent. */
  readonly certificates?: readonly Uint8Array[];
  /** Extensions of the response, the nonce for one, as the client sent it. */
  readonly extensions?: readonly pkijs.Extension[];
  /** SHA-384 when absent. */
  readonly hash?: SignatureHash;
}

/** OCSPResponseStatus values other than successful. */
export const OCSP_FAILURE = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  unauthorized: 6,
} as const;

const ID_PKIX_OCSP_BASIC = '1.3.6.1.5.5.7.48.1.1';

/** Builds a successful response; returns its DER. */
export function buildOcspResponse(answer: OcspAnswer): Uint8Array {
  const hash = answer.hash ?? 'sha384';
  const data = new pkijs.ResponseData();
  data.responderID = encodeResponderId(answer);
  data.producedAt = wholeSeconds(answer.producedAt);
  data.responses = answer.statements.map(encodeStatement);
  if (answer.extensions?.length) data.responseExtensions = [...answer.extensions];
  const tbs = data.toSchema(true).toBER(false);
  const signature = sign(hash, new Uint8Array(tbs), answer.responder.privateKey);
  const certificates = answer.certificates ?? [answer.responder.certificate];
  const basic = new asn1js.Sequence({
    value: [
      asn1js.fromBER(tbs).result,
      signatureAlgorithm(kindOf(answer.responder.privateKey), hash).toSchema(),
      new asn1js.BitString({ valueHex: toArrayBuffer(signature) }),
      ...(certificates.length > 0 ? [encodeCertificates(certificates)] : []),
    ],
  });
  const response = new pkijs.OCSPResponse({
    responseStatus: new asn1js.Enumerated({ value: 0 }),
    responseBytes: new pkijs.ResponseBytes({
      responseType: ID_PKIX_OCSP_BASIC,
      response: new asn1js.OctetString({ valueHex: basic.toBER(false) }),
    }),
  });
  return new Uint8Array(response.toSchema().toBER(false));
}

/** Builds a response that only says what went wrong (RFC 6960 §4.2.1); returns its DER. */
export function buildOcspFailure(status: number): Uint8Array {
  const value = [new asn1js.Enumerated({ value: status })];
  return new Uint8Array(new asn1js.Sequence({ value }).toBER(false));
}

function encodeResponderId(
  answer: OcspAnswer,
): pkijs.RelativeDistinguishedNames | asn1js.OctetString {
  const named = answer.namedAs ?? answer.responder;
  if (answer.responderId === 'name') {
    return pkijs.Certificate.fromBER(toArrayBuffer(named.certificate)).subject;
  }
  const publicKey = createPublicKey(named.privateKey);
  return new asn1js.OctetString({ valueHex: toArrayBuffer(keyIdentifierOf(publicKey)) });
}

function encodeStatement(statement: OcspStatement): pkijs.SingleResponse {
  return new pkijs.SingleResponse({
    certID: statement.certId,
    certStatus: encodeStatus(statement.status),
    thisUpdate: wholeSeconds(statement.thisUpdate),
    ...(statement.nextUpdate && { nextUpdate: wholeSeconds(statement.nextUpdate) }),
  });
}

function encodeStatus(status: OcspStatement['status']): asn1js.AsnType {
  switch (status.kind) {
    case 'good':
      return new asn1js.Primitive({ idBlock: { tagClass: 3, tagNumber: 0 } });
    case 'revoked':
      return new asn1js.Constructed({
        idBlock: { tagClass: 3, tagNumber: 1 },
        value: [new asn1js.GeneralizedTime({ valueDate: wholeSeconds(status.revokedAt) })],
      });
    case 'unknown':
      return new asn1js.Primitive({ idBlock: { tagClass: 3, tagNumber: 2 } });
  }
}

function encodeCertificates(certificates: readonly Uint8Array[]): asn1js.Constructed {
  const value = certificates.map((der) => asn1js.fromBER(toArrayBuffer(der)).result);
  return new asn1js.Constructed({
    idBlock: { tagClass: 3, tagNumber: 0 },
    value: [new asn1js.Sequence({ value })],
  });
}

function wholeSeconds(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000);
}
