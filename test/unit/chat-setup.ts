/** For the tests of the example chat without a web server: a store in memory, a clock that the test turns. TEST ONLY. */
import { randomUUID } from 'node:crypto';
import { type Chat, createChat } from '../../examples/chat/chat.ts';
import { createSessions, SESSION_IDLE_MS } from '../../examples/chat/session.ts';
import type { Adult, Child, SignIn } from '../../examples/chat/sign-in.ts';
import type { Account } from '../../examples/chat/store/accounts.ts';
import { openStore } from '../../examples/chat/store/store.ts';
import type { Visit } from '../../examples/chat/visit.ts';

/** When the clock of every test starts. */
export const START = new Date('2026-03-01T12:00:00Z');

/** A clock that stands still until it is turned. */
export interface TestClock {
  readonly now: () => Date;
  advanceMs(ms: number): void;
  advanceDays(days: number): void;
}

/** A clock at {@link START}. */
export function createClock(): TestClock {
  let timeMs = START.getTime();
  return {
    now: () => new Date(timeMs),
    advanceMs: (ms) => {
      timeMs += ms;
    },
    advanceDays: (days) => {
      timeMs += days * 86_400_000;
    },
  };
}

/** A chat, and its clock. */
export interface TestChat {
  readonly chat: Chat;
  readonly clock: TestClock;
  /** Lets a child in, with a parent's agreement unless it says otherwise. */
  comeIn(sub: string, options?: { room?: Child['room']; mayWrite?: boolean }): Account;
  /** The account as it is stored now. */
  account(id: number): Account;
  /** Says something, ten seconds after the last time, so that no limit is met. */
  say(account: Account, text: string): number;
}

/** What the gateway answers to the next sign-in; `undefined`: it refuses. */
export interface NextVisitors {
  child?: Child | undefined;
  adult?: Adult | undefined;
}

/** Makes a chat whose file is `file`, or in memory; its sign-ins let in whom `next` says. */
export function createTestChat(
  options: { file?: string; newAccountsPerHour?: number; next?: NextVisitors } = {},
): TestChat {
  const { file = ':memory:', newAccountsPerHour = 1_000, next = {} } = options;
  const clock = createClock();
  const { now } = clock;
  const store = openStore(file);
  const chat = createChat({
    publicUrl: new URL('https://chat.localhost:8444'),
    signIns: {
      children: createSignInDouble(() => next.child),
      adults: createSignInDouble(() => next.adult),
    },
    sessions: createSessions<Visit>({ idleMs: SESSION_IDLE_MS, maxSessions: 1_000, now }),
    store,
    newAccountsPerHour,
    words: ['kut', 'fuck', 'nique ta mère'],
    now,
  });
  const account = (id: number) => {
    const found = store.accounts.find(id);
    if (!found) throw new Error('there is no such account');
    return found;
  };
  return {
    chat,
    clock,
    account,
    comeIn(sub, { room = 'nest', mayWrite = true } = {}) {
      const entrance = chat.children.enter({ sub, room });
      if (entrance.kind !== 'in') throw new Error(`the child is ${entrance.kind}`);
      if (mayWrite) chat.children.agree(entrance.account.id);
      return account(entrance.account.id);
    },
    say(author, text) {
      clock.advanceMs(10_000);
      const outcome = chat.conversation.say(author, { id: randomUUID(), text });
      if (outcome.kind !== 'said') throw new Error(`refused: ${outcome.reason}`);
      return outcome.message.id;
    },
  };
}

function createSignInDouble<T>(visitor: () => T | undefined): SignIn<T> {
  return {
    start: async () => {
      const pending = { state: randomUUID(), nonce: 'nonce', codeVerifier: 'verifier' };
      const url = new URL('https://gateway.localhost:8443/auth');
      url.searchParams.set('state', pending.state);
      return { url, pending };
    },
    finish: async () => {
      const admitted = visitor();
      if (!admitted) return { kind: 'refused', by: 'gateway' };
      return { kind: 'admitted', visitor: admitted };
    },
  };
}
