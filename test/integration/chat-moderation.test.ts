/** The example chat's moderation by its pages: the way in, the queue, hiding, banning, lifting, the log; and no barriers. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { LANGUAGES } from '../../examples/chat/language.ts';
import type { ReportReason } from '../../examples/chat/live/live-messages.ts';
import { nicknameOf } from '../../examples/chat/nickname.ts';
import { fillIn, textsFor } from '../../examples/chat/texts/texts.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import { checkAccessible, PHONE, startChatBrowser } from './chat-browser.ts';
import { type ChatSite, formIdOf, startChatSite, textOf } from './chat-site.ts';

const MARKUP = '<script>alert(1)</script><b title="x">ga weg</b>';
const skip = (await findChromiumProblems()).join('; ') || false;
const t = textsFor('nl');

/** Lets an adult in as a moderator, as the operator does: by the code on the page. */
async function moderatorIn(site: ChatSite, sub: string): Promise<string> {
  const cookie = await site.adultIn(sub);
  const page = await (await site.get('/moderate', { cookie })).text();
  const code = /<strong class="code">([\w-]+)<\/strong>/.exec(page)?.[1] ?? '';
  site.chat.store.moderators.add(code, site.now());
  return cookie;
}

/** Something said and reported; the number of the message. */
function reported(site: ChatSite, by: string, text: string, reasons: readonly ReportReason[]) {
  const messageId = site.say(site.author(by), text);
  for (const [index, reason] of reasons.entries()) {
    site.chat.conversation.report(site.author(`reporter ${index}`), { messageId, reason });
  }
  return messageId;
}

