/**
 * `npm run staff -- add CODE`, `remove CODE`, `list`: who may work at the desk. A librarian who signs in there for the
 * first time is shown the code. Counts at once, also for somebody who is signed in.
 */
import type { Store } from '../store/store.ts';
import { openExistingStore } from './open-existing-store.ts';

const USAGE = 'Usage: npm run staff -- add CODE | remove CODE | list';

try {
  const store = openExistingStore({ environment: process.env, now: () => new Date() });
  try {
    console.log(run(store, process.argv.slice(2)));
  } finally {
    store.close();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function run({ staff }: Store, [command, code, ...rest]: readonly string[]): string {
  if (rest.length > 0) throw new Error(USAGE);
  if (command === 'list' && code === undefined) {
    const lines = staff.list().map(({ code: known, addedAt }) => {
      return `${known}  since ${addedAt.toISOString().slice(0, 10)}`;
    });
    return lines.join('\n') || 'Nobody is on the list.';
  }
  if (command === 'add' && code !== undefined) {
    const added = staff.add(code);
    if (added.kind === 'refused') {
      throw new Error('Nobody was shown this code within the last seven days.');
    }
    return `${added.code} may work at the desk now.`;
  }
  if (command === 'remove' && code !== undefined) {
    const removed = staff.remove(code);
    if (removed.kind === 'refused') throw new Error('Nobody on the list has this code.');
    return 'Removed from the list.';
  }
  throw new Error(USAGE);
}
