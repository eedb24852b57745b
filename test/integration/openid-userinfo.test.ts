/** Identity claims: sealed on their way, given once, at userinfo and nowhere else (design §5 and §8). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import * as relyingParty from 'openid-client';
import { answerLogin, createBrowser, locationOf, logIn } from './openid-browser.ts';
import {
  countRows,
  createRelyingParty,
  type Server,
  startLogin,
  startServer,
} from './openid-setup.ts';
import { createBoundBrowser, logInWhole, pushError } from './openid-whole-login.ts';

const CLAIMS = {
  given_name: 'Zoé TEST ONLY',
  family_name: 'Proefkonijn',
  gender: 'female',
  picture: 'data:image/jpeg;base64,/9j/TESTONLYTESTONLY',
};
const AGREED = { card: 'fox', age: 9, agreed: { scopes: ['profile', 'picture'], claims: CLAIMS } };
const SCOPES = { scope: 'openid age_over_6 profile birthdate picture' };

let server: Server;
before(async () => {
  server = await startServer({
    moreClients: (file) => [
      { ...file, clientId: 'club', identity: { scopes: ['profile', 'birthdate', 'picture'] } },
    ],
  });
});
after(() => server.close());

function askUserinfo(accessToken: string | undefined, method = 'GET') {
  return server.fetch(`${server.issuer}/userinfo`, {
    method,
    headers: { authorization: `Bearer ${accessToken}` },
  });
}

function logInToClub() {
  return logInWhole(server, { clientId: 'club', parameters: SCOPES, person: AGREED });
}

describe('what a person agreed to tell', () => {
  test('is in userinfo and not in the ID token, and the site hears what was granted', async () => {
    const { tokens, claims } = await logInToClub();
    assert.equal(tokens.scope, 'openid age_over_6 profile picture');
    for (const name of Object.keys(CLAIMS)) assert.equal(claims[name], undefined);
    assert.equal(claims['age_over_6'], true);
    const answer = await askUserinfo(tokens.access_token);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.deepEqual(await answer.json(), { sub: claims.sub, ...CLAIMS });
  });

  test('is given once; after that userinfo says who, and nothing else', async () => {
    const { tokens, claims } = await logInToClub();
    await askUserinfo(tokens.access_token);
    const again = await askUserinfo(tokens.access_token);
    assert.deepEqual(await again.json(), { sub: claims.sub });
    assert.equal(countRows(server)['sealed'], undefined);
  });

  test('is not used up by HEAD, which could show none of it', async () => {
    const { tokens } = await logInToClub();
    assert.equal((await askUserinfo(tokens.access_token, 'HEAD')).status, 405);
    const told = (await (await askUserinfo(tokens.access_token)).json()) as object;
    assert.ok('given_name' in told);
  });

  test('is given to one of eight who ask at once', async () => {
    const { tokens } = await logInToClub();
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => (await askUserinfo(tokens.access_token)).json()),
    );
    const named = answers.filter((answer) => 'given_name' in (answer as object));
    assert.equal(named.length, 1);
  });

  test('is nowhere on the disk or in the log in a form that can be read', async () => {
    const { url } = await startLogin(await createRelyingParty(server, 'club'), SCOPES);
    const browser = createBoundBrowser(server);
    const resume = await answerLogin(browser, url, AGREED);
    const look = () => {
      const disk = Buffer.concat([readFileSync(server.path), readFileSync(`${server.path}-wal`)]);
      for (const secret of ['Zoé', 'Proefkonijn', 'TESTONLYTESTONLY', 'B'.repeat(43)]) {
        assert.equal(disk.includes(secret), false, secret);
        assert.equal(JSON.stringify(server.log).includes(secret), false, secret);
      }
      assert.equal(countRows(server)['sealed'], 1);
    };
    look();
    await browser.send(resume);
    look();
  });

  test('is gone when the access token is (60 s)', async () => {
    const { tokens } = await logInToClub();
    try {
      server.clock.aheadMs = 60_000;
      const answer = await askUserinfo(tokens.access_token);
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('www-authenticate') ?? '', /invalid_token/);
    } finally {
      server.clock.aheadMs = 0;
    }
  });

  test('goes no further with another browser’s cookie', async () => {
    const config = await createRelyingParty(server, 'club');
    const { url, checks } = await startLogin(config, SCOPES);
    const browser = createBoundBrowser(server);
    const resume = await answerLogin(browser, url, AGREED);
    browser.jar.set('/ __Host-kids-id', {
      name: '__Host-kids-id',
      value: 'C'.repeat(43),
      path: '/',
    });
    const callback = locationOf(await browser.send(resume));
    const tokens = await relyingParty.authorizationCodeGrant(config, callback, checks);
    const told = (await (await askUserinfo(tokens.access_token)).json()) as object;
    assert.deepEqual(Object.keys(told), ['sub']);
  });

  test('stays with its own login when two tabs of a browser are answered before either goes on', async () => {
    const config = await createRelyingParty(server, 'club');
    const browser = createBoundBrowser(server);
    const tabs = [];
    for (const given_name of ['Zoé TEST ONLY', 'An TEST ONLY']) {
      const { url, checks } = await startLogin(config, SCOPES);
      const agreed = { scopes: ['profile'], claims: { given_name } };
      const resume = await answerLogin(browser, url, { ...AGREED, agreed });
      tabs.push({ resume, checks, given_name });
    }
    for (const { resume, checks, given_name } of tabs) {
      const callback = locationOf(await browser.send(resume));
      const tokens = await relyingParty.authorizationCodeGrant(config, callback, checks);
      const told = await (await askUserinfo(tokens.access_token)).json();
      assert.deepEqual(told, { sub: tokens.claims()?.sub, given_name });
    }
  });

  test('is not lost when the browser resumes twice at once', async () => {
    const meet = createMeeting(2);
    const racing = await startServer({
      moreClients: (file) => [{ ...file, clientId: 'club', identity: { scopes: ['profile'] } }],
      wrapStore: (store) => ({
        ...store,
        async find(table, key) {
          const row = await store.find(table, key);
          if (table === 'openid:Interaction' && row?.['result']) await meet();
          return row;
        },
      }),
    });
    try {
      const config = await createRelyingParty(racing, 'club');
      const { url, checks } = await startLogin(config, { scope: 'openid profile' });
      const browser = createBoundBrowser(racing);
      const agreed = { scopes: ['profile'], claims: { given_name: 'Zoé TEST ONLY' } };
      const resume = await answerLogin(browser, url, { ...AGREED, agreed });
      const answers = await Promise.all([browser.send(resume), browser.send(resume)]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 400]);
      const winner = answers.find(({ status }) => status === 303) ?? assert.fail();
      const callback = locationOf(winner);
      const tokens = await relyingParty.authorizationCodeGrant(config, callback, checks);
      const answer = await racing.fetch(`${racing.issuer}/userinfo`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      assert.equal(
        ((await answer.json()) as Record<string, unknown>)['given_name'],
        'Zoé TEST ONLY',
      );
    } finally {
      await racing.close();
    }
  });

  test('is gone with a login that ends without a code', async () => {
    const config = await createRelyingParty(server, 'club');
    const { tokens: first } = await logInToClub();
    const before = countRows(server)['sealed'];
    const other = { ...AGREED, card: 'owl' };
    const parameters = { ...SCOPES, id_token_hint: first.id_token ?? '' };
    const { url } = await startLogin(config, parameters);
    const callback = await logIn(createBoundBrowser(server), url, other);
    assert.equal(callback.searchParams.get('error'), 'login_required');
    assert.equal(countRows(server)['sealed'], before);
  });
});

describe('userinfo', () => {
  test('of a login without identity says who it was', async () => {
    const { tokens, claims } = await logInWhole(server);
    for (const method of ['GET', 'POST']) {
      const answer = await server.fetch(`${server.issuer}/userinfo`, {
        method,
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      assert.deepEqual(await answer.json(), { sub: claims.sub });
    }
  });

  test('takes no token in the query, and none that it did not give', async () => {
    const { tokens } = await logInWhole(server);
    const inQuery = `${server.issuer}/userinfo?access_token=${tokens.access_token}`;
    assert.equal((await server.fetch(inQuery)).status, 400);
    assert.equal((await server.fetch(`${server.issuer}/userinfo`)).status, 401);
    assert.equal((await askUserinfo('x'.repeat(43))).status, 401);
  });

  test('gives nothing after a code came a second time (RFC 6749 §4.1.2)', async () => {
    const { config, tokens, callback, checks } = await logInToClub();
    const again = relyingParty.authorizationCodeGrant(config, callback, checks);
    await assert.rejects(again, { error: 'invalid_grant' });
    assert.equal((await askUserinfo(tokens.access_token)).status, 401);
  });
});

describe('identity scopes', () => {
  test('that are not registered are invalid_scope', async () => {
    const club = await createRelyingParty(server, 'club');
    for (const scope of ['openid address', 'openid address:postcode']) {
      assert.equal((await pushError(club, { scope })).error, 'invalid_scope');
    }
    const chat = await createRelyingParty(server);
    assert.equal((await pushError(chat, { scope: 'openid profile' })).error, 'invalid_scope');
  });

  test('an outcome that says more than was granted or asked ends as our own fault', async () => {
    const base = { sub: 'somebody', claims: {}, cardIndex: 'i'.repeat(43) };
    const outcomes = [
      { ...base, scopes: ['openid'], identity: { given_name: 'An' } },
      { ...base, scopes: ['openid', 'profile'], identity: { picture: 'data:,' } },
      { ...base, scopes: ['openid', 'address'], identity: { address: {} } },
      { ...base, scopes: [] },
    ];
    for (const outcome of outcomes) {
      assert.equal(await completeWith({ card: 'fox', age: 9, outcome }), 'INTERNAL');
    }
  });

  test('an identity for a browser without our cookie is not kept', async () => {
    assert.equal(await completeWith(AGREED, createBrowser(server)), 'LOGIN_OTHER_BROWSER');
  });
});

async function completeWith(body: object, browser = createBoundBrowser(server)): Promise<string> {
  const { url } = await startLogin(await createRelyingParty(server, 'club'), SCOPES);
  const login = locationOf(await browser.send(url)).pathname;
  const answer = await browser.send(`${login}/complete`, { method: 'POST', body });
  return JSON.parse(answer.text).code;
}

/** A place where so many wait for each other, once. */
function createMeeting(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let here = 0;
  return async () => {
    here += 1;
    if (here >= count) resolve();
    await promise;
  };
}
