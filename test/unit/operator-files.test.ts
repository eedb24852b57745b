/** Files that a command makes for an operator: never over another one, and said in words. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CommandError } from '../../gateway/client-command/command-context.ts';
import { openIssuerFolder } from '../../gateway/client-command/site-test/issuer-folder.ts';
import { ConfigError } from '../../gateway/config.ts';
import { createKeysFile } from '../../gateway/keys.ts';

const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'kids-id-operator-'));
after(() => rmSync(folder, { recursive: true }));

test('a keys file is for its owner alone, and never replaced: every pseudonym hangs on it', async () => {
  const file = join(folder, 'keys.json');
  await createKeysFile(file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const before = readFileSync(file, 'utf8');
  await assert.rejects(
    createKeysFile(file),
    new ConfigError(`${file} is there already and is not replaced`),
  );
  assert.equal(readFileSync(file, 'utf8'), before);
  await assert.rejects(createKeysFile(join(folder, 'absent', 'keys.json')), ConfigError);
});

test('the test issuer keeps its certificate, and says when it has expired (RFC 5280 §4.1.2.5)', () => {
  const now = new Date();
  const at = (days: number) =>
    openIssuerFolder(join(folder, 'issuer'), new Date(now.getTime() + days * DAY_MS));
  const first = at(0);
  assert.deepEqual(at(89).tls, first.tls);
  assert.throws(
    () => at(91),
    (error: Error) => {
      assert.ok(error instanceof CommandError);
      assert.match(error.message, /certificate\.pem has expired/);
      return true;
    },
  );
});
