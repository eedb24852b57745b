/**
 * The one place where state lives between requests: short-lived rows of JSON under a table and a key.
 * Single use is decided here, by one conditional write each, and nowhere else (design §7).
 */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [member: string]: Json;
}

/** What a row may carry besides its value. */
export interface RowOptions {
  /** Rows of one table that {@link Store.removeGroup} takes away together. */
  readonly group?: string;
}

/**
 * Rows end at `expiresAt`: from that instant on no method sees them. Every method is one atomic step,
 * also between processes that share the store.
 */
export interface Store {
  /** Writes, replacing what was there, its use mark included. */
  put(
    table: string,
    key: string,
    value: JsonObject,
    expiresAt: Date,
    options?: RowOptions,
  ): Promise<void>;
  /** Writes only when nothing live is there; false when something was. */
  insert(table: string, key: string, value: JsonObject, expiresAt: Date): Promise<boolean>;
  /** Reads. A row that was consumed has the member `consumed`: seconds since 1970. */
  find(table: string, key: string): Promise<JsonObject | undefined>;
  /** Reads and removes in one step: of any number of callers exactly one gets it. */
  take(table: string, key: string): Promise<JsonObject | undefined>;
  /** Marks a row used: true for exactly one caller, false without such a row. It stays until it expires. */
  consume(table: string, key: string): Promise<boolean>;
  remove(table: string, key: string): Promise<void>;
  /** Removes every row of one table that was written with this group. */
  removeGroup(table: string, group: string): Promise<void>;
  close(): Promise<void>;
}
