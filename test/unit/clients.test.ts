/** Client files: every field has its rule, and what only shows between files is judged too (design §5). */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import {
  ClientFileError,
  createRegistry,
  loadClients,
  parseClientFile,
} from '../../gateway/oidc/clients.ts';

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
  test('is taken as it is when right', () => {
    assert.deepEqual(parseClientFile(file), file);
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

describe('a folder of client files', () => {
  test('gives every client by its identifier, and takes no other file', () => {
    const folder = makeFolder({
      'chat.json': file,
      'pool.json': { ...file, clientId: 'pool' },
      'notes.txt': 'not a client',
    });
    const clients = loadClients(folder);
    assert.deepEqual(
      clients.all().map(({ clientId }) => clientId),
      ['chat', 'pool'],
    );
    assert.equal(clients.find('pool')?.clientId, 'pool');
    assert.equal(clients.find('Pool'), undefined);
    assert.equal(clients.find('constructor'), undefined);
  });

  test('stops at a bad file with its name and the field', () => {
    const folder = makeFolder({ 'chat.json': file, 'pool.json': { ...file, sector: '' } });
    assert.throws(() => loadClients(folder), faultOf('pool.json: sector is missing'));
  });

  test('stops at a file that is no JSON', () => {
    const folder = makeFolder({ 'chat.json': '{"clientId": "chat"' });
    assert.throws(() => loadClients(folder), faultOf('chat.json: cannot be read as JSON'));
  });

  test('stops at two files for one client', () => {
    const folder = makeFolder({ 'a.json': file, 'b.json': file });
    assert.throws(() => loadClients(folder), faultOf('client "chat" is registered twice'));
  });

  test('stops at a sector of two organisations, which would share every sub', () => {
    const other = { ...file, clientId: 'pool', organisation: 'Pool' };
    const folder = makeFolder({ 'a.json': file, 'b.json': other });
    assert.throws(() => loadClients(folder), faultOf('sector belongs to another organisation'));
  });
});

function faultOf(text: string) {
  return (error: unknown) => {
    assert.ok(error instanceof ClientFileError, String(error));
    assert.ok(error.message.includes(text), error.message);
    return true;
  };
}

function makeFolder(contents: Record<string, unknown>): string {
  const folder = mkdtempSync(join(tmpdir(), 'kids-id-clients-'));
  after(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(contents)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
