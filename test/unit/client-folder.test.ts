/** The clients folder, hot: what an operator does to files, and what counts afterwards. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openClientFolder } from '../../gateway/oidc/client-folder.ts';
import { ClientFileError } from '../../gateway/oidc/clients.ts';

const file = {
  clientId: 'chat',
  site: { name: 'Chat' },
  organisation: 'Chat vzw',
  sector: 'chat.example',
  ageThresholds: [6],
  redirectUris: ['https://chat.example/callback'],
  authentication: { method: 'none' },
};
const pool = { ...file, clientId: 'pool', organisation: 'Pool', sector: 'pool.example' };

const REFUSED = 'client file refused';
const LOADED = 'clients loaded';

describe('a folder of client files at the start', () => {
  test('gives every client, and takes no other file', () => {
    const { clients } = open({
      'chat.json': file,
      'pool.json': pool,
      'notes.txt': 'not a client',
      '.chat.json': 'of an editor',
      'chat.json~': 'of another',
    });
    assert.deepEqual(idsOf(clients), ['chat', 'pool']);
  });

  const bad: [string, unknown, string][] = [
    ['a field that is wrong', { ...pool, sector: 'SECRET VALUE' }, 'sector is missing, unknown'],
    ['no JSON', '{"clientId": "SECRET VALUE"', 'cannot be read as JSON'],
    ['a file of another kind', null, 'the whole file is missing'],
    ['a client that is there already', { ...pool, clientId: 'chat' }, 'is registered twice'],
    [
      'a sector of another organisation',
      { ...pool, sector: 'chat.example' },
      'another organisation',
    ],
    ['cut points too fine', { ...pool, ageThresholds: [12, 13] }, 'fewer than 3 years apart'],
    ['an age that nobody can ask', { ...pool, ageThresholds: [7] }, '7 is not an age'],
    ['more than 64 KiB', ' '.repeat(70_000), 'is too large'],
  ];
  for (const [what, content, fault] of bad) {
    test(`passes over ${what}, and names file and field but no value`, () => {
      const { clients, log } = open({ 'chat.json': file, 'pool.json': content });
      assert.deepEqual(idsOf(clients), ['chat']);
      const [{ fields } = assert.fail('nothing logged')] = log.filter(isOf(REFUSED));
      assert.equal(fields['file'], 'pool.json');
      assert.equal(fields['formerKept'], false);
      assert.ok(String(fields['fault']).includes(fault), String(fields['fault']));
      assert.ok(!JSON.stringify(log).includes('SECRET'));
    });
  }

  test('passes over what is no file, without waiting for it', () => {
    const folder = makeFolder({ 'chat.json': file });
    mkdirSync(join(folder, 'folder.json'));
    symlinkSync('/dev/zero', join(folder, 'endless.json'));
    symlinkSync(join(folder, 'absent'), join(folder, 'nowhere.json'));
    const { clients, log } = openFolder(folder);
    assert.deepEqual(idsOf(clients), ['chat']);
    assert.equal(log.filter(isOf(REFUSED)).length, 3);
  });

  test('passes over a client that the library refuses', () => {
    const checkClient = ({ clientId }: { clientId: string }) => {
      if (clientId === 'pool') throw new TypeError('metadata');
    };
    const folder = makeFolder({ 'chat.json': file, 'pool.json': pool });
    const { clients, log } = openFolder(folder, { checkClient });
    assert.deepEqual(idsOf(clients), ['chat']);
    assert.match(String(log.find(isOf(REFUSED))?.fields['fault']), /refused by oidc-provider/);
  });

  test('keeps, of two that do not go together, the one that was changed first', () => {
    const folder = makeFolder({ 'a.json': { ...pool, clientId: 'chat' }, 'z.json': file });
    utimesSync(join(folder, 'z.json'), 1_000, 1_000);
    const { clients } = openFolder(folder);
    assert.equal(clients.find('chat')?.organisation, 'Chat vzw');
  });

  test('is an error when it cannot be read at all', () => {
    const folder = join(makeFolder({}), 'absent');
    assert.throws(() => openFolder(folder), ClientFileError);
  });
});

describe('a folder of client files while the gateway runs', () => {
  test('takes a new file, a changed one and a removed one without a restart', () => {
    const { clients, folder, put, log } = open({ 'chat.json': file });
    put('pool.json', pool);
    put('chat.json', { ...file, site: { name: 'Coucou' } });
    clients.reload();
    assert.deepEqual(idsOf(clients), ['chat', 'pool']);
    assert.equal(clients.find('chat')?.site.name, 'Coucou');
    rmSync(join(folder, 'chat.json'));
    clients.reload();
    assert.equal(clients.find('chat'), undefined);
    assert.deepEqual(
      log.filter(isOf(LOADED)).map(({ fields }) => fields),
      [
        { changed: ['chat.json'], removed: [], clients: 1 },
        { changed: ['chat.json', 'pool.json'], removed: [], clients: 2 },
        { changed: [], removed: ['chat.json'], clients: 1 },
      ],
    );
  });

  test('keeps the former state of a file while it is bad, and says so once', () => {
    const { clients, put, log } = open({ 'chat.json': file, 'pool.json': pool });
    put('chat.json', { ...file, sector: '' });
    clients.reload();
    clients.reload();
    assert.equal(clients.find('chat')?.sector, 'chat.example');
    const refused = log.filter(isOf(REFUSED));
    assert.equal(refused.length, 1);
    assert.equal(refused[0]?.fields['formerKept'], true);
    put('chat.json', { ...file, sector: 'new.example' });
    clients.reload();
    assert.equal(clients.find('chat')?.sector, 'new.example');
  });

  test('forgets the former state when a bad file goes', () => {
    const { clients, folder, put } = open({ 'chat.json': file });
    put('chat.json', 'half a fi');
    clients.reload();
    assert.ok(clients.find('chat'));
    rmSync(join(folder, 'chat.json'));
    clients.reload();
    assert.equal(clients.find('chat'), undefined);
  });

  test('names the changed file of two that do not go together, wherever its name sorts', () => {
    const { clients, put, log } = open({ 'm.json': file });
    for (const name of ['a.json', 'z.json']) put(name, { ...pool, clientId: 'chat' });
    clients.reload();
    assert.equal(clients.find('chat')?.organisation, 'Chat vzw');
    const names = log.filter(isOf(REFUSED)).map(({ fields }) => fields['file']);
    assert.deepEqual(names.sort(), ['a.json', 'z.json']);
  });

  test('keeps the former state of a file whose change does not go with the others', () => {
    const { clients, put } = open({ 'chat.json': file, 'pool.json': pool });
    put('pool.json', { ...pool, sector: 'chat.example', site: { name: 'New' } });
    clients.reload();
    assert.deepEqual(idsOf(clients), ['chat', 'pool']);
    assert.equal(clients.find('pool')?.sector, 'pool.example');
  });

  test('takes changes that go together only all at once', () => {
    const mine = { organisation: 'One', cutPointsReason: undefined };
    const [a, b] = [
      { ...file, ...mine, ageThresholds: [6, 9, 12] },
      { ...pool, ...mine, ageThresholds: [] },
    ];
    const { clients, put, log } = open({ 'a.json': a, 'b.json': b });
    put('a.json', { ...a, ageThresholds: [] });
    put('b.json', { ...b, ageThresholds: [13, 16, 21] });
    clients.reload();
    assert.deepEqual(clients.find('pool')?.ageThresholds, [13, 16, 21]);
    assert.deepEqual(log.filter(isOf(REFUSED)), []);
  });

  test('takes the changes that go together when another file is bad beside the others', () => {
    const mine = { organisation: 'One' };
    const [a, b] = [
      { ...file, ...mine, ageThresholds: [6, 9, 12] },
      { ...pool, ...mine, ageThresholds: [] },
    ];
    const { clients, put, log } = open({ 'a.json': a, 'b.json': b });
    put('b.json', { ...b, ageThresholds: [13, 16, 21] });
    put('a.json', { ...a, ageThresholds: [] });
    put('twice.json', a);
    clients.reload();
    assert.deepEqual(clients.find('pool')?.ageThresholds, [13, 16, 21]);
    assert.deepEqual(
      log.filter(isOf(REFUSED)).map(({ fields }) => fields['file']),
      ['twice.json'],
    );
  });

  test('takes a renamed file for the same client', () => {
    const { clients, folder } = open({ 'a.json': file });
    renameSync(join(folder, 'a.json'), join(folder, 'b.json'));
    clients.reload();
    assert.ok(clients.find('chat'));
  });

  test('passes over a file that cannot even be looked at, and takes the others', () => {
    const { clients, folder, log } = open({ 'chat.json': file });
    symlinkSync('circle.json', join(folder, 'circle.json'));
    put(folder, 'pool.json', pool);
    clients.reload();
    assert.deepEqual(idsOf(clients), ['chat', 'pool']);
    assert.deepEqual(
      log.filter(isOf(REFUSED)).map(({ fields }) => fields['file']),
      ['circle.json'],
    );
  });

  test('judges only what changed, however many files there are', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => {
      const clientId = `site-${index}`;
      return { ...file, clientId, organisation: clientId, sector: `${clientId}.example` };
    });
    const folder = makeFolder(
      Object.fromEntries(many.map((client) => [`${client.clientId}.json`, client])),
    );
    const startedMs = performance.now();
    const { clients } = openFolder(folder);
    const openedMs = performance.now();
    put(folder, 'bad.json', { ...file, clientId: 'bad', ageThresholds: [12, 13] });
    clients.reload();
    const reloadMs = performance.now() - openedMs;
    assert.equal(clients.all().length, 1_000);
    assert.ok(reloadMs < 8 * (openedMs - startedMs), `${reloadMs} ms`);
  });

  test('stays as it is when the folder cannot be read, and says so once', () => {
    const { clients, folder, log } = open({ 'chat.json': file });
    rmSync(folder, { recursive: true });
    clients.reload();
    clients.reload();
    assert.ok(clients.find('chat'));
    assert.equal(log.filter(isOf('clients folder cannot be read')).length, 1);
    mkdirSync(folder);
    clients.reload();
    assert.equal(clients.find('chat'), undefined);
  });
});

describe('watching', { timeout: 20_000 }, () => {
  test('sees a file that is put in place by its name, once', async () => {
    const { clients, folder, log, next } = open({ 'chat.json': file });
    const loaded = next(LOADED);
    writeFileSync(join(folder, '.chat.json.new'), JSON.stringify({ ...file, sector: 'b.example' }));
    renameSync(join(folder, '.chat.json.new'), join(folder, 'chat.json'));
    await loaded;
    assert.equal(clients.find('chat')?.sector, 'b.example');
    assert.equal(log.filter(isOf(LOADED)).length, 2);
  });

  test('sees a folder that was put in the place of the watched one', async () => {
    const { clients, folder, next } = open({ 'chat.json': file }, { pollMs: 50 });
    const other = makeFolder({ 'pool.json': pool });
    renameSync(folder, `${folder}-old`);
    after(() => rmSync(`${folder}-old`, { recursive: true }));
    renameSync(other, folder);
    while (!clients.find('pool')) await next(LOADED);
    assert.equal(clients.find('chat'), undefined);
  });
});

function idsOf(clients: { all(): readonly { clientId: string }[] }): string[] {
  return clients
    .all()
    .map(({ clientId }) => clientId)
    .sort();
}

function isOf(wanted: string) {
  return ({ message }: { message: string }) => message === wanted;
}

function open(contents: Record<string, unknown>, options: { pollMs?: number } = {}) {
  return openFolder(makeFolder(contents), options);
}

function openFolder(
  folder: string,
  options: { pollMs?: number; checkClient?: (client: { clientId: string }) => void } = {},
) {
  const log: { fields: Record<string, unknown>; message: string }[] = [];
  const told = new EventEmitter();
  const write = (fields: object, message: string) => {
    log.push({ fields: { ...fields }, message });
    told.emit(message);
  };
  const logger = { info: write, warn: write, error: write };
  const clients = openClientFolder({ folder, development: false, logger, ...options });
  after(() => clients.close());
  return {
    clients,
    folder,
    log,
    put: (name: string, content: unknown) => put(folder, name, content),
    next: (message: string) => once(told, message),
  };
}

function makeFolder(contents: Record<string, unknown>): string {
  const folder = mkdtempSync(join(tmpdir(), 'kids-id-clients-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(contents)) put(folder, name, content);
  return folder;
}

function put(folder: string, name: string, content: unknown): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(folder, name), text);
}
