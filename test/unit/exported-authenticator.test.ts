import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import {
  type AuthenticatorKeys,
  certificateVerifyContent,
  createFinished,
  decodeAuthenticator,
  emptyTranscript,
  hashOfCipherSuite,
  verifyFinished,
} from '../../gateway/protocol/exported-authenticator.ts';
import {
  encodeCertificate,
  encodeCertificateRequest,
  encodeCertificateVerify,
  encodeFinished,
} from '../../gateway/protocol/handshake.ts';
import { rejectsWithCode, throwsWithCode } from '../kit/rejects.ts';

const context = new Uint8Array(32).fill(7);
const request = encodeCertificateRequest({ context, signatureSchemes: [0x0503] });
const certificate = encodeCertificate({
  context,
  entries: [{ certificate: Uint8Array.of(0x30, 0), extensions: [] }],
});
const certificateVerify = encodeCertificateVerify({
  scheme: 0x0503,
  signature: Uint8Array.of(1, 2, 3),
});

const KEYS: readonly (AuthenticatorKeys & { node: 'sha256' | 'sha384' })[] = [
  { hash: 'SHA-256', node: 'sha256', handshakeContext: bytes(32, 1), finishedKey: bytes(32, 2) },
  { hash: 'SHA-384', node: 'sha384', handshakeContext: bytes(48, 3), finishedKey: bytes(48, 4) },
];

for (const keys of KEYS) {
  test(`${keys.hash}: the signed content is 64 spaces, context string, zero, transcript hash (RFC 9261 §5.2.2)`, async () => {
    const transcript = createHash(keys.node)
      .update(keys.handshakeContext)
      .update(request)
      .update(certificate)
      .digest();
    const expected = Buffer.concat([
      Buffer.from(`${' '.repeat(64)}Exported Authenticator\0`, 'latin1'),
      transcript,
    ]);
    const content = await certificateVerifyContent(keys, request, certificate);
    assert.deepEqual(Buffer.from(content), expected);
  });

  test(`${keys.hash}: Finished is the HMAC of the transcript under the finished key (RFC 9261 §5.2.3)`, async () => {
    const messages = [request, certificate, certificateVerify];
    const finished = await createFinished(keys, messages);
    assert.deepEqual(Buffer.from(finished.subarray(4)), macOf(keys, messages));
    await verifyFinished(keys, messages, { bytes: finished, verifyData: finished.subarray(4) });
  });

  test(`${keys.hash}: Finished of another connection, request or length is refused (RFC 9261 §5.2.3)`, async () => {
    const messages = [request, certificate, certificateVerify];
    const verifyData = (await createFinished(keys, messages)).subarray(4);
    const finished = { bytes: verifyData, verifyData };
    const elsewhere = { ...keys, handshakeContext: bytes(keys.handshakeContext.length, 9) };
    await rejectsWithCode('AUTHENTICATOR_INVALID', verifyFinished(elsewhere, messages, finished));
    const otherKey = { ...keys, finishedKey: bytes(keys.finishedKey.length, 9) };
    await rejectsWithCode('AUTHENTICATOR_INVALID', verifyFinished(otherKey, messages, finished));
    const headless = [request.subarray(4), certificate, certificateVerify];
    await rejectsWithCode('AUTHENTICATOR_INVALID', verifyFinished(keys, headless, finished));
    const short = { bytes: verifyData, verifyData: verifyData.subarray(0, -1) };
    await rejectsWithCode('AUTHENTICATOR_INVALID', verifyFinished(keys, messages, short));
  });
}

test('an empty authenticator is Finished over a Certificate message without entries (RFC 9261 §6)', async () => {
  for (const keys of KEYS) {
    const transcript = emptyTranscript(request, context);
    const finished = await createFinished(keys, transcript);
    const emptyCertificate = Buffer.concat([
      Buffer.from([11, 0, 0, 36, 32]),
      context,
      Buffer.from([0, 0, 0]),
    ]);
    assert.deepEqual(
      Buffer.from(finished.subarray(4)),
      macOf(keys, [request, Uint8Array.from(emptyCertificate)]),
    );
    const decoded = decodeAuthenticator(finished);
    assert.equal(decoded.kind, 'empty');
    await verifyFinished(keys, transcript, decoded.finished);
  }
});

test('every flipped bit of an authenticator is a refusal (RFC 9261 §5.2)', async () => {
  const keys = KEYS[0] as AuthenticatorKeys;
  const whole = await authenticator(keys);
  const judge = async (candidate: Uint8Array) => {
    const decoded = decodeAuthenticator(candidate);
    if (decoded.kind === 'empty') {
      return verifyFinished(keys, emptyTranscript(request, context), decoded.finished);
    }
    const { certificate, certificateVerify, finished } = decoded;
    return verifyFinished(keys, [request, certificate.bytes, certificateVerify.bytes], finished);
  };
  await judge(whole);
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const flipped = Uint8Array.from(whole);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await assert.rejects(async () => judge(flipped), `bit ${bit} did not matter`);
  }
});

test('an authenticator is refused when cut at any byte or followed by one (RFC 9261 §5.2)', async () => {
  const whole = await authenticator(KEYS[1] as AuthenticatorKeys);
  for (let length = 0; length < whole.length; length += 1) {
    throwsWithCode('MESSAGE_MALFORMED', () => decodeAuthenticator(whole.subarray(0, length)));
  }
  throwsWithCode('MESSAGE_MALFORMED', () => decodeAuthenticator(Uint8Array.of(...whole, 0)));
});

test('an authenticator in another order, twice, or with no certificate entry is refused (RFC 9261 §5.2)', () => {
  const finished = encodeFinished(bytes(32, 5));
  const emptyCertificate = encodeCertificate({ context, entries: [] });
  for (const messages of [
    [certificateVerify, certificate, finished],
    [certificate, finished],
    [certificate, certificateVerify],
    [certificate, certificateVerify, finished, finished],
    [emptyCertificate, certificateVerify, finished],
    [emptyCertificate, finished],
    [request, certificate, certificateVerify, finished],
  ]) {
    throwsWithCode('MESSAGE_MALFORMED', () => decodeAuthenticator(Buffer.concat(messages)));
  }
});

test('the authenticator hash follows the cipher suite; one that is not TLS 1.3 is refused (RFC 9261 §5.1)', () => {
  assert.equal(hashOfCipherSuite('TLS_AES_256_GCM_SHA384'), 'SHA-384');
  assert.equal(hashOfCipherSuite('TLS_AES_128_GCM_SHA256'), 'SHA-256');
  assert.equal(hashOfCipherSuite('TLS_CHACHA20_POLY1305_SHA256'), 'SHA-256');
  throwsWithCode('MESSAGE_MALFORMED', () =>
    hashOfCipherSuite('TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'),
  );
});

async function authenticator(keys: AuthenticatorKeys): Promise<Uint8Array> {
  const messages = [request, certificate, certificateVerify];
  return Buffer.concat([certificate, certificateVerify, await createFinished(keys, messages)]);
}

function macOf(keys: (typeof KEYS)[number], messages: readonly Uint8Array[]): Buffer {
  const transcript = createHash(keys.node).update(keys.handshakeContext);
  for (const message of messages) transcript.update(message);
  return createHmac(keys.node, keys.finishedKey).update(transcript.digest()).digest();
}

function bytes(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}
