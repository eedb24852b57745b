/**
 * Who waits for which title. First come, first served: a copy that comes back is held for the first in the queue, for a
 * week. Whenever a copy is free nobody waits for its title; what frees one calls {@link Reservations.holdForNext}. What is
 * over is deleted: what somebody once wished to read is nobody's business.
 */
import { addDays, type CivilDate } from '../rules/calendar.ts';
import { HOLD_DAYS, MAX_RESERVATIONS } from '../rules/lending.ts';
import { type Refused, refuse, type StoreContext, todayOf } from './context.ts';
import { inTransaction } from './database.ts';

/** A reservation that is open. */
export interface Reservation {
  readonly id: number;
  readonly memberId: number;
  readonly titleId: number;
  readonly title: string;
  readonly author: string;
  readonly reservedOn: CivilDate;
  readonly state:
    | { readonly kind: 'waiting' /** 1: the next copy that comes back. */; readonly place: number }
    | { readonly kind: 'ready'; readonly barcode: string; readonly until: CivilDate };
}

/** A copy on the shelf of held books. */
export interface HeldCopy extends Reservation {
  readonly memberNumber: string;
  readonly memberName: string;
}

/** The reservations. */
export interface Reservations {
  /**
   * Reserves a title.
   * - `on-shelf`: a copy is there to be taken.
   * - `no-copies`: the library has none.
   * - `already`: this member reserved it before. `at-home`: this member has it.
   * - `limit`: the member has five reservations.
   */
  reserve(options: {
    readonly titleId: number;
    readonly memberId: number;
  }):
    | { readonly kind: 'reserved'; readonly reservationId: number; readonly place: number }
    | Refused<
        | 'unknown-title'
        | 'unknown-member'
        | 'on-shelf'
        | 'no-copies'
        | 'already'
        | 'at-home'
        | 'limit'
      >;
  /** Cancels a reservation of this member; a copy that was held goes to the next. False when there was none. */
  cancel(options: {
    readonly reservationId: number;
    readonly memberId: number;
    readonly staffId?: number;
  }): boolean;
  /** A member's reservations, oldest first. */
  listFor(memberId: number): Reservation[];
  /** The shelf of held books, by the day until which they are held. */
  listHeld(): HeldCopy[];
  /** Ends holds whose last day is over and gives the copies to the next. Returns how many. Runs every hour. */
  expireHolds(): number;
  /**
   * Gives the free copies of a title to those who wait for it. Returns the member who got one (the last of them), or null.
   * For use inside a transaction of the store.
   */
  holdForNext(titleId: number): number | null;
}

interface ReservationRow extends Omit<Reservation, 'state'> {
  readonly barcode: string | null;
  readonly heldUntil: string | null;
  readonly place: number;
  readonly memberNumber: string;
  readonly memberName: string;
}

const SELECT = `
  SELECT r.id, r.member_id AS memberId, r.title_id AS titleId, t.title, t.author,
    r.reserved_on AS reservedOn, c.barcode, r.held_until AS heldUntil,
    (SELECT count(*) FROM reservations w
      WHERE w.title_id = r.title_id AND w.copy_id IS NULL AND w.id <= r.id) AS place,
    m.number AS memberNumber, m.name AS memberName
  FROM reservations r
  JOIN titles t ON t.id = r.title_id
  JOIN members m ON m.id = r.member_id
  LEFT JOIN copies c ON c.id = r.copy_id`;

/** The reservations in this database. */
export function createReservations(context: StoreContext): Reservations {
  const { db, events } = context;
  const selectFor = db.prepare(`${SELECT} WHERE r.member_id = ? ORDER BY r.id`);
  const selectHeld = db.prepare(
    `${SELECT} WHERE r.copy_id IS NOT NULL ORDER BY r.held_until, r.id`,
  );
  const remove = db.prepare(
    'DELETE FROM reservations WHERE id = ? AND member_id = ? RETURNING title_id AS titleId',
  );
  const removeExpired = db.prepare(`
    DELETE FROM reservations WHERE held_until < ?
    RETURNING title_id AS titleId, member_id AS memberId`);
  const holdForNext = createHoldForNext(context);

  return {
    reserve: createReserve(context),
    cancel: ({ reservationId, memberId, staffId }) =>
      inTransaction(db, () => {
        const row = remove.get(reservationId, memberId);
        if (!row) return false;
        holdForNext(Number(row['titleId']));
        events.record({ kind: 'reservation-cancelled', memberId, staffId });
        return true;
      }),
    listFor: (memberId) =>
      (selectFor.all(memberId) as unknown as ReservationRow[]).map(toReservation),
    listHeld: () =>
      (selectHeld.all() as unknown as ReservationRow[]).map((row) => ({
        ...toReservation(row),
        memberNumber: row.memberNumber,
        memberName: row.memberName,
      })),
    expireHolds: () =>
      inTransaction(db, () => {
        const expired = removeExpired.all(todayOf(context));
        for (const { titleId, memberId } of expired) {
          events.record({ kind: 'hold-expired', memberId: Number(memberId) });
          holdForNext(Number(titleId));
        }
        return expired.length;
      }),
    holdForNext,
  };
}

