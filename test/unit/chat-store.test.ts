/** The example chat's database: schema, accounts, messages, reports, bans, moderators, retention, backup. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NICKNAME_COUNT, nicknameOf } from '../../examples/chat/nickname.ts';
import { backUp } from '../../examples/chat/store/backup.ts';
import { openDatabase } from '../../examples/chat/store/database.ts';
import { deleteOld } from '../../examples/chat/store/keep.ts';
import { MIGRATIONS } from '../../examples/chat/store/migrations.ts';
import { openStore } from '../../examples/chat/store/store.ts';
import { createTestChat, START } from './chat-setup.ts';

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kids-id-chat-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

const daysAfter = (days: number) => new Date(START.getTime() + days * 86_400_000);

describe('chat database', () => {
  it('is WAL with full synchronisation, foreign keys and overwriting, for its owner only', async (t) => {
    const file = join(await makeFolder(t), 'chat.sqlite');
    const db = openDatabase({ file, migrations: MIGRATIONS });
    t.after(() => db.close());
    const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    assert.equal(pragma('journal_mode'), 'wal');
    assert.equal(pragma('synchronous'), 2);
    assert.equal(pragma('foreign_keys'), 1);
    assert.equal(pragma('user_version'), MIGRATIONS.length);
    for (const name of ['', '-wal', '-shm']) {
      assert.equal(statSync(file + name).mode & 0o777, 0o600, name);
    }
  });

  it('migrates once, leaves what is there, and refuses a newer or strange file', async (t) => {
    const folder = await makeFolder(t);
    const file = join(folder, 'chat.sqlite');
    const first = openStore(file);
    first.accounts.create({ sub: 'a', room: 'nest' }, START);
    first.close();
    const again = openStore(file);
    assert.ok(again.accounts.findBySub('a'));
    again.close();
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    db.close();
    assert.throws(() => openStore(file), /newer version/);
    const strange = join(folder, 'strange');
    writeFileSync(
      strange,
      'this is no database, but it is long enough to look like one'.repeat(20),
    );
    assert.throws(() => openStore(strange), /not a database/);
  });

  it('undoes a transaction in which something throws', () => {
    const store = openStore(':memory:');
    assert.throws(() =>
      store.transaction(() => {
        store.accounts.create({ sub: 'a', room: 'nest' }, START);
        throw new Error('stop');
      }),
    );
    assert.equal(store.accounts.findBySub('a'), undefined);
    store.close();
  });
});

describe('chat accounts and nicknames', () => {
  it('give no two accounts the same name, number them when words run out, and leak nothing', () => {
    const store = openStore(':memory:');
    const accounts = Array.from({ length: NICKNAME_COUNT + 3 }, (_, index) =>
      store.accounts.create({ sub: `sub ${index}`, room: 'nest' }, START),
    );
    assert.equal(new Set(accounts.map(({ nickname }) => nickname)).size, accounts.length);
    assert.equal(new Set(accounts.map(({ handle }) => handle)).size, accounts.length);
    assert.ok(accounts.slice(0, NICKNAME_COUNT).every(({ nickname }) => nickname < NICKNAME_COUNT));
    const numbered = accounts.slice(NICKNAME_COUNT);
    assert.ok(numbered.every(({ nickname }) => / 2$/.test(nicknameOf(nickname, 'fr'))));
    assert.ok(accounts.every(({ handle }) => /^[\w-]{22}$/.test(handle)));
    store.close();
  });

  it('are the same two words in every language, as many as there are numbers', () => {
    for (const language of ['nl', 'fr', 'de', 'en'] as const) {
      const names = Array.from({ length: NICKNAME_COUNT }, (_, n) => nicknameOf(n, language));
      assert.equal(new Set(names).size, NICKNAME_COUNT);
      assert.ok(names.every((name) => /^\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+$/u.test(name)));
    }
    assert.throws(() => nicknameOf(-1, 'nl'), RangeError);
  });
});

describe('chat messages', () => {
  it('store the same UUID of an account once, and another account may use it too', () => {
    const { chat, comeIn } = createTestChat();
    const { messages } = chat.store;
    const [ann, bob] = [comeIn('ann'), comeIn('bob')];
    const message = { clientId: randomUUID(), room: 'nest', text: 'a', sentAt: START } as const;
    const { id } = messages.add({ ...message, accountId: ann.id });
    assert.throws(() => messages.add({ ...message, accountId: ann.id }), /UNIQUE/);
    messages.add({ ...message, accountId: bob.id });
    assert.equal(messages.findSent(ann.id, message.clientId)?.id, id);
  });

  it('are listed by room, oldest first, without hidden ones and those of muted children', () => {
    const { chat, comeIn, say } = createTestChat();
    const { messages, mutes } = chat.store;
    const [ann, bob] = [comeIn('ann'), comeIn('bob')];
    const old = comeIn('old', { room: 'treetop' });
    const [one, two, three] = [say(ann, 'one'), say(bob, 'two'), say(ann, 'three')];
    say(old, 'elsewhere');
    const list = (readerId: number, count = 50) =>
      messages.listLast({ room: 'nest', readerId, count }).map(({ id }) => id);
    assert.deepEqual(list(ann.id), [one, two, three]);
    assert.deepEqual(list(ann.id, 2), [two, three]);
    mutes.add(ann.id, bob.id);
    mutes.add(ann.id, bob.id);
    assert.deepEqual(list(ann.id), [one, three]);
    assert.deepEqual(list(bob.id), [one, two, three]);
    assert.equal(messages.hide(one, START), true);
    assert.equal(messages.hide(one, START), false);
    assert.deepEqual(list(bob.id), [two, three]);
    assert.deepEqual(
      messages.listAround(two, 5).map(({ id }) => id),
      [one, two, three],
    );
    assert.deepEqual(messages.listAround(99, 5), []);
  });
});

describe('chat bans', () => {
  const ban = { sub: 'a', accountId: 1, reason: 'insults', madeAt: START } as const;

  it('hold until their end and not a moment longer, or for good', () => {
    const { bans } = openStore(':memory:');
    bans.put({ ...ban, until: daysAfter(1) });
    assert.ok(bans.findHolding('a', new Date(daysAfter(1).getTime() - 1)));
    assert.equal(bans.findHolding('a', daysAfter(1)), undefined);
    bans.put(ban);
    assert.ok(bans.findHolding('a', daysAfter(2_000)));
    bans.put({ ...ban, until: daysAfter(1) });
    assert.ok(bans.findHolding('a', daysAfter(2_000)), 'a shorter ban shortened one for good');
    assert.equal(bans.listHolding(START).length, 1);
    assert.equal(bans.findHolding('b', START), undefined);
    const [{ id } = { id: 0 }] = bans.listHolding(START);
    assert.equal(bans.lift(id), true);
    assert.equal(bans.lift(id), false);
    assert.equal(bans.findHolding('a', START), undefined);
  });
});

describe('chat moderators', () => {
  it('get a code that says nothing, the same when asked again, and are let in by it', () => {
    const { moderators } = openStore(':memory:');
    const asked = moderators.ask('sub of an adult', START);
    assert.match(asked.code, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    assert.equal(moderators.ask('sub of an adult', START).code, asked.code);
    assert.equal(moderators.findAdded('sub of an adult'), undefined);
    assert.equal(moderators.add('0000-0000', START), undefined);
    assert.ok(moderators.add(` ${asked.code.toLowerCase().replace('-', ' ')} `, START)?.addedAt);
    assert.equal(moderators.findAdded('sub of an adult')?.id, asked.id);
    assert.equal(moderators.findAdded('another'), undefined);
    assert.equal(moderators.remove(asked.code), true);
    assert.equal(moderators.findAdded('sub of an adult'), undefined);
  });

  it('who only ask are kept 200 at most, and those let in always', () => {
    const { moderators } = openStore(':memory:');
    const first = moderators.ask('first', START);
    moderators.add(first.code, START);
    for (let index = 0; index < 250; index += 1) moderators.ask(`sub ${index}`, START);
    assert.equal(moderators.list().length, 201);
    assert.ok(moderators.findAdded('first'));
  });
});

describe('chat retention', () => {
  it('deletes messages, reports, log and unused accounts after 30 days, and nothing before', () => {
    const { chat, comeIn, say, clock } = createTestChat();
    const { store, conversation, moderation } = chat;
    const [ann, bob] = [comeIn('ann'), comeIn('bob')];
    const messageId = say(ann, 'hello');
    conversation.report(bob, { messageId, reason: 'unkind' });
    moderation.dismiss(1, messageId);
    store.moderators.ask('adult', clock.now());
    const sentAt = clock.now();
    assert.equal(deleteOld(store, new Date(sentAt.getTime() + 30 * 86_400_000 - 60_000)), 0);
    clock.advanceDays(29);
    comeIn('ann');
    clock.advanceDays(1);
    clock.advanceMs(1);
    deleteOld(store, clock.now());
    assert.equal(store.messages.find(messageId), undefined);
    assert.deepEqual(store.log.list(10), []);
    assert.deepEqual(store.moderators.list(), []);
    assert.ok(store.accounts.find(ann.id));
    assert.equal(store.accounts.find(bob.id), undefined);
  });

  it('keeps a ban when the account is gone, until it ends, or for seven years', () => {
    const { chat, comeIn, clock } = createTestChat();
    const { store, moderation } = chat;
    const [ann, bob] = [comeIn('ann'), comeIn('bob')];
    moderation.ban(1, { accountId: ann.id, reason: 'threats' });
    moderation.ban(1, { accountId: bob.id, days: 40, reason: 'insults' });
    clock.advanceDays(39);
    deleteOld(store, clock.now());
    assert.equal(store.accounts.find(ann.id), undefined);
    assert.equal(chat.children.enter({ sub: 'ann', room: 'nest' }).kind, 'banned');
    assert.equal(chat.children.enter({ sub: 'bob', room: 'nest' }).kind, 'banned');
    clock.advanceDays(1);
    deleteOld(store, clock.now());
    assert.equal(chat.children.enter({ sub: 'bob', room: 'nest' }).kind, 'in');
    assert.equal(store.bans.listHolding(clock.now()).length, 1);
    clock.advanceDays(7 * 366);
    deleteOld(store, clock.now());
    assert.equal(store.bans.listHolding(clock.now()).length, 0);
  });

  it('leaves no deleted text in the files', async (t) => {
    const folder = await makeFolder(t);
    const file = join(folder, 'chat.sqlite');
    const { chat, comeIn, say, clock } = createTestChat({ file });
    t.after(() => chat.store.close());
    const ann = comeIn('ann');
    for (let index = 0; index < 50; index += 1) say(ann, `zeldzaamwoord ${index}`);
    const holds = () =>
      ['', '-wal'].some((name) => readFileSync(file + name, 'latin1').includes('zeldzaamwoord'));
    assert.equal(holds(), true);
    clock.advanceDays(31);
    deleteOld(chat.store, clock.now());
    assert.equal(holds(), false);
  });
});

describe('chat commands', () => {
  const run = (command: string, args: readonly string[], file?: string) =>
    spawnSync(
      process.execPath,
      [
        fileURLToPath(new URL(`../../examples/chat/commands/${command}.ts`, import.meta.url)),
        ...args,
      ],
      { encoding: 'utf8', env: file === undefined ? {} : { CHAT_DB: file } },
    );

  it('back up a database in use to one file that opens, and never write over another', async (t) => {
    const folder = await makeFolder(t);
    const file = join(folder, 'chat.sqlite');
    const { chat, comeIn, say } = createTestChat({ file });
    t.after(() => chat.store.close());
    const id = say(comeIn('ann'), 'hello');
    const target = join(folder, 'copy.sqlite');
    const { status, stderr } = run('backup', [target], file);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.equal(statSync(target).mode & 0o777, 0o600);
    assert.ok(!existsSync(`${target}-wal`) && !existsSync(`${target}.partial`));
    const copy = openStore(target);
    assert.equal(copy.messages.find(id)?.text, 'hello');
    copy.close();
    await assert.rejects(backUp({ source: file, target }), /there already/);
    await assert.rejects(backUp({ source: `${file}-no`, target: `${target}2` }), /no database/);
    assert.equal(run('backup', [], file).status, 1);
  });

  it('let a moderator in and out beside the running chat', async (t) => {
    const file = join(await makeFolder(t), 'chat.sqlite');
    assert.match(run('moderator', ['list'], file).stderr, /CHAT_DB names no file/);
    assert.match(run('moderator', ['list']).stderr, /is not set/);
    const store = openStore(file);
    t.after(() => store.close());
    const { code } = store.moderators.ask('adult', START);
    assert.match(run('moderator', ['list'], file).stdout, new RegExp(`${code}  asks`));
    assert.equal(run('moderator', ['add', code], file).status, 0);
    assert.ok(store.moderators.findAdded('adult'));
    assert.equal(run('moderator', ['add', 'XXXX-XXXX'], file).status, 1);
    assert.equal(run('moderator', ['remove', code], file).status, 0);
    assert.equal(store.moderators.findAdded('adult'), undefined);
    for (const wrong of [[], ['add'], ['list', code], ['add', code, code], ['drop', code]]) {
      assert.match(run('moderator', wrong, file).stderr, /Usage/);
    }
  });
});
