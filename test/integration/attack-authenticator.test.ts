/** Authenticators that are not what the request on this connection asked for (RFC 9261, design §7). */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { after, before, test } from 'node:test';
import { encodeBase64url } from '../../gateway/protocol/bytes.ts';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import { createFinished } from '../../gateway/protocol/exported-authenticator.ts';
import {
  type CertificateEntry,
  decodeCertificateRequest,
  encodeCertificate,
  encodeCertificateRequest,
  encodeHandshake,
  HANDSHAKE_TYPE,
} from '../../gateway/protocol/handshake.ts';
import {
  type AuthenticatorForgery,
  entryOf,
  forgeAuthenticator,
} from '../kit/attack/forge-authenticator.ts';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { makeEmptyAuthenticator, type RawCard, type RawHost } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { createEcKey } from '../kit/pki/authorities.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';

let gateway: TestGateway;
let steps: LoginSteps;
let victim: RawCard;
let attacker: RawCard;

before(async () => {
  gateway = await startTestGateway();
  steps = await createLoginSteps(gateway);
  [victim, attacker] = [await steps.cardOf('emma'), await steps.cardOf('noah')];
});

after(() => gateway.stop());

test('a list of [victim, attacker] signed by the attacker is AUTHENTICATOR_INVALID: the first certificate needs the proof (RFC 8446 §4.4.2)', async () => {
  const entries = [entryOf(victim.certificate), entryOf(attacker.certificate)];
  assert.equal(await codeOf({ entries, key: attacker.key }), 'AUTHENTICATOR_INVALID');
});

test('a list of [attacker, victim] signed by the attacker is the attacker’s login and nobody else’s (RFC 8446 §4.4.2)', async () => {
  const subs: unknown[] = [];
  for (const [entries, { key }] of [
    [[entryOf(attacker.certificate), entryOf(victim.certificate)], attacker],
    [[entryOf(attacker.certificate)], attacker],
    [[entryOf(victim.certificate)], victim],
  ] as const) {
    const login = await steps.openLogin();
    const { status, body } = await sendForged({ entries, key }, await steps.ticketOf(login));
    assert.equal(status, 200);
    subs.push((await steps.finish(login, String(body['completionCode'])))['sub']);
  }
  assert.equal(subs[0], subs[1]);
  assert.notEqual(subs[0], subs[2]);
});

test('a certificate of the attacker’s own making for the victim’s key or name is refused by its path, not its claim (design §7)', async () => {
  const key = createEcKey('P-384');
  const { certificate } = forgeCertificate(gateway.pki, {
    key,
    issuer: { ...gateway.pki.citizenCa, privateKey: createEcKey('P-384') },
  });
  assert.equal(await codeOf({ entries: [entryOf(certificate)], key }), 'CERTIFICATE_PATH');
});

test('an intermediate of the attacker’s in the list does not become a trust anchor (design §4, own CAs only)', async () => {
  const wout = await steps.cardOf('wout');
  const entries = [entryOf(wout.certificate), entryOf(gateway.pki.citizenCa.certificate)];
  assert.equal(await codeOf({ entries, key: wout.key }), 'CERTIFICATE_ISSUER_UNKNOWN');
});

test('an extension that nobody asked for, or that only a request may have, is AUTHENTICATOR_INVALID on any certificate (RFC 9261 §5.2.1, RFC 8446 §4.2)', async () => {
  for (const type of [0, 5, 13, 18, 47, 0xff01]) {
    const extensions = [{ type, data: Uint8Array.of(0) }];
    for (const entries of [
      [{ certificate: victim.certificate, extensions }],
      [entryOf(victim.certificate), { certificate: attacker.certificate, extensions }],
    ]) {
      assert.equal(await codeOf({ entries, key: victim.key }), 'AUTHENTICATOR_INVALID');
    }
  }
});

