import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXTENSION_ID } from '../../extension/package/extension-id.ts';
import {
  CHROMIUM_EXTENSION_ID,
  FIREFOX_EXTENSION_ID,
  parseStart,
} from '../../native-host/command/start.ts';

const MANIFEST = '/usr/lib/mozilla/native-messaging-hosts/org.kids_id.host.json';
const OURS = `chrome-extension://${CHROMIUM_EXTENSION_ID}/`;

test('the id that the host pins is the one that Chromium computes from the extension’s key', () => {
  assert.equal(CHROMIUM_EXTENSION_ID, EXTENSION_ID);
});

const STARTS: readonly [string, readonly string[], ReturnType<typeof parseStart>][] = [
  ['Chromium, for our extension', [OURS], 'browser'],
  ['Chromium on Windows, with its window', [OURS, '--parent-window=131586'], 'browser'],
  ['Firefox, for our extension', [MANIFEST, FIREFOX_EXTENSION_ID], 'browser'],
  ['Chromium, for another extension', [`chrome-extension://${'a'.repeat(32)}/`], 'unknown-caller'],
  ['an origin that only begins like ours', [`${OURS}x`], 'unknown-caller'],
  ['an origin without its slash', [OURS.slice(0, -1)], 'unknown-caller'],
  ['an origin in capitals', [OURS.toUpperCase()], 'command'],
  ['Firefox, for another add-on', [MANIFEST, 'other@example.org'], 'unknown-caller'],
  ['Firefox before 55, without an add-on', [MANIFEST], 'unknown-caller'],
  ['our Firefox id without a manifest', [FIREFOX_EXTENSION_ID], 'command'],
  ['our Chromium id behind a command', ['doctor', OURS], 'command'],
  ['nothing', [], 'command'],
  ['an empty word', [''], 'command'],
  ['a command', ['list'], 'command'],
];

for (const [name, words, start] of STARTS) {
  test(`a start by ${name} is: ${start}`, () => {
    assert.equal(parseStart(words), start);
  });
}