describe('the chat’s moderation', { timeout: 60_000 }, () => {
  let site: ChatSite;
  before(async () => {
    site = await startChatSite();
  });
  after(() => site.close());

  const pageAs = async (cookie: string, path = '/moderate') =>
    (await site.get(path, { cookie })).text();
  /** Presses a button of a page of the moderation. */
  async function decide(cookie: string, from: string, action: string, fields: object) {
    const form = formIdOf(await pageAs(cookie, from), action);
    return site.post(action, { form, ...fields }, { cookie });
  }
  const findBan = (sub: string) => site.chat.store.bans.findHolding(sub, site.now());

  it('shows the way in to everybody, and a code to an adult whom the operator does not know', async () => {
    assert.match(await pageAs(''), /href="\/moderate\/login"/);
    const cookie = await site.adultIn('new here');
    const first = await site.get('/moderate', { cookie });
    assert.equal(first.status, 403);
    const page = await first.text();
    const code = /<strong class="code">(\w{4}-\w{4})<\/strong>/.exec(page)?.[1];
    assert.ok(code);
    assert.doesNotMatch(page, /new here/);
    assert.ok((await pageAs(cookie, '/moderate/log')).includes(code), 'the same code again');
    site.chat.store.moderators.add(code.toLowerCase(), site.now());
    assert.match(await pageAs(cookie), new RegExp(`<h1>${t.modQueue}`));
    // Let out again, at once.
    site.chat.store.moderators.remove(code);
    assert.equal((await site.get('/moderate', { cookie })).status, 403);
  });

  it('says it kindly when the gateway refused', async () => {
    site.answers.adult = { kind: 'refused', by: 'gateway' };
    const start = await site.get('/moderate/login');
    const [cookie = ''] = (start.headers.getSetCookie()[0] ?? '').split(';');
    const { search } = new URL(start.headers.get('location') ?? '');
    const back = await site.get(`/moderate/callback${search}`, { cookie });
    assert.equal(back.headers.get('location'), '/moderate/refused');
    assert.ok(textOf(await pageAs('', '/moderate/refused')).includes(t.modRefused));
  });

  it('takes decisions of moderators only', async () => {
    const messageId = reported(site, 'bystander', 'iets', ['unkind']);
    const child = await site.childIn('a child');
    const adult = await site.adultIn('any adult');
    const fields = { message: `${messageId}`, account: '1', days: '1', reason: 'other', ban: '1' };
    for (const cookie of ['', child.cookie, adult]) {
      for (const path of ['hide', 'dismiss', 'ban', 'lift']) {
        await site.post(`/moderate/${path}`, { ...fields, form: 'x' }, { cookie });
      }
      for (const path of ['/moderate', '/moderate/bans', '/moderate/log']) {
        assert.doesNotMatch(await pageAs(cookie, path), /<article|<table/);
      }
    }
    assert.deepEqual(site.chat.store.log.list(10), []);
    const moderator = await moderatorIn(site, 'real one');
    const foreign = { cookie: moderator, 'sec-fetch-site': 'same-site' };
    const form = formIdOf(await pageAs(moderator), '/moderate/hide');
    assert.equal((await site.post('/moderate/hide', { ...fields, form }, foreign)).status, 403);
    assert.deepEqual(site.chat.store.log.list(10), []);
    site.chat.moderation.dismiss(1, messageId);
  });

  it('shows what was reported, why, how often and what was said around it; markup as text', async () => {
    const cookie = await moderatorIn(site, 'reads the queue');
    site.say(site.author('before'), 'dit kwam ervoor');
    reported(site, 'rude', MARKUP, ['unkind', 'scary', 'unkind']);
    site.say(site.author('after'), 'dit kwam erna');
    const page = await pageAs(cookie);
    assert.doesNotMatch(page, /<script>|<b title/);
    const text = textOf(page);
    for (const part of [
      MARKUP,
      'dit kwam ervoor',
      'dit kwam erna',
      fillIn(t.modReportedTimes, { count: 3 }),
      `${t.modReasonUnkind} (2), ${t.modReasonScary}`,
      nicknameOf(site.author('rude').nickname, 'nl'),
    ]) {
      assert.ok(text.includes(part), part);
    }
    assert.doesNotMatch(text, /rude|reporter/);
  });

  it('hides a message, or closes its report; each decision is made once', async () => {
    const cookie = await moderatorIn(site, 'decides');
    const bad = reported(site, 'bad', 'weg hiermee', ['unkind']);
    const fine = reported(site, 'fine', 'niets mis', ['unkind']);
    const form = formIdOf(await pageAs(cookie), '/moderate/hide');
    for (const done of ['/moderate?done=1', '/moderate']) {
      const sent = await site.post('/moderate/hide', { form, message: `${bad}` }, { cookie });
      assert.equal(sent.headers.get('location'), done);
    }
    await decide(cookie, '/moderate', '/moderate/dismiss', { message: `${fine}` });
    const { cookie: child } = await site.childIn('sees');
    const room = await pageAs(child, '/room');
    assert.doesNotMatch(room, /weg hiermee/);
    assert.match(room, /niets mis/);
    const queue = await pageAs(cookie);
    assert.doesNotMatch(queue, new RegExp(`report-(${bad}|${fine})"`));
    const actions = site.chat.store.log.list(2).map(({ action }) => action);
    assert.deepEqual(actions, ['dismiss', 'hide']);
  });

  it('bans for a time, and the child reads until when; a new nickname or a reset is no way around', async () => {
    const cookie = await moderatorIn(site, 'bans');
    const { account, cookie: child } = await site.childIn('banned');
    site.chat.children.agree(account.id);
    reported(site, 'banned', 'heel erg', ['scary']);
    const fields = { account: `${account.id}`, days: '7', reason: 'threats' };
    await decide(cookie, '/moderate', '/moderate/ban', fields);
    assert.equal((await site.get('/room', { cookie: child })).headers.get('location'), '/');

    const again = await site.childIn('banned');
    assert.equal((await site.get('/room', { cookie: again.cookie })).headers.get('location'), '/');
    const text = textOf(await pageAs(again.cookie, '/banned'));
    // 3 March 2026 and a little, in Belgium; seven days on.
    assert.match(text, /dinsdag 10 maart om 14:05|dinsdag 10 maart.*14:0\d/);
    assert.ok(text.includes(t.bannedAdult));
    assert.match(await pageAs(again.cookie, '/banned'), /mailto:/);
    assert.doesNotMatch(text, /logout/);

    const bans = await pageAs(cookie, '/moderate/bans');
    assert.ok(textOf(bans).includes(t.modThreats));
    await decide(cookie, '/moderate/bans', '/moderate/lift', { ban: `${findBan('banned')?.id}` });
    const back = await site.childIn('banned');
    assert.equal((await site.get('/room', { cookie: back.cookie })).status, 200);
  });

  it('bans for good only when a moderator says so, and never by a form that says something else', async () => {
    const cookie = await moderatorIn(site, 'careful');
    const { account } = await site.childIn('for good');
    reported(site, 'somebody', 'nog iets', ['scary']);
    const ban = (days: string, reason: string) =>
      decide(cookie, '/moderate', '/moderate/ban', { account: `${account.id}`, days, reason });
    for (const [days, reason] of [
      ['2', 'other'],
      ['', 'other'],
      ['1000', 'other'],
      ['good', 'he is Jan Janssens'],
    ] as const) {
      await ban(days, reason);
      assert.equal(findBan('for good'), undefined, `${days} ${reason}`);
    }
    await ban('good', 'pretending');
    assert.equal(findBan('for good')?.until, undefined);
    const again = await site.childIn('for good');
    const page = await pageAs(again.cookie, '/banned');
    assert.ok(textOf(page).includes(t.bannedForGood));
    assert.ok(textOf(page).includes(t.bannedForGoodTitle));
  });

  it('keeps a log without names and without what was said', async () => {
    const cookie = await moderatorIn(site, 'reads the log');
    const page = await pageAs(cookie, '/moderate/log');
    const text = textOf(page.split('<main>')[1] ?? '');
    for (const action of [t.modActionBan, t.modActionHide, t.modActionLift, t.modActionDismiss]) {
      assert.ok(text.includes(action), action);
    }
    const names = ['banned', 'for good', 'bad', 'fine', 'rude'].map((sub) => {
      const account = site.chat.store.accounts.findBySub(sub);
      return account ? nicknameOf(account.nickname, 'nl') : sub;
    });
    for (const said of [...names, 'weg hiermee', 'niets mis', 'heel erg', 'decides', 'careful']) {
      assert.ok(!text.includes(said), said);
    }
  });
});

