/**
 * Children, a moderator and newcomers who use the example chat all at once, and who remember what it acknowledged. After
 * the server went away they sign in again and send again what had no answer, as the chat's own page does. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerMessage } from '../../examples/chat/live/live-messages.ts';
import { openStore } from '../../examples/chat/store/store.ts';
import type { Random } from '../fuzz/random.ts';
import { cardOf, subOf } from '../kit/examples/card-issuer.ts';
import type { ExampleStage } from '../kit/examples/example-stage.ts';
import { type FormBrowser, formsOf, openFormBrowser } from '../kit/examples/form-browser.ts';
import type { Crowd, Round } from '../kit/examples/rounds.ts';
import { connectPage, type LivePage, type Wish } from './chat-load-page.ts';

/** What one child sent, and what came of it. */
export interface ChildLedger {
  readonly sub: string;
  readonly name: string;
  /** Every text ever sent, by its UUID. */
  readonly sent: Map<string, string>;
  /** The number of its message, by UUID: acknowledged. */
  readonly said: Map<string, number>;
  /** Reports that were acknowledged, and those of which it is not known. */
  readonly reported: Set<number>;
  readonly maybeReported: Set<number>;
  /** By handle, as acknowledged last. */
  readonly muted: Map<string, boolean>;
  /** Texts that were shown, by number. */
  readonly shown: Map<number, string>;
}

/** What everybody knows about the chat from outside. */
export interface ChatLedger {
  readonly children: readonly ChildLedger[];
  /** Messages that the moderator hid: acknowledged. */
  readonly hidden: Set<number>;
  /** Subs of children who came in, and of those for whom somebody agreed. */
  readonly arrived: Set<string>;
  readonly agreed: Set<string>;
}

/** People at work. */
export interface ChatCrowd extends Crowd {
  readonly ledger: ChatLedger;
}

interface Child {
  readonly ledger: ChildLedger;
  readonly browser: FormBrowser;
  /** Sent, and not answered. */
  wish: Wish | undefined;
  /** The last text that was acknowledged: an answer can get lost on the way. */
  lastSaid: Wish | undefined;
}

const NAMES = ['ann', 'bob', 'cem', 'dia', 'eva', 'fay'];

/** Texts within ten seconds, and frames on a connection, that the chat's own limits let through. */
const MAX_TEXTS = 5;
const MAX_FRAMES = 24;

/** Makes accounts that may write and a moderator, and people for them. The server must not run. */
export function gatherChatCrowd(stage: ExampleStage, random: Random): ChatCrowd {
  const store = openStore(stage.databaseFile);
  const now = new Date();
  for (const name of NAMES) {
    const { id } = store.accounts.create({ sub: subOf(name, 'chat'), room: 'nest' }, now);
    store.accounts.setParentAgreement(id, '2026-03-01');
  }
  store.moderators.add(store.moderators.ask(subOf('mona', 'chat-moderators'), now).code, now);
  store.close();
  const children = NAMES.map((name): Child => {
    const browser = openFormBrowser(stage.origin);
    browser.card = cardOf(name, 8);
    return { ledger: createLedger(name), browser, wish: undefined, lastSaid: undefined };
  });
  const ledger: ChatLedger = {
    children: children.map((child) => child.ledger),
    hidden: new Set(),
    arrived: new Set(NAMES.map((name) => subOf(name, 'chat'))),
    agreed: new Set(NAMES.map((name) => subOf(name, 'chat'))),
  };
  return {
    ledger,
    size: children.length,
    work(round) {
      for (const child of children) round.employ(() => chatter(stage, child, { round, random }));
      round.employ(() => moderate(stage, ledger, round));
      round.employ(() => arrive(stage, ledger, round));
    },
    settle(round) {
      for (const child of children) round.employ(() => sayAgain(stage, child, round));
    },
  };
}

function createLedger(name: string): ChildLedger {
  return {
    sub: subOf(name, 'chat'),
    name,
    sent: new Map(),
    said: new Map(),
    reported: new Set(),
    maybeReported: new Set(),
    muted: new Map(),
    shown: new Map(),
  };
}

async function signIn(browser: FormBrowser, path: string, end: string): Promise<void> {
  const page = await browser.go(path);
  assert.equal(page.url.pathname, end, `${browser.card}: ${page.status}`);
}

