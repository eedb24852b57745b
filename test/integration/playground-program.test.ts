/** The programs that the playground writes, run against the real gateway: one for each kind of client. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CLIENT_TYPES } from '../../gateway/page/playground-choice.ts';
import { writeProgram } from '../../gateway/page/playground-code.ts';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { adapt } from '../kit/interop/guide-block.ts';
import { visitWithCard } from '../kit/interop/raw-visit.ts';
import { openExampleFolder } from '../kit/interop/run-example.ts';
import { claimPort } from '../kit/start/ports.ts';

const PRELOAD = join(import.meta.dirname, '../kit/start/localhost.ts');

describe('a program of the playground', { timeout: 60_000 }, () => {
  let gateway: TestGateway;
  let steps: LoginSteps;
  let folder: Awaited<ReturnType<typeof openExampleFolder>>;

  before(async () => {
    gateway = await startTestGateway();
    steps = await createLoginSteps(gateway);
    folder = await openExampleFolder();
    await folder.write('ca.pem', gateway.webCa);
  });

  after(async () => {
    await folder?.remove();
    await gateway?.stop();
  });

  const kinds = CLIENT_TYPES.map((clientType) => ({ clientType, identity: [] as const }));
  for (const { clientType, identity } of [
    ...kinds,
    { clientType: 'client_secret', identity: ['profile', 'address:postcode'] },
  ] as const) {
    it(`registers itself and signs in: ${[clientType, ...identity].join(', ')}`, async () => {
      const port = await claimPort(0);
      const site = `http://127.0.0.1:${port}`;
      const choice = {
        ages: [9],
        requireAge: { min: 6, below: 13 },
        identity,
        hasChildBasis: true,
        subjectMode: 'pairwise',
        clientType,
      } as const;
      const program = adapt(writeProgram(choice, gateway.origin), {
        'http://127.0.0.1:3000': site,
        'listen(3000': `listen(${port}`,
      });
      const file = await folder.write(`${clientType}.mjs`, program);
      const child = spawn(process.execPath, ['--import', PRELOAD, file], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder.dir, 'ca.pem') },
      });
      try {
        await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
        assert.equal(child.exitCode, null, 'the program ended');
        const claims = JSON.parse((await signIn(site, 'emma')).text);
        assert.deepEqual(
          [claims.age_over_6, claims.age_over_9, claims.age_over_13],
          [true, false, false],
        );
        const refused = await signIn(site, 'karel');
        assert.deepEqual(refused, { status: 403, text: 'No login: access_denied' });
      } finally {
        child.kill();
      }
    });
  }

  async function signIn(site: string, name: string): Promise<{ status: number; text: string }> {
    const begun = await fetch(site, { redirect: 'manual' });
    const url = begun.headers.get('location') ?? '';
    const { callback } = await visitWithCard({
      gateway,
      steps,
      url,
      card: await steps.cardOf(name),
    });
    const answer = await fetch(callback);
    return { status: answer.status, text: await answer.text() };
  }
});
