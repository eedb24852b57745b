/** A grown-up's agreement at the example chat, and what a child can change about its own account. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { LANGUAGES } from '../../examples/chat/language.ts';
import { nicknameOf } from '../../examples/chat/nickname.ts';
import { fillIn, textsFor } from '../../examples/chat/texts/texts.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { checkAccessible, PHONE, startChatBrowser } from './chat-browser.ts';
import { type ChatSite, formIdOf, startChatSite, textOf } from './chat-site.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const t = textsFor('nl');

describe('the chat’s page for a grown-up’s agreement', { timeout: 60_000 }, () => {
  let site: ChatSite;
  before(async () => {
    site = await startChatSite();
  });
  after(() => site.close());

  const pageAs = async (cookie: string, path: string) => (await site.get(path, { cookie })).text();
  const agreedOn = (sub: string) => site.chat.store.accounts.findBySub(sub)?.parentAgreedOn;

  /** Follows the button of the page; the address at which the browser ends. */
  async function agree(cookie: string): Promise<string | null> {
    const start = await site.get('/parent/login', { cookie });
    const { pathname, search } = new URL(start.headers.get('location') ?? '', site.origin);
    return (await site.get(pathname + search, { cookie })).headers.get('location');
  }

  it('says what is asked and kept, and leads to the sign-in and back', async () => {
    const { cookie } = await site.childIn('asks');
    for (const path of ['/welcome', '/room', '/me']) {
      assert.match(await pageAs(cookie, path), /href="\/parent"/, path);
    }
    const page = await pageAs(cookie, '/parent');
    assert.match(page, /<a class="button" href="\/parent\/login">/);
    assert.match(page, /<a class="button quiet" href="\/welcome">/);
    const text = textOf(page);
    assert.ok(text.includes(t.parentLearn) && text.includes(t.parentKeep));
    assert.match(text, /30 dagen/);
  });

  it('keeps the date, and of the grown-up nothing', async () => {
    const { cookie } = await site.childIn('agreed');
    site.answers.adult = { kind: 'admitted', visitor: { sub: 'SUB-OF-THE-PARENT' } };
    assert.equal(await agree(cookie), '/parent/done');
    assert.equal(agreedOn('agreed'), '2026-03-03');
    const done = textOf(await pageAs(cookie, '/parent/done'));
    const { nickname } = site.chat.store.accounts.findBySub('agreed') ?? { nickname: 0 };
    assert.ok(done.includes(fillIn(t.parentDoneChild, { nickname: nicknameOf(nickname, 'nl') })));
    // Still the child's own visit, and not one of a moderator.
    assert.match(await pageAs(cookie, '/room'), /<textarea/);
    assert.match(await pageAs(cookie, '/moderate'), /href="\/moderate\/login"/);
    assert.equal(site.chat.store.moderators.list().length, 0);
    assert.ok(textOf(await pageAs(cookie, '/parent')).includes('3 maart 2026'));
    assert.ok(!JSON.stringify(site.chat.store.accounts.findBySub('agreed')).includes('PARENT'));
  });

  it('writes down nothing when there was no yes, and says so without a reason', async () => {
    const { cookie } = await site.childIn('refused');
    site.answers.adult = { kind: 'refused', by: 'gateway' };
    assert.equal(await agree(cookie), '/parent/refused');
    assert.equal(agreedOn('refused'), undefined);
    assert.ok(textOf(await pageAs(cookie, '/parent/refused')).includes(t.parentRefusedTitle));
    const typed = await site.get('/parent/done', { cookie });
    assert.equal(typed.headers.get('location'), '/parent');
  });

  it('is for a child who is in: nobody else gets there', async () => {
    const adult = await site.adultIn('adult');
    const paths = ['/parent', '/parent/login', '/parent/done', '/parent/refused', '/me', '/room'];
    for (const cookie of ['', adult]) {
      for (const path of paths) {
        assert.equal((await site.get(path, { cookie })).headers.get('location'), '/', path);
      }
    }
  });

  it('lets the yes be taken back as easily as it was given', async () => {
    site.author('takes back');
    const { cookie } = await site.childIn('takes back');
    const form = formIdOf(await pageAs(cookie, '/me'), '/me/take-back');
    const sent = await site.post('/me/take-back', { form }, { cookie });
    assert.equal(sent.headers.get('location'), '/me?done=taken-back');
    assert.equal(agreedOn('takes back'), undefined);
    assert.ok(textOf(await pageAs(cookie, '/me?done=taken-back')).includes(t.takenBack));
    assert.doesNotMatch(await pageAs(cookie, '/room'), /<textarea/);
  });

  it('draws another nickname, once for each press, three times a day', async () => {
    const { cookie, account } = await site.childIn('names');
    const nickname = () => site.chat.store.accounts.find(account.id)?.nickname;
    const press = async (form: string) =>
      (await site.post('/me/nickname', { form }, { cookie })).headers.get('location');
    const newForm = async () => formIdOf(await pageAs(cookie, '/me'), '/me/nickname');
    const form = await newForm();
    assert.equal(await press(form), '/me?done=nickname');
    const first = nickname();
    assert.notEqual(first, account.nickname);
    assert.equal(await press(form), '/me');
    assert.equal(nickname(), first);
    await press(await newForm());
    await press(await newForm());
    assert.equal(await press(await newForm()), '/me?done=nickname-wait');
    const page = textOf(await pageAs(cookie, '/me?done=nickname-wait'));
    assert.match(page, /woensdag 4 maart.*14:05/);
    site.passMs(24 * 3_600_000);
    const later = await site.childIn('names');
    const again = formIdOf(await pageAs(later.cookie, '/me'), '/me/nickname');
    const sent = await site.post('/me/nickname', { form: again }, { cookie: later.cookie });
    assert.equal(sent.headers.get('location'), '/me?done=nickname');
  });

  it('starts all over when the child says so twice: messages gone, another name, the yes and bans stay', async () => {
    const author = site.author('starts over');
    site.say(author, 'mijn oude bericht');
    const { cookie } = await site.childIn('starts over');
    const page = await pageAs(cookie, '/me/reset');
    for (const sentence of [t.resetMessages, t.resetNickname, t.resetMuted, t.resetStays]) {
      assert.ok(textOf(page).includes(sentence));
    }
    assert.match(await pageAs(cookie, '/room'), /mijn oude bericht/);
    const form = formIdOf(page, '/me/reset');
    const sent = await site.post('/me/reset', { form }, { cookie });
    assert.equal(sent.headers.get('location'), '/me?done=reset');
    assert.doesNotMatch(await pageAs(cookie, '/room'), /mijn oude bericht/);
    const account = site.chat.store.accounts.findBySub('starts over');
    assert.notEqual(account?.nickname, author.nickname);
    assert.ok(account?.parentAgreedOn);
    const tomorrow = formIdOf(await pageAs(cookie, '/me/reset'), '/me/reset');
    const second = await site.post('/me/reset', { form: tomorrow }, { cookie });
    assert.equal(second.headers.get('location'), '/me?done=reset-wait');
  });

  it('says nothing that an address alone makes up', async () => {
    const { cookie } = await site.childIn('plain');
    for (const done of ['<b>', 'taken', '__proto__', 'muted']) {
      const page = await pageAs(cookie, `/me?done=${encodeURIComponent(done)}`);
      assert.doesNotMatch(page, /class="notice"/);
    }
    assert.doesNotMatch(await pageAs(cookie, '/room?muted=nobody'), /class="notice"/);
  });
});

