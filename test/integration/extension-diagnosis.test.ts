/** Diagnosis through the extension in a real Chromium: whose question is passed on, when, and what becomes of it. */
import assert from 'node:assert/strict';
import test, { after, afterEach, before } from 'node:test';
import type { Page } from 'playwright';
import { findChromiumProblems, waitForPinWindow } from '../kit/browser/chromium.ts';
import {
  askExtension,
  type ExtensionStage,
  openExtensionStage,
} from '../kit/browser/extension-stage.ts';

const problems = await findChromiumProblems();
const options = { skip: problems.length > 0 && problems.join(', '), timeout: 40_000 };

const ASK = { type: 'diagnose', id: 'd1' };
const LOGIN = { type: 'login', id: 'l1', ticket: 'A'.repeat(43), language: 'en' };
const SHORT_MS = 400;
/** A host starts, and says what it finds. */
const LONG_MS = 2_500;
const FOUND = { reader: 'ready', card: 'CARD_ABSENT' } as const;
/** extension/content/diagnosis-relay.ts */
const PAUSE_LIMIT_MS = 15_000;

let stage: ExtensionStage;

before(async () => {
  if (!options.skip) stage = await openExtensionStage();
});

afterEach(async () => {
  if (options.skip) return;
  const [first, ...others] = stage.context.pages();
  await first?.goto('about:blank').catch(() => undefined);
  for (const page of others) await page.close();
});

after(async () => {
  if (!options.skip) await stage.stop();
});

type Replies = { type: string; id: string; ok: boolean; code?: string }[];

async function openBare(origin = stage.origin): Promise<Page> {
  const page = await stage.context.newPage();
  await page.goto(`${origin}/bare`);
  return page;
}

async function ask(page: Page, messages: readonly object[], waitMs = LONG_MS): Promise<Replies> {
  return (await page.evaluate(askExtension(messages, waitMs))) as Replies;
}

const refusal = (id: string, code: string) => ({ type: 'diagnose', id, ok: false, code });
const answer = (id: string) => ({ type: 'diagnose', id, ok: true, hostVersion: '0.1.0', ...FOUND });
const types = async () => (await stage.readHeard()).map(({ type }) => type);

test(
  'without a real click nobody looks: CLICK_REQUIRED, and no host is started',
  options,
  async () => {
    await stage.setPart({ findings: FOUND });
    const page = await openBare();
    assert.deepEqual(await ask(page, [ASK], SHORT_MS), [refusal('d1', 'CLICK_REQUIRED')]);
    await page.evaluate("document.getElementById('press').click()");
    assert.deepEqual(await ask(page, [ASK], SHORT_MS), [refusal('d1', 'CLICK_REQUIRED')]);
    assert.deepEqual(await types(), []);
  },
);

test('another origin gets no answer', options, async () => {
  await stage.setPart({ findings: FOUND });
  const page = await openBare(stage.otherOrigin);
  await page.click('#press');
  assert.deepEqual(await ask(page, [ASK], SHORT_MS), []);
});

test(
  'one click, and the page may ask on; one host serves it all, which hears hello and diagnose only',
  options,
  async () => {
    await stage.setPart({ findings: FOUND });
    const page = await openBare();
    await page.click('#press');
    assert.deepEqual(await ask(page, [ASK]), [answer('d1')]);
    assert.deepEqual(await ask(page, [{ ...ASK, id: 'd2' }], SHORT_MS), [answer('d2')]);
    assert.deepEqual(await types(), ['hello', 'diagnose', 'diagnose']);
    const heard = (await stage.readHeard()) as readonly { type: string; origin?: string }[];
    assert.equal(heard[1]?.origin, stage.origin, 'the origin is the browser’s word');
    assert.equal(stage.context.pages().length, 2, 'no window');
  },
);

test('the page’s cancel ends it: the next question needs a click again', options, async () => {
  await stage.setPart({ findings: FOUND });
  const page = await openBare();
  await page.click('#press');
  await ask(page, [ASK]);
  const replies = await ask(
    page,
    [
      { type: 'cancel', id: 'c1' },
      { ...ASK, id: 'd2' },
    ],
    SHORT_MS,
  );
  assert.deepEqual(replies, [
    { type: 'cancel', id: 'c1', ok: true },
    refusal('d2', 'CLICK_REQUIRED'),
  ]);
});

