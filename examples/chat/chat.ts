/** The chat without its pages: everything that the pages and the WebSocket work with, put together. */
import { type Children, createChildren } from './children.ts';
import { type Conversation, createConversation } from './conversation.ts';
import { createHub, type Hub } from './live/hub.ts';
import { createModeration, type Moderation } from './moderation.ts';
import { createWordFilter } from './rules/word-filter.ts';
import type { Sessions } from './session.ts';
import type { SignIns } from './sign-in.ts';
import type { Store } from './store/store.ts';
import type { Visit } from './visit.ts';

interface ChatOptions {
  /** Origin under which browsers reach this site. */
  readonly publicUrl: URL;
  readonly signIns: SignIns;
  readonly sessions: Sessions<Visit>;
  readonly store: Store;
  readonly newAccountsPerHour: number;
  /** What a message may not hold; see `load-words.ts`. */
  readonly words: Iterable<string>;
  readonly now: () => Date;
}

/** What every page and connection works with. */
export interface Chat {
  readonly publicUrl: URL;
  readonly signIns: SignIns;
  readonly sessions: Sessions<Visit>;
  /** For reading. What changes something and has rules goes through the three below. */
  readonly store: Store;
  readonly children: Children;
  readonly conversation: Conversation;
  readonly moderation: Moderation;
  /** Who is in which room now. */
  readonly hub: Hub;
  readonly now: () => Date;
}

/** Puts the chat together. */
export function createChat(options: ChatOptions): Chat {
  const { publicUrl, signIns, sessions, store, newAccountsPerHour, words, now } = options;
  const hub = createHub();
  const hasBadWord = createWordFilter(words);
  return {
    publicUrl,
    signIns,
    sessions,
    store,
    children: createChildren({ store, hub, sessions, newAccountsPerHour, now }),
    conversation: createConversation({ store, hub, hasBadWord, now }),
    moderation: createModeration({ store, hub, sessions, now }),
    hub,
    now,
  };
}
