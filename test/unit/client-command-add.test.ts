/** `client add`: judged first, written whole or not at all, never over anything. */
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseClientFile } from '../../gateway/oidc/clients.ts';
import { file, setUp } from './client-command-setup.ts';

const BASICS = ['--name', 'Chat', '--organisation', 'Chat vzw'];
const REDIRECT = ['--redirect-uri', 'https://chat.example/callback'];

describe('client add', () => {
  test('writes a file that the gateway takes, with every option in its field', async () => {
    const { run, folder, at } = setUp();
    writeFileSync(at('bird.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const { code, out } = await run(
      ...['add', 'chat', ...BASICS, ...REDIRECT, '--redirect-uri', 'https://www.chat.example/cb'],
      ...['--sector', 'kids.example', '--ages', '6, 9', '--require-age', '6-13'],
      ...['--subject', 'pairwise', '--picture', at('bird.svg'), '--identity', 'profile,picture'],
      ...['--child-basis', 'Decree of 1 January 2031, article 7', '--reverify-after', '12'],
      ...['--cut-points-reason', 'Decree of 1 January 2031, article 8', '--dpop', 'required'],
      ...['--logout-uri', 'https://chat.example/bye', '--new-key', at('key.json')],
      ...['--backchannel-logout-uri', 'https://chat.example/out', '--profile', 'fapi2'],
    );
    assert.equal(code, 0, out);
    const client = parseClientFile(JSON.parse(readFileSync(join(folder, 'chat.json'), 'utf8')));
    const { authentication, site, ...rest } = client;
    assert.match(site.picture ?? '', /^data:image\/svg\+xml;base64,/);
    assert.deepEqual(rest, {
      clientId: 'chat',
      organisation: 'Chat vzw',
      sector: 'kids.example',
      subjectMode: 'pairwise',
      ageThresholds: [6, 9],
      requireAge: { min: 6, below: 13 },
      cutPointsReason: 'Decree of 1 January 2031, article 8',
      redirectUris: ['https://chat.example/callback', 'https://www.chat.example/cb'],
      par: 'required',
      dpop: 'required',
      profile: 'fapi2',
      identity: {
        scopes: ['profile', 'picture'],
        childBasis: 'Decree of 1 January 2031, article 7',
      },
      reverifyAfterMonths: 12,
      postLogoutRedirectUris: ['https://chat.example/bye'],
      backchannelLogoutUri: 'https://chat.example/out',
    });
    assert.equal(authentication.method, 'private_key_jwt');
    assert.deepEqual(readdirSync(folder), ['chat.json']);
  });

  test('makes a key pair whose private half only its file has, for its owner alone', async () => {
    const { run, folder, at } = setUp();
    const { code, out } = await run('add', 'chat', ...BASICS, ...REDIRECT, '--new-key', at('key'));
    assert.equal(code, 0);
    const key = JSON.parse(readFileSync(at('key'), 'utf8'));
    const text = readFileSync(join(folder, 'chat.json'), 'utf8');
    assert.ok(!text.includes(key.d) && !out.includes(key.d));
    if (process.platform !== 'win32') assert.equal(statSync(at('key')).mode & 0o777, 0o600);
    const { authentication } = parseClientFile(JSON.parse(text));
    assert.ok(authentication.method === 'private_key_jwt');
    const [registered] = authentication.jwks.keys;
    const made = createPublicKey(createPrivateKey({ key, format: 'jwk' }));
    assert.ok(made.equals(createPublicKey({ key: { ...registered }, format: 'jwk' })));
    assert.equal(registered?.kid, key.kid);
  });

  test('makes a secret of 256 bits, shows it once and keeps its SHA-256 only', async () => {
    const { run, folder } = setUp();
    const { code, out } = await run('add', 'chat', ...BASICS, ...REDIRECT, '--secret');
    assert.equal(code, 0);
    const [, secret = ''] = /client_secret {3}(\S+)/.exec(out) ?? [];
    assert.equal(Buffer.from(secret, 'base64url').length, 32);
    const text = readFileSync(join(folder, 'chat.json'), 'utf8');
    assert.ok(!text.includes(secret));
    assert.deepEqual(JSON.parse(text).authentication, {
      method: 'client_secret',
      secretHashes: [createHash('sha256').update(secret).digest('base64url')],
    });
    assert.ok(!(await run('show', 'chat')).out.includes(secret));
  });

  test('takes public keys from a file, as a set or alone, and never a private one', async () => {
    const { run, folder, at } = setUp();
    await run('add', 'chat', ...BASICS, ...REDIRECT, '--new-key', at('key'));
    const { d, ...publicKey } = JSON.parse(readFileSync(at('key'), 'utf8'));
    rmSync(join(folder, 'chat.json'));
    for (const content of [publicKey, { keys: [{ ...publicKey, key_ops: ['verify'] }] }]) {
      writeFileSync(at('jwks'), JSON.stringify(content));
      assert.equal(
        (await run('add', 'chat', ...BASICS, ...REDIRECT, '--jwks', at('jwks'))).code,
        0,
      );
      rmSync(join(folder, 'chat.json'));
    }
    writeFileSync(at('jwks'), JSON.stringify({ keys: [{ ...publicKey, d }] }));
    const { code, err } = await run('add', 'chat', ...BASICS, ...REDIRECT, '--jwks', at('jwks'));
    assert.equal(code, 1);
    assert.match(err, /private key/);
    assert.ok(!err.includes(d));
  });

  test('takes a registration from a file, with options over it', async () => {
    const { run, folder, at } = setUp();
    writeFileSync(at('wanted.json'), JSON.stringify({ ...file, ageThresholds: [6] }));
    const { code } = await run('add', '--file', at('wanted.json'), '--name', 'Coucou', '--secret');
    assert.equal(code, 0);
    const client = JSON.parse(readFileSync(join(folder, 'chat.json'), 'utf8'));
    assert.deepEqual([client.site.name, client.ageThresholds], ['Coucou', [6]]);
    assert.equal(client.authentication.method, 'client_secret');
  });

  test('never overwrites: a client, a file of its name, a link, a key', async () => {
    const { run, put, folder, at } = setUp({ 'other-name.json': file });
    const again = await run('add', 'chat', ...BASICS, ...REDIRECT, '--public');
    assert.equal(again.code, 1);
    assert.match(again.err, /registered already, in other-name\.json/);
    put('bad.json', { clientId: 'taken' });
    const bad = await run('add', 'taken', ...BASICS, ...REDIRECT, '--public');
    assert.match(bad.err, /registered already, in bad\.json/);
    put('pool.json', 'not JSON');
    const key = ['--new-key', at('key')];
    const there = await run('add', 'pool', ...BASICS, ...REDIRECT, ...key);
    assert.match(there.err, /is there already/);
    assert.equal(readFileSync(join(folder, 'pool.json'), 'utf8'), 'not JSON');
    assert.ok(!existsSync(at('key')), 'the key of a client that was not written');
    symlinkSync(at('elsewhere'), join(folder, 'gym.json'));
    assert.equal((await run('add', 'gym', ...BASICS, ...REDIRECT, '--public')).code, 1);
    assert.ok(!existsSync(at('elsewhere')));
    writeFileSync(at('key'), 'a key');
    assert.equal((await run('add', 'park', ...BASICS, ...REDIRECT, ...key)).code, 1);
    assert.equal(readFileSync(at('key'), 'utf8'), 'a key');
    assert.ok(!existsSync(join(folder, 'park.json')));
    assert.ok(!readdirSync(folder).some((name) => name.startsWith('.')), 'drafts left');
  });

  const refused: [what: string, args: string[], says: RegExp][] = [
    ['cut points with its sister site', ['--ages', '13'], /cut points.*\n.*--cut-points-reason/],
    ['an age nobody can ask', ['--ages', '7'], /7 is not an age[\s\S]*6, 9, 12/],
    [
      'a sector of another organisation',
      ['--organisation', 'X'],
      /another organisation[\s\S]*sector/,
    ],
    ['a wrong address', ['--redirect-uri', 'http://a.example/'], /redirectUris\.1[\s\S]*https/],
    ['a wrong sector', ['--sector', 'https://a.example'], /sector[\s\S]*host name in lower case/],
    ['a rule of no ages', ['--require-age', '13-6'], /requireAge[\s\S]*min/],
    ['a rule of no numbers', ['--require-age', 'six'], /--require-age takes 6-13/],
    ['ages of no numbers', ['--ages', '6;12'], /--ages/],
    ['an unknown subject', ['--subject', 'public'], /subjectMode[\s\S]*pairwise/],
    ['an unknown identity scope', ['--identity', 'number'], /identity\.scopes\.0[\s\S]*birthdate/],
    [
      'a basis too short',
      ['--identity', 'profile', '--child-basis', 'law'],
      /identity\.childBasis/,
    ],
    ['FAPI 2.0 without a key', ['--profile', 'fapi2'], /profile[\s\S]*private_key_jwt/],
    ['log-outs without a sub', ['--backchannel-logout-uri', 'https://a.example/'], /pairwise/],
    ['a picture that is none', ['--picture', import.meta.filename], /neither a PNG nor an SVG/],
  ];
  for (const [what, args, says] of refused) {
    test(`refuses ${what}, says what to do and writes nothing`, async () => {
      const pool = { ...file, clientId: 'pool', ageThresholds: [12] };
      const { run, folder } = setUp({ 'pool.json': pool });
      const { code, err } = await run('add', 'chat', ...BASICS, ...REDIRECT, '--public', ...args);
      assert.equal(code, 1);
      assert.match(err, says);
      assert.deepEqual(readdirSync(folder), ['pool.json']);
    });
  }

  test('asks for what is missing', async () => {
    const { run } = setUp();
    assert.match((await run('add', 'chat', ...BASICS, ...REDIRECT)).err, /--jwks FILE, --new-key/);
    assert.match((await run('add', ...BASICS, ...REDIRECT, '--public')).err, /client add ID/);
    assert.match((await run('add', 'chat', ...REDIRECT, '--public')).err, /site is missing/);
    const both = await run('add', 'chat', ...BASICS, ...REDIRECT, '--public', '--secret');
    assert.equal(both.code, 2);
    const cors = ['--secret', '--cors-origin', 'https://chat.example'];
    assert.equal((await run('add', 'chat', ...BASICS, ...REDIRECT, ...cors)).code, 2);
  });

  test('takes plain http on loopback in development only', async () => {
    const { run } = setUp();
    const args = [
      'add',
      'dev',
      ...BASICS,
      '--redirect-uri',
      'http://127.0.0.1:3000/cb',
      '--public',
    ];
    assert.equal((await run(...args)).code, 1);
    const { code, out } = await run(...args, '--development');
    assert.equal(code, 0);
    assert.match(out, /plain http on this machine: for development only/);
  });
});
