import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { findPcscdProblems } from '../kit/card/pcscd.ts';
import { findPerson, type Person } from '../kit/persons.ts';
import { logInAtChat } from '../kit/start/journey.ts';
import { startWorld, type World } from '../kit/start/world.ts';

const chromiumProblems = await findChromiumProblems();

test('emma, 8, logs in at the chat: real reader, browser, host, gateway', {
  skip: [...chromiumProblems, ...findPcscdProblems()].join('; ') || false,
}, async () => {
  await inWorld('pcsc', async (world) => {
    const emma = getPerson('emma');
    const idTokens: unknown[] = [];
    world.chat.onMessage((message) => idTokens.push(message));
    await world.insertCardOf(emma);
    const browser = await world.openBrowser({ headless: true });
    const page = await logInAtChat({ browser, chatOrigin: world.chatOrigin, pin: emma.pin ?? '' });
    assert.match((await page.locator('main').textContent()) ?? '', /Hello/);

    const [{ idToken }] = idTokens as [{ idToken: Record<string, unknown> }];
    const { age_over_6, age_over_9, age_over_13, acr } = idToken;
    assert.deepEqual(
      { age_over_6, age_over_9, age_over_13, acr },
      {
        age_over_6: true,
        age_over_9: false,
        age_over_13: false,
        acr: 'urn:kids-id:acr:card-pin',
      },
    );
    for (const { output } of [world.gateway, world.chat]) {
      assert.doesNotMatch(output(), /Emma|Proefkind|1234/i);
    }
  });
});

test('the same login with the card on a local socket and the development host', {
  skip: chromiumProblems.join('; ') || false,
}, async () => {
  await inWorld('socket', async (world) => {
    const noah = getPerson('noah');
    await world.insertCardOf(noah);
    const browser = await world.openBrowser({ headless: true });
    const page = await logInAtChat({ browser, chatOrigin: world.chatOrigin, pin: noah.pin ?? '' });
    assert.match((await page.locator('main').textContent()) ?? '', /Hello/);
  });
});

async function inWorld(
  slot: World['slot']['kind'],
  work: (world: World) => Promise<void>,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-e2e-'));
  const world = await startWorld({ dir, ports: { gateway: 0, chat: 0, ocsp: 0 }, slot });
  try {
    await work(world);
  } finally {
    await world.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function getPerson(name: string): Person {
  const person = findPerson(name);
  assert.ok(person);
  return person;
}
