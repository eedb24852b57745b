import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { createOcspRequest, OCSP_NONCE } from '../../gateway/certificate/ocsp-request.ts';

import { checkVerdict } from '../../gateway/certificate/revocation-verdict.ts';
import {
  DEFAULT_OCSP_POLICY,
  type OcspPolicy,
  readOcspVerdict,
} from '../../gateway/certificate/verify-ocsp-response.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { buildCertificate, type CertificateOptions } from '../kit/pki/build-certificate.ts';
import {
  extendedKeyUsage,
  extension,
  KEY_USAGE,
  keyUsage,
  OID,
  toArrayBuffer,
  withExtensions,
  withoutExtension,
} from '../kit/pki/certificate-extensions.ts';
import { ocspResponderOptions, validityAround } from '../kit/pki/certificate-profiles.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { buildOcspFailure, buildOcspResponse, type OcspAnswer } from '../kit/pki/ocsp-answer.ts';
import { openTestPki, type TestIdentity } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const MINUTE_MS = 60_000;
const dir = mkdtempSync(join(tmpdir(), 'kids-id-ocsp-response-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const issuer = parseCertificate(pki.citizenCa.certificate);
const leaf = parseCertificate(forgeCertificate(pki).certificate);
const request = createOcspRequest(issuer, leaf.serial);
const asked = pkijs.OCSPRequest.fromBER(toArrayBuffer(request.der)).tbsRequest;
const [certId] = asked.requestList.map(({ reqCert }) => reqCert);
assert.ok(certId);
const good = { certId, status: { kind: 'good' }, thisUpdate: now } as const;

const minutes = (count: number): Date => new Date(now.getTime() + count * MINUTE_MS);

function answer(change: Partial<OcspAnswer> = {}): Uint8Array {
  return buildOcspResponse({
    statements: [good],
    producedAt: now,
    responder: pki.ocspResponder,
    ...change,
  });
}

function verify(der: Uint8Array, policy: Partial<OcspPolicy> = {}): void {
  const merged = { ...DEFAULT_OCSP_POLICY, ...policy };
  checkVerdict(readOcspVerdict({ der, request, issuer, now, policy: merged }));
}

/** The Citizen CA's responder in a certificate that was changed. */
function delegate(
  change: (options: CertificateOptions) => Partial<CertificateOptions>,
): Partial<OcspAnswer> {
  const { privateKey } = pki.ocspResponder;
  const publicKey = parseCertificate(pki.ocspResponder.certificate).publicKey;
  const options = ocspResponderOptions(publicKey, pki.citizenCa, validityAround(now, 1, 1));
  return {
    responder: { privateKey, certificate: buildCertificate({ ...options, ...change(options) }) },
  };
}

test('asks with a nonce of 32 bytes, another each time (RFC 9654 §2.1)', () => {
  const nonceOf = (der: Uint8Array) => {
    const { tbsRequest } = pkijs.OCSPRequest.fromBER(toArrayBuffer(der));
    const [sent] = tbsRequest.requestExtensions ?? [];
    assert.equal(sent?.extnID, OCSP_NONCE);
    const value = asn1js.fromBER(sent.extnValue.valueBlock.valueHexView).result;
    assert.ok(value instanceof asn1js.OctetString);
    return Buffer.from(value.valueBlock.valueHexView);
  };
  assert.deepEqual(nonceOf(request.der), Buffer.from(request.nonce));
  assert.equal(request.nonce.length, 32);
  assert.notDeepEqual(nonceOf(createOcspRequest(issuer, leaf.serial).der), nonceOf(request.der));
});

const signedByCa: TestIdentity = pki.citizenCa;

const ACCEPTED: readonly [what: string, change: Partial<OcspAnswer>][] = [
  ['a delegate of the issuer, named by key (RFC 6960 §4.2.2.2)', {}],
  ['a delegate of the issuer, named by name', { responderId: 'name' }],
  ['the issuer itself, which needs no OCSPSigning', { responder: signedByCa }],
  [
    'the issuer itself without sending its certificate',
    { responder: signedByCa, certificates: [] },
  ],
  ['the issuer itself, named by name', { responder: signedByCa, responderId: 'name' }],
  [
    'a delegate whose certificate is not the first',
    { certificates: [pki.root.certificate, pki.ocspResponder.certificate] },
  ],
  [
    'a statement about another certificate beside the right one',
    {
      statements: [
        { ...good, certId: otherCertId(), status: { kind: 'revoked', revokedAt: now } },
        good,
      ],
    },
  ],
  ['a clock that is 5 minutes ahead', { statements: [{ ...good, thisUpdate: minutes(5) }] }],
  [
    'a nextUpdate 5 minutes ago',
    { statements: [{ ...good, thisUpdate: minutes(-60), nextUpdate: minutes(-5) }] },
  ],
  [
    'a thisUpdate of last week with a nextUpdate to come',
    { statements: [{ ...good, thisUpdate: minutes(-10_000), nextUpdate: minutes(1) }] },
  ],
  ['a signature with SHA-256', { hash: 'sha256' }],
  ['an unknown extension that is not critical', { extensions: [unknownExtension(false)] }],
  [
    'a key usage left out',
    delegate(({ extensions }) => ({ extensions: withoutExtension(extensions, OID.keyUsage) })),
  ],
];

for (const [what, change] of ACCEPTED) {
  test(`accepts an answer with ${what}`, () => verify(answer(change)));
}

const impostor = forgeCertificate(pki, { issuer: pki.unknownCa });

const REFUSED: readonly [what: string, change: Partial<OcspAnswer>][] = [
  ['the responder’s certificate missing', { certificates: [] }],
  ['the root as responder, not the issuer (RFC 6960 §4.2.2.2)', { responder: pki.root }],
  ['the delegate of the root', { responder: pki.rootOcspResponder }],
  ['the signature of a card', { responder: impostor }],
  [
    'a signature that is not of the responder it names',
    {
      responder: { certificate: pki.ocspResponder.certificate, privateKey: impostor.privateKey },
      responderId: 'name',
    },
  ],
  ['a signature with SHA-1', { hash: 'sha1' }],
  [
    'a delegate without OCSPSigning (§4.2.2.2)',
    delegate(({ extensions }) => ({
      extensions: withExtensions(extensions, extendedKeyUsage(OID.clientAuth)),
    })),
  ],
  [
    'a delegate without any extended key usage',
    delegate(({ extensions }) => ({
      extensions: withoutExtension(extensions, OID.extendedKeyUsage),
    })),
  ],
  [
    'a delegate without nocheck (§4.2.2.2.1)',
    delegate(({ extensions }) => ({ extensions: withoutExtension(extensions, OID.ocspNoCheck) })),
  ],
  [
    'a delegate with another key usage',
    delegate(({ extensions }) => ({
      extensions: withExtensions(extensions, keyUsage(KEY_USAGE.nonRepudiation)),
    })),
  ],
  [
    'a delegate with an unknown critical extension',
    delegate(({ extensions }) => ({
      extensions: [...extensions, extension('1.2.3.4', Uint8Array.of(5, 0), { critical: true })],
    })),
  ],
  ['a delegate that has expired', delegate(() => validityAround(now, 10, -1))],
  ['a delegate that is not valid yet', delegate(() => validityAround(now, -1, 10))],
  ['a delegate of version 2', delegate(() => ({ version: 2 }))],
  ['a delegate that names another issuer', delegate(() => ({ issuer: pki.root.name }))],
  ['a delegate with two signature algorithms', delegate(() => ({ innerHash: 'sha256' }))],
  ['a delegate with an RSA-1024 key', weakDelegate()],
  [
    'a signer that it does not name',
    { namedAs: pki.rootOcspResponder, certificates: [pki.ocspResponder.certificate] },
  ],
  ['a CertID with another issuer name', { statements: [{ ...good, certId: otherIssuer('name') }] }],
  ['a CertID with another issuer key', { statements: [{ ...good, certId: otherIssuer('key') }] }],
  ['a delegate certified with SHA-1', delegate(() => ({ hash: 'sha1' }))],
  [
    'a delegate of the issuer’s name and another key',
    delegate(() => ({ signingKey: impostor.privateKey })),
  ],
  ['no statement', { statements: [] }],
  ['a statement about another certificate', { statements: [{ ...good, certId: otherCertId() }] }],
  ['a producedAt before thisUpdate (§2.4)', { producedAt: minutes(-6) }],
  ['two statements about the certificate', { statements: [good, good] }],
  [
    'more statements than anybody asked for',
    { statements: new Array(17).fill({ ...good, certId: otherCertId() }).with(0, good) },
  ],
  ['a thisUpdate to come (§4.2.2.1)', { statements: [{ ...good, thisUpdate: minutes(6) }] }],
  [
    'a nextUpdate that is past (§4.2.2.1)',
    { statements: [{ ...good, thisUpdate: minutes(-60), nextUpdate: minutes(-6) }] },
  ],
  [
    'a nextUpdate before thisUpdate',
    { statements: [{ ...good, thisUpdate: minutes(2), nextUpdate: minutes(1) }] },
  ],
  ['an old thisUpdate and no nextUpdate', { statements: [{ ...good, thisUpdate: minutes(-21) }] }],
  ['a producedAt to come', { producedAt: minutes(6) }],
  ['another nonce (RFC 9654)', { extensions: [nonce(new Uint8Array(32))] }],
  ['two nonces', { extensions: [nonce(request.nonce), nonce(request.nonce)] }],
  ['an unknown critical extension (§4.4)', { extensions: [unknownExtension(true)] }],
  ['the status unknown', { statements: [{ ...good, status: { kind: 'unknown' } }] }],
];

for (const [what, change] of REFUSED) {
  test(`rejects an answer with ${what}`, () => {
    throwsWithCode('REVOCATION_UNKNOWN', () => verify(answer(change)));
  });
}

test('rejects a revoked certificate, and believes nobody unauthorised about it', () => {
  const statements = [{ ...good, status: { kind: 'revoked', revokedAt: minutes(-1) } } as const];
  throwsWithCode('CERTIFICATE_REVOKED', () => verify(answer({ statements })));
  throwsWithCode('REVOCATION_UNKNOWN', () => verify(answer({ statements, responder: impostor })));
});

test('takes the right nonce, and asks for one only where it is required (RFC 9654)', () => {
  verify(answer({ extensions: [nonce(request.nonce)] }), { requireNonce: true });
  throwsWithCode('REVOCATION_UNKNOWN', () => verify(answer(), { requireNonce: true }));
});

for (const status of [1, 2, 3, 5, 6]) {
  test(`rejects responseStatus ${status} (RFC 6960 §4.2.1)`, () => {
    throwsWithCode('REVOCATION_UNKNOWN', () => verify(buildOcspFailure(status)));
  });
}

test('rejects an answer cut off at every byte, and one byte more', () => {
  const der = answer({ certificates: [] });
  for (let length = 0; length < der.length; length++) {
    throwsWithCode('REVOCATION_UNKNOWN', () => verify(der.subarray(0, length)));
  }
  throwsWithCode('REVOCATION_UNKNOWN', () => verify(Buffer.concat([der, Buffer.of(0)])));
});

test('believes no answer in which a byte was changed', () => {
  const der = answer({
    responder: pki.citizenCa,
    certificates: [],
    extensions: [nonce(request.nonce)],
  });
  verify(der);
  for (let offset = 0; offset < der.length; offset++) {
    const changed = Uint8Array.from(der);
    changed[offset] = (changed[offset] ?? 0) ^ 0x01;
    try {
      verify(changed);
    } catch (error) {
      assert.ok(error instanceof KidsIdError && error.code === 'REVOCATION_UNKNOWN', String(error));
      continue;
    }
    assert.fail(`believed a change at byte ${offset}`);
  }
});

function otherCertId(): pkijs.CertID {
  const other = createOcspRequest(issuer, Uint8Array.of(1, 2, 3)).der;
  const [found] = pkijs.OCSPRequest.fromBER(toArrayBuffer(other)).tbsRequest.requestList;
  assert.ok(found);
  return found.reqCert;
}

/** The question that was asked, but for one hash of the issuer. */
function otherIssuer(part: 'name' | 'key'): pkijs.CertID {
  const [found] = pkijs.OCSPRequest.fromBER(toArrayBuffer(request.der)).tbsRequest.requestList;
  assert.ok(found);
  const other = new asn1js.OctetString({ valueHex: new ArrayBuffer(20) });
  if (part === 'name') found.reqCert.issuerNameHash = other;
  else found.reqCert.issuerKeyHash = other;
  return found.reqCert;
}

function weakDelegate(): Partial<OcspAnswer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const options = ocspResponderOptions(publicKey, pki.citizenCa, validityAround(now, 1, 1));
  return { responder: { privateKey, certificate: buildCertificate(options) } };
}

function nonce(value: Uint8Array): pkijs.Extension {
  const inner = new asn1js.OctetString({ valueHex: toArrayBuffer(value) });
  return new pkijs.Extension({ extnID: OCSP_NONCE, extnValue: inner.toBER(false) });
}

function unknownExtension(critical: boolean): pkijs.Extension {
  const extnValue = Uint8Array.of(5, 0).buffer;
  return new pkijs.Extension({ extnID: '1.2.3.4', critical, extnValue });
}
