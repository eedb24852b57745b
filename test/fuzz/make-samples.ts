/**
 * Makes samples.json: what a test PKI, a card and a gateway of today produce, once, so that every run mutates the
 * same bytes. Run again when a format changes: `node test/fuzz/make-samples.ts`. TEST ONLY.
 */
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pkijs from 'pkijs';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { parseDer } from '../../gateway/certificate/der.ts';
import { createOcspRequest } from '../../gateway/certificate/ocsp-request.ts';
import { decodeBase64url } from '../../gateway/protocol/bytes.ts';
import { encodeCertificateRequest, SIGNATURE_SCHEME } from '../../gateway/protocol/handshake.ts';
import { entryOf, forgeAuthenticator } from '../kit/attack/forge-authenticator.ts';
import { toArrayBuffer } from '../kit/pki/certificate-extensions.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { buildOcspFailure, buildOcspResponse, OCSP_FAILURE } from '../kit/pki/ocsp-answer.ts';
import { openTestPki, type TestPki } from '../kit/pki/test-pki.ts';
import { AUTHENTICATOR_KEYS, REQUEST_CONTEXT } from './authenticator-scene.ts';
import { hex } from './samples.ts';

const NOW = new Date('2026-11-22T12:00:00Z');

const dir = await mkdtemp(join(tmpdir(), 'kids-id-samples-'));
try {
  const pki = await openTestPki({ dir, now: NOW });
  const samples = {
    ...makeCertificates(pki),
    ...makeOcsp(pki),
    ...makeCrl(pki),
    ...(await makeAuthenticator(pki)),
  };
  const entries = Object.entries(samples).map(
    ([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const,
  );
  const text = `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
  await writeFile(join(import.meta.dirname, 'samples.json'), text);
} finally {
  await rm(dir, { recursive: true });
}

function makeCertificates(pki: TestPki): Record<string, Uint8Array> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsa = forgeCertificate(pki, { key: privateKey });
  if (!createPublicKey(privateKey).equals(publicKey)) throw new Error('not one pair');
  return {
    certificateLeaf: forgeCertificate(pki).certificate,
    certificateRsaLeaf: rsa.certificate,
    certificateCitizenCa: pki.citizenCa.certificate,
    certificateRoot: pki.root.certificate,
    certificateRegister: pki.nationalRegister.certificate,
    certificateResponder: pki.ocspResponder.certificate,
    certificateWeb: pki.issueWebCertificate(['gateway.localhost']).certificate,
  };
}

function makeOcsp(pki: TestPki): Record<string, Uint8Array> {
  const issuer = parseCertificate(pki.citizenCa.certificate);
  const leaf = parseCertificate(forgeCertificate(pki).certificate);
  const request = createOcspRequest(issuer, leaf.serial);
  const asked = pkijs.OCSPRequest.fromBER(toArrayBuffer(request.der)).tbsRequest;
  const [certId] = asked.requestList.map(({ reqCert }) => reqCert);
  if (!certId) throw new Error('request about nothing');
  const common = { producedAt: NOW, responder: pki.ocspResponder };
  const extensions = asked.requestExtensions ?? [];
  const good = { certId, status: { kind: 'good' }, thisUpdate: NOW, nextUpdate: NOW } as const;
  const revoked = { ...good, status: { kind: 'revoked', revokedAt: NOW } } as const;
  return {
    ocspGood: buildOcspResponse({ ...common, extensions, statements: [good] }),
    ocspRevoked: buildOcspResponse({
      ...common,
      statements: [revoked, { ...good, status: { kind: 'unknown' } }],
      responderId: 'name',
      certificates: [],
    }),
    ocspFailure: buildOcspFailure(OCSP_FAILURE.tryLater),
  };
}

/** The Citizen CA's own certificate goes along: the CRL is its. */
function makeCrl({ citizenCa }: TestPki): Record<string, Uint8Array> {
  const subject = parseDer(parseCertificate(citizenCa.certificate).subjectDer);
  const algorithm = derSequence(hex('06082a8648ce3d040303'));
  const time = hex('170d3236313132323132303030305a');
  const reason = hex('300c300a0603551d1504030a0101');
  const entries = derSequence(
    derSequence(hex('02101000112233445566778899aabbccddee'), time),
    derSequence(hex('02021234'), time, reason),
  );
  const extensions = hex('a00e300c300a0603551d140403020107');
  const tbs = derSequence(
    hex('020101'),
    algorithm,
    subject.encoded,
    time,
    time,
    entries,
    extensions,
  );
  const signature = sign('sha384', tbs, { key: citizenCa.privateKey, dsaEncoding: 'der' });
  const bits = Buffer.concat([Uint8Array.of(0x03, signature.length + 1, 0), signature]);
  return { crl: derSequence(tbs, algorithm, bits), crlAuthority: citizenCa.certificate };
}

function derSequence(...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const header =
    length < 0x80
      ? [0x30, length]
      : length < 0x100
        ? [0x30, 0x81, length]
        : [0x30, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from(header), body]);
}

async function makeAuthenticator(pki: TestPki): Promise<Record<string, Uint8Array>> {
  const { certificate, privateKey } = forgeCertificate(pki);
  const request = encodeCertificateRequest({
    context: REQUEST_CONTEXT,
    signatureSchemes: Object.values(SIGNATURE_SCHEME),
  });
  const authenticator = await forgeAuthenticator({
    keys: AUTHENTICATOR_KEYS,
    request,
    key: privateKey,
    entries: [entryOf(certificate)],
  });
  return { certificateRequest: request, authenticator: decodeBase64url(authenticator) };
}
