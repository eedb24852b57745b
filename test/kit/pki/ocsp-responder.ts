/**
 * An OCSP responder over HTTP for the test PKI (RFC 6960 appendix A: POST and GET), with ways to
 * fail on demand. TEST ONLY. It answers for the CAs of citizens and foreigners and for their roots, each through
 * its delegated responder certificate. The CRLs of the roots are there too.
 */
import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { createCitizenCa, type TestAuthority } from './authorities.ts';
import { toArrayBuffer } from './certificate-extensions.ts';
import { ocspResponderOptions, validityAround } from './certificate-profiles.ts';
import {
  buildOcspFailure,
  buildOcspResponse,
  OCSP_FAILURE,
  type OcspAnswer,
  type OcspStatement,
} from './ocsp-answer.ts';
import { findRootCrl } from './root-crl.ts';
import { issueIdentity, type TestIdentity, type TestPki } from './test-pki.ts';

/**
 * How the responder behaves: `normal`, or one fault. `dead` closes the connection; `slow` answers
 * after `slowMs`; `sibling` signs with the delegate of another CA under the same root; `stale` says
 * what was true a month ago; `huge` sends more than 64 KiB and never ends.
 */
export type OcspMode =
  | 'normal'
  | 'dead'
  | 'slow'
  | 'unknown'
  | 'try-later'
  | 'no-nonce'
  | 'wrong-nonce'
  | 'wrong-certificate'
  | 'sibling'
  | 'stale'
  | 'future'
  | 'garbage'
  | 'huge'
  | 'http-error'
  | 'redirect'
  | 'content-type';

/** A running responder. */
export interface OcspResponder {
  readonly port: number;
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  /** One entry for each request that came in, in order. */
  readonly requests: readonly { readonly method: 'GET' | 'POST' }[];
  /** Revokes a certificate of the Citizen CA, or of `issuer`, from now on. */
  revoke(serial: Uint8Array, issuer?: TestAuthority): void;
  setMode(mode: OcspMode): void;
  /** Ends the responder and every connection to it. */
  stop(): Promise<void>;
}

interface Delegation {
  readonly issuer: TestAuthority;
  readonly responder: TestIdentity;
}

const OCSP_NONCE = '1.3.6.1.5.5.7.48.1.2';
const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
};
/** Where `redirect` sends a client: the right answer is there. */
const ELSEWHERE = '/elsewhere';
const MAX_REQUEST_BYTES = 16_384;
const HOUR_MS = 3_600_000;

