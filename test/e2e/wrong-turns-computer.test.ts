/**
 * Wrong turns of the computer (design §6): no extension, no host, a host of another version, no reader,
 * nobody who answers. Real browser, extension, gateway and chat; the host is the release host's code
 * with a card on a local socket, because a virtual PC/SC reader cannot be unplugged.
 */
import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { getPerson, openScene, type Scene } from '../kit/start/wrong-turns.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const emma = getPerson('emma');
const CARD_TIMEOUT_MS = 1_500;
/** What the window gives a host for `hello`, and for a whole login. */
const HELLO_LIMIT_MS = 5_000;
const LOGIN_LIMIT_MS = 280_000;

let scene: Scene;

before(async () => {
  if (skip) return;
  scene = await openScene({
    language: 'en',
    slot: 'socket',
    hostEnv: { KIDS_ID_CARD_TIMEOUT_MS: String(CARD_TIMEOUT_MS), KIDS_ID_READER_LEAVES: '' },
  });
});

after(() => scene?.stop());

test('no extension: EXTENSION_ABSENT, and back to the site with access_denied', {
  skip,
}, async () => {
  const { world } = scene;
  const browser = await world.openBrowser({ headless: true, extension: false });
  const page = await browser.newPage();
  await page.goto(`${world.chatOrigin}/?lang=en`);
  await page.locator('a[href^="/login"]').first().click();
  await scene.expectProblem(page, 'EXTENSION_ABSENT');
  await page.locator('#status .button').click();
  await page.waitForURL(`${world.chatOrigin}/refused`);
  await browser.close();
});

test('no host: HOST_ABSENT; once it is installed, trying again works', { skip }, async () => {
  const { world } = scene;
  await world.insertCardOf(emma);
  const { hostLauncher } = world;
  renameSync(hostLauncher, `${hostLauncher}.away`);
  const { page, pinWindow } = await scene.startLogin();
  try {
    await scene.expectProblem(pinWindow, 'HOST_ABSENT');
    await scene.expectProblem(page, 'HOST_ABSENT');
  } finally {
    renameSync(`${hostLauncher}.away`, hostLauncher);
  }
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

for (const [protocol, code] of [
  [0, 'HOST_TOO_OLD'],
  [2, 'EXTENSION_TOO_OLD'],
] as const) {
  test(`a host of protocol ${protocol}, which says hello in its own way: ${code}`, {
    skip,
  }, async () => {
    await withHost(
      `send({ type: 'hello', id, ok: true, protocol: ${protocol}, year: 2031 })`,
      async () => {
        const { page, pinWindow } = await scene.startLogin();
        await scene.expectProblem(pinWindow, code);
        await scene.expectProblem(page, code);
        assert.equal((await scene.goBack(page))['error'], 'access_denied');
      },
    );
  });
}

test('no reader: says so at once, READER_ABSENT when the time is over, and goes on by itself when it comes', {
  skip,
}, async () => {
  await scene.world.slot.remove();
  const first = await scene.startLogin();
  await first.pinWindow.locator('img[src$="plug-reader.svg"]').waitFor();
  await scene.expectProblem(first.pinWindow, 'READER_ABSENT');
  await scene.expectProblem(first.page, 'READER_ABSENT');
  const pinWindow = await scene.pressAgain(first.page);
  await pinWindow.locator('img[src$="plug-reader.svg"]').waitFor();
  await scene.world.insertCardOf(emma);
  await scene.finish({ page: first.page, pinWindow }, emma.pin);
});

test('no card when the time is over: CARD_ABSENT, and back to the site', { skip }, async () => {
  await scene.world.slot.remove();
  const { hostLauncher } = scene.world;
  const launcher = readFileSync(hostLauncher, 'utf8');
  writeFileSync(hostLauncher, launcher.replace("KIDS_ID_READER_LEAVES=''", ''));
  try {
    const { page, pinWindow } = await scene.startLogin();
    await pinWindow.locator('img[src$="insert-card.svg"]').waitFor();
    await scene.expectProblem(pinWindow, 'CARD_ABSENT');
    await scene.expectProblem(page, 'CARD_ABSENT');
    assert.equal((await scene.goBack(page))['error'], 'access_denied');
  } finally {
    writeFileSync(hostLauncher, launcher);
    await scene.world.insertCardOf(emma);
  }
});

test('a host that says nothing for 5 seconds: HOST_ABSENT', { skip }, async () => {
  // From here on the clock of every new window is the test's.
  await scene.browser.clock.install();
  await withHost('', async () => {
    const { page, pinWindow } = await scene.startLogin();
    await pinWindow.locator('.scene').waitFor();
    await pinWindow.clock.fastForward(HELLO_LIMIT_MS);
    await scene.expectProblem(pinWindow, 'HOST_ABSENT');
    await scene.expectProblem(page, 'HOST_ABSENT');
    await page.close();
  });
});

test('nobody types the PIN for 280 seconds: TIMED_OUT, and trying again works', {
  skip,
}, async () => {
  const { page, pinWindow } = await scene.startLogin();
  await pinWindow.locator('.pin-screen').waitFor();
  await pinWindow.clock.fastForward(LOGIN_LIMIT_MS);
  await scene.expectProblem(pinWindow, 'TIMED_OUT');
  await scene.expectProblem(page, 'TIMED_OUT');
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

/** Puts a host in place that answers the window's hello with `answer` and nothing else. */
async function withHost(answer: string, act: () => Promise<void>): Promise<void> {
  const { hostLauncher } = scene.world;
  const launcher = readFileSync(hostLauncher, 'utf8');
  const script = join(hostLauncher, '../other-host.mjs');
  writeFileSync(
    script,
    `process.stdin.once('data', (bytes) => {
       const { id } = JSON.parse(bytes.subarray(4));
       ${answer}
     });
     process.stdin.on('end', () => process.exit());
     function send(message) {
       const body = Buffer.from(JSON.stringify(message));
       const length = Buffer.alloc(4);
       length.writeUInt32LE(body.length);
       process.stdout.write(Buffer.concat([length, body]));
     }`,
  );
  writeFileSync(hostLauncher, `#!/bin/sh\nexec '${process.execPath}' '${script}'\n`);
  try {
    await act();
  } finally {
    writeFileSync(hostLauncher, launcher);
  }
}
