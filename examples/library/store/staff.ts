/**
 * Who may work at the desk. The gateway vouches for an adult's card; that it is a librarian's only the library knows. So
 * an adult who comes to the desk for the first time gets a code to show to whoever runs the site, who enters it
 * (`npm run staff -- add CODE`).
 */
import { randomInt } from 'node:crypto';
import { type Refused, refuse, type StoreContext } from './context.ts';
import { inTransaction } from './database.ts';

/** Somebody on the list. */
export interface StaffMember {
  readonly id: number;
  /** The code with which they were added: all that the library calls them. */
  readonly code: string;
  readonly addedAt: Date;
}

/** The list. */
export interface Staff {
  /** Who of the staff holds this card. Ask it at every request: whoever was removed is out at once. */
  find(sub: string): StaffMember | undefined;
  /** The code of an adult who is not on the list; the same one for a week. */
  requestCode(sub: string): string;
  /** Puts the holder of this code on the list; capitals and hyphens do not matter. */
  add(code: string): { readonly kind: 'added'; readonly code: string } | Refused<'unknown-code'>;
  /** Takes somebody off the list and forgets their card. */
  remove(code: string): { readonly kind: 'removed' } | Refused<'unknown-code'>;
  /** Everybody on the list, in the order in which they came. */
  list(): StaffMember[];
}

/** Codes not entered within this time are forgotten. */
export const STAFF_REQUEST_LIFETIME_MS = 7 * 24 * 3_600_000;

/** Without those that look alike (0 O, 1 I L, U V). */
const CODE_LETTERS = '23456789ABCDEFGHJKMNPQRSTWXYZ';

/** The list in this database. */
export function createStaff({ db, now, events }: StoreContext): Staff {
  const columns = 'id, code, added_at AS addedAt';
  const findBySub = db.prepare(`SELECT ${columns} FROM staff WHERE sub = ?`);
  const select = db.prepare(`SELECT ${columns} FROM staff WHERE sub IS NOT NULL ORDER BY id`);
  const findRequest = db.prepare('SELECT code FROM staff_requests WHERE sub = ? AND asked_at > ?');
  const deleteRequest = db.prepare('DELETE FROM staff_requests WHERE sub = ?');
  const insertRequest = db.prepare(
    'INSERT INTO staff_requests (code, sub, asked_at) VALUES (?, ?, ?)',
  );
  const takeRequest = db.prepare(
    'DELETE FROM staff_requests WHERE code = ? AND asked_at > ? RETURNING sub',
  );
  const insert = db.prepare(
    'INSERT INTO staff (code, sub, added_at) VALUES (?, ?, ?) RETURNING id',
  );
  const remove = db.prepare(
    'UPDATE staff SET sub = NULL, removed_at = ? WHERE code = ? AND sub IS NOT NULL RETURNING id',
  );
  const since = () => new Date(now().getTime() - STAFF_REQUEST_LIFETIME_MS).toISOString();

  return {
    find(sub) {
      const row = findBySub.get(sub);
      return row && toStaffMember(row);
    },
    requestCode: (sub) =>
      inTransaction(db, () => {
        const request = findRequest.get(sub, since());
        if (request) return String(request['code']);
        const code = createCode();
        deleteRequest.run(sub);
        insertRequest.run(code, sub, now().toISOString());
        return code;
      }),
    add: (typed) =>
      inTransaction(db, () => {
        const code = normaliseCode(typed);
        const request = takeRequest.get(code, since());
        if (!request) return refuse('unknown-code');
        const row = insert.get(code, String(request['sub']), now().toISOString());
        events.record({ kind: 'staff-added', staffId: Number(row?.['id']) });
        return { kind: 'added', code };
      }),
    remove: (typed) =>
      inTransaction(db, () => {
        const row = remove.get(now().toISOString(), normaliseCode(typed));
        if (!row) return refuse('unknown-code');
        events.record({ kind: 'staff-removed', staffId: Number(row['id']) });
        return { kind: 'removed' };
      }),
    list: () => select.all().map(toStaffMember),
  };
}

/** Eight letters and digits in two groups: `K7QM-2XRA`. */
function createCode(): string {
  const letters = Array.from({ length: 8 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]);
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

function normaliseCode(typed: string): string {
  const letters = typed
    .slice(0, 40)
    .toUpperCase()
    .replace(/[^0-9A-Z]+/g, '');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

function toStaffMember(row: Record<string, unknown>): StaffMember {
  return {
    id: Number(row['id']),
    code: String(row['code']),
    addedAt: new Date(String(row['addedAt'])),
  };
}
