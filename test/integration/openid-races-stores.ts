/**
 * The stores that the races are run over, and the wrappers that make a race show: a store that answers
 * late, and one that decides what it should leave to one conditional write. TEST ONLY.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openSqliteStore } from '../../gateway/store/sqlite-store.ts';
import type { JsonObject, Store } from '../../gateway/store/store.ts';

/** Something that any number of processes can connect to. */
export interface SharedStore {
  /** Another connection to the same rows. Expiry is by `now`. */
  connect(now: () => Date): Store;
  /** Closes every connection and removes the rows. */
  close(): Promise<void>;
}

/** Every store of the gateway. A new one is one more line. */
export const STORES: readonly { name: string; open(): Promise<SharedStore> }[] = [
  { name: 'SQLite', open: openSharedSqlite },
];

async function openSharedSqlite(): Promise<SharedStore> {
  const folder = mkdtempSync(join(tmpdir(), 'kids-id-races-'));
  const connections: Store[] = [];
  return {
    connect(now) {
      const store = openSqliteStore({ path: join(folder, 'store.sqlite'), now });
      connections.push(store);
      return store;
    },
    async close() {
      for (const store of connections) await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Turns of the event loop that stand for a network. */
const TURNS = 5;

async function wait(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
}

/**
 * The same store, its answers late. Reads come back later still, so that of callers who start
 * together all have read before the first of them writes: who decides by what was read, decides wrong.
 */
export function answerLate(store: Store): Store {
  const late =
    <Arguments extends unknown[], Result>(
      call: (...args: Arguments) => Promise<Result>,
      turnsAfter = 0,
    ) =>
    async (...args: Arguments): Promise<Result> => {
      await wait(TURNS);
      const result = await call(...args);
      await wait(turnsAfter);
      return result;
    };
  return {
    put: late(store.put),
    insert: late(store.insert),
    find: late(store.find, 2 * TURNS),
    take: late(store.take),
    consume: late(store.consume),
    remove: late(store.remove),
    removeGroup: late(store.removeGroup),
    close: store.close,
  };
}

/** A store that looks first and writes then. It does all that a store should, but never at once. */
export function decideByReading(store: Store, now: () => Date): Store {
  const soon = () => new Date(now().getTime() + 60_000);
  return {
    ...store,
    async insert(table, key, value, expiresAt) {
      if (await store.find(table, key)) return false;
      await store.put(table, key, value, expiresAt);
      return true;
    },
    async take(table, key) {
      const row = await store.find(table, key);
      if (row) await store.remove(table, key);
      return row;
    },
    async consume(table, key) {
      const row = await store.find(table, key);
      if (!row || 'consumed' in row) return false;
      const consumed = Math.floor(now().getTime() / 1_000);
      const used: JsonObject = { ...row, consumed };
      await store.put(table, key, used, soon());
      return true;
    },
  };
}
