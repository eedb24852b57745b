import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRegistryValue } from '../../native-host/command/machine.ts';
import { FIREFOX_EXTENSION_ID } from '../../native-host/command/start.ts';
import {
  CHROME_MANIFEST,
  createMachine,
  examine,
  hostManifest,
  PROGRAM,
} from './host-command-machine.ts';

const FIREFOX_MANIFEST = '/usr/lib/mozilla/native-messaging-hosts/org.kids_id.host.json';

for (const [name, files, problem] of [
  ['whose program is gone', { [CHROME_MANIFEST]: hostManifest() }, 'its program is not there'],
  [
    'whose program cannot be run',
    { [PROGRAM]: 'x', [CHROME_MANIFEST]: hostManifest() },
    'its program cannot be run',
  ],
  [
    'that names another extension',
    {
      [PROGRAM]: true,
      [CHROME_MANIFEST]: hostManifest({ allowed_origins: ['chrome-extension://x/'] }),
    },
    'it does not name our extension',
  ],
  ['that is not JSON', { [CHROME_MANIFEST]: '{' }, 'it is not JSON'],
  ['that is null', { [CHROME_MANIFEST]: 'null' }, 'it is not JSON'],
  ['of another host', { [CHROME_MANIFEST]: hostManifest({ name: 'x' }) }, 'it is of another host'],
  ['without a program', { [CHROME_MANIFEST]: hostManifest({ path: 1 }) }, 'it names no program'],
  [
    'with a relative program',
    { [CHROME_MANIFEST]: hostManifest({ path: 'kids-id-host' }) },
    'its program is not an absolute path',
  ],
] as const) {
  test(`a host manifest ${name} is failed, by its reason`, async () => {
    const { code, of } = await examine(createMachine({ files }));
    const chrome = of('browser').find(({ details }) => details['browser'] === 'Chrome');
    assert.equal(code, 1);
    assert.equal(chrome?.state, 'failed');
    assert.equal(chrome?.details['problem'], problem);
  });
}

test('Firefox is registered by its own field, and no browser at all is failed', async () => {
  const manifest = hostManifest({
    allowed_origins: undefined,
    allowed_extensions: [FIREFOX_EXTENSION_ID],
  });
  const firefox = await examine(
    createMachine({ files: { [PROGRAM]: true, [FIREFOX_MANIFEST]: manifest } }),
  );
  const registered = firefox.of('browser').filter(({ details }) => details['registered'] === true);
  assert.deepEqual(
    registered.map(({ state, details }) => [state, details['browser']]),
    [['ok', 'Firefox']],
  );
  const none = await examine(createMachine({ files: {} }));
  assert.equal(none.of('browser').at(-1)?.state, 'failed');
});

test('a user’s manifest decides before the system’s, as in the browsers', async () => {
  const system = '/etc/opt/chrome/native-messaging-hosts/org.kids_id.host.json';
  const files = { [PROGRAM]: true as const, [CHROME_MANIFEST]: '{', [system]: hostManifest() };
  const { of } = await examine(createMachine({ files }));
  assert.equal(of('browser')[0]?.details['problem'], 'it is not JSON');
});

test('on macOS and Windows, browsers are looked for where they keep their hosts', async () => {
  const mac = '/Library/Google/Chrome/NativeMessagingHosts/org.kids_id.host.json';
  const onMac = await examine(
    createMachine({
      files: { [PROGRAM]: true, [mac]: hostManifest() },
      changes: { platform: 'darwin' },
    }),
  );
  assert.equal(onMac.of('browser')[0]?.state, 'ok');
  const asked: string[] = [];
  const path = 'C:\\Kids-ID\\host.json';
  const onWindows = await examine(
    createMachine({
      // The program is relative to the manifest there.
      files: { 'C:\\Kids-ID\\host.exe': 'x', [path]: hostManifest({ path: 'host.exe' }) },
      changes: {
        platform: 'win32',
        async readRegistry(key) {
          asked.push(key);
          return key.startsWith('HKLM\\Software\\Microsoft\\Edge\\') ? path : undefined;
        },
      },
    }),
  );
  const edge = onWindows.of('browser').find(({ details }) => details['browser'] === 'Edge');
  assert.equal(edge?.details['registered'], true);
  assert.equal(edge?.details['problem'], null);
  const key = 'Software\\Mozilla\\NativeMessagingHosts\\org.kids_id.host';
  assert.ok(asked.includes(`HKCU\\${key}`) && asked.includes(`HKLM\\${key}`));
});

test('a value is read from what reg.exe prints, in any language of Windows', () => {
  const print = (name: string) =>
    `\r\nHKEY_CURRENT_USER\\Software\\Google\\Chrome\\NativeMessagingHosts\\org.kids_id.host\r\n    ${name}    REG_SZ    C:\\Program Files\\Kids-ID\\host.json\r\n\r\n`;
  for (const name of ['(Default)', '(Standaard)', '(par défaut)']) {
    assert.equal(parseRegistryValue(print(name)), 'C:\\Program Files\\Kids-ID\\host.json');
  }
  assert.equal(parseRegistryValue(''), undefined);
  assert.equal(parseRegistryValue('    (Default)    REG_SZ    \r\n'), undefined);
});
