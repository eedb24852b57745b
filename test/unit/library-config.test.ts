/** The example library's settings, its two admissions, and its commands. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../examples/library/config.ts';
import { admitLibrarian, admitReader } from '../../examples/library/sign-in.ts';
import { openStore } from '../../examples/library/store/store.ts';
import { openTestLibrary } from './library-setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'kids-id-library-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyFile = join(folder, 'key.json');
writeFileSync(keyFile, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k-1' }));

const ENVIRONMENT = {
  PORT: '8446',
  PUBLIC_URL: 'https://library.localhost:8446',
  ISSUER: 'https://gateway.localhost:8443',
  CLIENT_ID: 'library',
  CLIENT_KEY_FILE: keyFile,
  DESK_CLIENT_ID: 'library-desk',
  DESK_CLIENT_KEY_FILE: keyFile,
  LIBRARY_DB: join(folder, 'library.sqlite'),
};

const CARD_AND_PIN = 'urn:kids-id:acr:card-pin';

test('reads the settings of both clients and of the database', () => {
  const config = loadConfig(ENVIRONMENT);
  assert.equal(config.readers.id, 'library');
  assert.equal(config.desk.id, 'library-desk');
  assert.equal(config.desk.key.kid, 'k-1');
  assert.equal(config.databaseFile, ENVIRONMENT.LIBRARY_DB);
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.tls, undefined);
});

test('reports every setting that is missing or wrong at once, and no key', () => {
  const bad = join(folder, 'bad.json');
  writeFileSync(bad, '{"d":"SECRET"');
  assert.throws(
    () => loadConfig({ PUBLIC_URL: 'http://library.example', DESK_CLIENT_KEY_FILE: bad }),
    (error: Error) => {
      const names = Object.keys(ENVIRONMENT);
      assert.deepEqual(
        names.filter((name) => !error.message.includes(`${name}: `)),
        [],
      );
      return !error.message.includes('SECRET');
    },
  );
});

test('refuses one client for readers and desk: their rules differ', () => {
  assert.throws(() => loadConfig({ ...ENVIRONMENT, DESK_CLIENT_ID: 'library' }), /DESK_CLIENT_ID/);
});

test('admits a reader by card and PIN only, whatever the age', () => {
  const refused = { kind: 'refused', by: 'site' };
  assert.deepEqual(admitReader({ sub: 's', acr: CARD_AND_PIN }), { kind: 'admitted', sub: 's' });
  assert.deepEqual(admitReader({ sub: 's', acr: 'urn:kids-id:acr:card-present' }), refused);
  assert.deepEqual(admitReader({ sub: 's' }), refused);
  assert.deepEqual(admitReader({ sub: '', acr: CARD_AND_PIN }), refused);
  assert.deepEqual(admitReader({ acr: CARD_AND_PIN }), refused);
  assert.deepEqual(admitReader({}), refused);
});

test('admits to the desk who is verified to be 18, and nobody whose age is not known', () => {
  const claims = { sub: 's', acr: CARD_AND_PIN };
  assert.deepEqual(admitLibrarian({ ...claims, age_over_18: true }), {
    kind: 'admitted',
    sub: 's',
  });
  for (const age_over_18 of [false, undefined, null, 'true', 1]) {
    assert.equal(admitLibrarian({ ...claims, age_over_18 }).kind, 'refused', String(age_over_18));
  }
  const weak = { ...claims, acr: 'urn:kids-id:acr:card-present', age_over_18: true };
  assert.equal(admitLibrarian(weak).kind, 'refused');
});

/** Runs a command of the library's package as an operator does. */
function run(command: string, args: readonly string[], file: string | undefined) {
  const path = fileURLToPath(
    new URL(`../../examples/library/commands/${command}.ts`, import.meta.url),
  );
  const env = file === undefined ? {} : { LIBRARY_DB: file };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    env,
    encoding: 'utf8',
  });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

test('staff: adds by code, lists and removes, beside an open library', () => {
  const file = join(folder, 'staff.sqlite');
  const store = openStore({ file, now: () => new Date() });
  const code = store.staff.requestCode('eva');
  assert.equal(run('staff', ['list'], file).stdout, 'Nobody is on the list.');
  assert.deepEqual(run('staff', ['add', code], file), {
    status: 0,
    stdout: `${code} may work at the desk now.`,
    stderr: '',
  });
  assert.equal(store.staff.find('eva')?.code, code);
  assert.match(run('staff', ['list'], file).stdout, new RegExp(`^${code}  since \\d{4}-`));
  assert.equal(run('staff', ['add', code], file).status, 1);
  assert.equal(run('staff', ['remove', code], file).status, 0);
  assert.equal(store.staff.find('eva'), undefined);
  assert.equal(run('staff', ['remove', code], file).status, 1);
  for (const args of [[], ['add'], ['list', 'x'], ['add', code, 'x'], ['give', code]]) {
    const { status, stderr } = run('staff', args, file);
    assert.equal(status, 1);
    assert.match(stderr, /^Usage/);
  }
  store.close();
});

test('commands make no empty library out of a slip in the path', () => {
  const file = join(folder, 'slip.sqlite');
  assert.match(run('staff', ['list'], file).stderr, /not there/);
  assert.match(run('backup', [join(folder, 'x')], file).stderr, /not there/);
  assert.match(run('staff', ['list'], undefined).stderr, /LIBRARY_DB/);
  assert.equal(existsSync(file), false);
});

test('backup: copies the database to a new file, beside an open library', () => {
  const file = join(folder, 'backup.sqlite');
  const { store, anna, clock } = openTestLibrary(file);
  const target = join(folder, 'copy.sqlite');
  assert.deepEqual(run('backup', [target], file), {
    status: 0,
    stdout: 'The copy is complete.',
    stderr: '',
  });
  const copy = openStore({ file: target, now: clock.now });
  assert.equal(copy.members.find(anna)?.name, 'Anna Test');
  copy.close();
  assert.match(run('backup', [target], file).stderr, /there already/);
  assert.match(run('backup', [], file).stderr, /^Usage/);
  store.close();
});
