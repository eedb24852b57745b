/** The example chat's room in Chromium: several children at once, connections that are lost, the keyboard, barriers. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright';
import { LANGUAGES } from '../../examples/chat/language.ts';
import { textsFor } from '../../examples/chat/texts/texts.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { type ChatBrowser, checkAccessible, PHONE, startChatBrowser } from './chat-browser.ts';
import { type ChatSite, startChatSite } from './chat-site.ts';

const MARKUP = `<img src=x onerror="document.title='broken'"> <b>hoi</b> & "dag" 'o'`;
const skip = (await findChromiumProblems()).join('; ') || false;
const t = textsFor('nl');

/** The reader in the list of people: the page is connected. */
const PRESENT = '#people .you:not([hidden])';

describe('the chat’s room, live', { timeout: 240_000, skip }, () => {
  let site: ChatSite;
  let browser: ChatBrowser;
  before(async () => {
    site = await startChatSite();
    browser = await startChatBrowser(site);
  });
  after(async () => {
    await browser.close();
    await site.close();
  });

  async function enter(sub: string, options: Parameters<ChatBrowser['open']>[0] = {}) {
    site.author(sub);
    const { cookie, account } = await site.childIn(sub);
    const page = await browser.open({ ...options, cookie });
    await page.goto(`${site.origin}/room`);
    if (!options.withoutScripts) await page.locator(PRESENT).waitFor({ state: 'attached' });
    return { page, account, cookie };
  }
  const say = async (page: Page, text: string) => {
    await page.locator('#text').fill(text);
    await page.keyboard.press('Enter');
  };
  const line = (page: Page, text: string) =>
    page.locator('#messages li:not(.pending) .text').getByText(text, { exact: true });
  const ending = (page: Page, path: string) => page.waitForURL(`${site.origin}${path}`);

  it('carries a message to everybody as text, and says who is there', async () => {
    const [a, b] = [await enter('live a'), await enter('live b')];
    await a.page.locator('#here summary').getByText('2').waitFor();
    await say(a.page, MARKUP);
    await line(b.page, MARKUP).waitFor();
    await line(a.page, MARKUP).waitFor();
    for (const { page } of [a, b]) {
      assert.equal(await page.locator('#messages img, #messages b').count(), 0);
      assert.doesNotMatch(await page.title(), /broken/);
    }
    assert.equal(await a.page.locator('#messages .mine .text').textContent(), MARKUP);
    // Announced once, a moment later, and not by the list itself.
    await b.page.locator('#announcer').getByText('onerror').waitFor();
    assert.equal(await b.page.locator('#log[aria-live], #messages[aria-live]').count(), 0);
    await b.page.close();
    await a.page.locator('#here summary').getByText('1').waitFor();
    assert.deepEqual(browser.complaints, []);
  });

  it('announces several messages together, so that a screen reader is not talking all the time', async () => {
    const { page } = await enter('listener');
    const [one, two] = [site.author('talks'), site.author('talks too')];
    site.say(one, 'eerste');
    site.say(two, 'tweede');
    site.say(one, 'derde');
    await page
      .locator('#announcer')
      .getByText(/^3 nieuwe berichten.*derde$/)
      .waitFor();
  });

  it('counts letters, and gives a text back that was not taken, with the reason', async () => {
    const { page } = await enter('typing');
    await page.locator('#text').fill('bel 0470 12 34 56');
    await page
      .locator('#letters')
      .getByText(/: 283$/)
      .waitFor();
    await page.getByRole('button', { name: t.send }).click();
    await page.getByRole('alert').getByText(t.refusedNumber).waitFor();
    assert.equal(await page.locator('#text').inputValue(), 'bel 0470 12 34 56');
    assert.equal(await page.locator('#messages .pending').count(), 0);
    await say(page, '   ');
    await page.getByRole('alert').getByText(t.refusedEmpty).waitFor();
  });

  it('sends what was typed too fast a little later, in order', async () => {
    const { page, account } = await enter('quick');
    for (let count = 1; count <= 7; count += 1) await say(page, `snel ${count}`);
    await page.getByRole('alert').getByText(t.tooFastWaits).waitFor();
    site.passMs(10_000);
    await line(page, 'snel 7').waitFor();
    const texts = await page.locator('#messages .mine .text').allInnerTexts();
    assert.deepEqual(
      texts,
      [1, 2, 3, 4, 5, 6, 7].map((count) => `snel ${count}`),
    );
    const stored = site.chat.store.messages.listLast({
      room: 'treetop',
      readerId: account.id,
      count: 50,
    });
    assert.equal(stored.filter(({ author }) => author.accountId === account.id).length, 7);
  });

  it('keeps what is written without a connection, and sends it when it is back', async () => {
    const { page } = await enter('offline');
    await page.context().setOffline(true);
    await page.locator('#connection').getByText(t.connectionLost).waitFor();
    await say(page, 'zonder net');
    await page.locator('#messages .pending').getByText(t.onItsWay).waitFor();
    await page.context().setOffline(false);
    await line(page, 'zonder net').waitFor();
    await page.locator('#connection').getByText(t.connectionBack).waitFor();
    assert.equal(await page.locator('#messages .pending').count(), 0);
  });

  it('sends a message again under the same id when its acknowledgement was lost: it is there once', async () => {
    const { page, account } = await enter('lost');
    let connections = 0;
    const ids: string[] = [];
    await page.routeWebSocket(/\/live/, (socket) => {
      connections += 1;
      const isFirst = connections === 1;
      const server = socket.connectToServer();
      socket.onMessage((frame) => {
        const message = JSON.parse(String(frame));
        if (message.type === 'say') ids.push(message.id);
        server.send(frame);
      });
      server.onMessage((frame) => {
        const { type, text } = JSON.parse(String(frame));
        if (!isFirst) return socket.send(frame);
        if (type === 'said') return socket.close();
        if (text !== 'één keer') socket.send(frame);
      });
    });
    await page.reload();
    await page.locator(PRESENT).waitFor({ state: 'attached' });
    await say(page, 'één keer');
    await line(page, 'één keer').waitFor();
    await page.locator('#connection').getByText(t.connectionBack).waitFor();
    assert.ok(connections >= 2);
    assert.equal(new Set(ids).size, 1);
    assert.equal(await page.locator('#messages .text').getByText('één keer').count(), 1);
    const [id = ''] = ids;
    assert.equal(site.chat.store.messages.findSent(account.id, id)?.text, 'één keer');
  });

  it('sends what a reload interrupted, but not what another child left in the tab', async () => {
    const { page, account } = await enter('reload');
    const id = crypto.randomUUID();
    const keep = (handle: string, text: string) =>
      page.evaluate(
        (kept) => sessionStorage.setItem('coucou-unsent', kept),
        JSON.stringify({ account: handle, waiting: [{ id, text, troubles: 0 }] }),
      );
    await keep('somebody-else', 'niet van mij');
    await page.reload();
    await page.locator(PRESENT).waitFor({ state: 'attached' });
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await keep(account.handle, 'wel van mij');
    await page.reload();
    await line(page, 'wel van mij').waitFor();
    assert.equal(await line(page, 'niet van mij').count(), 0);
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  });

  it('reports and mutes with the keyboard alone', async () => {
    const rude = site.author('rude');
    const { page } = await enter('keyboard');
    const message = site.say(rude, 'Stomme ezel');
    const notOk = page.locator(`[data-id="${message}"] .not-ok`);
    await notOk.focus();
    await page.keyboard.press('Enter');
    await checkAccessible(page, 'the dialog');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: t.thanksTitle }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator(`[data-id="${message}"] .not-ok:focus`).count(), 1);
    assert.equal(site.chat.store.reports.listOpen(1)[0]?.reasons.unkind, 1);

    await page.keyboard.press('Enter');
    await page.locator('#not-ok .mute').focus();
    await page.keyboard.press('Enter');
    await page.locator('#not-ok .mute-done').waitFor();
    await checkAccessible(page, 'the dialog after muting');
    await page.locator('#not-ok .close').press('Enter');
    await line(page, 'Stomme ezel').waitFor({ state: 'detached' });
    site.say(rude, 'En nog eens');
    site.say(site.author('nice'), 'Hoi daar');
    await line(page, 'Hoi daar').waitFor();
    assert.equal(await line(page, 'En nog eens').count(), 0);
  });

  it('takes away what a moderator hides, what an account takes along, and writes a new nickname on the old lines', async () => {
    const author = site.author('changes');
    const { page } = await enter('watching');
    const hidden = site.say(author, 'verborgen straks');
    site.say(author, 'nog van mij');
    await line(page, 'nog van mij').waitFor();
    site.chat.moderation.hide(1, hidden);
    await line(page, 'verborgen straks').waitFor({ state: 'detached' });
    const name = page.locator('#messages li').filter({ hasText: 'nog van mij' }).locator('.name');
    const before = (await name.textContent()) ?? '';
    site.chat.children.drawNickname(author.id);
    await name.filter({ hasNotText: before }).waitFor();
    site.chat.children.reset(author.id);
    await line(page, 'nog van mij').waitFor({ state: 'detached' });
  });

  it('leaves when it is banned, when the session is over, and when the child leaves in another tab', async () => {
    const banned = await enter('to be banned');
    site.chat.moderation.ban(1, { accountId: banned.account.id, days: 1, reason: 'other' });
    await ending(banned.page, '/banned');
    await banned.page.getByText(t.bannedAsk).waitFor();

    const idle = await enter('idle in the room');
    site.passMs(15 * 60_000);
    await ending(idle.page, '/asleep');

    const { page } = await enter('two tabs');
    const other = await page.context().newPage();
    await other.goto(`${site.origin}/welcome`);
    await other.locator('form[action="/logout"] button').click();
    await ending(other, '/goodbye');
    await page.waitForURL((url) => ['/goodbye', '/asleep'].includes(url.pathname));

    const leaver = await enter('leaves the room');
    await leaver.page.locator('form[action="/logout"] button').click();
    await ending(leaver.page, '/goodbye');
  });

  it('asks at 14 minutes whether somebody is there, stays when somebody is, and leaves at 15', async () => {
    const { cookie } = await site.childIn('dreamer');
    const page = await browser.open({ cookie });
    await page.clock.install();
    await page.goto(`${site.origin}/welcome`);
    const dialog = page.locator('#still-there');
    await page.clock.runFor(13.9 * 60_000);
    assert.equal(await dialog.isVisible(), false);
    await page.clock.runFor(0.2 * 60_000);
    await dialog.waitFor();
    await checkAccessible(page, 'the warning');
    const [told] = await Promise.all([
      page.waitForRequest((request) => request.url().endsWith('/still-here')),
      page.keyboard.press('Enter'),
    ]);
    assert.equal(told.method(), 'POST');
    await dialog.waitFor({ state: 'hidden' });
    await page.clock.runFor(14.1 * 60_000);
    await dialog.waitFor();
    await page.clock.runFor(60_000);
    await ending(page, '/asleep');
    assert.equal((await site.get('/still-here', { cookie })).status, 401);
  });

  it('can be read and written in without a script', async () => {
    site.say(site.author('greets'), 'Dag zonder script');
    const { page } = await enter('plain', { withoutScripts: true, size: PHONE });
    assert.equal(await page.getByText('Dag zonder script', { exact: true }).count(), 1);
    await page.locator('#text').fill('Dag terug');
    await page.getByRole('button', { name: t.send }).click();
    await page.getByText('Dag terug', { exact: true }).waitFor();
    await page.getByRole('link', { name: t.lookAgain }).click();
    await page.locator('.not-ok').last().click();
    await page.getByRole('button', { name: t.reasonPrivate }).click();
    await ending(page, '/room/thanks');
  });

  it('has no barrier that axe-core finds, in four languages, on a phone and a wide screen', async () => {
    for (const language of LANGUAGES) {
      const { page } = await enter('axe', {
        language,
        ...(language === 'de' && { size: PHONE }),
      });
      await checkAccessible(page, `the room in ${language}`);
      await page.locator('#text').fill('bel 0470 12 34 56');
      await page.keyboard.press('Enter');
      await page.locator('#refusal:not(:empty)').waitFor();
      await checkAccessible(page, `a refusal in ${language}`);
      await page.context().close();
    }
    const { cookie } = await site.childIn('reads only');
    const page = await browser.open({ cookie, size: PHONE });
    const message = site.say(site.author('said'), 'iets');
    for (const path of ['/room', `/room/not-ok?message=${message}`, '/room/thanks']) {
      await page.goto(site.origin + path);
      await checkAccessible(page, path);
    }
    assert.deepEqual(browser.complaints, []);
  });
});
