/**
 * The diagnosis page from end to end: real gateway, Chromium, extension, released host, PC/SC and a virtual card. The
 * page goes on by itself at every step.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LANGUAGES, type Language } from '../../gateway/protocol/fields.ts';
import { textsFor } from '../../gateway/texts/texts.ts';
import { findViolations } from '../kit/browser/axe.ts';
import { findChromiumProblems, installExtension, launchChromium } from '../kit/browser/chromium.ts';
import { findPcscdProblems, startPcscd } from '../kit/card/pcscd.ts';
import { connectVpcd } from '../kit/card/vpcd-client.ts';
import { type DiagnosisStage, expectHops, openDiagnosisStage } from './diagnosis-setup.ts';

const problems = [...(await findChromiumProblems()), ...findPcscdProblems()];
const options = { skip: problems.join('; ') || false, timeout: 90_000 };

let dir: string;
let stage: DiagnosisStage;

before(async () => {
  if (options.skip) return;
  dir = mkdtempSync(join(tmpdir(), 'kids-id-hops-'));
  const socket = join(dir, 'run', 'pcscd.comm');
  stage = await openDiagnosisStage({ kind: 'pcsc', env: { PCSCLITE_CSOCK_NAME: socket } });
});

after(async () => {
  if (options.skip) return;
  await stage.stop();
  rmSync(dir, { recursive: true, force: true });
});

for (const language of LANGUAGES) {
  test(
    `${language}: from no card service to a card that is ready, and back, without another press`,
    options,
    async (context) => {
      const page = await stage.openPage(language);
      await page.click('#start');
      await expectHops(page, 'ready', 'ready', 'ready', 'READER_SERVICE_ABSENT', 'waiting');
      const pcscd = await startPcscd({ dir });
      context.after(() => pcscd.stop());
      await expectHops(page, 'ready', 'ready', 'ready', 'ready', 'CARD_ABSENT');
      await page.locator('img[src$="insert-card.svg"]').waitFor();
      const card = await stage.cardOf('emma');
      const inserted = await connectVpcd({ card, port: pcscd.port });
      await expectHops(page, 'ready', 'ready', 'ready', 'ready', 'ready');
      await page.getByText(textsFor(language).diagnosis.ready.title).waitFor();
      await inserted.remove();
      await expectHops(page, 'ready', 'ready', 'ready', 'ready', 'CARD_ABSENT');
      await page.close();
    },
  );
}

for (const [person, cardOptions, code, language] of [
  ['arthur', {}, 'CERTIFICATE_ABSENT', 'nl'],
  ['maria', {}, 'APPLET_TOO_OLD', 'fr'],
  ['emma', { pinTriesLeft: 0 }, 'PIN_BLOCKED', 'de'],
  ['emma', { intercept: () => Uint8Array.of(0x6a, 0x82) }, 'CARD_UNSUPPORTED', 'en'],
] as const) {
  test(
    `a card that cannot log in: ${code}, a sentence for the child and a step for the adult`,
    options,
    async (context) => {
      const pcscd = await startPcscd({ dir });
      context.after(() => pcscd.stop());
      await connectVpcd({ card: await stage.cardOf(person, cardOptions), port: pcscd.port });
      const page = await stage.openPage(language satisfies Language);
      await page.click('#start');
      await expectHops(page, 'ready', 'ready', 'ready', 'ready', code);
      const said = (await page.locator(`[data-code="${code}"]`).textContent()) ?? '';
      const { child, adult } = textsFor(language).errors[code];
      assert.ok(said.includes(child) && said.includes(adult), said);
      await page.close();
    },
  );
}

test('the last try is said to the grown-up, though everything works', options, async (context) => {
  const pcscd = await startPcscd({ dir });
  context.after(() => pcscd.stop());
  const card = await stage.cardOf('emma', { pinTriesLeft: 1 });
  await connectVpcd({ card, port: pcscd.port });
  const page = await stage.openPage('en');
  await page.click('#start');
  await expectHops(page, 'ready', 'ready', 'ready', 'ready', 'ready');
  await page.getByText(textsFor('en').diagnosis.lastTry).waitFor();
  await page.close();
});

test('no host: HOST_ABSENT; when it is installed the page goes on by itself', options, async () => {
  const { hostLauncher } = stage;
  renameSync(hostLauncher, `${hostLauncher}.away`);
  const page = await stage.openPage('fr');
  try {
    await page.click('#start');
    await expectHops(page, 'ready', 'ready', 'HOST_ABSENT', 'waiting', 'waiting');
  } finally {
    renameSync(`${hostLauncher}.away`, hostLauncher);
  }
  await expectHops(page, 'ready', 'ready', 'ready', 'READER_SERVICE_ABSENT', 'waiting');
  await page.close();
});

test(
  'a host that does not list this gateway: GATEWAY_UNTRUSTED, and no reader is looked at',
  options,
  async () => {
    const list = join(stage.dir, 'home/.config/kids-id/gateways.json');
    const listed = readFileSync(list);
    writeFileSync(list, '[]');
    const page = await stage.openPage('nl');
    try {
      await page.click('#start');
      await expectHops(page, 'ready', 'ready', 'GATEWAY_UNTRUSTED', 'waiting', 'waiting');
    } finally {
      writeFileSync(list, listed);
    }
    await expectHops(page, 'ready', 'ready', 'ready', 'READER_SERVICE_ABSENT', 'waiting');
    await page.close();
  },
);

test('no extension: EXTENSION_ABSENT; when it is installed a press goes on', options, async () => {
  const { caFile, hostLauncher } = stage;
  const profileDir = join(stage.dir, 'plain');
  const plain = await launchChromium({
    profileDir,
    caFile,
    hostLauncher,
    headless: true,
    installable: true,
  });
  try {
    const page = await plain.newPage();
    await page.goto(`${stage.gateway.origin}/diagnosis?lang=de`);
    await page.click('#start');
    await expectHops(page, 'ready', 'EXTENSION_ABSENT', 'waiting', 'waiting', 'waiting');
    // A click of a moment ago would count for an extension that comes at once.
    await page.waitForTimeout(5_200);
    await installExtension(plain, stage.extensionDir);
    await expectHops(page, 'ready', 'CLICK_REQUIRED', 'waiting', 'waiting', 'waiting');
    await page.locator('.button-main').click();
    await expectHops(page, 'ready', 'ready', 'ready', 'READER_SERVICE_ABSENT', 'waiting');
  } finally {
    await plain.close();
  }
});

test('a phone: DEVICE_UNSUPPORTED, and nothing more is looked at', options, async () => {
  const page = await stage.browser.newPage();
  await page.addInitScript(
    "Object.defineProperty(navigator, 'userAgentData', { value: { mobile: true, platform: 'Android' } })",
  );
  await page.goto(`${stage.gateway.origin}/diagnosis?lang=en`);
  await page.click('#start');
  await expectHops(page, 'DEVICE_UNSUPPORTED', 'waiting', 'waiting', 'waiting', 'waiting');
  assert.equal(await page.getByText(textsFor('en').diagnosis.stop).count(), 0);
  await page.close();
});

for (const language of LANGUAGES) {
  test(
    `${language}: axe-core finds nothing, before and after the press, and no word is cut`,
    options,
    async () => {
      const page = await stage.openPage(language);
      await page.locator('#start:enabled').waitFor();
      assert.deepEqual(await findViolations(page), []);
      await page.click('#start');
      await expectHops(page, 'ready', 'ready', 'ready', 'READER_SERVICE_ABSENT', 'waiting');
      await page.getByText(textsFor(language).diagnosis.report.ask).click();
      await page.locator('.reference-code').waitFor();
      for (const width of [1100, 640, 360]) {
        await page.setViewportSize({ width, height: 800 });
        const names = page.locator('.hop-name');
        const cut = await names.evaluateAll(
          (all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length,
        );
        assert.equal(cut, 0, `${width}`);
        assert.deepEqual(await findViolations(page), [], `${width}`);
      }
      await page.close();
    },
  );
}

test('a person stops, and looks again', options, async () => {
  const page = await stage.openPage('en');
  await page.click('#start');
  await expectHops(page, 'ready', 'ready', 'ready', 'READER_SERVICE_ABSENT', 'waiting');
  const { stop, again } = textsFor('en').diagnosis;
  await page.getByText(stop).click();
  await page.getByText(again).click();
  await expectHops(page, 'ready', 'ready', 'ready', 'READER_SERVICE_ABSENT', 'waiting');
  await page.getByText(stop).waitFor();
  await page.close();
});

test(
  'a code for whoever helps: shown on the page, found in the log, nothing personal beside it',
  options,
  async (context) => {
    const pcscd = await startPcscd({ dir });
    context.after(() => pcscd.stop());
    await connectVpcd({ card: await stage.cardOf('arthur'), port: pcscd.port });
    const page = await stage.openPage('en');
    await page.click('#start');
    await expectHops(page, 'ready', 'ready', 'ready', 'ready', 'CERTIFICATE_ABSENT');
    await page.getByText(textsFor('en').diagnosis.report.ask).click();
    const reference = await page.locator('.reference-code').textContent();
    const logged = stage.gateway.log.filter(({ message }) => message === 'diagnosis');
    assert.deepEqual(logged.at(-1)?.fields, {
      reference,
      device: 'ready',
      extension: 'ready',
      host: 'ready',
      reader: 'ready',
      card: 'CERTIFICATE_ABSENT',
      applet: '1.8',
      extensionVersion: '0.1.0',
      hostVersion: '0.1.0',
    });
    await page.close();
  },
);