test('a scheme that was not offered is AUTHENTICATOR_INVALID, whatever key signs (RFC 9261 §5.2.2, RFC 8446 §4.4.3)', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const tries: Forgery[] = [
    { entries: [entryOf(victim.certificate)], key: victim.key, scheme: 0x0403, hash: 'sha256' },
    { entries: [entryOf(victim.certificate)], key: victim.key, scheme: 0x0203, hash: 'sha1' },
    { entries: [issued(rsa)], key: rsa, scheme: 0x0401, hash: 'sha256', padding: 'pkcs1' },
    { entries: [issued(rsa)], key: rsa, scheme: 0x0201, hash: 'sha1', padding: 'pkcs1' },
    { entries: [issued(rsa)], key: rsa, scheme: 0x0809, hash: 'sha256', padding: 'pss' },
  ];
  for (const forgery of tries) assert.equal(await codeOf(forgery), 'AUTHENTICATOR_INVALID');
});

test('an offered scheme does not carry another algorithm: PKCS#1 as PSS, RSA as P-384 (RFC 8446 §4.2.3)', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const tries: Forgery[] = [
    { entries: [issued(rsa)], key: rsa, scheme: 0x0804, hash: 'sha256', padding: 'pkcs1' },
    { entries: [issued(rsa)], key: rsa, scheme: 0x0503, hash: 'sha384', padding: 'pss' },
    { entries: [entryOf(victim.certificate)], key: victim.key, scheme: 0x0503, hash: 'sha256' },
  ];
  for (const forgery of tries) assert.equal(await codeOf(forgery), 'AUTHENTICATOR_INVALID');
});

test('a key that no card has is CERTIFICATE_KEY before its proof is looked at, right or wrong (card facts §1.6)', async () => {
  const p256 = createEcKey('P-256');
  for (const scheme of [0x0403, 0x0503]) {
    const forgery: Forgery = { entries: [issued(p256)], key: p256, scheme, hash: 'sha256' };
    assert.equal(await codeOf(forgery), 'CERTIFICATE_KEY');
  }
});

test('an answer over a request with another context is AUTHENTICATOR_INVALID, with that context or with the right one (RFC 9261 §4, §5.2.1)', async () => {
  const right = { entries: [entryOf(victim.certificate)], key: victim.key };
  for (const keepsContext of [false, true]) {
    const code = await codeOf(right, (octets) => {
      const { context, signatureSchemes } = decodeCertificateRequest(octets);
      const changed = Uint8Array.from(context, (byte, index) => (index === 0 ? byte ^ 1 : byte));
      const request = encodeCertificateRequest({ context: changed, signatureSchemes });
      return { request, ...(keepsContext && { context }) };
    });
    assert.equal(code, 'AUTHENTICATOR_INVALID');
  }
  const otherContext = await codeOf(right, () => ({ context: new Uint8Array(32) }));
  assert.equal(otherContext, 'AUTHENTICATOR_INVALID');
});

test('an answer over the request without its header, or with other schemes, is AUTHENTICATOR_INVALID (RFC 9261 §5.2.2, octets as received)', async () => {
  const right = { entries: [entryOf(victim.certificate)], key: victim.key };
  const headless = await codeOf(right, (octets) => ({
    request: octets.subarray(4),
    context: decodeCertificateRequest(octets).context,
  }));
  assert.equal(headless, 'AUTHENTICATOR_INVALID');
  const weaker = await codeOf(right, (octets) => {
    const { context } = decodeCertificateRequest(octets);
    return { request: encodeCertificateRequest({ context, signatureSchemes: [0x0401, 0x0503] }) };
  });
  assert.equal(weaker, 'AUTHENTICATOR_INVALID');
});

