import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createManifest } from '../../extension/manifest/manifest.ts';
import { buildExtension } from '../../extension/package/build-extension.ts';
import { computeExtensionId, EXTENSION_ID } from '../../extension/package/extension-id.ts';
import { createPinEntry } from '../../extension/pin-window/pin-entry.ts';

const GATEWAYS = ['https://gateway.localhost:8443', 'https://login.test'];

test('asks for the host and for the gateways, and for nothing else', () => {
  const manifest = createManifest({ gateways: GATEWAYS, target: 'chromium' });
  const matches = ['https://gateway.localhost/*', 'https://login.test/*'];
  assert.deepEqual(manifest['permissions'], ['nativeMessaging', 'scripting']);
  assert.deepEqual(manifest['host_permissions'], matches);
  assert.deepEqual(manifest['content_scripts'], [
    { matches, js: ['content/content.js'], run_at: 'document_start', all_frames: false },
  ]);
  assert.equal(manifest['externally_connectable'], undefined);
  assert.equal(manifest['web_accessible_resources'], undefined);
});

test('refuses a gateway that is no exact https origin', () => {
  for (const gateway of [
    'http://a.test',
    'https://a.test/',
    'https://a.test/x',
    'https://*.test/',
  ]) {
    const make = () => createManifest({ gateways: [gateway], target: 'chromium' });
    assert.throws(make, TypeError, gateway);
  }
});

test('computes the id as Chromium does: letters a to p for half-bytes of SHA-256', () => {
  const key = new TextEncoder().encode('a key');
  const hex = createHash('sha256').update(key).digest('hex').slice(0, 32);
  const letters = [...hex].map((digit) => 'abcdefghijklmnop'.charAt(Number.parseInt(digit, 16)));
  assert.equal(computeExtensionId(key), letters.join(''));
  assert.match(EXTENSION_ID, /^[a-p]{32}$/);
});

test('builds a folder in which every file that the manifest and the window name is there', async () => {
  const outDir = await mkdtemp(join(tmpdir(), 'kids-id-extension-'));
  try {
    await buildExtension({ outDir, gateways: GATEWAYS });
    const files = await readdir(outDir, { recursive: true });
    const manifest = await readFile(join(outDir, 'manifest.json'), 'utf8');
    const page = await readFile(join(outDir, 'pin-window/pin-window.html'), 'utf8');
    const named = manifest.match(/[a-z-]+\/[a-z0-9-]+\.(?:js|png)/g) ?? [];
    const linked = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = '']) =>
      join('pin-window', link),
    );
    for (const file of [...named, ...linked]) assert.ok(files.includes(file), file);
    for (const language of ['nl', 'fr', 'de', 'en']) {
      assert.ok(files.includes(join('_locales', language, 'messages.json')));
    }
    const background = await readFile(join(outDir, 'background/background.js'), 'utf8');
    assert.ok(background.includes('https://gateway.localhost:8443'));
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
});

test('lends the digits of a PIN once and overwrites them', () => {
  const entry = createPinEntry();
  for (const digit of [4, 8, 6, 2]) entry.add(digit);
  let lent: readonly number[] = [];
  entry.spend((digits) => {
    lent = digits;
    assert.deepEqual(digits, [4, 8, 6, 2]);
  });
  assert.deepEqual(lent, []);
  assert.equal(entry.count(), 0);
});

test('overwrites the digits of a PIN also when handing them over fails', () => {
  const entry = createPinEntry();
  for (const digit of [4, 8, 6, 2]) entry.add(digit);
  assert.throws(() =>
    entry.spend(() => {
      throw new RangeError('gone');
    }),
  );
  assert.equal(entry.count(), 0);
});

test('takes 4 to 12 digits and no more', () => {
  const entry = createPinEntry();
  for (let typed = 0; typed < 3; typed += 1) entry.add(1);
  assert.equal(entry.isComplete(), false);
  entry.add(1);
  assert.equal(entry.isComplete(), true);
  for (let typed = 0; typed < 20; typed += 1) entry.add(1);
  assert.equal(entry.count(), 12);
  entry.erase();
  assert.equal(entry.count(), 11);
});
