/** oidcc-basic-certification-test-plan: userinfo, the standard scopes, the claims parameter, code reuse. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  checkErrorCallback,
  checkInvalidToken,
  checkTokenError,
  checkUserinfo,
} from '../kit/openid/check-answers.ts';
import { redirectOf } from '../kit/openid/user-agent.ts';
import {
  atLater,
  CHILD,
  type ConformanceProvider,
  completeLogin,
  IDENTITY,
  logIn,
  startConformanceProvider,
  VARIANTS,
} from './conformance-provider.ts';

let provider: ConformanceProvider;
before(async () => {
  provider = await startConformanceProvider();
});
after(() => provider.close());

const USERINFO = {
  'oidcc-userinfo-get': 'get',
  'oidcc-userinfo-post-header': 'post-header',
  'oidcc-userinfo-post-body': 'post-body',
} as const;

/** Logs in with a card that tells `identity`; returns what userinfo says beside the sub. */
async function identityOf(scope: string, identity: object) {
  const party = provider.party('identity');
  const login = await completeLogin(provider, party, {
    changes: { scope },
    person: { ...CHILD, identity },
  });
  for (const name of ['name', 'given_name', 'family_name', 'gender', 'address', 'email']) {
    assert.equal(name in login.claims, false, 'scope claims come from userinfo (§5.4)');
  }
  const answer = await party.userinfo(login.tokens.access_token);
  const { sub, ...told } = checkUserinfo(answer, login.claims.sub);
  const again = await party.userinfo(login.tokens.access_token);
  assert.deepEqual(checkUserinfo(again, login.claims.sub), { sub }, 'told a second time');
  return { told, scope: login.tokens.scope };
}

async function supportedScopes(): Promise<string[]> {
  const metadata = await provider.party('identity').metadata();
  return metadata['scopes_supported'] as string[];
}

for (const [variant, clientId] of Object.entries(VARIANTS)) {
  const userinfo = (how: (typeof USERINFO)[keyof typeof USERINFO]) => async () => {
    const party = provider.party(clientId);
    const { tokens, claims } = await completeLogin(provider, party);
    checkUserinfo(await party.userinfo(tokens.access_token, how), claims.sub);
    checkInvalidToken(await party.userinfo(`${tokens.access_token}x`, how));
  };
  test(
    `oidcc-userinfo-get: the bearer of the token in the header gets the sub (${variant})`,
    userinfo('get'),
  );
  test(
    `oidcc-userinfo-post-header: POST with the token in the header does too (${variant})`,
    userinfo('post-header'),
  );
  test(
    `oidcc-userinfo-post-body: POST with the token in a form does too (${variant})`,
    userinfo('post-body'),
  );

  test(`oidcc-codereuse: the second use of a code is invalid_grant, and its access token dies (${variant})`, async () => {
    const party = provider.party(clientId);
    const { sent, callback, tokens } = await completeLogin(provider, party);
    assert.equal(checkTokenError(await party.redeem(sent, callback)), 'invalid_grant');
    checkInvalidToken(await party.userinfo(tokens.access_token));
  });

  test(`oidcc-codereuse-30seconds: the same, 30 seconds after the first use (${variant})`, async () => {
    const party = provider.party(clientId);
    const { sent, callback, tokens, claims } = await completeLogin(provider, party);
    checkUserinfo(await party.userinfo(tokens.access_token), claims.sub);
    await atLater(30_000, async () => {
      assert.equal(checkTokenError(await party.redeem(sent, callback)), 'invalid_grant');
      checkInvalidToken(await party.userinfo(tokens.access_token));
    });
  });
}

test('oidcc-scope-profile: userinfo says given name, family name and gender, once', async () => {
  const { told, scope } = await identityOf('openid profile', IDENTITY.profile);
  assert.deepEqual(told, IDENTITY.profile);
  assert.equal(scope, 'openid profile');
});

