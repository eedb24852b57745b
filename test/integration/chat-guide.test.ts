/** The examples in docs/RELYING-PARTIES.md do what it says. */
import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createRegistry, parseClientFile } from '../../gateway/oidc/clients.ts';
import { CHAT_ORIGIN, createTestBrowser, prepareChat, startProvider } from './chat-setup.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function readExample(language: string): Promise<string> {
  const guide = await readFile(join(ROOT, 'docs/RELYING-PARTIES.md'), 'utf8');
  const [, example] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(guide) ?? [];
  assert.ok(example);
  return example;
}

describe('the guide for relying parties', { timeout: 30_000 }, () => {
  it('shows a client file that the gateway takes', async () => {
    const client = parseClientFile(JSON.parse(await readExample('json')));
    assert.equal(createRegistry([client]).find('chat'), client);
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
    const source = (await readExample('ts'))
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
