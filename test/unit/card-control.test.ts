import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { askRunningStart, cardControlPath } from '../kit/card/running-start.ts';
import { openCardControl } from '../kit/start/card-control.ts';
import type { World } from '../kit/start/world.ts';

describe('npm run card beside a running npm start', () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'kids-id-control-'));
  const inserted: unknown[] = [];
  const said: string[] = [];
  let control: { close(): Promise<void> };

  before(async () => {
    const insertCardOf: World['insertCardOf'] = async ({ name }, options, made) => {
      inserted.push([name, options, made]);
    };
    control = await openCardControl({
      dataFolder,
      world: { insertCardOf },
      say: (line) => said.push(line),
    });
  });

  after(async () => {
    await control.close();
    rmSync(dataFolder, { recursive: true });
  });

  it('puts the card of that person into its reader, and npm start says so', async () => {
    assert.equal(await askRunningStart(dataFolder, { person: 'lina', applet: '1.7' }), true);
    assert.deepEqual(inserted, [['lina', undefined, { applet: '1.7' }]]);
    assert.match(said.join(), /the card of lina .* PIN 3456/);
  });

  it('puts in a renewed card when that is the wish', async () => {
    await askRunningStart(dataFolder, { person: 'emma', isRenewed: true });
    assert.deepEqual(inserted.at(-1), ['emma', undefined, { isRenewed: true }]);
  });

  it('is told what is wrong with a wish', async () => {
    await assert.rejects(askRunningStart(dataFolder, { person: 'nobody' }), /no such person/);
  });

  it('refuses what is too long or no JSON, and goes on', async () => {
    for (const text of ['x'.repeat(5_000), '{', '']) {
      const socket = connect(cardControlPath(dataFolder));
      socket.on('error', () => undefined);
      socket.end(text);
      let answer = '';
      for await (const chunk of socket) answer += String(chunk);
      assert.equal(JSON.parse(answer).ok, false);
    }
    assert.equal(await askRunningStart(dataFolder, { person: 'emma' }), true);
  });

  it('finds nothing where no npm start runs', async () => {
    assert.equal(await askRunningStart(join(dataFolder, 'elsewhere'), { person: 'emma' }), false);
  });
});