test('a page that falls silent for 15 seconds needs a click again', options, async () => {
  await stage.setPart({ findings: FOUND });
  const page = await openBare();
  await page.click('#press');
  await ask(page, [ASK]);
  await page.waitForTimeout(PAUSE_LIMIT_MS + 500);
  assert.deepEqual(await ask(page, [ASK], SHORT_MS), [refusal('d1', 'CLICK_REQUIRED')]);
});

test(
  'a second question before the answer is LOGIN_BUSY, and the first is answered',
  options,
  async () => {
    await stage.setPart({ findings: FOUND });
    const page = await openBare();
    await page.click('#press');
    const replies = await ask(page, [ASK, { ...ASK, id: 'd2' }]);
    assert.deepEqual(replies, [refusal('d2', 'LOGIN_BUSY'), answer('d1')]);
  },
);

test(
  'another page’s diagnosis takes over: the first page needs a click to go on',
  options,
  async () => {
    await stage.setPart({ findings: FOUND });
    const [first, second] = [await openBare(), await openBare()];
    for (const page of [first, second]) {
      await page.bringToFront();
      await page.click('#press');
      assert.deepEqual(await ask(page, [ASK]), [answer('d1')]);
    }
    assert.deepEqual(await ask(first, [ASK], SHORT_MS), [refusal('d1', 'CLICK_REQUIRED')]);
    assert.deepEqual(await ask(second, [ASK], SHORT_MS), [answer('d1')]);
  },
);

test(
  'while a login runs it is LOGIN_BUSY, in any page; afterwards it goes on without a click',
  options,
  async () => {
    await stage.setPart({ findings: FOUND });
    const page = await openBare();
    await page.click('#press');
    assert.deepEqual(await ask(page, [ASK]), [answer('d1')]);
    const other = await openBare();
    await other.click('#press');
    await ask(other, [LOGIN], SHORT_MS);
    const pinWindow = await waitForPinWindow(stage.context);
    await pinWindow.waitForSelector('.keypad');
    assert.deepEqual(await ask(page, [ASK], SHORT_MS), [refusal('d1', 'LOGIN_BUSY')]);
    await pinWindow.close();
    assert.deepEqual(await ask(page, [ASK]), [answer('d1')]);
  },
);

test('no host: HOST_ABSENT; it goes on by itself when one is installed', options, async () => {
  await stage.setPart({ findings: FOUND });
  const page = await openBare();
  await stage.withoutHost(async () => {
    await page.click('#press');
    assert.deepEqual(await ask(page, [ASK]), [refusal('d1', 'HOST_ABSENT')]);
  });
  assert.deepEqual(await ask(page, [ASK]), [answer('d1')]);
});

for (const [name, part, code] of [
  ['a host of an older protocol', { protocol: 0 }, 'HOST_TOO_OLD'],
  ['a host of a newer protocol', { protocol: 2 }, 'EXTENSION_TOO_OLD'],
  [
    'a host that does not list this gateway',
    { diagnosisFailsWith: 'GATEWAY_UNTRUSTED' },
    'GATEWAY_UNTRUSTED',
  ],
  ['a host that ends at the question', {}, 'INTERNAL'],
] as const) {
  test(`${name}: ${code}`, options, async () => {
    await stage.setPart(part);
    const page = await openBare();
    await page.click('#press');
    assert.deepEqual(await ask(page, [ASK]), [refusal('d1', code)]);
  });
}

test('when the page goes away, so does the host', options, async () => {
  await stage.setPart({ findings: FOUND });
  const page = await openBare();
  await page.click('#press');
  await ask(page, [ASK]);
  await page.goto(`${stage.origin}/bare`);
  assert.deepEqual(await ask(page, [ASK], SHORT_MS), [refusal('d1', 'CLICK_REQUIRED')]);
});
