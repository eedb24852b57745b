/** For the tests of `client` commands: a folder of client files, and the commands run on it. TEST ONLY. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { runClientCommand } from '../../gateway/client-command/run-client-command.ts';

/** The least that a client file may say. */
export const file = {
  clientId: 'chat',
  site: { name: 'Chat' },
  organisation: 'Chat vzw',
  sector: 'chat.example',
  redirectUris: ['https://chat.example/callback'],
  authentication: { method: 'none' },
};

/** A folder of these files; `at` names a place beside it. */
export function setUp(contents: Record<string, unknown> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-command-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const folder = mkdtempSync(join(dir, 'clients-'));
  const put = (name: string, content: unknown) =>
    writeFileSync(
      join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  for (const [name, content] of Object.entries(contents)) put(name, content);
  return {
    folder,
    put,
    at: (name: string) => join(dir, name),
    run: (...words: string[]) => runWords(...words, '--folder', folder),
  };
}

/** Runs one command line. */
export async function runWords(...words: string[]) {
  let [out, err] = ['', ''];
  const code = await runClientCommand(words, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}
