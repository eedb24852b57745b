/** The example chat's room by pages and forms alone, as it works when no script runs. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { textsFor } from '../../examples/chat/texts/texts.ts';
import { type ChatSite, formIdOf, startChatSite, textOf } from './chat-site.ts';

const MARKUP = `<img src=x onerror="document.title='broken'"> <b>hoi</b> & "dag" 'o'`;
const t = textsFor('nl');

describe('the chat’s room, by forms', { timeout: 60_000 }, () => {
  let site: ChatSite;
  before(async () => {
    site = await startChatSite();
  });
  after(() => site.close());

  const roomAs = async (cookie: string) => (await site.get('/room', { cookie })).text();
  const writerIn = async (sub: string) => {
    site.author(sub);
    return site.childIn(sub);
  };
  const id = '0b6e0c3a-6d1c-4a55-9d1e-1f6f6f1b2a01';

  it('shows what was said as text, whatever it is', async () => {
    site.say(site.author('markup'), MARKUP);
    const { cookie } = await site.childIn('reader');
    const page = await roomAs(cookie);
    assert.doesNotMatch(page, /<img src=x|<b>/);
    assert.ok(textOf(page).includes(MARKUP));
    // In the label of "Not OK?" as well, which quotes the message.
    assert.ok(
      page.includes('&#60;img src=x onerror=&#34;document.title=&#39;broken&#39;&#34;&#62;'),
    );
  });

  it('stores a message once, however often its form is sent', async () => {
    const { cookie, account } = await writerIn('twice');
    for (let times = 0; times < 3; times += 1) {
      const sent = await site.post('/room/say', { id, text: 'Eén keer' }, { cookie });
      assert.equal(sent.headers.get('location'), '/room');
    }
    assert.equal((await roomAs(cookie)).split('<p class="text">Eén keer</p>').length, 2);
    assert.equal(site.chat.store.messages.findSent(account.id, id)?.text, 'Eén keer');
  });

  it('gives every page another id for the next message', async () => {
    const { cookie } = await writerIn('ids');
    const idOf = (page: string) => /name="id" value="([\w-]{36})"/.exec(page)?.[1];
    const [first, second] = [idOf(await roomAs(cookie)), idOf(await roomAs(cookie))];
    assert.ok(first && second && first !== second);
  });

  const refusals: readonly (readonly [string, string])[] = [
    [' ', t.refusedEmpty],
    ['x'.repeat(301), t.refusedTooLong],
    ['kom naar www.voorbeeld.be', t.refusedLink],
    ['bel 0470 12 34 56', t.refusedNumber],
    ['mail aap@voorbeeld.be', t.refusedMail],
  ];
  for (const [text, sentence] of refusals) {
    it(`refuses kindly, and gives the text back: ${sentence}`, async () => {
      const { cookie } = await writerIn(`refused ${sentence}`);
      const refused = await site.post('/room/say', { id, text }, { cookie });
      assert.equal(refused.status, 422);
      const page = await refused.text();
      assert.ok(textOf(page).includes(sentence));
      assert.ok(page.includes(`>${text}</textarea>`));
      assert.ok(page.includes(`href="/room?lang=fr"`));
    });
  }

  it('refuses the sixth message within ten seconds', async () => {
    const { cookie } = await writerIn('fast');
    const say = () => site.post('/room/say', { id: crypto.randomUUID(), text: 'hoi' }, { cookie });
    for (let count = 0; count < 5; count += 1) assert.equal((await say()).status, 303);
    const sixth = await say();
    assert.ok(textOf(await sixth.text()).includes(t.refusedTooFast));
    site.passMs(10_000);
    assert.equal((await say()).status, 303);
  });

  it('shows no typing box before a grown-up agreed, and takes nothing either', async () => {
    const { cookie, account } = await site.childIn('not yet');
    const page = await roomAs(cookie);
    assert.doesNotMatch(page, /<textarea/);
    assert.match(page, /href="\/parent"/);
    const tried = await site.post('/room/say', { id, text: 'hoi' }, { cookie });
    assert.equal(tried.status, 422);
    assert.equal(site.chat.store.messages.findSent(account.id, id), undefined);
  });

  it('takes forms of its own pages only, and only as its pages make them', async () => {
    const { cookie } = await writerIn('forms');
    const foreign = { cookie, 'sec-fetch-site': 'same-site' };
    for (const path of ['/room/say', '/room/report', '/room/mute', '/me/reset', '/still-here']) {
      assert.equal((await site.post(path, { id, text: 'hoi' }, foreign)).status, 403, path);
      const nobody = await site.post(path, { id, text: 'hoi' });
      assert.equal(
        nobody.headers.get('location') ?? nobody.status,
        path === '/still-here' ? 401 : '/',
      );
    }
    const bad = [
      ['/room/say', { id: 'not-a-uuid', text: 'hoi' }],
      ['/room/report', { message: '1', reason: 'boring' }],
      ['/room/report', { message: '1; DROP', reason: 'unkind' }],
      ['/room/mute', { account: '../me' }],
    ] as const;
    for (const [path, fields] of bad) {
      assert.equal((await site.post(path, fields, { cookie })).status, 400, path);
    }
  });

  it('reports a message for one of three reasons, once', async () => {
    const message = site.say(site.author('mean'), 'Jij bent een <i>vies</i> monster');
    const { cookie } = await site.childIn('reporter');
    const page = await (await site.get(`/room/not-ok?message=${message}`, { cookie })).text();
    assert.doesNotMatch(page, /<i>/);
    for (const reason of [t.reasonUnkind, t.reasonPrivate, t.reasonScary]) {
      assert.ok(textOf(page).includes(reason));
    }
    const fields = { form: formIdOf(page, '/room/report'), message: `${message}`, reason: 'scary' };
    for (let times = 0; times < 2; times += 1) {
      const sent = await site.post('/room/report', fields, { cookie });
      assert.equal(sent.headers.get('location'), '/room/thanks');
    }
    const [report, ...others] = site.chat.store.reports.listOpen(10);
    assert.deepEqual(others, []);
    assert.equal(report?.messageId, message);
    assert.deepEqual(report.reasons, { unkind: 0, private: 0, scary: 1 });
    assert.ok(textOf(await (await site.get('/room/thanks', { cookie })).text()).includes('102'));
  });

  it('has no page for a message of the other room, a hidden one, one’s own, or none', async () => {
    const elsewhere = site.say(site.author('nest', 'nest'), 'hier');
    const { cookie, account } = await writerIn('curious');
    const own = site.say(account, 'van mij');
    const hidden = site.say(site.author('hidden'), 'weg');
    site.chat.store.messages.hide(hidden, site.now());
    for (const message of [elsewhere, own, hidden, 999_999, 'x', '']) {
      const answer = await site.get(`/room/not-ok?message=${message}`, { cookie });
      assert.equal(answer.headers.get('location'), '/room');
    }
  });

  it('mutes somebody, and shows them again', async () => {
    const loud = site.author('loud');
    const message = site.say(loud, 'Ik roep!');
    const { cookie } = await site.childIn('muter');
    const page = await (await site.get(`/room/not-ok?message=${message}`, { cookie })).text();
    const fields = { form: formIdOf(page, '/room/mute'), account: loud.handle };
    const muted = await site.post('/room/mute', fields, { cookie });
    const room = await (await site.get(muted.headers.get('location') ?? '', { cookie })).text();
    assert.doesNotMatch(room, /Ik roep!/);
    assert.match(room, /class="notice" role="status"/);

    const me = await (await site.get('/me', { cookie })).text();
    const back = { form: formIdOf(me, '/me/unmute'), account: loud.handle };
    await site.post('/me/unmute', back, { cookie });
    assert.match(await roomAs(cookie), /Ik roep!/);
  });
});