test('the request sent back, alone or before an answer, is MESSAGE_MALFORMED (RFC 9261 §5.2)', async () => {
  for (const build of [
    (octets: Uint8Array, _answer: Uint8Array) => octets,
    (octets: Uint8Array, answer: Uint8Array) => Buffer.concat([octets, answer]),
    (_octets: Uint8Array, answer: Uint8Array) => Buffer.concat([answer, answer]),
  ]) {
    const { host, octets } = await connect();
    const forged = await forgeAuthenticator({
      keys: host.keys(),
      request: octets,
      entries: [entryOf(victim.certificate)],
      key: victim.key,
    });
    const authenticator = encodeBase64url(build(octets, Buffer.from(forged, 'base64url')));
    const { body } = await host.post('/card/authenticator', { authenticator });
    assert.deepEqual(body, { code: 'MESSAGE_MALFORMED' });
    host.close();
  }
});

test('an empty certificate list with a proof is MESSAGE_MALFORMED (RFC 9261 §5.2.1)', async () => {
  assert.equal(await codeOf({ entries: [], key: victim.key }), 'MESSAGE_MALFORMED');
});

test('somebody else’s "no" is AUTHENTICATOR_INVALID: an empty answer of another connection, or a Finished of zeros (RFC 9261 §6)', async () => {
  const { host: other } = await connect();
  const foreign = await connect();
  const empty = await makeEmptyAuthenticator(other.keys(), foreign.octets);
  const zeros = encodeBase64url(encodeHandshake(HANDSHAKE_TYPE.finished, new Uint8Array(48)));
  const cut = encodeBase64url(encodeHandshake(HANDSHAKE_TYPE.finished, new Uint8Array(0)));
  for (const [authenticator, { host }] of [
    [empty, foreign],
    [zeros, await connect()],
    [cut, await connect()],
  ] as const) {
    const { body } = await host.post('/card/authenticator', { authenticator });
    assert.deepEqual(body, { code: 'AUTHENTICATOR_INVALID' });
  }
});

test('a right signature with a Finished over less than all messages is AUTHENTICATOR_INVALID (RFC 9261 §5.2.3)', async () => {
  const { host, octets } = await connect();
  const keys = host.keys();
  const right = await forgeAuthenticator({
    keys,
    request: octets,
    entries: [entryOf(victim.certificate)],
    key: victim.key,
  });
  const { context } = decodeCertificateRequest(octets);
  const certificate = encodeCertificate({ context, entries: [entryOf(victim.certificate)] });
  const finished = await createFinished(keys, [octets, certificate]);
  const messages = Buffer.from(right, 'base64url').subarray(0, -finished.length);
  const authenticator = encodeBase64url(Buffer.concat([messages, finished]));
  const { body } = await host.post('/card/authenticator', { authenticator });
  assert.deepEqual(body, { code: 'AUTHENTICATOR_INVALID' });
});

/** A certificate of the right CA for another kind of key. */
function issued(key: KeyObject): CertificateEntry {
  return entryOf(forgeCertificate(gateway.pki, { key }).certificate);
}

async function connect(ticket?: string): Promise<{ host: RawHost; octets: Uint8Array }> {
  const host = await steps.connect();
  const spent = ticket ?? (await steps.ticketOf(await steps.openLogin()));
  return { host, octets: await steps.claim(host, spent) };
}

type Forgery = Omit<AuthenticatorForgery, 'keys' | 'request'>;

async function sendForged(
  forgery: Forgery,
  ticket?: string,
  change: (octets: Uint8Array) => Partial<AuthenticatorForgery> = () => ({}),
) {
  const { host, octets } = await connect(ticket);
  const right = { keys: host.keys(), request: octets, ...forgery };
  const authenticator = await forgeAuthenticator({ ...right, ...change(octets) });
  const reply = await host.post('/card/authenticator', { authenticator });
  host.close();
  return reply;
}

async function codeOf(
  forgery: Forgery,
  change?: (octets: Uint8Array) => Partial<AuthenticatorForgery>,
): Promise<ErrorCode | undefined> {
  const { body } = await sendForged(forgery, undefined, change);
  return body['code'] as ErrorCode | undefined;
}
