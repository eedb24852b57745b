import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { parseCertificateFields } from '../../native-host/login/certificate-fields.ts';
import { createTestContents } from '../kit/card/card-fixture.ts';

const bytes = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
const element = (tag: string, content: string) => {
  const length = content.length / 2;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return tag + Buffer.from(size).toString('hex') + content;
};

const SERIAL = element('02', '10aabb');
const ALGORITHM = element('30', '0603551d0f');
const ISSUER = element('30', element('31', element('30', '0603550403130141')));
const VERSION = 'a003020102';

function certificate(fields: string, rest = '3000'): Uint8Array {
  return bytes(element('30', element('30', fields) + rest));
}

const malformed = (der: Uint8Array) =>
  assert.throws(() => parseCertificateFields(der), { code: 'CERTIFICATE_MALFORMED' });

test('parses issuer and serial with and without a version (RFC 5280 §4.1)', () => {
  for (const version of [VERSION, '']) {
    const fields = parseCertificateFields(certificate(version + SERIAL + ALGORITHM + ISSUER));
    assert.deepEqual(fields.issuer, bytes(ISSUER));
    assert.deepEqual(fields.serial, bytes('10aabb'));
  }
});

test('parses a real certificate as OpenSSL does', async () => {
  const { authenticationCertificate, citizenCaCertificate } = await createTestContents('emma');
  assert.ok(authenticationCertificate);
  const { issuer, serial } = parseCertificateFields(authenticationCertificate);
  const { serialNumber } = new X509Certificate(authenticationCertificate);
  assert.equal(Buffer.from(serial).toString('hex').toUpperCase().replace(/^00/, ''), serialNumber);
  assert.ok(Buffer.from(citizenCaCertificate).includes(Buffer.from(issuer)));
});

test('a certificate that is cut anywhere, or goes on, is CERTIFICATE_MALFORMED', async () => {
  const { authenticationCertificate } = await createTestContents('emma');
  assert.ok(authenticationCertificate);
  for (let length = 0; length < authenticationCertificate.length; length += 1) {
    malformed(authenticationCertificate.slice(0, length));
  }
  malformed(Uint8Array.of(...authenticationCertificate, 0));
});

test('other elements in their place are CERTIFICATE_MALFORMED', () => {
  const rest = ALGORITHM + ISSUER;
  const wrong = [
    VERSION + element('04', '10') + rest,
    element('a1', '020102') + SERIAL + rest,
    VERSION + VERSION + rest,
    VERSION + SERIAL + element('31', '') + ISSUER,
    VERSION + SERIAL + ALGORITHM + element('31', ''),
    VERSION + SERIAL + ALGORITHM,
    '',
  ];
  for (const fields of wrong) malformed(certificate(fields));
  malformed(bytes(element('31', element('30', VERSION + SERIAL + rest))));
});

test('serials of 0 and of 21 bytes and an issuer over 1,024 bytes are CERTIFICATE_MALFORMED (RFC 5280 §4.1.2.2)', () => {
  malformed(certificate(VERSION + element('02', '') + ALGORITHM + ISSUER));
  malformed(certificate(VERSION + element('02', '11'.repeat(21)) + ALGORITHM + ISSUER));
  malformed(certificate(VERSION + SERIAL + ALGORITHM + element('30', '00'.repeat(1_021))));
  const largest = certificate(VERSION + SERIAL + ALGORITHM + element('30', '00'.repeat(1_020)));
  assert.equal(parseCertificateFields(largest).issuer.length, 1_024);
});

test('lengths that are indefinite, too wide or not the shortest are CERTIFICATE_MALFORMED (X.690 §10.1)', () => {
  for (const issuer of [
    '3080 0000',
    '308105 3103020101',
    '30820005 3103020101',
    '3083000005 3103020101',
  ]) {
    malformed(certificate(VERSION + SERIAL + ALGORITHM + issuer.replaceAll(' ', '')));
  }
});