describe('the chat’s pages of a child, in a browser', { timeout: 240_000, skip }, () => {
  it('lead a child and its grown-up from the door to the first message, without a barrier', async (test) => {
    const site = await startChatSite();
    test.after(() => site.close());
    const browser = await startChatBrowser(site);
    test.after(() => browser.close());
    const page = await browser.open({ size: PHONE });
    site.answers.child = { kind: 'admitted', visitor: { sub: 'mila', room: 'nest' } };
    site.answers.adult = { kind: 'admitted', visitor: { sub: 'oma' } };
    await page.goto(site.origin);
    await checkAccessible(page, 'the home page');
    await page.getByRole('link', { name: t.comeIn }).click();
    await page.getByRole('link', { name: t.firstYesGo }).click();
    await checkAccessible(page, 'the question to a grown-up');
    await page.getByRole('link', { name: t.parentGo }).click();
    await page.waitForURL('**/parent/done');
    await checkAccessible(page, 'thanks to the grown-up');
    await page.getByRole('link', { name: t.goIn }).click();
    await page.getByLabel(t.yourMessage).fill('Dag allemaal!');
    await page.getByRole('button', { name: t.send }).click();
    await page.locator('#messages .mine').getByText('Dag allemaal!').waitFor();
    await page.getByRole('button', { name: t.leave }).click();
    await page.getByRole('heading', { name: t.goodbyeTitle }).waitFor();
    assert.deepEqual(browser.complaints, []);
  });

  it('have no barrier that axe-core finds, in four languages', async (test) => {
    const site = await startChatSite();
    test.after(() => site.close());
    const browser = await startChatBrowser(site);
    test.after(() => browser.close());
    const muted = site.author('muted');
    site.author('child');
    const { cookie, account } = await site.childIn('child');
    site.chat.conversation.mute(account, muted.handle);
    const page = await browser.open({ cookie });
    const inside = ['/welcome', '/me', '/me?done=nickname', '/me/reset', '/parent', '/parent/done'];
    const outside = ['/', '/refused', '/error', '/goodbye', '/asleep', '/full', '/banned'];
    const stranger = await browser.open();
    for (const language of LANGUAGES) {
      const size = language === 'fr' || language === 'de' ? PHONE : { width: 1_000, height: 800 };
      await page.setViewportSize(size);
      await stranger.setViewportSize(size);
      await page.goto(`${site.origin}/?lang=${language}`);
      await stranger.goto(`${site.origin}/?lang=${language}`);
      for (const path of [...inside, '/parent/refused', '/nothing-here']) {
        await page.goto(site.origin + path);
        await checkAccessible(page, `${path} in ${language}`);
      }
      for (const path of outside) {
        await stranger.goto(site.origin + path);
        await checkAccessible(stranger, `${path} in ${language}`);
      }
    }
    assert.deepEqual(browser.complaints, []);
  });
});
