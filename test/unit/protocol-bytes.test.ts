/** Holds the bytes of docs/PROTOCOL.md against the code, and against node:crypto alone. */
import assert from 'node:assert/strict';
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import * as v from 'valibot';
import { OFFERED_SCHEMES } from '../../gateway/authenticator/signature.ts';
import { decodeBase64url, encodeBase64url } from '../../gateway/protocol/bytes.ts';
import * as channel from '../../gateway/protocol/card-channel.ts';
import * as connection from '../../gateway/protocol/connection-check.ts';
import * as exported from '../../gateway/protocol/exported-authenticator.ts';
import * as handshake from '../../gateway/protocol/handshake.ts';
import { encodeEcdsaSignature } from '../../native-host/login/ecdsa-signature.ts';
import { examples, hex, text } from '../kit/protocol-document.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

test('the signed bytes of the connection check are as documented, and its example verifies', async () => {
  const label = Buffer.from('kids-id connection check v1\0');
  const requestHash = createHash('sha256').update(hex('request')).digest();
  const parts = [label, hex('exporterValue'), requestHash, Buffer.of(1), hex('webKey')];
  assert.deepEqual(Buffer.concat(parts), hex('signed'));
  const reply = examples.find(({ schema }) => schema === '/card/start:reply')?.values[0];
  const { request, check } = v.parse(channel.CARD_CHANNEL['/card/start'].reply, reply);
  assert.deepEqual(Buffer.from(decodeBase64url(request)), hex('request'));
  assert.deepEqual(check.webKeys.map(decodeBase64url).map(Buffer.from), [hex('webKey')]);
  const signature = decodeBase64url(check.signature);
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', ...check.key }, format: 'jwk' });
  assert.ok(verify('sha256', hex('signed'), { key, dsaEncoding: 'ieee-p1363' }, signature));
  const pinnedThumbprint = await connection.connectionKeyThumbprint(check.key);
  assert.ok(text.includes(`thumbprint \`${pinnedThumbprint}\``));
  const statement = { request: hex('request'), webKeys: [hex('webKey')] };
  const verifyOver = (exporterValue: Uint8Array) =>
    connection.verifyConnectionCheck({
      statement: { ...statement, exporterValue },
      key: check.key,
      signature,
      pinnedThumbprint,
    });
  await verifyOver(hex('exporterValue'));
  await rejectsWithCode('CONNECTION_INTERCEPTED', verifyOver(hex('webKey')));
});

test('the worked example of an authenticator is right by node:crypto alone (RFC 9261 §5.2)', () => {
  const hash = (...parts: Buffer[]) => createHash('sha384').update(Buffer.concat(parts)).digest();
  const transcript = (...names: string[]) => hash(...['handshakeContext', ...names].map(hex));
  const finished = (...names: string[]) => {
    const mac = createHmac('sha384', hex('finishedKey'))
      .update(transcript(...names))
      .digest();
    return Buffer.concat([Buffer.from('14000030', 'hex'), mac]);
  };
  assert.deepEqual(hex('transcriptHash'), transcript('request', 'certificate'));
  const label = Buffer.from(`${' '.repeat(64)}Exported Authenticator\0`);
  assert.deepEqual(hex('signedContent'), Buffer.concat([label, hex('transcriptHash')]));
  assert.deepEqual(hex('signedHash'), hash(hex('signedContent')));
  const [x, y] = [hex('publicKey').subarray(1, 49), hex('publicKey').subarray(49)];
  const jwk = { kty: 'EC', crv: 'P-384', x: encodeBase64url(x), y: encodeBase64url(y) };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const raw = { key, dsaEncoding: 'ieee-p1363' } as const;
  assert.ok(verify('sha384', hex('signedContent'), raw, hex('cardSignature')));
  assert.ok(verify('sha384', hex('signedContent'), key, hex('certificateVerify').subarray(8)));
  assert.deepEqual(hex('finished'), finished('request', 'certificate', 'certificateVerify'));
  assert.deepEqual(hex('emptyFinished'), finished('request', 'emptyCertificate'));
});

test('gateway/protocol makes and reads the bytes of the worked example', async () => {
  const isAt = (made: Uint8Array, name: string) => assert.deepEqual(Buffer.from(made), hex(name));
  const handshakeContext = hex('handshakeContext');
  const keys = { hash: 'SHA-384', handshakeContext, finishedKey: hex('finishedKey') } as const;
  const request = hex('request');
  const { context, signatureSchemes } = handshake.decodeCertificateRequest(request);
  assert.deepEqual(signatureSchemes, OFFERED_SCHEMES);
  isAt(handshake.encodeCertificateRequest({ context, signatureSchemes }), 'request');
  const entry = { certificate: Buffer.from('300302012a', 'hex'), extensions: [] };
  const certificate = handshake.encodeCertificate({ context, entries: [entry] });
  isAt(certificate, 'certificate');
  isAt(await exported.certificateVerifyContent(keys, request, certificate), 'signedContent');
  const scheme = handshake.SIGNATURE_SCHEME.ecdsa_secp384r1_sha384;
  const signature = encodeEcdsaSignature(hex('cardSignature'));
  const certificateVerify = handshake.encodeCertificateVerify({ scheme, signature });
  isAt(certificateVerify, 'certificateVerify');
  const finished = await exported.createFinished(keys, [request, certificate, certificateVerify]);
  isAt(finished, 'finished');
  const whole = Buffer.concat([certificate, certificateVerify, finished]);
  assert.equal(exported.decodeAuthenticator(whole).kind, 'full');
  const empty = exported.emptyTranscript(request, context);
  isAt(Buffer.concat(empty.slice(1)), 'emptyCertificate');
  isAt(await exported.createFinished(keys, empty), 'emptyFinished');
  const sent = examples.find(({ schema }) => schema === '/card/authenticator:request');
  assert.deepEqual(sent?.values[0], { authenticator: encodeBase64url(hex('emptyFinished')) });
});
