/** A child's account, from the door to a fresh start: who may come in, the parent's yes, the nickname, the reset. */
import type { Hub } from './live/hub.ts';
import { civilDayOf } from './rules/civil-day.ts';
import { HOUR_MS, mayReset, nextDraws } from './rules/limits.ts';
import type { Sessions } from './session.ts';
import type { Child } from './sign-in.ts';
import { type Account, authorOf } from './store/accounts.ts';
import type { Store } from './store/store.ts';
import type { Visit } from './visit.ts';

/** Whether a child who proved a card comes in. `full`: too many new accounts within the hour. */
export type Entrance =
  | { readonly kind: 'in'; readonly account: Account }
  | NonNullable<Visit['outside']>;

export interface Children {
  /** Decides, and makes an account for a card that is new. */
  enter(child: Child): Entrance;
  /** Notes today as the day on which a parent agreed. Nothing about the parent is kept. */
  agree(accountId: number): void;
  /** Takes the parent's agreement back. */
  takeBack(accountId: number): void;
  /** Draws another nickname. False: too many within a day. */
  drawNickname(accountId: number): boolean;
  /**
   * Starts the account anew, at the child's wish: its messages are deleted, nickname and handle are others, it has muted
   * nobody. The parent's agreement stays, and so does a ban. False: done within the last day already.
   */
  reset(accountId: number): boolean;
}

interface ChildrenOptions {
  readonly store: Store;
  readonly hub: Hub;
  readonly sessions: Sessions<Visit>;
  readonly newAccountsPerHour: number;
  readonly now: () => Date;
}

/** Creates what concerns the accounts. */
export function createChildren(options: ChildrenOptions): Children {
  const { store, hub, sessions, newAccountsPerHour, now } = options;
  const { accounts } = store;

  return {
    enter(child) {
      const entrance = store.transaction((): Entrance => {
        const ban = store.bans.findHolding(child.sub, now());
        if (ban) return { kind: 'banned', ...(ban.until && { until: ban.until }) };
        const known = accounts.findBySub(child.sub);
        if (known) {
          accounts.see(known.id, child.room, now());
          return { kind: 'in', account: { ...known, band: child.room, seenAt: now() } };
        }
        const hourAgo = new Date(now().getTime() - HOUR_MS);
        if (accounts.countCreatedSince(hourAgo) >= newAccountsPerHour) return { kind: 'full' };
        return { kind: 'in', account: accounts.create(child, now()) };
      });
      if (entrance.kind === 'in') {
        // On a birthday: a page that is open elsewhere is still in the other room.
        const { id } = entrance.account;
        sessions.closeWhere((visit) => isIn(visit, id) && visit.child?.room !== child.room);
      }
      return entrance;
    },
    agree: (accountId) => accounts.setParentAgreement(accountId, civilDayOf(now())),
    takeBack: (accountId) => accounts.setParentAgreement(accountId, undefined),
    drawNickname(accountId) {
      const drawn = store.transaction(() => {
        const account = accounts.find(accountId);
        const draws = account && nextDraws(account, now());
        if (draws) accounts.drawNickname(accountId, draws);
        return draws !== undefined;
      });
      const account = accounts.find(accountId);
      if (drawn && account) hub.rename(authorOf(account));
      return drawn;
    },
    reset(accountId) {
      const before = store.transaction(() => {
        const account = accounts.find(accountId);
        if (!account || !mayReset(account, now())) return undefined;
        store.messages.deleteOf(accountId, now());
        store.mutes.clear(accountId);
        accounts.renew(accountId, now());
        return account;
      });
      if (!before) return false;
      hub.vanish(before.handle);
      // Its own pages connect again under the new handle; nobody is told that it is the same child.
      hub.cutOff(accountId, 'reset');
      return true;
    },
  };
}

/** Whether it is this account's visit. */
export function isIn({ child }: Visit, accountId: number): boolean {
  return child?.accountId === accountId;
}