/** Writes, reports and mutes, one thing after the other, on one connection after the other. */
async function chatter(
  stage: ExampleStage,
  child: Child,
  { round, random }: { readonly round: Round; readonly random: Random },
): Promise<void> {
  await signIn(child.browser, '/login', '/welcome');
  let texts = 0;
  while (!round.isOver) {
    const page = await connectPage(stage, child);
    let frames = 0;
    const ask = (wish: Wish) => {
      frames += 1;
      return page.ask(wish);
    };
    try {
      if (child.lastSaid) await ask(child.lastSaid);
      while (frames < MAX_FRAMES && !round.isOver) {
        child.wish ??= think(child, { page, random, mayWrite: texts < MAX_TEXTS });
        const { wish } = child;
        if (wish.type === 'say') texts += 1;
        round.attempt();
        settle(child, wish, await ask(wish));
        round.acknowledge();
        // Sent twice: an impatient page.
        if (random.below(4) === 0) await ask(wish);
      }
    } finally {
      page.close();
    }
  }
}

/** After the last start: what had no answer, and what the answer may have got lost of. */
async function sayAgain(stage: ExampleStage, child: Child, round: Round): Promise<void> {
  await signIn(child.browser, '/login', '/welcome');
  const page = await connectPage(stage, child);
  try {
    if (child.lastSaid) await page.ask(child.lastSaid);
    if (child.wish) settle(child, child.wish, await page.ask(child.wish));
    round.acknowledge();
  } finally {
    page.close();
  }
}

function think(
  { ledger }: Child,
  options: { readonly page: LivePage; readonly random: Random; readonly mayWrite: boolean },
): Wish {
  const { page, random, mayWrite } = options;
  if (mayWrite && random.below(3) > 0) {
    const id = randomUUID();
    const text = `${ledger.name} says ${ledger.sent.size}`;
    ledger.sent.set(id, text);
    return { type: 'say', id, text };
  }
  const readable = page.others.filter(({ id }) => !ledger.reported.has(id));
  if (readable.length > 0 && random.below(3) === 0) {
    return { type: 'report', messageId: random.pick(readable).id, reason: 'scary' };
  }
  const handle = page.others.length > 0 ? random.pick(page.others).accountId : 'x'.repeat(22);
  return { type: ledger.muted.get(handle) ? 'unmute' : 'mute', accountId: handle };
}

/** Writes down what a wish was answered with. */
function settle(child: Child, wish: Wish, answer: ServerMessage): void {
  const { ledger } = child;
  child.wish = undefined;
  switch (answer.type) {
    case 'said':
      ledger.said.set(answer.id, answer.messageId);
      child.lastSaid = wish;
      return;
    case 'reported':
      ledger.reported.add(answer.messageId);
      return;
    // Too many within the hour, or hidden meanwhile: it may have been stored the first time.
    case 'report-refused':
    case 'hidden':
      ledger.maybeReported.add(answer.messageId);
      return;
    case 'muted':
    case 'unmuted':
      ledger.muted.set(answer.accountId, answer.type === 'muted');
      return;
    case 'vanished':
      return;
    case 'refused':
      // A chat that takes what is sent again for new: it is not stored, and not expected to be.
      assert.equal(answer.reason, 'rate');
      return;
    default:
      assert.fail(`${wish.type} was answered by ${JSON.stringify(answer)}`);
  }
}

/** Hides what was reported. */
async function moderate(stage: ExampleStage, ledger: ChatLedger, round: Round): Promise<void> {
  const browser = openFormBrowser(stage.origin);
  browser.card = cardOf('mona', 40);
  await signIn(browser, '/moderate/login', '/moderate');
  while (!round.isOver) {
    const page = await browser.go('/moderate');
    const form = formsOf(page.text).find(({ action }) => action === '/moderate/hide');
    if (form) {
      round.attempt();
      const { location } = await browser.post(form);
      if (location === '/moderate?done=1') {
        ledger.hidden.add(Number(form.fields['message']));
        round.acknowledge();
      }
    }
    await delay(30);
  }
}

/** New children come in, each with a parent who agrees. */
async function arrive(stage: ExampleStage, ledger: ChatLedger, round: Round): Promise<void> {
  while (!round.isOver) {
    const name = `new${[...randomUUID()].filter((letter) => letter > '9').join('')}`;
    const browser = openFormBrowser(stage.origin);
    browser.card = cardOf(name, 7);
    round.attempt();
    await signIn(browser, '/login', '/welcome');
    ledger.arrived.add(subOf(name, 'chat'));
    round.acknowledge();
    browser.card = cardOf('papa', 40);
    await signIn(browser, '/parent/login', '/parent/done');
    ledger.agreed.add(subOf(name, 'chat'));
    round.acknowledge();
    await delay(300);
  }
}
