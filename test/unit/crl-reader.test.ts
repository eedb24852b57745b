import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { type Crl, createCrlReader } from '../../gateway/certificate/crl-reader.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { createCitizenCa, createRsaKey } from '../kit/pki/authorities.ts';
import { buildCertificate } from '../kit/pki/build-certificate.ts';
import type { CertificateExtension } from '../kit/pki/certificate-extensions.ts';
import { citizenCaOptions, validityAround } from '../kit/pki/certificate-profiles.ts';
import {
  buildCrl,
  CRL_OID,
  type CrlOptions,
  crlNumber,
  reasonCode,
} from '../kit/pki/crl-builder.ts';
import { integer, tlv, utcTime } from '../kit/pki/crl-der.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-crl-reader-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const issuer = parseCertificate(pki.citizenCa.certificate);
const validity = validityAround(now, 1, 1);
const SERIALS = [Uint8Array.of(0x10, 0x00, 0x01), Uint8Array.of(0x90), Uint8Array.of(0x7f, 0xff)];

function crl(change: Partial<CrlOptions> = {}): Uint8Array {
  return buildCrl({
    issuer: pki.citizenCa.name,
    signingKey: pki.citizenCa.privateKey,
    thisUpdate: now,
    nextUpdate: new Date(now.getTime() + 3_600_000),
    entries: SERIALS.map((serial) => ({ serial })),
    ...change,
  });
}

function read(der: Uint8Array, pieceBytes = der.length): Crl {
  const reader = createCrlReader({ authorities: [issuer] });
  for (let at = 0; at < der.length; at += pieceBytes)
    reader.write(der.subarray(at, at + pieceBytes));
  return reader.end();
}

const withEntryExtensions = (...extensions: readonly CertificateExtension[]) => ({
  entries: [{ serial: Uint8Array.of(1), extensions }],
});
const anyExtension = (critical: boolean) => ({
  oid: '1.2.3.4',
  critical,
  value: Uint8Array.of(5, 0),
});

for (const pieceBytes of [1, 2, 3, 7, 100, 100_000]) {
  test(`reads a CRL that comes in pieces of ${pieceBytes} bytes`, () => {
    const found = read(crl(), pieceBytes);
    assert.equal(found.revoked.size, 3);
    for (const serial of SERIALS) assert.ok(found.revoked.has(serial));
    assert.ok(!found.revoked.has(Uint8Array.of(0x10, 0x00, 0x02)));
    assert.ok(!found.revoked.has(new Uint8Array(0)));
    assert.deepEqual(found.thisUpdate, now);
    assert.deepEqual(found.nextUpdate, new Date(now.getTime() + 3_600_000));
    assert.equal(found.signer, issuer);
    assert.deepEqual(
      found.extensions.map(({ oid }) => oid),
      [CRL_OID.crlNumber],
    );
  });
}

const ACCEPTED: readonly [what: string, change: Partial<CrlOptions>][] = [
  ['without entries (§5.1.2.6)', { entries: [] }],
  ['without nextUpdate, which others refuse', { nextUpdate: undefined }],
  ['without extensions', { extensions: [] }],
  ['with a reason (§5.3.1)', withEntryExtensions(reasonCode(1))],
  ['with a certificate on hold', withEntryExtensions(reasonCode(6))],
  [
    'with an unknown entry extension that is not critical',
    withEntryExtensions(anyExtension(false)),
  ],
  ['signed with SHA-256', { hash: 'sha256' }],
  ['with a serial number of 20 bytes', { entries: [{ serial: new Uint8Array(20).fill(0x11) }] }],
  ['with one serial number twice', { entries: [SERIALS[1], SERIALS[1]].map(entryOf) }],
];

for (const [what, change] of ACCEPTED) {
  test(`reads a CRL ${what}`, () => void read(crl(change)));
}

