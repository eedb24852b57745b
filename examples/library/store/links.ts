/**
 * Which identity card opens which member's page. A link is between a member and a `sub`, the gateway's name for that
 * card at this site. One of each is live; ended ones stay, so that the desk sees when a card was changed. Loans belong to
 * the member and not to the link: a new card finds them all.
 */
import { ATTEMPT_LIFETIME_MS, isGuessedTooOften, triesLeftFor } from '../rules/link-attempts.ts';
import { findNumber } from '../rules/numbers.ts';
import { type Refused, refuse, type StoreContext } from './context.ts';
import { inTransaction } from './database.ts';
import { MEMBER_COLUMNS, type Member, toMember } from './members.ts';

/** A link, live or ended; whose card it is does not leave the store. */
export interface Link {
  readonly id: number;
  readonly memberId: number;
  /** `number`: online, with the library card's number. `desk`: by a librarian. */
  readonly linkedBy: 'number' | 'desk';
  readonly linkedAt: Date;
  /** Absent while the link is live. */
  readonly endedAt?: Date;
}

/**
 * Why a card was not linked online.
 * - `mistyped`: no number of a library card, or no year; costs no try.
 * - `wrong`: no member with this number and this year of birth. Which of the two is wrong is not told.
 * - `too-many`: no try left for an hour, or too many at this library card today. The desk can always link.
 * - `card-in-use`: this identity card already opens a member's page.
 * - `member-linked`: another identity card opens this member's page; the desk changes it.
 */
export type LinkRefusal = 'mistyped' | 'wrong' | 'too-many' | 'card-in-use' | 'member-linked';

/** The links. */
export interface Links {
  /** The member whose page this card opens. */
  findMember(sub: string): Member | undefined;
  /** A member's links, newest first. */
  list(memberId: number): Link[];
  /** How many wrong tries this card still has. */
  triesLeft(sub: string): number;
  /** Links online: with what stands on the library card, and a year of birth, both as typed. */
  linkByNumber(options: {
    readonly sub: string;
    readonly number: string;
    readonly birthYear: string;
  }): { readonly kind: 'linked'; readonly memberId: number } | Refused<LinkRefusal>;
  /**
   * Links at the desk, with the member's identity card there. A link to an older card ends (`replaced`). Nothing changes
   * when this very card is linked to this very member already (`unchanged`).
   */
  linkAtDesk(options: {
    readonly sub: string;
    readonly memberId: number;
    readonly staffId: number;
  }):
    | { readonly kind: 'linked' | 'replaced' | 'unchanged'; readonly memberId: number }
    | Refused<'unknown-member' | 'card-in-use'>;
  /** Ends a member's live link, for a card that was lost. False when there was none. */
  end(options: { readonly memberId: number; readonly staffId: number }): boolean;
}

