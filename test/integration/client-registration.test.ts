/** Dynamic registration: of a gateway in development, from this machine, for this machine (RFC 7591). */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import * as openid from 'openid-client';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import type { RawCard } from '../kit/gateway/raw-host.ts';
import { type ChangeableTestGateway, startTestGateway } from '../kit/gateway/test-gateway.ts';
import { visitWithCard } from '../kit/interop/raw-visit.ts';
import { trustAuthority } from '../kit/interop/run-example.ts';
import { claimPort } from '../kit/start/ports.ts';

const CALLBACK = 'http://127.0.0.1:3000/callback';
const ALLOWED_MAX = 50;

describe('dynamic registration in development', { timeout: 60_000 }, () => {
  let gateway: ChangeableTestGateway;
  let steps: LoginSteps;
  let emma: RawCard;

  before(async () => {
    gateway = await startTestGateway();
    trustAuthority(gateway.webCa);
    steps = await createLoginSteps(gateway);
    emma = await steps.cardOf('emma');
  });
  after(() => gateway.stop());

  const post = (metadata: unknown, headers: Record<string, string> = {}, type?: string) =>
    fetch(`${gateway.origin}/reg`, {
      method: 'POST',
      headers: { 'content-type': type ?? 'application/json', ...headers },
      body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
    });
  const listFiles = () =>
    readdirSync(gateway.clientsFolder).filter((name) => name.startsWith('development-'));

  test('is announced by discovery (RFC 8414 §2)', async () => {
    const response = await fetch(`${gateway.origin}/.well-known/openid-configuration`);
    const { registration_endpoint } = (await response.json()) as Record<string, unknown>;
    assert.equal(registration_endpoint, `${gateway.origin}/reg`);
  });

  const ways: [method: string, metadata: object, authenticate: () => openid.ClientAuth][] = [
    ['client_secret_basic', {}, () => openid.ClientSecretBasic()],
    ['none', { require_pushed_authorization_requests: false }, () => openid.None()],
  ];
  for (const [method, metadata, authenticate] of ways) {
    test(`leads to a login at once: openid-client, ${method}`, async () => {
      const config = await openid.dynamicClientRegistration(
        new URL(gateway.origin),
        {
          ...{ client_name: 'My first site', redirect_uris: [CALLBACK], ...metadata },
          ...{ token_endpoint_auth_method: method, age_thresholds: [6], subject_mode: 'pairwise' },
          ...{ id_token_signed_response_alg: 'ES256' },
        } as Partial<openid.ClientMetadata>,
        authenticate(),
      );
      const { sub, age_over_6 } = await logIn(config);
      assert.equal(age_over_6, true);
      assert.match(String(sub), /^[\w-]{43}$/);
    });
  }

  test('leads to a login with a key of the site: private_key_jwt', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const { kty, crv, x, y } = await exportJWK(publicKey);
    const config = await openid.dynamicClientRegistration(
      new URL(gateway.origin),
      {
        ...{ redirect_uris: [CALLBACK], jwks: { keys: [{ kty, crv, x, y, kid: 'k1' }] } },
        ...{ age_thresholds: [6], id_token_signed_response_alg: 'ES256' },
      } as Partial<openid.ClientMetadata>,
      openid.PrivateKeyJwt({ key: privateKey, kid: 'k1' }),
    );
    assert.equal((await logIn(config))['age_over_6'], true);
  });

  async function logIn(config: openid.Configuration): Promise<Record<string, unknown>> {
    const [pkceCodeVerifier, expectedState] = [
      openid.randomPKCECodeVerifier(),
      openid.randomState(),
    ];
    const expectedNonce = openid.randomNonce();
    const parameters = {
      ...{ redirect_uri: CALLBACK, scope: 'openid age_over_6', state: expectedState },
      ...{ nonce: expectedNonce, code_challenge_method: 'S256' },
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    };
    const isPublic = config.clientMetadata()['require_pushed_authorization_requests'] === false;
    const url = isPublic
      ? openid.buildAuthorizationUrl(config, parameters)
      : await openid.buildAuthorizationUrlWithPAR(config, parameters);
    const { callback } = await visitWithCard({ gateway, steps, card: emma, url });
    const checks = { pkceCodeVerifier, expectedState, expectedNonce };
    const tokens = await openid.authorizationCodeGrant(config, callback, checks);
    return { ...tokens.claims() };
  }

  test('becomes a client file with every field, and only the hash of the secret', async () => {
    const before = listFiles();
    const response = await post({
      ...{ client_name: 'All', redirect_uris: [CALLBACK, 'https://127.0.0.1:8450/cb'] },
      ...{ token_endpoint_auth_method: 'client_secret_basic', organisation: 'All vzw' },
      ...{ sector: 'all.localhost', subject_mode: 'pairwise', age_thresholds: [6, 9] },
      ...{ require_age: { min: 6, below: 12 }, reverify_after_months: 6 },
      identity: { scopes: ['profile'], childBasis: 'A basis, for this test only' },
      ...{ cut_points_reason: 'A reason, for this test only', dpop_bound_access_tokens: true },
      ...{ post_logout_redirect_uris: ['http://localhost:3000/bye'] },
      ...{ backchannel_logout_uri: 'http://127.0.0.1:3000/out' },
    });
    const body = (await response.json()) as Record<string, unknown>;
    assert.equal(response.status, 201, JSON.stringify(body));
    assert.deepEqual(body['age_thresholds'], [6, 9]);
    const [name = ''] = listFiles().filter((file) => !before.includes(file));
    assert.equal(name, `${body['client_id']}.json`);
    const content = readFileSync(join(gateway.clientsFolder, name), 'utf8');
    const { authentication, ...file } = JSON.parse(content);
    assert.equal(authentication.method, 'client_secret');
    assert.ok(!content.includes(String(body['client_secret'])));
    assert.deepEqual(file, {
      clientId: body['client_id'],
      site: { name: 'All' },
      organisation: 'All vzw',
      sector: 'all.localhost',
      subjectMode: 'pairwise',
      ageThresholds: [6, 9],
      requireAge: { min: 6, below: 12 },
      cutPointsReason: 'A reason, for this test only',
      redirectUris: [CALLBACK, 'https://127.0.0.1:8450/cb'],
      par: 'required',
      dpop: 'required',
      profile: 'default',
      identity: { scopes: ['profile'], childBasis: 'A basis, for this test only' },
      reverifyAfterMonths: 6,
      postLogoutRedirectUris: ['http://localhost:3000/bye'],
      backchannelLogoutUri: 'http://127.0.0.1:3000/out',
    });
  });

  const right = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' };
  const refused: [what: string, metadata: unknown, error: string][] = [
    ['an address of elsewhere', { redirect_uris: ['https://chat.example/cb'] }, 'redirect_uri'],
    ['one that looks local', { redirect_uris: ['http://127.0.0.1.nip.example/'] }, 'redirect_uri'],
    [
      'one of elsewhere among local ones',
      { redirect_uris: [CALLBACK, 'https://a.example/'] },
      'redirect_uri',
    ],
    [
      'a log-out address of elsewhere',
      { post_logout_redirect_uris: ['https://a.example/'] },
      'client_m',
    ],
    ['a back channel of elsewhere', { backchannel_logout_uri: 'https://a.example/' }, 'client_m'],
    ['a field that is unknown', { logo_uri: 'http://localhost/' }, 'client_metadata'],
    ['a document to fetch', { jwks_uri: 'http://127.0.0.1/jwks' }, 'client_metadata'],
    [
      'another flow',
      { grant_types: ['implicit'], response_types: ['id_token'] },
      'client_metadata',
    ],
    ['a subject for everybody', { subject_type: 'public' }, 'client_metadata'],
    ['an age that cannot be asked', { age_thresholds: [7] }, 'client_metadata'],
    ['cut points too fine', { age_thresholds: [12, 13] }, 'client_metadata'],
    ['a sector of another organisation', { sector: 'chat.localhost' }, 'client_metadata'],
    [
      'a basis that is no sentence',
      { identity: { scopes: ['profile'], childBasis: '-' } },
      'client_m',
    ],
  ];
  for (const [what, changes, error] of refused) {
    test(`refuses ${what} (RFC 7591 §3.2.2), and writes nothing`, async () => {
      const before = listFiles();
      const response = await post({ ...right, ...(changes as object) });
      const body = (await response.json()) as { error: string };
      assert.equal(response.status, 400, JSON.stringify(body));
      assert.match(body.error, new RegExp(`^invalid_${error}`));
      assert.deepEqual(listFiles(), before);
    });
  }

  test('refuses what is no JSON object', async () => {
    for (const body of ['', '[]', 'null', '{', '"chat"']) {
      assert.equal((await post(body)).status, 400, body);
    }
    assert.equal((await post(right, {}, 'text/plain')).status, 400);
  });

  test('refuses a web page of elsewhere in a browser on this machine', async () => {
    for (const origin of ['https://evil.example', 'http://localhost:3000', 'null']) {
      const response = await post(right, { origin });
      assert.equal(response.status, 403);
      assert.equal(response.headers.get('access-control-allow-origin'), null);
    }
    assert.equal((await post(right, { origin: gateway.origin })).status, 201, 'the playground');
  });

  test('has no other method, and no way to read or change what is registered (RFC 7592)', async () => {
    const { client_id } = (await (await post(right)).json()) as { client_id: string };
    for (const [method, path] of [
      ['GET', '/reg'],
      ['PUT', '/reg'],
      ['GET', `/reg/${client_id}`],
      ['DELETE', `/reg/${client_id}`],
      ['POST', '/reg/'],
      ['POST', '/REG'],
    ]) {
      const response = await fetch(`${gateway.origin}${path}`, { ...(method && { method }) });
      assert.equal(response.status, 404, `${method} ${path}`);
    }
  });

  test('keeps fifty, and the oldest goes', async () => {
    for (let count = listFiles().length; count < ALLOWED_MAX; count += 1) await post(right);
    const [oldest = ''] = listFiles().slice(7);
    utimesSync(join(gateway.clientsFolder, oldest), 1_000, 1_000);
    await post(right);
    assert.equal(listFiles().length, ALLOWED_MAX);
    assert.ok(!listFiles().includes(oldest));
    assert.ok(readdirSync(gateway.clientsFolder).includes('0.json'), 'never one of the operator');
  });
});