const [first = new Uint8Array(0)] = SERIALS;
const raw = (...entries: readonly Uint8Array[]) => ({ rawEntries: tlv(0x30, ...entries) });
const twice = crlNumber(1);
const REFUSED: readonly [what: string, change: Partial<CrlOptions>][] = [
  ['of another issuer’s name', { issuer: pki.root.name }],
  ['signed by another key', { signingKey: pki.root.privateKey }],
  ['signed by a key of another kind', { signingKey: createRsaKey(2048) }],
  ['signed with SHA-1', { hash: 'sha1' }],
  ['with two signature algorithms (§5.1.1.2)', { innerHash: 'sha256' }],
  ['of version 1 (§5.1.2.1)', { version: 1 }],
  ['of version 3', { version: 3 }],
  ['with one extension twice', { extensions: [twice, twice] }],
  ['with an unknown critical entry extension (§5.3)', withEntryExtensions(anyExtension(true))],
  [
    'with an entry of another issuer: an indirect CRL (§5.3.3)',
    withEntryExtensions({ oid: CRL_OID.certificateIssuer, critical: true, value: tlv(0x30) }),
  ],
  ['with a reason that is none', withEntryExtensions(reasonCode(7))],
  ['with one entry extension twice', withEntryExtensions(reasonCode(1), reasonCode(1))],
  ['with an empty list of entries (§5.1.2.6)', raw()],
  [
    'with a serial number in a longer form',
    raw(tlv(0x30, tlv(2, Uint8Array.of(0, 1)), utcTime(now))),
  ],
  ['with an empty serial number', raw(tlv(0x30, tlv(2), utcTime(now)))],
  ['with 21 bytes of serial number', { entries: [{ serial: new Uint8Array(21).fill(0x11) }] }],
  ['with an entry that has no date', raw(tlv(0x30, integer(first)))],
  [
    'with a date that is none',
    raw(tlv(0x30, integer(first), tlv(0x17, Buffer.from('26112212000AZ')))),
  ],
  [
    'with a date of another zone',
    raw(tlv(0x30, integer(first), tlv(0x17, Buffer.from('2611221200000')))),
  ],
  ['with an entry that is no SEQUENCE', raw(tlv(0x31, integer(first), utcTime(now)))],
  [
    'with an empty list of entry extensions',
    raw(tlv(0x30, integer(first), utcTime(now), tlv(0x30))),
  ],
  ['with something behind an entry', raw(tlv(0x30, integer(first), utcTime(now), tlv(0x05)))],
  [
    'with an entry longer than any is',
    raw(tlv(0x30, integer(first), utcTime(now), new Uint8Array(2000))),
  ],
];

for (const [what, change] of REFUSED) {
  test(`refuses a CRL ${what}`, () => {
    throwsWithCode('REVOCATION_UNKNOWN', () => read(crl(change)));
    throwsWithCode('REVOCATION_UNKNOWN', () => read(crl(change), 5));
  });
}

test('takes a negative serial number for one that no certificate has', () => {
  const found = read(crl(raw(tlv(0x30, tlv(2, Uint8Array.of(0xff)), utcTime(now)))));
  assert.ok(!found.revoked.has(Uint8Array.of(0xff)));
  const longer = raw(tlv(0x30, tlv(2, Uint8Array.of(0xff, 0xff)), utcTime(now)));
  throwsWithCode('REVOCATION_UNKNOWN', () => read(crl(longer)));
});

test('keeps removals apart from what is revoked (§5.3.1)', () => {
  const entries = [
    { serial: Uint8Array.of(1), extensions: [reasonCode(8)] },
    { serial: Uint8Array.of(2), extensions: [reasonCode(1)] },
  ];
  const found = read(crl({ entries }));
  assert.deepEqual([found.hasRemovals, found.revoked.size], [true, 1]);
  assert.ok(!found.revoked.has(Uint8Array.of(1)));
  assert.ok(!read(crl()).hasRemovals);
});

test('takes the key, of several of one name, that made the signature, and says which', () => {
  const renewed = createCitizenCa(pki.citizenCa.name, pki.root, validity);
  const other = parseCertificate(renewed.certificate);
  const reader = createCrlReader({ authorities: [other, issuer] });
  reader.write(crl());
  assert.equal(reader.end().signer, issuer);
});

test('reads a CRL of an RSA key, PKCS#1 with SHA-256', () => {
  const key = { name: pki.citizenCa.name, privateKey: createRsaKey(2048) };
  const authority = parseCertificate(buildCertificate(citizenCaOptions(key, pki.root, validity)));
  const reader = createCrlReader({ authorities: [authority] });
  reader.write(crl({ signingKey: key.privateKey, hash: 'sha256' }));
  assert.equal(reader.end().revoked.size, 3);
});

test('refuses a CRL cut off at every byte, and one byte more', () => {
  const der = crl({ entries: [{ serial: first, extensions: [reasonCode(1)] }] });
  for (let length = 0; length < der.length; length++) {
    throwsWithCode('REVOCATION_UNKNOWN', () => read(der.subarray(0, length)));
  }
  throwsWithCode('REVOCATION_UNKNOWN', () => read(Buffer.concat([der, Buffer.of(0)])));
  throwsWithCode('REVOCATION_UNKNOWN', () => {
    const reader = createCrlReader({ authorities: [issuer] });
    reader.write(der);
    reader.write(Buffer.of(0));
  });
});

test('believes no CRL in which a byte was changed', () => {
  const der = crl();
  for (let offset = 0; offset < der.length; offset++) {
    const changed = Uint8Array.from(der);
    changed[offset] = (changed[offset] ?? 0) ^ 0x01;
    try {
      read(changed, 50);
    } catch (error) {
      assert.ok(error instanceof KidsIdError && error.code === 'REVOCATION_UNKNOWN', String(error));
      continue;
    }
    assert.fail(`believed a change at byte ${offset}`);
  }
});

test('stops at its size limit, and at a length that promises more', () => {
  const der = crl();
  const small = createCrlReader({ authorities: [issuer], maxBytes: der.length - 1 });
  throwsWithCode('REVOCATION_UNKNOWN', () => small.write(der));
  const promise = Uint8Array.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff);
  throwsWithCode('REVOCATION_UNKNOWN', () =>
    createCrlReader({ authorities: [issuer] }).write(promise),
  );
});

function entryOf(serial = new Uint8Array(0)) {
  return { serial };
}
