/** `client test` as an operator runs it, against the example chat as an integrator runs it: two programs. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openIssuerFolder } from '../../gateway/client-command/site-test/issuer-folder.ts';
import { startChild } from '../kit/start/child-process.ts';
import { claimPort } from '../kit/start/ports.ts';
import { type ChatSetup, prepareChat } from './chat-setup.ts';

const MAIN = join(import.meta.dirname, '../../gateway/main.ts');

describe('client test and the chat', { timeout: 120_000 }, () => {
  let setup: ChatSetup;
  before(async () => {
    setup = await prepareChat();
  });
  after(() => setup.remove());

  test('the chat lets nothing pass', async () => {
    const [chatPort, issuerPort] = [await claimPort(0), await claimPort(0)];
    const chatOrigin = `https://chat.localhost:${chatPort}`;
    const at = (name: string) => join(dirname(setup.caFile), name);
    mkdirSync(at('clients'));
    writeFileSync(at('clients/chat.json'), JSON.stringify(registerChat(setup, chatOrigin)));
    const { certificateFile } = openIssuerFolder(at('issuer'), new Date());
    const command = run([
      ...['client', 'test', 'chat', '--folder', at('clients'), '--ca', setup.caFile],
      ...['--start', `${chatOrigin}/login`, '--signed-in', `${chatOrigin}/welcome`],
      ...['--port', String(issuerPort), '--issuer-folder', at('issuer')],
    ]);
    const chat = await startChild({
      name: 'The chat',
      script: join(setup.chatFolder, 'server.ts'),
      env: {
        NODE_EXTRA_CA_CERTS: certificateFile,
        PORT: String(chatPort),
        PUBLIC_URL: chatOrigin,
        ISSUER: `https://127.0.0.1:${issuerPort}`,
        CLIENT_ID: 'chat',
        CLIENT_KEY_FILE: join(setup.chatFolder, 'client.jwk'),
        // The test issuer plays the gateway for any client; only the children's is tried.
        MODERATORS_CLIENT_ID: 'chat-moderators',
        MODERATORS_CLIENT_KEY_FILE: join(setup.chatFolder, 'client.jwk'),
        CHAT_DB: at('chat.sqlite'),
        // Each right answer is a child who was not there before.
        NEW_ACCOUNTS_PER_HOUR: '1000',
        TLS_KEY_FILE: join(setup.chatFolder, 'tls.key'),
        TLS_CERT_FILE: join(setup.chatFolder, 'tls.pem'),
      },
      ready: /listening/,
    });
    after(() => chat.kill());
    const { code, text } = await command;
    assert.equal(code, 0, text);
    const [, ok, careless] = /(\d+) ok, (\d+) careless, 0 wrong/.exec(text) ?? [];
    assert.ok(Number(ok) > 50, text);
    assert.equal(careless, '0', text);
  });
});

function registerChat({ clientKey }: ChatSetup, origin: string): object {
  const { kty, crv, x, y, kid } = clientKey;
  return {
    clientId: 'chat',
    site: { name: 'Coucou' },
    organisation: 'Coucou vzw',
    sector: 'chat.localhost',
    subjectMode: 'pairwise',
    ageThresholds: [9],
    requireAge: { min: 6, below: 13 },
    redirectUris: [`${origin}/callback`],
    authentication: { method: 'private_key_jwt', jwks: { keys: [{ kty, crv, x, y, kid }] } },
  };
}

async function run(args: readonly string[]): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  after(() => child.kill());
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const [code] = await once(child, 'close');
  return { code: Number(code), text };
}
