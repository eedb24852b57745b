/** The log of what was done, by whom of the staff and to which member: ids only, no names, no titles, no subjects. */
import type { DatabaseSync } from 'node:sqlite';

/** Everything that is logged. */
export type EventKind =
  | 'linked'
  | 'relinked'
  | 'link-ended'
  | 'link-wrong'
  | 'guardian-added'
  | 'guardian-ended'
  | 'lent'
  | 'renewed'
  | 'returned'
  | 'reserved'
  | 'reservation-cancelled'
  | 'hold-expired'
  | 'fined'
  | 'fine-paid'
  | 'member-removed'
  | 'imported'
  | 'staff-added'
  | 'staff-removed';

/** One line of the log. */
export interface Event {
  readonly at: Date;
  readonly kind: EventKind;
  /** Who of the staff did it; null: the reader, or the program by itself. */
  readonly staffId: number | null;
  readonly memberId: number | null;
}

/** The log. */
export interface Events {
  /** Writes a line, as part of the transaction that is open. */
  record(event: {
    readonly kind: EventKind;
    readonly staffId?: number | undefined;
    readonly memberId?: number | null | undefined;
  }): void;
  /** The latest lines, newest first. */
  list(limit: number): Event[];
}

/** The log in this database. */
export function createEvents(db: DatabaseSync, now: () => Date): Events {
  const insert = db.prepare(
    'INSERT INTO events (at, kind, staff_id, member_id) VALUES (?, ?, ?, ?)',
  );
  const select = db.prepare(
    'SELECT at, kind, staff_id AS staffId, member_id AS memberId FROM events ORDER BY id DESC LIMIT ?',
  );
  return {
    record({ kind, staffId, memberId }) {
      insert.run(now().toISOString(), kind, staffId ?? null, memberId ?? null);
    },
    list(limit) {
      const rows = select.all(limit) as unknown as (Omit<Event, 'at'> & { at: string })[];
      return rows.map((row) => ({ ...row, at: new Date(row.at) }));
    },
  };
}
