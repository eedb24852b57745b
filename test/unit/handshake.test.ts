import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeCertificate,
  decodeCertificateRequest,
  decodeCertificateVerify,
  decodeFinished,
  encodeCertificate,
  encodeCertificateRequest,
  encodeCertificateVerify,
  encodeFinished,
  SIGNATURE_SCHEME,
  splitHandshakes,
} from '../../gateway/protocol/handshake.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** Worked out by hand from the presentation language of RFC 8446 §4.3.2, §4.4.2–4. */
const REQUEST = hex('0d 000013  04 a1a2a3a4  000c  000d 0008 0006 0503 0804 0403');
const WORKED = {
  certificate: hex('0b 000010  04 a1a2a3a4  000008  000003 300100  0000'),
  certificateVerify: hex('0f 000006  0503  0002 beef'),
  finished: hex('14 000004  01020304'),
};

test('CertificateRequest: bytes as worked out by hand (RFC 8446 §4.3.2, type 13 for a request by a server)', () => {
  const context = hex('a1a2a3a4');
  const signatureSchemes = [
    SIGNATURE_SCHEME.ecdsa_secp384r1_sha384,
    SIGNATURE_SCHEME.rsa_pss_rsae_sha256,
    0x0403,
  ];
  assert.deepEqual(encodeCertificateRequest({ context, signatureSchemes }), REQUEST);
  const decoded = decodeCertificateRequest(REQUEST);
  assert.deepEqual(decoded.context, context);
  assert.deepEqual(decoded.signatureSchemes, signatureSchemes);
  assert.deepEqual(decoded.bytes, REQUEST);
});

test('Certificate, CertificateVerify, Finished: bytes as worked out by hand, and back (RFC 8446 §4.4)', () => {
  const entries = [{ certificate: hex('300100'), extensions: [] }];
  assert.deepEqual(encodeCertificate({ context: hex('a1a2a3a4'), entries }), WORKED.certificate);
  assert.deepEqual(decodeCertificate(WORKED.certificate).entries, entries);
  const verify = { scheme: 0x0503, signature: hex('beef') };
  assert.deepEqual(encodeCertificateVerify(verify), WORKED.certificateVerify);
  assert.deepEqual(decodeCertificateVerify(WORKED.certificateVerify).signature, hex('beef'));
  assert.deepEqual(encodeFinished(hex('01020304')), WORKED.finished);
  assert.deepEqual(decodeFinished(WORKED.finished).verifyData, hex('01020304'));
});

const DECODERS = [
  ['CertificateRequest', REQUEST, decodeCertificateRequest],
  ['Certificate', WORKED.certificate, decodeCertificate],
  ['CertificateVerify', WORKED.certificateVerify, decodeCertificateVerify],
  ['Finished', WORKED.finished, decodeFinished],
] as const;

for (const [name, bytes, decode] of DECODERS) {
  test(`${name}: refuses truncation at every byte, a byte too many and another type (RFC 8446 §4)`, () => {
    for (let length = 0; length < bytes.length; length += 1) {
      throwsWithCode('MESSAGE_MALFORMED', () => decode(bytes.subarray(0, length)));
    }
    throwsWithCode('MESSAGE_MALFORMED', () => decode(Uint8Array.of(...bytes, 0)));
    throwsWithCode('MESSAGE_MALFORMED', () => decode(Uint8Array.of(1, ...bytes.subarray(1))));
  });
}

test('CertificateRequest: refuses one without signature_algorithms (RFC 8446 §4.3.2)', () => {
  throwsWithCode('MESSAGE_MALFORMED', () =>
    decodeCertificateRequest(hex('0d 000007 04 a1a2a3a4 0000')),
  );
});

test('CertificateRequest: refuses an empty and an odd list of schemes (RFC 8446 §4.2.3)', () => {
  for (const list of ['000d 0002 0000', '000d 0005 0003 050304']) {
    const extensions = hex(list);
    const body = Uint8Array.of(0, 0, extensions.length, ...extensions);
    throwsWithCode('MESSAGE_MALFORMED', () =>
      decodeCertificateRequest(Uint8Array.of(13, 0, 0, body.length, ...body)),
    );
  }
});

test('CertificateRequest: keeps an unknown extension and refuses one given twice (RFC 9261 §4, RFC 8446 §4.2)', () => {
  const extra = { type: 0xfafa, data: hex('00') };
  const options = { context: hex('01'), signatureSchemes: [0x0503] };
  const once = encodeCertificateRequest({ ...options, extensions: [extra] });
  assert.deepEqual(decodeCertificateRequest(once).extensions.at(-1), extra);
  const twice = encodeCertificateRequest({ ...options, extensions: [extra, extra] });
  throwsWithCode('MESSAGE_MALFORMED', () => decodeCertificateRequest(twice));
});

test('Certificate: refuses an entry of no bytes (RFC 8446 §4.4.2, opaque cert_data<1..2^24-1>)', () => {
  throwsWithCode('MESSAGE_MALFORMED', () =>
    decodeCertificate(hex('0b 000009 00 000005 000000 0000')),
  );
});

test('a sequence of handshake messages splits at its headers and is refused when the last is cut', () => {
  const sequence = Uint8Array.of(...WORKED.certificate, ...WORKED.finished);
  assert.deepEqual(
    splitHandshakes(sequence).map(({ type, bytes }) => [type, bytes]),
    [
      [11, WORKED.certificate],
      [20, WORKED.finished],
    ],
  );
  throwsWithCode('MESSAGE_MALFORMED', () => splitHandshakes(sequence.subarray(0, -1)));
});
