/** The example chat under kill -9 and under a backup, while children write: what it acknowledged is there, once. */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openStore } from '../../examples/chat/store/store.ts';
import type { Random } from '../fuzz/random.ts';
import { acknowledgeEarly, editFile } from '../kit/examples/broken-example.ts';
import { cardOf } from '../kit/examples/card-issuer.ts';
import { type ExampleStage, openExampleStage } from '../kit/examples/example-stage.ts';
import { openFormBrowser } from '../kit/examples/form-browser.ts';
import {
  createRound,
  drawSeed,
  findDamage,
  KILLS,
  killDuringFirstStart,
  killUnderLoad,
  withDatabase,
} from '../kit/examples/rounds.ts';
import { findChatProblems } from './chat-kill-findings.ts';
import { gatherChatCrowd } from './chat-load.ts';

describe('the chat, when its process is killed', { timeout: 60_000 + KILLS * 20_000 }, () => {
  it('loses nothing that it acknowledged and doubles nothing that is sent again', async (t) => {
    const stage = await openStage(t);
    assert.deepEqual(await killCrowd(stage, { kills: KILLS, random: drawSeed(t) }), []);
  });

  it('makes its tables anew when it is killed while it makes them', async (t) => {
    const stage = await openStage(t);
    const random = drawSeed(t);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const file = join(dirname(stage.databaseFile), `new-${kill}.sqlite`);
      await killDuringFirstStart(stage.launch(file), { file, random });
      openStore(file).close();
      assert.deepEqual(withDatabase(file, findDamage), []);
    }
  });

  it('is copied whole by `npm run backup` while everybody writes, and starts with the copy', async (t) => {
    const stage = await openStage(t);
    const crowd = gatherChatCrowd(stage, drawSeed(t));
    const server = await stage.start();
    const round = createRound();
    crowd.work(round);
    await round.acknowledged(40);
    const before = structuredClone(crowd.ledger);
    const copy = join(dirname(stage.databaseFile), 'copy.sqlite');
    const { code, output } = await stage.run('backup', copy);
    assert.equal(code, 0, output);
    const after = structuredClone(crowd.ledger);
    await round.finish();
    await server.kill();
    // What was shown before the copy began is in it; what was sent by its end may be.
    const ledger = {
      ...before,
      children: before.children.map((child, index) => ({
        ...child,
        sent: after.children[index]?.sent ?? child.sent,
      })),
    };
    const problems = withDatabase(copy, (db) => findChatProblems(db, { ledger, isSettled: false }));
    assert.deepEqual(problems, []);
    const restored = await stage.start(copy);
    const browser = openFormBrowser(stage.origin);
    browser.card = cardOf('ann', 8);
    await browser.go('/login');
    assert.match((await browser.go('/room')).text, /(\w+) says \d+/);
    assert.equal(await restored.stop(), 0);
  });
});

describe('the test of the chat under kill -9', { timeout: 60_000 }, () => {
  it('finds out a chat that acknowledges before it writes', async (t) => {
    const stage = await openStage(t, acknowledgeEarly);
    const problems = await killCrowd(stage, { kills: 1, least: 20, random: drawSeed(t) });
    assert.match(problems.join('\n'), /^lost: ".*" was acknowledged$/m);
  });

  it('finds out a chat that stores what is sent again', async (t) => {
    const stage = await openStage(t, async (folder) => {
      const file = join(folder, 'conversation.ts');
      await editFile(file, 'if (sent) return', 'if (sent && !id) return');
      await editFile(file, 'clientId: id,', 'clientId: sent ? crypto.randomUUID() : id,');
    });
    const problems = await killCrowd(stage, { kills: 1, least: 20, random: drawSeed(t) });
    assert.match(problems.join('\n'), /^doubled: /m);
  });
});

async function openStage(
  t: TestContext,
  change?: (folder: string) => Promise<void>,
): Promise<ExampleStage> {
  const stage = await openExampleStage('chat', change);
  t.after(() => stage.remove());
  return stage;
}

/** What the campaign finds wrong with the database at its end. */
async function killCrowd(
  stage: ExampleStage,
  options: { readonly kills: number; readonly least?: number; readonly random: Random },
): Promise<string[]> {
  const crowd = gatherChatCrowd(stage, options.random);
  await killUnderLoad(stage, crowd, { ...options, spread: 100 });
  return withDatabase(stage.databaseFile, (db) =>
    findChatProblems(db, { ledger: crowd.ledger, isSettled: true }),
  );
}
