/**
 * The code of docs/RELYING-PARTIES.md for openid-client 6, run as it stands against the real gateway:
 * confidential clients with PAR and PKCE, by private key and by secret.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import type { RawCard } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { adapt, readGuideBlock } from '../kit/interop/guide-block.ts';
import { visitWithCard } from '../kit/interop/raw-visit.ts';
import { openExampleFolder, trustAuthority } from '../kit/interop/run-example.ts';

interface SignIn {
  startSignIn(): Promise<{ url: URL; checks: object }>;
  finishSignIn(url: URL, checks: object): Promise<{ sub: string; room: string }>;
}

const SITE = {
  site: { name: 'Coucou' },
  organisation: 'Coucou vzw',
  sector: 'chat.localhost',
  subjectMode: 'pairwise',
  ageThresholds: [9],
  requireAge: { min: 6, below: 13 },
  redirectUris: ['https://chat.localhost/callback'],
};

const FAPI_KEY = generateKeyPair('ES256', { extractable: true });

describe('openid-client 6 as a client', { timeout: 60_000 }, () => {
  const secret = randomBytes(32).toString('base64url');
  let gateway: TestGateway;
  let steps: LoginSteps;
  let emma: RawCard;
  let folder: Awaited<ReturnType<typeof openExampleFolder>>;
  let byKey: SignIn;
  let bySecret: SignIn;

  before(async () => {
    const secretHashes = [createHash('sha256').update(secret).digest('base64url')];
    const authentication = { method: 'client_secret', secretHashes };
    const { d: _, ...publicKey } = await clientKeyOf(FAPI_KEY);
    const fapi = { method: 'private_key_jwt', jwks: { keys: [publicKey] } };
    gateway = await startTestGateway({
      clients: [
        { ...SITE, clientId: 'chat-with-secret', authentication },
        { ...SITE, clientId: 'chat-fapi', profile: 'fapi2', authentication: fapi },
      ],
    });
    steps = await createLoginSteps(gateway);
    emma = await steps.cardOf('emma');
    trustAuthority(gateway.webCa);
    folder = await openExampleFolder();
    const keyFile = await folder.write('client-key.json', JSON.stringify(gateway.clientKey));
    const source = adapt(await readGuideBlock('sign-in.ts'), {
      'https://gateway.example': gateway.origin,
      'https://chat.example': 'https://chat.localhost',
      "'client-key.json'": JSON.stringify(keyFile),
    });
    await folder.write('sign-in.ts', source);
    await folder.write(
      'sign-in-by-secret.ts',
      adapt(source, {
        'openid.PrivateKeyJwt({ key, kid: jwk.kid })': `openid.ClientSecretBasic('${secret}')`,
        "'chat',": "'chat-with-secret',",
      }),
    );
    const fapiKeyFile = await folder.write(
      'fapi-key.json',
      JSON.stringify(await clientKeyOf(FAPI_KEY)),
    );
    await folder.write(
      'sign-in-fapi.ts',
      adapt(source, {
        [JSON.stringify(keyFile)]: JSON.stringify(fapiKeyFile),
        "'chat',": "'chat-fapi',",
        'const tokens = await openid.authorizationCodeGrant(gateway, url, checks);':
          await readGuideBlock('dpop.ts'),
        'return {\n    sub,': 'return {\n    sub: tokens.token_type,',
      }),
    );
    byKey = (await folder.load('sign-in.ts')) as unknown as SignIn;
    bySecret = (await folder.load('sign-in-by-secret.ts')) as unknown as SignIn;
  });

  after(async () => {
    await folder?.remove();
    await gateway?.stop();
  });

  it('signs in with a pushed request, PKCE and private_key_jwt, and gets the same child again', async () => {
    const first = await signIn(byKey, emma);
    assert.equal(first.room, '6 to 8');
    assert.deepEqual(await signIn(byKey, emma), first);
    assert.notEqual((await signIn(byKey, await steps.cardOf('noah'))).sub, first.sub);
  });

  it('signs in with a client secret; the same sector gives the same sub (design §5)', async () => {
    assert.deepEqual(await signIn(bySecret, emma), await signIn(byKey, emma));
  });

  it('signs in under the FAPI 2.0 profile, with a token that is bound to its key (RFC 9449)', async () => {
    const byDpop = (await folder.load('sign-in-fapi.ts')) as unknown as SignIn;
    assert.equal((await signIn(byDpop, emma)).sub, 'dpop');
  });

  it('is told access_denied for the wrong age, and nothing else', async () => {
    const { url, checks } = await byKey.startSignIn();
    const card = await steps.cardOf('karel');
    const { callback, refusedWith } = await visitWithCard({ gateway, steps, url, card });
    assert.equal(refusedWith, 'AGE_OUTSIDE');
    await assert.rejects(byKey.finishSignIn(callback, checks), { error: 'access_denied' });
    assert.deepEqual([...callback.searchParams.keys()].sort(), ['error', 'iss', 'state']);
  });

  it('refuses an answer of another issuer (RFC 9207 §2.4)', async () => {
    const { url, checks } = await byKey.startSignIn();
    const { callback } = await visitWithCard({ gateway, steps, url, card: emma });
    callback.searchParams.set('iss', 'https://elsewhere.example');
    await assert.rejects(byKey.finishSignIn(callback, checks));
  });

  async function signIn(site: SignIn, card: RawCard): Promise<{ sub: string; room: string }> {
    const { url, checks } = await site.startSignIn();
    const { callback } = await visitWithCard({ gateway, steps, url, card });
    return site.finishSignIn(callback, checks);
  }
});

async function clientKeyOf(pair: typeof FAPI_KEY) {
  return { ...(await exportJWK((await pair).privateKey)), kid: 'fapi-1' };
}
