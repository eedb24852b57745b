import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findChromiumProblems } from '../kit/browser/chromium.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const main = join(import.meta.dirname, '../kit/start/main.ts');
let dir: string;

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'kids-id-start-'));
});

after(() => rmSync(dir, { recursive: true, force: true }));

test('npm start -- --login prints the ID token on the last line, saves the screens, exits 0', {
  skip,
}, () => {
  const shots = join(dir, 'shots');
  const { status, stdout, stderr } = start('--login', '--save', shots);
  assert.equal(status, 0, stderr);
  const idToken = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  assert.equal(idToken.age_over_6, true);
  assert.equal(idToken.age_over_13, false);
  assert.ok(readdirSync(shots).length >= 6);
  assert.match(stderr, /Ports on 127\.0\.0\.1: [1-9]\d+ .*, [1-9]\d+ .*, [1-9]\d+ .*, [1-9]\d+ /);
  assert.ok(!existsSync(join(dir, 'data', 'home')), 'the throw-away home is left');
});

test('a login that is refused exits 1 with the error code: an adult at the chat is AGE_OUTSIDE', {
  skip,
}, () => {
  const { status, stdout, stderr } = start('--login', '--person', 'karel');
  assert.equal(status, 1, stderr);
  assert.deepEqual(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''), { code: 'AGE_OUTSIDE' });
});

test('an unknown person or wrong ports are said, and nothing is started', () => {
  for (const args of [
    ['--person', 'nobody'],
    ['--ports', '1,2'],
    ['--ports', '1,2,3,4,5'],
    ['--ports', '1,2,3,65536'],
    ['--ports', 'a,b,c'],
    ['--ports', ',,'],
  ]) {
    const { status, stdout, stderr } = start(...args);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.notEqual(stderr, '');
  }
});

function start(...args: string[]) {
  return spawnSync(
    process.execPath,
    [main, '--data', join(dir, 'data'), '--ports', '0,0,0', '--no-apt', ...args],
    {
      encoding: 'utf8',
      timeout: 120_000,
      env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' },
    },
  );
}
