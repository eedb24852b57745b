/**
 * Parents, who see their children's loans with an identity card of their own. What makes somebody a parent here is that
 * the child's card was in the reader, and its PIN typed, in the parent's session, once for each child.
 */
import { maybeMinor } from '../rules/minors.ts';
import { type Refused, refuse, type StoreContext } from './context.ts';
import { inTransaction } from './database.ts';
import type { Links } from './links.ts';
import { MEMBER_COLUMNS, type Member, toMember } from './members.ts';

/** A parent as the desk sees one: the library knows no name of theirs. */
export interface Guardian {
  readonly id: number;
  readonly addedAt: Date;
}

/** Who may see and renew for whom. */
export interface Guardians {
  /**
   * Adds a child to a parent.
   * - `own-card`: the parent's own card was in the reader again.
   * - `child-not-linked`: the child's card opens no member's page yet; link it first.
   * - `adult`: that member is no child any more.
   */
  add(options: {
    readonly parentSub: string;
    readonly childSub: string;
  }):
    | { readonly kind: 'added' | 'unchanged'; readonly memberId: number }
    | Refused<'own-card' | 'child-not-linked' | 'adult'>;
  /** The members for whom this card's holder is a parent, by name; until the year in which they turn 18 is over. */
  listChildren(parentSub: string): Member[];
  /** Whether this card may act for this member: it is the member's own, or a parent's. Ask it before every deed. */
  mayActFor(sub: string, memberId: number): boolean;
  /** The parents of a member, for the desk. */
  listFor(memberId: number): Guardian[];
  /** A parent lets go of a child. False when there was nothing to end. */
  endByParent(options: { readonly parentSub: string; readonly memberId: number }): boolean;
  /** The desk ends it, for a parent who has a new card or is one no more. False when there was nothing to end. */
  endAtDesk(options: {
    readonly guardianId: number;
    readonly memberId: number;
    readonly staffId: number;
  }): boolean;
}

/** The parents in this database. */
export function createGuardians(
  { db, now, events }: StoreContext,
  links: Pick<Links, 'findMember'>,
): Guardians {
  const find = db.prepare(
    'SELECT 1 FROM guardians WHERE parent_sub = ? AND member_id = ? AND ended_at IS NULL',
  );
  const insert = db.prepare(
    'INSERT INTO guardians (parent_sub, member_id, added_at) VALUES (?, ?, ?)',
  );
  const selectChildren = db.prepare(`
    SELECT ${MEMBER_COLUMNS}
    FROM guardians g JOIN members m ON m.id = g.member_id
    WHERE g.parent_sub = ? AND g.ended_at IS NULL ORDER BY m.sort_key, m.id`);
  const selectGuardians = db.prepare(
    'SELECT id, added_at AS addedAt FROM guardians WHERE member_id = ? AND ended_at IS NULL ORDER BY id',
  );
  const endByParent = db.prepare(
    'UPDATE guardians SET ended_at = ? WHERE parent_sub = ? AND member_id = ? AND ended_at IS NULL',
  );
  const endById = db.prepare(
    'UPDATE guardians SET ended_at = ? WHERE id = ? AND member_id = ? AND ended_at IS NULL',
  );
  const listChildren = (parentSub: string) =>
    selectChildren
      .all(parentSub)
      .map(toMember)
      .filter(({ birthYear }) => maybeMinor(birthYear, now()));

  return {
    add: ({ parentSub, childSub }) =>
      inTransaction(db, () => {
        if (childSub === parentSub) return refuse('own-card');
        const child = links.findMember(childSub);
        if (!child) return refuse('child-not-linked');
        if (!maybeMinor(child.birthYear, now())) return refuse('adult');
        const memberId = child.id;
        if (find.get(parentSub, memberId)) return { kind: 'unchanged', memberId };
        insert.run(parentSub, memberId, now().toISOString());
        events.record({ kind: 'guardian-added', memberId });
        return { kind: 'added', memberId };
      }),
    listChildren,
    mayActFor: (sub, memberId) =>
      links.findMember(sub)?.id === memberId || listChildren(sub).some(({ id }) => id === memberId),
    listFor: (memberId) =>
      selectGuardians
        .all(memberId)
        .map((row) => ({ id: Number(row['id']), addedAt: new Date(String(row['addedAt'])) })),
    endByParent: ({ parentSub, memberId }) =>
      inTransaction(db, () => {
        const { changes } = endByParent.run(now().toISOString(), parentSub, memberId);
        if (changes === 0) return false;
        events.record({ kind: 'guardian-ended', memberId });
        return true;
      }),
    endAtDesk: ({ guardianId, memberId, staffId }) =>
      inTransaction(db, () => {
        const { changes } = endById.run(now().toISOString(), guardianId, memberId);
        if (changes === 0) return false;
        events.record({ kind: 'guardian-ended', memberId, staffId });
        return true;
      }),
  };
}
