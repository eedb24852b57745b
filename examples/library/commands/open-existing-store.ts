/** The library's store, for a command: beside the running library, or without it. */
import { existsSync } from 'node:fs';
import { parseDatabaseFile } from '../config.ts';
import { openStore, type Store } from '../store/store.ts';

/**
 * Opens the store that `LIBRARY_DB` names.
 *
 * @throws {Error} When it is not set, or there is no such file: a slip in the path makes no empty library.
 */
export function openExistingStore(options: {
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
}): Store {
  let file: string;
  try {
    file = parseDatabaseFile(options.environment);
  } catch (error) {
    throw new Error('LIBRARY_DB is not set', { cause: error });
  }
  if (!existsSync(file)) throw new Error('LIBRARY_DB names a file that is not there');
  return openStore({ file, now: options.now });
}
