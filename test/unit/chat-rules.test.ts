/** The example chat's rules about accounts and moderation, and its messages: without sockets. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { civilDayOf } from '../../examples/chat/rules/civil-day.ts';
import { createRate } from '../../examples/chat/rules/rate.ts';
import { createSessions } from '../../examples/chat/session.ts';
import { admitAdult, admitChild } from '../../examples/chat/sign-in.ts';
import { createVisit } from '../../examples/chat/visit.ts';
import { createClock, createTestChat, START } from './chat-setup.ts';

describe('chat admission', () => {
  const CARD = { sub: 's', acr: 'urn:kids-id:acr:card-pin' };

  it('takes a grown-up only with age_over_18 === true and by card and PIN', () => {
    const adult = { ...CARD, age_over_18: true };
    assert.deepEqual(admitAdult(adult), { kind: 'admitted', visitor: { sub: 's' } });
    for (const wrong of [
      { age_over_18: false },
      { age_over_18: undefined },
      { age_over_18: 'true' },
      { age_over_18: 1 },
      { acr: 'urn:kids-id:acr:card-present' },
      { acr: undefined },
      { sub: '' },
      { sub: undefined },
    ]) {
      assert.equal(admitAdult({ ...adult, ...wrong }).kind, 'refused', JSON.stringify(wrong));
    }
  });

  it('takes no adult for a child, and no child for an adult', () => {
    const child = { ...CARD, age_over_6: true, age_over_9: false, age_over_13: false };
    assert.equal(admitChild(child).kind, 'admitted');
    assert.equal(admitAdult(child).kind, 'refused');
    assert.equal(admitChild({ ...CARD, age_over_18: true }).kind, 'refused');
  });
});

describe('chat accounts at the door', () => {
  it('are the same account again, in the room of the day, and limited per hour when new', () => {
    const { chat, clock } = createTestChat({ newAccountsPerHour: 2 });
    const enter = (sub: string, room: 'nest' | 'treetop' = 'nest') =>
      chat.children.enter({ sub, room });
    const first = enter('a');
    assert.equal(enter('b').kind, 'in');
    assert.equal(enter('c').kind, 'full');
    const again = enter('a', 'treetop');
    assert.ok(first.kind === 'in' && again.kind === 'in');
    assert.equal(again.account.id, first.account.id);
    assert.equal(chat.store.accounts.find(first.account.id)?.band, 'treetop');
    clock.advanceMs(3_600_000);
    assert.equal(enter('c').kind, 'full');
    clock.advanceMs(1);
    assert.equal(enter('c').kind, 'in');
  });

  it('have their open visits in the other room ended on the ninth birthday', () => {
    const { chat, comeIn } = createTestChat();
    const { id } = comeIn('a');
    const child = { sub: 'a', accountId: id };
    const token = chat.sessions.open(createVisit({ child: { ...child, room: 'nest' } }));
    comeIn('a');
    assert.ok(chat.sessions.find(token));
    comeIn('a', { room: 'treetop' });
    assert.equal(chat.sessions.find(token), undefined);
  });

  it('keep of a parent the day in Belgium, and nothing else; it can be taken back', () => {
    const { chat, comeIn, account, clock } = createTestChat();
    const { id } = comeIn('a', { mayWrite: false });
    assert.equal(account(id).parentAgreedOn, undefined);
    clock.advanceMs(11 * 3_600_000);
    chat.children.agree(id);
    assert.equal(account(id).parentAgreedOn, '2026-03-02');
    chat.children.takeBack(id);
    assert.equal(account(id).parentAgreedOn, undefined);
    assert.equal(civilDayOf(new Date('2026-07-31T22:00:00Z')), '2026-08-01');
    assert.equal(civilDayOf(new Date('2026-07-31T21:59:59Z')), '2026-07-31');
  });

  it('draw three nicknames a day', () => {
    const { chat, comeIn, account, clock } = createTestChat();
    const { id } = comeIn('a');
    const names = new Set([account(id).nickname]);
    for (let draw = 0; draw < 3; draw += 1) {
      assert.equal(chat.children.drawNickname(id), true);
      names.add(account(id).nickname);
    }
    assert.equal(names.size > 1, true);
    assert.equal(chat.children.drawNickname(id), false);
    clock.advanceDays(1);
    assert.equal(chat.children.drawNickname(id), true);
    assert.equal(chat.children.drawNickname(99), false);
  });

  it('start anew once a day: messages gone, other name and handle, the agreement and a ban stay', () => {
    const { chat, comeIn, account, say, clock } = createTestChat();
    const [ann, bob] = [comeIn('ann'), comeIn('bob')];
    const [one, reported] = [say(ann, 'one'), say(ann, 'reported')];
    chat.conversation.report(bob, { messageId: reported, reason: 'scary' });
    chat.conversation.mute(ann, bob.handle);
    chat.conversation.mute(bob, ann.handle);
    assert.equal(chat.children.reset(ann.id), true);
    const { nickname, handle, parentAgreedOn } = account(ann.id);
    assert.notEqual(nickname, ann.nickname);
    assert.notEqual(handle, ann.handle);
    assert.ok(parentAgreedOn);
    assert.equal(chat.store.messages.find(one), undefined);
    assert.deepEqual(chat.store.mutes.list(ann.id), []);
    assert.equal(chat.store.mutes.list(bob.id).length, 1);
    // What a moderator has to look at cannot be wiped away; children do not see it any more.
    assert.ok(chat.store.messages.find(reported)?.hiddenAt);
    assert.equal(chat.moderation.listQueue(10).length, 1);
    assert.equal(chat.children.reset(ann.id), false);
    // Nor after the moderator decided: it is what they acted on.
    chat.moderation.hide(1, reported);
    clock.advanceDays(1);
    assert.equal(chat.children.reset(ann.id), true);
    assert.equal(chat.store.messages.find(reported)?.text, 'reported');
    chat.moderation.ban(1, { accountId: ann.id, reason: 'insults' });
    assert.equal(chat.children.enter({ sub: 'ann', room: 'nest' }).kind, 'banned');
  });
});

describe('chat conversation', () => {
  const id = () => randomUUID();

  it('takes no message before a parent agreed, and none of a child whose parent took it back', () => {
    const { chat, comeIn, account, clock } = createTestChat();
    const ann = comeIn('ann', { mayWrite: false });
    const say = () => chat.conversation.say(account(ann.id), { id: id(), text: 'hello' });
    assert.deepEqual(say(), { kind: 'refused', reason: 'agreement' });
    chat.children.agree(ann.id);
    assert.equal(say().kind, 'said');
    chat.children.takeBack(ann.id);
    clock.advanceMs(10_000);
    assert.deepEqual(say(), { kind: 'refused', reason: 'agreement' });
  });

  it('stores the same id once and says so again, also when the limit is reached or the text differs', () => {
    const { chat, comeIn } = createTestChat();
    const ann = comeIn('ann');
    const first = { id: id(), text: 'hello' };
    const said = chat.conversation.say(ann, first);
    for (let more = 0; more < 4; more += 1) chat.conversation.say(ann, { id: id(), text: 'x' });
    assert.deepEqual(chat.conversation.say(ann, { id: id(), text: 'x' }), {
      kind: 'refused',
      reason: 'rate',
    });
    assert.deepEqual(chat.conversation.say(ann, { ...first, text: 'other' }), said);
    assert.equal(said.kind === 'said' && said.message.text, 'hello');
  });

  it('takes five messages in ten seconds of each child', () => {
    const { chat, comeIn, clock } = createTestChat();
    const [ann, bob] = [comeIn('ann'), comeIn('bob')];
    const say = (who: typeof ann) => chat.conversation.say(who, { id: id(), text: 'hi' }).kind;
    assert.deepEqual(
      Array.from({ length: 6 }, () => say(ann)),
      [...Array(5).fill('said'), 'refused'],
    );
    assert.equal(say(bob), 'said');
    clock.advanceMs(9_999);
    assert.equal(say(ann), 'refused');
    clock.advanceMs(1);
    assert.equal(say(ann), 'said');
  });

  it('takes reports of messages of the own room by others, twenty an hour', () => {
    const { chat, comeIn, say, clock } = createTestChat();
    const [ann, bob] = [comeIn('ann'), comeIn('bob')];
    const old = comeIn('old', { room: 'treetop' });
    const messageId = say(ann, 'one');
    const report = (who: typeof ann, which: number) =>
      chat.conversation.report(who, { messageId: which, reason: 'unkind' });
    assert.equal(report(ann, messageId), 'gone');
    assert.equal(report(old, messageId), 'gone');
    assert.equal(report(bob, 999), 'gone');
    assert.equal(report(bob, messageId), 'reported');
    assert.equal(report(bob, messageId), 'reported');
    assert.equal(chat.moderation.listQueue(5)[0]?.report.reporters, 1);
    for (let more = 0; more < 19; more += 1) report(bob, say(ann, `${more}`));
    const extra = say(ann, 'extra');
    assert.equal(report(bob, extra), 'too-many');
    clock.advanceMs(3_600_000);
    assert.equal(report(bob, extra), 'reported');
  });
});

describe('chat moderation', () => {
  it('shows reports with what was said around, most reported first, and who is banned already', () => {
    const { chat, comeIn, say } = createTestChat();
    const [ann, bob, cem] = [comeIn('ann'), comeIn('bob'), comeIn('cem')];
    const ids = Array.from({ length: 13 }, (_, index) => say(ann, `text ${index}`));
    const [first = 0, middle = 0] = [ids[0], ids[6]];
    chat.conversation.report(bob, { messageId: first, reason: 'unkind' });
    chat.conversation.report(bob, { messageId: middle, reason: 'scary' });
    chat.conversation.report(cem, { messageId: middle, reason: 'unkind' });
    const [top, other] = chat.moderation.listQueue(10);
    assert.equal(top?.message.id, middle);
    assert.deepEqual(top?.report.reasons, { unkind: 1, private: 0, scary: 1 });
    assert.deepEqual(
      top?.context.map((message) => message.id),
      ids.slice(1, 12),
    );
    assert.deepEqual(
      other?.context.map((message) => message.id),
      ids.slice(0, 6),
    );
    assert.equal(top?.ban, undefined);
    chat.moderation.ban(1, { accountId: ann.id, days: 1, reason: 'insults' });
    assert.ok(chat.moderation.listQueue(10)[0]?.ban);
  });

  it('writes numbers into the log, no names, no texts, and each act once', () => {
    const { chat, comeIn, say } = createTestChat();
    const { moderation, store } = chat;
    const [ann, bob] = [comeIn('ann'), comeIn('bob')];
    const [one, two] = [say(ann, 'one'), say(ann, 'two')];
    chat.conversation.report(bob, { messageId: one, reason: 'unkind' });
    chat.conversation.report(bob, { messageId: two, reason: 'unkind' });
    assert.deepEqual([moderation.hide(7, one), moderation.hide(7, one)], [true, true]);
    assert.deepEqual([moderation.dismiss(7, two), moderation.dismiss(7, two)], [true, false]);
    moderation.ban(7, { accountId: ann.id, days: 365, reason: 'other' });
    const [{ id } = { id: 0 }] = store.bans.listHolding(START);
    assert.deepEqual([moderation.lift(8, id), moderation.lift(8, id)], [true, false]);
    const entries = store.log.list(10).map(({ at: _at, ...entry }) => entry);
    assert.deepEqual(entries, [
      { moderatorId: 8, action: 'lift', accountId: ann.id },
      { moderatorId: 7, action: 'ban', accountId: ann.id },
      { moderatorId: 7, action: 'dismiss', messageId: two },
      { moderatorId: 7, action: 'hide', accountId: ann.id, messageId: one },
    ]);
    assert.equal(moderation.hide(7, 999), false);
    assert.equal(moderation.ban(7, { accountId: 999, reason: 'other' }), false);
    for (const days of [0, -1, 1.5, 366, Number.NaN]) {
      const wrong = { accountId: ann.id, days, reason: 'other' } as const;
      assert.throws(() => moderation.ban(7, wrong), RangeError);
    }
  });

  it('bans a card: no new login, no reset and no new nickname is a way around', () => {
    const { chat, comeIn, clock } = createTestChat();
    const ann = comeIn('ann');
    const visit = createVisit({ child: { sub: 'ann', room: 'nest', accountId: ann.id } });
    const token = chat.sessions.open(visit);
    chat.children.drawNickname(ann.id);
    chat.moderation.ban(1, { accountId: ann.id, days: 2, reason: 'threats' });
    assert.equal(chat.sessions.find(token), undefined);
    const outcome = chat.children.enter({ sub: 'ann', room: 'nest' });
    assert.ok(outcome.kind === 'banned' && outcome.until);
    clock.advanceDays(2);
    assert.equal(chat.children.enter({ sub: 'ann', room: 'nest' }).kind, 'in');
  });
});

describe('chat sessions that are told of', () => {
  it('tell each end once: left, idle, crowded out, ended by a rule; a peek is no use', () => {
    const clock = createClock();
    const sessions = createSessions<string>({ idleMs: 1_000, maxSessions: 2, now: clock.now });
    const ended: string[] = [];
    sessions.onEnd((value) => ended.push(value));
    const [a, b] = [sessions.open('a'), sessions.open('b')];
    sessions.close(a);
    sessions.close(a);
    clock.advanceMs(999);
    assert.equal(sessions.peek(b), 'b');
    clock.advanceMs(1);
    sessions.sweep();
    sessions.sweep();
    assert.equal(sessions.find(b), undefined);
    sessions.open('c');
    sessions.open('d');
    sessions.open('e');
    sessions.closeWhere((value) => value === 'd');
    assert.deepEqual(ended, ['a', 'b', 'c', 'd']);
    const f = sessions.open('f');
    clock.advanceMs(1_000);
    assert.equal(sessions.peek(f), undefined);
    assert.deepEqual(ended, ['a', 'b', 'c', 'd', 'f']);
  });
});

describe('chat forms and rates', () => {
  it('take the id of a form once, and none that was not issued', () => {
    const { forms } = createVisit();
    const id = forms.issue();
    assert.deepEqual([forms.take(id), forms.take(id)], [true, false]);
    for (const strange of [undefined, '', 'x', 1, [forms.issue()]]) {
      assert.equal(forms.take(strange), false);
    }
    const oldest = forms.issue();
    for (let more = 0; more < 300; more += 1) forms.issue();
    assert.equal(forms.take(oldest), false);
  });

  it('count each key by itself and forget what is past', () => {
    const clock = createClock();
    const rate = createRate<string>({ max: 1, windowMs: 1_000, now: clock.now });
    assert.deepEqual([rate.take('a'), rate.take('a'), rate.take('b')], [true, false, true]);
    clock.advanceMs(1_000);
    rate.sweep();
    assert.equal(rate.take('a'), true);
  });
});
