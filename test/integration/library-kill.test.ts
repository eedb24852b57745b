/** The example library under kill -9 and under a backup, while forms are sent: what it acknowledged is there, once. */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openStore } from '../../examples/library/store/store.ts';
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
import { findLibraryProblems } from './library-kill-findings.ts';
import { gatherLibraryCrowd, makeLoansLate } from './library-load.ts';

describe('the library, when its process is killed', { timeout: 60_000 + KILLS * 20_000 }, () => {
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
      openStore({ file, now: () => new Date() }).close();
      assert.deepEqual(withDatabase(file, findDamage), []);
    }
  });

  it('is copied whole by `npm run backup` while everybody works, and starts with the copy', async (t) => {
    const stage = await openStage(t);
    const crowd = gatherLibraryCrowd(stage, drawSeed(t));
    const server = await stage.start();
    const round = createRound();
    crowd.work(round);
    await round.acknowledged(20);
    const before = new Map(crowd.ledger);
    const copy = join(dirname(stage.databaseFile), 'copy.sqlite');
    const { code, output } = await stage.run('backup', copy);
    assert.equal(code, 0, output);
    await round.finish();
    await server.kill();
    assert.ok(crowd.ledger.size > before.size, 'nobody worked meanwhile');
    const problems = withDatabase(copy, (db) => findLibraryProblems(db, before));
    assert.deepEqual(problems, []);
    const restored = await stage.start(copy);
    const browser = openFormBrowser(stage.origin);
    browser.card = cardOf('anna', 9);
    assert.equal((await browser.go('/login')).url.pathname, '/my/1');
    assert.equal(await restored.stop(), 0);
  });
});

describe('the test of the library under kill -9', { timeout: 60_000 }, () => {
  it('finds out a library that acknowledges before it writes', async (t) => {
    const stage = await openStage(t, acknowledgeEarly);
    const problems = await killCrowd(stage, { kills: 1, least: 15, random: drawSeed(t) });
    assert.match(problems.join('\n'), /^lost: .* was acknowledged$/m);
  });

  it('finds out a library that does again what is sent again', async (t) => {
    const stage = await openStage(t, async (folder) => {
      const file = join(folder, 'store/forms.ts');
      await editFile(file, 'if (used) {', 'if (used && !form) {');
      await editFile(file, "'INSERT INTO form_uses", "'INSERT OR REPLACE INTO form_uses");
    });
    const problems = await killCrowd(stage, { kills: 1, least: 60, random: drawSeed(t) });
    assert.match(problems.join('\n'), /^(?:doubled|lost|changed): /m);
  });
});

async function openStage(
  t: TestContext,
  change?: (folder: string) => Promise<void>,
): Promise<ExampleStage> {
  const stage = await openExampleStage('library', change);
  t.after(() => stage.remove());
  return stage;
}

/** What the campaign finds wrong with the database at its end. */
async function killCrowd(
  stage: ExampleStage,
  options: { readonly kills: number; readonly least?: number; readonly random: Random },
): Promise<string[]> {
  const crowd = gatherLibraryCrowd(stage, options.random);
  await killUnderLoad(stage, crowd, { ...options, spread: 60, afterKill: makeLoansLate });
  return withDatabase(stage.databaseFile, (db) => findLibraryProblems(db, crowd.ledger));
}
