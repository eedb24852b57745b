/** `client list|show|remove|check` on a folder of real files. */
import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { file, runWords, setUp } from './client-command-setup.ts';

describe('client list, show and remove', () => {
  test('list shows a line for each client, and every bad file loudly', async () => {
    const { run, put } = setUp({ 'chat.json': file });
    const good = await run('list');
    assert.equal(good.code, 0);
    assert.match(good.out, /^CLIENT .*\nchat +Chat +Chat vzw +all +- +transient +none\n$/);
    put('pool.json', { ...file, clientId: 'pool', sector: 'A SECRET' });
    const bad = await run('list');
    assert.equal(bad.code, 1);
    assert.match(bad.err, /BAD FILE {2}pool\.json: sector is missing[\s\S]*host name/);
    assert.ok(!bad.err.includes('SECRET'));
  });

  test('show gives the file with its defaults, and its meaning', async () => {
    const { run } = setUp({ 'a.json': file });
    const { code, out } = await run('show', 'chat');
    assert.equal(code, 0);
    const [json = '', words = ''] = out.split('\n\n');
    assert.equal(JSON.parse(json).par, 'required');
    assert.match(words, /It does not learn/);
    const unknown = await run('show', 'pool');
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /No client "pool" is registered\. Registered: chat\./);
  });

  test('remove asks for --yes, and takes the one file away', async () => {
    const { run, folder } = setUp({ 'a.json': file, 'b.json': { clientId: 'pool' } });
    assert.equal((await run('remove', 'chat')).code, 1);
    assert.deepEqual(readdirSync(folder), ['a.json', 'b.json']);
    assert.equal((await run('remove', 'chat', '--yes')).code, 0);
    assert.equal((await run('remove', 'pool', '--yes')).code, 0, 'a bad file too');
    assert.deepEqual(readdirSync(folder), []);
  });

  test('remove asks which, where two files are of one client', async () => {
    const { run, folder } = setUp({ 'a.json': file, 'b.json': file });
    const { code, err } = await run('remove', 'chat', '--yes');
    assert.equal(code, 1);
    assert.match(err, /a\.json and b\.json/);
    assert.equal(readdirSync(folder).length, 2);
  });
});

describe('client check', () => {
  test('looks at a file that is not in the folder yet, beside those that are', async () => {
    const { run, at } = setUp({ 'pool.json': { ...file, clientId: 'pool', ageThresholds: [12] } });
    writeFileSync(at('chat.json'), JSON.stringify({ ...file, ageThresholds: [13] }));
    const clash = await run('check', at('chat.json'));
    assert.equal(clash.code, 1);
    assert.match(clash.err, /BAD FILE {2}chat\.json: [\s\S]*cut points/);
    writeFileSync(at('chat.json'), JSON.stringify({ ...file, ageThresholds: [6] }));
    assert.equal((await run('check', at('chat.json'))).code, 0);
    writeFileSync(
      at('pool.json'),
      JSON.stringify({ ...file, clientId: 'pool', ageThresholds: [13] }),
    );
    assert.equal((await run('check', at('pool.json'))).code, 0, 'in the place of the old one');
  });

  test('looks at a file without any folder', async () => {
    const { at } = setUp();
    writeFileSync(at('chat.json'), JSON.stringify(file));
    const { code, out } = await runWords('check', at('chat.json'));
    assert.equal(code, 0);
    assert.match(out, /chat: Chat \(Chat vzw\)/);
    assert.equal((await runWords('check', at('absent.json'))).code, 1);
  });

  test('looks at the whole folder, and ends with 1 when a file is bad', async () => {
    const { run, put } = setUp({ 'chat.json': file });
    assert.equal((await run('check')).code, 0);
    put('pool.json', '{');
    const { code, out, err } = await run('check');
    assert.equal(code, 1);
    assert.match(out, /1 registered, 1 bad/);
    assert.match(err, /BAD FILE {2}pool\.json: cannot be read as JSON/);
  });

  test('shows nothing of a file that a terminal would act on', async () => {
    const name = 'Chat\u001b[2J\u202e\r';
    const { run } = setUp({ 'chat.json': { ...file, site: { name } } });
    for (const words of [['list'], ['check'], ['show', 'chat']]) {
      const { out } = await run(...words);
      assert.doesNotMatch(out, /(?!\n)[\p{Cc}\u202e]/u);
    }
  });
});

describe('client test, before anything is tried', () => {
  const site = ['--start', 'http://127.0.0.1:9/in', '--signed-in', 'http://127.0.0.1:9/me'];

  test('names its cases, those of the age rule among them', async () => {
    const { run } = setUp({ 'chat.json': { ...file, requireAge: { min: 6 } } });
    const { code, out } = await run('test', 'chat', '--list-cases');
    assert.equal(code, 0);
    for (const name of ['state-other', 'signature-none', 'age-over-6-missing']) {
      assert.match(out, new RegExp(`^${name} `, 'm'));
    }
  });

  test('asks for what it needs', async () => {
    const { run, put } = setUp({ 'chat.json': file });
    assert.equal((await run('test', 'chat')).code, 2);
    assert.equal((await run('test')).code, 2);
    assert.match((await run('test', 'pool', ...site)).err, /No client "pool"/);
    assert.match((await run('test', 'chat', ...site, '--only', 'nope')).err, /--list-cases/);
    assert.match((await run('test', 'chat', '--callback', 'chat')).err, /whole address/);
    put('chat.json', { clientId: 'chat' });
    assert.match((await run('test', 'chat', ...site)).err, /chat\.json: site is missing/);
  });

  test('says what to do when the site is not there', async () => {
    const { run, at } = setUp({ 'chat.json': file });
    const issuer = ['--issuer-folder', at('issuer'), '--port', '0', '--wait', '0'];
    const { code, err } = await run('test', 'chat', ...site, ...issuer);
    assert.equal(code, 1);
    assert.match(err, /NODE_EXTRA_CA_CERTS=[\s\S]*127\.0\.0\.1:9 cannot be reached/);
    const mode = statSync(join(at('issuer'), 'tls-key.pem')).mode & 0o777;
    if (process.platform !== 'win32') assert.equal(mode, 0o600);
  });
});

describe('the command line', () => {
  test('has help for each command, and usage for what is none', async () => {
    for (const name of ['add', 'list', 'show', 'remove', 'check', 'test']) {
      const { code, out } = await runWords(name, '--help');
      assert.equal(code, 0);
      assert.match(out, new RegExp(`^client ${name}`));
    }
    assert.equal((await runWords('--help')).code, 0);
    assert.equal((await runWords()).code, 2);
    assert.equal((await runWords('constructor')).code, 2);
    assert.equal((await runWords('list')).code, 2, 'which folder?');
    assert.equal((await runWords('list', '--folder', 'a', '--config', 'b')).code, 2);
    assert.equal((await runWords('list', '--folder', 'a', '--what')).code, 2);
    const absent = await runWords('list', '--folder', join(tmpdir(), 'kids-id-absent'));
    assert.equal(absent.code, 1);
    assert.match(absent.err, /folder cannot be read\. Does it exist/);
    assert.equal((await runWords('list', '--config', 'absent.json')).code, 1);
  });
});