describe('the chat’s door', { timeout: 30_000 }, () => {
  it('lets no more new children in than the limit, and says that it is nobody’s fault', async (test) => {
    const site = await startChatSite({ newAccountsPerHour: 2 });
    test.after(() => site.close());
    await site.childIn('first');
    await site.childIn('second');
    await assert.rejects(site.childIn('third'), /no account/);
    const page = textOf(await (await site.get('/full')).text());
    assert.ok(page.includes(t.fullLead.slice(0, 40)));
    // Whoever has an account comes in all the same.
    const { cookie } = await site.childIn('first');
    assert.equal((await site.get('/room', { cookie })).status, 200);
    site.passMs(3_600_001);
    assert.ok(await site.childIn('third'));
  });
});

describe('the chat’s moderation in a browser', { timeout: 240_000, skip }, () => {
  it('takes a message away from the children’s pages, and has no barrier in four languages', async (test) => {
    const site = await startChatSite();
    test.after(() => site.close());
    const browser = await startChatBrowser(site);
    test.after(() => browser.close());

    const child = await site.childIn('watches');
    const room = await browser.open({ cookie: child.cookie });
    await room.goto(`${site.origin}/room`);
    const moderator = await browser.open({ cookie: await moderatorIn(site, 'works') });
    reported(site, 'bad', MARKUP, ['private']);
    const line = room.locator('#messages .text').getByText(MARKUP, { exact: true });
    await line.waitFor();
    await moderator.goto(`${site.origin}/moderate`);
    assert.equal(await moderator.locator('.reported b, .reported script').count(), 0);
    await moderator.getByRole('button', { name: t.modHide }).click();
    await line.waitFor({ state: 'detached' });

    const bad = site.author('bad');
    reported(site, 'other', 'nog een', ['unkind']);
    site.chat.moderation.ban(1, { accountId: bad.id, reason: 'other' });
    const adult = await browser.open({ cookie: await site.adultIn('no moderator'), size: PHONE });
    for (const language of LANGUAGES) {
      const size = language === 'fr' ? PHONE : { width: 1_000, height: 800 };
      await moderator.setViewportSize(size);
      for (const path of ['/moderate', '/moderate/bans', '/moderate/log']) {
        await moderator.goto(`${site.origin}${path}?lang=${language}`);
        for (const fold of await moderator.locator('details summary').all()) await fold.click();
        await checkAccessible(moderator, `${path} in ${language}`);
      }
      await adult.goto(`${site.origin}/moderate?lang=${language}`);
      await checkAccessible(adult, `not yet a moderator in ${language}`);
    }
    const stranger = await browser.open({ size: PHONE });
    for (const path of ['/moderate', '/moderate/refused', '/banned', '/full', '/asleep']) {
      await stranger.goto(site.origin + path);
      await checkAccessible(stranger, path);
    }
    assert.deepEqual(browser.complaints, []);
  });
});
