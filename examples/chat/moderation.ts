/** What moderators do. Each act is written with its line of the log, then takes effect on the open pages. */
import { isIn } from './children.ts';
import type { Hub } from './live/hub.ts';
import { DAY_MS, MAX_BAN_DAYS } from './rules/limits.ts';
import type { Sessions } from './session.ts';
import type { Ban, BanReason } from './store/bans.ts';
import type { Message } from './store/messages.ts';
import type { OpenReport } from './store/reports.ts';
import type { Store } from './store/store.ts';
import type { Visit } from './visit.ts';

/** A reported message with what was said around it. */
export interface QueueItem {
  readonly report: OpenReport;
  readonly message: Message;
  /** Up to five messages before it, itself, and up to five after, hidden ones too, oldest first. */
  readonly context: readonly Message[];
  /** The ban that its author is under already. */
  readonly ban?: Ban;
}

export interface Moderation {
  /** The reports that wait, most reported first. */
  listQueue(limit: number): QueueItem[];
  /** Hides a message for good and closes its reports. False: it is not there. */
  hide(moderatorId: number, messageId: number): boolean;
  /** Closes the reports of a message that is fine. False: none was open. */
  dismiss(moderatorId: number, messageId: number): boolean;
  /**
   * Bans the card of an account, and ends its visit at once. False: there is no such account.
   *
   * @param ban.days 1 to 365; absent: for good.
   */
  ban(
    moderatorId: number,
    ban: { readonly accountId: number; readonly days?: number; readonly reason: BanReason },
  ): boolean;
  /** Ends a ban. False: it is not there. */
  lift(moderatorId: number, banId: number): boolean;
}

const CONTEXT_LENGTH = 5;

interface ModerationOptions {
  readonly store: Store;
  readonly hub: Hub;
  readonly sessions: Sessions<Visit>;
  readonly now: () => Date;
}

/** Creates the moderation. Whether somebody is a moderator is asked before: see `store.moderators`. */
export function createModeration({ store, hub, sessions, now }: ModerationOptions): Moderation {
  return {
    listQueue: (limit) => store.reports.listOpen(limit).flatMap((report) => readItem(report)),
    hide(moderatorId, messageId) {
      const message = store.messages.find(messageId);
      if (!message) return false;
      const { accountId } = message.author;
      const hidden = store.transaction(() => {
        const closed = store.reports.close(messageId, now());
        const changed = store.messages.hide(messageId, now());
        if (closed || changed) {
          store.log.add({ at: now(), moderatorId, action: 'hide', accountId, messageId });
        }
        return changed;
      });
      if (hidden) hub.hide(message);
      return true;
    },
    dismiss: (moderatorId, messageId) =>
      store.transaction(() => {
        if (!store.reports.close(messageId, now())) return false;
        store.log.add({ at: now(), moderatorId, action: 'dismiss', messageId });
        return true;
      }),
    ban(moderatorId, { accountId, days, reason }) {
      if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= MAX_BAN_DAYS)) {
        throw new RangeError('a ban lasts 1 to 365 days, or is for good');
      }
      const account = store.accounts.find(accountId);
      if (!account) return false;
      store.transaction(() => {
        const madeAt = now();
        const until = days && { until: new Date(madeAt.getTime() + days * DAY_MS) };
        store.bans.put({ sub: account.sub, accountId, reason, madeAt, ...until });
        store.log.add({ at: madeAt, moderatorId, action: 'ban', accountId });
      });
      hub.cutOff(accountId, 'banned');
      sessions.closeWhere((visit) => isIn(visit, accountId));
      return true;
    },
    lift: (moderatorId, banId) =>
      store.transaction(() => {
        const ban = store.bans.find(banId);
        if (!ban || !store.bans.lift(banId)) return false;
        store.log.add({ at: now(), moderatorId, action: 'lift', accountId: ban.accountId });
        return true;
      }),
  };

  function readItem(report: OpenReport): QueueItem[] {
    const message = store.messages.find(report.messageId);
    const author = message && store.accounts.find(message.author.accountId);
    if (!message || !author) return [];
    const context = store.messages.listAround(message.id, CONTEXT_LENGTH);
    const ban = store.bans.findHolding(author.sub, now());
    return [{ report, message, context, ...(ban && { ban }) }];
  }
}
