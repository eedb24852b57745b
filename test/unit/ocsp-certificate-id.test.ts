import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { createOcspRequest, type OcspRequest } from '../../gateway/certificate/ocsp-request.ts';
import {
  DEFAULT_OCSP_POLICY,
  readOcspVerdict,
} from '../../gateway/certificate/verify-ocsp-response.ts';
import { toArrayBuffer } from '../kit/pki/certificate-extensions.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { buildOcspResponse, type OcspStatement } from '../kit/pki/ocsp-answer.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-ocsp-certificate-id-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const issuer = parseCertificate(pki.citizenCa.certificate);
const leaf = parseCertificate(forgeCertificate(pki).certificate);
const HASH_OIDS = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
};
type Hash = keyof typeof HASH_OIDS;

/** What is good by CertIDs of these hashes. */
function read(request: OcspRequest, hashes: readonly Hash[], change: Partial<OcspStatement> = {}) {
  const der = buildOcspResponse({
    statements: hashes.map((hash) => ({
      certId: certIdOf(hash),
      status: { kind: 'good' },
      thisUpdate: now,
      ...change,
    })),
    producedAt: now,
    responder: pki.ocspResponder,
  });
  return readOcspVerdict({ der, request, issuer, now, policy: DEFAULT_OCSP_POLICY });
}

test('asks with SHA-1, or with SHA-256 where told to (RFC 6960 §4.1.1)', () => {
  for (const hash of ['sha1', 'sha256'] as const) {
    const { der } = createOcspRequest(issuer, leaf.serial, hash);
    const [sent] = pkijs.OCSPRequest.fromBER(toArrayBuffer(der)).tbsRequest.requestList;
    const expected = certIdOf(hash);
    assert.equal(sent?.reqCert.hashAlgorithm.algorithmId, HASH_OIDS[hash]);
    assert.ok(sent.reqCert.isEqual(expected));
  }
});

test('believes a CertID by SHA-1 and by SHA-256, whichever was asked with (RFC 6960 §4.1.1)', () => {
  for (const asked of ['sha1', 'sha256'] as const) {
    const request = createOcspRequest(issuer, leaf.serial, asked);
    for (const answered of ['sha1', 'sha256'] as const) {
      assert.equal(read(request, [answered]).status, 'good');
    }
  }
});

test('rejects a CertID by a hash that nobody asks with, and one statement by each hash', () => {
  const request = createOcspRequest(issuer, leaf.serial);
  throwsWithCode('REVOCATION_UNKNOWN', () => read(request, ['sha384']));
  throwsWithCode('REVOCATION_UNKNOWN', () => read(request, ['sha1', 'sha256']));
});

test('rejects a CertID by SHA-256 of another certificate', () => {
  const other = createOcspRequest(issuer, Uint8Array.of(1, 2, 3));
  throwsWithCode('REVOCATION_UNKNOWN', () => read(other, ['sha256']));
});

test('says until when a status may be used: nextUpdate, or maxAge after thisUpdate', () => {
  const request = createOcspRequest(issuer, leaf.serial);
  const nextUpdate = new Date(now.getTime() + 1_800_000);
  assert.deepEqual(read(request, ['sha1'], { nextUpdate }).expiresAt, nextUpdate);
  assert.deepEqual(read(request, ['sha1']).expiresAt, new Date(now.getTime() + 900_000));
});

function certIdOf(name: Hash): pkijs.CertID {
  const hash = (bytes: Uint8Array) => {
    const digest = createHash(name).update(bytes).digest();
    return new asn1js.OctetString({ valueHex: toArrayBuffer(digest) });
  };
  return new pkijs.CertID({
    hashAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: HASH_OIDS[name] }),
    issuerNameHash: hash(issuer.subjectDer),
    issuerKeyHash: hash(issuer.spki.subarray(-97)),
    serialNumber: new asn1js.Integer({ valueHex: toArrayBuffer(leaf.serial) }),
  });
}