describe('a gateway that is not in development', { timeout: 60_000 }, () => {
  let gateway: ChangeableTestGateway;
  before(async () => {
    gateway = await startTestGateway({ config: { development: false } });
    trustAuthority(gateway.webCa);
  });
  after(() => gateway.stop());

  test('has no registration, neither announced nor there', async () => {
    const discovery = await fetch(`${gateway.origin}/.well-known/openid-configuration`);
    assert.equal('registration_endpoint' in ((await discovery.json()) as object), false);
    const before = readdirSync(gateway.clientsFolder);
    const response = await fetch(`${gateway.origin}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' }),
    });
    assert.equal(response.status, 404);
    assert.deepEqual(readdirSync(gateway.clientsFolder), before);
  });
});

describe('from another machine', { timeout: 60_000 }, () => {
  const address = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

  test('nobody registers', {
    skip: address === undefined && 'no address but loopback',
  }, async () => {
    const port = await claimPort(0);
    const gateway = await startTestGateway({ config: { listen: { host: '0.0.0.0', port } } });
    after(() => gateway.stop());
    const status = await new Promise((resolve, reject) => {
      const outgoing = httpsRequest(
        {
          ...{ host: address, port, path: '/reg', method: 'POST', agent: false },
          ...{ ca: gateway.webCa, servername: 'gateway.localhost', localAddress: address },
          headers: {
            host: new URL(gateway.origin).host,
            'content-type': 'application/json',
            'x-forwarded-for': '127.0.0.1',
          },
        },
        (response) => resolve(response.resume().statusCode),
      );
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify({ redirect_uris: [CALLBACK] }));
    });
    assert.equal(status, 403);
  });
});
