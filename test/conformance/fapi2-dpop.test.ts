/** fapi2-security-profile-final-test-plan: what a DPoP proof has to be (RFC 9449 §4.3). */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { generateKeyPair } from 'jose';
import type { ConformanceGateway, Reply } from './conformance-gateway.ts';
import { testModule } from './fapi2-modules.ts';
import { getAccessToken, getCode, openFapiGateway } from './fapi2-setup.ts';
import type { ProofChanges, RawClient } from './raw-client.ts';

let at: ConformanceGateway;
let fapi: RawClient;
before(async () => {
  at = await openFapiGateway();
  fapi = at.clientOf('fapi');
});
after(() => at.close());

const now = () => Math.floor(Date.now() / 1_000);

/** The same proof wherever one is sent: at the pushed request, for the token, and with the token. */
async function useEverywhere(proof: () => ProofChanges): Promise<void> {
  const { callback, checks } = await getCode(at, fapi, { push: { proof: proof() } });
  const { status, json, text } = await fapi.redeem(callback, checks, { proof: proof() });
  assert.equal(status, 200, text);
  const reply = await fapi.userinfo(String(json['access_token']), { proof: proof() });
  assert.equal(reply.status, 200, reply.text);
}

testModule('check-dpop-proof-nbf-exp', async () => {
  await useEverywhere(() => ({ claims: { nbf: now(), exp: now() + 300 } }));
});

testModule('ensure-dpopproof-with-iat-10seconds-before-succeeds', async () => {
  await useEverywhere(() => ({ claims: { iat: now() - 10 } }));
});

testModule('ensure-dpopproof-with-iat-10seconds-after-succeeds', async () => {
  await useEverywhere(() => ({ claims: { iat: now() + 10 } }));
});

testModule('dpop-negative-tests', async (context) => {
  const token = await getAccessToken(at, fapi);
  const url = String(at.metadata['userinfo_endpoint']);
  const use = (proof: ProofChanges | null, scheme?: string) =>
    fapi.userinfo(token, { proof, ...(scheme && { scheme }) });

  for (const [name, proof] of await wrongProofs(url)) {
    await context.test(`refused: ${name}`, async () => assertUnauthorized(await use(proof)));
  }

  await context.test('refused: no proof, whatever the scheme', async () => {
    for (const scheme of ['DPoP', 'Bearer']) assertUnauthorized(await use(null, scheme));
  });

  await context.test('refused: a right proof with the scheme of a bearer token', async () => {
    assertUnauthorized(await use({}, 'Bearer'));
  });

  await context.test('refused: a proof that comes again', async () => {
    const claims = { jti: randomUUID() };
    assert.equal((await use({ claims })).status, 200);
    assertUnauthorized(await use({ claims }));
  });

  for (const [name, proof] of rightProofs(url)) {
    await context.test(`taken: ${name}`, async () => {
      const reply = await use(proof);
      assert.equal(reply.status, 200, `${reply.headers['www-authenticate']} ${reply.text}`);
    });
  }
});

async function wrongProofs(url: string): Promise<[name: string, proof: ProofChanges][]> {
  const without = (claim: string): [string, ProofChanges] => [
    `without ${claim}`,
    { claims: { [claim]: undefined } },
  ];
  const keys = await generateKeyPair('ES256', { extractable: true });
  const ath = createHash('sha256').update('another token').digest('base64url');
  return [
    ['more than one', { spoil: (proof) => [proof, proof] }],
    ['not a JWT', { spoil: (proof) => `${proof.slice(0, 20)} ${proof.slice(20)}` }],
    ['without typ', { header: { typ: undefined } }],
    ['without alg', { spoil: (proof) => changeHeader(proof, { alg: undefined }) }],
    ['without jwk', { header: { jwk: undefined } }],
    ...['jti', 'htm', 'htu', 'iat', 'ath'].map(without),
    ['of another typ', { header: { typ: 'JWT' } }],
    ['with alg none', { spoil: (proof) => `${changeHeader(proof, { alg: 'none' }, false)}.` }],
    ['with a wrong signature', { spoil: spoilSignature }],
    ['with the private key in it', { header: { jwk: await fapi.proofKey() } }],
    ['for another method', { claims: { htm: 'PUT' } }],
    ['for another URL', { claims: { htu: `${url}/other` } }],
    ['for another host', { claims: { htu: 'https://other.example/me' } }],
    ['with the hash of another token', { claims: { ath } }],
    ['under another key', { keys }],
    // With a nonce of the server's `iat` need not be judged (RFC 9449 §11.1): so without one.
    ['one hour ahead', { claims: { iat: now() + 3_600 }, hasNoNonce: true }],
    ['one hour old', { claims: { iat: now() - 3_600 }, hasNoNonce: true }],
    ['with a nonce that nobody gave', { claims: { nonce: 'a-nonce-of-mine' } }],
  ];
}

function rightProofs(url: string): [name: string, proof: ProofChanges][] {
  return [
    ['a query and fragment in htu, which are not compared', { claims: { htu: `${url}?a=b#c` } }],
    ['scheme and host in capitals', { claims: { htu: url.replace(/^https:\/\/[^/:]+/, upper) } }],
    ['header and claims that nobody knows', { header: { foo: 'bar' }, claims: { foo: ['bar'] } }],
    ['nothing wrong with it', {}],
  ];
}

const upper = (text: string) => text.toUpperCase();

function changeHeader(proof: string, changes: object, signed = true): string {
  const [header = '', claims = '', signature = ''] = proof.split('.');
  const members = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...changes };
  const parts = [Buffer.from(JSON.stringify(members)).toString('base64url'), claims];
  return [...parts, ...(signed ? [signature] : [])].join('.');
}

function spoilSignature(proof: string): string {
  const [header, claims, signature = ''] = proof.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  return [header, claims, bytes.toString('base64url')].join('.');
}

function assertUnauthorized({ status, headers, json, text }: Reply): void {
  assert.ok(status === 400 || status === 401, `${status} ${text}`);
  assert.equal(json['sub'], undefined);
  if (status === 401) assert.match(String(headers['www-authenticate']), /DPoP|Bearer/);
}