function createReserve(context: StoreContext): Reservations['reserve'] {
  const { db, events } = context;
  const titleState = db.prepare(`
    SELECT
      (SELECT count(*) FROM copies c WHERE c.title_id = t.id) AS copies,
      (SELECT count(*) FROM copies c WHERE c.title_id = t.id
        AND NOT EXISTS (SELECT 1 FROM loans l WHERE l.copy_id = c.id AND l.returned_on IS NULL)
        AND NOT EXISTS (SELECT 1 FROM reservations r WHERE r.copy_id = c.id)) AS onShelf,
      EXISTS (SELECT 1 FROM loans l JOIN copies c ON c.id = l.copy_id
        WHERE c.title_id = t.id AND l.returned_on IS NULL AND l.member_id = :memberId) AS atHome,
      EXISTS (SELECT 1 FROM reservations r
        WHERE r.title_id = t.id AND r.member_id = :memberId) AS already,
      (SELECT count(*) FROM reservations r WHERE r.title_id = t.id AND r.copy_id IS NULL) AS waiting
    FROM titles t WHERE t.id = :titleId`);
  const memberState = db.prepare(
    'SELECT (SELECT count(*) FROM reservations WHERE member_id = m.id) AS n FROM members m WHERE m.id = ?',
  );
  const insert = db.prepare(
    'INSERT INTO reservations (title_id, member_id, reserved_on) VALUES (?, ?, ?) RETURNING id',
  );
  return ({ titleId, memberId }) =>
    inTransaction(db, () => {
      const title = titleState.get({ titleId, memberId });
      if (!title) return refuse('unknown-title');
      const member = memberState.get(memberId);
      if (!member) return refuse('unknown-member');
      if (title['already'] === 1) return refuse('already');
      if (title['atHome'] === 1) return refuse('at-home');
      if (title['copies'] === 0) return refuse('no-copies');
      if (Number(title['onShelf']) > 0) return refuse('on-shelf');
      if (Number(member['n']) >= MAX_RESERVATIONS) return refuse('limit');
      const reservationId = Number(insert.get(titleId, memberId, todayOf(context))?.['id']);
      events.record({ kind: 'reserved', memberId });
      return { kind: 'reserved', reservationId, place: Number(title['waiting']) + 1 };
    });
}

function createHoldForNext(context: StoreContext): Reservations['holdForNext'] {
  const { db } = context;
  const next = db.prepare(`
    SELECT id, member_id AS memberId FROM reservations
    WHERE title_id = ? AND copy_id IS NULL ORDER BY id LIMIT 1`);
  const freeCopy = db.prepare(`
    SELECT c.id FROM copies c WHERE c.title_id = ?
      AND NOT EXISTS (SELECT 1 FROM loans l WHERE l.copy_id = c.id AND l.returned_on IS NULL)
      AND NOT EXISTS (SELECT 1 FROM reservations r WHERE r.copy_id = c.id)
    ORDER BY c.id LIMIT 1`);
  const hold = db.prepare('UPDATE reservations SET copy_id = ?, held_until = ? WHERE id = ?');

  return (titleId) => {
    let heldFor: number | null = null;
    for (;;) {
      const waiting = next.get(titleId);
      const copy = freeCopy.get(titleId);
      if (!waiting || !copy) return heldFor;
      const until = addDays(todayOf(context), HOLD_DAYS);
      hold.run(Number(copy['id']), until, Number(waiting['id']));
      heldFor = Number(waiting['memberId']);
    }
  };
}

function toReservation(row: ReservationRow): Reservation {
  const { id, memberId, titleId, title, author, reservedOn, barcode, heldUntil, place } = row;
  const state =
    barcode !== null && heldUntil !== null
      ? ({ kind: 'ready', barcode, until: heldUntil } as const)
      : ({ kind: 'waiting', place } as const);
  return { id, memberId, titleId, title, author, reservedOn, state };
}
