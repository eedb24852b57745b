/** The examples in docs/RELYING-PARTIES.md do what it says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createRegistry, parseClientFile } from '../../gateway/oidc/clients.ts';
import { adapt, readGuideBlock } from '../kit/interop/guide-block.ts';
import { CHAT_ORIGIN, createTestBrowser, prepareChat, startProvider } from './chat-setup.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the guide for relying parties', { timeout: 30_000 }, () => {
  it('shows a client file that the gateway takes', async () => {
    const client = parseClientFile(JSON.parse(await readGuideBlock('chat.json')));
    assert.equal(createRegistry([client]).find('chat'), client);
  });

  it('shows commands that make a key and register a site', async (t) => {
    const dir = await mkdtemp(join(tmpdir(), 'kids-id-guide-'));
    t.after(() => rm(dir, { recursive: true }));
    const run = async (name: string, replacements: Record<string, string> = {}) =>
      promisify(execFile)('sh', ['-ec', adapt(await readGuideBlock(name), replacements)], {
        cwd: dir,
      });
    const { stdout } = await run('make-key.sh');
    const { d, ...publicKey } = JSON.parse(await readFile(join(dir, 'client-key.json'), 'utf8'));
    assert.ok(d);
    assert.deepEqual(JSON.parse(stdout), publicKey);

    await mkdir(join(dir, 'clients'));
    const added = await run('add-client.sh', {
      'npm run client --': `'${process.execPath}' '${join(ROOT, 'gateway/main.ts')}' client`,
      '--config config.json': '--folder clients',
      'client-key.json': 'another-key.json',
    });
    assert.match(added.stdout, /another-key\.json/);
    const [file = ''] = await readdir(join(dir, 'clients'));
    const client = parseClientFile(JSON.parse(await readFile(join(dir, 'clients', file), 'utf8')));
    assert.deepEqual(client.requireAge, { min: 6, below: 13 });
    assert.equal(client.sector, 'chat.example');
  });

  it('shows a sign-in that works, and refuses the wrong age', async (t) => {
    const setup = await prepareChat();
    t.after(() => setup.remove());
    const provider = await startProvider(setup);
    t.after(() => provider.close());
    const folder = join(dirname(setup.chatFolder), 'guide');
    await mkdir(folder);
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const keyFile = join(setup.chatFolder, 'client.jwk');
    const source = (await readGuideBlock('sign-in.ts'))
      .replace('https://gateway.example', provider.issuer)
      .replace('https://chat.example', CHAT_ORIGIN)
      .replace("'client-key.json'", JSON.stringify(keyFile));
    const file = join(folder, 'sign-in.ts');
    await writeFile(file, source);
    const { startSignIn, finishSignIn } = await import(pathToFileURL(file).href);

    const signIn = async (claims: Record<string, boolean>) => {
      provider.answer = { acr: 'urn:kids-id:acr:card-pin', sub: 'child', claims };
      const { url, checks } = await startSignIn();
      const isCallback = ({ origin }: URL) => origin === CHAT_ORIGIN;
      return finishSignIn((await createTestBrowser(0).follow(url, isCallback)).url, checks);
    };
    const claims = { age_over_6: true, age_over_9: false, age_over_13: false };
    assert.deepEqual(await signIn(claims), { sub: 'child', room: '6 to 8' });
    await assert.rejects(signIn({ ...claims, age_over_13: true }), /outside 6 to 12/);
    await assert.rejects(signIn({ age_over_6: true, age_over_9: false }), /outside 6 to 12/);
  });
});