/** The links in this database. */
export function createLinks(context: StoreContext): Links {
  const { db, now, events } = context;
  const findBySub = db.prepare(`
    SELECT ${MEMBER_COLUMNS}
    FROM links k JOIN members m ON m.id = k.member_id WHERE k.sub = ? AND k.ended_at IS NULL`);
  const findLive = db.prepare('SELECT sub FROM links WHERE member_id = ? AND ended_at IS NULL');
  const select = db.prepare(`
    SELECT id, member_id AS memberId, linked_by AS linkedBy, linked_at AS linkedAt, ended_at AS endedAt
    FROM links WHERE member_id = ? ORDER BY id DESC`);
  const memberExists = db.prepare('SELECT 1 FROM members WHERE id = ?');
  const insert = db.prepare(
    'INSERT INTO links (member_id, sub, linked_by, linked_at) VALUES (?, ?, ?, ?)',
  );
  const endLive = db.prepare(
    'UPDATE links SET ended_at = ? WHERE member_id = ? AND ended_at IS NULL',
  );
  const findMember = (sub: string) => {
    const row = findBySub.get(sub);
    return row && toMember(row);
  };
  const attempts = createAttempts(context);

  return {
    findMember,
    list: (memberId) => (select.all(memberId) as unknown as LinkRow[]).map(toLink),
    triesLeft: attempts.triesLeft,
    linkByNumber: ({ sub, number, birthYear }) =>
      inTransaction(db, () => {
        if (findMember(sub)) return refuse('card-in-use');
        const tried = attempts.check({ sub, number, birthYear });
        if (tried.kind === 'refused') return tried;
        const { memberId } = tried;
        if (findLive.get(memberId)) return refuse('member-linked');
        insert.run(memberId, sub, 'number', now().toISOString());
        events.record({ kind: 'linked', memberId });
        return { kind: 'linked', memberId };
      }),
    linkAtDesk: ({ sub, memberId, staffId }) =>
      inTransaction(db, () => {
        if (!memberExists.get(memberId)) return refuse('unknown-member');
        const holder = findMember(sub);
        if (holder?.id === memberId) return { kind: 'unchanged', memberId };
        if (holder) return refuse('card-in-use');
        const at = now().toISOString();
        const replaced = endLive.run(at, memberId).changes > 0;
        insert.run(memberId, sub, 'desk', at);
        events.record({ kind: replaced ? 'relinked' : 'linked', memberId, staffId });
        return { kind: replaced ? 'replaced' : 'linked', memberId };
      }),
    end: ({ memberId, staffId }) =>
      inTransaction(db, () => {
        if (endLive.run(now().toISOString(), memberId).changes === 0) return false;
        events.record({ kind: 'link-ended', memberId, staffId });
        return true;
      }),
  };
}

interface LinkRow extends Omit<Link, 'linkedAt' | 'endedAt'> {
  readonly linkedAt: string;
  readonly endedAt: string | null;
}

function toLink({ linkedAt, endedAt, ...row }: LinkRow): Link {
  return {
    ...row,
    linkedAt: new Date(linkedAt),
    ...(endedAt !== null && { endedAt: new Date(endedAt) }),
  };
}

/** The tries at a library card's number: counted by identity card and by library card, wrong ones only. */
function createAttempts({ db, now, events }: StoreContext) {
  const since = () => new Date(now().getTime() - ATTEMPT_LIFETIME_MS).toISOString();
  const bySub = db.prepare('SELECT at FROM link_attempts WHERE sub = ? AND at > ?');
  const byNumber = db.prepare('SELECT at FROM link_attempts WHERE member_number = ? AND at > ?');
  const insert = db.prepare('INSERT INTO link_attempts (sub, member_number, at) VALUES (?, ?, ?)');
  const findMember = db.prepare('SELECT id FROM members WHERE number = ? AND birth_year = ?');
  const datesOf = (rows: readonly Record<string, unknown>[]) =>
    rows.map((row) => new Date(String(row['at'])));
  const triesLeft = (sub: string) => triesLeftFor(datesOf(bySub.all(sub, since())), now());

  return {
    triesLeft,
    check(typed: {
      readonly sub: string;
      readonly number: string;
      readonly birthYear: string;
    }): { readonly kind: 'right'; readonly memberId: number } | Refused<LinkRefusal> {
      const number = findNumber('member', typed.number);
      const birthYear = typed.birthYear.trim();
      if (number === undefined || !/^\d{4}$/.test(birthYear)) return refuse('mistyped');
      if (triesLeft(typed.sub) === 0) return refuse('too-many');
      // Looked at before the answer is: else the right answer would still be told after too many wrong ones.
      const tried = datesOf(byNumber.all(number, since()));
      if (isGuessedTooOften(tried, now())) return refuse('too-many');
      const row = findMember.get(number, Number(birthYear));
      if (row) return { kind: 'right', memberId: Number(row['id']) };
      insert.run(typed.sub, number, now().toISOString());
      events.record({ kind: 'link-wrong' });
      return refuse('wrong');
    },
  };
}