test('oidcc-scope-address: userinfo says the address as an object, once', async () => {
  const { told, scope } = await identityOf('openid address', IDENTITY.address);
  assert.deepEqual(told, IDENTITY.address);
  assert.equal(scope, 'openid address');
});

test('oidcc-scope-email: not offered; asked for all the same, it is left out of scope and answer', async () => {
  assert.equal((await supportedScopes()).includes('email'), false);
  const party = provider.party('secret');
  const { tokens, claims } = await completeLogin(provider, party, {
    changes: { scope: 'openid email' },
  });
  assert.equal(tokens.scope, 'openid');
  const answer = await party.userinfo(tokens.access_token);
  assert.deepEqual(checkUserinfo(answer, claims.sub), { sub: claims.sub });
});

test('oidcc-scope-phone: not offered; asked for all the same, it is left out of scope and answer', async () => {
  assert.equal((await supportedScopes()).includes('phone'), false);
  const party = provider.party('secret');
  const { tokens, claims } = await completeLogin(provider, party, {
    changes: { scope: 'openid phone' },
  });
  assert.equal(tokens.scope, 'openid');
  const answer = await party.userinfo(tokens.access_token);
  assert.deepEqual(checkUserinfo(answer, claims.sub), { sub: claims.sub });
});

test('oidcc-scope-all: of the four standard scopes the two that a card can answer are granted', async () => {
  const identity = { ...IDENTITY.profile, ...IDENTITY.address };
  const { told, scope } = await identityOf('openid email phone address profile', identity);
  assert.deepEqual(told, identity);
  assert.deepEqual(scope.split(' ').sort(), ['address', 'openid', 'profile']);
});

test('oidcc-scope-profile: a client whose file does not say so gets invalid_scope', async () => {
  const party = provider.party('secret');
  for (const scope of ['openid profile', 'openid address']) {
    const sent = await party.makeRequest({ scope });
    const callback = redirectOf(await provider.openUserAgent().send(sent.url), party.issuer);
    assert.equal(checkErrorCallback(party, sent, callback), 'invalid_scope');
  }
});

test('oidcc-claims-essential: an essential "name", which no card verifies, is left out and the login succeeds', async () => {
  const party = provider.party('secret');
  const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
  const login = await completeLogin(provider, party, { changes: { claims } });
  const told = checkUserinfo(await party.userinfo(login.tokens.access_token), login.claims.sub);
  assert.deepEqual(Object.keys(told), ['sub']);
  assert.equal('name' in login.claims, false);
});

test('oidcc-claims-essential: an essential age that is registered is answered in the ID token', async () => {
  const party = provider.party('secret');
  const claims = JSON.stringify({ id_token: { age_over_6: { essential: true } } });
  const login = await completeLogin(provider, party, { changes: { claims } });
  assert.equal(login.claims['age_over_6'], true);
  assert.equal('age_over_13' in login.claims, false);
});

test('oidcc-claims-essential: an essential acr is answered, or the login ends before a card is out', async () => {
  const party = provider.party('secret');
  const asking = (value: string) =>
    JSON.stringify({ id_token: { acr: { essential: true, value } } });
  const ours = 'urn:kids-id:acr:card-pin';
  const changes = { claims: asking(ours) };
  assert.equal((await completeLogin(provider, party, { changes })).claims['acr'], ours);
  const sent = await party.makeRequest({ claims: asking('urn:example:other') });
  const callback = redirectOf(await provider.openUserAgent().send(sent.url), party.issuer);
  assert.equal(checkErrorCallback(party, sent, callback), 'unmet_authentication_requirements');
});

test('oidcc-codereuse: a code of one client is worth nothing to another', async () => {
  const party = provider.party('secret');
  const sent = await party.makeRequest();
  const callback = await logIn(provider.openUserAgent(), party, sent);
  const stolen = await provider.party('other').redeem(sent, callback);
  assert.equal(checkTokenError(stolen), 'invalid_grant');
});
