/**
 * What a child who is in can do: say, report, mute. The WebSocket and the forms of the pages both come here, so that the
 * rules hold on either way.
 */
import type { Hub } from './live/hub.ts';
import type { RefusalReason, ReportReason } from './live/live-messages.ts';
import { HOUR_MS, REPORTS_PER_HOUR, SAY_RATE } from './rules/limits.ts';
import { findTextProblem, tidyText } from './rules/message-text.ts';
import { createRate } from './rules/rate.ts';
import type { WordFilter } from './rules/word-filter.ts';
import { describeProblem } from './sign-in.ts';
import type { Account } from './store/accounts.ts';
import type { Message } from './store/messages.ts';
import type { Store } from './store/store.ts';

export type SayOutcome =
  /** It is on the disk, now or since it was sent before. */
  | { readonly kind: 'said'; readonly message: Message }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

export interface Conversation {
  /**
   * Says something in the account's room. The same `id` again is the same message, whatever the text.
   *
   * @param message.id UUID in small letters, made by the page.
   */
  say(account: Account, message: { readonly id: string; readonly text: string }): SayOutcome;
  /** Reports a message of the account's room to the moderators. `gone`: there is none. */
  report(
    account: Account,
    report: { readonly messageId: number; readonly reason: ReportReason },
  ): 'gone' | 'reported' | 'too-many';
  /** Mutes the account with this handle. False when there is none, or when it is one's own. */
  mute(account: Account, handle: string): boolean;
  unmute(account: Account, handle: string): boolean;
  /** Forgets counts that are of no use any more. */
  sweep(): void;
}

interface ConversationOptions {
  readonly store: Store;
  readonly hub: Hub;
  readonly hasBadWord: WordFilter;
  readonly now: () => Date;
}

/** Creates the conversation. */
export function createConversation(options: ConversationOptions): Conversation {
  const { store, hub, hasBadWord, now } = options;
  const sayRate = createRate<number>({ ...SAY_RATE, now });
  const refused = (reason: RefusalReason): SayOutcome => ({ kind: 'refused', reason });
  const setMuted = (account: Account, handle: string, change: 'add' | 'remove'): boolean => {
    const other = store.accounts.findByHandle(handle);
    if (!other || other.id === account.id) return false;
    store.mutes[change](account.id, other.id);
    const mutedIds = store.mutes.list(account.id).map(({ accountId }) => accountId);
    hub.setMutes(account.id, mutedIds);
    return true;
  };

  return {
    say(account, { id, text: raw }) {
      try {
        // First of all: a page that lost its connection sends again what it has no answer to.
        const sent = store.messages.findSent(account.id, id);
        if (sent) return { kind: 'said', message: sent };
        if (!sayRate.take(account.id)) return refused('rate');
        if (account.parentAgreedOn === undefined) return refused('agreement');
        const text = tidyText(raw);
        const problem = findTextProblem(text, hasBadWord);
        if (problem) return refused(problem);
        const message = store.messages.add({
          clientId: id,
          room: account.band,
          accountId: account.id,
          text,
          sentAt: now(),
        });
        hub.show(message);
        return { kind: 'said', message };
      } catch (error) {
        console.error(`A message could not be stored: ${describeProblem(error)}`);
        return refused('trouble');
      }
    },
    report(account, { messageId, reason }) {
      const message = store.messages.find(messageId);
      if (message?.room !== account.band || message.author.accountId === account.id) return 'gone';
      const hourAgo = new Date(now().getTime() - HOUR_MS);
      if (store.reports.countBySince(account.id, hourAgo) >= REPORTS_PER_HOUR) return 'too-many';
      store.reports.add({ messageId, reporterId: account.id, reason, reportedAt: now() });
      return 'reported';
    },
    mute: (account, handle) => setMuted(account, handle, 'add'),
    unmute: (account, handle) => setMuted(account, handle, 'remove'),
    sweep: () => sayRate.sweep(),
  };
}