/** Starts a responder on loopback, on a free port unless one is given. */
export async function startOcspResponder(options: {
  pki: TestPki;
  now: () => Date;
  port?: number;
  slowMs?: number;
}): Promise<OcspResponder> {
  const { pki, now, slowMs = 30_000 } = options;
  const requests: { method: 'GET' | 'POST' }[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const answerRequest = createAnswerer(pki, now);
  let mode: OcspMode = 'normal';
  const server = createServer((request, response) => {
    void (async () => {
      // Another server's in the world outside, so the faults here are not its own.
      const crl = findRootCrl(request.url, { pki, now: now() });
      if (crl) return response.writeHead(200, { 'content-type': 'application/pkix-crl' }).end(crl);
      if (mode === 'dead') return request.socket.destroy();
      const body = await readRequest(request);
      requests.push({ method: request.method === 'GET' ? 'GET' : 'POST' });
      const isElsewhere = request.url === ELSEWHERE;
      const send = (): void =>
        sendAnswer(response, isElsewhere ? 'normal' : mode, () => answerRequest(body, mode));
      if (mode === 'slow') timers.add(setTimeout(send, slowMs));
      else send();
    })().catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    requests,
    revoke(serial, issuer = pki.citizenCa) {
      pki.issued.record(issuer.certificate, serial, { kind: 'revoked', revokedAt: now() });
    },
    setMode(next) {
      mode = next;
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function sendAnswer(response: ServerResponse, mode: OcspMode, answer: () => Uint8Array): void {
  if (mode === 'http-error') return void response.writeHead(500).end();
  if (mode === 'redirect') return void response.writeHead(307, { location: ELSEWHERE }).end();
  const type = mode === 'content-type' ? 'text/html' : 'application/ocsp-response';
  response.writeHead(200, { 'content-type': type });
  if (mode === 'garbage') return void response.end(randomBytes(200));
  if (mode === 'huge') return void response.write(Buffer.concat([answer(), Buffer.alloc(200_000)]));
  response.end(answer());
}

/** The request's DER: the body of a POST, or the path of a GET in base64 (RFC 6960 §A.1). */
async function readRequest(request: IncomingMessage): Promise<Uint8Array> {
  if (request.method === 'GET') {
    const path = decodeURIComponent((request.url ?? '').slice(1));
    return Uint8Array.from(Buffer.from(path, 'base64'));
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_REQUEST_BYTES) throw new RangeError('OCSP request too large');
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}

function createAnswerer(
  pki: TestPki,
  now: () => Date,
): (body: Uint8Array, mode: OcspMode) => Uint8Array {
  const delegations: readonly Delegation[] = [
    { issuer: pki.citizenCa, responder: pki.ocspResponder },
    { issuer: pki.foreignerCa, responder: pki.foreignerOcspResponder },
    { issuer: pki.root, responder: pki.rootOcspResponder },
  ];
  const validity = validityAround(pki.now, 1, 90);
  const siblingName = [
    ...pki.citizenCa.name.slice(0, -1),
    { type: 'serialNumber', value: '202699' } as const,
  ];
  const siblingCa = createCitizenCa(siblingName, pki.root, validity);
  const sibling = issueIdentity(ocspResponderOptions, siblingCa, validity);
  return (body, mode) => {
    const request = parseRequest(body);
    if (request === undefined) return buildOcspFailure(OCSP_FAILURE.malformedRequest);
    if (mode === 'try-later') return buildOcspFailure(OCSP_FAILURE.tryLater);
    const asked = request.tbsRequest.requestList.map(({ reqCert }) => reqCert);
    const isAbout = ({ issuer }: Delegation): boolean =>
      asked.every((id) => isIssuedBy(id, issuer));
    const delegation = delegations.find(isAbout) ?? rsaDelegations(pki).find(isAbout);
    if (!delegation) return buildOcspFailure(OCSP_FAILURE.unauthorized);
    const saidAt = new Date(now().getTime() + ageOf(mode));
    return buildOcspResponse({
      statements: asked.map((certId) => judge({ certId, delegation, pki, mode, saidAt })),
      producedAt: saidAt,
      responder: mode === 'sibling' ? sibling : delegation.responder,
      extensions: answerExtensions(request, mode),
    });
  };
}

/** Looked at last: RSA authorities may have yet to be made. */
function rsaDelegations(pki: TestPki): readonly Delegation[] {
  const { citizenCa, root, ocspResponder, rootOcspResponder } = pki.rsa();
  return [
    { issuer: citizenCa, responder: ocspResponder },
    { issuer: root, responder: rootOcspResponder },
  ];
}

function parseRequest(body: Uint8Array): pkijs.OCSPRequest | undefined {
  try {
    const request = pkijs.OCSPRequest.fromBER(toArrayBuffer(body));
    return request.tbsRequest.requestList.length > 0 ? request : undefined;
  } catch {
    return undefined;
  }
}

function judge(options: {
  certId: pkijs.CertID;
  delegation: Delegation;
  pki: TestPki;
  mode: OcspMode;
  saidAt: Date;
}): OcspStatement {
  const { certId, delegation, pki, mode, saidAt } = options;
  const serial = withoutLeadingZero(certId.serialNumber.valueBlock.valueHexView);
  const found =
    mode === 'unknown' ? undefined : pki.issued.find(delegation.issuer.certificate, serial);
  const isOther = mode === 'wrong-certificate';
  if (isOther) certId.serialNumber = new asn1js.Integer({ value: 4711 });
  return {
    certId,
    status: found ?? { kind: 'unknown' },
    thisUpdate: saidAt,
    nextUpdate: new Date(saidAt.getTime() + HOUR_MS),
  };
}

function ageOf(mode: OcspMode): number {
  if (mode === 'stale') return -30 * 24 * HOUR_MS;
  return mode === 'future' ? 24 * HOUR_MS : 0;
}

function answerExtensions(
  request: pkijs.OCSPRequest,
  mode: OcspMode,
): NonNullable<OcspAnswer['extensions']> {
  const nonce = request.tbsRequest.requestExtensions?.find(({ extnID }) => extnID === OCSP_NONCE);
  if (nonce === undefined || mode === 'no-nonce') return [];
  if (mode !== 'wrong-nonce') return [nonce];
  const other = new asn1js.OctetString({ valueHex: toArrayBuffer(randomBytes(32)) });
  return [new pkijs.Extension({ extnID: OCSP_NONCE, extnValue: other.toBER(false) })];
}

function isIssuedBy(certId: pkijs.CertID, issuer: TestAuthority): boolean {
  const hash = HASHES[certId.hashAlgorithm.algorithmId];
  if (hash === undefined) return false;
  const certificate = pkijs.Certificate.fromBER(toArrayBuffer(issuer.certificate));
  const spki = createPublicKey(issuer.privateKey).export({ type: 'spki', format: 'der' });
  const key = pkijs.PublicKeyInfo.fromBER(toArrayBuffer(spki)).subjectPublicKey;
  const digest = (bytes: Uint8Array): Buffer => createHash(hash).update(bytes).digest();
  const nameHash = digest(new Uint8Array(certificate.subject.valueBeforeDecode));
  const keyHash = digest(key.valueBlock.valueHexView);
  return (
    nameHash.equals(certId.issuerNameHash.valueBlock.valueHexView) &&
    keyHash.equals(certId.issuerKeyHash.valueBlock.valueHexView)
  );
}

function withoutLeadingZero(serial: Uint8Array): Uint8Array {
  return serial.length > 1 && serial[0] === 0 ? serial.slice(1) : serial.slice();
}
