/** Client files: every field has its rule, and what only shows between files is judged too (design §5). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { ClientFileError, createRegistry, parseClientFile } from '../../gateway/oidc/clients.ts';

const { publicKey } = await generateKeyPair('ES256', { extractable: true });
const { kty, crv, x, y } = await exportJWK(publicKey);
const key = { kty, crv, x, y, kid: 'k1' };

const file = {
  clientId: 'chat',
  site: { name: 'Chat' },
  organisation: 'Chat vzw',
  sector: 'chat.example',
  subjectMode: 'pairwise',
  ageThresholds: [6, 13],
  requireAge: { min: 6, below: 13 },
  redirectUris: ['https://chat.example/callback'],
  authentication: { method: 'private_key_jwt', jwks: { keys: [key] } },
  par: 'required',
};

const withKey = (changes: object) => ({
  method: 'private_key_jwt',
  jwks: { keys: [{ ...key, ...changes }] },
});

describe('a client file', () => {
  test('is taken as it is when right, with what it leaves out', () => {
    assert.deepEqual(parseClientFile(file), {
      ...file,
      dpop: 'optional',
      profile: 'default',
      postLogoutRedirectUris: [],
    });
  });

  test('gets the most private choices where it says nothing', () => {
    const { subjectMode: _, par: __, ageThresholds: ___, requireAge: ____, ...rest } = file;
    const { subjectMode, par, ageThresholds, requireAge } = parseClientFile(rest);
    assert.deepEqual(
      { subjectMode, par, ageThresholds, requireAge },
      { subjectMode: 'transient', par: 'required', ageThresholds: [], requireAge: undefined },
    );
  });

  const bad: [field: string, changes: object][] = [
    ['clientId', { clientId: undefined }],
    ['clientId', { clientId: '' }],
    ['clientId', { clientId: 'a b' }],
    ['clientId', { clientId: 'a'.repeat(65) }],
    ['site', { site: undefined }],
    ['site.name', { site: { name: '' } }],
    ['site.picture', { site: { name: 'Chat', picture: 'https://chat.example/p.png' } }],
    ['organisation', { organisation: '  ' }],
    ['sector', { sector: undefined }],
    ['sector', { sector: 'Chat.example' }],
    ['sector', { sector: 'https://chat.example' }],
    ['sector', { sector: '-chat.example' }],
    ['subjectMode', { subjectMode: 'public' }],
    ['ageThresholds', { ageThresholds: [6, 6] }],
    ['ageThresholds.0', { ageThresholds: [6.5] }],
    ['ageThresholds.0', { ageThresholds: ['6'] }],
    ['requireAge', { requireAge: { min: 13, below: 13 } }],
    ['requireAge.min', { requireAge: { below: 13 } }],
    ['requireAge.max', { requireAge: { min: 6, max: 13 } }],
    ['cutPointsReason', { cutPointsReason: 'because' }],
    ['redirectUris', { redirectUris: [] }],
    ['redirectUris.0', { redirectUris: ['http://chat.example/callback'] }],
    ['redirectUris.0', { redirectUris: ['https://chat.example/callback#top'] }],
    ['redirectUris.0', { redirectUris: ['https://*.chat.example/callback'] }],
    ['redirectUris.0', { redirectUris: ['https://me:pw@chat.example/callback'] }],
    ['redirectUris.0', { redirectUris: ['https://Chat.example/callback'] }],
    ['redirectUris.0', { redirectUris: ['https://chat.example/a/../callback'] }],
    ['redirectUris.0', { redirectUris: ['/callback'] }],
    ['authentication', { authentication: undefined }],
    ['authentication.method', { authentication: { method: 'client_secret_basic' } }],
    ['authentication.jwks', { authentication: { method: 'private_key_jwt' } }],
    ['authentication.jwks', { authentication: { method: 'none', jwks: { keys: [key] } } }],
    ['authentication.jwks.keys.0.d', { authentication: withKey({ d: x }) }],
    ['authentication.jwks.keys.0.crv', { authentication: withKey({ crv: 'P-384' }) }],
    ['authentication.jwks.keys.0.kid', { authentication: withKey({ kid: undefined }) }],
    ['authentication.jwks.keys.0.alg', { authentication: withKey({ alg: 'ES384' }) }],
    ['authentication.jwks.keys.0', { authentication: withKey({ x: y }) }],
    [
      'authentication.jwks.keys',
      { authentication: { method: 'private_key_jwt', jwks: { keys: [key, key] } } },
    ],
    ['par', { par: true }],
    ['redirectUri', { redirectUri: 'https://chat.example/callback' }],
  ];
  for (const [field, changes] of bad) {
    test(`is refused by the name of the field: ${field}, ${JSON.stringify(changes)}`, () => {
      const raw = JSON.parse(JSON.stringify({ ...file, ...changes }));
      assert.throws(
        () => parseClientFile(raw),
        faultOf(`${field} is missing, unknown or not right`),
      );
    });
  }

  test('is refused when it is no object', () => {
    for (const raw of [null, 'chat', 1]) {
      assert.throws(() => parseClientFile(raw), faultOf('the whole file is missing'));
    }
  });
});

describe('cut points (design §5)', () => {
  const register = (clientId: string, changes: object) =>
    parseClientFile({ ...file, clientId, requireAge: undefined, ...changes });
  const reason = 'Approved 2031-01-05: youth services in two age bands.';

  test('may be three for an organisation, three years apart', () => {
    createRegistry([
      register('a', { ageThresholds: [6, 9] }),
      register('b', { ageThresholds: [12] }),
    ]);
  });

  test('count the age rule, and the same age once', () => {
    const rule = { requireAge: { min: 6, below: 13 } };
    createRegistry([register('a', { ...rule, ageThresholds: [6, 13] }), register('b', rule)]);
    assert.throws(
      () => createRegistry([register('a', { ...rule, ageThresholds: [9, 18] })]),
      faultOf('more than 3 cut points'),
    );
  });

  test('are added up over all clients of an organisation, however its name is typed', () => {
    const clients = [
      register('a', { ageThresholds: [6, 12] }),
      register('b', { ageThresholds: [9, 18], organisation: ' chat  VZW' }),
    ];
    assert.throws(() => createRegistry(clients), faultOf('more than 3 cut points'));
  });

  test('may not be closer than three years', () => {
    const clients = [
      register('a', { ageThresholds: [12] }),
      register('b', { ageThresholds: [14] }),
    ];
    assert.throws(() => createRegistry(clients), faultOf('fewer than 3 years apart'));
  });

  test('are not added up over organisations', () => {
    createRegistry([
      register('a', { ageThresholds: [12] }),
      register('b', { ageThresholds: [14], organisation: 'Pool', sector: 'pool.example' }),
    ]);
  });

  test('may be finer where the operator has written why', () => {
    createRegistry([
      register('a', { ageThresholds: [6, 13] }),
      register('b', { ageThresholds: [12, 13, 14, 16], cutPointsReason: reason }),
    ]);
  });

  test('have to be ages that can be asked', () => {
    assert.throws(
      () => createRegistry([register('a', { ageThresholds: [7] })]),
      faultOf('7 is not an age that can be asked'),
    );
    createRegistry([register('a', { ageThresholds: [7] })], [7]);
  });
});

describe('clients together', () => {
  const parse = (changes: object) => parseClientFile({ ...file, ...changes });

  test('are found by their identifier and nothing else', () => {
    const clients = createRegistry([parse({}), parse({ clientId: 'pool' })]);
    assert.deepEqual(
      clients.all().map(({ clientId }) => clientId),
      ['chat', 'pool'],
    );
    assert.equal(clients.find('pool')?.clientId, 'pool');
    assert.equal(clients.find('Pool'), undefined);
    assert.equal(clients.find('constructor'), undefined);
  });

  test('may not be two of one identifier', () => {
    assert.throws(
      () => createRegistry([parse({}), parse({})]),
      faultOf('client "chat" is registered twice'),
    );
  });

  test('may not share a sector, and so every sub, between two organisations', () => {
    const clients = [parse({}), parse({ clientId: 'pool', organisation: 'Pool' })];
    assert.throws(() => createRegistry(clients), faultOf('sector belongs to another organisation'));
  });
});

describe('plain http on loopback (RFC 8252 §7.3)', () => {
  const uris = ['http://127.0.0.1:8080/cb', 'http://localhost:3000/cb', 'http://[::1]:8080/cb'];
  const development = { development: true };

  test('is taken for redirects and as a CORS origin in development', () => {
    const raw = {
      ...file,
      redirectUris: [...uris, 'https://chat.example/callback'],
      postLogoutRedirectUris: uris,
      authentication: { method: 'none', origin: 'http://localhost:3000' },
    };
    assert.deepEqual(parseClientFile(raw, development).redirectUris, raw.redirectUris);
  });

  test('is refused elsewhere', () => {
    for (const uri of uris) {
      const raw = { ...file, redirectUris: [uri] };
      assert.throws(() => parseClientFile(raw), faultOf('redirectUris.0'));
      const out = { ...file, postLogoutRedirectUris: [uri] };
      assert.throws(() => parseClientFile(out), faultOf('postLogoutRedirectUris.0'));
    }
    const authentication = { method: 'none', origin: 'http://localhost:3000' };
    assert.throws(() => parseClientFile({ ...file, authentication }), ClientFileError);
  });

  const bad = [
    'http://chat.example/cb',
    'http://127.0.0.1.chat.example/cb',
    'http://localhost.chat.example/cb',
    'http://127.0.0.2/cb',
    'http://0.0.0.0/cb',
    'http://me@localhost/cb',
    'http://localhost/cb#top',
    'http://LOCALHOST/cb',
    'ftp://localhost/cb',
    'localhost:3000/cb',
  ];
  for (const uri of bad) {
    test(`is not ${uri}, in development either`, () => {
      const raw = { ...file, redirectUris: [uri] };
      assert.throws(() => parseClientFile(raw, development), faultOf('redirectUris.0'));
    });
  }

  test('is no origin with a path', () => {
    const authentication = { method: 'none', origin: 'http://localhost:3000/' };
    assert.throws(() => parseClientFile({ ...file, authentication }, development), ClientFileError);
  });
});

describe('rules between fields of one file', () => {
  const secretHashes = [x];

  test('hold a FAPI 2.0 client to a pushed request and its own key (FAPI 2.0 §5.3.2)', () => {
    assert.equal(parseClientFile({ ...file, profile: 'fapi2' }).profile, 'fapi2');
    const wrong = [
      { par: 'optional' },
      { authentication: { method: 'client_secret', secretHashes } },
    ];
    for (const changes of wrong) {
      const raw = { ...file, profile: 'fapi2', ...changes };
      assert.throws(() => parseClientFile(raw), faultOf('profile'));
    }
  });

  test('tell of log-outs only where a subject is known again', () => {
    const backchannelLogoutUri = 'https://chat.example/logged-out';
    assert.ok(parseClientFile({ ...file, backchannelLogoutUri }));
    const raw = { ...file, backchannelLogoutUri, subjectMode: 'transient' };
    assert.throws(() => parseClientFile(raw), faultOf('backchannelLogoutUri'));
  });

  test('take one or two hashes of secrets, whole SHA-256 values', () => {
    const parse = (hashes: unknown) =>
      parseClientFile({
        ...file,
        authentication: { method: 'client_secret', secretHashes: hashes },
      });
    assert.ok(parse([x, y]));
    for (const hashes of [[], [x, y, x], ['secret'], [`${x}A`], x]) {
      assert.throws(() => parse(hashes), faultOf('authentication.secretHashes'));
    }
  });
});

function faultOf(text: string) {
  return (error: unknown) => {
    assert.ok(error instanceof ClientFileError, String(error));
    assert.ok(error.message.includes(text), error.message);
    return true;
  };
}
