/** `node commands/moderator.ts add CODE`: lets in whoever the site gave this code, also while the chat is running. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseDatabaseFile } from '../config.ts';
import { openStore, type Store } from '../store/store.ts';

const USAGE = `Usage: CHAT_DB=… node commands/moderator.ts add CODE
       CHAT_DB=… node commands/moderator.ts remove CODE
       CHAT_DB=… node commands/moderator.ts list`;

try {
  const { positionals } = parseArgs({ allowPositionals: true });
  const file = parseDatabaseFile(process.env);
  if (!existsSync(file)) throw new Error('CHAT_DB names no file: start the chat first');
  const store = openStore(file);
  try {
    console.log(run(store, positionals));
  } finally {
    store.close();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function run({ moderators }: Store, [action, code = '', ...rest]: readonly string[]): string {
  if (rest.length > 0 || (code === '') !== (action === 'list')) throw new Error(USAGE);
  switch (action) {
    case 'add': {
      const added = moderators.add(code, new Date());
      if (!added) throw new Error('Nobody was given this code, or more than 30 days ago');
      return `Moderator ${added.id} is in`;
    }
    case 'remove':
      if (!moderators.remove(code)) throw new Error('Nobody has this code');
      return 'No moderator any more';
    case 'list':
      return moderators
        .list()
        .map(
          ({ id, code: own, addedAt }) =>
            `${id}  ${own}  ${addedAt ? `since ${addedAt.toISOString()}` : 'asks'}`,
        )
        .join('\n');
    default:
      throw new Error(USAGE);
  }
}
